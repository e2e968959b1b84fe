/** The way back: whatever a plan has moved is at home again. */
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import type { Plan, UnplacedReason } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { back } from '../../src/replan/back.js'
import { Random } from '../../src/solver/random.js'
import { quota, seeds } from '../cases.js'
import { migration, plan } from '../io/fixtures.js'
import { type Flavour, INTEL, planOf, problemOf, randomProblem } from '../solver/problems.js'
import { cut } from './simulate.js'

const plain: Flavour = {
  vms: 6,
  request: 'moves',
  memory: false,
  windows: false,
  rules: false,
  parking: false,
}

/** What may keep a VM from home that was there: a shorter night, a reserve that was not free before, a CPU that it was not started on. */
const EXCUSES: readonly UnplacedReason[] = ['window', 'memory', 'cpu-vendor', 'cpu-features']

function whereAll(problem: Problem, made: Plan): Map<string, string> {
  const at = new Map(problem.vms.map(({ id, node }) => [id, node]))
  for (const { vm, to } of [...made.migrations].sort((a, b) => a.startSeconds - b.startSeconds))
    at.set(vm, to)
  return at
}

describe.each<[string, Flavour, readonly UnplacedReason[]]>([
  ['moves', plain, []],
  ['drains', { ...plain, request: 'drain' }, []],
  ['stop-overs and tight memory', { ...plain, memory: true, parking: true, tight: true }, []],
  ['room that was made', { ...plain, request: 'both', memory: true, parking: true, makeRoom: true }, []],
  ['windows', { ...plain, request: 'both', windows: true }, ['window']],
  ['restarts, saves and paused nodes', { ...plain, request: 'both', rules: true, windows: true }, EXCUSES],
  [
    'groups and a reserve',
    { ...plain, request: 'drain', memory: true, policies: true, groups: true },
    ['memory'],
  ],
])('random plans with %s', (_, flavour, excuses) => {
  it('are undone', async () => {
    let home = 0
    for (const seed of seeds(66)) {
      const problem = randomProblem(seed, flavour)
      const first = await planOf(problem)
      const way = back(problem, first)
      expect(way.problem.vms.map(({ id, node }) => [id, node])).toEqual([...whereAll(problem, first)])
      const second = await planOf(way.problem)
      expect([seed, check(way.problem, second)]).toEqual([seed, []])
      const left = new Map(second.unplaced.map(({ vm, reason }) => [vm, reason]))
      const after = whereAll(way.problem, second)
      for (const { id, node } of problem.vms) {
        const reason = left.get(id)
        if (reason === undefined) expect([seed, id, after.get(id)]).toEqual([seed, id, node])
        else expect([seed, id, excuses.includes(reason)], reason).toEqual([seed, id, true])
      }
      home += way.problem.request.moves!.length - left.size
    }
    expect(home).toBeGreaterThan(quota(15))
  }, 60_000)
})

const vms = (...rows: [id: string, node: string, rest?: object][]) =>
  rows.map(([id, node, rest = {}]) => ({ id, node, memoryMiB: 100, ...rest }))

describe('what the plan has done', () => {
  const nodes = ['A', 'B', 'C'].map((id) => ({ id }))
  const base = () =>
    problemOf({
      nodes,
      vms: vms(['a', 'A'], ['b', 'A', { bootNode: 'C', offloads: [] }], ['c', 'B']),
      request: { drain: ['A'] },
    })

  it('stays: where VMs were started, what a restart has set, what was saved', () => {
    const made = plan([
      migration('a', 'A', 'B', 0, 10, { kind: 'restart' }),
      migration('b', 'A', 'C', 10, 20),
      migration('c', 'B', 'B', 20, 30, { kind: 'save-in-place' }),
    ])
    const { problem, saved, resumed } = back(base(), made)
    expect(problem.request).toEqual({
      moves: [
        { vm: 'a', to: 'A' },
        { vm: 'b', to: 'A' },
      ],
    })
    expect(problem.vms).toMatchObject([
      { id: 'a', node: 'B', bootNode: 'B', compatibility: 'cluster' },
      { id: 'b', node: 'C', bootNode: 'C' },
      { id: 'c', node: 'B', state: 'saved' },
    ])
    expect([saved, resumed]).toEqual([['c'], []])
  })

  it('is undone once: over a stop-over, a VM goes home from its end, and not at all where it is home again', () => {
    const made = plan([
      migration('a', 'A', 'B', 0, 10, { parking: true }),
      migration('a', 'B', 'C', 10, 20),
      migration('b', 'A', 'B', 10, 20, { parking: true }),
      migration('b', 'B', 'A', 20, 30),
    ])
    const { problem } = back(base(), made)
    expect(problem.request).toEqual({ moves: [{ vm: 'a', to: 'A' }] })
    expect(problem.vms[0]).toMatchObject({ node: 'C', bootNode: 'A' })
  })

  it('brings VMs home to a node that was paused, and leaves other states', () => {
    const problem = base()
    problem.nodes[0]!.state = 'paused'
    problem.nodes[2]!.state = 'paused'
    const way = back(problem, plan([migration('a', 'A', 'B', 0, 10)]))
    expect(way.resumed).toEqual(['A'])
    expect(way.problem.nodes.map(({ state }) => state)).toEqual(['up', undefined, 'paused'])
  })

  it('does not keep VMs from homes that broke a rule before', async () => {
    const problem = problemOf({
      nodes,
      vms: vms(
        ['a', 'A', { antiAffinity: ['g'], allowedNodes: ['B'] }],
        ['b', 'A', { antiAffinity: ['g'] }],
        ['c', 'B', { affinity: ['t'] }],
        ['d', 'C', { affinity: ['t'] }],
      ),
      request: { moves: ['a>B'] },
    })
    const first = plan([migration('a', 'A', 'B', 0, 10), migration('c', 'B', 'C', 10, 20)])
    const second = await planOf(back(problem, first).problem)
    expect([second.unplaced, second.migrations.map(({ vm, to }) => `${vm} ${to}`).sort()]).toEqual([
      [],
      ['a A', 'c B'],
    ])
  })

  it('by the journal of a run that was not finished, only what has moved goes home', async () => {
    const problem = problemOf({
      nodes,
      vms: vms(['a', 'A'], ['b', 'A'], ['c', 'A']),
      request: { drain: ['A'] },
    })
    const first = await planOf(problem)
    const nowSeconds = first.migrations[1]!.endSeconds
    const { journal } = cut(problem, first, nowSeconds, new Random(1), { late: 0, failures: 0 })
    const ended = first.migrations.filter((m) => m.endSeconds <= nowSeconds).map(({ vm }) => vm)
    const begun = first.migrations.some((m) => m.startSeconds < nowSeconds && m.endSeconds > nowSeconds)
    if (begun) expect(() => back(problem, first, { journal })).toThrow('was started and has not ended')
    else
      expect(
        back(problem, first, { journal })
          .problem.request.moves?.map(({ vm }) => vm)
          .sort(),
      ).toEqual(ended.sort())
    const early = cut(problem, first, first.migrations[0]!.endSeconds / 2, new Random(1), {
      late: 0,
      failures: 0,
    })
    expect(() => back(problem, first, { journal: early.journal })).toThrow(InvalidProblemError)
  })
})

