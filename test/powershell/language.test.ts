/** The language of the interpreter, case by case, against what PowerShell's own about_* pages say. */
import { describe, expect, test } from 'vitest'
import { lines } from './run.js'

/** Title or script, and its output line by line. */
type Case = [script: string, expected: string[]]

function cases(name: string, all: Case[]): void {
  describe(name, () => {
    test.each(all)('%s', async (script, expected) => {
      expect(await lines(script)).toEqual(expected)
    })
  })
}

cases('arithmetic and coercion', [
  ['1 + 2 * 3', ['7']],
  ['7 / 2', ['3.5']],
  ['6 / 2', ['3']],
  ['-7 % 3', ['-1']],
  ['"5" + 3', ['53']],
  ['5 + "3"', ['8']],
  ['"5" * 3', ['555']],
  ['[int]"5" * 3', ['15']],
  ['[int]2.5', ['2']],
  ['[int]3.5', ['4']],
  ['[int]-2.5', ['-2']],
  ['[int]"7.5"', ['8']],
  ['[int]$true', ['1']],
  ['$null + 5', ['5']],
  ['(2147483647 + 1)', ['2147483648']],
  ['34359738368 / 1MB', ['32768']],
  ['1GB', ['1073741824']],
  ['0x1F', ['31']],
  ['1.0', ['1']],
  ['0.1 + 0.2', ['0.30000000000000004']],
  ['[math]::Round(2.5)', ['2']],
  ['[math]::Round(2.567, 2)', ['2.57']],
  ['[math]::Max(3, 7)', ['7']],
  ['[math]::Floor(-1.5)', ['-2']],
  ['try { 1 / 0 } catch { $_.Exception.Message }', ['Attempted to divide by zero.']],
  ['5 -band 3', ['1']],
  ['1, 2 + 3', ['1', '2', '3']],
  ['@(1, 2) * 2', ['1', '2', '1', '2']],
])

cases('comparison: the left operand decides', [
  ['"a" -eq "A"', ['True']],
  ['"a" -ceq "A"', ['False']],
  ['"10" -lt 9', ['True']],
  ['10 -lt "9"', ['False']],
  ['5 -eq "5"', ['True']],
  ['"5" -eq 5.0', ['True']],
  ['$true -eq "false"', ['True']],
  ['1, 2, 3, 2 -eq 2', ['2', '2']],
  ['(1, 2, 3 -gt 5).Count', ['0']],
  ['$null -eq @()', ['False']],
  ['if (@() -eq $null) { "yes" } else { "no" }', ['no']],
  ['if (@(1, $null) -ne $null) { "yes" }', ['yes']],
  ['$null -lt 0', ['True']],
  ['"abc" -like "A?C"', ['True']],
  ['"vm[1]" -like "vm[1]"', ['False']],
  ['"x-1", "y-2" -like "x*"', ['x-1']],
  ['"a1b22" -match "\\d+"', ['True']],
  ['if ("key=value" -match "(?<k>\\w+)=(\\w+)") { $Matches.k; $Matches[1] }', ['key', 'value']],
  ['1, 2 -contains 2', ['True']],
  ['"A" -in "a", "b"', ['True']],
  ['3 -notin 1, 2', ['True']],
  ['5 -is [int]', ['True']],
  ['5 -is [string]', ['False']],
  ['"x" -isnot [int]', ['True']],
  ['$null -eq ("x" -as [int])', ['True']],
  ['"5" -as [int]', ['5']],
  ['-not 0', ['True']],
  ['!"x"', ['False']],
  ['1 -and 0 -or 1', ['True']],
])
