/** The planner page without a page: changes of a problem, undo, what differs between plans, what a migration waits for, what dropped files are. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nightOf } from '../../src/chart/night.js'
import { IMPORT_SOURCES } from '../../src/import/sources.js'
import type { Problem } from '../../src/model/problem.js'
import { parseProblem, resolveProblem } from '../../src/model/validate.js'
import { plan as makePlan } from '../../src/plan.js'
import { sortFiles } from '../../web/engine/kinds.js'
import { openFiles } from '../../web/engine/open.js'
import { fieldOf, instantOf } from '../../web/parts/times.js'
import { differenceOf } from '../../web/state/difference.js'
import {
  roleOf,
  secondsOf,
  shifted,
  spanOf,
  withChangedWindow,
  withMovedWindow,
  withoutWindow,
  withPolicy,
  withRole,
  withSlots,
  withWindow,
} from '../../web/state/edits.js'
import { fileNameOf } from '../../web/state/files.js'
import {
  begin,
  canRedo,
  MOST_MIGRATIONS,
  MOST_STEPS,
  planBefore,
  push,
  redo,
  type Step,
  shownPlan,
  stepOf,
  undo,
  withPlan,
} from '../../web/state/history.js'
import { waitsOf } from '../../web/state/moment.js'
import { de } from '../../web/words/de.js'
import { en } from '../../web/words/en.js'
import { cases } from '../cases.js'
import { migration, plan } from '../io/fixtures.js'
import { problemOf } from '../problem.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}
const small = (parts: Partial<Problem> = {}): Problem =>
  frozen({
    ...problemOf({ nodes: ['A', 'B', 'C'], vms: ['a@A', 'b@A', 'c@B'], request: { moves: [] } }),
    ...parts,
  })

describe('changes of a problem', () => {
  it('empty a host, patch it, or neither, and leave nothing of one in the other', () => {
    const both = withRole(withRole(small(), 'A', 'patch', 600), 'B', 'patch')
    const { maintenance } = both.request
    expect(maintenance).toEqual([
      { node: 'A', durationSeconds: 600 },
      { node: 'B', durationSeconds: 3600 },
    ])
    const tied = {
      ...both,
      request: {
        ...both.request,
        notTogether: [['A', 'B']],
        maintenance: [maintenance![0], { ...maintenance![1], after: ['A'] }],
      },
    }
    const one = withRole(frozen(tied), 'A', 'empty')
    expect(one.request).toEqual({
      drain: ['A'],
      maintenance: [{ node: 'B', durationSeconds: 3600 }],
    })
    expect(withRole(withRole(one, 'A', 'stay'), 'B', 'stay').request).toEqual({ moves: [] })
  })

  it('of any kind, one after another, give problems that are right', () => {
    const window = { node: 'B', start: 100, durationSeconds: 50 }
    const edit = fc.oneof(
      fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('stay', 'empty', 'patch')).map(
        ([node, role]) =>
          (p: Problem) =>
            withRole(p, node, role as 'stay'),
      ),
      fc.integer({ min: 1, max: 9 }).map((slots) => (p: Problem) => withSlots(p, 'B', slots)),
      fc.boolean().map((on) => (p: Problem) => withPolicy(p, 'allowSave', on)),
      fc.constant((p: Problem) => withWindow(p, window)),
      fc.nat(2).map((index) => (p: Problem) => withoutWindow(p, index)),
      fc.tuple(fc.nat(2), fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 })).map(
        ([index, start, end]) =>
          (p: Problem) =>
            withMovedWindow(p, index, start, end),
      ),
    )
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const last = edits.reduce((problem, change) => frozen(change(problem)), small())
        expect(() => parseProblem(last)).not.toThrow()
      }),
      { numRuns: cases(200) },
    )
  })

  it('go back to the default without a trace', () => {
    expect(withPolicy(withPolicy(small(), 'allowSave', true), 'allowSave', false)).toEqual(small())
    expect(
      withPolicy(withPolicy(small(), 'concurrentMigrations', 3), 'concurrentMigrations', undefined),
    ).toEqual(small())
    expect(withoutWindow(withWindow(small(), { start: 0, end: 1 }), 0)).toEqual(small())
    expect(roleOf(small(), 'A')).toBe('stay')
  })

  const start = '2026-03-28T20:00:00+01:00'
  it.each([
    ['numbers', { start: 100, end: 400 }, { start: 160, end: 430 }],
    ['a duration', { start: 100, durationSeconds: 300 }, { start: 160, durationSeconds: 270 }],
    [
      'dates, in the offset that they have',
      { start: '2026-03-28T19:00:00Z', end: '2026-03-28T20:10:00+01:00' },
      { start: '2026-03-28T19:01:00+00:00', end: '2026-03-28T19:10:30+00:00' },
    ],
  ])('move a window of %s, and its length with it', (_, window, moved) => {
    expect(withMovedWindow(small({ start, windows: [window] }), 0, 60, 30).windows).toEqual([moved])
  })

  it('never make a window end before it starts, or start before the plan counts', () => {
    const problem = small({ windows: [{ start: 100, end: 200 }] })
    expect(withMovedWindow(problem, 0, 0, -500).windows).toEqual([{ start: 100, end: 160 }])
    expect(withMovedWindow(problem, 0, -500, -500).windows).toEqual([{ start: 0, end: 60 }])
    expect(withMovedWindow(problem, 7, 1, 1)).toBe(problem)
    const dated = small({ windows: [{ start: '2026-03-28T19:00:00Z', durationSeconds: 60 }] })
    expect(spanOf(dated, dated.windows![0])).toBeUndefined()
    expect(withMovedWindow(dated, 0, 1, 1)).toBe(dated)
    const ended = small({ windows: [{ start: 100, end: 200 }] })
    expect(withChangedWindow(ended, 0, { end: undefined as never, durationSeconds: 5 }).windows).toEqual([
      { start: 100, durationSeconds: 5 },
    ])
  })

  it('are shown in fields, and read from them, in the time of the night', () => {
    const at = { epochMs: Date.parse(start), offsetMinutes: 60 }
    expect(fieldOf(at, 5400)).toBe('2026-03-28T21:30')
    expect(secondsOf({ start }, instantOf(at, '2026-03-28T21:30')!)).toBe(5400)
    expect(instantOf(at, '')).toBeUndefined()
    expect([fieldOf(undefined, 3725), instantOf(undefined, '1:02:05'), instantOf(undefined, '2:05')]).toEqual(
      ['1:02:05', 3725, 125],
    )
    expect(['', '5', 'x:00', '1:2:3'].map((text) => instantOf(undefined, text))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(shifted('nonsense', 5)).toBe('nonsense')
  })
})

describe('the history', () => {
  const options = { effort: 3, schedule: 'timeline', seed: 0, timeLimitSeconds: undefined } as const
  const stepAt = (key: string): Step => ({ done: { key }, problem: small(), options, plan: undefined })
  const [first, second, third] = ['a', 'b', 'c'].map((key) => plan([migration(key, 'A', 'B', 0, 1)]))

  it('goes back and on, and forgets what was undone once something else is done', () => {
    const two = push(begin(stepAt('a')), stepAt('b'))
    expect(stepOf(undo(two)).done.key).toBe('a')
    expect(stepOf(redo(undo(two))).done.key).toBe('b')
    expect(undo(undo(two)).at).toBe(0)
    const other = push(undo(two), stepAt('c'))
    expect(other.steps.map(({ done }) => done.key)).toEqual(['a', 'c'])
    expect(canRedo(other)).toBe(false)
    expect(redo(other)).toBe(other)
  })

  it('shows the plan of its step, or an older one as out of date; and knows the one before', () => {
    let history = begin(stepAt('a'))
    expect(shownPlan(history)).toBeUndefined()
    history = withPlan(history, stepOf(history), first)
    history = push(history, stepAt('b'))
    expect(shownPlan(history)).toEqual({ plan: first, stale: true })
    const late = stepOf(history)
    history = push(history, stepAt('c'))
    history = withPlan(withPlan(history, stepOf(history), third), late, second)
    expect(shownPlan(history)).toEqual({ plan: third, stale: false })
    expect(planBefore(history)).toBe(second)
    expect(planBefore(undo(history))).toBe(first)
    expect(planBefore(undo(undo(history)))).toBeUndefined()
  })

  it('keeps plans of so many migrations, those next to what is shown first', () => {
    const big = plan(
      Array.from({ length: MOST_MIGRATIONS / 4 }, (_, i) => migration(`v${i}`, 'A', 'B', 0, 1)),
    )
    let history = begin(stepAt('0'))
    for (let i = 1; i <= 6; i++) {
      history = withPlan(history, stepOf(history), big)
      history = push(history, stepAt(String(i)))
    }
    expect(history.steps.map(({ plan }) => plan !== undefined)).toEqual([
      ...[false, false, true, true, true, true, false],
    ])
    const huge = plan(
      Array.from({ length: MOST_MIGRATIONS + 1 }, (_, i) => migration(`v${i}`, 'A', 'B', 0, 1)),
    )
    history = withPlan(history, stepOf(history), huge)
    expect(history.steps.map(({ plan }) => plan !== undefined)).toEqual([
      ...[false, false, false, false, false, true, true],
    ])
  })

  it('keeps the last steps', () => {
    let history = begin(stepAt('0'))
    for (let i = 1; i <= MOST_STEPS + 5; i++) history = push(history, stepAt(String(i)))
    expect(history.steps).toHaveLength(MOST_STEPS)
    expect(stepOf(history).done.key).toBe(String(MOST_STEPS + 5))
  })
})

describe('two plans', () => {
  it('differ in figures, and in what becomes of each VM', () => {
    const before = plan(
      [
        migration('to', 'A', 'B', 0, 10),
        migration('kind', 'A', 'B', 10, 20),
        migration('sooner', 'A', 'B', 20, 30),
        migration('same', 'A', 'B', 30, 40),
        migration('gone', 'A', 'B', 40, 50),
      ],
      {
        makespanSeconds: 50,
        cost: 60,
        unplaced: [{ vm: 'placed', reason: 'memory', detail: '', nodes: {}, remedies: [] }],
      },
    )
    const after = plan(
      [
        migration('sooner', 'A', 'B', 0, 10),
        migration('to', 'A', 'C', 0, 10),
        migration('kind', 'A', 'B', 10, 20, { kind: 'save' }),
        migration('same', 'A', 'B', 30, 40),
        migration('new', 'A', 'B', 40, 45),
      ],
      { makespanSeconds: 45, cost: 45 },
    )
    const { changed, ...rest } = differenceOf(before, after)
    expect(changed.map(({ vm, change }) => `${vm}: ${change}`).sort()).toEqual([
      'kind: kind',
      'sooner: earlier',
      'to: target',
    ])
    expect(rest).toMatchObject({
      makespanSeconds: -5,
      migrations: 0,
      penaltySeconds: -10,
      unplaced: -1,
      placedNow: ['placed'],
      unplacedNow: [],
      movesNow: ['new'],
      staysNow: ['gone'],
    })
    expect(differenceOf(after, after)).toMatchObject({
      makespanSeconds: 0,
      changed: [],
      movesNow: [],
      staysNow: [],
    })
  })
})

describe('a migration', () => {
  it('waits for what ends on its hosts when it starts', async () => {
    const document = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A', 'b@A', 'c@C'],
      windows: [{ vm: 'c', start: 0, end: 40, kind: 'blackout' }],
      request: { moves: ['a>B 10', 'b>B 20', 'c>B 10'] },
    })
    const made = await makePlan(document)
    const night = nightOf(made, resolveProblem(document), 100)
    const waits = made.migrations.map((each) => waitsOf(each, made, night))
    expect(waits[0]).toEqual([{ of: 'start' }])
    const [one, two] = made.migrations
    expect(waits[1]).toEqual([{ of: 'migration', node: 'A', vm: one.vm }])
    expect(waits[2]).toEqual([{ of: 'window', kind: 'blackout', on: 'c' }])
    const later = { ...two, startSeconds: two.startSeconds + 0.5 }
    expect(waitsOf(later, made, night)).toEqual([{ of: 'other' }])
  })
})

describe('dropped files', () => {
  const read = (...paths: string[]) =>
    paths.map((path) => ({
      name: path.split('/').at(-1)!,
      bytes: new Uint8Array(readFileSync(join(root, path))),
    }))
  const folder = (path: string) => read(...readdirSync(join(root, path)).map((name) => `${path}/${name}`))
  const examples = {
    hyperv: read('examples/import/vmferry-inventory.json'),
    rvtools: folder('examples/import/rvtools'),
    csv: read('examples/import/nodes.csv', 'examples/import/vms.csv'),
    proxmox: folder('examples/import/proxmox'),
    libvirt: folder('examples/import/libvirt'),
  }

  it.each(IMPORT_SOURCES)('are known as an inventory of %s, and make its problem', async (source) => {
    const files = examples[source]
    expect(sortFiles(files).source).toBe(source)
    const answers = { start: '2026-11-23T20:30:00+01:00' }
    const { problem } = await openFiles({ files, source: undefined, answers }, undefined)
    expect(problem.nodes.length).toBeGreaterThan(1)
    expect(problem.vms.length).toBeGreaterThan(1)
  })

  it('may be tables of moves and of windows beside the inventory', async () => {
    const files = [...examples.csv, ...read('examples/import/moves.csv', 'examples/import/windows.csv')]
    const { problem } = await openFiles(
      { files, source: undefined, answers: { start: '2026-11-23T20:30:00+01:00' } },
      undefined,
    )
    expect(problem.request.moves?.length).toBeGreaterThan(0)
    expect(problem.windows?.length).toBeGreaterThan(0)
  })

  it('ask what only the user can say', async () => {
    const asks = async (files: typeof examples.csv, answers = {}) =>
      openFiles({ files, source: undefined, answers }, undefined).then(
        () => [],
        (error) => error.issues.map(({ asks }: { asks?: unknown }) => asks),
      )
    expect(await asks(examples.hyperv)).toEqual([{ option: 'start' }])
    const text = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) })
    const vms = text('vms.csv', 'id,node,memoryMiB\na,H1,1024\n')
    expect(await asks([text('nodes.csv', 'id,cpu,memoryMiB\nH1,,9999\nH2,,9999\n'), vms])).toEqual([
      { option: 'cpu', nodes: ['H1', 'H2'] },
    ])
    const odd = text('nodes.csv', 'id,cpu,memoryMiB,colour\nH1,Haswell,9999,red\n')
    expect(await asks([odd, vms])).toEqual([{ option: 'ignoreColumns' }])
    expect(await asks([odd, vms], { ignoreColumns: true })).toEqual([])
    const latin = {
      name: 'nodes.csv',
      bytes: Uint8Array.from([...'id,cpu,memoryMiB\nH\xfc1,Haswell,9999\n'].map((c) => c.charCodeAt(0))),
    }
    expect(await asks([latin, vms])).toEqual([{ option: 'encoding' }])
  })

  it('may be a plan with its problem, which is checked, and not a plan of another', async () => {
    const problem = JSON.parse(
      readFileSync(join(root, 'examples/four-nodes/problem.json'), 'utf8'),
    ) as Problem
    const made = await makePlan(problem)
    const files = (plan: unknown) =>
      [problem, plan].map((value, i) => ({
        name: `${i}.json`,
        bytes: new TextEncoder().encode(JSON.stringify(value)),
      }))
    const given = (plan: unknown) => ({ files: files(plan), source: undefined, answers: {} })
    expect((await openFiles(given(made), undefined)).plan).toEqual(made)
    await expect(openFiles(given({ ...made, makespanSeconds: 1 }), undefined)).rejects.toThrow(
      /1\.json: .*not a plan of this problem/,
    )
    await expect(openFiles({ ...given(made), files: files(made).slice(1) }, undefined)).rejects.toThrow(
      /drop that first/,
    )
  })

  it('are written under names that every system takes', () => {
    expect(fileNameOf('plan', 'Nacht 1')).toBe('Nacht 1.plan.json')
    expect(fileNameOf('html', '../..\\<a>:"x"\n')).toBe('a-x.html')
    expect(fileNameOf('problem', undefined)).toBe('night.problem.json')
  })
})

describe('the words', () => {
  it('are the same in every language, with the same places', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en))
    const places = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort()
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect([key, ...places(de[key])]).toEqual([key, ...places(en[key])])
      expect(de[key].trim()).not.toBe('')
    }
  })
})
