/** Plain breadth-first search over where each VM stands: what the order search is held against. Tiny problems only. */
import type { Places, Step } from '../../../src/solver/transit/places.js'

function fits(left: readonly Float64Array[], sizes: readonly number[], to: number): boolean {
  return sizes.every((size, s) => size === 0 || size <= left[s][to])
}

function shift(left: readonly Float64Array[], sizes: readonly number[], from: number, to: number): void {
  sizes.forEach((size, s) => {
    left[s][from] += size
    left[s][to] -= size
  })
}

/** By number of VMs that stop over: can everything asked get where it shall be, with at most that many? And with so many evicted. */
export function leastParks({ free, movers }: Places, evictions: number): number {
  /** Fewest stop-overs by state: node and stage of each mover. */
  let frontier = new Map<string, number[]>([[movers.map((m) => `${m.home}/0`).join(), []]])
  for (let parks = 0; parks <= movers.length; parks++) {
    // All states that `parks` stop-overs reach, from those that fewer reach.
    const reached = new Map(frontier)
    const queue = [...frontier.keys()]
    const next = new Map<string, number[]>()
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      const standing = state.split(',').map((part) => part.split('/').map(Number))
      if (movers.every((m, i) => m.evictable || standing[i][1] === 2)) return parks
      const left = free.map((each) => each.slice())
      let evicted = 0
      movers.forEach(({ sizes, home, evictable }, i) => {
        shift(left, sizes, home, standing[i][0])
        if (evictable && standing[i][1] === 2) evicted++
      })
      movers.forEach(({ sizes, targets, stops, evictable, after }, i) => {
        const [, stage] = standing[i]
        const go = (to: number, after: 1 | 2) => {
          if (!fits(left, sizes, to)) return
          const key = standing.map((s, k) => (k === i ? `${to}/${after}` : s.join('/'))).join()
          if (after === 1) next.set(key, [])
          else if (!reached.has(key)) {
            reached.set(key, [])
            queue.push(key)
          }
        }
        if (stage === 2 || (evictable && evicted === evictions)) return
        if (after.some((other) => standing[other][1] !== 2)) return
        for (const to of targets) go(to, 2)
        if (stage === 0) for (const to of stops) go(to, 1)
      })
    }
    frontier = next
  }
  return Number.POSITIVE_INFINITY
}

/** What is wrong with an order; [] where nothing is. */
export function orderFaults({ free, movers }: Places, steps: readonly Step[], evictions: number): string[] {
  const faults: string[] = []
  const left = free.map((each) => each.slice())
  const at = movers.map((m) => m.home)
  const count = movers.map(() => 0)
  for (const { mover, from, to } of steps) {
    const { sizes, targets, stops, after } = movers[mover]
    if (after.some((other) => !movers[other].targets.includes(at[other])))
      faults.push(`${mover} goes before ${after}`)
    count[mover]++
    if (at[mover] !== from) faults.push(`${mover} is on ${at[mover]}, not ${from}`)
    if (!fits(left, sizes, to)) faults.push(`${to} has no room for ${mover}`)
    if (!targets.includes(to) && !(stops.includes(to) && count[mover] === 1))
      faults.push(`${mover} has no business on ${to}`)
    shift(left, sizes, from, to)
    at[mover] = to
  }
  movers.forEach(({ evictable, targets }, m) => {
    if (count[m] > 2) faults.push(`${m} moves ${count[m]} times`)
    if (!(evictable && count[m] === 0) && !targets.includes(at[m])) faults.push(`${m} ends on ${at[m]}`)
  })
  if (movers.filter((m, i) => m.evictable && count[i] > 0).length > evictions) faults.push('evicts too many')
  return faults
}

/** VMs that had to stop over. */
export function parksOf({ movers }: Places, steps: readonly Step[]): number {
  return steps.length - movers.filter((_, m) => steps.some((s) => s.mover === m)).length
}
