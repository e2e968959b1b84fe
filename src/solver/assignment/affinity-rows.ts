/**
 * Affinity as rows of the assignment LP. Of two VMs of a set, neighbours in its list, each is on a node to the same share (`= 0`); where
 * a VM of the set lives, the others come to the share to which it stays at home (`≤ 0`), which it may do while they do too.
 */
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import type { Wish } from '../wishes/wish.js'
import { staysInPlace } from './companions.js'

export interface AffinityRows {
  /** Rows and coefficients of a choice of wish w for a node. */
  of(w: number, node: number): readonly (readonly [row: number, coefficient: number])[]
  /** Rows in which leaving wish w at home counts −1. */
  home(w: number): readonly number[]
}

export function affinityRows(
  instance: Instance,
  wishes: readonly Wish[],
  row: (lower: number, upper: number) => number,
): AffinityRows {
  const entries = new Map<string, [number, number][]>()
  const homes = new Map<number, number[]>()
  const put = (w: number, node: number, r: number, coefficient: number) => {
    const key = `${w}:${node}`
    append(entries, key, [r, coefficient])
  }
  for (const members of membersBySet(instance, wishes)) {
    const nodes = new Set(members.flatMap((w) => wishes[w].choices.map((c) => c.node)))
    for (const node of nodes) {
      const living = members.filter((w) => instance.vmNode[wishes[w].vm] === node)
      const coming = members.filter((w) => instance.vmNode[wishes[w].vm] !== node)
      for (let i = 1; i < coming.length; i++) {
        const r = row(0, 0)
        put(coming[i - 1], node, r, 1)
        put(coming[i], node, r, -1)
      }
      for (const w of living) {
        const r = row(Number.NEGATIVE_INFINITY, 0)
        put(coming[0], node, r, 1)
        homes.set(w, [...(homes.get(w) ?? []), r])
      }
    }
  }
  return {
    of: (w, node) => entries.get(`${w}:${node}`) ?? [],
    home: (w) => homes.get(w) ?? [],
  }
}

/** Wishes of each affinity set that can move, where there are several. */
function membersBySet(instance: Instance, wishes: readonly Wish[]): number[][] {
  const members: number[][] = instance.affinitySets.map(() => [])
  if (members.length === 0) return members
  wishes.forEach((wish, w) => {
    const set = instance.affinityOf[wish.vm]
    if (set >= 0 && !staysInPlace(wish)) members[set].push(w)
  })
  return members.filter((list) => list.length > 1)
}
