/** What is left of a night of maintenance: works under way, late, failed and done, and who still has to go home. */
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import { type Journal, parseJournal } from '../../src/model/journal.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { plan as planned } from '../../src/plan.js'
import { back } from '../../src/replan/back.js'
import type { Remaining, RemainingOptions } from '../../src/replan/remaining.js'
import { planRemaining, remaining } from '../../src/replan/replan.js'
import { seeds } from '../cases.js'
import { planOf as planByHand } from '../check/fixture.js'
import { INTEL, leg, problemOf } from '../problem.js'
import { randomNight } from '../solver/rolling/problems.js'

/** Whatever is found in that time keeps the rules. */
const QUICK = { effort: 1, thread: 'caller', timeLimitSeconds: 0.2 } as const

const START = Date.parse('2026-11-23T20:00:00+01:00')
const at = (seconds: number) => new Date(START + Math.round(seconds * 1000)).toISOString()

function journalOf(plan: Plan, entries: object[]): Journal {
  const begin = {
    version: 1,
    event: 'begin',
    at: at(0),
    problem: '',
    plan: planFingerprint(plan),
    start: at(0),
  }
  return parseJournal([begin, ...entries].map((entry) => JSON.stringify(entry)).join('\n'))
}

/** A run that is on time, up to that second. */
function runUntil(plan: Plan, seconds: number): Journal {
  const events: { second: number; rank: number; entry: object }[] = []
  const legs = new Map<string, number>()
  for (const { vm, from, to, kind, startSeconds, endSeconds } of plan.migrations) {
    const leg = legs.get(vm) ?? 0
    legs.set(vm, leg + 1)
    const entry = { vm, from, to, kind, leg }
    events.push({
      second: startSeconds,
      rank: 1,
      entry: { event: 'started', at: at(startSeconds), ...entry },
    })
    events.push({
      second: endSeconds,
      rank: endSeconds === startSeconds ? 2 : 0,
      entry: { event: 'ended', at: at(endSeconds), ...entry },
    })
  }
  for (const { node, startSeconds, endSeconds } of plan.maintenance ?? []) {
    events.push({
      second: startSeconds,
      rank: 1,
      entry: { event: 'work-started', at: at(startSeconds), node },
    })
    events.push({ second: endSeconds, rank: 0, entry: { event: 'work-ended', at: at(endSeconds), node } })
  }
  const past = events.filter(({ second }) => second <= seconds)
  past.sort((a, b) => a.second - b.second || a.rank - b.rank)
  return journalOf(
    plan,
    past.map(({ entry }) => entry),
  )
}

/** A is worked on from 20 to 120 s, B from 140 to 240 s; a and b make way for one another. */
const night = problemOf({
  nodes: ['A', 'B', 'C'],
  vms: ['a@A', 'b@B'],
  request: {
    maintenance: [
      { node: 'A', durationSeconds: 100, settleSeconds: 50 },
      { node: 'B', durationSeconds: 100, after: ['A'] },
      { node: 'C', durationSeconds: 100, position: 'last', earliestStart: 200, latestEnd: 1000 },
    ],
  },
  policy: { returnHome: true, maintenanceAtOnce: 1 },
})
const plan: Plan = planByHand({
  migrations: [leg('a A>B 0-10'), leg('a B>A 120-130')],
  maintenance: [
    { node: 'A', startSeconds: 20, endSeconds: 120, slackSeconds: 0 },
    { node: 'B', startSeconds: 170, endSeconds: 270, slackSeconds: 0 },
    { node: 'C', startSeconds: 300, endSeconds: 400, slackSeconds: 0 },
  ],
  problem: '',
  makespanSeconds: 400,
  cost: 400,
})
const gone = { vm: 'a', from: 'A', to: 'B', kind: 'live', leg: 0 }
const left = [
  { event: 'started', at: at(0), ...gone },
  { event: 'ended', at: at(10), ...gone },
]
const entry = (event: string, seconds: number, node: string, detail?: string) => ({
  event,
  at: at(seconds),
  node,
  ...(detail === undefined ? {} : { detail }),
})
const leftAt = (now: number, entries: object[], more: Partial<RemainingOptions> = {}): Remaining =>
  remaining(night, plan, journalOf(plan, [...left, ...entries]), { now, ...more })

