/** The built-in cmdlets. */
import { describe, expect, test } from 'vitest'
import { Interpreter, LimitError } from './interpreter/index.js'
import { cases, lines, run } from './run.js'

cases('objects', [
  ['1, 3, 2 | Sort-Object -Descending', ['3', '2', '1']],
  ['"b", "A", "c" | Sort-Object', ['A', 'b', 'c']],
  ['10, 9, "8" | Sort-Object', ['8', '9', '10']],
  [
    '[pscustomobject]@{ n = 2; m = 1 }, [pscustomobject]@{ n = 1; m = 2 } | Sort-Object -Property n | ForEach-Object { $_.m }',
    ['2', '1'],
  ],
  ['@{ n = 2 }, @{ n = 1 } | Sort-Object { $_.n } | ForEach-Object { $_.n }', ['1', '2']],
  [
    "[pscustomobject]@{ a = 1; b = 2 }, [pscustomobject]@{ a = 1; b = 1 } | Sort-Object -Property 'a', 'b' | ForEach-Object { $_.b }",
    ['1', '2'],
  ],
  [
    "[pscustomobject]@{ a = 1; b = 2 }, [pscustomobject]@{ a = 1; b = 3 } | Sort-Object -Property 'a', @{ Expression = 'b'; Descending = $true } | ForEach-Object { $_.b }",
    ['3', '2'],
  ],
  ['3, 1, 3 | Sort-Object -Unique', ['1', '3']],
  ['"a", "b", "A" | Group-Object | ForEach-Object { "$($_.Name)=$($_.Count)" }', ['a=2', 'b=1']],
  [
    '1, 2, 3 | Measure-Object -Sum -Maximum | ForEach-Object { "$($_.Sum) $($_.Maximum) $($_.Count)" }',
    ['6 3 3'],
  ],
  ['(@() | Measure-Object -Sum).Sum', ['$null']],
  [
    "$o = [pscustomobject]@{ a = 1; b = 2 } | Select-Object -Property 'B', 'c'; \"$($o.B)\"; $o.PSObject.Properties.Name",
    ['2', 'b', 'c'],
  ],
  ['[pscustomobject]@{ a = 1, 2 } | Select-Object -ExpandProperty a', ['1', '2']],
  ["(1 | Select-Object -Property @{ n = 'x'; e = { $_ + 1 } }).x", ['2']],
  ['1..5 | Select-Object -Skip 1 -First 2; 1..5 | Select-Object -Last 2', ['2', '3', '4', '5']],
  ['"a", "A", "a" | Select-Object -Unique', ['a', 'A']],
  [
    '[pscustomobject]@{ s = "On" }, [pscustomobject]@{ s = "off" } | Where-Object s -eq "on" | ForEach-Object s',
    ['On'],
  ],
  ['[pscustomobject]@{ s = "x" } | Where-Object { $_.s -like "X*" } | ForEach-Object { $_.s }', ['x']],
  ["$o = [pscustomobject]@{}; $o | Add-Member -NotePropertyName 'x' -NotePropertyValue 5; $o.x", ['5']],
])

cases('json', [
  ['@{ a = 1 } | ConvertTo-Json -Compress', ['{"a":1}']],
  ['ConvertTo-Json -InputObject @(1, @{ b = "x<y" }) -Compress', ['[1,{"b":"x\\u003cy"}]']],
  ['ConvertTo-Json @(5) -Compress; @(5) | ConvertTo-Json -Compress', ['[5]', '5']],
  [
    'ConvertTo-Json -InputObject ([ordered]@{ a = $null; b = $true; c = 1.5; d = @() })',
    ['{\r\n    "a":  null,\r\n    "b":  true,\r\n    "c":  1.5,\r\n    "d":  []\r\n}'],
  ],
  [
    '@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress',
    ['{"a":{"b":{"c":"System.Collections.Hashtable"}}}'],
  ],
  ['ConvertTo-Json ([datetime]"2026-01-01T00:00:00Z") -Compress', ['"\\/Date(1767225600000)\\/"']],
  [
    '$j = \'{"a":[1,2,{"b":"c"}],"d":null}\' | ConvertFrom-Json; $j.a.Count; $j.a[2].b; $null -eq $j.d',
    ['3', 'c', 'True'],
  ],
  ["try { ConvertFrom-Json '{' } catch { 'no JSON' }", ['no JSON']],
  ["('[1,2]' | ConvertFrom-Json | Measure-Object).Count", ['1']],
])

cases(
  'json in PowerShell 7',
  [
    [
      '(\'[1,2]\' | ConvertFrom-Json | Measure-Object).Count; ConvertTo-Json @{ b = "x<y" } -Compress',
      ['2', '{"b":"x<y"}'],
    ],
    ['(ConvertFrom-Json \'{"a":"2026-01-01T00:00:00Z"}\').a -is [datetime]', ['True']],
  ],
  { version: '7.4' },
)

