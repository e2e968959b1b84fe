/** What hard groups ask of where VMs end: of all of a group at one place, or of no two, as soon as one of them ends elsewhere than it was. */
import type { Instance } from '../../model/instance.js'

export interface Company {
  /** Indices, ascending: they are tied to each other, some of them by way of others. */
  vms: readonly number[]
  sets: readonly { vms: ReadonlySet<number>; places: Int32Array | undefined }[]
}

export class EndGroups {
  readonly #instance: Instance
  /** [V] where it may end besides where it was, as if it had not moved. */
  readonly #home: Int32Array
  readonly companies: readonly Company[]
  /** [V] index into `companies`, −1 none. */
  readonly companyOf: Int32Array
  /** VMs of each hard anti-affinity group. */
  readonly members: readonly (readonly number[])[]

  constructor(instance: Instance) {
    this.#instance = instance
    const { policy, vms: all } = instance.problem
    this.#home = Int32Array.from(all, ({ home }, v) =>
      policy.returnHome ? instance.nodeIndex.get(home)! : instance.vmNode[v],
    )
    const { affinitySets, domainSets, vmCount, groups, vmGroups } = instance
    const members: number[][] = groups.map(() => [])
    vmGroups.forEach((own, v) => {
      for (const g of own) members[g].push(v)
    })
    this.members = members
    const sets = [
      ...affinitySets.map((vms) => ({ vms: new Set(vms), places: undefined })),
      ...domainSets.map(({ vms, places }) => ({ vms: new Set(vms), places })),
    ]
    const root = Int32Array.from({ length: vmCount }, (_, v) => v)
    const find = (v: number): number => {
      let top = v
      while (root[top] !== top) top = root[top]
      return top
    }
    for (const { vms } of sets) {
      const [first] = vms
      for (const v of vms) root[find(v)] = find(first)
    }
    const byRoot = new Map<number, number[]>()
    for (const v of new Set(sets.flatMap(({ vms }) => [...vms])))
      byRoot.set(find(v), [...(byRoot.get(find(v)) ?? []), v])
    this.companies = [...byRoot.values()].map((vms) => ({
      vms: vms.sort((a, b) => a - b),
      sets: sets.filter((set) => set.vms.has(vms[0]) || vms.some((v) => set.vms.has(v))),
    }))
    this.companyOf = new Int32Array(vmCount).fill(-1)
    this.companies.forEach(({ vms }, c) => {
      for (const v of vms) this.companyOf[v] = c
    })
  }

  #hasMoved(v: number, at: number): boolean {
    return at !== this.#instance.vmNode[v] && at !== this.#home[v]
  }

  /** Does it tie nobody, with VMs where `at` says? */
  holds({ sets }: Company, at: (v: number) => number): boolean {
    return sets.every(({ vms, places }) => {
      let place = -1
      let apart = false
      let moved = false
      for (const v of vms) {
        const n = at(v)
        if (this.#hasMoved(v, n)) moved = true
        const own = places === undefined ? n : places[n]
        if (place >= 0 && own !== place) apart = true
        place = own
      }
      return !moved || !apart
    })
  }

  /** Groups that forbid such an end. */
  broken(at: Int32Array): number {
    const { groupPlaces } = this.#instance
    let count = 0
    for (const company of this.companies) if (!this.holds(company, (v) => at[v])) count++
    this.members.forEach((vms, g) => {
      const places = groupPlaces[g]
      const there = new Map<number, number>()
      for (const v of vms) there.set(places[at[v]], (there.get(places[at[v]]) ?? 0) + 1)
      if (vms.some((v) => this.#hasMoved(v, at[v]) && there.get(places[at[v]])! > 1)) count++
    })
    return count
  }
}
