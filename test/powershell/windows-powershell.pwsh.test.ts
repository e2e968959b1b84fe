/** Both scripts are within Windows PowerShell 5.1 on .NET Framework 4.6.2, by windows-powershell.ps1; and what is not, it refuses. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { planToRunbook } from '../../src/io/runbook/runbook.js'
import { resolveProblem } from '../../src/model/validate.js'
import { everyKind } from '../io/runbook/by-hand.js'
import { pwshPath } from './pwsh.js'

const root = join(import.meta.dirname, '../..')

interface Script {
  text: string
  constrained: boolean
}

/** Each with what is found in it: nothing, or one thing. */
const SNIPPETS: [text: string, finding: string][] = [
  // Syntax
  ['$a ? 1 : 2', '5.1 has no ? :'],
  ['$a ?? 1', '5.1 has no ??'],
  ['$a ??= 1', '5.1 has no ??='],
  ['(Get-Date)?.Day', '5.1 has no ?.'],
  ['(Get-Date)?[0]', '5.1 has no ?['],
  ['Get-Date && Get-Date', '5.1 has no &&'],
  ['Get-Date || Get-Date', '5.1 has no ||'],
  ['Get-Date\n  | Write-Output', '5.1 has no | at the beginning of a line'],
  ['Get-Date |\n  Write-Output', ''],
  ['Get-Date &', '5.1 has no & behind a pipeline'],
  ['function f { clean { 1 } }', '5.1 has no clean block'],
  ['1kb + 1.5 + 0x1F + 1e3 + 5l + -1', ''],
  ['5uy', '5.1 has no number 5uy'],
  ['0b11', '5.1 has no number 0b11'],
  ['"`e[0m"', '5.1 has no `e and `u{} in strings'],
  ['"``e $x"', ''],
  ["'a' -replace 'a', { 'b' }", '5.1 replaces by no script block'],
  ["'a'..'c'", '5.1 has no ranges of characters'],
  ['#Requires -Version 7.0', '#Requires asks for more than 5.1'],
  ['#Requires -Version 5.1', ''],
  ['using namespace System.IO', 'classes, enumerations and using differ between versions'],
  ["$a = 'ä'", '5.1 reads characters beyond ASCII only behind a byte-order mark'],
  ["\ufeff$a = 'ä'", ''],
  ["$a = 'x", "The string is missing the terminator: '."],
  ['foreach -parallel ($a in 1, 2) { $a }', "The foreach '-parallel' parameter is reserved for future use."],
  // Commands
  [
    'function Add-Load($node, $by) { $by }; Add-Load a -1',
    '-1 is text here, neither a number nor a parameter',
  ],
  ['function Add-Load($node, $by) { $by }; Add-Load a (-1)', ''],
  [
    'function Add-Load($node, $by) { $by }; Add-Load a 1 2',
    'Add-Load takes 2 arguments without a name, not 3',
  ],
  [
    'function Add-Load($node, $by) { $by }; Add-Load -Knot a',
    'Add-Load has no -Knot in its syntax as listed',
  ],
  [
    'function Add-Load($node, $by) { $by }; Add-Load -ErrorAction Stop',
    'Add-Load has no -ErrorAction in its syntax as listed',
  ],
  ['Get-Date -AsUTC', 'Get-Date has no -AsUTC in its syntax as listed'],
  [
    "ConvertFrom-Json -InputObject '{}' -AsHashtable",
    'ConvertFrom-Json has no -AsHashtable in its syntax as listed',
  ],
  ['Get-Date -For o', 'Get-Date has no -For in its syntax as listed'],
  ['Get-Uptime', 'Get-Uptime is no function of the script, and no cmdlet whose syntax is listed'],
  ['1 | % { $_ }', '% is no function of the script, and no cmdlet whose syntax is listed'],
  ['1 | ForEach-Object -Parallel { $_ }', 'ForEach-Object has no -Parallel in its syntax as listed'],
  ['Join-Path a b c', 'Join-Path takes 2 arguments without a name, not 3'],
  ['Hyper-V\\Get-VM -Nmae a', 'Get-VM has no -Nmae in its syntax as listed'],
  ['Get-VM', 'Get-VM is to be called Hyper-V\\Get-VM'],
  ['FailoverClusters\\Get-VM', 'FailoverClusters\\Get-VM is to be called Hyper-V\\Get-VM'],
  ['Hyper-V\\Get-VM', ''],
  // Types and members
  ["[IO.File]::Move('a', 'b')", ''],
  ["[IO.File]::Move('a', 'b', $true)", '.NET Framework 4.6.2 has no [System.IO.File]::Move with 3 arguments'],
  ["[string]::Join(',', 1, 2, 3)", ''],
  ['[math]::Clamp(1, 2, 3)', '.NET Framework 4.6.2 has no [System.Math]::Clamp with 3 arguments'],
  ['[math]::Max(0, (Get-Date).Day)', '[math]::Max with the whole number 0 first rounds the other'],
  ['[math]::Max(0.0, (Get-Date).Day)', ''],
  ['[math]::Tau', '.NET Framework 4.6.2 has no [System.Math]::Tau'],
  ['[DateOnly]$a', '.NET Framework 4.6.2 and PowerShell 5.1 have no type [DateOnly]'],
  ['[uint]5', '5.1 has no type [uint]'],
  ['[semver]$a', '.NET Framework 4.6.2 and PowerShell 5.1 have no type [semver]'],
  ['[ordered]@{ a = 1 }', ''],
  [
    'New-Object -TypeName System.IO.Enumeration.FileSystemEntry',
    '.NET Framework 4.6.2 and PowerShell 5.1 have no type [System.IO.Enumeration.FileSystemEntry]',
  ],
  ["New-Object -TypeName 'System.Collections.Generic.Dictionary[string,object]'", ''],
  [
    "$a.Replace('a', 'b', 'Ordinal')",
    '.NET Framework 4.6.2 has no method Replace with 3 arguments on what this script uses',
  ],
  ["$a.Split(', ')", 'Split with a string splits at each of its characters in 5.1: -split'],
  ["$a.Split(',')", ''],
  ['[CmdletBinding()] param([Parameter(Mandatory = $true)] [string]$a)', ''],
  ["[ValidateRange(1, 2, ErrorMessage = 'no')] [int]$a = 1", '[ValidateRange] has no ErrorMessage in 5.1'],
  // What both have and do differently
  ['[datetime]::UtcNow', 'time comes from Get-Date and Start-Sleep alone, not from [datetime]::UtcNow'],
  [
    'Microsoft.PowerShell.Utility\\Get-Date',
    'Microsoft.PowerShell.Utility\\Get-Date is to be called Get-Date',
  ],
  ['Start-Sleep -Seconds 0.5', 'Start-Sleep takes whole seconds in 5.1'],
  ['if ($IsWindows) { 1 }', '5.1 has no $IsWindows: only behind a test of PSEdition and -and'],
  ["if ($PSVersionTable.PSEdition -eq 'Core' -and $IsWindows) { 1 }", ''],
  ['$a = @{}; $a[$b.Name] = 1', '$a is @{}, which takes names for equal by culture: an ordinal dictionary'],
  ['$a = @{}; $a[$b.Number] = 1', ''],
  ['1 > a.txt', 'what > writes is UTF-16 in 5.1: a cmdlet with -Encoding'],
  ['Move-Item -LiteralPath a -Destination b -Force', 'Move-Item -Force deletes its target before it moves'],
  ['Test-Path -Path $a', 'Test-Path without -LiteralPath takes [ and ] for wildcards'],
  ['Test-Path $a', 'Test-Path without -LiteralPath takes [ and ] for wildcards'],
  ['Get-Content -LiteralPath a', 'Get-Content without -Encoding differs between versions'],
  ['1 | Out-File -LiteralPath a -Encoding utf8NoBOM', '5.1 has no encoding utf8NoBOM'],
]

