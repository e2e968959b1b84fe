/** Windows, failures and what gets stuck: what the runbook decides. */
import { describe, expect, it } from 'vitest'
import { planFingerprint } from '../../../src/model/fingerprint.js'
import type { Happening, ScriptResult } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { nightByHand } from './by-hand.js'
import { Simulation, simulationOf } from './simulate.js'

const starts = (simulation: Simulation) =>
  simulation.attempts.map(({ vm, startSeconds }) => `${vm} ${Math.floor(startSeconds / 5) * 5}`)

/** The first attempt on each of these VMs. */
const first = (fate: 'fails' | 'sticks', ...vms: string[]) => ({
  courses: Object.fromEntries(vms.map((vm) => [vm, [{ fate }]])),
})

const text = (result: ScriptResult) => result.shown.map(({ text }) => text).join('\n')

const reasons = (result: ScriptResult) =>
  result.shown
    .map(({ text }) => text)
    .filter((text) => text.startsWith('  '))
    .map((text) => text.trim())

describe('windows', () => {
  const night = () =>
    nightByHand({
      migrations: ['early A>B 0-100', 'tight A>B 100-200', 'other C>D 200-300', 'after A>B 500-600'],
      windows: [{ node: 'B', start: 210, end: 500 }],
    })

  it('are waited for where the plan does; what is late is left, and named', async () => {
    const simulation = new Simulation(night())
    const result = await simulation.start({ PollSeconds: 10, MarginPercent: 10, MarginSeconds: 5 })
    expect(result.exitCode).toBe(3)
    expect(starts(simulation)).toEqual(['early 0', 'other 0', 'after 500'])
    expect(reasons(result)).toEqual([
      'tight: A -> B, left: it would not end before the window from 2026-11-23 20:03:30 to 2026-11-23 20:08:20. It is on A, running.',
    ])
    expect(simulation.journal.entries.at(-1)?.entry).toMatchObject({
      event: 'stopped',
      detail: 'left: tight',
    })
    // A later start takes it up.
    expect((await simulation.start()).exitCode).toBe(0)
  })

  it('are waited for by what is late with -OnWindow Wait', async () => {
    const simulation = new Simulation(night())
    const args = { PollSeconds: 10, MarginPercent: 10, MarginSeconds: 5, OnWindow: 'Wait' }
    expect((await simulation.start(args)).exitCode).toBe(0)
    expect(starts(simulation)).toEqual(['early 0', 'other 0', 'tight 500', 'after 600'])
  })

  it('keep no one out who has the time, with the margin that is given', async () => {
    const simulation = new Simulation(night())
    const args = { PollSeconds: 10, MarginPercent: 0, MarginSeconds: 10 }
    expect((await simulation.start(args)).exitCode).toBe(0)
    expect(starts(simulation)).toEqual(['early 0', 'other 0', 'tight 100', 'after 500'])
  })

  it('of VMs, nodes and the cluster are absolute where the problem has a start; before it the run waits', async () => {
    const simulation = simulationOf({
      start: '2026-11-23T20:30:00+01:00',
      migrations: ['web A>B 0-100', 'sql A>B 400-500'],
      windows: [{ vm: 'sql', start: '2026-11-23T20:30:00+01:00', durationSeconds: 400 }],
    })
    expect((await simulation.start({ PollSeconds: 10 })).exitCode).toBe(0)
    expect(simulation.world.trace.map(({ startSeconds }) => startSeconds)).toEqual([1800, 2200])
    expect(starts(simulation)).toEqual(['web 0', 'sql 400'])
  })

  it('checks again after the wait for the start', async () => {
    const simulation = simulationOf(
      { start: '2026-11-23T20:30:00+01:00', migrations: ['web A>B 0-100'] },
      { happenings: [{ at: 600, vm: 'web', set: { node: 'B' } }] },
    )
    const result = await simulation.start()
    expect(result.exitCode).toBe(2)
    expect(result.shown.at(-1)?.text).toBe('Nothing was moved.')
    expect(simulation.world.trace).toEqual([])
  })

  it('end a live migration that would run into one', async () => {
    const simulation = new Simulation(night(), first('sticks', 'early'))
    const result = await simulation.start({ PollSeconds: 10, MarginPercent: 0, MarginSeconds: 10 })
    expect(result.exitCode).toBe(3)
    const [early] = simulation.attempts
    expect(early).toMatchObject({ vm: 'early', outcome: 'cancelled' })
    expect(early.endSeconds).toBeLessThan(210)
    const failed = simulation.journal.entries.find(({ entry }) => entry.event === 'failed')?.entry
    expect(failed).toMatchObject({
      vm: 'early',
      node: 'A',
      detail: 'it was cancelled: a window begins',
    })
  })

  it('and a horizon that is over end the run before it begins', async () => {
    const simulation = simulationOf({
      start: '2026-11-23T19:00:00+01:00',
      policy: { horizonSeconds: 3000 },
      migrations: ['web A>B 0-100'],
    })
    const result = await simulation.start()
    expect(result.exitCode).toBe(2)
    expect(result.shown.map(({ text }) => text)).toContain(
      'CHECK FAILED  The horizon of the plan was at 2026-11-23 19:50:00. Plan again.',
    )
  })
})

