/** What becomes of each thing in a problem once its run has begun, by hand. */
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import { type JournalEntry, parseJournal } from '../../src/model/journal.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { Problem, ProblemWindow } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { betterOf } from '../../src/replan/candidate.js'
import type { Remaining, RemainingOptions } from '../../src/replan/remaining.js'
import { remaining } from '../../src/replan/replan.js'
import { planOf as planByHand } from '../check/fixture.js'
import { leg } from '../problem.js'
import { planOf, problemOf } from '../solver/problems.js'

const START = '2026-11-23T20:00:00+01:00'
const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString()

/** `started 0 a`, with `node=B` and the like where the plan does not say it so; or an entry as it is. */
type Step = string | JournalEntry

function entryOf(text: string, plan: Plan) {
  const [event, seconds, vm, ...rest] = text.split(' ')
  const { leg = '0', ...extra } = Object.fromEntries(rest.map((each) => each.split('=')))
  const nowhere = { from: 'x', to: 'y', kind: 'live' }
  const { from, to, kind } = plan.migrations.filter((m) => m.vm === vm)[Number(leg)] ?? nowhere
  const failed = event === 'failed' ? { detail: 'why', node: from } : {}
  return { event, at: at(Number(seconds)), vm, from, to, kind, leg: Number(leg), ...failed, ...extra }
}

/** A run of the plan for a problem without a name that begins so many seconds behind `START`. */
const beginOf = (plan: Plan, seconds: number, start = seconds) => ({
  version: 1,
  event: 'begin',
  at: at(seconds),
  problem: '',
  plan: planFingerprint(plan),
  start: at(start),
})

