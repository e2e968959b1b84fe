import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeActivities } from '../../src/io/table/activity.js'
import { describeStatus, stragglersOf } from '../../src/io/table/header.js'
import { planToTable } from '../../src/io/table/plan.js'
import { displayWidth } from '../../src/io/table/text.js'
import type { TableOptions } from '../../src/io/table/theme.js'
import { violationsToTable } from '../../src/io/table/violations.js'
import type { Plan, Violation } from '../../src/model/plan.js'
import { migration, node, plan, resolved, smallPlan, vm } from './fixtures.js'

const options: TableOptions = { width: 100, color: false, ascii: false, all: false }

describe('status in words', () => {
  const unplaced: Plan['unplaced'] = [{ vm: 'a', reason: 'memory', detail: '', nodes: {}, remedies: [] }]
  it.each<[Partial<Plan>, string]>([
    [{ status: 'optimal', proven: true }, 'optimal (proven)'],
    [{ status: 'feasible', proven: false, gap: 0.0357 }, 'feasible (gap 3.57 %)'],
    [{ status: 'partial', proven: false, unplaced }, 'partial: 1 VM left unplaced'],
    [
      { status: 'partial', proven: true, unplaced },
      'partial: 1 VM left unplaced (proven: no plan does better)',
    ],
    [
      { status: 'infeasible', proven: true, unplaced },
      'infeasible: 1 VM left unplaced, none can move (proven)',
    ],
  ])('%j', (rest, words) => {
    expect(describeStatus(plan([], rest))).toBe(words)
  })

  it('says what an optimal plan with a gap means', () => {
    const { problem, plan: small } = smallPlan()
    const text = planToTable({ ...small, gap: 0.1 }, problem, options)
    expect(text).toContain('  gap          10 % of the makespan; no plan costs less\n')
  })
})

describe('activity', () => {
  const problem = resolved(['A', 'B', 'C'].map(node), [vm('v', 'A')], {
    windows: [
      { vm: 'v', startSeconds: 0, endSeconds: 100, kind: 'backup', source: 0 },
      { node: 'C', startSeconds: 40, endSeconds: 41, kind: 'backup', source: 1 },
      { node: 'C', startSeconds: 90, endSeconds: 500, kind: 'blackout', source: 2 },
    ],
  })

  it('shows what takes most of a cell, and nothing shorter vanishes from an empty one', () => {
    const rows = nodeActivities(
      plan([
        migration('v', 'A', 'B', 0, 26),
        migration('w', 'B', 'A', 10, 20),
        migration('x', 'B', 'C', 50, 100, { kind: 'restart' }),
      ]),
      problem,
      10,
    )
    expect(rows.map((row) => row.cells.join(' '))).toEqual([
      'send both send idle idle idle idle idle idle idle',
      'receive both receive idle idle slotless slotless slotless slotless slotless',
      'idle idle idle idle backup slotless slotless slotless slotless slotless',
    ])
    expect(rows.map((row) => row.busySeconds)).toEqual([26, 26, 0])
    expect(rows.map((row) => row.active)).toEqual([true, true, true])
  })

  it('shows works, and by how much they may last longer where nothing else happens', () => {
    const maintenance = [{ node: 'A', startSeconds: 10, endSeconds: 50, slackSeconds: 40 }]
    const migrations = [migration('v', 'B', 'A', 60, 62), migration('w', 'B', 'C', 90, 100)]
    const [a, b] = nodeActivities(plan(migrations, { maintenance }), problem, 10)
    expect(a.cells.join(' ')).toBe('idle work work work work slack receive slack slack idle')
    expect([a.active, a.busySeconds, b.cells[5]]).toEqual([true, 2, 'idle'])
  })

  it('counts a moment once, however many migrations share it', () => {
    const [a] = nodeActivities(
      plan([migration('v', 'A', 'B', 0, 10), migration('w', 'A', 'C', 0, 10)]),
      problem,
      4,
    )
    expect(a.busySeconds).toBe(10)
  })
})

