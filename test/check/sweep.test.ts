/** Levels over time by hand; random.test.ts has them by the hundred. */
import { expect, it } from 'vitest'
import { overloads } from '../../src/check/sweep.js'
import { nearlyEqual } from '../../src/check/tolerance.js'

type Changes = [atSeconds: number, delta: number, vm: string][]
type Found = [fromSeconds: number, untilSeconds: number, peak: number, vm: string][]

it.each<[name: string, initial: number, changes: Changes, found: Found]>([
  ['up to the limit and its tolerance', 5, [[1, 0.5, 'a']], []],
  ['beyond it, and never down again', 5, [[1, 0.6, 'a']], [[1, Infinity, 5.6, 'a']]],
  [
    'a fall first',
    5,
    [
      [3, 2, 'a'],
      [3, -2, 'b'],
    ],
    [],
  ],
  [
    'a fall within a microsecond',
    5,
    [
      [3, 2, 'a'],
      [3.000_000_5, -2, 'b'],
    ],
    [],
  ],
  [
    'a fall after it',
    5,
    [
      [3, 2, 'a'],
      [3.000_002, -2, 'b'],
    ],
    [[3, 3.000_002, 7, 'a']],
  ],
  [
    'the highest of one time',
    5,
    [
      [1, 3, 'a'],
      [2, 4, 'b'],
      [3, -7, 'b'],
    ],
    [[1, 3, 12, 'a']],
  ],
  ['too high from the start', 9, [[1, -1, 'a']], []],
  [
    'too high from the start, a rise',
    9,
    [
      [1, -1, 'a'],
      [2, 1, 'b'],
    ],
    [[2, Infinity, 9, 'b']],
  ],
  ['too high from the start, and no change', 9, [[1, 0, 'a']], []],
  [
    'the smaller rise first',
    5,
    [
      [1, 9, 'b'],
      [1, 1, 'a'],
    ],
    [[1, Infinity, 15, 'a']],
  ],
  [
    'on at once',
    5,
    [
      [1, 4, 'a'],
      [2, -4, 'a'],
      [2, 1, 'b'],
      [3, -1, 'b'],
    ],
    [[1, 3, 9, 'a']],
  ],
  [
    'on after a while',
    5,
    [
      [1, 4, 'a'],
      [2, -4, 'a'],
      [2.1, 1, 'b'],
    ],
    [
      [1, 2, 9, 'a'],
      [2.1, Infinity, 6, 'b'],
    ],
  ],
])('%s', (_, initial, changes, found) => {
  const given = changes.map(([atSeconds, delta, vm]) => ({ atSeconds, delta, vm }))
  expect(overloads(initial, given, 5, 0.5).map((o) => [o.fromSeconds, o.untilSeconds, o.peak, o.vm])).toEqual(
    found,
  )
})

it.each([
  [1, 1.000_000_9, true],
  [1, 1.000_002, false],
  [1e9, 1e9 + 0.0005, true],
  [-1e9, 0.0005 - 1e9, true],
  [1e9, 1e9 + 0.002, false],
])('%d and %d are nearly equal: %s', (a, b, nearly) => expect(nearlyEqual(a, b)).toBe(nearly))
