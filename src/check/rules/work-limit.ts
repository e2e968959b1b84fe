/** Rule `work-limit`: how many works are under way at once, and which never are together. */
import type { Found, Replay, WorkDone } from '../replay.js'
import { type Change, overloads } from '../sweep.js'
import { seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function workLimit(replay: Replay): Found[] {
  return [...atOnce(replay), ...apart(replay)]
}

function atOnce({ problem, worksDone }: Replay): Found[] {
  const most = problem.policy.maintenanceAtOnce
  const changes: Change[] = [...worksDone].flatMap(([vm, { startSeconds, endSeconds }]) => [
    { atSeconds: startSeconds, delta: 1, vm },
    { atSeconds: endSeconds, delta: -1, vm },
  ])
  return overloads(0, changes, most, 0).map((over) => ({
    subject: 'maintenanceAtOnce',
    atSeconds: over.fromSeconds,
    excess: over.peak - most,
    message: `${over.peak} works are under way at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when that on ${over.vm} starts; maintenanceAtOnce is ${most}`,
  }))
}

function apart({ problem, worksDone }: Replay): Found[] {
  const { maintenanceDomain: kind } = problem.policy
  const domainOf = (node: string) => {
    const domain = problem.nodeById.get(node)?.domains.get(kind!)
    return domain === undefined ? `node ${node}` : `domain ${domain}`
  }
  const violations: Found[] = []
  const report = (a: string, b: string, why: string) => {
    const [one, other] = [worksDone.get(a)!, worksDone.get(b)!]
    const excess = overlapOf(one, other)
    const atSeconds = Math.max(one.startSeconds, other.startSeconds)
    const message = `the works on ${a} and ${b} are under way together for ${seconds(excess)}; ${why}`
    violations.push({ subject: b, atSeconds, excess, message })
  }
  for (const list of problem.notTogether)
    for (const [a, b] of meeting(
      list.filter((node) => worksDone.has(node)),
      worksDone,
    ))
      report(a, b, 'request.notTogether keeps them apart')
  if (kind === undefined) return violations
  for (const [a, b] of meeting([...worksDone.keys()], worksDone)) {
    if (domainOf(a) !== domainOf(b))
      report(a, b, `they lie in two domains of ${kind}, ${domainOf(a)} and ${domainOf(b)}`)
  }
  return violations
}

function overlapOf(a: WorkDone, b: WorkDone): number {
  return Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds)
}

function meeting(nodes: readonly string[], works: ReadonlyMap<string, WorkDone>): [string, string][] {
  return nodes.flatMap((a, i) =>
    nodes
      .slice(i + 1)
      .filter((b) => overlapOf(works.get(a)!, works.get(b)!) > TIME_TOLERANCE)
      .map((b): [string, string] => [a, b]),
  )
}
