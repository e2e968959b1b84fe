/** Rule `slots`: no node carries more live migrations at once than it has slots, and a node saves and resumes one VM after another. */
import type { Violation } from '../../model/plan.js'
import { isInPlace, type Leg, type Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { seconds } from '../text.js'

/** `[start, end)`: one of no length holds nothing, because its end counts before its start. */
function hold(lists: Map<string, Change[]>, node: string, leg: Leg): void {
  append(lists, node, { atSeconds: leg.startSeconds, delta: 1, vm: leg.vm.id })
  append(lists, node, { atSeconds: leg.endSeconds, delta: -1, vm: leg.vm.id })
}

export function slots({ problem, legs }: Replay): Violation[] {
  const live = new Map<string, Change[]>()
  const saving = new Map<string, Change[]>()
  for (const leg of legs) {
    const { kind } = leg.migration
    if (kind === 'live') {
      for (const node of new Set([leg.source.id, leg.target.id])) hold(live, node, leg)
    } else if (isInPlace(leg.migration) && kind !== 'stop-in-place') hold(saving, leg.source.id, leg)
  }

  const violations: Violation[] = []
  for (const node of problem.nodes) {
    for (const over of overloads(0, live.get(node.id) ?? [], node.slots, 0)) {
      violations.push({
        rule: 'slots',
        subject: node.id,
        atSeconds: over.fromSeconds,
        excess: over.peak - node.slots,
        message: `${node.id} carries ${over.peak} live migrations at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; it has ${node.slots} ${node.slots === 1 ? 'slot' : 'slots'}`,
      })
    }
    for (const over of overloads(0, saving.get(node.id) ?? [], 1, 0)) {
      violations.push({
        rule: 'slots',
        subject: node.id,
        atSeconds: over.fromSeconds,
        excess: over.peak - 1,
        message: `${node.id} saves or resumes ${over.peak} VMs at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; it does so one after another`,
      })
    }
  }
  return violations
}
