/** What the runbook looks at before anything moves, what it asks, and what it leaves as it was. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { planFingerprint } from '../../../src/model/fingerprint.js'
import type { ScriptResult, WorldVm } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { everyKind, nightByHand } from './by-hand.js'
import { Simulation, simulationOf, worldOf } from './simulate.js'

const texts = (result: ScriptResult) => result.shown.map(({ text }) => text)
const faults = (result: ScriptResult) =>
  texts(result)
    .filter((text) => text.startsWith('CHECK FAILED  '))
    .map((text) => text.slice(14))

const three = () =>
  nightByHand({
    migrations: ['web A>B 0-100', 'sql A>C 100-200', 'ad C>B 200-300'],
  })

function expectUntouched(simulation: Simulation, files = ['night.ps1']): void {
  expect(simulation.world.trace).toEqual([])
  expect(readdirSync(simulation.folder)).toEqual(files)
}

describe('-WhatIf', () => {
  it('checks, shows all in order, and changes nothing', async () => {
    const simulation = new Simulation(everyKind(), { autoBalancerMode: 2 })
    const result = await simulation.start({ WhatIf: true })
    expect([result.exitCode, result.error]).toEqual([0, null])
    expectUntouched(simulation)
    expect(simulation.world.autoBalancerMode).toBe(2)
    const would = texts(result).filter((text) => text.startsWith('What if:'))
    expect(would.map((text) => / on target "(.*)"/.exec(text)![1])).toEqual([
      ...everyKind().plan.migrations.map(({ vm }) => vm),
      'D',
    ])
    expect(would[1]).toMatch(/"RESTART: shut down, .* move from C to B, start, planned for 2026-11-23 /)
    expect(would[2]).toMatch(/"SAVE IN PLACE: save on D, and leave it saved/)
    expect(would.find((line) => line.includes('"SAVE: save,'))).toMatch(
      /"SAVE: save, move from C to A, resume/,
    )
    expect(simulation.world.now).toBe(0)
  })

  it('tells what fails, too', async () => {
    const simulation = new Simulation(three())
    await simulation.setVm('sql', { node: 'B' })
    const result = await simulation.start({ WhatIf: true })
    expect(result.exitCode).toBe(2)
    expect(faults(result)).toEqual(['sql: is on B; the plan has it on A.'])
    expectUntouched(simulation)
  })
})

describe('checks', () => {
  it('list everything at once, and nothing moves', async () => {
    const night = nightByHand({
      migrations: ['elsewhere', 'stopped', 'gone', 'backed-up', 'misfit', 'moving', 'fine', 'to-d'].map(
        (vm, i) => migration(vm, 'A', vm === 'to-d' ? 'D' : i % 2 === 0 ? 'B' : 'C', i * 100, i * 100 + 90),
      ),
    })
    const changes: Record<string, Partial<WorldVm>> = {
      elsewhere: { node: 'C' },
      stopped: { state: 'Off' },
      'backed-up': { busy: 'BackingUpVirtualMachine' },
      moving: { phase: 2 },
    }
    const world = worldOf(night)
    const simulation = new Simulation(night, {
      maximumParallelMigrations: 0,
      incompatible: { 'misfit B': { 33012: 'The switch is missing.' } },
      vms: world.vms!.filter(({ name }) => name !== 'gone').map((vm) => ({ ...vm, ...changes[vm.name!] })),
      nodes: [
        { name: 'A', memoryMiB: 10_000 },
        { name: 'B', memoryMiB: 10_000, state: 'Paused' },
        { name: 'C', memoryMiB: 1500 },
      ],
    })
    const result = await simulation.start()
    expect(result.exitCode).toBe(2)
    expect(faults(result)).toEqual([
      'B: is Paused; it has to be Up, since VMs are to arrive there.',
      'D: the cluster has no such node.',
      'elsewhere: is on C; the plan has it on A.',
      'stopped: is Offline; the plan has it running.',
      'gone: the cluster has no such group. Only clustered VMs can be migrated by this runbook.',
      'backed-up: is busy (BackingUpVirtualMachine). Wait until its backup or checkpoint is over.',
      'misfit: does not fit B: The switch is missing. (33012)',
      'moving: is being migrated.',
      "to-d: Compare-VM with D has failed: The cluster node 'D' was not found. (-SkipCompare leaves it out)",
      "D: its free memory cannot be asked for: The cluster node 'D' was not found.",
      'C: lacks 2500 MiB of free memory for what the plan brings there.',
      'MaximumParallelMigrations of the cluster is 0; the plan needs 1. Raise it, or plan with fewer slots.',
    ])
    expect(texts(result).at(-1)).toBe('Nothing was moved.')
    expectUntouched(simulation)
  })

  it('have room become free at the very instant at which it is taken', async () => {
    // 69.084 + 5.909 is a trace more than 74.993.
    const migrations = [migration('out', 'B', 'C', 69.084, 74.993), migration('in', 'A', 'B', 74.993, 80)]
    const simulation = simulationOf({ migrations, memoryMiB: 1000 })
    expect(faults(await simulation.start({ WhatIf: true }))).toEqual([])
  })

  it('need both modules', async () => {
    const simulation = new Simulation(three())
    const result = await simulation.start({}, { without: ['FailoverClusters'] })
    expect(result.exitCode).toBe(2)
    expect(faults(result)).toEqual([
      'The PowerShell module FailoverClusters is missing here. Run this on a node of the cluster, or install the management tools.',
    ])
    expectUntouched(simulation)
  })

  it('can leave out Compare-VM', async () => {
    const simulation = new Simulation(three(), {
      incompatible: { 'web B': { 33012: 'The switch is missing.' } },
    })
    const result = await simulation.start({ SkipCompare: true })
    expect(faults(result)).toEqual([])
    // What it would have told is then found out the hard way.
    expect(simulation.missing).toEqual(['web A>B live'])
  })

  it('warn of what would move VMs too, and of margins that a plan does not have', async () => {
    const simulation = simulationOf(
      {
        migrations: ['web A>B 0-100'],
        windows: [{ node: 'B', start: 110, end: 500 }],
      },
      { autoBalancerMode: 2 },
    )
    const result = await simulation.start({ WhatIf: true })
    expect(result.exitCode).toBe(0)
    const warnings = texts(result).join('\n')
    expect(warnings).toContain('VM load balancing of the cluster is on.')
    expect(warnings).toContain(
      'web: would end 10 s before the window from 2026-11-23 20:01:50 to 2026-11-23 20:08:20, and the margins ask for 55 s: it is likely to be left.',
    )
    // Behind the plan there may be nothing left before the window.
    const behind = nightByHand({
      migrations: ['web A>B 0-100'],
      windows: [{ node: 'B', start: 90, end: 500 }],
    })
    expect(texts(await new Simulation(behind).start({ OnWindow: 'Wait', WhatIf: true }))).toContain(
      'web: would not end before the window from 2026-11-23 20:01:30 to 2026-11-23 20:08:20: it is likely to wait until that is over.',
    )
  })
})

describe('the journal', () => {
  const journalOf = async (simulation: Simulation, text: string) => {
    simulation.journalText = text
    return simulation.start()
  }
  const begin = (plan: string) =>
    `{"version":1,"event":"begin","at":"2026-11-23T19:00:00Z","problem":"x","plan":"${plan}","start":"2026-11-23T19:00:00Z"}\n`

  it.each([
    [
      'of another plan',
      begin('0123456789abcdef'),
      /is of another plan \(0123456789abcdef; this is [0-9a-f]{16}\)/,
    ],
    ['that is no journal', 'a,b\n1,2\n', /^Line 1 of the journal is no JSON\./],
    ['that is text', 'hello', /^Line 1 of the journal is no JSON/],
    ['of another version', begin('0').replace('"version":1', '"version":2'), /is no journal of version 1/],
    [
      'that begins in the middle',
      '{"event":"finished","at":"2026-11-23T19:00:00Z"}\n',
      /is no journal of version 1/,
    ],
    [
      'with a broken line inside',
      `${begin('0')}event\n{"event":"finished"}\n`,
      /^Line 2 of the journal is no JSON/,
    ],
  ])('%s is refused', async (_, text, message) => {
    const simulation = new Simulation(three())
    const result = await journalOf(simulation, text)
    expect([result.exitCode, result.error]).toEqual([2, null])
    expect(faults(result)).toHaveLength(1)
    expect(faults(result)[0]).toMatch(message)
    expectUntouched(simulation, ['journal.jsonl', 'night.ps1'])
    expect(simulation.journalText).toBe(text)
  })

  it.each(['', '{"ver', '{"version":1,"event":"begin","at":"2026-'])(
    '%j of a crash is as none',
    async (text) => {
      const simulation = new Simulation(three())
      expect((await journalOf(simulation, text)).exitCode).toBe(0)
      expect(simulation.journal.entries.at(-1)?.entry.event).toBe('finished')
    },
  )

  it('names what is half done where a check fails', async () => {
    const night = nightByHand({
      migrations: [migration('half', 'A', 'B', 0, 100, { kind: 'restart' }), 'web B>C 0-100'],
    })
    const simulation = new Simulation(night)
    await simulation.setVm('half', { state: 'Off' })
    await simulation.setVm('web', { node: 'A' })
    simulation.journalText = begin(planFingerprint(night.plan))
    const result = await simulation.start()
    expect(result.exitCode).toBe(2)
    expect(texts(result).slice(-3)).toEqual([
      'CHECK FAILED  web: is on A; the plan has it on B.',
      'half: A -> B (restart) is half done. It is on A, OFF.',
      'Nothing was moved.',
    ])
  })

  it('that another runbook has is refused', async () => {
    const simulation = new Simulation(three())
    const prelude = `$null = [IO.File]::Open('${simulation.journalPath}.lock', 'OpenOrCreate', 'ReadWrite', 'None')`
    const result = await simulation.start({}, { prelude: `$global:held = ${prelude.slice(8)}` })
    expect(result.exitCode).toBe(1)
    expect(texts(result).join()).toContain('is in use: another runbook is running')
    expectUntouched(simulation, ['journal.jsonl.lock', 'night.ps1'])
  })

  it('of a finished run has nothing left to do', async () => {
    const simulation = new Simulation(three())
    await simulation.start()
    const attempts = simulation.world.trace.length
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.trace).toHaveLength(attempts)
    expect(simulation.journal.entries.slice(-2).map(({ entry }) => entry.event)).toEqual([
      'resumed',
      'finished',
    ])
  })

  it('believes the cluster: a VM that was moved by hand since is where it should be', async () => {
    const simulation = new Simulation(three(), {
      courses: { web: [{ fate: 'fails' }] },
    })
    expect((await simulation.start()).exitCode).toBe(3)
    await simulation.setVm('web', { node: 'B' })
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.trace.map(({ vm }) => vm)).toEqual(['web', 'sql', 'ad'])
  })
})

describe('without -JournalPath', () => {
  it('the journal is beside the script, whatever the current folder, and named after the plan', async () => {
    const night = three()
    const simulation = new Simulation(night)
    const result = await simulation.start({ JournalPath: null })
    expect([result.exitCode, result.error]).toEqual([0, null])
    expect(readdirSync(simulation.folder)).toContain(`vmferry-${planFingerprint(night.plan)}.jsonl`)
  })
})

describe('questions', () => {
  it('come before anything moves: the run, each restart and save, load balancing, nodes to pause', async () => {
    const simulation = new Simulation(everyKind(), { autoBalancerMode: 2 })
    const result = await simulation.start(
      { Confirm: null },
      { answers: ['y', 'y', 'n', 'y', 'y', 'y', 'y', 'y'] },
    )
    expect(result.error).toBeNull()
    const asked = result.shown.filter(({ stream }) => stream === 'question')
    expect(asked.map(({ text }) => / on target "(.*)"/.exec(text)![1])).toEqual([
      '11 migrations of the plan',
      'restart',
      'sleeper',
      'stopped',
      'sleeper-2',
      'save',
      'AutoBalancerMode of the cluster',
      'D',
    ])
    expect(result.exitCode).toBe(3)
    expect(simulation.missing).toEqual(['sleeper D>D save-in-place'])
    expect(simulation.world.autoBalancerMode).toBe(2)
  })

  it('answered with no, leave all as it is', async () => {
    const simulation = new Simulation(three())
    const result = await simulation.start({ Confirm: null }, { answers: ['n'] })
    expect(result.exitCode).toBe(3)
    expectUntouched(simulation)
  })
})

describe('VM load balancing', () => {
  it('is off while it runs, and as before afterwards', async () => {
    const simulation = new Simulation(three(), { autoBalancerMode: 2 })
    await simulation.start({}, { endAtSeconds: 50 })
    expect(simulation.world.autoBalancerMode).toBe(0)
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.autoBalancerMode).toBe(2)
    expect(readdirSync(simulation.folder)).toEqual(['journal.jsonl', 'night.ps1'])
  })
})