describe('a work', () => {
  it('under way is fixed, and its VMs have a home', () => {
    const { problem, works } = leftAt(60, [entry('work-started', 20, 'A')])
    expect(works?.running).toMatchObject([{ work: { node: 'A' }, leftSeconds: 60, late: false }])
    expect(problem.request.maintenance).toEqual([
      { node: 'A', durationSeconds: 60, settleSeconds: 50, earliestStart: 0, latestEnd: 60 },
      { node: 'B', durationSeconds: 100, after: ['A'] },
      { node: 'C', durationSeconds: 100, position: 'last', earliestStart: 140, latestEnd: 940 },
    ])
    expect(problem.vms.find(({ id }) => id === 'a')).toMatchObject({ node: 'B', home: 'A' })
    expect(problem.request.moves).toEqual([])
  })

  it('that is late is taken to need a quarter more', () => {
    expect(leftAt(180, [entry('work-started', 20, 'A')]).works?.running).toMatchObject([
      { leftSeconds: 40, late: true },
    ])
  })

  it('that has ended is done, and settles', () => {
    const { problem, works } = leftAt(130, [entry('work-started', 20, 'A'), entry('work-ended', 120, 'A')])
    expect([works?.ended.length, works?.left.length]).toEqual([1, 2])
    expect(problem.request.maintenance).toMatchObject([
      { node: 'B', earliestStart: 40 },
      { node: 'C', earliestStart: 70 },
    ])
    expect(problem.request.maintenance?.[0]).not.toHaveProperty('after')
  })

  it('that has failed holds its node, and what goes after it is left; or it is done again', async () => {
    const failed = [entry('work-started', 20, 'A'), entry('work-failed', 50, 'A', 'no space')]
    const held = leftAt(60, failed)
    expect(held.problem.nodes[0]).toMatchObject({ id: 'A', state: 'down' })
    expect(held.problem.request.maintenance).toMatchObject([{ node: 'C' }])
    expect(held.warnings.join('\n')).toMatch(/"B" is not worked on: it goes after/)
    const again = leftAt(60, failed, { retry: ['A'] })
    expect(again.problem.request.maintenance).toHaveLength(3)
    expect(again.problem.nodes[0]?.state ?? 'up').toBe('up')
    const rest = await planRemaining(again, { effort: 1, thread: 'caller' })
    expect([check(again.problem, rest), rest.notHome, rest.maintenance?.length]).toEqual([[], [], 3])
    expect(() => leftAt(60, [], { retry: ['B'] })).toThrow(/no work on "B" has failed/)
  })

  it('that the plan does not have, or that ends twice, is a fault', () => {
    expect(() => leftAt(60, [entry('work-started', 20, 'D')])).toThrow(/"D" has no work in the plan/)
    const twice = [entry('work-ended', 20, 'A'), entry('work-started', 30, 'A')]
    expect(() => leftAt(60, twice)).toThrow(/which has ended before/)
  })

  it('that overruns into a window closes its node, and the others wait', async () => {
    const windowed: Problem = { ...night, windows: [{ node: 'A', start: 125, end: 200 }] }
    const entries = [...left, entry('work-started', 20, 'A')]
    const rest = remaining(windowed, plan, journalOf(plan, entries), { now: 130 })
    expect(rest.problem.windows).toContainEqual({ node: 'A', start: 0, end: 27.5, kind: 'blackout' })
    expect(rest.problem.request.maintenance).toMatchObject([
      { node: 'B', earliestStart: 27.5 },
      { node: 'C' },
    ])
    const made = await planRemaining(rest, { effort: 1, thread: 'caller' })
    expect([check(rest.problem, made), made.maintenance?.length]).toEqual([[], 2])
  })

  it('all done, VMs that are away are asked to go home', () => {
    const done = ['A', 'B', 'C'].flatMap((node) => [
      entry('work-started', 20, node),
      entry('work-ended', 30, node),
    ])
    const { problem } = leftAt(60, done)
    expect(problem.request.maintenance).toBeUndefined()
    expect(problem.request.moves).toEqual([{ vm: 'a', to: 'A' }])
  })

  it.each([
    [['sse4_2'], [], ['B', 'C'], undefined],
    [[...INTEL.features, 'new'], [{ vm: 'a', to: 'A' }], undefined, undefined],
  ])(
    'done, and the node offers %j since: who sees more stays off it',
    (featuresAfter, moves, owners, home) => {
      const [first, ...others] = night.request.maintenance!
      const changed = { ...night, request: { maintenance: [{ ...first!, featuresAfter }, ...others] } }
      const done = [entry('work-started', 20, 'A'), entry('work-ended', 120, 'A')]
      const at = (entries: object[]) =>
        remaining(changed, plan, journalOf(plan, [...left, ...entries]), { now: 300 }).problem
      const [a] = at(done).vms
      expect([a!.allowedNodes, a!.home]).toEqual([owners, owners === undefined ? 'A' : home])
      const rest = ['B', 'C'].flatMap((node) => [
        entry('work-started', 130, node),
        entry('work-ended', 140, node),
      ])
      expect(at([...done, ...rest]).request.moves).toEqual(moves)
      // As long as the work is to come, it is the planner's.
      expect(at([]).vms[0]).not.toHaveProperty('allowedNodes')
    },
  )
})

