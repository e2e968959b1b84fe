/** Functions, parameters, scopes, pipelines, preferences. */
import { describe, expect, test } from 'vitest'
import { Interpreter } from './interpreter/index.js'
import { cases, run, stream } from './run.js'

const script = (...text: string[]) => text.join('\n')

const TWO = script('function F {', 'param([string] $A, [int] $B = 3, [switch] $S)', '"$A-$B-$S"', '}')
const STRICT = script(
  'function F {',
  '[CmdletBinding()]',
  "param([Parameter(Mandatory)] [string] $Name, [ValidateSet('a', 'b')] [string] $Kind = 'a', [ValidateRange(1, 5)] [int] $N = 1)",
  '"$Name $Kind $N"',
  '}',
)
const tried = (call: string) => script(STRICT, `try { ${call} } catch { $_.Exception.Message }`)

cases('parameters', [
  [`${TWO}\nF -A x -B 4 -S`, ['x-4-True']],
  [`${TWO}\nF x 7`, ['x-7-False']],
  [`${TWO}\nF -B 1 y`, ['y-1-False']],
  [`${TWO}\nF y -S:$false`, ['y-3-False']],
  [`${TWO}\n$p = @{ A = 'q'; S = $true }\nF @p -B 2`, ['q-2-True']],
  [`${TWO}\n$p = 'q', 9\nF @p`, ['q-9-False']],
  [`${TWO}\nF`, ['-3-False']],
  [`${TWO}\nF -B '12'`, ['-12-False']],
  ['function F($a, $b = 2) { $a + $b + $args.Count }\nF 1 2 3 4', ['5']],
  ['function F { $args -join "," }\nF 1 -x 2', ['1,-x,2']],
  [tried('F -Name n -Kind B -N 5'), ['n B 5']],
  [tried('F'), ['Cannot process command because of one or more missing mandatory parameters: Name.']],
  [tried("F ''"), ["Cannot bind argument to parameter 'Name' because it is an empty string."]],
  [tried('F -Nope 1'), ["A parameter cannot be found that matches parameter name 'Nope'."]],
  [
    tried('F a -N 6'),
    [
      "Cannot validate argument on parameter 'N'. The 6 argument is greater than the maximum allowed range of 5.",
    ],
  ],
  [tried('F a a 1 2'), ["A positional parameter cannot be found that accepts argument '2'."]],
  [tried('F -Name a -Na b'), ["Cannot bind parameter because parameter 'Name' is specified more than once."]],
  [
    tried('F a -N x'),
    [
      'Cannot process argument transformation on parameter \'N\'. Cannot convert value "x" to type "System.Int32". Error: "Input string was not in a correct format."',
    ],
  ],
  ['function F {\nparam([int] $N)\n$N = "8"\n$N + 1\n}\nF 1', ['9']],
  ['function F {\nparam([string[]] $L)\n$L.Count\n}\nF a; F "a", "b"', ['1', '2']],
  ['[int] $n = "5"; $n.GetType().Name; $n = "7"; $n + 1', ['Int32', '8']],
])

cases('scopes', [
  ['$x = 1\nfunction F { $x = 2; $script:y = 5; $x }\nF; $x; $y', ['2', '1', '5']],
  ['$X = 1\nfunction F { $x }\nF', ['1']],
  ['function F { $x = 1; G }\nfunction G { $x }\nF', ['1']],
  ['$n = 0; 1..3 | ForEach-Object { $n += $_ }; $n', ['6']],
  ['$n = 0\nfunction G { 1; 2 }\nG | ForEach-Object { $n += $_ }\n$n', ['3']],
  ['$n = 0; & { $n = 5 }; $n; . { $n = 6 }; $n', ['0', '6']],
  ['$b = { param($a) $a * 2 }; & $b 4; $b.Invoke(5)', ['8', '10']],
  ['$o = @{ B = { "called" } }; & $o.B', ['called']],
  ['$env:FOO = "bar"; $env:foo; $null -eq $env:NOPE', ['bar', 'True']],
  ['try { $true = 1 } catch { "constant" }', ['constant']],
  ['$_ = 5; 1 | ForEach-Object { $_ }; $_', ['1', '5']],
])