describe('its start', () => {
  const START = '2026-11-23T20:00:00+01:00'
  const dated = (windows: Problem['windows']): Problem => ({
    ...problemOf({
      nodes: ['A', 'B'],
      vms: vms(['a', 'A']),
      request: { moves: ['a>B 7'] },
    }),
    name: 'night',
    start: START,
    windows: windows ?? [],
    policy: { horizonSeconds: 7200 },
  })
  const made = plan([migration('a', 'A', 'B', 0, 9.25)])

  it('is when the plan has ended, or when it is said', () => {
    expect(back(dated([]), made).problem).toMatchObject({
      name: 'night, back',
      start: '2026-11-23T20:00:10.000+01:00',
      policy: { horizonSeconds: 7200 },
      request: { moves: [{ vm: 'a', to: 'A', durationSeconds: 7 }] },
    })
    expect(back(dated([]), made, { start: 10_800 }).problem.start).toBe('2026-11-23T23:00:00.000+01:00')
    expect(back(dated([]), made, { start: '2026-11-24T03:00:00Z' }).problem.start).toBe(
      '2026-11-24T04:00:00.000+01:00',
    )
    const { start: _, ...undated } = dated([])
    expect(back(undated, made).problem).not.toHaveProperty('start')
  })

  it('moves windows along: those that are over are gone, rules go on, also behind the horizon of the plan', () => {
    const windows: Problem['windows'] = [
      { node: 'A', start: 0, end: 9 },
      { node: 'A', start: 7200, end: 9000 },
      { node: 'B', start: 600, durationSeconds: 600, rrule: 'FREQ=DAILY' },
      { start: '2026-11-25T02:00:00+01:00', end: '2026-11-25T03:00:00+01:00' },
    ]
    expect(back(dated(windows), made, { start: 3600 }).problem.windows).toEqual([
      { node: 'A', start: 3600, end: 5400 },
      { node: 'B', start: '2026-11-23T20:10:00.000+01:00', durationSeconds: 600, rrule: 'FREQ=DAILY' },
      windows[3],
    ])
    expect(back(dated(windows), made, { start: 90_000 }).problem.windows).toHaveLength(2)
  })

  it.each<[object, string]>([
    [{ start: 9 }, 'start: 9 is before the plan has ended, 9.25 s after its start'],
    [{ start: Number.NaN }, 'start: NaN'],
    [{ start: 'tonight' }, 'start: "tonight"'],
    [{ begin: 1 }, '"begin" is not an option'],
  ])('%j is refused', (options, message) => {
    expect(() => back(dated([]), made, options)).toThrow(InvalidOptionError)
    expect(() => back(dated([]), made, options)).toThrow(message)
  })

  it('refuses a plan of another problem', () => {
    const other = { ...dated([]), vms: [{ id: 'x', node: 'A', memoryMiB: 1 }], request: {} }
    expect(() => back(other, made)).toThrow(InvalidProblemError)
    expect(() => back(dated([]), plan([migration('a', 'B', 'A', 0, 9)]))).toThrow(
      'moves it from "B", and it is on "A" then',
    )
  })
})

it('twice is where the plan has led', async () => {
  const problem = problemOf({
    nodes: [{ id: 'A' }, { id: 'B' }].map((node) => ({ ...node, cpu: INTEL })),
    vms: vms(['a', 'A'], ['b', 'B']),
    request: { moves: ['a>B'] },
  })
  const there = await planOf(problem)
  const way = back(problem, there)
  const again = back(way.problem, await planOf(way.problem))
  expect(again.problem.request).toEqual({ moves: [{ vm: 'a', to: 'B' }] })
})
