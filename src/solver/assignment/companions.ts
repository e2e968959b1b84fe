/**
 * Affinity sets as the assignment sees them: which wishes follow one another, and by which choice. A set is either at home as a whole
 * (each member where it is now) or on one node, where members that live there stay.
 */
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import type { Wish } from '../wishes/wishes.js'

/** Where a set may go: to any node, or only where its fixed members are, or (two of them apart) nowhere. */
const ANYWHERE = -1
const NOWHERE = -2

interface Company {
  /** Indices into the wishes: members that can move. */
  wishes: Int32Array
  /** By wish: [N] the cheapest choice for each node, −1 none. */
  follow: ReadonlyMap<number, Int32Array>
  /** [N] 1: every member lives there or has a choice for it, and no fixed one is elsewhere. */
  meets: Uint8Array
}

export class Companions {
  readonly #instance: Instance
  readonly #wishes: readonly Wish[]
  readonly #wishOf: Int32Array
  readonly #companies: (Company | undefined)[]
  /** By wish: those tied to it by way of domains, itself among them. */
  readonly #scattered: (Int32Array | undefined)[]

  constructor(instance: Instance, wishes: readonly Wish[]) {
    this.#instance = instance
    this.#wishes = wishes
    const { affinitySets, affinityOf, domainSets, vmNode, vmCount, nodeCount } = instance
    const isAlone = affinitySets.length === 0 && domainSets.length === 0
    const wishOf = new Int32Array(isAlone ? 0 : vmCount).fill(-1)
    if (!isAlone) {
      wishes.forEach((wish, w) => {
        if (!staysInPlace(wish)) wishOf[wish.vm] = w
      })
    }
    this.#wishOf = wishOf
    const companies = affinitySets.map((members): Company => {
      const movable = [...members].map((vm) => wishOf[vm]).filter((w) => w >= 0)
      let anchor = ANYWHERE
      for (const vm of members) {
        if (wishOf[vm] >= 0) continue
        anchor = anchor === ANYWHERE || anchor === vmNode[vm] ? vmNode[vm] : NOWHERE
      }
      const follow = new Map(movable.map((w) => [w, cheapestByNode(wishes[w], nodeCount)]))
      const meets = new Uint8Array(nodeCount)
      for (let node = 0; node < nodeCount; node++) {
        const open = anchor === ANYWHERE || anchor === node
        const comes = (w: number) => vmNode[wishes[w].vm] === node || follow.get(w)![node] >= 0
        meets[node] = Number(open && movable.every(comes))
      }
      return { wishes: Int32Array.from(movable), follow, meets }
    })
    this.#companies = wishes.map((wish) => {
      const set = affinityOf[wish.vm]
      return set < 0 || staysInPlace(wish) ? undefined : companies[set]
    })
    this.#scattered = tiedByDomains(instance, wishes)
  }

  /** Wishes that move or stay with wish w, itself among them; undefined where it goes alone. */
  of(w: number): Int32Array | undefined {
    return this.#scattered[w] ?? this.#companies[w]?.wishes
  }

  /** The wish of the VM, unless it stays in place; −1 none. */
  wishOf(vm: number): number {
    return this.#wishOf[vm]
  }

  /** Is it, by way of others too, in a set that ends in one domain? Each of those goes to a node of its own. */
  isScattered(w: number): boolean {
    return this.#scattered[w] !== undefined
  }

  together(a: number, b: number): boolean {
    if (this.#scattered[a] !== undefined) return this.#scattered[a] === this.#scattered[b]
    return this.#companies[a] !== undefined && this.#companies[a] === this.#companies[b]
  }

  /** The choice by which `member` comes to the node when wish w goes there: −1 it lives there, undefined it cannot. */
  choiceOf(w: number, member: number, node: number): number | undefined {
    const company = this.#companies[w]
    if (this.#instance.vmNode[this.#wishes[member].vm] === node) return -1
    const choice = company?.follow.get(member)?.[node] ?? -1
    return choice < 0 ? undefined : choice
  }

  /** Can the whole set of wish w be on the node, as far as choices go? */
  canMeet(w: number, node: number): boolean {
    const company = this.#companies[w]
    return company === undefined || company.meets[node] === 1
  }
}

/** The wish's VM ends where it is, whatever is chosen, if it is not left: it is saved or shut down there. */
export function staysInPlace({ choices }: Wish): boolean {
  return choices.length > 0 && choices.every(({ kind }) => isInPlace(kind))
}

function cheapestByNode(wish: Wish, nodeCount: number): Int32Array {
  const best = new Int32Array(nodeCount).fill(-1)
  wish.choices.forEach(({ node, penalty, duration }, c) => {
    const held = wish.choices[best[node]]
    if (held === undefined || penalty + duration < held.penalty + held.duration) best[node] = c
  })
  return best
}

/** By wish: the wishes that domain sets, and affinity sets beside them, tie to it, by way of others too; undefined where no domain does. */
function tiedByDomains(instance: Instance, wishes: readonly Wish[]): (Int32Array | undefined)[] {
  const { domainSets, domainSetsOf, affinitySets, affinityOf } = instance
  const tied: (Int32Array | undefined)[] = wishes.map(() => undefined)
  if (domainSets.length === 0) return tied
  const wishOf = new Map(wishes.flatMap((wish, w) => (staysInPlace(wish) ? [] : [[wish.vm, w]])))
  wishes.forEach((wish, first) => {
    if (tied[first] !== undefined || domainSetsOf[wish.vm].length === 0 || staysInPlace(wish)) return
    const vms = new Set([wish.vm])
    for (const vm of vms) {
      for (const d of domainSetsOf[vm]) for (const other of domainSets[d].vms) vms.add(other)
      if (affinityOf[vm] >= 0) for (const other of affinitySets[affinityOf[vm]]) vms.add(other)
    }
    const members = Int32Array.from([...vms].flatMap((vm) => wishOf.get(vm) ?? [])).sort()
    for (const member of members) tied[member] = members
  })
  return tied
}