describe('foreign text', () => {
  const evil = '\x1b]0;owned\x07\u202e\u009b31m\n'
  const sample = () => {
    const entry = {
      vm: evil,
      reason: 'memory',
      detail: evil,
      nodes: { [evil]: 'memory' },
      remedies: [evil],
    } as const
    return {
      problem: resolved([node(evil), node('B')], [vm(evil, evil)], {
        name: evil,
        drains: [
          { node: evil, mode: 'live' },
          { node: 'B', mode: 'save' },
        ],
      }),
      plan: plan([migration(evil, evil, 'B', 0, 10, { lostOffloads: [evil], lostFeatures: [evil] })], {
        problem: evil,
        status: 'partial',
        unplaced: [{ ...entry, remedies: [...entry.remedies] }],
        drained: [{ node: 'B', atSeconds: 10 }],
        warnings: [{ code: 'backup-tight', vm: evil, node: evil, message: evil }],
      }),
    }
  }

  it('cannot bring an escape, a bidi override or a line of its own into any part of the page', () => {
    const { problem, plan: evilPlan } = sample()
    for (const ascii of [false, true]) {
      const text = planToTable(evilPlan, problem, { ...options, ascii })
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(text).toContain('\\x1b]0;owned')
    }
    const calm = planToTable(
      JSON.parse(JSON.stringify(evilPlan).replaceAll(JSON.stringify(evil).slice(1, -1), 'HV01')),
      problem,
      { ...options, width: 1000 },
    )
    const wide = planToTable(evilPlan, problem, { ...options, width: 1000 })
    expect(wide.split('\n').length).toBe(calm.split('\n').length)
  })

  it('cannot do so in violations either', () => {
    const violations: Violation[] = [{ rule: 'slots', subject: evil, message: evil }]
    const { problem } = sample()
    expect(violationsToTable(violations, 1, problem, options).replaceAll('\n', '')).not.toMatch(
      /[\p{Cc}\p{Cf}]/u,
    )
  })

  it('keeps the columns aligned when names are wide', () => {
    const names = ['漢字サーバ', 'web-01', 'e\u0301te\u0301', '😀']
    const text = planToTable(
      plan(
        names.map((name, i) =>
          migration(name, i === 0 ? 'データ' : 'B', i === 0 ? 'B' : 'データ', i * 10, i * 10 + 10, {
            round: i,
          }),
        ),
      ),
      resolved([node('データ'), node('B')], []),
      options,
    )
    const lines = text.split('\n')
    const rows = lines.slice(lines.indexOf('Migrations') + 3, lines.indexOf('Migrations') + 7)
    const columns = rows.map((row) => displayWidth(row.slice(0, row.indexOf('→'))))
    expect(new Set(columns)).toEqual(new Set([columns[0]]))
    const bars = lines.slice(lines.indexOf('Nodes') + 2, lines.indexOf('Nodes') + 4)
    expect(bars.map(displayWidth)).toEqual([100, 100])
  })

  it.each<[string, string[]]>([
    ['numbers in the middle', ['customer-01-production-web', 'customer-02-production-web']],
    ['one that is longer in the middle', ['sql-cluster-node-a', 'sql-cluster-nodes-node-a']],
    [
      'letters that differ behind a long stem',
      ['prod-eu-west-app-frontend-a1', 'prod-eu-west-app-frontend-b1'],
    ],
    ['one that looks like another that is cut', ['databa…r-01', 'database-server-01', 'database-printer-01']],
    ['wide letters', ['東京第一サーバ運用', '東京第二サーバ運用']],
  ])('never shows two ids as one: %s', (_, ids) => {
    for (let width = 40; width <= 120; width++) {
      const migrations = ids.map((id, i) => migration(id, 'HV01', `HV0${i + 2}`, i * 10, i * 10 + 7 + i))
      const problem = resolved(
        ['HV01', 'HV02', 'HV03', 'HV04'].map(node),
        ids.map((id) => vm(id, 'HV01')),
      )
      const lines = planToTable(plan(migrations), problem, { ...options, width }).split('\n')
      const rows = lines.slice(lines.indexOf('Migrations') + 1)
      // Whole below their rows, or cut in them.
      const flat = rows.join('').replace(/\s+/g, '')
      if (ids.every((id) => flat.includes(id))) continue
      const shown = ids.flatMap(
        (_, i) => rows.find((row) => row.includes(`HV0${i + 2}`))?.match(/\S*(…|-|サーバ)\S*/g) ?? [],
      )
      expect([width, shown.length, new Set(shown).size]).toEqual([width, ids.length, ids.length])
    }
  })

  it('never makes a line wider than the terminal', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        id,
        id,
        id,
        fc.integer({ min: 40, max: 200 }),
        fc.double({ min: 0.001, max: 600_000, noNaN: true }),
        fc.boolean(),
        (name, from, to, width, seconds, dated) => {
          const at = Date.parse('2026-11-23T20:00:00Z')
          const sample = plan(
            [migration(name, from, to, 0, seconds, { parking: true, lostOffloads: [name], kind: 'restart' })],
            { warnings: [{ code: 'backup-tight', vm: name, message: `${from} ${to}` }] },
          )
          const problem = resolved(
            [node(from), node(to)],
            [],
            dated ? { start: { epochMs: at, offsetMinutes: 0 } } : {},
          )
          const text = planToTable(sample, problem, { ...options, width })
          expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(width)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the list of migrations', () => {
  const three = [
    migration('a', 'A', 'B', 0, 10, { round: 0 }),
    migration('b', 'A', 'C', 20, 30, { round: 1 }),
    migration('c', 'C', 'B', 5, 15, { round: 2 }),
  ]
  const problem = resolved(
    ['A', 'B', 'C'].map(node),
    ['a', 'b', 'c'].map((id) => vm(id, 'A')),
  )
  const listed = (migrations: typeof three, schedule: Plan['schedule']) => {
    const text = planToTable(plan(migrations, { schedule }), problem, options)
    return text.slice(text.indexOf('Migrations\n')).trimEnd().split('\n').slice(1)
  }

  it('is in order of time, by round where there are barriers', () => {
    expect(
      listed(three, 'timeline')
        .slice(2)
        .map((row) => row.match(/[abc](?= {2})/)?.[0]),
    ).toEqual(['a', 'c', 'b'])
    expect(
      listed(three, 'rounds')
        .slice(2)
        .map((row) => row.match(/[abc](?= {2})/)?.[0]),
    ).toEqual(['a', 'b', 'c'])
  })

  it('says what all have in common once, above', () => {
    expect(listed(three, 'timeline')[0]).toBe('  all: 10.0 seconds, live, blackout 0.10 s')
    const drain = three.map((m) => ({ ...m, from: 'A', parking: true as const }))
    expect(listed(drain, 'timeline').slice(0, 2)).toEqual([
      '  all: 10.0 seconds, from A, live, blackout 0.10 s, parks here, moves on later',
      '  round  start (s)  end (s)  VM     to',
    ])
    expect(listed(three.slice(0, 1), 'timeline')[0]).not.toContain('all:')
    const mixed = three.map((m, i) => ({ ...m, kind: i === 1 ? ('restart' as const) : m.kind }))
    expect(listed(mixed, 'timeline')[0]).toBe('  all: 10.0 seconds, blackout 0.10 s')
  })

  it('has drained nodes by time', () => {
    const drained = [
      { node: 'A', atSeconds: 30 },
      { node: 'C', atSeconds: 15 },
    ]
    const text = planToTable(plan(three, { drained }), problem, options)
    expect(text.slice(text.indexOf('Drained nodes'))).toMatch(/C +15.0 +15\n +A +30.0 +30\n/)
  })
})

describe('VMs that all wait for', () => {
  const ends = (...seconds: number[]) =>
    seconds.map((end, i) => migration(`v${i}`, 'A', 'B', end - 5, end, { round: i }))
  it.each<[string, number[], { vms: string[]; others: number } | undefined]>([
    ['one', [100, 90, 700], { vms: ['v2'], others: 100 }],
    ['two, the last first', [100, 700, 720], { vms: ['v2', 'v1'], others: 100 }],
    ['no six', [100, 700, 701, 702, 703, 704, 705], undefined],
    ['none that ends a minute later, or not even that', [650, 709], undefined],
    ['none whose wait is small beside the whole', [700, 765], undefined],
    ['none where there is no other', [700], undefined],
  ])('%s', (_, seconds, expected) => {
    expect(stragglersOf(plan(ends(...seconds)))).toEqual(expected)
  })

  it('are told in the header, but not where a work ends the night', () => {
    const late = plan(ends(100, 700))
    const problem = resolved(
      ['A', 'B'].map(node),
      ['v0', 'v1'].map((id) => vm(id, 'A')),
    )
    const text = planToTable(late, problem, options)
    expect(text).toContain('  all but 1    0:01:40, 0:10:00 sooner; last: v1\n')
    expect(stragglersOf({ ...late, makespanSeconds: 900 })).toBeUndefined()
  })
})

describe('an empty plan', () => {
  it('has a header and nothing else', () => {
    const text = planToTable(plan([]), resolved([node('A')], []), options)
    expect(text).toBe(`sample · optimal (proven)
  makespan     0:00:00 (0 s)
  lower bound  0:00:00 (0 s), by matching-lp
  gap          0 %
  cost         0 s (the makespan, no penalties); bound 0 s
  migrations   0 in 0 rounds, timeline
  runtime      0.21 s, 900,000 evaluations, seed 0
`)
  })
})

describe('violations', () => {
  const { problem } = smallPlan()
  const violations: Violation[] = [
    {
      rule: 'slots',
      subject: 'HV01',
      atSeconds: 31.25,
      excess: 1,
      message: 'takes part in 2 migrations at once, has 1 slot',
    },
    { rule: 'figures', subject: 'gap', message: 'is 0.1, follows as 0.2' },
  ]

  it('is one line where the plan is right', () => {
    expect(violationsToTable([], 1, problem, options)).toBe('ok: 1 migration, no violation\n')
    expect(violationsToTable([], 1200, problem, options)).toBe('ok: 1,200 migrations, no violation\n')
  })

  it('is a table where it is wrong', () => {
    expect(violationsToTable(violations, 3, problem, options)).toBe(`2 violations in 3 migrations
  rule     subject  instant (s)  excess  message
  slots    HV01            31.3       1  takes part in 2 migrations at once, has 1 slot
  figures  gap                           is 0.1, follows as 0.2
`)
  })

  it('puts messages below where there is no room beside', () => {
    expect(
      violationsToTable(violations, 3, problem, { ...options, width: 50 }),
    ).toBe(`2 violations in 3 migrations
  rule     subject  instant (s)  excess
  slots    HV01            31.3       1
      takes part in 2 migrations at once, has 1
      slot
  figures  gap
      is 0.1, follows as 0.2
`)
  })

  it('stops after 200', () => {
    const many = Array.from({ length: 250 }, (_, i) => violations[i % violations.length])
    expect(violationsToTable(many, 3, problem, options)).toContain('  and 50 more (--all lists them)\n')
    expect(violationsToTable(many, 3, problem, { ...options, all: true }).split('\n')).toHaveLength(253)
  })
})
