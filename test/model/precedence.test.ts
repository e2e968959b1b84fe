import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Migration } from '../../src/model/plan.js'
import { predecessors } from '../../src/model/precedence.js'
import { migration } from '../io/fixtures.js'

const sorted = (migrations: Migration[]) =>
  [...migrations].sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))

const touches = (a: Migration, b: Migration) =>
  a.vm === b.vm || [a.from, a.to].some((node) => node === b.from || node === b.to)

/** All that a migration is after, directly or by way of others. */
function closure(lists: readonly number[][]): Set<number>[] {
  const all: Set<number>[] = []
  for (const list of lists) all.push(new Set(list.flatMap((i) => [i, ...all[i]])))
  return all
}

const anyMigrations = fc
  .array(
    fc.record({
      vm: fc.integer({ min: 0, max: 9 }),
      from: fc.integer({ min: 0, max: 4 }),
      step: fc.integer({ min: 0, max: 4 }),
      start: fc.integer({ min: 0, max: 20 }),
      seconds: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    sorted(
      rows.map(({ vm, from, step, start, seconds }) =>
        migration(`v${vm}`, `N${from}`, `N${(from + step) % 5}`, start, start + seconds),
      ),
    ),
  )

describe('predecessors', () => {
  it('are those on the same nodes that end by the start, and no more than is needed', () => {
    const plan = sorted([
      migration('a', 'A', 'B', 0, 10),
      migration('b', 'C', 'D', 0, 12),
      migration('c', 'B', 'C', 12, 20),
      migration('d', 'A', 'B', 20, 30),
      migration('e', 'E', 'F', 20, 25),
      migration('f', 'D', 'A', 29, 40),
    ])
    // d is after a too, but that follows from c; f overlaps d and does not wait for it.
    expect(predecessors(plan)).toEqual([[], [], [0, 1], [2], [], [0, 1]])
  })

  it('has the first leg of a VM before the second', () => {
    const plan = [migration('a', 'A', 'B', 0, 10), migration('a', 'B', 'C', 30, 40)]
    expect(predecessors(plan)).toEqual([[], [0]])
  })

  it('takes a VM and a node of one name for two things', () => {
    const plan = [migration('A', 'X', 'Y', 0, 10), migration('b', 'A', 'B', 10, 20)]
    expect(predecessors(plan)).toEqual([[], []])
  })

  it('counts an end at the instant of a start, whatever the last bits say', () => {
    const plan = [migration('a', 'A', 'B', 0, 0.1 + 0.2), migration('b', 'A', 'B', 0.3, 1)]
    expect(predecessors(plan)).toEqual([[], [0]])
  })

  it('implies, with what follows from it, exactly what the times say of migrations that share a node', () => {
    fc.assert(
      fc.property(anyMigrations, (plan) => {
        const lists = predecessors(plan)
        const all = closure(lists)
        plan.forEach((m, number) => {
          for (const other of all[number]) expect(plan[other].endSeconds).toBeLessThanOrEqual(m.startSeconds)
          plan.forEach((o, other) => {
            if (other < number && touches(m, o) && o.endSeconds <= m.startSeconds) {
              expect(all[number].has(other)).toBe(true)
            }
          })
          for (const other of lists[number]) {
            expect(touches(m, plan[other])).toBe(true)
            for (const third of lists[number]) expect(all[third].has(other)).toBe(false)
          }
        })
      }),
      { numRuns: 300 },
    )
  })

  it('stays short where a node has one slot', () => {
    const plan = Array.from({ length: 3000 }, (_, i) =>
      migration(`v${i}`, `N${i % 7}`, `N${7 + (i % 5)}`, i, i + 1),
    )
    expect(Math.max(...predecessors(plan).map((list) => list.length))).toBeLessThanOrEqual(2)
  })

  it.each([
    ['one slot', 4, 1],
    ['a few slots', 8, 16],
    ['many nodes', 200, 2],
    ['a VM that goes round and round', 2, 1],
    ['all at once', 4, 20_000],
  ])('are found in time for 20,000 migrations: %s', (name, nodes, slots) => {
    const plan = sorted(
      Array.from({ length: 20_000 }, (_, i) => {
        const start = Math.floor(i / ((nodes / 2) * slots)) * 10
        const [from, to] = [`N${(2 * i) % nodes}`, `N${(2 * i + 1) % nodes}`]
        return migration(name.startsWith('a VM') ? 'v' : `v${i}`, from, to, start, start + 10)
      }),
    )
    const before = process.cpuUsage()
    const lists = predecessors(plan)
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    expect(Math.max(...lists.map((list) => list.length))).toBeLessThanOrEqual(2 * slots)
  })
})