function journalOf(plan: Plan, steps: readonly Step[], begin: object = beginOf(plan, 0)) {
  const entries = [begin, ...steps.map((step) => (typeof step === 'string' ? entryOf(step, plan) : step))]
  return parseJournal(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}

function leftOf(problem: Problem, plan: Plan, steps: readonly Step[], options: RemainingOptions): Remaining {
  return remaining(problem, plan, journalOf(plan, steps), options)
}

/** A right plan of one's own making is not needed here: only its migrations are read. */
const planWith = (...migrations: Migration[]): Plan =>
  planByHand({ migrations, problem: '', makespanSeconds: 0, cost: 0 })

/** Three VMs leave A for B, 10 s each. */
const drain = problemOf({
  nodes: ['A', 'B', 'C'],
  vms: ['a@A', 'b@A', 'c@A'],
  request: { drain: ['A'] },
})
const drainPlan = planWith(leg('a A>B 0-10'), leg('b A>B 10-20'), leg('c A>B 20-30'))
const drained = (steps: readonly Step[], now: number | string, skip: string[] = []) =>
  leftOf(drain, drainPlan, steps, { now, skip })
const vmOf = ({ problem }: Remaining, id: string) => problem.vms.find((vm) => vm.id === id)

describe('VMs', () => {
  it('stand where the journal says, and were started where they were', () => {
    const left = drained(['started 0 a', 'ended 10 a', 'started 10 b'], 14)
    expect(vmOf(left, 'a')).toMatchObject({ node: 'B', bootNode: 'A' })
    expect(vmOf(left, 'b')).toMatchObject({ node: 'B', bootNode: 'A' })
    expect(vmOf(left, 'c')).toEqual(drain.vms[2])
    expect(left.problem.request).toEqual({ moves: [], drain: ['A'] })
    expect(
      [left.ended, left.running.map(({ migration }) => migration), left.left].map((list) =>
        list.map(({ vm }) => vm),
      ),
    ).toEqual([['a'], ['b'], ['c']])
  })

  it('that were restarted see what all CPUs there have in common, and boot elsewhere', () => {
    const plan = planWith(leg('a A>B 0-10', { kind: 'restart' }))
    const left = leftOf(drain, plan, ['started 0 a', 'ended 10 a'], { now: 10 })
    expect(vmOf(left, 'a')).toMatchObject({ node: 'B', bootNode: 'B', compatibility: 'cluster' })
  })

  it('that were saved in place are saved, and have lost what their node lacks', () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: [
        { id: 'a', node: 'A', offloads: ['rdma'] },
        { id: 'b', node: 'A', offloads: ['rdma'] },
      ],
      request: { moves: ['b>B'], drain: [{ node: 'A', mode: 'save' }] },
    })
    const plan = planWith(
      leg('a A>A 0-10', { kind: 'save-in-place' }),
      leg('b A>B 10-20', { lostOffloads: ['rdma'] }),
    )
    const left = leftOf(problem, plan, ['started 0 a', 'ended 9 a', 'started 10 b', 'ended 20 b'], {
      now: 20,
    })
    expect(vmOf(left, 'a')).toMatchObject({ node: 'A', state: 'saved', offloads: ['rdma'] })
    expect(vmOf(left, 'b')).toMatchObject({ node: 'B', offloads: [] })
    expect(left.problem.request.moves).toEqual([])
  })

  it('that were shut down are off, and stay where the drain left them', () => {
    const problem = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: [{ id: 'a', node: 'A', ways: ['stop'] }, 'b@A', 'c@B', 'd@B'],
      request: { drain: [{ node: 'A', to: ['C'] }], moves: ['c>B|C', 'd>'] },
    })
    const plan = planWith(
      leg('a A>A 0-60', { kind: 'stop-in-place' }),
      leg('b A>C 0-10'),
      leg('d B>C 10-20'),
      leg('c B>C 20-30'),
    )
    const begun = ['started 0 a', 'started 0 b', 'ended 10 b', 'started 10 d', 'ended 20 d']
    for (const more of [[], ['ended 60 a']]) {
      const left = leftOf(problem, plan, [...begun, ...more], { now: 70 })
      expect(vmOf(left, 'a')).toMatchObject({ node: 'A', state: 'off' })
      // What is on one of several nodes may still go to another; what was to go anywhere has.
      expect(left.problem.request).toEqual({
        moves: [
          { vm: 'c', to: ['B', 'C'] },
          { vm: 'a', to: 'A' },
        ],
        drain: [{ node: 'A', to: ['C'] }],
      })
    }
    const done = leftOf(problem, plan, [...begun, 'started 20 c', 'ended 30 c', 'ended 60 a'], { now: 70 })
    expect(done.problem.request.moves).toEqual([{ vm: 'a', to: 'A' }])
  })

  it('that failed are where the entry says, and planned again unless they are left out', () => {
    const steps = ['started 0 a', 'failed 4 a']
    const again = drained(steps, 5)
    expect(again.failed).toEqual([
      { migration: drainPlan.migrations[0], node: 'A', detail: 'why', skipped: false },
    ])
    expect(vmOf(again, 'a')).toMatchObject({ node: 'A' })
    const skipped = drained(steps, 5, ['a'])
    expect(skipped.problem.request).toEqual({ moves: [{ vm: 'a', to: 'A' }], drain: ['A'] })
    // On another node, in the case that the cluster writes.
    const elsewhere = drained(['started 0 a', 'failed 4 a node=c'], 5)
    expect(vmOf(elsewhere, 'a')).toMatchObject({ node: 'C', bootNode: 'A' })
    // Started once more.
    const more = drained([...steps, 'started 5 a'], 6)
    expect(more.failed).toEqual([])
    expect(more.running).toHaveLength(1)
  })

  it('that failed where they should be count as there', () => {
    const left = drained(['started 0 a', 'failed 9 a node=B'], 9)
    expect(vmOf(left, 'a')).toMatchObject({ node: 'B', bootNode: 'A' })
    expect(left.failed).toHaveLength(1)
  })

  it('that have parked still go on to where they should', () => {
    const plan = planWith(leg('a A>C 0-10', { parking: true }), leg('a C>B 10-20'))
    const wishes = (steps: Step[], now: number) => leftOf(drain, plan, steps, { now }).problem.request.moves
    const steps = ['started 0 a', 'ended 10 a', 'started 11 a leg=1', 'failed 12 a leg=1']
    const wished = [{ vm: 'a', to: 'B' }]
    expect(wishes(steps.slice(0, 1), 5)).toEqual(wished)
    expect(wishes(steps.slice(0, 2), 10)).toEqual(wished)
    expect(wishes(steps.slice(0, 3), 12)).toEqual([])
    expect(wishes(steps, 12)).toEqual(wished)
  })
})

