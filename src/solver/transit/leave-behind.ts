/**
 * Who stays where not all can move: sets of wishes in the order of their weight; the first that leaves the others an order, and time for it, is
 * it. Where every set before it is refuted, no plan leaves less weight unplaced.
 */
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import type { Decision } from '../schedule/legs.js'
import { isScattered } from '../wishes/rivals.js'
import type { Wish } from '../wishes/wishes.js'
import { tooLarge } from './holes.js'
import { alikeClasses, type Places } from './places.js'
import { Relaxation } from './relaxation.js'
import { findPassage, type Passage, placesOf, type TransitContext } from './transit.js'

export interface Departure {
  /** The best that was found below `known`, undefined: nothing. */
  passage: Passage | undefined
  /** Weight below which no order leaves behind, −1 where not all sets before it were refuted. */
  least: number
  /** States looked at. */
  states: number
}

/**
 * Best-first over sets. A set is known to be too small by what then goes wrong: a node is overfull at the end, or holds two of a group, or an
 * affinity set ends apart, and one of those that arrive there has to stay as well; VMs can never move, and all of them have to; or there is no order, and any other may be
 * the one.
 *
 * @param decisions with a choice for every wish that may be placed.
 * @param known weight that can be left unplaced already: only less is of use.
 * @param states to look at, at most.
 */
export async function departWithMost(
  context: TransitContext,
  decisions: readonly Decision[],
  known: number,
  states: number,
): Promise<Departure> {
  const { instance, wishes, run } = context
  const { staySets, stayLeastStates, stayShare, stayNoneShare } = run.parameters.transit
  const sets = new StaySets(context, decisions)
  // A look at every VM, and at every node for every mover, in states, each of which looks at every mover.
  const movers = decisions.reduce((sum, d) => (d.choice === undefined ? sum : sum + 1), 1)
  const perSet = Math.ceil(instance.nodeCount + instance.vmCount / movers)
  let spent = 0
  let proven = true
  let looked = 0
  for (let set = sets.next(); set !== undefined && set.weight < known; set = sets.next()) {
    if (looked++ >= staySets || spent >= states || (await run.breathe())) {
      proven = false
      break
    }
    spent += perSet
    const some = decisions.slice()
    for (const w of set.members) some[w] = { choice: undefined, parking: -1 }
    const clash = endClash(instance, wishes, some)
    if (clash !== undefined) {
      sets.addOneOf(set, clash)
      continue
    }
    const { places, wishOf } = placesOf(instance, context.maker, wishes, some)
    const fixed = neverMoving(places).map((m) => wishOf[m])
    if (fixed.length > 0) {
      sets.addAll(set, fixed)
      continue
    }
    const share = set.members.length === 0 ? stayNoneShare : stayShare
    const allowed = Math.max(
      1,
      Math.min(states - spent, Math.max(stayLeastStates, Math.ceil((states - spent) * share))),
    )
    const outcome = await findPassage(context, some, allowed)
    spent += outcome.states
    if (outcome.passage !== undefined)
      return { passage: outcome.passage, least: proven ? set.weight : -1, states: spent }
    if (outcome.status !== 'impossible') proven = false
    sets.addOneOf(set, wishOf)
  }
  return { passage: undefined, least: proven ? known : -1, states: spent }
}

interface StaySet {
  weight: number
  /** Wishes that stay, in ascending order. */
  members: readonly number[]
}

/** Sets of wishes that stay, lightest and then smallest first, each once. */
class StaySets {
  readonly #weightOf: (wish: number) => number
  /** By wish: those of one kind can stand for each other. */
  readonly #kind: readonly string[]
  readonly #heap: StaySet[] = [{ weight: 0, members: [] }]
  readonly #seen = new Set<string>()

