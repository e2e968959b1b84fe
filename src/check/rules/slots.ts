/** Rule `slots`: live migrations take no more slots of a node at once than it has, and a node saves and resumes one VM after another. */
import { takenOf } from '../bandwidth.js'
import type { Found, Leg, Replay } from '../replay.js'
import { append, type Change, overloads } from '../sweep.js'
import { seconds } from '../text.js'

/** `[start, end)`: one of no length holds nothing, because its end counts before its start. */
function hold(lists: Map<string, Change[]>, node: string, leg: Leg, slots = 1): void {
  append(lists, node, { atSeconds: leg.startSeconds, delta: slots, vm: leg.vm.id })
  append(lists, node, { atSeconds: leg.endSeconds, delta: -slots, vm: leg.vm.id })
}

export function slots({ problem, legs }: Replay): Found[] {
  const live = new Map<string, Change[]>()
  const saving = new Map<string, Change[]>()
  for (const leg of legs) {
    const { kind } = leg.migration
    if (kind === 'live') {
      const { from, to } = takenOf(leg)
      hold(live, leg.source.id, leg, from)
      // From a node to itself is nonsense, which rule `order` reports; it is counted once.
      if (leg.target.id !== leg.source.id) hold(live, leg.target.id, leg, to)
    } else if (kind === 'save-in-place' || kind === 'resume-in-place') hold(saving, leg.source.id, leg)
  }

  const violations: Found[] = []
  for (const node of problem.nodes) {
    for (const over of overloads(0, live.get(node.id) ?? [], node.slots, 0)) {
      violations.push({
        subject: node.id,
        atSeconds: over.fromSeconds,
        excess: over.peak - node.slots,
        message: `${node.id} has ${over.peak} slots taken at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; it has ${node.slots}`,
      })
    }
    for (const over of overloads(0, saving.get(node.id) ?? [], 1, 0)) {
      violations.push({
        subject: node.id,
        atSeconds: over.fromSeconds,
        excess: over.peak - 1,
        message: `${node.id} saves or resumes ${over.peak} VMs at once from ${seconds(over.fromSeconds)} to ${seconds(over.untilSeconds)}, when ${over.vm} starts; it does so one after another`,
      })
    }
  }
  return violations
}
