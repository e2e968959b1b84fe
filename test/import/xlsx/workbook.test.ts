import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { ImportError } from '../../../src/import/failure.js'
import { columnLetters } from '../../../src/import/xlsx/sheet.js'
import { readWorkbook } from '../../../src/import/xlsx/workbook.js'
import { cases } from '../../cases.js'
import { type WorkbookOptions, workbook, workbookParts, zipParts } from '../workbooks.js'

const SHEETS = {
  vOther: [['x'], ['y']],
  vInfo: [
    ['VM', 'Unread', 'Memory', 'Template'],
    ['a & <b>', 'no', 16384, false],
    [null, null, null, null],
    ['c', 'no', 1.5, true],
  ],
}

const SHARED = 'xl/sharedStrings.xml'

const read = (bytes: Uint8Array) =>
  readWorkbook({ name: 'w.xlsx', bytes }, (sheet) =>
    sheet === 'vInfo' ? (column) => column !== 'Unread' : undefined,
  )

const faultOf = async (bytes: Uint8Array): Promise<string> => {
  const error = await read(bytes).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ImportError)
  return (error as ImportError).message
}

/** The workbook with one part replaced. */
const withPart = (part: string, change: (text: string) => string): Uint8Array => {
  const parts = workbookParts(SHEETS)
  return zipParts({ ...parts, [part]: change(parts[part]) })
}

