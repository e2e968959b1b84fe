/** Turns of `bench/micro.mjs`: their order, what is called before a call, what a round's figure is. */
import { describe, expect, test } from 'vitest'

interface Version {
  call: () => unknown
  before?: () => void
}

interface Measure {
  takeTurns(versions: Record<string, Version>, rounds: number, milliseconds: number): Record<string, number[]>
  timedElsewhere(nanoseconds: number, milliseconds: number): unknown
  summary(values: number[]): { median: number; low: number; high: number }
  ratio(above: number[], below: number[]): { median: number; low: number; high: number }
}

// A path that the type checker does not follow: the benchmarks are plain JavaScript.
const path: string = new URL('../../bench/micro/measure.mjs', import.meta.url).href
const { ratio, summary, takeTurns, timedElsewhere } = (await import(path)) as Measure

describe('takeTurns', () => {
  test('warms up once, then lets another version begin in each round', () => {
    const called: string[] = []
    // Each call says that it takes a whole turn.
    const version = (name: string): Version => ({
      call: () => {
        called.push(name)
        return timedElsewhere(1, 5)
      },
    })
    const times = takeTurns({ a: version('a'), b: version('b'), c: version('c') }, 4, 5)
    expect(called.join('')).toBe(['abc', 'abc', 'bca', 'cab', 'abc'].join(''))
    for (const name of ['a', 'b', 'c']) expect(times[name]).toHaveLength(4)
  })

  test('a figure is the median of the calls of a round, warm-up left out', () => {
    const warmUp = 8
    const nanoseconds = [...new Array(warmUp).fill(900), 20, 900, 10, 30, 50, 40]
    // Of three calls in a turn, but of eight to warm up, each says so.
    const call = () => ({
      overriddenDuration: (nanoseconds.shift() as number) / 1e6,
      overriddenIterationCost: nanoseconds.length >= 6 ? 3 : 1,
    })
    const { a } = takeTurns({ a: { call } }, 2, 3)
    expect(a.map(Math.round)).toEqual([20, 40])
    expect(nanoseconds).toEqual([])
  })

  test('`before` runs before every call, and is not timed', () => {
    let ready = 0
    const call = () => {
      if (ready !== 1) throw new Error(`called with ${ready} times before`)
      ready = 0
    }
    const before = () => {
      ready++
      for (const until = performance.now() + 1; performance.now() < until; );
    }
    const { a } = takeTurns({ a: { call, before } }, 2, 0.01)
    expect(a).toHaveLength(2)
    for (const ns of a) expect(ns).toBeLessThan(1e6)
  })

  test('makes one call where one takes longer than a turn', () => {
    let calls = 0
    const call = () => {
      calls++
      for (const until = performance.now() + 2; performance.now() < until; );
    }
    const { a } = takeTurns({ a: { call } }, 3, 0.1)
    expect(calls).toBe(4)
    for (const ns of a) expect(ns).toBeGreaterThanOrEqual(2e6)
  })

  test('throws what a call throws, at once', () => {
    let calls = 0
    const call = () => {
      calls++
      throw new Error('kernel and native routine differ')
    }
    expect(() => takeTurns({ a: { call } }, 3, 1)).toThrow('kernel and native routine differ')
    expect(calls).toBe(1)
  })

  test('times come back to the nanosecond where another process has taken them', () => {
    const call = () => timedElsewhere(1234.5, 60)
    expect(takeTurns({ a: { call } }, 2, 60).a.map((ns) => Math.round(10 * ns))).toEqual([12345, 12345])
  })
})

test('summary is the median and the middle half; ratio is taken round by round', () => {
  expect(summary([5, 1, 2, 4, 3])).toEqual({ median: 3, low: 2, high: 4 })
  expect(summary([2, 1])).toEqual({ median: 1.5, low: 1.25, high: 1.75 })
  expect(summary([7])).toEqual({ median: 7, low: 7, high: 7 })
  expect(ratio([2, 30, 8], [1, 10, 2])).toEqual({ median: 3, low: 2.5, high: 3.5 })
})
