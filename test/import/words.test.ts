import { describe, expect, it } from 'vitest'
import { argument, listNames, plainName } from '../../src/import/words.js'

describe('names in sentences', () => {
  it.each([
    'HV01',
    'hv01.corp.example',
    'Veeam Nightly 45 min',
    'same (hv1)',
    '名前',
    'x',
    '10.0.0.1',
    "a'b",
  ])('%j stays as it is', (name) => expect(plainName(name)).toBe(name))

  it.each([
    '',
    ' a',
    'a ',
    'a\nb',
    'a\tb',
    '\u202ea',
    'a, b',
    'a; b',
    'say "hi"',
    '\x1b[2J',
    '\u2028',
    'x'.repeat(61),
    '\ud800',
  ])('%j is quoted', (name) => expect(plainName(name)).toMatch(/^"/))

  it('are listed up to three', () => {
    expect(listNames([])).toBe('')
    expect(listNames(['a'])).toBe('a')
    expect(listNames(['a', 'b, c'])).toBe('a and "b, c"')
    expect(listNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
  })

  it('are quoted on a command line where a shell would split them', () => {
    expect([argument('hv-1.corp'), argument('my node'), argument('$(x)')]).toEqual([
      'hv-1.corp',
      '"my node"',
      '"$(x)"',
    ])
  })
})