describe('failures', () => {
  it('that leave a VM down where it has arrived are named by the next start, and hold up nobody', async () => {
    const night = nightByHand({ migrations: ['down A>B 0-100', 'other A>C 100-200'] })
    const simulation = new Simulation(night)
    await simulation.setVm('down', { node: 'B', state: 'Off' })
    const move = { vm: 'down', from: 'A', to: 'B', kind: 'live', leg: 0 }
    const at = '2026-11-23T19:00:00Z'
    simulation.journalText = [
      { version: 1, event: 'begin', at, problem: 'by hand', plan: planFingerprint(night.plan), start: at },
      { event: 'started', at, ...move },
      { event: 'failed', at, ...move, detail: 'it has arrived, but is Offline', node: 'B' },
    ]
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join('')
    const result = await simulation.start()
    expect(result.exitCode).toBe(3)
    expect(starts(simulation)).toEqual(['other 0'])
    expect(reasons(result)).toEqual([
      'down: A -> B, failed: it has arrived, but is Offline. It is on B, OFF.',
    ])
    await simulation.setVm('down', { state: 'Running' })
    expect((await simulation.start()).exitCode).toBe(0)
  })

  it('hold up nobody who has the room, and keep out who has not', async () => {
    const simulation = simulationOf(
      {
        memoryMiB: 2000,
        migrations: [
          'leaves A>B 0-100',
          'needs-room C>A 100-200',
          'independent D>C 200-300',
          'stays-1 A>E 300-400',
        ],
      },
      first('fails', 'leaves'),
    )
    const result = await simulation.start({ PollSeconds: 10 })
    // needs-room finds room once stays-1 has left.
    expect(result.exitCode).toBe(3)
    expect(simulation.missing).toEqual(['leaves A>B live'])
    expect(simulation.world.refusals).toEqual([])
    expect(simulation.journal.entries.find(({ entry }) => entry.event === 'failed')?.entry).toMatchObject({
      vm: 'leaves',
      node: 'A',
      detail: 'the cluster reports a failure',
    })
  })

  it('keep out who would take the reserve, whatever the host has free', async () => {
    const simulation = simulationOf(
      {
        memoryMiB: 2000,
        policy: { reserveMiB: 1000 },
        migrations: ['leaves A>B 0-100', 'needs-room C>A 100-200'],
      },
      first('fails', 'leaves'),
    )
    const result = await simulation.start({ PollSeconds: 10 })
    expect(reasons(result)).toEqual([
      'leaves: A -> B, failed: the cluster reports a failure. It is on A, running.',
      'needs-room: C -> A, put off: A lacks 1000 MiB for it. It is on C, running.',
    ])
    expect((await simulation.start()).exitCode).toBe(0)
  })

  it('keep apart what must not share a node', async () => {
    const simulation = simulationOf(
      {
        antiAffinity: { 'dc-1': ['dc'], 'dc-2': ['dc'] },
        migrations: ['dc-1 A>B 0-100', 'dc-2 C>A 100-200'],
      },
      first('fails', 'dc-1'),
    )
    const result = await simulation.start({ PollSeconds: 10 })
    expect(reasons(result)).toEqual([
      'dc-1: A -> B, failed: the cluster reports a failure. It is on A, running.',
      'dc-2: C -> A, put off: it must not share A with dc-1. It is on C, running.',
    ])
    expect((await simulation.start()).exitCode).toBe(0)
  })

  it('keep apart in transit, also in one rack, what arrives and what is late to leave', async () => {
    const dc = [{ group: 'dc', domain: 'rack' }]
    const parts = {
      antiAffinity: { 'dc-1': dc, 'dc-2': dc },
      racks: { A: 'R1', D: 'R1', B: 'R2', C: 'R3' },
      migrations: ['dc-1 A>B 0-100', 'dc-2 C>D 100-200'],
    }
    for (const antiAffinityInTransit of [true, false]) {
      const simulation = simulationOf(
        { ...parts, policy: { antiAffinityInTransit } },
        { planned: { 'dc-1': 300, 'dc-2': 100 } },
      )
      expect((await simulation.start({ PollSeconds: 10 })).exitCode).toBe(0)
      const [left, arrived] = simulation.done
      const waited = arrived!.startSeconds >= left!.endSeconds
      expect([antiAffinityInTransit, left!.vm, waited]).toEqual([
        antiAffinityInTransit,
        'dc-1',
        antiAffinityInTransit,
      ])
    }
  })

  it('of a restart leave no VM down', async () => {
    const simulation = simulationOf(
      { migrations: [migration('web', 'A', 'B', 0, 300, { kind: 'restart' })] },
      { courses: { web: [{ fate: 'ends' }, { fate: 'fails' }] } },
    )
    const result = await simulation.start({ PollSeconds: 10 })
    expect(result.exitCode).toBe(3)
    expect(simulation.world.trace.map(({ kind }) => kind)).toEqual(['stop', 'quick', 'start'])
    await simulation.advance(300)
    expect(simulation.vm('web')).toMatchObject({ node: 'A', state: 'Running' })
    expect(simulation.journal.entries.find(({ entry }) => entry.event === 'failed')?.entry).toMatchObject({
      detail: 'its role does not move; it is being started where it is',
    })
  })

  it('of a guest that does not shut down end the restart, nothing is forced', async () => {
    const simulation = simulationOf(
      { migrations: [migration('web', 'A', 'B', 0, 300, { kind: 'restart' })] },
      first('fails', 'web'),
    )
    const result = await simulation.start({ PollSeconds: 10 })
    expect(reasons(result)).toEqual([
      'web: A -> B, failed: the stop step has failed: The guest did not answer. It is on A, running.',
    ])
    expect(simulation.vm('web')).toMatchObject({ node: 'A', state: 'Running' })
  })

  it('of what cannot be cancelled leave its nodes alone, and the rest goes on', async () => {
    const simulation = simulationOf(
      {
        migrations: ['stuck A>B 0-100', 'behind C>B 100-200', 'free C>D 200-300'],
      },
      { ...first('sticks', 'stuck'), uncancellable: ['stuck'] },
    )
    const result = await simulation.start({ PollSeconds: 20, AllowStuckMinutes: 5 })
    expect(result.exitCode).toBe(3)
    expect(simulation.done.map(({ vm }) => vm)).toEqual(['free'])
    expect(reasons(result)[0]).toMatch(/^stuck: A -> B, under way: it does not end/)
    expect(reasons(result)[1]).toMatch(/^behind: C -> B, /)
    // It ends after all; the next start finds out, and goes on.
    await simulation.setVm('stuck', { node: 'B', phase: 0, transit: null })
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.trace.map((a) => a.vm)).toEqual(['stuck', 'free', 'behind'])
  })
})