describe('a workbook', () => {
  it.each<[string, WorkbookOptions]>([
    ['shared texts', {}],
    ['texts in their cells', { strings: 'inline' }],
    ['a prefix on every element', { prefix: 'x' }],
    ['no references', { references: false }],
    ['backslashes between folders', { backslashes: true }],
    ['absolute targets', { absolute: true, prefix: 'x', strings: 'inline' }],
  ])('gives rows of the sheets and columns asked for, with %s', async (_, options) => {
    const [sheet, ...others] = await read(workbook(SHEETS, options))
    expect(others).toEqual([])
    expect(sheet.rows.map((row) => [row.cell('vm'), row.cell('Memory'), row.cell('template')])).toEqual([
      ['a & <b>', 16384, false],
      ['c', 1.5, true],
    ])
    expect(sheet.rows[0].cell('Unread')).toBeUndefined()
    expect(sheet.rows[1].origin('Nothing', 'memory')).toEqual({ file: 'w.xlsx', place: 'vInfo!C4' })
    expect(sheet.has('MEMORY')).toBe(true)
  })

  it('joins the runs of a text, without the phonetic one, and resolves escapes', async () => {
    const bytes = withPart(SHARED, (text) =>
      text.replace(
        /<si><t[^>]*>c<\/t><\/si>/,
        '<si><r><rPr><b/></rPr><t>web</t></r><r><t>_x002D_01</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>',
      ),
    )
    const [sheet] = await read(bytes)
    expect(sheet.rows[1].cell('VM')).toBe('web-01')
  })

  it('names columns as Excel does', () => {
    expect([1, 26, 27, 52, 703, 16384].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'AAA', 'XFD'])
  })

  it('is refused where it is no workbook, with the reason', async () => {
    expect(await faultOf(strToU8('PK is how it begins'))).toMatch(/^w\.xlsx: not a readable workbook/)
    expect(await faultOf(zipParts({ 'a.txt': 'hello' }))).toContain('no Excel workbook')
  })

  it.each<[string, from: string | RegExp, to: string, place: string, message: string, part?: string]>([
    ['a missing shared text', /<v>5<\/v>/, '<v>500</v>', 'vInfo!', 'no shared text "500"'],
    ['a number that is none', '16384', '16,384', 'vInfo!C2', '"16,384" is no number'],
    ['rows out of order', 'row r="4"', 'row r="2"', 'vInfo', '"2" is not the number'],
    ['a cell of another row', 'r="A4"', 'r="A9"', 'vInfo!', '"A9" is no cell of row 4'],
    ['a document type', /^/, '<!DOCTYPE x [<!ENTITY e "e">]>', 'line 1', 'document type'],
    ['XML that ends early', '</sheetData>', '', 'xl/worksheets/sheet2.xml', 'not well-formed'],
    ['elements without end', '</sheetData>', '<a>'.repeat(5000), 'line 1', 'nest more than 100'],
    ['an unknown entity', '&amp;', '&lol;', `${SHARED}, line 1`, 'undefined entity', SHARED],
  ])('is refused for %s', async (_, from, to, place, message, part = 'xl/worksheets/sheet2.xml') => {
    const fault = await faultOf(withPart(part, (text) => text.replace(from, to)))
    expect(fault).toContain(place)
    expect(fault).toContain(message)
  })

  const parts = () =>
    Object.fromEntries(Object.entries(workbookParts(SHEETS)).map(([name, text]) => [name, strToU8(text)]))

  /** The workbook, with another size named for the part of vInfo, in both of its headers. */
  const withSize = (data: Uint8Array, size: number): Uint8Array => {
    const bytes = zipSync({ ...parts(), 'xl/worksheets/sheet2.xml': data })
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at + 28 <= bytes.length; at++) {
      const signature = view.getUint32(at, true)
      const offset = signature === 0x04034b50 ? 22 : signature === 0x02014b50 ? 24 : undefined
      if (offset === undefined || view.getUint32(at + offset, true) !== data.length) continue
      view.setUint32(at + offset, size, true)
    }
    return bytes
  }

  it('is refused where a part expands to more than the limit', async () => {
    expect(await faultOf(withSize(new Uint8Array(1e6), 250_000_001))).toContain('larger than 250 MB')
  })

  it('is refused where all parts together expand to more than the limit', async () => {
    const sheet = strToU8(workbookParts(SHEETS)['xl/worksheets/sheet2.xml'])
    expect(await faultOf(withSize(sheet, 249_999_990))).toContain(
      'with what was read before, larger than 250 MB',
    )
  })

  it('is refused where a part is read for two purposes', async () => {
    const relations = 'xl/_rels/workbook.xml.rels'
    const twice = 'named for two purposes'
    expect(
      await faultOf(
        withPart(relations, (text) => text.replace('sharedStrings.xml', 'worksheets/sheet2.xml')),
      ),
    ).toContain(twice)
    expect(
      await faultOf(withPart('_rels/.rels', (text) => text.replace('xl/workbook.xml', '_rels/.rels'))),
    ).toContain(twice)
  })

  it('is refused where two sheets have one name, or the same part 5,000 times', async () => {
    const again = '<sheet name="VINFO" rel:id="s2"/>'
    const bytes = withPart('xl/workbook.xml', (text) =>
      text.replace('</sheets>', `${again.repeat(5_000)}</sheets>`),
    )
    expect(await faultOf(bytes)).toContain('two sheets are named "VINFO"')
  })

  it.each([
    ['a text of escapes', '_x0041_'.repeat(1e6)],
    ['digits', '1'.repeat(2e6)],
    ['spaces', ' '.repeat(2e6)],
    ['a comment', `<!--${'-x'.repeat(1e6)}-->`],
    ['attributes', `<a ${'b="c" '.repeat(1e6)}/>`],
    ['a name', `<${'a'.repeat(2e6)}/>`],
  ])('is refused for two million characters of %s', async (_, content) => {
    for (const part of ['xl/sharedStrings.xml', 'xl/worksheets/sheet2.xml']) {
      const fault = await faultOf(withPart(part, (text) => text.replace(/<(t|v)\b[^>]*>/, `$&${content}`)))
      expect(fault).toMatch(/more than 1000000 characters|not well-formed/)
    }
  })

  it.each(['1'.repeat(900_000), `${'1'.repeat(900_000)}x`, `.${'1'.repeat(900_000)}e`, ' '.repeat(900_000)])(
    'reads or refuses a number of 900,000 characters at once',
    async (digits) => {
      const bytes = withPart('xl/worksheets/sheet2.xml', (text) => text.replace('>16384<', `>${digits}<`))
      if (digits.trim() === '') expect((await read(bytes))[0].rows[0].cell('Memory')).toBe('')
      else expect(await faultOf(bytes)).toContain('is no number')
    },
  )

  it('is refused where a part expands to more than it says', async () => {
    const bomb = withSize(new Uint8Array(5e6), 1000)
    expect(bomb.length).toBeLessThan(20_000)
    expect(await faultOf(bomb)).toContain('another size than it says')
  })

  it('is refused where a text is not UTF-8', async () => {
    const parts = Object.entries(workbookParts(SHEETS)).map(([name, text]) => [name, strToU8(text)] as const)
    const [sheet] = parts.flatMap(([name, bytes]) => (name === 'xl/worksheets/sheet2.xml' ? [bytes] : []))
    sheet[Buffer.from(sheet).indexOf('16384')] = 0xff
    expect(await faultOf(zipSync(Object.fromEntries(parts)))).toMatch(/sheet2\.xml: .*text that is not UTF-8/)
  })

  it('is refused where a byte of a text has changed', async () => {
    // Stored, not compressed: nothing but the checksum can tell.
    const bytes = zipSync(parts(), { level: 0 })
    const at = Buffer.from(bytes).indexOf('16384')
    bytes[at] = 0x39
    expect(await faultOf(bytes)).toContain('checksum')
  })

  const whole = workbook(SHEETS)
  it('that is cut off or damaged gives tables or an ImportError', async () => {
    const cut = fc.nat(whole.length - 1).map((length) => whole.slice(0, length))
    const damaged = fc
      .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const bytes = whole.slice()
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      })
    const random = fc.uint8Array({ maxLength: 400 }).map((bytes) => {
      const start = strToU8('PK\u0003\u0004')
      return new Uint8Array([...start, ...bytes])
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(cut, damaged, random), async (bytes) => {
        try {
          await read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError)
        }
      }),
      { numRuns: cases(1100) },
    )
  }, 60_000)
})
