/** The sweeps against the rules' own words, instant by instant, on random plans that are mostly wrong. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { Migration, MigrationKind, Plan, Violation } from '../../src/model/plan.js'
import type { ResolvedProblem, ResolvedWindow } from '../../src/model/problem.js'
import { cases } from '../cases.js'
import { leg } from '../problem.js'
import { loosen, planOf, problemOf } from './fixture.js'

const NODES = ['A', 'B', 'C', 'D']
/** Milliseconds. */
const SPAN = 40

interface Raw {
  state: 'running' | 'saved' | 'off'
  memory: number
  node: number
  legs: { start: number; length: number; to: number; kind: MigrationKind }[]
}

const rawVm: fc.Arbitrary<Raw> = fc.record({
  state: fc.constantFrom('running', 'running', 'running', 'saved', 'off'),
  memory: fc.integer({ min: 1, max: 9 }),
  node: fc.nat(NODES.length - 1),
  legs: fc.array(
    fc.record({
      start: fc.nat(12),
      length: fc.nat(8),
      to: fc.nat(NODES.length - 1),
      kind: fc.constantFrom<MigrationKind>('live', 'live', 'live', 'restart', 'save', 'save-in-place'),
    }),
    { maxLength: 2 },
  ),
})

/** Legs one after another, each from where the one before ended; a start is a delay after it. */
function build(raws: Raw[], memory: number, slots: number): { problem: ResolvedProblem; plan: Plan } {
  const problem = problemOf({
    nodes: NODES.map((id) => ({ id, memoryMiB: memory, slots })),
    vms: raws.map((raw, i) => ({
      id: `v${i}`,
      node: NODES[raw.node]!,
      memoryMiB: raw.memory,
      state: raw.state,
    })),
  })
  const migrations: Migration[] = []
  raws.forEach((raw, i) => {
    let at = raw.node
    let time = 0
    for (const { start, length, to, kind } of raw.legs) {
      const target = kind === 'save-in-place' ? at : to
      if (target === at && kind !== 'save-in-place') continue
      const begin = time + start
      time = begin + length
      migrations.push(leg(`v${i} ${NODES[at]}>${NODES[target]} ${begin / 1000}-${time / 1000}`, { kind }))
      at = target
    }
  })
  migrations.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
  const plan = planOf({ makespanSeconds: 0, cost: 0, migrations })
  loosen(plan)
  return { problem, plan }
}

const ms = (seconds: number) => Math.round(seconds * 1000)

/** What is on a node during the millisecond that begins at t, by the definition. */
function memoryAt({ problem, plan }: ReturnType<typeof build>, node: string, t: number): number {
  let sum = 0
  for (const vm of problem.vms) {
    if (vm.state !== 'running') continue
    const own = plan.migrations.filter((m) => m.vm === vm.id)
    let running = true
    const places = new Set([vm.node])
    for (const m of own) {
      if (!running) break
      if (ms(m.startSeconds) <= t) places.add(m.to)
      if (ms(m.endSeconds) <= t && m.kind === 'save-in-place') {
        running = false
        places.clear()
      } else if (ms(m.endSeconds) <= t) places.delete(m.from)
    }
    if (places.has(node)) sum += vm.memoryMiB
  }
  return sum
}

function slotsAt({ plan }: ReturnType<typeof build>, node: string, t: number, inPlace: boolean): number {
  return plan.migrations.filter(
    (m) =>
      (m.kind === 'save-in-place') === inPlace &&
      (m.kind === 'live' || inPlace) &&
      (m.from === node || m.to === node) &&
      ms(m.startSeconds) <= t &&
      t < ms(m.endSeconds),
  ).length
}

/** [first millisecond, highest level] of each stretch over the limit. A level over it from the start does not count until it rises. */
function stretches(level: (t: number) => number, limit: number): [number, number][] {
  const found: [number, number][] = []
  let open = false
  for (let t = 0; t <= SPAN; t++) {
    const now = level(t)
    if (now <= limit) open = false
    else if (open) found.at(-1)![1] = Math.max(found.at(-1)![1], now)
    else {
      open = true
      found.push([t, now])
    }
  }
  return found
}

const reported = (violations: Violation[], rule: string, subject: string, text: RegExp) =>
  violations
    .filter((v) => v.rule === rule && v.subject === subject && text.test(v.message))
    .map((v): [number, number] => [ms(v.atSeconds!), v.excess!])

