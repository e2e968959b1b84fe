import { describe, expect, it } from 'vitest'
import { compareMigrations } from '../../src/check/replay.js'
import { InvalidProblemError } from '../../src/errors.js'
import { actualSeconds, median, predict, unlearned } from '../../src/learn/fit.js'
import { learnNights } from '../../src/learn/learn.js'
import { applyLearned, type Learned, parseLearned } from '../../src/learn/learned.js'
import { type Night, observationsOf } from '../../src/learn/observations.js'
import { greatest } from '../../src/lists.js'
import { Durations, ONE_SLOT } from '../../src/model/duration.js'
import { parseJournal } from '../../src/model/journal.js'
import type { Plan } from '../../src/model/plan.js'
import type { ResolvedProblem } from '../../src/model/problem.js'
import { ticksToSeconds } from '../../src/model/ticks.js'
import { resolveProblem } from '../../src/model/validate.js'
import { likelyEnds } from '../../src/rehearse/rehearse.js'
import { seeds } from '../cases.js'
import { type Cluster, cluster, journalText, night } from './simulator.js'

/** Relative errors of what a problem's figures say of a night. */
function misses({ problem }: Cluster, learned: Learned | undefined, next: Night): number[] {
  const patched = learned === undefined ? problem : applyLearned(problem, learned).problem
  const resolved = resolveProblem({ ...patched, request: { moves: next.problem.moves } })
  const { policy } = resolved
  return observationsOf({ ...next, problem: resolved }, 0).map((seen) => {
    const actual = actualSeconds(seen)
    return Math.abs(predict(seen, unlearned(policy.setupSeconds), policy) - actual) / actual
  })
}

function afterLearning(migrations: number, slowNode?: number): { before: number; after: number } {
  const before: number[] = []
  const after: number[] = []
  for (let seed = 1; seed <= 8; seed++) {
    const simulated = cluster(seed, slowNode === undefined ? {} : { slowNode })
    const { learned } = learnNights([night(simulated, 100 + seed, migrations)])
    const next = night(simulated, 200 + seed, 40)
    before.push(...misses(simulated, undefined, next))
    after.push(...misses(simulated, learned, next))
  }
  return { before: median(before), after: median(after) }
}

/** The same migrations one after another on their nodes, with the durations of the problem. */
function inTheOrderOf({ plan }: Night, problem: ResolvedProblem): Plan {
  const durations = new Durations(problem)
  const free = new Map<string, number>()
  const index = (list: readonly { id: string }[], id: string) => list.findIndex((each) => each.id === id)
  const migrations = plan.migrations.map((m) => {
    const startSeconds = Math.max(free.get(m.from) ?? 0, free.get(m.to) ?? 0)
    const [from, to] = [index(problem.nodes, m.from), index(problem.nodes, m.to)]
    const { ticks } = durations.live(index(problem.vms, m.vm), from, to, m.slots ?? ONE_SLOT)
    const endSeconds = startSeconds + ticksToSeconds(ticks)
    for (const node of [m.from, m.to]) free.set(node, endSeconds)
    return { ...m, startSeconds, endSeconds }
  })
  return { schedule: 'timeline', migrations: migrations.sort(compareMigrations) } as unknown as Plan
}

