/**
 * Who stays where not all can move: sets of wishes in the order of their weight; the first that leaves the others an order, and time for it, is
 * it. Where every set before it is refuted, no plan leaves less weight unplaced.
 */
import type { Instance } from '../../model/instance.js'
import type { Decision } from '../legs.js'
import type { Wish } from '../wishes.js'
import { tooLarge } from './holes.js'
import { alikeClasses, type Places } from './places.js'
import { Relaxation } from './relaxation.js'
import { findPassage, type Passage, placesOf, type TransitContext } from './transit.js'

/** Sets that are looked at, at most. */
const MOST_SETS = 4000
/** States that a set is granted at least, and as a share of what is left. */
const LEAST_STATES = 1000
const SHARE = 0.1
/** The same of the set of none, which is to be hoped for. */
const FIRST_SHARE = 0.5

export interface Departure {
  /** The best that was found below `known`, undefined: nothing. */
  passage: Passage | undefined
  /** Weight below which no order leaves behind, −1 where not all sets before it were refuted. */
  least: number
  /** States looked at. */
  states: number
}

/**
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
  const { instance, maker, wishes, run } = context
  const { places, wishOf } = placesOf(instance, maker, wishes, decisions)
  const forced = neverMoving(places)
  const weightOf = (w: number) => (wishes[w].makesRoom ? 0 : instance.vmWeight[wishes[w].vm])
  const stay = wishOf.filter((_, m) => forced[m] === 1)
  const base = stay.reduce((sum, w) => sum + weightOf(w), 0)
  const classes = alikeClasses(places.movers)
  const free = wishOf
    .map((wish, m) => ({
      wish,
      weight: weightOf(wish),
      kind: kindOf(context, wish, classes[m]),
      forced: forced[m],
    }))
    .filter((item) => item.forced === 0)
    .sort((a, b) => a.weight - b.weight || a.wish - b.wish)
  let spent = 0
  let proven = true
  let looked = 0
  for (const set of byWeight(free)) {
    if (base + set.weight >= known) break
    if (looked++ >= MOST_SETS || spent >= states || (await run.breathe())) {
      proven = false
      break
    }
    const some = decisions.slice()
    for (const w of [...stay, ...set.members.map((i) => free[i].wish)])
      some[w] = { choice: undefined, parking: -1 }
    if (!endHolds(instance, wishes, some)) continue
    const share = set.members.length === 0 ? FIRST_SHARE : SHARE
    const allowed = Math.min(states - spent, Math.max(LEAST_STATES, Math.ceil((states - spent) * share)))
    const outcome = await findPassage(context, some, allowed)
    spent += outcome.states
    if (outcome.passage !== undefined)
      return { passage: outcome.passage, least: proven ? base + set.weight : -1, states: spent }
    if (outcome.status !== 'impossible') proven = false
  }
  return { passage: undefined, least: proven ? known : -1, states: spent }
}

/** By mover: 1 where nothing can ever move it, whoever else moves. */
function neverMoving(places: Places): Uint8Array {
  const { free, movers } = places
  const forced = tooLarge(places)
  const relaxation = new Relaxation(movers, free.length)
  const standing = {
    free,
    at: Int32Array.from(movers, (m) => m.home),
    stage: new Uint8Array(movers.length),
  }
  for (let changed = true; changed; ) {
    changed = false
    const open = movers.map((_, m) => m).filter((m) => forced[m] === 0)
    const emptied = free.slice()
    for (const m of open) emptied[movers[m].home] += movers[m].memory
    const lost = relaxation.stuck(standing, open)
    for (const m of open) {
      if (!lost.includes(m) && movers[m].targets.some((t) => emptied[t] >= movers[m].memory)) continue
      forced[m] = 1
      changed = true
    }
  }
  return forced
}

/** Wishes of one kind can stand for each other. */
function kindOf({ instance, wishes }: TransitContext, w: number, alike: number): string {
  const { vm, makesRoom } = wishes[w]
  return `${alike} ${instance.vmWeight[vm]} ${makesRoom} ${instance.problem.vms[vm].antiAffinity.join('\n')}`
}

interface Item {
  weight: number
  kind: string
}

/** All subsets of items that are sorted by weight, lightest first; of items of one kind only the first ones. */
function* byWeight(items: readonly Item[]): Generator<{ weight: number; members: readonly number[] }> {
  yield { weight: 0, members: [] }
  if (items.length === 0) return
  // Smallest first; each set is reached once, from the one without its last member's place.
  const heap = [{ weight: items[0].weight, members: [0] }]
  for (let least = heap.pop(); least !== undefined; least = heap.pop()) {
    const { members, weight } = least
    const last = members[members.length - 1]
    if (isCanonical(items, members)) yield least
    if (last + 1 === items.length) continue
    const next = items[last + 1].weight
    insert(heap, { weight: weight + next, members: [...members, last + 1] })
    insert(heap, { weight: weight + next - items[last].weight, members: [...members.slice(0, -1), last + 1] })
  }
}

/** Does the set take those of each kind from the first one on? */
function isCanonical(items: readonly Item[], members: readonly number[]): boolean {
  return members.every((i) => {
    for (let j = i - 1; j >= 0; j--) if (items[j].kind === items[i].kind) return members.includes(j)
    return true
  })
}

/** Keeps the list sorted, lightest and then shortest last. */
function insert<T extends { weight: number; members: readonly number[] }>(list: T[], item: T): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >> 1
    const { weight, members } = list[mid]
    const later = weight > item.weight || (weight === item.weight && members.length >= item.members.length)
    if (later) low = mid + 1
    else high = mid
  }
  list.splice(low, 0, item)
}

/** Do the nodes hold what ends on them, and does nothing arrive beside one of its group? */
function endHolds(instance: Instance, wishes: readonly Wish[], decisions: readonly Decision[]): boolean {
  const { problem, nodeMemory, nodeUsed, vmMemory, vmNode } = instance
  const used = nodeUsed.slice()
  const entered = new Uint8Array(used.length)
  const end = vmNode.slice()
  const arrived: number[] = []
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined) return
    const { vm } = wishes[w]
    used[vmNode[vm]] -= vmMemory[vm]
    if (choice.kind === 'save-in-place') return
    used[choice.node] += vmMemory[vm]
    if (vmMemory[vm] > 0) entered[choice.node] = 1
    end[vm] = choice.node
    arrived.push(vm)
  })
  if (used.some((u, n) => entered[n] === 1 && u > nodeMemory[n])) return false
  const count = new Map<string, number>()
  problem.vms.forEach(({ antiAffinity }, vm) => {
    for (const group of antiAffinity) {
      const key = `${end[vm]}:${group}`
      count.set(key, (count.get(key) ?? 0) + 1)
    }
  })
  return arrived.every((vm) =>
    problem.vms[vm].antiAffinity.every((group) => (count.get(`${end[vm]}:${group}`) ?? 0) <= 1),
  )
}
