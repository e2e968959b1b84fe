import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNumber, readQuantity } from '../../src/import/csv/numbers.js'

describe('readNumber', () => {
  it.each([
    ['0', 0],
    ['65536', 65536],
    ['1,5', 1.5],
    ['1.5', 1.5],
    ['0,125', 0.125],
    ['0.125', 0.125],
    ['1234.567', 1234.567],
    ['1234,567', 1234.567],
    ['65536,0', 65536],
    ['1,048,576', 1048576],
    ['1.048.576', 1048576],
    ['1.048.576,25', 1048576.25],
    ['1,048,576.25', 1048576.25],
    ['65,536.5', 65536.5],
    ['65 536', 65536],
    ['65\u00a0536', 65536],
    ['1\u202f048\u202f576,5', 1048576.5],
    ["65'536", 65536],
    ['65’536', 65536],
  ])('takes %j for %d', (text, value) => {
    expect(readNumber(text)).toEqual({ value })
  })

  it.each([
    ['65.536', '"65.536" may be 65536 or 65.536; write 65536, or 65.5360'],
    ['65,536', '"65,536" may be 65536 or 65.536; write 65536, or 65.5360'],
    ['1.000', '"1.000" may be 1000 or 1.000; write 1000, or 1'],
    ['6.5E+04', 'is in scientific notation, which may have been rounded'],
    ['6,55E4', 'is in scientific notation'],
    ['1e5', 'is in scientific notation'],
    ['#####', 'what a spreadsheet shows for a narrow column'],
    ['-5', 'is below 0'],
    ['(5)', 'is below 0'],
    ['', 'is no number'],
    ['1,2,3', 'is no number'],
    ['1.048,576.5', 'is no number'],
    ['1,048.576,5', 'is no number'],
    ['1 04', 'is no number'],
    ['1 048 57', 'is no number'],
    ['1_000', 'is no number'],
    ['0x10', 'is no number'],
    ['=1+1', 'is no number'],
    ['NaN', 'is no number'],
    ['Infinity', 'is no number'],
    ['٣', 'is no number'],
    ['1'.repeat(400), 'is no number'],
  ])('refuses %j', (text, why) => {
    expect(readNumber(text).fault).toContain(why)
  })

  it('gives back what a spreadsheet of any locale writes, or refuses it as ambiguous', () => {
    const locale = fc.constantFrom('en-US', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'en-IN', 'pl-PL')
    const value = fc.oneof(
      fc.nat({ max: 10_000_000 }),
      fc.nat({ max: 10_000_000 }).map((n) => n / 1000),
    )
    fc.assert(
      fc.property(locale, value, fc.boolean(), (name, number, useGrouping) => {
        const shown = new Intl.NumberFormat(name, { useGrouping, maximumFractionDigits: 3 }).format(number)
        const read = readNumber(shown)
        if (read.fault === undefined) expect(read.value).toBe(number)
        // Only one group of three, or Indian grouping.
        else expect(/^[1-9]\d{0,2}[.,]\d{3}$/.test(shown) || name === 'en-IN', shown).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('readQuantity', () => {
  it.each([
    ['65536', 65536],
    ['64 GiB', 65536],
    ['64GB', 65536],
    ['1,5 TiB', 1572864],
    ['65 536 MB', 65536],
  ])('takes %j for %d MiB', (text, value) => {
    expect(readQuantity(text, 'MiB', 1, 'x')).toEqual({ value })
  })

  it('takes a bare number in the unit of the column, or refuses it', () => {
    expect(readQuantity('64', 'MiB', 1024, 'x')).toEqual({ value: 65536 })
    expect(readQuantity('64', 'MiB', undefined, '64 GiB').fault).toBe(
      '"64" has no unit; write it as in 64 GiB',
    )
  })

  it.each([
    ['64 Gibibyte', '"64 Gibibyte" has a unit that is not known here; write it as in 64'],
    ['64 GiB/s', 'has a unit that is not known here'],
    ['65.536 MiB', 'may be 65536 or 65.536'],
    ['6.5E+04', 'is in scientific notation'],
    ['GiB', '"GiB" is no number; write it as in 64'],
    ['64 constructor', 'has a unit that is not known here'],
  ])('refuses %j', (text, why) => {
    expect(readQuantity(text, 'MiB', 1, '64').fault).toContain(why)
  })
})
