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
