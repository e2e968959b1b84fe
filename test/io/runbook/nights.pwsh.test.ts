/** Whole nights: the runbook's own text against a simulated cluster, judged by the checker and by what was asked of the cluster. */
import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { Random } from '../../../src/solver/random.js'
import type { Course, ScriptResult, World } from '../../powershell/pwsh.js'
import { migration } from '../fixtures.js'
import { NAMES } from './by-hand.js'
import { judge, judgeAttempts, NIGHTS, NIGHTS_OF_EACH, type Night, nightOf } from './nights.js'
import { label, Simulation, simulationOf } from './simulate.js'

const ARGS = { MarginPercent: 30, MarginSeconds: 40, AllowStuckMinutes: 10, OnWindow: 'Wait' }

/** Durations up to 30 % off; the first attempts on some VMs fail, get stuck, wait in a queue or throw. */
function withLuck({ plan }: Night, seed: number, fates: Partial<Course>[]): Partial<World> {
  const random = new Random(seed)
  const courses: World['courses'] = {}
  for (const fate of fates) courses[plan.migrations[random.below(plan.migrations.length)].vm] = [fate]
  return {
    seed,
    spread: 0.3,
    courses,
    version: [2016, 2019, 2022, 2025][seed % 4],
    jobsHaveReasons: seed % 2 === 0,
  }
}

async function nights(kind: string): Promise<[number, Night][]> {
  const found: [number, Night][] = []
  for (let seed = 0; found.length < NIGHTS_OF_EACH; seed++) {
    const night = await nightOf(kind, seed)
    if (night !== undefined) found.push([seed, night])
  }
  return found
}

/** Whether the plan itself has the VM arrive while another of its groups is still there: then a failure may leave the two together. */
function meetInPlan({ problem, plan }: Night, vm: string): boolean {
  const groups = new Set(problem.vms.find(({ id }) => id === vm)?.antiAffinity)
  const mates = problem.vms.filter(
    ({ id, antiAffinity }) => id !== vm && antiAffinity?.some((g) => groups.has(g)),
  )
  return plan.migrations.some(
    (arrival) =>
      arrival.vm === vm &&
      plan.migrations.some(
        (m) =>
          mates.some(({ id }) => id === m.vm) && m.from === arrival.to && m.endSeconds > arrival.startSeconds,
      ),
  )
}

/** What must hold whatever happens. A failure may leave a VM where it is parked, and part an affinity group that had begun to move. */
function expectNoHarm(night: Night, simulation: Simulation, failed: boolean): void {
  const problem = resolveProblem(night.problem)
  expect(simulation.world.refusals).toEqual([])
  expect(simulation.surplus).toEqual([])
  const broken = judge(problem, night.plan, simulation.done).filter(({ rule, subject }) => {
    if (!failed || simulation.missing.length === 0) return true
    if (rule === 'anti-affinity') return !meetInPlan(night, subject)
    return rule !== 'parking' && rule !== 'affinity'
  })
  expect(broken).toEqual([])
  expect(judgeAttempts(problem, simulation.attempts, simulation.world.now - simulation.second0)).toEqual([])
}

/** The journal says of each migration what has happened, and nothing begins twice or out of turn. */
function expectTrueJournal(simulation: Simulation): void {
  const { entries, warnings } = simulation.journal
  const underWay = new Set<string>()
  const legs = new Map<string, number>()
  const ended: string[] = []
  for (const { entry } of entries) {
    if (!('vm' in entry)) continue
    const { vm, leg } = entry
    expect([vm, leg]).toEqual([vm, legs.get(vm) ?? 0])
    if (entry.event === 'started') {
      expect(underWay.has(vm)).toBe(false)
      underWay.add(vm)
      continue
    }
    underWay.delete(vm)
    if (entry.event !== 'ended') continue
    legs.set(vm, leg + 1)
    ended.push(label(entry))
  }
  expect(ended.sort()).toEqual(simulation.done.map(label).sort())
  expect(warnings).toEqual([])
}

/** What a crash leaves of an entry. */
const HALF = '{"event":"started","at":"2026-11-23T19:0'

