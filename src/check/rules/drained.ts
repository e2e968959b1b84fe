/** Rule `request`, the list `drained`: exactly the drained nodes on which nothing runs at the end, and since when. */
import type { Found, Replay } from '../replay.js'
import { seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

/** Drained nodes on which nothing runs any more, each with its last departure, save or stop; 0 where there was none. */
function emptied({ problem, drainModes, legs, finalNode, finalState }: Replay): Map<string, number> {
  const since = new Map([...drainModes.keys()].map((node) => [node, 0]))
  for (const { source, endSeconds } of legs) {
    const latest = since.get(source.id)
    if (latest !== undefined) since.set(source.id, Math.max(latest, endSeconds))
  }
  for (const vm of problem.vms) {
    if (finalState.get(vm.id) === 'running') since.delete(finalNode.get(vm.id) ?? vm.node)
  }
  return since
}

export function drained(replay: Replay): Found[] {
  const empty = emptied(replay)
  const violations: Found[] = []
  const seen = new Set<string>()
  for (const { node, atSeconds } of replay.plan.drained) {
    const common = { subject: node, atSeconds } as const
    const truth = empty.get(node)
    if (seen.has(node)) {
      violations.push({ ...common, message: `${node} is listed as drained more than once` })
    } else if (!replay.drainModes.has(node)) {
      violations.push({ ...common, message: `${node} is listed as drained, but its drain was not asked for` })
    } else if (truth === undefined) {
      violations.push({
        ...common,
        message: `${node} is listed as drained, but VMs run on it at the end`,
      })
    } else if (Math.abs(atSeconds - truth) > TIME_TOLERANCE) {
      violations.push({
        ...common,
        excess: atSeconds - truth,
        message: `${node} is listed as drained at ${seconds(atSeconds)}, but its last VM is done at ${seconds(truth)}`,
      })
    }
    seen.add(node)
  }
  for (const [node, atSeconds] of empty) {
    if (seen.has(node)) continue
    violations.push({
      subject: node,
      atSeconds,
      message: `${node} is empty from ${seconds(atSeconds)} on, but is not listed as drained`,
    })
  }
  return violations
}
