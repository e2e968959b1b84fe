import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cutToHorizon,
  doneBy,
  firstEndingAfter,
  firstGap,
  freeTimeBefore,
  intersectIntervals,
  mergeIntervals,
  overlapsIntervals,
  unionIntervals,
} from '../../src/model/intervals.js'

const SPAN = 40

/** Which of the ticks 0 … SPAN − 1 the pairs cover. */
function ticks(pairs: ArrayLike<number>): boolean[] {
  const covered: boolean[] = new Array(SPAN).fill(false)
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    for (let t = Math.max(0, pairs[i]); t < Math.min(SPAN, pairs[i + 1]); t++) covered[t] = true
  }
  return covered
}

function expectNormal(list: Int32Array): void {
  expect(list.length % 2).toBe(0)
  for (let i = 1; i < list.length; i++) expect(list[i]).toBeGreaterThan(list[i - 1])
}

const pairs = fc
  .array(fc.tuple(fc.integer({ min: -5, max: SPAN + 5 }), fc.integer({ min: -3, max: 12 })), {
    maxLength: 10,
  })
  .map((list) => list.flatMap(([start, length]) => [start, start + length]))
const normal = pairs.map((list) => mergeIntervals(list, SPAN))

test('merge covers the same ticks, in normal form, and cuts to the horizon', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: SPAN }), (list, horizon) => {
      const merged = mergeIntervals(list, horizon)
      expectNormal(merged)
      expect(ticks(merged)).toEqual(ticks(list).map((covered, t) => covered && t < horizon))
    }),
  )
  expect([...mergeIntervals([5, 7, 1, 3, 3, 5, 9, 9, 20, 10], 30)]).toEqual([1, 7])
})

test('union, intersection and cut agree with sets of ticks', () => {
  fc.assert(
    fc.property(normal, normal, fc.integer({ min: 0, max: SPAN }), (a, b, horizon) => {
      const either = unionIntervals(a, b)
      const both = intersectIntervals(a, b)
      const cut = cutToHorizon(a, horizon)
      for (const list of [either, both, cut]) expectNormal(list)
      const inA = ticks(a)
      const inB = ticks(b)
      expect(ticks(either)).toEqual(inA.map((covered, t) => covered || inB[t]))
      expect(ticks(both)).toEqual(inA.map((covered, t) => covered && inB[t]))
      expect(ticks(cut)).toEqual(inA.map((covered, t) => covered && t < horizon))
    }),
  )
})

test('the first gap is the earliest start that fits', () => {
  fc.assert(
    fc.property(
      normal,
      fc.integer({ min: -5, max: SPAN }),
      fc.integer({ min: 0, max: 15 }),
      (list, from, duration) => {
        const covered = ticks(list)
        let wanted = -1
        for (let t = Math.max(0, from); t + duration <= SPAN && wanted < 0; t++) {
          // What takes no time has to be where no interval goes on.
          const isInside = duration === 0 && covered[t - 1] === true && covered[t] === true
          if (!isInside && !covered.slice(t, t + duration).includes(true)) wanted = t
        }
        expect(firstGap(list, from, duration, SPAN)).toBe(wanted)
      },
    ),
  )
})

test('free time, overlap and look-up agree with ticks', () => {
  fc.assert(
    fc.property(
      normal,
      fc.integer({ min: 0, max: SPAN }),
      fc.integer({ min: 0, max: 10 }),
      (list, t, length) => {
        const covered = ticks(list)
        expect(freeTimeBefore(list, t)).toBe(covered.slice(0, t).filter((c) => !c).length)
        expect(overlapsIntervals(list, t, t + length)).toBe(covered.slice(t, t + length).includes(true))
        const at = firstEndingAfter(list, t)
        expect(at === list.length || list[at + 1] > t).toBe(true)
        expect(at === 0 || list[at - 1] <= t).toBe(true)
      },
    ),
  )
  expect(freeTimeBefore(Int32Array.of(0, 5), -3)).toBe(0)
})

test('work is done by the tick before which as many are free', () => {
  const work = fc.integer({ min: 1, max: SPAN })
  fc.assert(
    fc.property(normal, fc.integer({ min: 0, max: SPAN }), work, (list, from, wanted) => {
      const free = (t: number) => freeTimeBefore(list, t) - freeTimeBefore(list, from)
      const end = doneBy(list, from, wanted)
      expect(free(end)).toBe(wanted)
      expect(free(end - 1)).toBe(wanted - 1)
    }),
  )
})
