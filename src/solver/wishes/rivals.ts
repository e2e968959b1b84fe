/** What affinity and anti-affinity take from a plan in which some VMs turned out to stay. */
import type { DomainSet, Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import type { Decision } from '../schedule/legs.js'
import type { Wish } from './wishes.js'

/**
 * Leaves where they are all VMs that would end with one of an anti-affinity group of theirs, or apart from one of their affinity group,
 * until none would. Changes `decisions`.
 */
export function dropRivals(instance: Instance, wishes: readonly Wish[], decisions: Decision[]): void {
  const { vmGroups, groupPlaces } = instance
  const end = instance.vmNode.slice()
  decisions.forEach(({ choice }, w) => {
    if (choice !== undefined) end[wishes[w].vm] = choice.node
  })
  const count = new Map<string, number>()
  const keyOf = (vm: number, group: number) => `${groupPlaces[group][end[vm]]}:${group}`
  const add = (vm: number, by: 1 | -1) => {
    for (const group of vmGroups[vm]) {
      const key = keyOf(vm, group)
      count.set(key, (count.get(key) ?? 0) + by)
    }
  }
  vmGroups.forEach((_, vm) => {
    add(vm, 1)
  })
  for (let changed = true; changed; ) {
    changed = false
    decisions.forEach(({ choice }, w) => {
      const { vm } = wishes[w]
      if (choice === undefined || isInPlace(choice.kind)) return
      const shares = vmGroups[vm].some((group) => (count.get(keyOf(vm, group)) ?? 0) > 1)
      if (!shares && !isApart(instance, end, vm)) return
      decisions[w] = { choice: undefined, parking: -1 }
      add(vm, -1)
      end[vm] = instance.vmNode[vm]
      add(vm, 1)
      changed = true
    })
  }
}

/** Does another VM of its affinity set end elsewhere, or one that is to be in one domain with it in another? */
function isApart(instance: Instance, end: Int32Array, vm: number): boolean {
  const { affinitySets, affinityOf, domainSets, domainSetsOf } = instance
  const set = affinityOf[vm]
  if (set >= 0 && affinitySets[set].some((member) => end[member] !== end[vm])) return true
  return domainSetsOf[vm].some((d) => isScattered(domainSets[d], end))
}

/** Do not all of the set end in one domain? */
export function isScattered({ vms, places }: DomainSet, end: Int32Array): boolean {
  return vms.some((vm) => places[end[vm]] !== places[end[vms[0]]])
}