describe('sweeps against sampling every millisecond', () => {
  it('memory', () => {
    fc.assert(
      fc.property(fc.array(rawVm, { maxLength: 9 }), fc.integer({ min: 8, max: 30 }), (raws, spare) => {
        // A plan that starts over capacity is no input: enough for what is there, and a little less than all of it.
        const start = NODES.map((_, n) =>
          raws.filter((r) => r.node === n && r.state === 'running').reduce((sum, r) => sum + r.memory, 0),
        )
        const capacity = Math.max(spare, ...start)
        const made = build(raws, capacity, 9)
        const violations = checkResolved(made.problem, made.plan)
        for (const node of NODES) {
          const expected = stretches((t) => memoryAt(made, node, t), capacity)
          expect(reported(violations, 'memory', node, /./)).toEqual(
            expected.map(([t, peak]) => [t, peak - capacity]),
          )
        }
      }),
      { numRuns: cases(1500) },
    )
  })

  it('slots and saves in place', () => {
    fc.assert(
      fc.property(fc.array(rawVm, { maxLength: 9 }), fc.integer({ min: 1, max: 3 }), (raws, slots) => {
        const made = build(raws, 1000, slots)
        const violations = checkResolved(made.problem, made.plan)
        for (const node of NODES) {
          const live = stretches((t) => slotsAt(made, node, t, false), slots)
          expect(reported(violations, 'slots', node, /slots taken/)).toEqual(
            live.map(([t, peak]) => [t, peak - slots]),
          )
          const saves = stretches((t) => slotsAt(made, node, t, true), 1)
          expect(reported(violations, 'slots', node, /saves/)).toEqual(
            saves.map(([t, peak]) => [t, peak - 1]),
          )
        }
      }),
      { numRuns: cases(1500) },
    )
  })

  it('windows', () => {
    const rawWindow = fc.record({
      start: fc.nat(SPAN),
      length: fc.integer({ min: 1, max: 10 }),
      scope: fc.constantFrom('v0', 'v1', 'v2', ...NODES, ''),
    })
    fc.assert(
      fc.property(
        fc.array(rawVm, { maxLength: 5 }),
        fc.array(rawWindow, { maxLength: 12 }),
        (raws, windows) => {
          const { problem, plan } = build(raws, 1000, 9)
          const placed = {
            ...problem,
            windows: windows
              .map(
                ({ start, length, scope }, source): ResolvedWindow => ({
                  ...(scope === '' ? {} : scope.startsWith('v') ? { vm: scope } : { node: scope }),
                  startSeconds: start / 1000,
                  endSeconds: (start + length) / 1000,
                  kind: 'backup',
                  source,
                }),
              )
              .sort((a, b) => a.startSeconds - b.startSeconds),
          }
          const met: string[] = []
          for (const m of plan.migrations) {
            for (const w of placed.windows) {
              const touches =
                w.vm === m.vm ||
                w.node === m.from ||
                w.node === m.to ||
                (w.vm === undefined && w.node === undefined)
              const isInstant = ms(m.endSeconds) === ms(m.startSeconds)
              const overlaps = ms(m.startSeconds) < ms(w.endSeconds) && ms(m.endSeconds) > ms(w.startSeconds)
              if (touches && overlaps && !isInstant) {
                met.push(`${m.vm} ${ms(Math.max(m.startSeconds, w.startSeconds))}`)
              }
            }
          }
          const named = checkResolved(placed, plan)
            .filter(({ rule }) => rule === 'window')
            .map(({ subject, atSeconds }) => `${subject} ${ms(atSeconds!)}`)
          expect(named.sort()).toEqual(met.sort())
        },
      ),
      { numRuns: cases(1500) },
    )
  })
})

