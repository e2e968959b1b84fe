/** Rule `request`, the list `drained`: exactly the drained nodes that are really empty, and since when. */
import type { Violation } from '../../model/plan.js'
import type { Replay } from '../replay.js'
import { seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

/** Drained nodes that hold nothing any more, each with its last departure or save; 0 where nothing was to leave. */
function emptied({ problem, drainModes, legs, finalNode, finalState }: Replay): Map<string, number> {
  const since = new Map([...drainModes.keys()].map((node) => [node, 0]))
  for (const { source, endSeconds } of legs) {
    const latest = since.get(source.id)
    if (latest !== undefined) since.set(source.id, Math.max(latest, endSeconds))
  }
  for (const vm of problem.vms) {
    const node = finalNode.get(vm.id) ?? vm.node
    const mode = drainModes.get(node)
    if (mode === 'live' || (mode === 'save' && finalState.get(vm.id) === 'running')) since.delete(node)
  }
  return since
}

export function drained(replay: Replay): Violation[] {
  const empty = emptied(replay)
  const violations: Violation[] = []
  const seen = new Set<string>()
  for (const { node, atSeconds } of replay.plan.drained) {
    const common = { rule: 'request', subject: node, atSeconds } as const
    const truth = empty.get(node)
    if (seen.has(node)) {
      violations.push({ ...common, message: `${node} is listed as drained more than once` })
    } else if (!replay.drainModes.has(node)) {
      violations.push({ ...common, message: `${node} is listed as drained, but its drain was not asked for` })
    } else if (truth === undefined) {
      violations.push({
        ...common,
        message: `${node} is listed as drained, but VMs are left on it at the end`,
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
      rule: 'request',
      subject: node,
      atSeconds,
      message: `${node} is empty from ${seconds(atSeconds)} on, but is not listed as drained`,
    })
  }
  return violations
}