let deadEnds = 0

describe.each(Object.keys(NIGHTS))('%s', (kind) => {
  it('ends as planned where nothing fails, whatever each migration takes', async () => {
    for (const [seed, night] of await nights(kind)) {
      const simulation = new Simulation(night, withLuck(night, seed, []))
      const result = await simulation.start(ARGS)
      expect(result.error).toBeNull()
      expectNoHarm(night, simulation, false)
      expect(simulation.missing).toEqual([])
      expect(result.exitCode).toBe(0)
      expect(simulation.journal.entries.at(-1)?.entry.event).toBe('finished')
      expectTrueJournal(simulation)
    }
  }, 300_000)

  it('bears failures and what gets stuck, and ends when it is started again', async () => {
    for (const [seed, night] of await nights(kind)) {
      const simulation = new Simulation(night, {
        ...withLuck(night, seed + 100, [
          { fate: 'fails' },
          { fate: 'fails' },
          { fate: 'sticks' },
          { queue: 90 },
          { fate: 'thrown' },
        ]),
        autoBalancerMode: 2,
      })
      let deadEnd = false
      for (let start = 0; start < 6; start++) {
        const before = simulation.world?.trace.length ?? 0
        const result = await simulation.start(ARGS)
        expect(result.error).toBeNull()
        expectNoHarm(night, simulation, true)
        expectTrueJournal(simulation)
        expect(simulation.world.autoBalancerMode).toBe(2)
        if (simulation.stranded.length > 0) break
        expect(result.exitCode, result.shown.map(({ text }) => text).join('\n')).toBe(
          simulation.missing.length === 0 ? 0 : 3,
        )
        const idle = simulation.world.trace.length === before
        deadEnd =
          idle && result.shown.some(({ text }) => / lacks \d+ (MiB|vCPUs|gpu|fpga) for it$/.test(text))
        if (deadEnd) deadEnds++
        if (simulation.missing.length === 0) break
      }
      // A guest that neither shuts down nor fails to is for people; a lack of room that a failure has led to, for another plan.
      if (simulation.stranded.length === 0 && !deadEnd) expect(simulation.missing).toEqual([])
    }
  }, 300_000)

  it('is killed anywhere, and goes on without doing anything twice', async () => {
    for (const [seed, night] of await nights(kind)) {
      const simulation = new Simulation(night, { ...withLuck(night, seed + 200, []), autoBalancerMode: 1 })
      const random = new Random(seed)
      let result: ScriptResult
      let kills = 0
      do {
        const endAtCall = kills < 4 ? 1 + random.below(250) : 0
        result = await simulation.start(ARGS, { endAtCall, endBy: kills % 2 === 0 ? 'kill' : 'stop' })
        if (!result.ended) continue
        kills++
        if (kills === 2) simulation.journalText += HALF
        await simulation.advance(random.below(400))
      } while (result.ended)
      expect(result.error).toBeNull()
      expectNoHarm(night, simulation, false)
      expect(simulation.missing).toEqual([])
      expect(result.exitCode).toBe(0)
      expectTrueJournal(simulation)
      expect(simulation.world.autoBalancerMode).toBe(1)
    }
  }, 300_000)
})

it('names of all kinds go through a night that is killed, and through its journal', async () => {
  const simulation = simulationOf({
    migrations: NAMES.map((name, i) => migration(name, `from ${i}`, `to ${name}`, 0, 60)),
  })
  expect((await simulation.start({}, { endAtCall: 250 })).ended).toBe(true)
  const result = await simulation.start()
  expect([result.exitCode, result.error]).toEqual([0, null])
  expect(simulation.world.refusals).toEqual([])
  expect(simulation.missing).toEqual([])
  expect(simulation.world.trace).toHaveLength(NAMES.length)
  const ended = simulation.journal.entries.flatMap(({ entry }) => (entry.event === 'ended' ? [entry.vm] : []))
  expect(ended.sort()).toEqual([...NAMES].sort())
})

it('hardly ever leads into a dead end', () => {
  expect(deadEnds).toBeLessThanOrEqual(3)
})
