/**
 * The exact problem of one node with several slots, as a bound: its migrations, each on one slot or, with all of them at once, in less time, in
 * the free time of the node put end to end. Depth-first over the longest first, with the loads of the slots as state: a makespan leaves so
 * many slot-ticks idle, and what a migration takes beyond its least work, or a slot has left that nothing fits, is taken from them.
 */

/** Of more, hardly a slot-tick need be idle: their work says as much. */
const MOST_SHARES = 64

/** What a migration may take of the node: ticks on one slot, ticks on all of them; Infinity: it cannot. */
export interface Share {
  one: number
  all: number
}

/** States kept, so that none is looked at twice. */
const MOST_KNOWN = 200_000

/** Can all of them be done in `capacity` ticks of each of the slots? `unknown`: the states were not enough. */
export function fitsOn(
  slots: number,
  shares: readonly Share[],
  capacity: number,
  states: number,
): { answer: 'yes' | 'no' | 'unknown'; states: number } {
  const least = ({ one, all }: Share) => Math.min(one, slots * all)
  const sorted = [...shares].sort((a, b) => least(b) - least(a))
  const idle = slots * capacity - sorted.reduce((sum, share) => sum + least(share), 0)
  if (idle < 0) return { answer: 'no', states: 0 }
  /** [i] the shortest time that one of those from i on needs of a slot. */
  const shortest = new Float64Array(sorted.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = sorted.length - 1; i >= 0; i--)
    shortest[i] = Math.min(shortest[i + 1], sorted[i].one, sorted[i].all)
  const known = new Set<string>()
  let left = states

  /** @param loads ascending. */
  const place = (i: number, loads: readonly number[], spare: number): boolean => {
    if (i === sorted.length) return true
    let wasted = 0
    for (const load of loads) if (capacity - load < shortest[i]) wasted += capacity - load
    if (wasted > spare || left-- <= 0) return false
    const key = `${i} ${loads.join(' ')}`
    if (known.has(key)) return false
    const { one, all } = sorted[i]
    const [ofOne, ofAll] = [one - least(sorted[i]), slots * all - least(sorted[i])]
    const onOne = () => {
      if (ofOne > spare) return false
      for (let s = loads.length - 1; s >= 0; s--) {
        if (loads[s] + one > capacity || (s > 0 && loads[s - 1] === loads[s])) continue
        const next = loads.slice()
        next[s] += one
        if (
          place(
            i + 1,
            next.sort((a, b) => a - b),
            spare - ofOne,
          )
        )
          return true
      }
      return false
    }
    const onAll = () =>
      ofAll <= spare &&
      loads[loads.length - 1] + all <= capacity &&
      place(
        i + 1,
        loads.map((load) => load + all),
        spare - ofAll,
      )
    if (ofOne <= ofAll ? onOne() || onAll() : onAll() || onOne()) return true
    if (left > 0 && known.size < MOST_KNOWN) known.add(key)
    return false
  }
  const found = place(0, new Array<number>(slots).fill(0), idle)
  return { answer: found ? 'yes' : left > 0 ? 'no' : 'unknown', states: states - Math.max(0, left) }
}

/**
 * The least instant by which the node can have done all of them, as far as the states tell: at least `low`, at most `high`.
 *
 * @param freeBefore ticks of each slot that are free before an instant; monotone.
 */
export function sharedNodeBound(
  slots: number,
  shares: readonly Share[],
  freeBefore: (tick: number) => number,
  { low, high, states }: { low: number; high: number; states: number },
): { bound: number; states: number } {
  if (shares.length > MOST_SHARES) return { bound: low, states: 0 }
  let spent = 0
  const refuted = (tick: number) => {
    const tried = fitsOn(slots, shares, freeBefore(tick), states - spent)
    spent += tried.states
    return tried.answer === 'no'
  }
  // Most nodes are done with here.
  if (!refuted(low)) return { bound: low, states: spent }
  let bound = low + 1
  let open = high
  while (bound < open && spent < states) {
    // Near the bound first: what is refuted at all is mostly refuted by little.
    const step = Math.min(Math.floor((open - bound) / 2), 8 * (bound - low))
    const tick = bound + step
    if (refuted(tick)) bound = tick + 1
    else open = tick
  }
  return { bound, states: spent }
}
