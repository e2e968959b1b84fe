import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import { cases } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { compatibilityTwin } from './twins/compatibility.js'

/** Words with few holes, so that subsets happen. */
const word = fc.oneof(
  fc.constantFrom(0, 1, 0x8000_0000, 0xffff_ffff, 0xffff_fffe, 0x7fff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
)

const masks = (words: number, minimum: number, maximum: number) =>
  fc
    .array(fc.array(word, { minLength: words, maxLength: words }), { minLength: minimum, maxLength: maximum })
    .map((list) => Uint32Array.from(list.flat()))

const twoSets = fc
  .constantFrom(0, 4, 4, 8, 16)
  .chain((words) =>
    fc.record({ words: fc.constant(words), rows: masks(words, 0, 6), columns: masks(words, 0, 35) }),
  )

describe.each(kernelBuilds)('compatibility, $name build', ({ kernel }) => {
  it('agrees with the twin', () => {
    fc.assert(
      fc.property(twoSets, ({ words, rows, columns }) => {
        expect(kernel.subsetMatrix(rows, columns, words)).toEqual(
          compatibilityTwin.subsetMatrix(rows, columns, words),
        )
        expect(kernel.missingCounts(rows, columns, words)).toEqual(
          compatibilityTwin.missingCounts(rows, columns, words),
        )
      }),
      { numRuns: cases(300) },
    )
  })

  it('intersects like the twin', () => {
    const some = fc
      .constantFrom(0, 4, 8, 16)
      .chain((words) => fc.tuple(fc.constant(words), masks(words, 1, 20)))
    fc.assert(
      fc.property(some, ([words, list]) => {
        expect(kernel.intersection(list, words)).toEqual(compatibilityTwin.intersection(list, words))
      }),
      { numRuns: cases(300) },
    )
  })

  it('finds one missing bit wherever it is', () => {
    const words = 16
    const bits = words * 32
    const full = new Uint32Array(words).fill(0xffff_ffff)
    const columns = new Uint32Array(bits * words).fill(0xffff_ffff)
    for (let bit = 0; bit < bits; bit++) columns[bit * words + (bit >> 5)] ^= 1 << (bit & 31)
    expect(kernel.subsetMatrix(full, columns, words)).toEqual(new Uint8Array(bits))
    expect(kernel.subsetMatrix(columns, full, words)).toEqual(new Uint8Array(bits).fill(1))
    expect(kernel.missingCounts(full, columns, words)).toEqual(new Uint16Array(bits).fill(1))
    expect(kernel.intersection(columns, words)).toEqual(new Uint32Array(words))
  })

  it('keeps rows apart over more than one call', () => {
    const rowCount = 2500
    const columnCount = 21
    // Row i has bits 0 … i mod 22, column j has bits 0 … j: a subset where i mod 22 ≤ j.
    const upTo = (bit: number) => [2 ** (bit + 1) - 1, 0, 0, 0]
    const rows = Uint32Array.from(Array.from({ length: rowCount }, (_, i) => upTo(i % 22)).flat())
    const columns = Uint32Array.from(Array.from({ length: columnCount }, (_, j) => upTo(j)).flat())
    const subsets = kernel.subsetMatrix(rows, columns, 4)
    const missing = kernel.missingCounts(rows, columns, 4)
    const expected = Array.from({ length: rowCount * columnCount }, (_, at) =>
      Math.max(0, (Math.floor(at / columnCount) % 22) - (at % columnCount)),
    )
    expect(missing).toEqual(Uint16Array.from(expected))
    expect(subsets).toEqual(Uint8Array.from(expected, (count) => (count === 0 ? 1 : 0)))
  })

  it('takes empty sets', () => {
    const none = new Uint32Array(0)
    const one = new Uint32Array(4)
    expect(kernel.subsetMatrix(none, none, 0)).toHaveLength(0)
    expect(kernel.subsetMatrix(none, one, 4)).toHaveLength(0)
    expect(kernel.subsetMatrix(one, none, 4)).toHaveLength(0)
    expect(kernel.missingCounts(none, one, 4)).toHaveLength(0)
    expect(kernel.missingCounts(one, none, 4)).toHaveLength(0)
    expect(kernel.intersection(none, 0)).toHaveLength(0)
  })

  it('refuses what is no whole number of masks', () => {
    const three = new Uint32Array(3)
    expect(() => kernel.subsetMatrix(three, three, 3)).toThrow(KernelError)
    expect(() => kernel.missingCounts(three, three, 4)).toThrow(KernelError)
    expect(() => kernel.missingCounts(three, three, 0)).toThrow(KernelError)
    expect(() => kernel.missingCounts(new Uint32Array(2048), new Uint32Array(2048), 2048)).toThrow(
      KernelError,
    )
    expect(() => kernel.intersection(new Uint32Array(0), 4)).toThrow(KernelError)
  })
})