const CONSTRAINED: typeof SNIPPETS = [
  ['[math]::Ceiling(1.5)', 'constrained language has no type [math]'],
  ["[string]::IsNullOrEmpty('')", ''],
  ['[pscustomobject]@{ a = 1 }', 'constrained language has no type [pscustomobject]'],
  ['New-Object -TypeName System.Collections.Hashtable', ''],
  ["(Get-Date).ToString('o')", ''],
  ['Move-Item -LiteralPath a -Destination b -Force', ''],
]

const { plan, problem } = everyKind()
const SCRIPTS: [name: string, script: Script][] = [
  ['the runbook', { text: planToRunbook(plan, resolveProblem(problem)), constrained: false }],
  [
    'the collection script',
    { text: readFileSync(join(root, 'collect/Get-VmferryInventory.ps1'), 'utf8'), constrained: true },
  ],
]

const cases = [
  ...SNIPPETS.map(([text, finding]) => ({ name: text, script: { text, constrained: false }, finding })),
  ...CONSTRAINED.map(([text, finding]) => ({ name: text, script: { text, constrained: true }, finding })),
  ...SCRIPTS.map(([name, script]) => ({ name, script, finding: '' })),
]

describe('Windows PowerShell 5.1', () => {
  let found: string[][]
  beforeAll(() => {
    const check = join(import.meta.dirname, 'windows-powershell.ps1')
    const { stdout, stderr } = spawnSync(pwshPath!, ['-NoProfile', '-NonInteractive', '-File', check], {
      input: JSON.stringify(cases.map(({ script }) => script)),
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    found = JSON.parse(stdout)
  })

  it.each(cases.map((each, i) => ({ ...each, i })))('$name', ({ finding, i }) => {
    if (finding === '') expect(found[i]).toEqual([])
    else expect(found[i].map((line) => line.replace(/^line \d+: /, ''))).toEqual([finding])
  })
})
