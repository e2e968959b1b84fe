/** What the runbook has emptied stays empty: its nodes are paused, and resumed when they are to be. */
import { describe, expect, it } from 'vitest'
import type { ScriptResult, World } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { nightByHand } from './by-hand.js'
import { Simulation } from './simulate.js'

const text = (result: ScriptResult) => result.shown.map((each) => each.text).join('\n')
const stateOf = (simulation: Simulation, node: string) =>
  simulation.world.nodes.find(({ name }) => name === node)?.state
const nodeEvents = (simulation: Simulation) =>
  simulation.journal.entries.flatMap(({ entry }) =>
    'node' in entry && !('vm' in entry) ? [`${entry.event} ${entry.node}`] : [],
  )

const drain = (extra: Partial<Parameters<typeof nightByHand>[0]> = {}) =>
  nightByHand({
    migrations: [
      migration('web', 'A', 'B', 0, 60),
      migration('sql', 'A', 'B', 60, 120),
      migration('other', 'C', 'B', 120, 180),
    ],
    drain: ['A'],
    ...extra,
  })

describe('a drained node', () => {
  it('is paused as soon as it is empty, before load balancing is on again; another start resumes it, a third leaves it', async () => {
    const simulation = new Simulation(drain(), { autoBalancerMode: 2 })
    const first = await simulation.start()
    expect([first.exitCode, first.error]).toEqual([0, null])
    expect(simulation.world.settings).toEqual(['AutoBalancerMode 0', 'A Paused', 'AutoBalancerMode 2'])
    const paused = first.shown.find((each) => each.text.includes('A: is paused'))
    expect(paused?.atSeconds).toBeLessThan(simulation.second0 + 150)
    // The night is long over, and so is the horizon.
    await simulation.advance(3 * 86_400)
    const second = await simulation.start()
    expect([second.exitCode, stateOf(simulation, 'A')]).toEqual([0, 'Up'])
    const third = await simulation.start()
    expect([third.exitCode, stateOf(simulation, 'A')]).toEqual([0, 'Up'])
    expect(nodeEvents(simulation)).toEqual(['node-paused A', 'node-resumed A'])
    expect([simulation.world.refusals, simulation.missing, simulation.surplus]).toEqual([[], [], []])
  })

  it('that was empty from the start is paused, too', async () => {
    const night = drain({ drain: ['A', 'D'] })
    night.problem.nodes.push({ ...night.problem.nodes[0]!, id: 'D' })
    const simulation = new Simulation(night)
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.settings).toEqual(['D Paused', 'A Paused'])
  })

  it('is named where somebody has brought a VM to it meanwhile', async () => {
    const simulation = new Simulation(drain(), {
      vms: [
        { name: 'web', node: 'A', memoryMiB: 1000 },
        { name: 'sql', node: 'A', memoryMiB: 1000 },
        { name: 'other', node: 'C', memoryMiB: 1000 },
        { name: 'stranger', node: 'A', memoryMiB: 1000 },
      ],
    })
    const result = await simulation.start()
    expect(result.exitCode).toBe(0)
    expect(text(result)).toContain('A: is paused; nothing comes back to it. It is not empty: stranger')
  })

  it('that saves its VMs is paused behind them', async () => {
    const night = nightByHand({
      migrations: [migration('web', 'A', 'A', 0, 60, { kind: 'save-in-place' })],
      drain: [{ node: 'A', mode: 'save' }],
    })
    const simulation = new Simulation(night)
    expect((await simulation.start()).exitCode).toBe(0)
    expect([stateOf(simulation, 'A'), simulation.vm('web').state]).toEqual(['Paused', 'Saved'])
  })

  it.each<[string, Partial<World>, string]>([
    ['a migration fails', { courses: { sql: [{ fate: 'fails' }] } }, 'Paused'],
    [
      'pausing is denied',
      { errors: { 'Suspend-ClusterNode A': 'Access is denied.' }, courses: { sql: [{ fate: 'fails' }] } },
      'Up',
    ],
  ])('keeps what has left it away where %s, and the next start goes on', async (_, world, state) => {
    const simulation = new Simulation(drain(), { autoBalancerMode: 1, ...world })
    const first = await simulation.start()
    expect([first.exitCode, stateOf(simulation, 'A')]).toEqual([3, state])
    if (state === 'Up') expect(text(first)).toContain('A: could not be paused, so VMs may come back to it')
    else expect(simulation.world.settings.slice(1)).toEqual(['A Paused', 'AutoBalancerMode 1'])
    const second = await simulation.start()
    expect([second.exitCode, simulation.missing]).toEqual([0, []])
    expect(stateOf(simulation, 'A')).toBe(state)
  })

  it('stays up where a VM has still to be started on it', async () => {
    const night = drain({
      migrations: [
        migration('web', 'A', 'B', 0, 60),
        migration('old', 'A', 'B', 60, 240, { kind: 'restart' }),
      ],
    })
    const simulation = new Simulation(night, { courses: { old: [{}, { fate: 'fails' }] } })
    const first = await simulation.start()
    expect([first.exitCode, stateOf(simulation, 'A')]).toEqual([3, 'Up'])
    expect(text(first)).toContain('A: is not paused, since old is down there')
    await simulation.advance(120)
    expect((await simulation.start()).exitCode).toBe(0)
    expect(stateOf(simulation, 'A')).toBe('Paused')
    expect(simulation.world.refusals).toEqual([])
  })

  it('that the run has not touched yet is left as it is', async () => {
    const simulation = new Simulation(drain({ drain: ['A', 'C'] }))
    expect((await simulation.start({}, { endAtSeconds: 30, endBy: 'stop' })).ended).toBe(true)
    expect([stateOf(simulation, 'A'), stateOf(simulation, 'C')]).toEqual(['Up', 'Up'])
    await simulation.advance(60)
    expect((await simulation.start({}, { endAtSeconds: 100, endBy: 'stop' })).ended).toBe(true)
    expect([stateOf(simulation, 'A'), stateOf(simulation, 'C')]).toEqual(['Paused', 'Up'])
  })

  it('stays paused where a start after a crash finds that all has ended meanwhile', async () => {
    const simulation = new Simulation(drain())
    expect((await simulation.start({}, { endAtSeconds: 150 })).ended).toBe(true)
    expect(stateOf(simulation, 'A')).toBe('Paused')
    await simulation.advance(300)
    expect((await simulation.start()).exitCode).toBe(0)
    expect(stateOf(simulation, 'A')).toBe('Paused')
    const events = simulation.journal.entries.map(({ entry }) => entry.event)
    expect(events.slice(-2)).toEqual(['ended', 'finished'])
    expect((await simulation.start()).exitCode).toBe(0)
    expect(stateOf(simulation, 'A')).toBe('Up')
  })

  it('that somebody had paused before is theirs', async () => {
    const simulation = new Simulation(drain(), {
      nodes: [
        { name: 'A', memoryMiB: 10_000, state: 'Paused' },
        { name: 'B', memoryMiB: 10_000 },
        { name: 'C', memoryMiB: 10_000 },
      ],
    })
    expect((await simulation.start()).exitCode).toBe(0)
    expect((await simulation.start()).exitCode).toBe(0)
    expect([stateOf(simulation, 'A'), simulation.world.settings]).toEqual(['Paused', []])
    expect((await simulation.start({ Resume: true })).exitCode).toBe(0)
    expect(stateOf(simulation, 'A')).toBe('Up')
  })
})