describe('a plan without slack', () => {
  /** Every VM leaves the hub, one right after another, in order of the given lengths; windows fill the rest of the horizon. */
  function tight(lengths: number[]): { problem: ResolvedProblem; plan: Plan } {
    const total = lengths.reduce((sum, length) => sum + length, 0) / 1000
    const names = lengths.map((_, i) => `v${String(i).padStart(2, '0')}`)
    const problem = problemOf({
      nodes: ['A 100000', ...['B', 'C', 'D'].map((id) => ({ id, memoryMiB: 100_000 }))],
      vms: names.map((id) => ({ id, node: 'A' })),
      moves: names.map((vm, i) => ({ vm, to: NODES[1 + (i % 3)]!, durationSeconds: lengths[i]! / 1000 })),
    })
    let time = 0
    const migrations = names.map((vm, i) => {
      const start = time
      time += lengths[i]!
      return leg(`${vm} A>${NODES[1 + (i % 3)]} ${start / 1000}-${time / 1000}`, { round: i })
    })
    return { problem, plan: planOf({ makespanSeconds: total, cost: total, migrations }) }
  }

  const lengths = fc.array(fc.integer({ min: 2, max: 5000 }), { minLength: 2, maxLength: 12 })
  const shift = fc.integer({ min: -5000, max: 5000 }).filter((delta) => delta !== 0)

  it('is right', () => {
    fc.assert(
      fc.property(lengths, (each) => {
        const { problem, plan } = tight(each)
        expect(checkResolved(problem, plan)).toEqual([])
      }),
    )
  })

  it('has no start that can be shifted alone', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), shift, (each, pick, delta) => {
        const { problem, plan } = tight(each)
        const migration = plan.migrations[pick % each.length]!
        migration.startSeconds += delta / 1000
        const rules = checkResolved(problem, plan).map(({ rule, subject }) => `${rule} ${subject}`)
        expect(
          rules.some((rule) => rule === `duration ${migration.vm}` || rule === `order ${migration.vm}`),
        ).toBe(true)
      }),
    )
  })

  it('has no migration that can be shifted as a whole', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), shift, (each, pick, delta) => {
        const { problem, plan } = tight(each)
        const migration = plan.migrations[pick % each.length]!
        const others = plan.migrations.filter((m) => m !== migration)
        migration.startSeconds += delta / 1000
        migration.endSeconds += delta / 1000
        plan.migrations.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
        loosen(plan)
        const rules = checkResolved(problem, plan).map(({ rule }) => rule)
        const collides = others.some(
          (m) =>
            ms(m.startSeconds) < ms(migration.endSeconds) && ms(m.endSeconds) > ms(migration.startSeconds),
        )
        // Figures adjusted, what is left is a collision on the hub, a start before the plan, or a place in another round.
        if (collides) expect(rules).toContain('slots')
        else if (migration.startSeconds < 0) expect(rules).toContain('order')
        else
          expect(migration.startSeconds).toBeGreaterThan(Math.max(...others.map((m) => m.endSeconds)) - 1e-6)
      }),
    )
  })

  it('has no migration that can be shifted without touching its figures', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), shift, (each, pick, delta) => {
        const { problem, plan } = tight(each)
        const migration = plan.migrations[pick % each.length]!
        migration.startSeconds += delta / 1000
        migration.endSeconds += delta / 1000
        expect(checkResolved(problem, plan)).not.toEqual([])
      }),
    )
  })
})

describe('size', () => {
  it('follows fifty nodes through long plans', () => {
    const pairs = 50
    const each = cases(500)
    const late = pairs * Math.floor(0.8 * each)
    const nodes = Array.from({ length: 2 * pairs }, (_, i) => ({ id: `n${i}`, memoryMiB: 1e9 }))
    const vms = Array.from({ length: pairs * each }, (_, i) => ({
      id: `v${String(i).padStart(5, '0')}`,
      node: `n${2 * (i % pairs)}`,
    }))
    const problem = problemOf({
      nodes,
      vms,
      moves: vms.map((vm, i) => ({ vm: vm.id, to: `n${2 * (i % pairs) + 1}` })),
      windows: nodes.flatMap(({ id }) =>
        Array.from({ length: 100 }, (_, k) => ({ node: id, startSeconds: 7000 + k, endSeconds: 7000.5 + k })),
      ),
    })
    const migrations = vms.map((vm, i) => {
      const round = Math.floor(i / pairs)
      return leg(`${vm.id} ${vm.node}>n${2 * (i % pairs) + 1} ${12 * round}-${12 * (round + 1)}`, { round })
    })
    const plan = planOf({ makespanSeconds: 12 * each, cost: 12 * each, migrations })
    expect(checkResolved(problem, plan)).toEqual([])
    plan.migrations[late]!.endSeconds += 1
    expect(checkResolved(problem, plan).map(({ rule, subject }) => [rule, subject])).toEqual([
      ['duration', vms[late]!.id],
      ['slots', 'n0'],
      ['slots', 'n1'],
      ['rounds', vms[late + pairs]!.id],
    ])
  })
})
