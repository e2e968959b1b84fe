/** Works of a maintenance night, one thing at a time: what starts them, what becomes of them, and what waits. */
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { ScriptResult, World } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import type { NightParts } from './by-hand.js'
import { label, type Simulation, simulationOf, WORK } from './simulate.js'

const text = (result: ScriptResult) => result.shown.map((each) => each.text).join('\n')
const told = (simulation: Simulation) =>
  simulation.journal.entries.flatMap(({ entry }) =>
    'node' in entry && !('vm' in entry) ? [`${entry.event} ${entry.node}`] : [],
  )
const worked = (simulation: Simulation) =>
  simulation.world.workTrace.map(
    ({ node, startSeconds }) => `${node} ${Math.round(startSeconds - simulation.second0)}`,
  )
const stateOf = (simulation: Simulation, node: string) =>
  simulation.world.nodes.find(({ name }) => name === node)?.state

/** A is emptied onto B, worked on, filled again; then B. */
const TWO: NightParts = {
  migrations: ['web A>B 0-60', 'sql A>B 60-120', 'web B>A 720-780', 'sql B>A 780-840'],
  works: ['A 120-720', 'B 840-1440'],
  policy: { returnHome: true },
}
const two = (world: Partial<World> = {}, parts: Partial<NightParts> = {}) =>
  simulationOf(
    { ...TWO, ...parts },
    { workCourses: { A: [{ seconds: 600 }], B: [{ seconds: 600 }] }, ...world },
  )