describe('the next night', () => {
  it.each([
    [10, 0.14],
    [20, 0.13],
    [40, 0.11],
  ])('after %i migrations is missed by a median of at most %f', (migrations, most) => {
    const { before, after } = afterLearning(migrations)
    expect(before).toBeGreaterThan(0.35)
    expect(after).toBeLessThan(most)
  })

  it('one slow node is found', () => {
    const { before, after } = afterLearning(40, 0.15)
    expect(before).toBeGreaterThan(0.4)
    expect(after).toBeLessThan(0.13)
    const { learned } = learnNights([night(cluster(3, { slowNode: 0.15 }), 22, 40)])
    const efficiencies = Object.entries(learned!.nodes).sort(
      (a, b) => a[1].linkEfficiency - b[1].linkEfficiency,
    )
    expect(efficiencies[0]![0]).toBe('HV1')
    expect(efficiencies[0]![1].linkEfficiency).toBeLessThan(0.5 * efficiencies[1]![1].linkEfficiency)
  })

  it('ends by the time for 9 of 10 nights as often as that says, and by that for 5', () => {
    const actual: [half: boolean, most: boolean][] = []
    for (const seed of seeds(200)) {
      const simulated = cluster(seed)
      const { learned } = learnNights([night(simulated, 1000 + seed, 20)])
      const next = night(simulated, 5000 + seed, 30)
      const { problem, uncertainty } = applyLearned(
        { ...simulated.problem, request: { moves: next.plan.migrations.map(({ vm, to }) => ({ vm, to })) } },
        learned!,
      )
      const planned = inTheOrderOf(next, resolveProblem(problem))
      const ends = likelyEnds(resolveProblem(problem), planned, uncertainty, seed)
      // The runbook looks every five seconds.
      const end = 5 * Math.ceil(greatest(next.plan.migrations.map(({ endSeconds }) => endSeconds)) / 5)
      actual.push([end <= ends.makespanAt50Seconds, end <= ends.makespanAt90Seconds])
    }
    const share = (of: 0 | 1) => actual.filter((each) => each[of]).length / actual.length
    expect(share(1)).toBeGreaterThan(0.8)
    expect(share(1)).toBeLessThan(1)
    expect(share(0)).toBeGreaterThan(0.35)
    expect(share(0)).toBeLessThan(0.75)
  })

  it('a second one tells VMs apart', () => {
    const simulated = cluster(5)
    const two = learnNights([night(simulated, 1, 40), night(simulated, 2, 40)])
    expect(two.report.nights).toBe(2)
    const learned = two.learned!
    const sent = (id: string) => simulated.truth.vms.find((vm) => vm.id === id)!.sent
    const byFactor = Object.entries(learned.vms).sort((a, b) => a[1].durationFactor - b[1].durationFactor)
    const mean = (list: typeof byFactor) => list.reduce((sum, [id]) => sum + sent(id), 0) / list.length
    expect(mean(byFactor.slice(0, 10))).toBeLessThan(mean(byFactor.slice(-10)) - 0.1)
  })

  it('is not better said where the figures were right already', () => {
    const simulated = cluster(7)
    const { learned } = learnNights([night(simulated, 3, 40)])
    const problem = resolveProblem(applyLearned(simulated.problem, learned!).problem)
    const right = night({ ...simulated, problem: { ...simulated.problem } }, 4, 40)
    const own = { ...right, problem: { ...problem, moves: right.problem.moves } }
    const again = learnNights([own])
    const after = again.report.after!
    expect(again.report.nothing ?? (after < again.report.before! ? undefined : 'wrong')).toBe(
      again.report.nothing,
    )
    expect(again.report.before!).toBeLessThan(0.2)
  })
})

describe('what is not learned from', () => {
  it('fewer than five migrations', () => {
    const { learned, report } = learnNights([night(cluster(1), 1, 4)])
    expect(learned).toBeUndefined()
    expect(report).toMatchObject({ migrations: 4, nothing: 'few' })
  })

  const simulated = cluster(2, { vms: 3, nodes: 2 })
  const one = night(simulated, 1, 1)
  const [migration] = one.plan.migrations
  const m = { vm: migration!.vm, from: migration!.from, to: migration!.to, kind: 'live', leg: 0 }
  it.each([
    [
      'an end that was found after a pause',
      [{ event: 'started', ...m }, { event: 'resumed' }, { event: 'ended', ...m }],
    ],
    ['an end without a start', [{ event: 'ended', ...m }]],
    [
      'a failure',
      [
        { event: 'started', ...m },
        { event: 'failed', ...m, node: m.from, detail: 'x' },
      ],
    ],
    ['one without an end', [{ event: 'started', ...m }]],
    ['one that took no time', []],
  ])('%s', (_, entries) => {
    const events = entries.map((entry, index) => ({ at: 10 * index, entry }))
    const journals = [parseJournal(journalText(one.problem, one.plan, events, 5))]
    expect(observationsOf({ ...one, journals }, 0)).toEqual([])
  })

  it('a given duration, and a VM that does not run', () => {
    const moves = [{ vm: m.vm, to: [m.to], durationSeconds: 60 }]
    expect(observationsOf({ ...one, problem: { ...one.problem, moves } }, 0)).toEqual([])
    const saved = {
      ...simulated.problem,
      vms: simulated.problem.vms.map((vm) => ({ ...vm, state: 'saved' as const })),
    }
    const problem = resolveProblem({ ...saved, request: { moves: one.problem.moves } })
    expect(observationsOf({ ...one, problem }, 0)).toEqual([])
  })

  it('a journal of another plan is refused', () => {
    const other = night(simulated, 2, 2)
    expect(() => learnNights([{ ...one, journals: other.journals }])).toThrow(InvalidProblemError)
  })
})

