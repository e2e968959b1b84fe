/** What the script is made of. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pwshPath } from '../powershell/pwsh.js'
import { collect, inventoryWorld, type Row, SCRIPT } from './world.js'

const text = readFileSync(SCRIPT, 'utf8')
const docs = readFileSync(new URL('../../docs/collect.md', import.meta.url), 'utf8')

const pwsh = (command: string) =>
  spawnSync(pwshPath!, ['-NoProfile', '-Command', command], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  }).stdout

describe('the script', () => {
  it('calls only what reads, its own file aside, and each cmdlet by its module', () => {
    const output = pwsh(`
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
        /^(?:FailoverClusters|Hyper-V|CimCmdlets|HgsClient|ServerManager|SmbShare|WindowsServerBackup|Veeam\.Backup\.PowerShell)\\Get-\w+$/,
      )
      expect(docs, name).toContain(`\`${name.split('\\')[1]}\``)
    }
    expect(qualified.length).toBeGreaterThan(30)
    const plain = `ConvertTo-Json ForEach-Object Get-ChildItem Get-Command Get-Content Get-Date Invoke-Command Join-Path
      Move-Item New-Object Out-File Remove-Item Remove-Variable Select-Object Set-StrictMode Sort-Object Start-Sleep
      Test-Path Where-Object Write-Output Write-Warning powershell.exe`
    expect(calls.filter((name) => !name.includes('\\'))).toEqual(plain.split(/\s+/))
    // What constrained language mode allows: of texts, and types that are compared with.
    expect([told('method '), told('type ')]).toEqual([
      ['ToUpperInvariant', 'Trim'],
      ['array', 'switch'],
    ])
  })

  it('shows its help, with every parameter', () => {
    const output = pwsh(`Get-Help '${SCRIPT}' -Full`)
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
