/** Rule `affinity`: where the plan moves a VM of an affinity group, all of the group end on one node, or in one domain. */

import type { ResolvedProblem, ResolvedVm } from '../../model/problem.js'
import { placeOf } from '../places.js'
import { type Found, isBack, isInPlace, type Replay } from '../replay.js'
import { append } from '../sweep.js'
import { list } from '../text.js'

const MAX_NAMED = 5

/** The VM's groups that are about domains of the kind; undefined: about nodes. */
function groupsAbout(
  { affinityDomains }: ResolvedProblem,
  domain: string | undefined,
  { affinity }: ResolvedVm,
): string[] {
  return affinity.filter((group) => affinityDomains.get(group) === domain)
}

/** VMs that end at one place of a kind: groups that share a VM count as one. Only those of two or more. */
function companies(
  problem: ResolvedProblem,
  domain: string | undefined,
): { group: string; members: ResolvedVm[] }[] {
  const { vms } = problem
  const ofKind = (vm: ResolvedVm) => groupsAbout(problem, domain, vm)
  const parent = new Map<string, string>()
  const root = (group: string): string => {
    let top = group
    for (let next = parent.get(top); next !== undefined && next !== top; next = parent.get(top)) top = next
    return top
  }
  for (const vm of vms) {
    const own = ofKind(vm)
    for (const group of own) {
      if (!parent.has(group)) parent.set(group, group)
      parent.set(root(group), root(own[0]!))
    }
  }
  const members = new Map<string, ResolvedVm[]>()
  for (const vm of vms) {
    const [group] = ofKind(vm)
    if (group !== undefined) append(members, root(group), vm)
  }
  return [...members]
    .filter(([, together]) => together.length > 1)
    .map(([group, together]) => ({ group, members: together }))
}

export function affinity({ problem, legs, finalNode }: Replay): Found[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    const back = isBack(vm, { problem, finalNode })
    if (!isInPlace(migration) && !back) moved.set(vm.id, endSeconds)
  }
  const violations: Found[] = []
  const kinds = [undefined, ...new Set(problem.affinityDomains.values())]
  const together = kinds.flatMap((domain) => companies(problem, domain).map((set) => ({ ...set, domain })))
  for (const { members, domain } of together) {
    const placeAtEnd = (vm: ResolvedVm) => placeOf(problem, domain, finalNode.get(vm.id) ?? '')
    for (const vm of members) {
      const atSeconds = moved.get(vm.id)
      if (atSeconds === undefined) continue
      const end = finalNode.get(vm.id)
      const apart = members.filter((other) => placeAtEnd(other) !== placeAtEnd(vm))
      if (apart.length === 0) continue
      const named = apart.slice(0, MAX_NAMED).map((other) => `${other.id} on ${finalNode.get(other.id)}`)
      const more = apart.length > MAX_NAMED ? ` and ${apart.length - MAX_NAMED} more` : ''
      violations.push({
        subject: vm.id,
        atSeconds,
        excess: apart.length,
        message: `${vm.id} of affinity group ${groupsAbout(problem, domain, vm).join(', ')} ends on ${end}, ${domain === undefined ? 'apart' : `in another ${domain}`} from ${list(named)}${more}`,
      })
    }
  }
  return violations
}
