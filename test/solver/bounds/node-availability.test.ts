import { describe, expect, it } from 'vitest'
import { closeShortGaps, NodeAvailability } from '../../../src/solver/bounds/node-availability.js'
import { Random } from '../../../src/solver/random.js'
import { instanceOf, problemOf } from '../problems.js'

const SPAN = 60

/** A node with random windows of its own and of the cluster, in ticks below `SPAN`. */
function make(random: Random, slots: number, shortest: number) {
  const closed = new Uint8Array(2 * SPAN)
  const windows = Array.from({ length: random.below(6) }, () => {
    const start = random.below(SPAN - 10)
    const end = start + 1 + random.below(9)
    closed.fill(1, start, end)
    const scope = random.below(3) === 0 ? {} : { node: 'A' }
    return { ...scope, start: start / 1000, end: end / 1000 }
  })
  // By the definition: a tick is free where the unbroken free time around it is long enough for the shortest migration.
  const free = new Uint8Array(2 * SPAN)
  for (let t = 0; t < 2 * SPAN; ) {
    let end = t
    while (end < 2 * SPAN && closed[end] === closed[t]) end++
    if (closed[t] === 0 && (end - t >= shortest || end === 2 * SPAN)) free.fill(1, t, end)
    t = end
  }
  const problem = problemOf({
    nodes: [{ id: 'A', slots }, 'B'],
    vms: [],
    windows,
    request: { moves: [] },
    policy: { horizonSeconds: 1000 },
  })
  return { availability: new NodeAvailability(instanceOf(problem), Int32Array.of(shortest, 1)), free }
}

describe('node availability against sampling every tick', () => {
  it('free time before an instant, and the earliest instant with enough of it', () => {
    const random = new Random(11)
    for (let run = 0; run < 500; run++) {
      const slots = 1 + random.below(3)
      const { availability, free } = make(random, slots, 1 + random.below(8))
      let before = 0
      for (let t = 0; t <= SPAN + 20; t++) {
        expect(availability.freeBefore(0, t)).toBe(slots * before)
        before += free[t]
      }
      for (let work = 0; work <= slots * 30; work++) {
        let t = 0
        for (let sum = 0; slots * sum < work; t++) sum += free[t]
        expect(availability.earliest(0, work)).toBe(t)
      }
    }
  })

  it('is inverse to itself', () => {
    const random = new Random(12)
    for (let run = 0; run < 500; run++) {
      const { availability } = make(random, 1 + random.below(3), 1 + random.below(8))
      const work = 1 + random.below(80)
      const t = availability.earliest(0, work)
      expect(availability.freeBefore(0, t)).toBeGreaterThanOrEqual(work)
      expect(availability.freeBefore(0, t - 1)).toBeLessThan(work)
    }
  })

  it('a node without windows is free throughout', () => {
    const { availability } = make(new Random(0), 2, 5)
    expect(availability.earliest(1, 0)).toBe(0)
    const open = new NodeAvailability(
      instanceOf({ nodes: [{ id: 'A', slots: 2 }], vms: [], request: { moves: [] } }),
      Int32Array.of(7),
    )
    expect(open.earliest(0, 9)).toBe(5)
    expect(open.freeBefore(0, 5)).toBe(10)
    expect([...open.boundaries(0)]).toEqual([])
  })
})

describe('closeShortGaps', () => {
  it.each([
    [[], 5, []],
    [[3, 6], 3, [3, 6]],
    [[3, 6], 4, [0, 6]],
    [[0, 2, 4, 6, 9, 12], 3, [0, 6, 9, 12]],
    [[0, 2, 4, 6, 9, 12], 4, [0, 12]],
    [[5, 7, 8, 9, 20, 21], 5, [5, 9, 20, 21]],
    [[5, 7, 8, 9, 20, 21], 0, [5, 7, 8, 9, 20, 21]],
  ])('%j for %i', (intervals, shortest, expected) => {
    expect([...closeShortGaps(Int32Array.from(intervals), shortest)]).toEqual(expected)
  })
})
