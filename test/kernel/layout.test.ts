/** The records of assembly/layout.mjs: whoever reads them reads them by name, and what is fixed in size is guarded. */
import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import { CHOICE, PICK } from '../../src/kernel/records.js'
import { Table } from '../../src/kernel/table.js'

describe('the layout', () => {
  // A path that the type checker does not follow: the build is plain JavaScript.
  const path: string = new URL('../../scripts/records.mjs', import.meta.url).href
  const layOut = async (records: object) => (await import(path)).layOut(records)

  it('aligns fields to their size, behind those of the base', async () => {
    const [base, derived] = await layOut({
      Base: { fields: { a: 'u32' } },
      Derived: { bytes: 32, base: 'Base', fields: { b: 'f64', list: 'Base[3]' } },
    })
    expect(base.bytes).toBe(4)
    expect(derived.bytes).toBe(32)
    expect(derived.fields.map((f: { name: string; at: number }) => [f.name, f.at])).toEqual([
      ['a', 0],
      ['b', 8],
      ['list', 16],
    ])
  })

  it.each([
    [
      { R: { bytes: 8, fields: { a: 'u32', list: 'R[2]' } } },
      'R has 12 bytes of fields where there is room for 8',
    ],
    [{ R: { fields: { a: 'u16' } } }, '"u16" is no type'],
    [{ R: { fields: { a: 'Task' } } }, '"Task" is no type'],
  ])('refuses %j', async (records, message) => {
    await expect(layOut(records)).rejects.toThrow(message)
  })
})

describe('a table', () => {
  it.each([
    ['lags', CHOICE],
    ['firstCells', CHOICE],
    ['secondCells', CHOICE],
    ['ratings', CHOICE],
  ] as const)('refuses more %s than a record holds', (name, type) => {
    const length = (type.lengths as Record<string, number>)[name]
    const table = new Table(type, 1)
    const values = (count: number) => ({ [name]: new Array<number>(count).fill(1) })
    expect(() => table.set(0, values(length + 1))).toThrow(KernelError)
    expect(() => table.set(0, values(length + 1))).toThrow(
      `${type.name}.${name} holds ${length} entries, not ${length + 1}`,
    )
    expect(() => table.set(0, values(length))).not.toThrow()
  })

  it('puts numbers where the record has them, and leaves the rest 0', () => {
    const table = new Table(PICK, 2)
    table.set(1, { slackB: 7, rating: 0.5 })
    const view = new DataView(table.bytes.buffer)
    const { slackA, slackB } = PICK.words
    expect(view.getInt32(PICK.bytes + slackB, true)).toBe(7)
    expect(view.getFloat64(PICK.bytes + PICK.doubles.rating, true)).toBe(0.5)
    expect(view.getInt32(PICK.bytes + slackA, true)).toBe(0)
    expect(table.bytes.subarray(0, PICK.bytes).every((byte) => byte === 0)).toBe(true)
  })
})
