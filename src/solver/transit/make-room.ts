/**
 * Making room (allowMakeRoom): where a VM of the request would stay unplaced for want of room or because of an anti-affinity
 * group, a VM that was not asked for is moved away from the node that it needs. One at a time, the smallest that is enough first. And where
 * it would stay because VMs of its affinity group were not asked for, these come along.
 */

import { addAll } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { bulkOf } from '../../model/spaces.js'
import type { AssignmentState } from '../assignment/state.js'
import type { Request, Wish, WishMaker } from '../wishes/wishes.js'

interface Eviction {
  vm: number
  bulk: number
}

/**
 * For each wish that `state` leaves unplaced: the first set of at most `most` VMs, on one node, whose leaving lets it in.
 * Returns wishes for them; the caller adds these to the request and chooses again.
 */
export function roomMakers(
  instance: Instance,
  request: Request,
  maker: WishMaker,
  state: AssignmentState,
  most: number,
): Wish[] {
  const made: Wish[] = []
  const taken = new Set<number>()
  const extra = instance.spaces.map(() => new Float64Array(instance.nodeCount))
  state.wishes.forEach((wish, w) => {
    if (state.chosen[w] >= 0 || wish.choices.length === 0) return
    const along = companions(instance, request, maker, wish, taken)
    if (along.length > 0) {
      for (const companion of along) taken.add(companion.vm)
      addAll(made, along)
      return
    }
    const best = cheapestEvictions({ instance, request, maker, state, taken, extra, most }, wish)
    if (best === undefined) return
    instance.spaces.forEach(({ size }, s) => {
      extra[s][best.node] -= size[wish.vm]
      for (const { vm } of best.wishes) extra[s][best.node] += size[vm]
    })
    for (const eviction of best.wishes) {
      taken.add(eviction.vm)
      made.push(eviction)
    }
  })
  return made
}

/** Wishes for the VMs of its affinity set that were not asked for, to where the wish itself may go; none where one of them cannot. */
function companions(
  instance: Instance,
  request: Request,
  maker: WishMaker,
  wish: Wish,
  taken: ReadonlySet<number>,
): Wish[] {
  const set = instance.affinityOf[wish.vm]
  if (set < 0) return []
  const nodes = new Set(wish.choices.map((c) => c.node))
  const made: Wish[] = []
  for (const vm of instance.affinitySets[set]) {
    if (request.wishOf[vm] >= 0 || taken.has(vm)) continue
    if (request.alreadyThere.includes(vm)) return []
    const along = maker.wish(vm, undefined, undefined, true)
    along.choices = along.choices.filter((c) => c.kind === 'live' && nodes.has(c.node))
    if (along.choices.length > 0) made.push(along)
    else if (!nodes.has(instance.vmNode[vm])) return []
  }
  return made
}

interface Evicting {
  instance: Instance
  request: Request
  maker: WishMaker
  state: AssignmentState
  /** VMs that move away already. */
  taken: ReadonlySet<number>
  /** By space: [N] what these free, less what then arrives. */
  extra: readonly Float64Array[]
  most: number
}

function cheapestEvictions(
  { instance, request, maker, state, taken, extra, most }: Evicting,
  wish: Wish,
): { node: number; wishes: Wish[]; freed: number } | undefined {
  const { vmNode, spaces, vmGroups } = instance
  const freeOf = (s: number, node: number) => spaces[s].capacity[node] - state.used[s][node] + extra[s][node]
  const groups = vmGroups[wish.vm]
  let best: { node: number; wishes: Wish[]; freed: number } | undefined
  for (const node of new Set(wish.choices.map((c) => c.node))) {
    const candidates: Eviction[] = []
    const rivals: Eviction[] = []
    for (let vm = 0; vm < instance.vmCount; vm++) {
      if (vmNode[vm] !== node || request.wishOf[vm] >= 0 || taken.has(vm)) continue
      if (request.alreadyThere.includes(vm)) continue
      const eviction = { vm, bulk: bulkOf(instance, vm) }
      // One that is tied to others by affinity could only leave with all of them.
      const tied = isTied(instance, vm)
      if (vmGroups[vm].some((g) => groups.includes(g))) rivals.push(eviction)
      else if (eviction.bulk > 0 && !tied) candidates.push(eviction)
    }
    // What takes nothing of a space lacks nothing of it.
    const missing = spaces.map(({ size }, s) => (size[wish.vm] === 0 ? 0 : size[wish.vm] - freeOf(s, node)))
    const isMissing = () => missing.some((amount) => amount > 0)
    const isEnough = ({ vm }: Eviction) =>
      missing.every((amount, s) => amount <= 0 || spaces[s].size[vm] >= amount)
    /** Shares of what is missing. */
    const relief = ({ vm }: Eviction) =>
      missing.reduce(
        (sum, amount, s) => (amount > 0 ? sum + Math.min(1, spaces[s].size[vm] / amount) : sum),
        0,
      )
    const chosen: Wish[] = []
    let freed = 0
    let possible = true
    const evict = ({ vm, bulk }: Eviction): boolean => {
      if (isTied(instance, vm)) return false
      const away = maker.wish(vm, undefined, undefined, true)
      away.choices = away.choices.filter(
        (c) =>
          c.kind === 'live' && spaces.every(({ size }, s) => size[vm] === 0 || freeOf(s, c.node) >= size[vm]),
      )
      if (away.choices.length === 0) return false
      chosen.push(away)
      freed += bulk
      for (let s = 0; s < spaces.length; s++) missing[s] -= spaces[s].size[vm]
      return true
    }
    for (const rival of rivals) if (!evict(rival)) possible = false
    candidates.sort((a, b) => a.bulk - b.bulk || a.vm - b.vm)
    while (possible && isMissing() && chosen.length < most) {
      // The smallest that is enough alone, or else the one that helps most.
      let at = candidates.findIndex(isEnough)
      if (at < 0) at = indexOfLargest(candidates.map(relief))
      const pick = candidates.splice(at, 1)[0]
      if (pick === undefined) possible = false
      else evict(pick)
    }
    if (!possible || isMissing() || chosen.length === 0) continue
    if (
      best === undefined ||
      chosen.length < best.wishes.length ||
      (chosen.length === best.wishes.length && freed < best.freed)
    ) {
      best = { node, wishes: chosen, freed }
    }
  }
  return best
}

/** Of equal ones the last; −1 where there is none. */
function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (best < 0 || value >= values[best] ? i : best), -1)
}

function isTied({ affinityOf, domainSetsOf }: Instance, vm: number): boolean {
  return affinityOf[vm] >= 0 || domainSetsOf[vm].length > 0
}