describe('works', () => {
  it('pause, call the script, wait for the node, resume, and go on', async () => {
    const simulation = two()
    const result = await simulation.start({ Work: WORK })
    expect([result.exitCode, result.error, text(result)]).toEqual([
      0,
      null,
      expect.stringContaining('says updated'),
    ])
    expect(told(simulation)).toEqual(
      ['A', 'B'].flatMap((node) =>
        ['node-paused', 'work-started', 'work-ended', 'node-resumed'].map((event) => `${event} ${node}`),
      ),
    )
    expect(simulation.done.map(label)).toEqual([
      'web A>B live',
      'sql A>B live',
      'web B>A live',
      'sql B>A live',
    ])
    expect([simulation.world.refusals, simulation.missing, simulation.surplus]).toEqual([[], [], []])
    const starts = simulation.done.map(({ startSeconds }) => startSeconds)
    expect(starts[2]! - 720).toBeLessThan(15)
    expect(simulation.journal.entries.at(-1)?.entry.event).toBe('finished')
  })

  it('are no longer than they take, overrun, and settle: the clock decides nothing', async () => {
    const simulation = two(
      { workCourses: { A: [{ seconds: 1500 }], B: [{ seconds: 60 }] } },
      { works: [{ work: 'A 120-720', settleSeconds: 400 }, 'B 840-1440'] },
    )
    const result = await simulation.start({ Work: WORK })
    expect([result.exitCode, simulation.world.refusals, simulation.missing]).toEqual([0, [], []])
    expect(text(result)).toContain('Work on A: takes longer than planned')
    const [a, b] = simulation.world.workTrace
    expect(b!.startSeconds).toBeGreaterThanOrEqual(a!.endSeconds! + 400)
    expect(b!.startSeconds).toBeLessThan(a!.endSeconds! + 430)
  })

  it('that fail hold their nodes, and the rest goes on; done by hand, the night goes on from there', async () => {
    const simulation = two({ workCourses: { A: [{ seconds: 300, fate: 'fails' }], B: [{ seconds: 60 }] } })
    const first = await simulation.start({ Work: WORK })
    expect([first.exitCode, stateOf(simulation, 'A')]).toEqual([3, 'Paused'])
    expect(text(first)).toContain('Work on A: has failed, its script has failed: the update of A has failed')
    expect(text(first)).toMatch(/web: B -> A, put off: the work on A has failed. It is on B, running/)
    expect(text(first)).toMatch(/work on B: left: the node is not empty/)
    const second = await simulation.start({ Work: WORK, WorkDone: ['A'] })
    expect([second.exitCode, simulation.missing, simulation.world.refusals]).toEqual([0, [], []])
    expect(worked(simulation)).toHaveLength(2)
    expect(told(simulation).slice(2)).toEqual([
      ...['work-failed A', 'work-ended A', 'node-resumed A'],
      ...['node-paused B', 'work-started B', 'work-ended B', 'node-resumed B'],
    ])
  })

  it.each([
    ['exits with another code than 0', { code: 7 }, 'its script has ended with 7'],
    ['leaves the node down', { fate: 'down' as const }, 'its script has ended, and the node is Down'],
  ])('whose script %s have failed; the next start calls it again', async (_, course, why) => {
    const simulation = two({ workCourses: { A: [{ seconds: 300, ...course }] } })
    const first = await simulation.start({ Work: WORK, AllowStuckMinutes: 5 })
    expect([first.exitCode, text(first)]).toEqual([3, expect.stringContaining(why)])
    await (await simulation.pwsh()).set({ node: 'A', set: { state: 'Paused' } })
    expect((await simulation.start({ Work: WORK })).exitCode).toBe(0)
    expect([simulation.missing, simulation.world.refusals]).toEqual([[], []])
    expect(worked(simulation)).toHaveLength(3)
  })

  it('are not begun while a VM of theirs cannot leave: it is told, VMs go back, and the others are done', async () => {
    const simulation = two({ courses: { sql: [{ fate: 'fails' }] } })
    const first = await simulation.start({ Work: WORK })
    expect([first.exitCode, stateOf(simulation, 'A')]).toEqual([3, 'Up'])
    expect(text(first)).toContain('Work on A: left, the node is not empty: sql')
    expect(simulation.done.map(label)).toEqual(['web A>B live', 'web B>A live'])
    expect(worked(simulation).map((each) => each[0])).toEqual(['B'])
    expect(simulation.world.refusals).toEqual([])
  })

  it('wait for a VM that somebody has brought, and never restart a node under it', async () => {
    const stranger = { name: 'stranger', node: 'A', memoryMiB: 1000 }
    const simulation = two({
      vms: [
        { name: 'web', node: 'A', memoryMiB: 1000 },
        { name: 'sql', node: 'A', memoryMiB: 1000 },
        stranger,
      ],
      happenings: [{ at: 900, vm: 'stranger', set: { state: 'Off' } }],
    })
    const result = await simulation.start({ Work: WORK })
    expect([result.exitCode, simulation.missing, simulation.world.refusals]).toEqual([0, [], []])
    expect(text(result)).toContain('Work on A: waits, the node is not empty: stranger')
    expect(simulation.world.workTrace[0]!.startSeconds).toBeGreaterThanOrEqual(900)
  })

  it('keep what may be at once, apart, ordered, and in time', async () => {
    const together: NightParts = {
      migrations: ['web X>Y 0-60'],
      works: [
        { work: 'A 0-600', position: 'last' },
        { work: 'B 0-600', after: ['C'] },
        'C 0-600',
        'D 0-600',
        { work: 'E 0-600', earliestStart: 700 },
        { work: 'F 0-600', latestEnd: 1100 },
      ],
      windows: [
        { start: 0, end: 100, kind: 'no-work' },
        { node: 'D', start: 1900, end: 2500 },
      ],
      policy: { maintenanceAtOnce: 2 },
    }
    const night = simulationOf(together)
    const result = await night.start({ Work: WORK, OnWindow: 'Wait' })
    // Two begin within one look at the cluster, in either order.
    const order = worked(night).map((each) => each[0])
    expect([order.slice(0, 2).sort(), order.slice(2, 4).sort(), order.slice(4)]).toEqual([
      ['C', 'D'],
      ['B', 'E'],
      ['A'],
    ])
    const at = new Map(
      night.world.workTrace.map(({ node, startSeconds }) => [node, startSeconds - night.second0]),
    )
    expect([at.get('C')! >= 100, at.get('B')! >= 700, at.get('E')! >= 700, at.get('A')! >= 1300]).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(text(result)).toContain('Work on F: left, it would not end by')
    expect([result.exitCode, night.world.refusals]).toEqual([3, []])
  })

  it('are asked for without -Work when nothing else is under way, whatever was answered to all', async () => {
    const simulation = two()
    const ask = { Confirm: null }
    const questions = (result: ScriptResult) => result.shown.filter(({ stream }) => stream === 'question')
    const first = await simulation.start(ask, { answers: ['y', 'y', 'y', 'y', 'n'] })
    expect(questions(first).at(-2)?.text).toContain('A is empty and paused: work on it now')
    expect([first.exitCode, stateOf(simulation, 'B')]).toEqual([3, 'Paused'])
    expect(told(simulation).slice(-1)).toEqual(['work-failed B'])
    const second = await simulation.start(ask, { answers: ['y', 'y', 'y'] })
    expect([second.exitCode, stateOf(simulation, 'B'), simulation.missing]).toEqual([0, 'Up', []])
    const nobody = await two().start()
    expect([nobody.exitCode, text(nobody)]).toEqual([
      2,
      expect.stringContaining('Without -Work people are asked'),
    ])
  })

  it('are not done from the node itself, nor by a script that is not there; -WhatIf says what would be done', async () => {
    const here = hostname()
    const night = simulationOf({ migrations: [`web ${here}>B 0-60`], works: [`${here} 60-600`] })
    const refused = await night.start({ Work: '/nowhere/patch.ps1' })
    expect([refused.exitCode, night.world.trace, night.world.settings]).toEqual([2, [], []])
    expect(text(refused)).toContain(`This runbook runs on ${here}, which the plan works on`)
    expect(text(refused)).toContain('-Work: there is no file /nowhere/patch.ps1')
    const shown = await two().start({ Work: WORK, WhatIf: true })
    expect(text(shown)).toContain(
      `What if: Performing the operation "Pause it when it is empty, work on it by ${WORK}, resume it when it is up again, planned for 2026-11-23 20:02:00, 0:10:00" on target "A".`,
    )
  })

  it('killed in the middle are called again when the node is up, once', async () => {
    for (const endBy of ['kill', 'stop'] as const) {
      const simulation = two()
      expect((await simulation.start({ Work: WORK }, { endAtSeconds: 400, endBy })).ended).toBe(true)
      expect([stateOf(simulation, 'A'), told(simulation)]).toEqual([
        'Down',
        ['node-paused A', 'work-started A'],
      ])
      const result = await simulation.start({ Work: WORK })
      expect([result.exitCode, simulation.missing, simulation.surplus, simulation.world.refusals]).toEqual([
        0,
        [],
        [],
        [],
      ])
      expect(worked(simulation).map((each) => each[0])).toEqual(['A', 'A', 'B'])
      expect(simulation.journal.warnings).toEqual([])
    }
  })

  it('of a node that somebody has resumed after a crash begin anew, when it is empty again', async () => {
    const simulation = two()
    await simulation.start({ Work: WORK }, { endAtSeconds: 400 })
    await simulation.advance(400)
    await (await simulation.pwsh()).set({ node: 'A', set: { state: 'Up' } })
    const result = await simulation.start({ Work: WORK })
    expect([result.exitCode, simulation.missing, simulation.world.refusals]).toEqual([0, [], []])
    expect(told(simulation).slice(2, 5)).toEqual(['work-failed A', 'node-paused A', 'work-started A'])
  })

  it('of mode save: VMs are saved before and started after, where they are', async () => {
    const simulation = simulationOf({
      migrations: [
        migration('web', 'A', 'A', 0, 60, { kind: 'save-in-place' }),
        migration('sql', 'A', 'A', 60, 120, { kind: 'save-in-place' }),
        migration('web', 'A', 'A', 720, 780, { kind: 'resume-in-place' }),
        migration('sql', 'A', 'A', 780, 840, { kind: 'resume-in-place' }),
      ],
      works: [{ work: 'A 120-720', mode: 'save' }],
    })
    const first = await simulation.start({ Work: WORK }, { endAtSeconds: 400 })
    expect([first.ended, simulation.vm('web').state]).toEqual([true, 'Saved'])
    const result = await simulation.start({ Work: WORK })
    expect([result.error, result.exitCode, simulation.missing, simulation.world.refusals]).toEqual([
      null,
      0,
      [],
      [],
    ])
    expect([simulation.vm('web').state, simulation.vm('sql').state]).toEqual(['Running', 'Running'])
  })
})
