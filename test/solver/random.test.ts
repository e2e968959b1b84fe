import { describe, expect, it } from 'vitest'
import { Random } from '../../src/solver/random.js'

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.u32())

/** Marsaglia's xorshift128 in unsigned BigInt arithmetic, from the state that four outputs leave behind. */
function following([x0, y0, z0, w0]: number[], count: number): number[] {
  let [x, y, z, w] = [x0, y0, z0, w0].map(BigInt)
  const low = (v: bigint) => v & 0xffff_ffffn
  return Array.from({ length: count }, () => {
    const t = low(x ^ (x << 11n))
    ;[x, y, z] = [y, z, w]
    w = low(w ^ (w >> 19n) ^ t ^ (t >> 8n))
    return Number(w)
  })
}

describe('random numbers', () => {
  it.each([0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('are xorshift128 (seed %i)', (seed) => {
    const drawn = take(new Random(seed), 40)
    expect(drawn.slice(4)).toEqual(following(drawn.slice(0, 4), 36))
  })

  it('repeat for a seed and differ between seeds', () => {
    expect(take(new Random(5), 50)).toEqual(take(new Random(5), 50))
    expect(new Set(Array.from({ length: 500 }, (_, seed) => take(new Random(seed), 2).join())).size).toBe(500)
    expect(take(new Random(-1), 5)).toEqual(take(new Random(0xffff_ffff), 5))
  })

  it('stay in range and reach all of it evenly', () => {
    const random = new Random(9)
    const counts = new Int32Array(7)
    let strays = 0
    for (let i = 0; i < 70_000; i++) {
      const n = random.below(7)
      const u = random.unit()
      if (!Number.isInteger(n) || n < 0 || n >= 7 || u < 0 || u >= 1) strays++
      counts[n]++
    }
    expect(strays).toBe(0)
    // Five standard deviations of a binomial with p = 1/7.
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(70_000 * (6 / 49)))
    expect(random.below(1)).toBe(0)
  })
})
