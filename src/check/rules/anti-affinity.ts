/** Rule `anti-affinity`: at the end of the plan, no VM that it moved shares its node with another of one of its groups. */
import type { Violation } from '../../model/plan.js'
import type { Replay } from '../replay.js'
import { append } from '../sweep.js'
import { list } from '../text.js'

export function antiAffinity({ problem, legs, finalNode }: Replay): Violation[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    if (migration.kind !== 'save-in-place') moved.set(vm.id, endSeconds)
  }
  const members = new Map<string, Map<string, string[]>>()
  for (const vm of problem.vms) {
    for (const group of new Set(vm.antiAffinity)) {
      const byNode = members.get(group) ?? new Map<string, string[]>()
      members.set(group, byNode)
      append(byNode, finalNode.get(vm.id) ?? vm.node, vm.id)
    }
  }

  const violations: Violation[] = []
  for (const [group, byNode] of members) {
    for (const [node, together] of byNode) {
      if (together.length < 2) continue
      for (const vm of together) {
        const atSeconds = moved.get(vm)
        if (atSeconds === undefined) continue
        const others = together.filter((other) => other !== vm)
        violations.push({
          rule: 'anti-affinity',
          subject: vm,
          atSeconds,
          excess: others.length,
          message: `${vm} ends on ${node} together with ${list(others.slice(0, 5))}${others.length > 5 ? ` and ${others.length - 5} more` : ''} of its anti-affinity group ${group}`,
        })
      }
    }
  }
  return violations
}