describe('what is under way', () => {
  it('keeps its VM and both nodes busy for as long as it was planned', () => {
    const left = drained(['started 1 a'], 5)
    expect(left.running).toEqual([{ migration: drainPlan.migrations[0], leftSeconds: 6, late: false }])
    expect(left.warnings).toEqual([expect.stringMatching(/^"a" is taken to go on to "B"; /)])
    const window = { start: 0, end: 6, kind: 'blackout' }
    expect(left.problem.windows).toEqual([
      { vm: 'a', ...window },
      { node: 'A', ...window },
      { node: 'B', ...window },
    ])
  })

  it.each([
    [10, 10],
    [400, 100],
  ])('and is late takes a quarter more, at least ten seconds: at %d, %d', (now, leftSeconds) => {
    expect(drained(['started 0 a'], now).running[0]).toMatchObject({ leftSeconds, late: true })
  })

  it('and holds no slot keeps its source busy only where that may receive', () => {
    const nodesWith = (problem: Problem) => {
      const plan = planWith(leg('a A>B 0-10', { kind: 'save' }))
      return (leftOf(problem, plan, ['started 0 a'], { now: 5 }).problem.windows ?? []).map(
        ({ node }) => node,
      )
    }
    expect(nodesWith(drain)).toEqual([undefined])
    expect(nodesWith({ ...drain, request: { moves: [{ vm: 'a', to: 'B' }] } })).toEqual([undefined, 'A'])
  })
})

describe('a restart', () => {
  const problem = problemOf({
    nodes: ['A', 'B', { id: 'X', cpu: { vendor: 'AMD', features: [] } }],
    vms: [{ id: 'r', node: 'A', restartable: true }, 's@A'],
    request: { drain: ['A'] },
    policy: { allowRestart: true },
  })
  const plan = planWith(leg('r A>X 0-180', { kind: 'restart' }), leg('s A>B 200-210'))
  const left = (steps: Step[], skip: string[] = []) => leftOf(problem, plan, steps, { now: 60, skip })
  const begun: Step = 'started 0 r'
  const failed = (node: string): Step => `failed 50 r detail=off node=${node}`

  it('that was under way is left to do, from the same node to the same target', async () => {
    const halted = left([begun])
    expect(halted).toMatchObject({ running: [], failed: [], halted: [plan.migrations[0]] })
    expect(halted.left).toEqual(plan.migrations)
    expect(vmOf(halted, 'r')).toEqual(problem.vms[0])
    expect(halted.problem.request).toEqual({ moves: [{ vm: 'r', to: 'X' }], drain: ['A'] })
    expect(halted.problem.windows).toBeUndefined()
    expect(halted.warnings).toEqual([expect.stringMatching(/^"r" may be off, on "A" or on "X": /)])
    const again = betterOf(await planOf(halted.problem), halted, resolveProblem(halted.problem))
    expect(again).toMatchObject({ status: 'optimal', makespanSeconds: 180 })
    expect(again.migrations.find(({ vm }) => vm === 'r')).toMatchObject({
      from: 'A',
      to: 'X',
      kind: 'restart',
    })
  })

  it('that failed on its target is too: it was not started there, and may be tried again from where it is', () => {
    const off = left([begun, failed('X')])
    expect(off).toMatchObject({ halted: [], failed: [{ node: 'X', skipped: false }] })
    expect(vmOf(off, 'r')).toEqual(problem.vms[0])
    expect(off.problem.request.moves).toEqual([{ vm: 'r', to: 'X' }])
    expect(off.warnings).toHaveLength(1)
    expect(left([begun, failed('X'), 'started 55 r']).halted).toHaveLength(1)
    expect(left([begun, failed('X'), 'started 55 r', 'ended 58 r']).warnings).toEqual([])
  })

  it('that is not to be tried again counts where it is', () => {
    const skipped = left([begun, failed('X')], ['r'])
    expect(vmOf(skipped, 'r')).toMatchObject({ node: 'X', bootNode: 'X' })
    expect(skipped.problem.request.moves).toEqual([])
    expect(skipped.warnings).toEqual([expect.stringMatching(/^"r" failed and is on "X"/)])
  })

  it('that failed where it began is planned anew, to any other target', () => {
    const back = left([begun, failed('A')])
    expect(back.problem.request.moves).toEqual([])
    expect(vmOf(back, 'r')).toEqual({ ...problem.vms[0], allowedNodes: ['A', 'B'] })
    expect(back.warnings).toEqual([])
  })
})