/** Of the node, or of the whole cluster. */
const silence = (from: number, until: number, node?: string): Happening[] =>
  [from, until].map((at) => ({ at, ...(node === undefined ? {} : { node }), set: { answers: at === until } }))

describe('a host that does not answer', () => {
  it('keeps its own VMs from moving, and no others', async () => {
    const simulation = simulationOf(
      {
        migrations: ['first A>B 0-100', 'to-dead A>D 100-200', 'other E>F 100-200', 'next F>E 200-300'],
      },
      { happenings: silence(50, 1000, 'D') },
    )
    expect((await simulation.start({ PollSeconds: 10 })).exitCode).toBe(0)
    expect(starts(simulation)).toEqual(['first 0', 'other 0', 'next 100', 'to-dead 1000'])
  })

  it('does not hide what is under way elsewhere', async () => {
    const simulation = simulationOf(
      {
        migrations: [
          migration('down', 'A', 'B', 0, 300, { kind: 'restart' }),
          'other E>F 0-100',
          'next F>E 100-200',
        ],
      },
      { happenings: silence(20, 800, 'A') },
    )
    expect((await simulation.start({ PollSeconds: 10 })).exitCode).toBe(0)
    expect(starts(simulation).slice(0, 3)).toEqual(['down 0', 'other 0', 'next 100'])
    expect(simulation.vm('down')).toMatchObject({ node: 'B', state: 'Running' })
  })
})

describe('a cluster that does not answer', () => {
  const broken = (from: number, until: number, world = {}) =>
    simulationOf(
      { migrations: ['web A>B 0-100', 'sql A>B 100-200'] },
      {
        happenings: silence(from, until),
        ...world,
      },
    )

  it('is asked again', async () => {
    const simulation = broken(50, 400)
    expect((await simulation.start({ PollSeconds: 10 })).exitCode).toBe(0)
    expect(starts(simulation)).toEqual(['web 0', 'sql 400'])
  })

  it('ends the run in the end, with an entry that says why', async () => {
    const simulation = broken(50, 1e9)
    const result = await simulation.start({ PollSeconds: 10, AllowStuckMinutes: 5 })
    expect(result.exitCode).toBe(1)
    const { entry } = simulation.journal.entries.at(-1)!
    expect(entry.event === 'stopped' && entry.detail).toMatch(/^The cluster service is not running/)
    // Nothing of it was set.
    expect(text(result)).not.toContain('AutoBalancerMode')
  })

  it('keeps load balancing from being restored, which is told', async () => {
    const simulation = broken(50, 1e9, { autoBalancerMode: 2 })
    const result = await simulation.start({ PollSeconds: 10, AllowStuckMinutes: 5 })
    expect(text(result)).toMatch(/AutoBalancerMode of the cluster is not restored; .*\.restore has its value/)
  })
})
