import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImportError } from '../../src/import/failure.js'
import { decodeInput, recode } from '../../src/import/text.js'
import { cases } from '../cases.js'

const file = (...bytes: number[]) => ({ name: 'nodes.csv', bytes: Uint8Array.from(bytes) })
const named = (bytes: Uint8Array) => ({ name: 'nodes.csv', bytes })
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

describe('decodeInput', () => {
  const text = 'id;memory\r\nGÄRTNER-01;64 GiB\r\n'

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(`\ufeff${text}`)],
    ['UTF-16 LE without one', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE without one', utf16be(text)],
    ['UTF-16 of two characters', Buffer.from('{}', 'utf16le')],
  ])('reads %s', (_, bytes) => {
    const expected = bytes.length === 4 ? '{}' : text
    expect(decodeInput(named(bytes))).toBe(expected)
  })

  it('reads Windows-1252 where asked, and only then', () => {
    const bytes = Buffer.concat([
      Buffer.from('id\nG'),
      Buffer.from([0xc4, 0x78, 0x80, 0x9f]),
      Buffer.from('x\n'),
    ])
    expect(() => decodeInput(named(bytes))).toThrow(
      'nodes.csv: line 2: not UTF-8: byte 0xc4 at offset 4; save it as UTF-8',
    )
    expect(decodeInput(recode(named(bytes), 'windows-1252'))).toBe('id\nGÄx€Ÿx\n')
    // What is UTF-8 stays so: a code page is never put over it.
    for (const text of [Buffer.from('Ä'), Buffer.from('Ä', 'utf16le'), Buffer.from([0x50, 0x4b, 3, 4, 0xc4])])
      expect(recode(named(text), 'windows-1252').bytes).toBe(text)
    expect(() => recode(file(0x41, 0x81), 'windows-1252')).toThrow(
      'nodes.csv: line 1: not Windows-1252 either: byte 0x81 at offset 1',
    )
  })

  it.each([
    ['nothing', [], 'nodes.csv: empty'],
    ['spaces', [0x20, 0x0a], 'nodes.csv: empty'],
    ['a mark alone', [0xef, 0xbb, 0xbf], 'nodes.csv: empty'],
    ['an Excel workbook', [0x50, 0x4b, 3, 4, 0, 0], 'a ZIP archive or an Excel workbook'],
    ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
    ['half a UTF-16 unit', [0xff, 0xfe, 0x41, 0, 0x42], 'with an odd number of bytes'],
    ['half a UTF-16 character', [0xff, 0xfe, 0x41, 0xd8], 'with half a character'],
    [
      'a NUL',
      [0x41, 0x0d, 0x0a, 0x42, 0x0d, 0x43, 0, 0x43, 0x44],
      'nodes.csv: line 3: there is a NUL character',
    ],
    ['UTF-32', [0xff, 0xfe, 0, 0, 0x41, 0, 0, 0], 'there is a NUL character'],
  ])('refuses %s', (_, bytes, message) => {
    const decode = () => decodeInput(file(...bytes))
    expect(decode).toThrow(ImportError)
    expect(decode).toThrow(message)
  })

  it('gives text or an ImportError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, asked) => {
        try {
          const decoded = decodeInput(asked ? recode(named(bytes), 'windows-1252') : named(bytes))
          expect(decoded).not.toContain('\0')
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError)
        }
      }),
      { numRuns: cases(5500) },
    )
  })

  it('gives back every text that UTF-8 can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        fc.pre(!value.includes('\0') && value.trim() !== '' && !value.startsWith('\ufeff'))
        const bytes = Buffer.from(value)
        expect(decodeInput(named(bytes))).toBe(value)
      }),
    )
  })
})