describe('times', () => {
  const windowsAt = (windows: ProblemWindow[], now: number, dated: boolean) => {
    const problem: Problem = { ...drain, ...(dated ? { start: START } : {}), windows }
    return leftOf(problem, drainPlan, [], { now }).problem
  }

  it('count from now', () => {
    const windows: ProblemWindow[] = [
      { node: 'C', start: 0, end: 30 },
      { node: 'C', start: 20, durationSeconds: 40 },
      { vm: 'a', start: 100, end: 200, kind: 'blackout' },
    ]
    expect(windowsAt(windows, 30, false)).toMatchObject({
      windows: [
        { node: 'C', start: 0, end: 30 },
        { vm: 'a', start: 70, end: 170, kind: 'blackout' },
      ],
      policy: { horizonSeconds: 604_770 },
    })
    expect(windowsAt(windows, 30.5, true).start).toBe('2026-11-23T20:00:30.500+01:00')
  })

  it('have an absolute second 0, also where the problem had none, however often a run is planned anew', () => {
    const problem: Problem = { ...drain, windows: [{ node: 'C', start: 1000, end: 2000 }] }
    const instants = ({ start, windows = [] }: Problem) =>
      windows.map((w) => Date.parse(start!) + Number(w.start) * 1000)
    const first = leftOf(problem, drainPlan, [], { now: '2026-11-23T20:00:30.500+01:00' }).problem
    expect(first.start).toBe('2026-11-23T20:00:30.500+01:00')
    expect(leftOf(problem, drainPlan, [], { now: 30 }).problem.start).toBe('2026-11-23T19:00:30.000+00:00')
    expect(instants(first)).toEqual([Date.parse(START) + 1000_000])
    // The second run began later than its plan's second 0.
    const begin = beginOf(drainPlan, 600, 30.5)
    const second = remaining(first, drainPlan, journalOf(drainPlan, [], begin), { now: at(900) })
    expect(second.nowSeconds).toBe(869.5)
    expect(second.problem).toMatchObject({
      start: '2026-11-23T20:15:00.000+01:00',
      policy: { horizonSeconds: 604_800 - 900 },
    })
    expect(instants(second.problem)).toEqual(instants(first))
  })

  it('that are dates stay, as long as they are not over; rules begin where they began', () => {
    const windows: ProblemWindow[] = [
      { node: 'C', start: '2026-11-23T19:00:00Z', durationSeconds: 60 },
      { node: 'C', start: '2026-11-23T19:00:00Z', durationSeconds: 61 },
      { node: 'C', start: 3600, end: 7200, rrule: 'FREQ=DAILY;COUNT=3' },
      { node: 'C', start: '2026-11-23T19:00:00Z', durationSeconds: 5, rrule: 'FREQ=DAILY;COUNT=1' },
    ]
    const left = windowsAt(windows, 60, true)
    expect(left.windows).toEqual([
      windows[1],
      {
        node: 'C',
        start: '2026-11-23T21:00:00.000+01:00',
        durationSeconds: 3600,
        rrule: 'FREQ=DAILY;COUNT=3',
      },
    ])
    const before = resolveProblem({ ...drain, start: START, windows }).windows
    const shifted = before
      .filter(({ endSeconds }) => endSeconds > 60)
      .map((w) => [Math.max(0, w.startSeconds - 60), w.endSeconds - 60])
    expect(resolveProblem(left).windows.map((w) => [w.startSeconds, w.endSeconds])).toEqual(shifted)
  })

  it('are those of the problem, however late the run began', () => {
    const problem: Problem = { ...drain, start: START, windows: [{ node: 'C', start: 0, end: 1000 }] }
    const late = journalOf(drainPlan, [], beginOf(drainPlan, 500))
    const left = remaining(problem, drainPlan, late, { now: 100 })
    expect(left).toMatchObject({
      nowSeconds: 100,
      problem: { start: '2026-11-23T20:10:00.000+01:00', windows: [{ start: 0, end: 400 }] },
    })
  })

  it.each<[now: number | string, skip: string[], RegExp]>([
    [4, [], /^now: 4 is before the last entry of the journal, 2026-11-23T19:00:05/],
    ['2026-11-23T20:00:04+01:00', [], /^now: .* is before the last entry of the journal/],
    ['soon', [], /^now: "soon" is no ISO 8601 instant/],
    [604_800, [], /behind the horizon/],
    [9, ['x'], /^skip: "x" is no VM/],
    [9, ['a'], /^skip: "a" has not failed/],
  ])('must be behind the journal and before the horizon: %s, %j', (now, skip, message) => {
    expect(() => drained(['started 5 a'], now, skip)).toThrow(message)
    expect(() => drained(['started 5 a'], now, skip)).toThrow(InvalidOptionError)
    expect(drained(['started 5 a'], '2026-11-23T20:00:05+01:00').nowSeconds).toBe(5)
  })
})

