/** Rule `affinity`: where the plan moves a VM of an affinity group, all of the group end on one node. */

import type { Violation } from '../../model/plan.js'
import type { ResolvedProblem, ResolvedVm } from '../../model/problem.js'
import { isInPlace, type Replay } from '../replay.js'
import { append } from '../sweep.js'
import { list } from '../text.js'

const MAX_NAMED = 5

/** VMs that stay together: groups that share a VM count as one. Only those of two or more. */
function companies({ vms }: ResolvedProblem): { group: string; members: ResolvedVm[] }[] {
  const parent = new Map<string, string>()
  const root = (group: string): string => {
    let top = group
    for (let next = parent.get(top); next !== undefined && next !== top; next = parent.get(top)) top = next
    return top
  }
  for (const { affinity } of vms) {
    for (const group of affinity) {
      if (!parent.has(group)) parent.set(group, group)
      parent.set(root(group), root(affinity[0]!))
    }
  }
  const members = new Map<string, ResolvedVm[]>()
  for (const vm of vms) if (vm.affinity.length > 0) append(members, root(vm.affinity[0]!), vm)
  return [...members]
    .filter(([, together]) => together.length > 1)
    .map(([group, together]) => ({ group, members: together }))
}

export function affinity({ problem, legs, finalNode }: Replay): Violation[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    // Beside works VMs may come back: then they have not moved.
    const back = problem.works !== undefined && finalNode.get(vm.id) === vm.node
    if (!isInPlace(migration) && !back) moved.set(vm.id, endSeconds)
  }
  const violations: Violation[] = []
  for (const { members } of companies(problem)) {
    for (const vm of members) {
      const atSeconds = moved.get(vm.id)
      if (atSeconds === undefined) continue
      const end = finalNode.get(vm.id)
      const apart = members.filter((other) => finalNode.get(other.id) !== end)
      if (apart.length === 0) continue
      const named = apart.slice(0, MAX_NAMED).map((other) => `${other.id} on ${finalNode.get(other.id)}`)
      const more = apart.length > MAX_NAMED ? ` and ${apart.length - MAX_NAMED} more` : ''
      violations.push({
        rule: 'affinity',
        subject: vm.id,
        atSeconds,
        excess: apart.length,
        message: `${vm.id} of affinity group ${vm.affinity.join(', ')} ends on ${end}, apart from ${list(named)}${more}`,
      })
    }
  }
  return violations
}
