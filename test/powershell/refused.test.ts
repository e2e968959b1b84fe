/** What is outside the subset says so, with its line, and no script catches it. */
import { describe, expect, test } from 'vitest'
import { compile, Interpreter, UnsupportedError } from './interpreter/index.js'

describe('refused before anything runs', () => {
  test.each([
    ['class', 'class A { }'],
    ['trap', 'trap { 1 }'],
    ['enum', 'enum A {\n x\n}'],
    ['&&', 'a && b'],
    ['a variable before a colon', '"$x: y"'],
    ['filter', 'filter F { $_ }'],
    ['pasted arguments', 'F a$x'],
    ['[Credential()]', 'param([System.Management.Automation.Credential()] $x)\n1'],
    ['switch -file', "switch -file 'a' {\n 'x' { 1 }\n}"],
  ])('%s', async (_, script) => {
    await expect(compile(`# first\n${script}`)).rejects.toThrow(/line 2|not PowerShell: 2:/)
  })
})

describe('refused when reached', () => {
  test.each([
    ['an unknown command', 'Get-Nothing'],
    ['an unknown type', '[System.Net.WebClient]::new()'],
    ['an unknown static member', '[math]::Cosh(1)'],
    ['.Split() by more than one character', "'a--b'.Split('--')"],
    ['break outside of a loop', '1 | ForEach-Object { break }'],
    ['dot-sourcing of a file', ". 'C:\\work\\x.ps1'"],
    ['a redirection to a file', "Write-Output 1 > 'x.txt'"],
  ])('%s', async (_, script) => {
    await expect(new Interpreter().run(`try { ${script} } catch { 'caught' }`)).rejects.toThrow(
      UnsupportedError,
    )
  })
})