describe('targets', () => {
  const failed = (vm: string, seconds: number, node = 'A') => [
    `started ${seconds} ${vm}`,
    `failed ${seconds + 1} ${vm} node=${node}`,
  ]
  const endsOf = async (left: Remaining) => {
    const plan = betterOf(await planOf(left.problem), left, resolveProblem(left.problem))
    expect(check(left.problem, plan)).toEqual([])
    return Object.fromEntries(plan.migrations.map(({ vm, to }) => [vm, to]))
  }

  it('that refused VMs get none of these again, and all others as before', async () => {
    const left = drained([...failed('a', 0), ...failed('b', 2)], 5)
    expect(vmOf(left, 'a')?.allowedNodes).toEqual(['A', 'C'])
    expect(vmOf(left, 'c')).toEqual(drain.vms[2])
    expect(await endsOf(left)).toMatchObject({ a: 'C', b: 'C' })
  })

  it.each<[string, string[], string[] | undefined]>([
    ['that a VM came to after all', [...failed('a', 0), 'started 3 a', 'ended 4 a'], undefined],
    ['where a VM failed and is', failed('a', 0, 'B'), undefined],
    ['that are tried once more', [...failed('a', 0), 'started 3 a'], undefined],
    ['that refused a VM once and again', [...failed('a', 0), ...failed('a', 2)], ['A', 'C']],
  ])('%s', (_, steps, allowed) => {
    expect(vmOf(drained(steps, 5), 'a')?.allowedNodes).toEqual(allowed)
  })

  it('of a move that refused leave it unplaced, rather than try again', async () => {
    const moves = { ...drain, request: { moves: [{ vm: 'a', to: 'B' }] } }
    const left = leftOf(moves, drainPlan, failed('a', 0), { now: 5 })
    const plan = await planOf(left.problem)
    expect(plan.unplaced).toMatchObject([{ vm: 'a', reason: 'allowed-nodes' }])
  })

  it('to be avoided are, beside a list of owners, also by VMs without a migration', async () => {
    const owned = { ...drain, vms: drain.vms.map((vm) => ({ ...vm, allowedNodes: ['B', 'C'] })) }
    const avoid = ['a', 'c'].map((vm) => ({ vm, node: 'B' }))
    const left = leftOf(owned, planWith(leg('a A>B 0-10')), [], { now: 5, avoid })
    expect(left.problem.vms.map(({ allowedNodes }) => allowedNodes)).toEqual([['C'], ['B', 'C'], ['C']])
    expect(await endsOf(left)).toMatchObject({ a: 'C', c: 'C' })
  })

  it('that are down get nothing, and what was under way there is told', async () => {
    const left = leftOf(drain, drainPlan, ['started 0 a'], { now: 5, down: ['B'] })
    expect(left.problem.nodes.map(({ state }) => state)).toEqual([undefined, 'down', undefined])
    expect(left.warnings.join()).toMatch(/"a" was under way, and "B" is down: it counts as on "B"/)
    expect(await endsOf(left)).toEqual({ b: 'C', c: 'C' })
  })

  it.each<[Partial<RemainingOptions>, RegExp]>([
    [{ avoid: [{ vm: 'aa', node: 'B' }] }, /^avoid: "aa" is no VM of the problem/],
    [{ avoid: [{ vm: 'a', node: 'b' }] }, /^avoid: "b" is no node of the problem; did you mean "B"\?/],
    [{ down: ['X'] }, /^down: "X" is no node/],
  ])('that nobody knows are refused: %j', (options, message) => {
    expect(() => leftOf(drain, drainPlan, [], { now: 9, ...options })).toThrow(message)
  })
})