  constructor({ instance, maker, wishes }: TransitContext, decisions: readonly Decision[]) {
    const { places, wishOf } = placesOf(instance, maker, wishes, decisions)
    const classes = alikeClasses(places.movers)
    const alike = new Map(wishOf.map((w, m) => [w, classes[m]]))
    this.#weightOf = (w) => (wishes[w].makesRoom ? 0 : instance.vmWeight[wishes[w].vm])
    this.#kind = wishes.map(({ vm, makesRoom }, w) => {
      return [
        alike.get(w) ?? -1,
        instance.vmWeight[vm],
        decisions[w].choice?.kind,
        makesRoom,
        ...instance.vmGroups[vm],
        'domains',
        ...instance.domainSetsOf[vm],
      ].join('\n')
    })
  }

  next(): StaySet | undefined {
    return this.#heap.pop()
  }

  /** The set with one more of these, of each kind only the first that is not in it. */
  addOneOf(set: StaySet, wishes: readonly number[]): void {
    const kinds = new Set<string>()
    for (const w of wishes) {
      if (set.members.includes(w) || kinds.has(this.#kind[w])) continue
      kinds.add(this.#kind[w])
      this.addAll(set, [w])
    }
  }

  addAll({ weight, members }: StaySet, wishes: readonly number[]): void {
    const wider = [...members, ...wishes].sort((a, b) => a - b)
    const key = wider.join()
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#insert({ weight: wishes.reduce((sum, w) => sum + this.#weightOf(w), weight), members: wider })
  }

  /** Keeps the list sorted, lightest and then smallest last. */
  #insert(set: StaySet): void {
    let low = 0
    let high = this.#heap.length
    while (low < high) {
      const mid = (low + high) >> 1
      const { weight, members } = this.#heap[mid]
      const later = weight > set.weight || (weight === set.weight && members.length > set.members.length)
      if (later) low = mid + 1
      else high = mid
    }
    this.#heap.splice(low, 0, set)
  }
}

/** Movers that nothing can ever move, whoever else moves. */
function neverMoving(places: Places): number[] {
  const { free, movers } = places
  const large = tooLarge(places)
  const all = movers.map((_, m) => m)
  const standing = {
    free,
    at: Int32Array.from(movers, (m) => m.home),
    stage: new Uint8Array(movers.length),
  }
  const stuck = new Set(new Relaxation(places).stuck(standing, all))
  return all.filter((m) => large[m] === 1 || stuck.has(m))
}

/** Wishes that arrive where too much ends, or apart from their affinity set, of which one has to stay; undefined where the end holds. */
export function endClash(
  instance: Instance,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
): number[] | undefined {
  const { vmGroups, groupPlaces, spaces, vmNode } = instance
  const content = spaces.map(({ used }) => used.slice())
  const end = vmNode.slice()
  const arrivals: number[] = []
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined) return
    const { vm } = wishes[w]
    const inPlace = isInPlace(choice.kind)
    spaces.forEach(({ size, heldInAnyState }, s) => {
      if (!inPlace || !heldInAnyState) content[s][vmNode[vm]] -= size[vm]
      if (!inPlace) content[s][choice.node] += size[vm]
    })
    if (inPlace) return
    end[vm] = choice.node
    arrivals.push(w)
  })
  for (const [s, { size, capacity }] of spaces.entries()) {
    const overfull = (w: number) => {
      const { vm } = wishes[w]
      return size[vm] > 0 && content[s][end[vm]] > capacity[end[vm]]
    }
    const first = arrivals.find(overfull)
    if (first === undefined) continue
    const node = end[wishes[first].vm]
    return arrivals.filter((w) => end[wishes[w].vm] === node && overfull(w))
  }
  const members = new Map<string, number>()
  const keyOf = (vm: number, group: number) => `${groupPlaces[group][end[vm]]}:${group}`
  vmGroups.forEach((groups, vm) => {
    for (const group of groups) {
      const key = keyOf(vm, group)
      members.set(key, (members.get(key) ?? 0) + 1)
    }
  })
  for (const w of arrivals) {
    const { vm } = wishes[w]
    const group = vmGroups[vm].find((g) => (members.get(keyOf(vm, g)) ?? 0) > 1)
    if (group === undefined) continue
    return arrivals.filter((o) => {
      const other = wishes[o].vm
      return keyOf(other, group) === keyOf(vm, group) && vmGroups[other].includes(group)
    })
  }
  for (const set of instance.affinitySets) {
    const moved = arrivals.filter((w) => set.includes(wishes[w].vm))
    if (moved.length > 0 && set.some((vm) => end[vm] !== end[set[0]])) return moved
  }
  for (const set of instance.domainSets) {
    const moved = arrivals.filter((w) => set.vms.includes(wishes[w].vm))
    if (moved.length > 0 && isScattered(set, end)) return moved
  }
  return undefined
}
