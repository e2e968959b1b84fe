/** What clusters do that plans do not know of: queues, old states, other people, full disks, half a restart. */
import { describe, expect, it } from 'vitest'
import type { ScriptResult } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { nightByHand } from './by-hand.js'
import { Simulation, simulationOf } from './simulate.js'

const text = (result: ScriptResult) => result.shown.map((each) => each.text).join('\n')
const kinds = (simulation: Simulation) => simulation.world.trace.map(({ vm, kind }) => `${vm} ${kind}`)
const events = (simulation: Simulation) => simulation.journal.entries.map(({ entry }) => entry.event)

const pair = () => nightByHand({ migrations: ['web A>B 0-60', 'sql A>B 60-120'] })
const restart = () => nightByHand({ migrations: [migration('web', 'A', 'B', 0, 200, { kind: 'restart' })] })

describe('a migration', () => {
  it.each([
    ['that waits in the queue of the cluster, with a failure from before still shown', { queue: 90 }],
    ['whose start throws although it was accepted', { fate: 'thrown' as const }],
  ])('%s is no failure', async (_, course) => {
    const night = pair()
    const simulation = new Simulation(night, { courses: { web: [course] } })
    await simulation.setVm('web', { phase: 5 })
    const result = await simulation.start()
    expect([result.exitCode, simulation.missing, simulation.world.refusals]).toEqual([0, [], []])
    expect(kinds(simulation)).toEqual(['web live', 'sql live'])
    expect(events(simulation)).not.toContain('failed')
  })

  it('that never begins is called off first, and begins no more', async () => {
    const simulation = new Simulation(pair(), { courses: { web: [{ queue: 100_000 }] } })
    const result = await simulation.start()
    expect(result.exitCode).toBe(3)
    expect(simulation.vm('web')).toMatchObject({ node: 'A', transit: null })
    expect(kinds(simulation)).toEqual(['sql live'])
    expect(text(result)).not.toMatch(/cancelled \(cancelled/)
  })

  it('of somebody else takes its slots: ours waits for it', async () => {
    const simulation = simulationOf(
      {
        migrations: ['web A>B 0-60', 'other C>B 100-160'],
      },
      {
        maximumParallelMigrations: 1,
        vms: [
          { name: 'web', node: 'A', memoryMiB: 1000 },
          { name: 'other', node: 'C', memoryMiB: 1000 },
          { name: 'foreign', node: 'B', memoryMiB: 1000 },
        ],
        planned: { foreign: 300, 'web A B': 60, 'other C B': 60 },
        happenings: [{ at: 60, vm: 'foreign', move: 'C' }],
      },
    )
    const result = await simulation.start()
    expect([result.exitCode, simulation.world.refusals]).toEqual([0, []])
    expect(simulation.attempts.filter(({ foreign }) => !foreign)).toHaveLength(2)
    expect(text(result)).toContain('waits, B is busy with migrations that are not of this runbook: foreign')
  })

  it.each([
    ['live', { concurrentMigrations: 1 }, ['web live', 'sql live']],
    [
      'restart',
      { concurrentRestarts: 1 },
      ['web stop', 'web quick', 'web start', 'sql stop', 'sql quick', 'sql start'],
    ],
  ] as const)(
    'of kind %s that is late keeps the next one waiting where the cluster has a limit',
    async (kind, policy, done) => {
      const night = nightByHand({
        policy,
        migrations: [
          migration('web', 'A', 'B', 0, 60, { kind }),
          migration('sql', 'C', 'D', 60, 120, { kind }),
        ],
      })
      const simulation = new Simulation(night, { planned: { web: 200, sql: 60 } })
      const result = await simulation.start()
      expect([result.exitCode, simulation.world.refusals]).toEqual([0, []])
      expect(kinds(simulation)).toEqual(done)
      const [first, second] = ['web', 'sql'].map((vm) =>
        simulation.world.trace.filter((each) => each.vm === vm),
      )
      expect(second[0].startSeconds).toBeGreaterThanOrEqual(first.at(-1)!.endSeconds!)
    },
  )

  it.each([
    ['of a serial group', { serial: { web: ['s'], sql: ['s'] } }],
    ['in the order of the request', { order: [['web', 'sql']] }],
  ])('that is late keeps the next one %s waiting', async (_, turns) => {
    const night = nightByHand({ ...turns, migrations: ['web A>B 0-60', 'sql C>D 60-120'] })
    const simulation = new Simulation(night, { planned: { web: 200, sql: 60 } })
    const result = await simulation.start()
    expect([result.exitCode, simulation.world.refusals]).toEqual([0, []])
    const [web, sql] = simulation.world.trace
    expect([web.vm, sql.vm]).toEqual(['web', 'sql'])
    expect(sql.startSeconds).toBeGreaterThanOrEqual(web.endSeconds!)
  })

  it('that fails binds nobody in the order of the request, and does not go after the others', async () => {
    const night = nightByHand({
      order: [['web', 'app', 'sql']],
      migrations: ['web A>B 0-60', 'app C>D 60-120', 'sql E>F 120-180'],
    })
    const simulation = new Simulation(night, { courses: { app: [{ fate: 'fails' }] } })
    const result = await simulation.start()
    expect(result.exitCode).toBe(3)
    expect(kinds(simulation)).toEqual(['web live', 'app live', 'sql live'])
    const again = await simulation.start()
    expect([again.exitCode, kinds(simulation).length]).toEqual([3, 3])
    expect(text(again)).toContain('sql was to go after it, and has gone')
  })

  it.each([
    ['Leave', ['web live'], 3, /sql: left, it would end after its deadline/],
    ['Wait', ['web live', 'sql live'], 0, /sql: it would end after its deadline.*goes on all the same/],
  ] as const)('that cannot keep its deadline: -OnWindow %s', async (OnWindow, done, exitCode, said) => {
    const night = nightByHand({ by: { sql: 130 }, migrations: ['web A>B 0-60', 'sql A>B 60-120'] })
    const simulation = new Simulation(night, { planned: { web: 100, sql: 60 } })
    const result = await simulation.start({ OnWindow })
    expect([result.exitCode, kinds(simulation)]).toEqual([exitCode, done])
    expect(text(result)).toMatch(said)
  })

  it('that somebody has done already has ended', async () => {
    const simulation = new Simulation(pair(), { happenings: [{ at: 20, vm: 'sql', set: { node: 'B' } }] })
    const result = await simulation.start()
    expect(result.exitCode).toBe(0)
    expect(kinds(simulation)).toEqual(['web live'])
    expect(events(simulation)).toEqual(['started', 'ended', 'ended', 'finished'])
  })

  it('that leaves its VM saved says so; the next start resumes it', async () => {
    const simulation = simulationOf(
      { migrations: [migration('web', 'A', 'B', 0, 100, { kind: 'save' })] },
      { courses: { web: [{ fate: 'saved' }] } },
    )
    const first = await simulation.start()
    expect(first.exitCode).toBe(3)
    expect(text(first)).toMatch(/saved/i)
    expect((await simulation.start()).exitCode).toBe(0)
    expect(kinds(simulation)).toEqual(['web quick', 'web start'])
    expect(simulation.vm('web')).toMatchObject({ node: 'B', state: 'Running' })
  })
})

it('a node that goes down keeps back what goes there, and no others', async () => {
  const simulation = simulationOf(
    {
      migrations: ['web A>B 0-60', 'to-dead A>D 60-120', 'other E>F 60-120'],
    },
    {
      happenings: [
        { at: 30, node: 'D', set: { state: 'Down' } },
        { at: 400, node: 'D', set: { state: 'Up' } },
      ],
    },
  )
  const result = await simulation.start()
  expect([result.exitCode, simulation.world.refusals]).toEqual([0, []])
  expect(kinds(simulation)).toEqual(['web live', 'other live', 'to-dead live'])
  expect(simulation.attempts[2]?.startSeconds).toBeGreaterThan(399)
})

describe('a restart', () => {
  it('whose start step fails is tried again at that step', async () => {
    const simulation = new Simulation(restart(), {
      courses: { web: [{}, {}, { fate: 'fails', message: 'no quorum of disks' }] },
    })
    const first = await simulation.start()
    expect(first.exitCode).toBe(3)
    expect(text(first)).toContain('no quorum of disks')
    expect((await simulation.start()).exitCode).toBe(0)
    expect(kinds(simulation)).toEqual(['web stop', 'web quick', 'web start', 'web start'])
    expect(simulation.vm('web')).toMatchObject({ node: 'B', state: 'Running' })
  })

  it('whose job fails without a reason tells what its error stream has', async () => {
    const simulation = new Simulation(restart(), {
      jobsHaveReasons: false,
      courses: { web: [{ fate: 'fails', message: 'the guest is busy' }] },
    })
    expect(text(await simulation.start())).toContain('the guest is busy')
  })
})

describe('one that is given up', () => {
  const night = (schedule: 'timeline' | 'rounds') => {
    const made = nightByHand({
      migrations: [
        migration('stuck', 'A', 'B', 0, 100, { round: 0 }),
        migration('behind', 'C', 'B', 100, 200, { round: 1 }),
        migration('free', 'C', 'D', 200, 300, { round: 2 }),
        migration('far', 'E', 'F', 300, 400, { round: 3 }),
      ],
    })
    return { ...made, plan: { ...made.plan, schedule } }
  }

  it.each(['timeline', 'rounds'] as const)('holds up only what needs its nodes: %s', async (schedule) => {
    const simulation = new Simulation(night(schedule), {
      courses: { stuck: [{ fate: 'sticks' }] },
      uncancellable: ['stuck'],
    })
    const result = await simulation.start({ AllowStuckMinutes: 5 })
    expect(result.exitCode).toBe(3)
    expect(simulation.missing).toEqual(['stuck A>B live', 'behind C>B live'])
  })
})

describe('the disk of the journal', () => {
  it('that is full stops new starts; what runs is watched to its end', async () => {
    const simulation = new Simulation(pair())
    const path = simulation.journalPath
    const full = new Simulation(pair(), { happenings: [{ at: 30, full: path }] })
    const result = await full.start({ JournalPath: path })
    expect([1, 3]).toContain(result.exitCode)
    expect(text(result) + result.error).toMatch(/journal/i)
    expect(kinds(full)).toEqual(['web live'])
    expect(full.vm('web')).toMatchObject({ node: 'B', transit: null })
    await (await full.pwsh()).set({ free: path })
    expect((await full.start({ JournalPath: path })).exitCode).toBe(0)
    expect(kinds(full)).toEqual(['web live', 'sql live'])
  })

  it('a half line in the middle is mended', async () => {
    const simulation = new Simulation(pair())
    await simulation.start({}, { endAtSeconds: 30 })
    simulation.journalText +=
      '{"event":"started","at":"2026{"event":"resumed","at":"2026-11-23T19:00:40.000Z"}\n'
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.missing).toEqual([])
    expect(simulation.journal.entries.at(-1)?.entry.event).toBe('finished')
  })
})

