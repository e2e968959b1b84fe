/** What the runbook looks at before anything moves, what it asks, and what it leaves as it was. */
import { describe, expect, it } from 'vitest'
import { planFingerprint } from '../../../src/model/fingerprint.js'
import type { RunResult } from '../../powershell/interpreter/index.js'
import { migration } from '../fixtures.js'
import { everyKind, nightByHand } from './by-hand.js'
import { JOURNAL, Simulation } from './simulate.js'

const texts = (result: RunResult | undefined) => result!.records.map(({ text }) => text)
const faults = (result: RunResult | undefined) =>
  texts(result)
    .filter((text) => text.startsWith('CHECK FAILED  '))
    .map((text) => text.slice(14))

const three = () =>
  nightByHand({
    migrations: [
      migration('web', 'A', 'B', 0, 100),
      migration('sql', 'A', 'C', 100, 200),
      migration('ad', 'C', 'B', 200, 300),
    ],
  })

function expectUntouched(simulation: Simulation): void {
  expect(simulation.cluster.trace).toEqual([])
  expect(simulation.cluster.interpreter.files.log).toEqual([])
}

describe('-WhatIf', () => {
  it('checks, shows all in order, and changes nothing', async () => {
    const simulation = new Simulation(everyKind(), { autoBalancerMode: 2 })
    const result = await simulation.start({ WhatIf: true })
    expect([result?.exitCode, result?.error]).toEqual([0, undefined])
    expectUntouched(simulation)
    expect(simulation.cluster.autoBalancerMode).toBe(2)
    const asked = simulation.cluster.interpreter.runtime.shouldProcess
    expect(asked.map(({ target, answer }) => `${target} ${answer}`)).toEqual(
      everyKind().plan.migrations.map(({ vm }) => `${vm} whatif`),
    )
    expect(asked[1].action).toMatch(
      /^RESTART: shut down, .* move from C to B, start, planned for 2026-11-23 /,
    )
    expect(asked[2].action).toMatch(/^SAVE IN PLACE: save on D, and leave it saved/)
    expect(asked[7].action).toMatch(/^SAVE: save, move from C to A, resume/)
    expect(simulation.clock.seconds).toBe(0)
  })

  it('tells what fails, too', async () => {
    const simulation = new Simulation(three())
    simulation.cluster.vms.get('sql')!.node = 'B'
    const result = await simulation.start({ WhatIf: true })
    expect(result?.exitCode).toBe(2)
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
    const simulation = new Simulation(night, {
      maximumParallelMigrations: 0,
      incompatible: { misfit: { B: ['The switch is missing.'] } },
    })
    const { vms, nodes, interpreter } = simulation.cluster
    vms.get('elsewhere')!.node = 'C'
    vms.get('stopped')!.state = 'Off'
    vms.delete('gone')
    vms.get('backed-up')!.busy = 'BackingUpVirtualMachine'
    vms.get('moving')!.phase = 2
    nodes.get('B')!.state = 'Paused'
    nodes.get('C')!.memoryMiB = 1500
    nodes.delete('D')
    const result = await simulation.start()
    expect(result?.exitCode).toBe(2)
    expect(faults(result)).toEqual([
      'B: is Paused; it has to be Up, since VMs are to arrive there.',
      'D: the cluster has no such node.',
      'elsewhere: is on C; the plan has it on A.',
      'stopped: is Offline; the plan has it running.',
      'gone: the cluster has no such group. Only clustered VMs can be migrated by this runbook.',
      'backed-up: is busy (BackingUpVirtualMachine). Wait until its backup or checkpoint is over.',
      'misfit: does not fit B: The switch is missing.',
      'moving: is being migrated.',
      "to-d: Compare-VM with D has failed: The cluster node 'D' was not found. (-SkipCompare leaves it out)",
      "D: its free memory cannot be asked for: The cluster node 'D' was not found.",
      'C: lacks 2500 MiB of free memory for what the plan brings there.',
      'MaximumParallelMigrations of the cluster is 0; the plan needs 1. Raise it, or plan with fewer slots.',
    ])
    expect(texts(result).at(-1)).toBe('Nothing was moved.')
    expect(interpreter.files.log).toEqual([])
    expect(simulation.cluster.trace).toEqual([])
  })

  it('need both modules', async () => {
    const simulation = new Simulation(three())
    simulation.cluster.interpreter.setModules('Hyper-V')
    const result = await simulation.start()
    expect(result?.exitCode).toBe(2)
    expect(faults(result)).toEqual([
      'The PowerShell module FailoverClusters is missing here. Run this on a node of the cluster, or install the management tools.',
    ])
    expectUntouched(simulation)
  })

  it('can leave out Compare-VM', async () => {
    const simulation = new Simulation(three(), { incompatible: { web: { B: ['The switch is missing.'] } } })
    const result = await simulation.start({ SkipCompare: true })
    expect(faults(result)).toEqual([])
    // What it would have told is then found out the hard way.
    expect(simulation.missing).toEqual(['web A>B live'])
  })

  it('warn of what would move VMs too, and of margins that a plan does not have', async () => {
    const night = nightByHand({
      migrations: [migration('web', 'A', 'B', 0, 100)],
      windows: [{ node: 'B', start: 110, end: 500 }],
    })
    const simulation = new Simulation(night, { autoBalancerMode: 2 })
    simulation.cluster.interpreter.setModules('Hyper-V', 'FailoverClusters', 'VirtualMachineManager')
    const result = await simulation.start({ WhatIf: true })
    expect(result?.exitCode).toBe(0)
    const warnings = texts(result).join('\n')
    expect(warnings).toContain('VM load balancing of the cluster is on.')
    expect(warnings).toContain('System Center Virtual Machine Manager is installed here.')
    expect(warnings).toContain(
      'web: ends too near to the window that begins at 2026-11-23 20:01:50, and will not start before it.',
    )
  })
})

