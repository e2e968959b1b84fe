import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/solver/random.js'
import { findSequence, type SequenceLimits } from '../../../src/solver/transit/find-sequence.js'
import { largestHoles } from '../../../src/solver/transit/holes.js'
import type { Mover, Places } from '../../../src/solver/transit/places.js'
import { quota, seeds } from '../../cases.js'
import { PARAMETERS } from '../parts.js'
import { leastParks, orderFaults, parksOf } from './reference.js'

const limits = (evictions = 0, states = 100_000): SequenceLimits => ({
  states,
  evictions,
  parameters: PARAMETERS.transit,
  breathe: () => Promise.resolve(false),
})

/** Up to `most` of each space; of the others at times nothing. */
function taking(random: Random, spaces: number, most: number): Pick<Mover, 'sizes' | 'bulk'> {
  const sizes = Array.from({ length: spaces }, (_, s) =>
    s > 0 && random.below(3) === 0 ? 0 : 1 + random.below(most),
  )
  return { sizes, bulk: sizes.reduce((sum, size) => sum + size, 0) }
}

/** A few VMs that change places on nodes with hardly any memory to spare; the end may not fit. */
function randomPlaces(seed: number): { places: Places; evictions: number } {
  const random = new Random(seed)
  const nodes = 2 + random.below(3)
  const spaces = 1 + (seed % 3)
  const evictions = random.below(3) === 0 ? 1 : 0
  const movers = Array.from({ length: 2 + random.below(5) }, (): Mover => {
    const home = random.below(nodes)
    const elsewhere = Array.from({ length: nodes }, (_, n) => n).filter((n) => n !== home)
    const target = elsewhere[random.below(elsewhere.length)]
    const evictable = evictions > 0 && random.below(3) === 0
    const stops = elsewhere.filter((n) => n !== target && random.below(4) > 0)
    return {
      ...taking(random, spaces, 4),
      home,
      targets: evictable ? elsewhere : [target],
      stops: evictable ? [] : stops,
      evictable,
      after: [],
    }
  })
  // A VM that may stay binds nobody, and where it goes nobody knows: only those that have to move are in order.
  if (random.below(3) === 0) putInOrder(movers, random)
  const free = Array.from({ length: spaces }, () => {
    const each = Float64Array.from({ length: nodes }, () => random.below(2))
    each[random.below(nodes)] += random.below(5)
    if (random.below(20) === 0) each[random.below(nodes)] = -1
    if (random.below(8) === 0) each[random.below(nodes)] = Number.POSITIVE_INFINITY
    return each
  })
  return { places: { free, movers }, evictions }
}

/** Has some movers wait for others, without a circle. */
function putInOrder(movers: Mover[], random: Random): void {
  movers.forEach((mover, m) => {
    mover.after = movers.flatMap((other, o) =>
      o < m && !mover.evictable && !other.evictable && random.below(4) === 0 ? [o] : [],
    )
  })
}

/** Full nodes whose VMs move on to the next one, and a spare node. */
function circlePlaces(seed: number): { places: Places; evictions: number } {
  const random = new Random(seed)
  const spaces = 1 + (seed % 3)
  const ring = 2 + random.below(2)
  const movers = Array.from({ length: ring + random.below(4) }, (_, i): Mover => {
    const home = i % ring
    const target = random.below(5) === 0 ? ring : (home + 1) % ring
    const stops = Array.from({ length: ring + 1 }, (_, n) => n)
    return {
      ...taking(random, spaces, 3),
      home,
      targets: [target],
      stops: stops.filter((n) => n !== home && n !== target),
      evictable: false,
      after: [],
    }
  })
  const free = Array.from({ length: spaces }, () => {
    const each = Float64Array.from({ length: ring + 1 }, () => random.below(3))
    each[ring] = 1 + random.below(5)
    return each
  })
  return { places: { free, movers }, evictions: 0 }
}

describe('orders of single migrations', () => {
  it('are found with the fewest stop-overs, or refuted, just as by plain search', async () => {
    const tally = { direct: 0, parked: 0, impossible: 0 }
    for (const seed of seeds(3000, 0)) {
      const { places, evictions } = seed % 2 === 0 ? randomPlaces(seed) : circlePlaces(seed)
      const least = leastParks(places, evictions)
      const { status, steps, leastParks: proven } = await findSequence(places, limits(evictions))
      const label = `seed ${seed}`
      if (least === Number.POSITIVE_INFINITY) {
        expect(status, label).toBe('impossible')
        tally.impossible++
        continue
      }
      expect(status, label).toBe('found')
      expect(orderFaults(places, steps, evictions), label).toEqual([])
      expect(parksOf(places, steps), label).toBe(least)
      expect(proven, label).toBe(least)
      if (least === 0) tally.direct++
      else tally.parked++
    }
    // Each outcome is met often enough to mean something.
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(quota(60))
  })
})

describe('the largest hole', () => {
  it('is what all nodes have free together, less what is no multiple of a VM', () => {
    const mover = { sizes: [4, 1], bulk: 5, home: 0, targets: [1], stops: [2], evictable: false, after: [] }
    const free = [Float64Array.of(5, 3, 9, 2), Float64Array.of(0, 2, Number.POSITIVE_INFINITY, 5)]
    const [memory, other] = largestHoles({ free, movers: [mover] })
    expect([...memory]).toEqual([13, 15, 13, 14])
    // What goes where there is no limit is free elsewhere: of two that are free, and of one that a VM takes.
    expect([...other]).toEqual([3, 3, Number.POSITIVE_INFINITY, 8])
  })
})