describe('contradictions', () => {
  const started: Step = 'started 0 a'
  it.each<[string, Step[], RegExp]>([
    ['another VM', ['started 0 z'], /line 2: vm: "z" has no migration in the plan/],
    ['another target', ['started 0 a to=C'], /line 2: to: "C": the plan has "B" for leg 0 of "a"/],
    ['another kind', [started, 'ended 1 a kind=save'], /line 3: kind: "save": the plan has "live"/],
    ['a leg too many', ['started 0 a leg=1'], /line 2: leg: 1: "a" has 1 in the plan/],
    ['twice started', [started, started], /line 3: event: "started", and leg 0 of "a" is under way already/],
    [
      'ended twice',
      [started, 'ended 1 a', 'ended 2 a'],
      /line 4: event: "ended" of leg 0 of "a", which has ended before/,
    ],
    ['ended too early', ['started 5 a', 'ended 4 a'], /line 3: at: .* is before the migration started/],
    ['an unknown node', [started, 'failed 1 a node=Z'], /line 3: node: "Z" is no node of the problem/],
    [
      'started from elsewhere',
      [started, 'failed 1 a node=C', started],
      /line 4: from: "A": "a" is on "C" since it failed/,
    ],
    [
      'finished too early',
      [started, { event: 'finished', at: at(2) }],
      /line 3: event: "finished", and the migration of "a"/,
    ],
  ])('%s', (_, steps, message) => {
    expect(() => drained(steps, 60)).toThrow(message)
    expect(() => drained(steps, 60)).toThrow(InvalidProblemError)
  })

  it('of plan, problem and journal', () => {
    const other = planWith(leg('a A>C 0-1'))
    expect(() => remaining(drain, other, journalOf(drainPlan, [started]), { now: 60 })).toThrow(
      /line 1: plan: .* is another plan/,
    )
    expect(() => leftOf({ ...drain, name: 'x' }, drainPlan, [], { now: 60 })).toThrow(
      /line 1: problem: "" is another problem: the one given is "x"/,
    )
    const strange = planWith(leg('z A>Z 0-1'))
    expect(() => leftOf(drain, strange, [], { now: 60 })).toThrow(
      /plan has 2 faults:\n.*"z" is no VM.*\n.*"Z" is no node/,
    )
    const torn = planWith(leg('a B>C 0-1'))
    expect(() => leftOf(drain, torn, [], { now: 60 })).toThrow(/moves it from "B", and it is on "A" then/)
    // Where a VM is that a node has no memory for, the node is over its memory: no fault.
    const nodes = drain.nodes.map((node) => (node.id === 'C' ? { ...node, memoryMiB: 500 } : node))
    const full = { ...drain, nodes }
    expect(() => leftOf(full, drainPlan, [started, 'failed 1 a node=C'], { now: 60 })).not.toThrow()
  })
})

describe('the rest of the old plan', () => {
  it('is taken where the search found something worse, and only then', async () => {
    const first = await planOf(drain)
    const begun: Step = `started 0 ${first.migrations[0]?.vm}`
    const left = leftOf(drain, first, [begun], { now: 2 })
    const resolved = resolveProblem(left.problem)
    const found = await planOf(left.problem)
    expect(betterOf(found, left, resolved)).toBe(found)
    const late = {
      ...found,
      cost: found.cost + 30,
      makespanSeconds: found.makespanSeconds + 30,
      migrations: found.migrations.map((m) => ({
        ...m,
        startSeconds: m.startSeconds + 30,
        endSeconds: m.endSeconds + 30,
      })),
    }
    const kept = betterOf(late, left, resolved)
    expect(kept).toMatchObject({
      status: 'optimal',
      proven: true,
      makespanSeconds: 28,
      statistics: { kept: 1 },
    })
    expect(check(left.problem, kept)).toEqual([])
    // Where the run is late, the rest is put off with it.
    const slow = leftOf(drain, first, [begun], { now: 20 })
    const put = betterOf({ ...late, cost: 1000 }, slow, resolveProblem(slow.problem))
    expect(put.migrations.map(({ startSeconds }) => startSeconds)).toEqual([10, 20])
    expect(check(slow.problem, put).filter(({ rule }) => rule !== 'figures')).toEqual([])
  })
})