describe('load balancing that a crash has left off', () => {
  it('is restored or named by the next start, also one whose checks fail', async () => {
    const simulation = new Simulation(pair(), { autoBalancerMode: 2 })
    await simulation.start({}, { endAtSeconds: 30 })
    expect(simulation.world.autoBalancerMode).toBe(0)
    await simulation.advance(200)
    await simulation.setVm('sql', { state: 'Off' })
    const result = await simulation.start()
    expect(result.exitCode).toBe(2)
    expect(simulation.world.autoBalancerMode === 2 || /AutoBalancerMode/.test(text(result))).toBe(true)
    await simulation.setVm('sql', { state: 'Running' })
    expect((await simulation.start()).exitCode).toBe(0)
    expect(simulation.world.autoBalancerMode).toBe(2)
  })
})

describe('time', () => {
  it('is second 0 after checks and questions, which are not done twice', async () => {
    const vms = Array.from({ length: 6 }, (_, i) => migration(`v${i}`, 'A', 'B', i * 60, i * 60 + 60))
    const simulation = simulationOf({ migrations: vms }, { costs: { 'Compare-VM': 10 } })
    const result = await simulation.start()
    expect(result.exitCode).toBe(0)
    expect(simulation.second0).toBeGreaterThanOrEqual(60)
    expect(simulation.second0).toBeLessThan(65)
    expect(simulation.attempts[0]?.startSeconds).toBeLessThan(2)
  })

  it('is not lost in polls: 360 short migrations take what the plan says, and little more', async () => {
    const migrations = Array.from({ length: 120 }, (_, i) =>
      ['A B', 'C D', 'E F'].map((route, k) => {
        const [from, to] = route.split(' ') as [string, string]
        return migration(`v${k}-${i}`, from, to, i * 1.3, i * 1.3 + 1.3)
      }),
    ).flat()
    const simulation = simulationOf({ migrations, memoryMiB: 1_000_000 })
    const result = await simulation.start({ SkipCompare: true })
    expect(result.exitCode).toBe(0)
    const last = Math.max(...simulation.done.map(({ endSeconds }) => endSeconds))
    expect(last).toBeLessThan(120 * 1.3 * 1.7)
  }, 120_000)
})

describe('Compare-VM', () => {
  it('blocks by what is documented to, and only notes what is harmless', async () => {
    const misfit = { 'web B': { 33012: "Could not find Ethernet switch 'Production'." } }
    const blocked = new Simulation(pair(), { incompatible: misfit })
    expect((await blocked.start()).exitCode).toBe(2)
  })
})
