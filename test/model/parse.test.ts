import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import { MAX_DEPTH, parseJson } from '../../src/model/parse.js'
import { cases } from '../cases.js'

function faults(text: string): string[] {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof InvalidProblemError)
      return error.issues.map((issue) => `${issue.path}: ${issue.message}`)
    throw error
  }
  return []
}

test('any JSON comes out as JSON.parse has it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
      expect(parseJson(`\ufeff \r\n\t${text}\n`)).toEqual(JSON.parse(text))
    }),
  )
})

test('accepts exactly what JSON.parse accepts', () => {
  const token = fc.constantFrom(
    ...'{}[]:,"\\ \n/-+.eE01',
    'true',
    'false',
    'null',
    '"a"',
    '"b":',
    '\\u00e9',
    '\u0000',
    'x',
    '1.5',
    '-0',
  )
  const accepts = (parse: () => unknown): boolean => {
    try {
      parse()
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const text = tokens.join('')
      // Equal keys are the one thing that is refused here and accepted there.
      fc.pre(!faults(text).some((fault) => fault.includes('twice')))
      expect(accepts(() => parseJson(text))).toBe(accepts(() => JSON.parse(text)))
    }),
    { numRuns: cases(3000) },
  )
})

describe('syntax errors say where and what', () => {
  test.each([
    ['', 'line 1, column 1', 'empty'],
    ['   \n ', 'line 2, column 2', 'empty'],
    ['{', 'line 1, column 2', 'expected a key in double quotes, found the end of the text'],
    ['{\n  "a": 1,\n}', 'line 3, column 1', 'comma before the closing }'],
    ['{"a" 1}', 'column 6', 'expected a colon'],
    ['{"a": }', 'column 7', 'expected a value, found "}"'],
    ['[1 2]', 'column 4', 'expected a comma or ]'],
    ['[1,]', 'column 4', 'comma before the closing ]'],
    ["{'a': 1}", 'column 2', 'single quote'],
    ['{"a": 1} // end', 'column 10', 'more text behind'],
    ['[// no\n1]', 'column 2', 'comment'],
    ['["abc', 'column 2', 'never ends'],
    ['["a\nb"]', 'line 1, column 4', 'line break'],
    ['["\\x"]', 'column 3', 'backslash'],
    ['[01]', 'column 3', 'end of the value'],
    ['[NaN]', 'column 2', 'expected a value, found "N"'],
    ['\ufeff[1', 'column 3', 'end of the text'],
  ])('%j', (text, where, what) => {
    const [fault, ...others] = faults(text)
    expect(others).toEqual([])
    expect(fault).toContain(where)
    expect(fault).toContain(what)
  })

  test('with an excerpt, escaped', () => {
    expect(faults('{"nodes": [\u001b]}')[0]).toContain('near "{\\"nodes\\": [\\u001b]}"')
  })
})

test('equal keys are named with their path', () => {
  expect(faults('{"vms":[{"id":"a"},{"id":"b","node":1,"i\\u0064":"c"}],"vms":[]}')).toEqual([
    'vms[1].id: the key "id" is there twice in one object; write it once',
    'vms: the key "vms" is there twice in one object; write it once',
  ])
  expect(faults('{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}')).toEqual([])
})

test('an own __proto__ arrives as data', () => {
  const value = parseJson('{"__proto__":{"x":1}}') as object
  expect(Object.keys(value)).toEqual(['__proto__'])
})

test('nesting is bounded before anything can overflow', () => {
  expect(parseJson('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).toBeInstanceOf(Array)
  for (const open of ['[', '{"a":']) {
    const [fault] = faults(open.repeat(1_000_000))
    expect(fault).toContain(`deeper than ${MAX_DEPTH} levels`)
  }
})

test('ten megabytes take no longer than they must', () => {
  const text = JSON.stringify({
    long: 'ab"'.repeat(1_000_000),
    many: Array.from({ length: 200_000 }, (_, i) => ({ id: `vm-${i}`, memoryMiB: i })),
  })
  const before = process.cpuUsage()
  expect(parseJson(text)).toHaveProperty('many')
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(3_000)
})
