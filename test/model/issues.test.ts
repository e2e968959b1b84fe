/** Near names: the distance by its definition, and no more work than a document may cost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, Hints } from '../../src/model/issues.js'

function wholeTable(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), previous[j] + 1, row[j - 1] + 1))
    previous = row
  }
  return previous[b.length]
}

describe('edit distance', () => {
  it('is that of the whole table, up to the limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    fc.assert(
      fc.property(word, word, fc.nat(4), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(wholeTable(a, b), limit + 1))
      }),
      { numRuns: 2_000 },
    )
  })

  it('of words longer than any row that is kept', () => {
    const long = 'ab'.repeat(300)
    expect(editDistance(long, `x${long}y`, 3)).toBe(2)
    expect(editDistance(long, [...long].reverse().join(''), 3)).toBe(2)
  })
})

describe('hints for the faults of one document', () => {
  it('are given to the first twenty', () => {
    const hints = new Hints()
    const given = Array.from({ length: 30 }, () => hints.for('web-0l', ['db-01', 'web-01']))
    expect(given.filter((hint) => hint === '; did you mean "web-01"?')).toHaveLength(20)
    expect(given.slice(20)).toEqual(new Array(10).fill(''))
  })

  it('end with the names that they may be looked for among, and none is taken from a part of them', () => {
    let asked = 0
    function* many(): Generator<string> {
      for (; asked < 10_000_000; asked++) yield `virtual-machine-${asked}`
    }
    expect(new Hints().for('virtual-machine-00l', many())).toBe('')
    expect(asked).toBeLessThan(1_000_000)
  })
})