describe('the journal', () => {
  const journalOf = async (simulation: Simulation, text: string) => {
    simulation.cluster.interpreter.files.write(JOURNAL, text)
    simulation.cluster.interpreter.files.log.length = 0
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
    ['that is text', 'hello', /is no journal\. Name another file/],
    ['of another version', begin('0').replace('"version":1', '"version":2'), /is no journal of version 1/],
    [
      'that begins in the middle',
      '{"event":"finished","at":"2026-11-23T19:00:00Z"}\n',
      /is no journal of version 1/,
    ],
    [
      'with a broken line inside',
      `${begin('0')}{"event":\n{"event":"finished"}\n`,
      /^Line 2 of the journal is no JSON/,
    ],
  ])('%s is refused', async (_, text, message) => {
    const simulation = new Simulation(three())
    const result = await journalOf(simulation, text)
    expect([result?.exitCode, result?.error]).toEqual([2, undefined])
    expect(faults(result)).toHaveLength(1)
    expect(faults(result)[0]).toMatch(message)
    expectUntouched(simulation)
    expect(simulation.cluster.interpreter.files.read(JOURNAL)).toBe(text)
  })

  it.each(['', '{"ver', '{"version":1,"event":"begin","at":"2026-'])(
    '%j of a crash is as none',
    async (text) => {
      const simulation = new Simulation(three())
      expect((await journalOf(simulation, text))?.exitCode).toBe(0)
      expect(simulation.journal.entries.at(-1)?.entry.event).toBe('finished')
    },
  )

  it('that another runbook has is refused', async () => {
    const simulation = new Simulation(three())
    simulation.cluster.interpreter.runtime.locks.add(`${JOURNAL}.lock`.toLowerCase())
    const result = await simulation.start()
    expect(result?.error?.exception.message).toContain('is in use: another runbook is running')
    expectUntouched(simulation)
  })

  it('of a finished run has nothing left to do', async () => {
    const simulation = new Simulation(three())
    await simulation.start()
    const attempts = simulation.cluster.trace.length
    expect((await simulation.start())?.exitCode).toBe(0)
    expect(simulation.cluster.trace).toHaveLength(attempts)
    expect(simulation.journal.entries.slice(-2).map(({ entry }) => entry.event)).toEqual([
      'resumed',
      'finished',
    ])
  })

  it('believes the cluster: a VM that was moved by hand since is where it should be', async () => {
    const simulation = new Simulation(three(), {
      courses: { web: [{ fate: 'fails' }] },
    })
    expect((await simulation.start())?.exitCode).toBe(3)
    simulation.cluster.vms.get('web')!.node = 'B'
    expect((await simulation.start())?.exitCode).toBe(0)
    expect(simulation.cluster.trace.map(({ vm }) => vm)).toEqual(['web', 'sql', 'ad'])
  })
})

describe('without -JournalPath', () => {
  it('the journal is beside the script, whatever the current folder, and named after the plan', async () => {
    const night = three()
    const simulation = new Simulation(night, { scriptPath: 'D:\\nights\\monday.ps1' })
    const { interpreter } = simulation.cluster
    interpreter.files.makeFolder('D:\\nights')
    const result = await interpreter.run(simulation.script, { Confirm: false })
    expect([result.exitCode, result.error]).toEqual([0, undefined])
    expect(interpreter.files.list().map(({ path }) => path)).toEqual([
      `D:\\nights\\vmferry-${planFingerprint(night.plan)}.jsonl`,
    ])
  })
})

describe('questions', () => {
  it('come before anything moves: the run, each restart and save, load balancing', async () => {
    const simulation = new Simulation(everyKind(), {
      autoBalancerMode: 2,
      answers: ['y', 'y', 'n', 'y', 'y', 'y'],
    })
    const result = await simulation.start({ Confirm: null })
    expect(result?.error).toBeUndefined()
    const asked = simulation.cluster.interpreter.runtime.shouldProcess.map(({ target }) => target)
    expect(asked.slice(0, 6)).toEqual([
      '10 migrations of the plan',
      'restart',
      'sleeper',
      'sleeper-2',
      'save',
      'AutoBalancerMode of the cluster',
    ])
    expect(result?.exitCode).toBe(3)
    expect(simulation.missing).toEqual(['sleeper D>D save-in-place'])
    expect(simulation.cluster.autoBalancerMode).toBe(2)
  })

  it('answered with no, leave all as it is', async () => {
    const simulation = new Simulation(three(), { answers: ['n'] })
    const result = await simulation.start({ Confirm: null })
    expect(result?.exitCode).toBe(3)
    expectUntouched(simulation)
  })
})

describe('VM load balancing', () => {
  it('is off while it runs, and as before afterwards', async () => {
    const simulation = new Simulation(three(), { autoBalancerMode: 2 })
    const seen = new Set<unknown>()
    for (let s = 10; s < 290; s += 10)
      simulation.clock.schedule(s, () => seen.add(simulation.cluster.autoBalancerMode))
    expect((await simulation.start())?.exitCode).toBe(0)
    expect([...seen]).toEqual([0])
    expect(simulation.cluster.autoBalancerMode).toBe(2)
    expect(simulation.cluster.interpreter.files.list().map(({ path }) => path)).toEqual([JOURNAL])
  })
})
