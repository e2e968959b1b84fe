/** What the format document says about groups of VMs, for the exact references: where they may end together, or meet, and what that costs. */
import type { ProblemGroup, ProblemNode, ProblemVm } from '../../src/model/problem.js'

const entryOf = (group: ProblemGroup) => (typeof group === 'string' ? { group } : group)
/** Names of the hard groups. */
const hard = (groups: readonly ProblemGroup[] = []) =>
  groups.map(entryOf).flatMap(({ group, penaltySeconds }) => (penaltySeconds === undefined ? [group] : []))

export class Groups {
  readonly nodes: readonly ProblemNode[]
  readonly vms: readonly ProblemVm[]

  constructor(nodes: readonly ProblemNode[], vms: readonly ProblemVm[]) {
    this.nodes = nodes
    this.vms = vms
  }

  /** Seconds of cost of soft rules for where every VM ends. */
  penalty(end: readonly number[]): number {
    let penalty = 0
    for (const key of ['antiAffinity', 'affinity'] as const) {
      const counts = new Map<string, Map<string, number>>()
      const rules = new Map<string, number>()
      this.vms.forEach((vm, v) => {
        for (const entry of (vm[key] ?? []).map(entryOf)) {
          if (entry.penaltySeconds === undefined) continue
          rules.set(entry.group, entry.penaltySeconds)
          const places = counts.get(entry.group) ?? new Map<string, number>()
          counts.set(entry.group, places)
          const place = this.#place(entry, end[v])
          places.set(place, (places.get(place) ?? 0) + 1)
        }
      })
      for (const [group, places] of counts) {
        const all = [...places.values()]
        const sum = all.reduce((a, b) => a + b, 0)
        const broken =
          key === 'affinity' ? sum - Math.max(...all) : all.reduce((beyond, n) => beyond + n - 1, 0)
        penalty += broken * rules.get(group)!
      }
    }
    return penalty
  }

  /** What a group takes for one place. */
  #place({ domain }: { domain?: string }, node: number): string {
    const within = domain === undefined ? undefined : this.nodes[node].domains?.[domain]
    return within === undefined ? `node ${node}` : `domain ${within}`
  }

  /** Entries of hard groups that keep the two VMs apart. */
  apart(a: number, b: number): Exclude<ProblemGroup, string>[] {
    const others = hard(this.vms[b].antiAffinity)
    return (this.vms[a].antiAffinity ?? [])
      .map(entryOf)
      .filter(({ group, penaltySeconds }) => penaltySeconds === undefined && others.includes(group))
  }

  /** VMs tied to each other by groups about one kind of domain (undefined: about nodes), by way of others too. */
  #tied(a: number, kind: string | undefined): Set<number> {
    const found = new Set([a])
    const groups = ({ affinity = [] }: ProblemVm) =>
      affinity
        .map(entryOf)
        .flatMap((e) => (e.penaltySeconds === undefined && e.domain === kind ? [e.group] : []))
    for (const v of found) {
      this.vms.forEach((vm, o) => {
        if (groups(vm).some((g) => groups(this.vms[v]).includes(g))) found.add(o)
      })
    }
    return found
  }

  /**
   * Would the VM, arriving on the node, meet one that a hard group keeps apart from it?
   *
   * @param where by VM, the nodes where it counts
   * @param homes by VM: who was at the place together with it does not forbid its return
   */
  meets(v: number, node: number, where: readonly (readonly number[])[], homes?: readonly number[]): boolean {
    return where.some(
      (nodes, o) =>
        o !== v &&
        this.apart(v, o).some((entry) => {
          const at = (n: number) => this.#place(entry, n) === this.#place(entry, node)
          if (homes !== undefined && at(homes[v]) && at(homes[o])) return false
          // Within a domain it was there already; where it arrives may be among its nodes.
          return nodes.some(at) && !where[v].some((n) => n !== node && at(n))
        }),
    )
  }

  /**
   * No VM that has moved shares its last node with another of an anti-affinity group of its, or ends elsewhere than one that is tied to it.
   */
  hold(end: readonly number[], moved: ReadonlySet<number>): boolean {
    // Kinds that no node has count too: each node is then a domain of its own.
    const kinds = new Set(
      this.vms.flatMap(({ affinity = [] }) => [undefined, ...affinity.map((e) => entryOf(e).domain)]),
    )
    for (const kind of kinds) {
      const place = (v: number) => this.#place(kind === undefined ? {} : { domain: kind }, end[v])
      for (const a of moved) for (const b of this.#tied(a, kind)) if (place(b) !== place(a)) return false
    }
    for (const a of moved) {
      for (let b = 0; b < this.vms.length; b++) {
        if (a === b) continue
        if (this.apart(a, b).some((entry) => this.#place(entry, end[a]) === this.#place(entry, end[b])))
          return false
      }
    }
    return true
  }
}