describe('observations', () => {
  const simulated = cluster(4, { vms: 2, nodes: 3 })
  const vms = simulated.problem.vms.map((vm) => ({ ...vm, node: 'HV1' }))
  const moves = [
    { vm: 'vm-0', to: 'HV2' },
    { vm: 'vm-1', to: 'HV3' },
  ]
  const problem = resolveProblem({ ...simulated.problem, vms, request: { moves } })
  const plan = {
    migrations: moves.map(({ vm, to }) => ({
      vm,
      from: 'HV1',
      to,
      kind: 'live',
      startSeconds: 0,
      endSeconds: 9,
      round: 0,
    })),
  } as unknown as Night['plan']
  const [a, b] = moves.map(({ vm, to }) => ({ vm, from: 'HV1', to, kind: 'live', leg: 0 }))
  const events = [
    { at: 0, entry: { event: 'started', ...a } },
    { at: 20, entry: { event: 'started', ...b } },
    { at: 40, entry: { event: 'ended', ...a } },
    { at: 60, entry: { event: 'ended', ...b, durationSeconds: 38.5, blackoutSeconds: 0.4 } },
  ]
  const journals = [parseJournal(journalText(problem, plan, events, 2))]

  it('have the share of the link that others left them, and the duration that the host told', () => {
    const seen = observationsOf({ problem, plan, journals }, 0)
    expect(seen.map(({ seconds, pollSeconds, share }) => ({ seconds, pollSeconds, share }))).toEqual([
      { seconds: 40, pollSeconds: 2, share: { from: 0.75, to: 1 } },
      { seconds: 38.5, pollSeconds: 0, share: { from: 0.75, to: 1 } },
    ])
    expect(seen.map(actualSeconds)).toEqual([39, 38.5])
  })
})

describe('what was learned, applied', () => {
  const simulated = cluster(6, { nodes: 3, vms: 40 })
  const learned = learnNights([night(simulated, 1, 40)]).learned!

  it('sets efficiencies, set-up and factors, and reads back from JSON', () => {
    const { problem, notes } = applyLearned(
      simulated.problem,
      parseLearned(JSON.parse(JSON.stringify(learned))),
    )
    expect(notes).toEqual([])
    expect(problem.policy).toMatchObject(learned.policy)
    expect(problem.nodes.map(({ linkEfficiency }) => linkEfficiency)).toEqual(
      problem.nodes.map(({ id }) => learned.nodes[id]!.linkEfficiency),
    )
    const [id, { durationFactor }] = Object.entries(learned.vms)[0]!
    expect(problem.vms.find((vm) => vm.id === id)!.durationFactor).toBe(durationFactor)
    expect(() => resolveProblem({ ...problem, request: { drain: ['HV1'] } })).not.toThrow()
  })

  it('leaves alone what it does not know, and says so', () => {
    const nodes = [...simulated.problem.nodes.slice(1), { ...simulated.problem.nodes[0]!, id: 'NEW' }]
    const vms = simulated.problem.vms.map((vm) => ({ ...vm, node: 'NEW', memoryMiB: vm.memoryMiB + 1 }))
    const { problem, notes } = applyLearned({ ...simulated.problem, nodes, vms }, learned)
    expect(notes.join('\n')).toMatch(
      /"HV1": no node .*\n.*"NEW": nothing was learned.*\n.* VMs have another size/,
    )
    expect(problem.vms.every(({ durationFactor }) => durationFactor === undefined)).toBe(true)
  })

  it.each([
    ['migrationMbps', 25_000],
    ['slots', 2],
  ])('is refused where %s of a node has changed', (key, value) => {
    const nodes = simulated.problem.nodes.map((node, n) => (n === 1 ? { ...node, [key]: value } : node))
    expect(() => applyLearned({ ...simulated.problem, nodes }, learned)).toThrow(
      new RegExp(`nodes\\.HV2\\.${key}: .*${value}: what was learned no longer holds`),
    )
  })

  it('is refused on another cluster', () => {
    const nodes = simulated.problem.nodes.map((node) => ({ ...node, id: `other-${node.id}` }))
    expect(() => applyLearned({ ...simulated.problem, nodes }, learned)).toThrow('learned on another cluster')
  })

  it.each([
    [[], /version: missing/],
    [{ ...learned, version: 2 }, /version/],
    [{ ...learned, policy: { ...learned.policy, linkEfficiency: 9 } }, /policy\.linkEfficiency/],
    [{ ...learned, nodes: { HV1: {} } }, /nodes\.HV1\.migrationMbps/],
  ])('nonsense is refused with its place', (document, message) => {
    expect(() => parseLearned(document)).toThrow(message)
  })
})
