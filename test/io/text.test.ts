import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  displayWidth,
  escapeText,
  escapeTextToAscii,
  padEnd,
  padStart,
  shorten,
  wrap,
} from '../../src/io/table/text.js'

const unicode = fc.string({ unit: 'binary', maxLength: 30 })

describe('escapeText', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u009b2J', '\\x9b2J'],
    ['vm\u202egnp.exe', 'vm\\u{202e}gnp.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['\ud800', '\\u{d800}'],
    ['\u2028', '\\u{2028}'],
    ['Müller-データ', 'Müller-データ'],
  ])('%j', (text, expected) => {
    expect(escapeText(text)).toBe(expected)
  })

  it('lets through no control or format character whatsoever', () => {
    fc.assert(fc.property(unicode, (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(escapeText(text))))
  })

  it('spells what it can in ASCII and escapes the rest', () => {
    expect(escapeTextToAscii('A → B … é 漢')).toBe('A -> B ... \\xe9 \\u{6f22}')
    fc.assert(fc.property(unicode, (text) => /^[\x20-\x7e]*$/.test(escapeTextToAscii(text))))
  })
})

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['漢字', 4],
    ['データ', 6],
    ['한글', 4],
    ['\u1112\u1161\u11ab', 2],
    ['ＡＢ', 4],
    ['ｱｲ', 2],
    ['😀', 2],
    ['👍🏽', 2],
    ['🇩🇪', 2],
    ['❤\ufe0f', 2],
    ['𠮷', 2],
    ['░▒█', 3],
  ])('%s is %i wide', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  it('pads to columns, not to characters', () => {
    expect(padEnd('漢', 4)).toBe('漢  ')
    expect(padStart('漢', 4)).toBe('  漢')
    expect(padEnd('long', 2)).toBe('long')
  })
})

describe('shorten', () => {
  it('keeps both ends, since ids of a fleet differ there', () => {
    expect(shorten('sql-production-07', 9, '…')).toBe('sql-…n-07')
    expect(shorten('short', 9, '…')).toBe('short')
  })

  it('splits no wide character and no cluster', () => {
    expect(shorten('漢字漢字漢字', 6, '…')).toBe('漢…字')
    expect(shorten('👍🏽👍🏽👍🏽👍🏽', 5, '…')).toBe('👍🏽…👍🏽')
  })

  it('never exceeds its width', () => {
    fc.assert(
      fc.property(unicode, fc.integer({ min: 1, max: 12 }), (text, width) => {
        return displayWidth(shorten(escapeText(text), width, '…')) <= width
      }),
    )
  })
})

describe('wrap', () => {
  it('breaks at spaces, and words that are longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k'])
    expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字'])
    expect(wrap('', 5)).toEqual([''])
  })

  it('loses nothing but spaces', () => {
    fc.assert(
      fc.property(unicode, fc.integer({ min: 2, max: 12 }), (text, width) => {
        const clean = escapeText(text)
        return wrap(clean, width).join('').replaceAll(' ', '') === clean.replaceAll(' ', '')
      }),
    )
  })
})
