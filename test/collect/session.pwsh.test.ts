/** What the script is made of, and how it is started. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pwshPath } from '../powershell/pwsh.js'
import { collect, inventoryWorld, type Row, SCRIPT } from './world.js'

const text = readFileSync(SCRIPT, 'utf8')
const docs = readFileSync(new URL('../../docs/collect.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'vmferry-session-'))

function pwsh(command: string, path = process.env.PATH): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(pwshPath!, ['-NoProfile', '-Command', command], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}

describe('the script', () => {
  it('calls only what reads, its own file aside, and each cmdlet by its module', () => {
    const { output } = pwsh(`
      $ast = [System.Management.Automation.Language.Parser]::ParseFile('${SCRIPT}', [ref]$null, [ref]$null)
      $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | ForEach-Object { "call $($_.GetCommandName())" }
      $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true) | ForEach-Object { "own $($_.Name)" }
      $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.InvokeMemberExpressionAst] }, $true) | ForEach-Object { "method $($_.Member)" }
      $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.TypeExpressionAst] }, $true) | ForEach-Object { "type $($_.TypeName)" }`)
    const told = (kind: string) =>
      [
        ...new Set(
          output
            .split('\n')
            .flatMap((line) => (line.startsWith(kind) ? [line.slice(kind.length).trim()] : [])),
        ),
      ].sort()
    const own = new Set(told('own '))
    const calls = told('call ').filter((name) => name !== '' && !own.has(name))
    const qualified = calls.filter((name) => name.includes('\\'))
    for (const name of qualified) {
      expect(name).toMatch(
        /^(?:FailoverClusters|Hyper-V|CimCmdlets|HgsClient|WindowsServerBackup|Veeam\.Backup\.PowerShell)\\Get-\w+$/,
      )
      expect(docs, name).toContain(`\`${name.split('\\')[1]}\``)
    }
    expect(qualified.length).toBeGreaterThan(30)
    expect(calls.filter((name) => !name.includes('\\'))).toEqual([
      'ConvertTo-Json',
      'ForEach-Object',
      'Get-ChildItem',
      'Get-Command',
      'Get-Content',
      'Get-Date',
      'Invoke-Command',
      'Join-Path',
      'Move-Item',
      'New-Object',
      'Out-File',
      'Remove-Item',
      'Remove-Variable',
      'Select-Object',
      'Set-StrictMode',
      'Sort-Object',
      'Start-Sleep',
      'Test-Path',
      'Where-Object',
      'Write-Output',
      'Write-Warning',
      'powershell.exe',
    ])
    // What constrained language mode allows: of texts, and types that are compared with.
    expect([told('method '), told('type ')]).toEqual([['ToUpperInvariant', 'Trim'], ['switch']])
  })

  it('shows its help, with every parameter', () => {
    const { output } = pwsh(`Get-Help '${SCRIPT}' -Full`)
    const block = text.slice(text.indexOf('\nparam('), text.indexOf('\n)\n'))
    const parameters = [...block.matchAll(/^ {4}\[[\w[\]]+\]\$(\w+)/gm)].map(([, name]) => name)
    expect(parameters).toHaveLength(7)
    for (const name of parameters) {
      expect(text).toContain(`.PARAMETER ${name}\n`)
      expect(docs).toContain(`\`-${name}\``)
      expect(output).toMatch(new RegExp(`^ +-${name} \\[?<`, 'm'))
    }
  })

  it('writes no field that docs/collect.md does not name', async () => {
    const { json } = await collect(inventoryWorld(), { Cluster: 'CL01', IncludeBackups: true })
    for (const [name, value] of Object.entries(json!)) {
      expect(docs).toContain(`\`${name}\``)
      for (const field of Array.isArray(value) ? value.flatMap((row: Row) => Object.keys(row)) : [])
        expect(docs, `${name}.${field}`).toContain(`\`${field}\``)
    }
  })
})

describe('in PowerShell 7 on Windows', () => {
  // A name that Windows allows, and PowerShell has to be told right.
  const script = join(folder, "it's \u2019 $x.ps1")
  writeFileSync(script, text.replace('-and $IsWindows', '-and $true'))
  const quoted = script.replace(/['\u2019]/g, '$&$&')
  const start = `& '${quoted}' -Cluster 'a\u2018\u2018b' -Exclude 'x', 'y z' -IncludeBackups -BackupMinutes 5`

  it('it goes on in powershell.exe with the same arguments, and ends with its exit code', () => {
    const there = mkdtempSync(join(tmpdir(), 'vmferry-path-'))
    writeFileSync(join(there, 'powershell.exe'), `#!/bin/sh\nprintf '%s\\n' "$@"\nexit 7\n`)
    chmodSync(join(there, 'powershell.exe'), 0o755)
    const path = `${there}${delimiter}${process.env.PATH}`
    const { status, output } = pwsh(`${start}; exit $LASTEXITCODE`, path)
    expect(status).toBe(7)
    const line = `& '${quoted}' -Cluster 'a\u2018\u2018b' -Exclude 'x', 'y z' -IncludeBackups -BackupMinutes '5'`
    expect(output.trim().split('\n')).toEqual(['-NoProfile', '-Command', `${line}; exit $LASTEXITCODE`])
    // Dot-sourced, it leaves the session open.
    expect(pwsh(`. '${quoted}'; "here $LASTEXITCODE"`, path).output).toContain('here 7')
    // What it says there is PowerShell for the same arguments.
    const echo = join(folder, 'echo.ps1')
    writeFileSync(
      echo,
      'param($Cluster, $Exclude, [switch]$IncludeBackups, $BackupMinutes) "$Cluster|$Exclude|$IncludeBackups|$BackupMinutes"',
    )
    expect(pwsh(line.replace(`'${quoted}'`, `'${echo}'`)).output.trim()).toBe('a\u2018b|x y z|True|5')
  })

  it('it ends at once without powershell.exe, and says what to type', () => {
    const { status, output } = pwsh(`$ErrorView = 'CategoryView'; try { ${start} } catch { "$_"; exit 1 }`)
    expect(status).toBe(1)
    expect(output).toContain(`type: & '${quoted}' -Cluster 'a\u2018\u2018b'`)
  })
})
