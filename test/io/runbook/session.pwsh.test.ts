/** The session in which the runbook is started: preferences, other modules, language modes, Ctrl-C, and processes that are killed. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pwshPath, type ScriptRequest } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { everyKind, nightByHand } from './by-hand.js'
import { Simulation, worldOf } from './simulate.js'

const two = () => nightByHand({ migrations: ['web A>B 0-60', 'sql A>B 60-120'] })

describe('a caller', () => {
  it.each<[string, Partial<ScriptRequest>]>([
    ['in strict mode', { prelude: 'Set-StrictMode -Version Latest' }],
    ['for whom errors go on', { prelude: '$global:ErrorActionPreference = "SilentlyContinue"' }],
    ['for whom warnings are errors', { prelude: '$global:WarningPreference = "Stop"' }],
    ['who wants to be asked for everything', { prelude: '$global:ConfirmPreference = "Low"' }],
    ['who sees verbose output', { prelude: '$global:VerbosePreference = "Continue"' }],
    ['who dot-sources it', { dotSource: true }],
    [
      'whose PowerCLI and SCVMM have cmdlets of the same names',
      {
        prelude: ['Get-VM', 'Get-VMHost', 'Get-Cluster', 'Get-ClusterGroup', 'Stop-VM', 'Start-VM', 'Save-VM']
          .map((name) => `function global:${name} { throw 'this is VMware' }`)
          .join('; '),
      },
    ],
    [
      'with variables and functions of the same names',
      { prelude: '$global:Run = 1; $global:Moves = 2; function global:Get-Second { throw "no" }' },
    ],
    ['in another culture', { prelude: '[cultureinfo]::CurrentCulture = "tr-TR"' }],
  ])('%s gets the same night, and keeps the session', async (_, how) => {
    const night = everyKind()
    const simulation = new Simulation(night, { autoBalancerMode: 1 })
    const result = await simulation.start({ MarginPercent: 0 }, how)
    expect([result.exitCode, result.error, result.left]).toEqual([0, null, []])
    expect(simulation.missing).toEqual([])
    expect(simulation.world.refusals).toEqual([])
    expect(simulation.world.autoBalancerMode).toBe(1)
  })

  it('in constrained language mode is told so first, and nothing is touched', async () => {
    const simulation = new Simulation(two())
    const result = await simulation.start({}, { constrained: true })
    expect(result.exitCode).toBe(2)
    expect(result.shown[0]?.text).toMatch(/restricted language mode/)
    expect([result.calls, simulation.world.trace, simulation.journalText]).toEqual([0, [], ''])
  })

  it('who cannot be asked is told what to do', async () => {
    const simulation = new Simulation(two())
    const result = await simulation.start({ Confirm: null })
    expect(result.exitCode).not.toBe(0)
    expect(result.shown.map(({ text }) => text).join('\n') + result.error).toContain('-Confirm:$false')
    expect(simulation.world.trace).toEqual([])
  })
})

/** In a process of its own, with a pseudo-terminal where it is to be interrupted. */
async function inProcess(simulation: Simulation, world: object, script: string): Promise<string[]> {
  const file = join(simulation.folder, 'world.json')
  writeFileSync(file, JSON.stringify(world))
  const host = join(import.meta.dirname, '../../powershell/host.ps1')
  const cache = join(tmpdir(), 'vmferry-stand-ins')
  return [
    '-NoProfile',
    '-Command',
    `& '${host}' -Cache '${cache}' -World '${file}' -Milliseconds 100; ${script}; exit $LASTEXITCODE`,
  ]
}

describe('a process', () => {
  it('that is killed by SIGKILL, ten times, leaves what the next one needs', async () => {
    const night = () =>
      nightByHand({
        migrations: ['web A>B 0-30', migration('old', 'C', 'D', 0, 60, { kind: 'restart' }), 'sql B>A 30-60'],
      })
    for (let kills = 0; kills < 10; kills++) {
      const simulation = new Simulation(night(), { autoBalancerMode: 2 })
      const at = 12 + 17 * kills
      expect([at, await simulation.kill({}, at)]).toEqual([at, true])
      await simulation.advance((at * 7) % 50)
      const result = await simulation.start()
      expect([at, result.exitCode, result.error, simulation.missing]).toEqual([at, 0, null, []])
      expect([simulation.surplus, simulation.world.refusals]).toEqual([[], []])
      expect(simulation.world.autoBalancerMode).toBe(2)
    }
  })

  it('that Ctrl-C ends says what is under way, and does not end with 0', async () => {
    const simulation = new Simulation(two())
    const args = await inProcess(
      simulation,
      worldOf(two()),
      `& '${simulation.scriptPath}' -Confirm:$false -JournalPath '${simulation.journalPath}'`,
    )
    const command = [pwshPath!, ...args].map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ')
    const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...process.env, TERM: 'dumb' } })
    let shown = ''
    child.stdout.on('data', (data) => {
      shown += data
      if (shown.includes('web') && !child.stdin.writableEnded) setTimeout(() => child.stdin.end('\x03'), 500)
    })
    const code = await new Promise((resolve) => child.on('exit', resolve))
    expect(shown.replaceAll(/\s+/g, ' ')).toMatch(/These go on without the runbook: web -> B/)
    expect(code).not.toBe(0)
    const last = readFileSync(simulation.journalPath, 'utf8').trimEnd().split('\n').at(-1)!
    expect(JSON.parse(last).event).toBe('stopped')
  })

  it('shows the help of the script', async () => {
    const simulation = new Simulation(two())
    const shown = spawn(pwshPath!, ['-NoProfile', '-Command', `Get-Help '${simulation.scriptPath}' -Full`])
    let text = ''
    for await (const data of shown.stdout) text += data
    for (const part of ['SYNOPSIS', '-JournalPath', 'Exit codes', '-Confirm:$false'])
      expect(text).toContain(part)
  })
})
