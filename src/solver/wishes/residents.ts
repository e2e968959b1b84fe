/**
 * Choices that VMs which cannot leave rule out: what they take and their anti-affinity groups stay on the node whatever is planned, and so
 * does what is tied to them by affinity. A wish that loses its last choice cannot leave either, so this goes on until nothing changes.
 */
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import { staysInPlace } from '../assignment/companions.js'
import { refuseByAffinity, refuseByDomains } from './affinity.js'
import { lacks } from './lack.js'
import type { Refusal, Request } from './wish.js'

/** What stays on each node whatever is planned, and what that keeps out. */
export class Residents {
  readonly #instance: Instance
  /** By space: [N] */
  readonly staying: readonly Float64Array[]
  /** By place: group → a VM of it that stays. */
  readonly #groups: Map<number, number>[]

  constructor(instance: Instance) {
    this.#instance = instance
    this.staying = instance.spaces.map(() => new Float64Array(instance.nodeCount))
    this.#groups = Array.from({ length: instance.nodeCount }, () => new Map())
  }

  /** `saves`: the VM frees its memory by being saved there, and stays all the same. */
  add(vm: number, saves: boolean): void {
    const { vmNode, spaces, vmGroups, groupPlaces } = this.#instance
    spaces.forEach(({ size, heldInAnyState }, s) => {
      if (!saves || heldInAnyState) this.staying[s][vmNode[vm]] += size[vm]
    })
    for (const group of vmGroups[vm]) this.#groups[groupPlaces[group][vmNode[vm]]].set(group, vm)
  }

  /** Why the VM can never end on a node that is not its own; undefined where residents leave it room. */
  refusal(vm: number, node: number): Refusal | undefined {
    const { problem, spaces, vmGroups, groupPlaces } = this.#instance
    const target = problem.nodes[node].id
    const rivalOf = (group: number) => this.#groups[groupPlaces[group][node]].get(group)
    const shared = vmGroups[vm].find((g) => rivalOf(g) !== undefined)
    if (shared !== undefined) {
      const group = this.#instance.groups[shared]
      const { id: rival, node: home } = problem.vms[rivalOf(shared)!]
      const domain = problem.groupDomains.get(group)
      const near = domain === undefined || home === target ? '' : `, in the ${domain} of ${target}`
      const detail = `${rival} of its group ${group} stays on ${home}${near}`
      return { reason: 'anti-affinity', detail, group, rival }
    }
    for (let s = 0; s < spaces.length; s++) {
      const { capacity, size } = spaces[s]
      const missing = size[vm] - (capacity[node] - this.staying[s][node])
      if (missing > 0 && size[vm] > 0)
        return lacks(spaces[s], target, missing, 'for it, even once all that can leave has left')
    }
    return undefined
  }
}

/** Takes the choices that residents rule out from the request's wishes. */
export function refuseByResidents(instance: Instance, request: Request): Residents {
  const { wishes, wishOf } = request
  // With allowMakeRoom, and on a night of works, a VM that was not asked for may leave, if it can run elsewhere: it rules nothing out for certain.
  const { mayStay, problem } = instance
  const mayLeave = problem.policy.allowMakeRoom || problem.works !== undefined
  const stays = (vm: number) =>
    wishOf[vm] < 0 ? !mayLeave && mayStay[vm] === 0 : wishes[wishOf[vm]].choices.length === 0
  const residents = new Residents(instance)
  const counted = new Uint8Array(instance.vmCount)
  for (let changed = true; changed; ) {
    changed = false
    for (let vm = 0; vm < instance.vmCount; vm++) {
      const saves = wishOf[vm] >= 0 && staysInPlace(wishes[wishOf[vm]])
      if (counted[vm] === 1 || !(stays(vm) || saves)) continue
      counted[vm] = 1
      changed = true
      residents.add(vm, saves)
    }
    if (refuseByAffinity(instance, request, { counted, used: residents.staying })) changed = true
    if (refuseByDomains(instance, request)) changed = true
    if (!changed) break
    for (const wish of wishes) {
      wish.choices = wish.choices.filter(({ node, kind }) => {
        const refusal = isInPlace(kind) ? undefined : residents.refusal(wish.vm, node)
        if (refusal !== undefined) wish.refusals.set(node, refusal)
        return refusal === undefined
      })
    }
  }
  return residents
}