cases('output and pipelines', [
  ['function F { return 1, 2 }\n$r = F; $r.Count', ['2']],
  ['function F { if ($false) { 1 } }\n$r = F; $null -eq $r; @($r).Count; @(F).Count', ['True', '0', '0']],
  ['function F { , @() }\n(F).Count', ['0']],
  ['function F { $null }\n@(F).Count', ['1']],
  ['function F { 1; return 2; 3 }\nF', ['1', '2']],
  ['function F { $l = [System.Collections.ArrayList]::new(); $l.Add(1) }\nF', ['0']],
  ['function F { $null = 5; [void] 6; 7 | Out-Null }\n@(F).Count', ['0']],
  ['$e = @() | Where-Object { $_ }; $n = 0; $e | ForEach-Object { $n++ }; $n', ['0']],
  ['$n = 0; $null | ForEach-Object { $n++ }; $n', ['1']],
  ['1..5 | Where-Object { $_ % 2 } | ForEach-Object { $_ * 10 }', ['10', '30', '50']],
  [
    'function G { 1; 2; $script:seen = $true; 3 }\nG | Select-Object -First 2; $null -eq $seen',
    ['1', '2', 'True'],
  ],
  ['function G { 1; $script:seen = $true }\nG | Select-Object -First 1; $null -eq $seen', ['1', 'True']],
  [
    'function F {\nparam([Parameter(ValueFromPipeline)] $X)\nbegin { "b" }\nprocess { "p$X" }\nend { "e" }\n}\n1, 2 | F',
    ['b', 'p1', 'p2', 'e'],
  ],
  ['function F { @($input).Count }\n1, 2, 3 | F', ['3']],
  [
    'function F {\nparam([Parameter(ValueFromPipelineByPropertyName)] [string] $Name)\nprocess { $Name }\n}\n[pscustomobject]@{ Name = "x" } | F',
    ['x'],
  ],
  [`'a' | ForEach-Object { "b\${_}c" }`, ['bac']],
])

const SHOULD = script(
  "[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]",
  'param([string] $Name = "n")',
  "if ($PSCmdlet.ShouldProcess($Name, 'Do it')) { 'done' }",
  "Set-Content -LiteralPath 'log.txt' -Value 'x'",
)

describe('ShouldProcess', () => {
  test('-WhatIf reaches the cmdlets that the script calls', async () => {
    const interpreter = new Interpreter()
    const result = await interpreter.run(SHOULD, { WhatIf: true })
    expect(result.output).toEqual([])
    expect(stream(result, 'host')).toEqual([
      'What if: Performing the operation "Do it" on target "n".',
      'What if: Performing the operation "Set Content" on target "Path: C:\\work\\log.txt".',
    ])
    expect(interpreter.files.exists('log.txt')).toBe(false)
  })

  test('a high impact asks, and takes no for an answer', async () => {
    expect((await run(SHOULD, { answers: ['N'] })).output).toEqual([])
    expect((await run(SHOULD, { answers: ['Y'] })).output).toEqual(['done'])
  })

  test('-Confirm:$false does not ask', async () => {
    expect((await new Interpreter().run(SHOULD, { Confirm: false })).output).toEqual(['done'])
  })

  test('a question that no answer is left for ends the run', async () => {
    await expect(run(SHOULD)).rejects.toThrow('no answer left')
  })
})

describe('preferences and the end of a script', () => {
  test('an error that ends a statement lets the next one run, outside of try', async () => {
    const result = await run('1 + "x"; "next"')
    expect(result.output).toEqual(['next'])
    expect(stream(result, 'error')).toHaveLength(1)
    expect(result.exitCode).toBe(0)
  })

  test('with preference Stop it ends the script', async () => {
    const result = await run('$ErrorActionPreference = "Stop"\n1 + "x"; "next"')
    expect(result.output).toEqual([])
    expect(result.error?.line).toBe(2)
    expect(result.exitCode).toBe(1)
  })

  test('throw ends the script whatever the preference', async () => {
    const result = await run('function F { throw "x" }\nF; "next"')
    expect(result.output).toEqual([])
    expect(result.error?.exception.message).toBe('x')
  })

  test('exit tells its code from inside functions, and finally runs', async () => {
    const result = await run('function F { try { exit 3 } finally { Write-Host "f" } }\nF; "next"')
    expect([result.exitCode, result.output, stream(result, 'host')]).toEqual([3, [], ['f']])
  })

  test('-ErrorAction of an advanced function holds for what it calls', async () => {
    const f = 'function F {\n[CmdletBinding()]\nparam()\nWrite-Error "bad"; "on"\n}\n'
    expect((await run(`${f}try { F -ErrorAction Stop } catch { "c $_" }`)).output).toEqual(['c bad'])
    const silent = await run(`${f}F -ErrorAction SilentlyContinue; $Error.Count`)
    expect([silent.output, stream(silent, 'error')]).toEqual([['on', 1], []])
  })

  test('streams are kept apart, and redirected', async () => {
    const result = await run(
      'Write-Host h; Write-Warning w; Write-Verbose v; Write-Verbose v2 -Verbose; Write-Error e 2>$null; $x = Write-Error m 2>&1; "$x"',
    )
    expect(result.records.map((record) => `${record.stream} ${record.text}`)).toEqual([
      'host h',
      'warning w',
      'verbose v2',
    ])
    expect(result.output).toEqual(['m'])
  })
})