describe('the way home', () => {
  it('of a night of maintenance is a move for each VM that is not there', () => {
    const journal = journalOf(plan, [
      ...left,
      entry('work-started', 20, 'A'),
      entry('work-failed', 50, 'A', 'no'),
    ])
    const { problem } = back(night, plan, { journal })
    expect([problem.request, problem.vms[0]]).toMatchObject([
      { moves: [{ vm: 'a', to: 'A' }] },
      { node: 'B' },
    ])
    expect(back(night, plan).problem.request).toEqual({ moves: [] })
    const running = journalOf(plan, [...left, entry('work-started', 20, 'A')])
    expect(() => back(night, plan, { journal: running })).toThrow(/work on "A": was begun and has not ended/)
  })
})

describe('a night that is cut anywhere', () => {
  it('is planned again, keeps its rules, and does no work twice', async () => {
    let cuts = 0
    for (const seed of seeds(99)) {
      const problem = randomNight(seed)
      const whole = await planned(problem, QUICK)
      if (whole.notMaintained!.length > 0 || whole.makespanSeconds === 0) continue
      for (const share of [0.3, 0.7]) {
        const now = Math.round(whole.makespanSeconds * share)
        const rest = remaining(problem, whole, runUntil(whole, now), { now })
        const made = await planRemaining(rest, QUICK)
        const { ended, running, left: open } = rest.works!
        expect([seed, now, check(rest.problem, made)]).toEqual([seed, now, []])
        expect(ended.length + running.length + open.length).toBe(whole.maintenance!.length)
        // A restart that was begun is begun again.
        if (whole.notHome!.length === 0 && rest.halted.length === 0)
          expect([seed, now, made.makespanSeconds <= whole.makespanSeconds - now + 0.01]).toEqual([
            seed,
            now,
            true,
          ])
        const begun = new Set(ended.map(({ node }) => node))
        expect((made.maintenance ?? []).filter(({ node }) => begun.has(node))).toEqual([])
        for (const { work, leftSeconds } of running) {
          const fixed = made.maintenance?.find(({ node }) => node === work.node)
          expect([seed, now, fixed]).toMatchObject([seed, now, { startSeconds: 0, endSeconds: leftSeconds }])
        }
        cuts++
      }
    }
    expect(cuts).toBeGreaterThan(4)
  })
})
