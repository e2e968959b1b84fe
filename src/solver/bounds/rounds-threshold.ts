/**
 * How long rounds take at the least, by duration thresholds: the migrations of length ≥ w that one node takes part in need at least as
 * many rounds of length ≥ w as they are, divided by its slots; so do all together, divided by what a round can hold. The sum
 * over rounds of their lengths is the integral over w of the number of rounds of length ≥ w. Windows and memory only add to
 * that. (Weighted colouring: Guan & Zhu 1997; of edges: Kesselman & Kogan 2007.)
 */
import { firstWhere } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import type { Wish } from '../wishes/wish.js'

/** A wish as what it takes of a round's room whatever is chosen. */
interface Item {
  /** The least of its choices, ticks. */
  duration: number
  weight: number
  /** Counters that it adds to. */
  counters: number[]
}

/** Items of one kind, of which a round holds a limited number. */
interface Counter {
  perRound: number
  count: number
  /** Ascending; kept only where some may stay unplaced. */
  weights: number[]
}

/**
 * Ticks: no schedule of rounds that leaves at most `spareWeight` unplaced ends earlier.
 * @param wishes all with a choice.
 * @param parked the schedule may have stop-overs, and `wishes` carry the least duration of either leg: only what holds at each end by
 *   itself is used.
 */
export function roundsThresholdBound(
  instance: Instance,
  wishes: readonly Wish[],
  spareWeight: number,
  parked = false,
): number {
  const counters: Counter[] = []
  const known = new Map<string, number>()
  const counter = (key: string, perRound: () => number): number => {
    let c = known.get(key)
    if (c === undefined) {
      c = counters.push({ perRound: perRound(), count: 0, weights: [] }) - 1
      known.set(key, c)
    }
    return c
  }
  const receivers = new Set<number>()
  for (const { choices } of wishes) {
    for (const { kind, node } of choices) if (!isInPlace(kind)) receivers.add(node)
  }
  const slotsOf = (nodes: Iterable<number>) => {
    let sum = 0
    for (const n of nodes) sum += instance.nodeSlots[n]
    return sum
  }
  const items = wishes.map((wish): Item => {
    const item: Item = {
      duration: wish.choices.reduce((least, c) => Math.min(least, c.duration), Number.POSITIVE_INFINITY),
      weight: instance.vmWeight[wish.vm],
      counters: [],
    }
    const from = instance.vmNode[wish.vm]
    const saves = wish.choices.filter((c) => c.kind === 'save-in-place').length
    item.counters.push(counter(`node ${from}`, () => instance.nodeSlots[from]))
    if (saves === wish.choices.length) item.counters.push(counter(`save ${from}`, () => 1))
    if (wish.choices.some(({ kind }) => isInPlace(kind))) return item
    const to = wish.choices[0].node
    if (wish.choices.every((c) => c.node === to))
      item.counters.push(counter(`node ${to}`, () => instance.nodeSlots[to]))
    if (!parked) item.counters.push(counter('targets', () => slotsOf(receivers)))
    return item
  })
  if (!parked && items.length > 0) {
    // Each migration takes a slot at both ends.
    const touched = new Set(receivers)
    wishes.forEach((wish, w) => {
      if (items[w].counters.includes(known.get('targets') ?? -1)) touched.add(instance.vmNode[wish.vm])
    })
    const all = counter('pairs', () => Math.max(1, Math.floor(slotsOf(touched) / 2)))
    const targets = known.get('targets')
    for (const item of items)
      if (targets !== undefined && item.counters.includes(targets)) item.counters.push(all)
  }
  items.sort((a, b) => b.duration - a.duration)
  let bound = 0
  let need = 0
  let placed = 0
  const ofAll: Counter = { perRound: wishes.length, count: 0, weights: [] }
  for (let i = 0; i < items.length; i++) {
    const { duration, weight } = items[i]
    if (i > 0) bound += (items[i - 1].duration - duration) * need
    placed = add(ofAll, weight, spareWeight)
    if (placed > need) need = placed
    for (const c of items[i].counters) {
      const rounds = add(counters[c], weight, spareWeight)
      if (rounds > need) need = rounds
    }
  }
  if (items.length > 0) bound += items[items.length - 1].duration * need
  return Math.min(bound, instance.horizon)
}

/** Counts one more item; the rounds that the counter now needs, the lightest items within `spareWeight` taken out. */
function add(counter: Counter, weight: number, spareWeight: number): number {
  counter.count++
  if (spareWeight <= 0) return Math.ceil(counter.count / counter.perRound)
  const { weights } = counter
  const low = firstWhere(weights.length, (mid) => weights[mid] > weight)
  weights.splice(low, 0, weight)
  let removed = 0
  let budget = spareWeight
  while (removed < weights.length && weights[removed] <= budget) budget -= weights[removed++]
  return Math.ceil((counter.count - removed) / counter.perRound)
}
