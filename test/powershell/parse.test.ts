import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  commandsCalled,
  comments,
  functionsDefined,
  parseStrictly,
  parseTree,
  singleQuotedLiterals,
  syntaxProblems,
  tokensOutsideSingleQuotes,
} from './parse.js'

describe('syntax problems', () => {
  test('none in a right script, with a byte order mark and numbers in capitals', async () => {
    expect(syntaxProblems(await parseTree('\uFEFF$x = 5 * 1GB\nif ($x) { 1 }\n'))).toEqual([])
  })

  test('a missing brace and text that fits nowhere have a place', async () => {
    const [problem] = syntaxProblems(await parseTree('$x = 1\nif ($x) { 1\n'))
    expect(problem).toMatchObject({ line: expect.any(Number), column: expect.any(Number) })
    await expect(parseStrictly("$x = 1\n$y = 'a\n")).rejects.toThrow(/not PowerShell: \d+:\d+/)
  })
})

describe('typographic quotes, which PowerShell takes for quotes', () => {
  test.each([
    ["$x = 'a\u2019; Stop-VM *; \u2018'", 1],
    ["$x = 'a\u2019\u2019b'", 0],
    ["$x = 'a\u2019\u2019\u2019b'", 1],
    ['$x = \u2018a\u2019', 1],
    ['$x = "a\u201db"', 1],
    ['$x = "$(\'a\')\u2019"', 0],
    ["$x = '\u201d'", 0],
    ["$x = @'\na\n\u2019@\n'@", 1],
    ['# \u2019\n$x = 1', 0],
    ["Get-VM \u2013Name 'a'", 1],
  ])('%s', async (script, problems) => {
    const found = syntaxProblems(await parseTree(script))
    expect(found.length > 0 ? 1 : 0).toBe(problems)
  })

  test('any text, its quotes doubled, is one literal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom("'", '\u2018', '\u2019', '\u201b', '"', '$', '`', 'a', ' ', '\n'),
        }),
        async (text) => {
          const root = await parseTree(`$x = '${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`)
          expect(syntaxProblems(root)).toEqual([])
          expect(singleQuotedLiterals(root).map((literal) => literal.text)).toEqual([text])
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('tokens', () => {
  const script =
    "# about 'vm-1'\n$x = 'vm-1'; Get-VM -Name vm-2 \"vm-3 $x\" @'\nvm-4\n'@ | Stop-VM\nfunction Get-It { 'it''s' }\n& { 1 }\n"

  test('single-quoted literals, here-strings and comments are left out of what is code', async () => {
    const texts = tokensOutsideSingleQuotes(await parseTree(script)).map((token) => token.text)
    expect(texts).toContain('vm-2')
    expect(texts).toContain('"vm-3 $x"')
    expect(texts.join(' ')).not.toMatch(/vm-1|vm-4|it''s/)
  })

  test('literals come with their value', async () => {
    expect(singleQuotedLiterals(await parseTree(script)).map((token) => token.text)).toEqual([
      'vm-1',
      'vm-4',
      "it's",
    ])
  })

  test('commands, functions, comments', async () => {
    const root = await parseTree(script)
    expect(commandsCalled(root).map(({ text, line }) => [text, line])).toEqual([
      ['Get-VM', 2],
      ['Stop-VM', 4],
    ])
    expect(functionsDefined(root)).toEqual(['Get-It'])
    expect(comments(root).map((token) => token.text)).toEqual(["# about 'vm-1'"])
  })
})