describe('-Resume', () => {
  it('resumes at any time, moves nothing, and needs no journal', async () => {
    const simulation = new Simulation(drain(), { courses: { sql: [{ fate: 'fails' }] } })
    expect((await simulation.start()).exitCode).toBe(3)
    const tried = simulation.world.trace.length
    const other = { JournalPath: `${simulation.folder}/none.jsonl` }
    expect((await simulation.start({ Resume: true, ...other })).exitCode).toBe(0)
    expect([stateOf(simulation, 'A'), simulation.world.trace.length]).toEqual(['Up', tried])
    const again = await simulation.start({ Resume: true })
    expect([again.exitCode, text(again)]).toEqual([
      0,
      expect.stringContaining('No node that the plan empties is paused'),
    ])
  })

  it('asks, and shows with -WhatIf', async () => {
    const simulation = new Simulation(drain())
    expect((await simulation.start()).exitCode).toBe(0)
    const shown = await simulation.start({ WhatIf: true })
    expect(text(shown)).toContain('What if: Performing the operation "Resume the paused node" on target "A".')
    expect((await simulation.start({ Confirm: null }, { answers: ['n'] })).exitCode).toBe(3)
    expect(stateOf(simulation, 'A')).toBe('Paused')
    expect((await simulation.start({ Confirm: null }, { answers: ['y'] })).exitCode).toBe(0)
    expect(stateOf(simulation, 'A')).toBe('Up')
  })
})

it('pausing can be declined', async () => {
  const simulation = new Simulation(drain())
  const result = await simulation.start({ Confirm: null }, { answers: ['y', 'n'] })
  expect(
    result.shown
      .filter(({ stream }) => stream === 'question')
      .map((each) => each.text)
      .at(-1),
  ).toContain('Pause when it is empty, so that nothing comes back to it')
  expect([result.exitCode, stateOf(simulation, 'A')]).toEqual([0, 'Up'])
})

it('each start says first what it is about', async () => {
  const night = drain({ start: '2026-11-23T22:00:30+01:00' })
  night.plan.drained = [{ node: 'A', atSeconds: 120 }]
  const simulation = new Simulation(night)
  const summary = 'by hand: empties A, moves 1 other VM: 3 migrations, 22:00 to 22:04 (2026-11-23, UTC+01:00)'
  expect(simulation.script.split('\n')[1]).toBe(`# ${summary}`)
  expect((await simulation.start({ WhatIf: true })).shown[0]?.text).toBe(summary)
})
