/**
 * Rule `memory`: whenever something arrives, what lives on the node, is on its way to it and has not yet left it fits, and the reserve is
 * left. Only an arrival can break it: a node that holds more than that from the start is no fault. In whole KiB.
 */
import { kibToMiB, wholeKiB } from '../../model/memory.js'
import type { Violation } from '../../model/plan.js'
import { isInPlace, type Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { mebibytes, seconds } from '../text.js'

export function memory({ problem, legs }: Replay): Violation[] {
  const initial = new Map<string, number>()
  for (const vm of problem.vms) {
    if (vm.state === 'running') initial.set(vm.node, (initial.get(vm.node) ?? 0) + wholeKiB(vm.memoryMiB))
  }
  const changes = new Map<string, Change[]>()
  // What is resumed goes back into what it held, and nothing may arrive meanwhile (rule `work`): as if it stayed.
  const resumed = new Set(
    legs.flatMap(({ migration, earlier }) =>
      migration.kind === 'resume-in-place' && earlier ? [earlier] : [],
    ),
  )
  for (const leg of legs) {
    const { migration, vm, target, at, state, startSeconds, endSeconds } = leg
    const size = wholeKiB(vm.memoryMiB)
    if (migration.kind === 'resume-in-place' || resumed.has(leg)) continue
    if (state !== 'running') continue
    append(changes, at, { atSeconds: endSeconds, delta: -size, vm: vm.id })
    if (isInPlace(migration)) continue
    append(changes, target.id, { atSeconds: startSeconds, delta: size, vm: vm.id })
  }

  const { reserveMiB } = problem.policy
  const violations: Violation[] = []
  for (const node of problem.nodes) {
    const limit = wholeKiB(node.memoryMiB) - wholeKiB(reserveMiB)
    const sweep = overloads(initial.get(node.id) ?? 0, changes.get(node.id) ?? [], limit, 0)
    for (const over of sweep) {
      const until =
        over.untilSeconds === Infinity ? 'to the end of the plan' : `to ${seconds(over.untilSeconds)}`
      violations.push({
        rule: 'memory',
        subject: node.id,
        atSeconds: over.fromSeconds,
        excess: kibToMiB(over.peak - limit),
        message: `${node.id} needs up to ${mebibytes(kibToMiB(over.peak))} from ${seconds(over.fromSeconds)} ${until}, when ${over.vm} arrives; it has ${mebibytes(node.memoryMiB)}${reserveMiB > 0 ? `, of which the reserve keeps ${mebibytes(reserveMiB)} free` : ''}, ${mebibytes(kibToMiB(over.peak - limit))} too little`,
      })
    }
  }
  return violations
}
