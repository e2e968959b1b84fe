/** Rule `anti-affinity`: at the end of the plan, no VM that it moved shares its node, or domain, with another of one of its groups. */
import type { Violation } from '../../model/plan.js'
import type { Replay } from '../replay.js'
import { append } from '../sweep.js'
import { list } from '../text.js'

export function antiAffinity({ problem, legs, finalNode }: Replay): Violation[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    if (migration.kind !== 'save-in-place') moved.set(vm.id, endSeconds)
  }
  const placeOf = (group: string, node: string) => {
    const kind = problem.groupDomains.get(group)
    const domain = kind === undefined ? undefined : problem.nodeById.get(node)?.domains.get(kind)
    // A node may have the name of a domain.
    return domain === undefined ? `  ${node}` : `d ${kind} ${domain}`
  }
  const members = new Map<string, Map<string, string[]>>()
  for (const vm of problem.vms) {
    for (const group of new Set(vm.antiAffinity)) {
      const byPlace = members.get(group) ?? new Map<string, string[]>()
      members.set(group, byPlace)
      append(byPlace, placeOf(group, finalNode.get(vm.id) ?? vm.node), vm.id)
    }
  }

  const violations: Violation[] = []
  for (const [group, byPlace] of members) {
    for (const [place, together] of byPlace) {
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
          message: `${vm} ends on ${place.slice(2)} together with ${list(others.slice(0, 5))}${others.length > 5 ? ` and ${others.length - 5} more` : ''} of its anti-affinity group ${group}`,
        })
      }
    }
  }
  return violations
}