cases('files', [
  ["Set-Content a.txt 'x', 'y'; Get-Content a.txt; (Get-Content a.txt -Raw).Length", ['x', 'y', '6']],
  ["Set-Content a.txt 'x'; Add-Content a.txt 'y'; @(Get-Content a.txt).Count", ['2']],
  [
    "'x' | Out-File b.txt -Encoding utf8; Test-Path b.txt; Remove-Item b.txt; Test-Path -LiteralPath b.txt",
    ['True', 'False'],
  ],
  [
    "Set-Content a 'x'; Set-Content b 'y'; try { Move-Item a b -ErrorAction Stop } catch { 'exists' }; Move-Item a b -Force; Get-Content b",
    ['exists', 'x'],
  ],
  ["try { Set-Content C:\\nowhere\\a 'x' -ErrorAction Stop } catch { 'no folder' }", ['no folder']],
  [
    "$null = New-Item -ItemType Directory -Path sub; Set-Content sub\\a 'x'; Test-Path sub -PathType Container",
    ['True'],
  ],
  [
    "Join-Path 'C:\\a\\' 'b'; Split-Path 'C:\\a\\b.txt' -Leaf; Split-Path 'C:\\a\\b.txt'",
    ['C:\\a\\b', 'b.txt', 'C:\\a'],
  ],
  [
    "Set-Content -LiteralPath 'x[1].txt' 'y'; Test-Path 'x[1].txt'; Test-Path -LiteralPath 'x[1].txt'",
    ['False', 'True'],
  ],
  ["[System.IO.File]::WriteAllText('C:\\work\\a', 'x'); [System.IO.File]::ReadAllText('C:\\work\\a')", ['x']],
  ['$PSScriptRoot', ['C:\\work']],
])

describe('registered cmdlets', () => {
  const make = () => {
    const interpreter = new Interpreter()
    interpreter.register(
      'Get-Thing',
      { Name: { type: 'string[]', position: 0, pipeline: true }, All: { type: 'switch' } },
      (args, ctx) => {
        if (args.Name === undefined) return ctx.fail('a name is missing')
        const names = args.Name as string[]
        for (const name of names) if (name === 'bad') ctx.error('no bad thing', { errorId: 'NoThing' })
        return names
          .filter((name) => name !== 'bad')
          .map((name) => `${name}${args.All === undefined ? '' : '!'}`)
      },
    )
    return interpreter
  }
  const output = async (script: string) => (await make().run(script)).output

  test('arguments come by the declared names', async () => {
    expect(await output("Get-Thing -na 'a' -All")).toEqual(['a!'])
    expect(await output("'a', 'b' | Get-Thing")).toEqual(['a', 'b'])
  })

  test('an unknown parameter is an error', async () => {
    const result = await make().run('Get-Thing -Nope 1')
    expect(result.records[0].text).toBe("A parameter cannot be found that matches parameter name 'Nope'.")
  })

  test('errors of both kinds', async () => {
    expect(await output("Get-Thing 'bad', 'a'; 'next'")).toEqual(['a', 'next'])
    expect(
      await output("try { Get-Thing 'bad' -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }"),
    ).toEqual(['NoThing,Get-Thing'])
    expect(await output('try { Get-Thing -ErrorAction SilentlyContinue } catch { "$_" }')).toEqual([
      'a name is missing',
    ])
  })

  test('what a script asks for before it calls', async () => {
    const interpreter = make()
    interpreter.declareMissing('Get-Other')
    const result = await interpreter.run(
      "[bool](Get-Command Get-Thing); [bool](Get-Command Get-Other -ErrorAction SilentlyContinue); try { Get-Other } catch { 'absent' }",
    )
    expect(result.output).toEqual([true, false, 'absent'])
  })

  test('events happen at their instants of the virtual clock', async () => {
    const interpreter = new Interpreter()
    const seen: number[] = []
    interpreter.clock.schedule(90, () => seen.push(interpreter.clock.seconds))
    const result = await interpreter.run('1..3 | ForEach-Object { Start-Sleep -Seconds 60 }')
    expect([seen, result.seconds]).toEqual([[90], 180])
  })
})

describe('limits', () => {
  test('a loop without end', async () => {
    await expect(run('while ($true) { $x = 1 }', { limits: { steps: 10_000 } })).rejects.toThrow(LimitError)
  })

  test('a wait without end', async () => {
    await expect(
      run('while ($true) { Start-Sleep 60 }', { limits: { virtualSeconds: 3600 } }),
    ).rejects.toThrow('3600 virtual seconds')
  })

  test('a recursion without end', async () => {
    await expect(run('function F { F }\nF')).rejects.toThrow('nested calls')
  })
})

test('the order of a hashtable and of equals is not what was put in', async () => {
  expect((await lines("@{ one = 1; two = 2; three = 3; four = 4; five = 5 }.Keys -join ' '"))[0]).not.toBe(
    'one two three four five',
  )
  const sorted = (flag: string) =>
    `[pscustomobject]@{ k = 1; v = 'a' }, [pscustomobject]@{ k = 1; v = 'b' } | Sort-Object k ${flag} | ForEach-Object v`
  expect(await lines(sorted(''))).toEqual(['b', 'a'])
  expect(await lines(sorted('-Stable'), { version: '7.4' })).toEqual(['a', 'b'])
  expect(await lines(sorted('-Stable'))).toEqual([])
})
