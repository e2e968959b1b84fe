/** Soft rules and blackouts in plans, worked by hand: where VMs end, what that costs, and that nothing costs less. */

import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import type { ProblemGroup } from '../../src/model/problem.js'
import { row } from '../cases.js'
import { type ProblemParts, planOf, problemOf } from './problems.js'

const apart = (penaltySeconds: number, domain?: string): ProblemGroup[] => [
  { group: 'g', penaltySeconds, ...(domain === undefined ? {} : { domain }) },
]
const rack = (id: string, name: string) => ({ id, domains: { rack: name } })
/** Half as fast: 20 s for a VM. */
const slow = (id: string) => ({ id, migrationMbps: 419.4304 })

interface Expected {
  ends?: Record<string, string>
  makespan: number
  cost: number
  warnings?: string[]
  status?: string
}

describe('plans', () => {
  it.each(
    Object.entries<[Expected, ProblemParts]>({
      'two of a group are kept apart where that costs less': row(
        { ends: { a: 'C' }, makespan: 20, cost: 20 },
        {
          nodes: ['A', 'B', slow('C')],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(30) },
            { id: 'b', node: 'B', antiAffinity: apart(30) },
          ],
          request: { drain: ['A'] },
        },
      ),
      'and together where it costs more': row(
        { ends: { a: 'B' }, makespan: 10, cost: 15, warnings: ['soft-rule'] },
        {
          nodes: ['A', 'B', slow('C')],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(5) },
            { id: 'b', node: 'B', antiAffinity: apart(5) },
          ],
          request: { drain: ['A'] },
        },
      ),
      'soft rules leave nothing unplaced': row(
        { ends: { a: 'B' }, makespan: 10, cost: 1_000_010, warnings: ['soft-rule'] },
        {
          nodes: ['A', 'B'],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(1e6) },
            { id: 'b', node: 'B', antiAffinity: apart(1e6) },
          ],
          request: { drain: ['A'] },
        },
      ),
      'a rule that is broken by those who stay costs, though nothing moves': row(
        { ends: {}, makespan: 0, cost: 7, warnings: ['soft-rule'] },
        {
          nodes: ['A', 'B'],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(7) },
            { id: 'b', node: 'A', antiAffinity: apart(7) },
          ],
          request: { moves: [] },
        },
      ),
      'three on one node break it twice, and VMs that are off count': row(
        { makespan: 10, cost: 24, warnings: ['soft-rule'] },
        {
          nodes: ['A', 'B'],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(7) },
            ...['b', 'c'].map((id) => ({ id, node: 'B', state: 'off' as const, antiAffinity: apart(7) })),
          ],
          request: { moves: ['a>B'] },
        },
      ),
      'by racks, a node without one is a rack of its own': row(
        { ends: { a: 'C' }, makespan: 20, cost: 20 },
        {
          nodes: [rack('A', 'R1'), rack('B', 'R2'), rack('B2', 'R2'), slow('C')],
          vms: [
            { id: 'a', node: 'A', antiAffinity: apart(60, 'rack') },
            { id: 'b', node: 'B', antiAffinity: apart(60, 'rack') },
          ],
          request: { drain: ['A'] },
        },
      ),
      'a hard group about racks is kept at any cost': row(
        { ends: { a: 'C' }, makespan: 20, cost: 20 },
        {
          nodes: [rack('A', 'R1'), rack('B', 'R2'), rack('B2', 'R2'), slow('C')],
          vms: ['a@A', 'b@B'].map((text) => ({
            id: text[0]!,
            node: text[2]!,
            antiAffinity: [{ group: 'h', domain: 'rack' }],
          })),
          request: { drain: ['A'] },
        },
      ),
      'within its own rack a VM of a hard group may move': row(
        { ends: { a: 'A2' }, makespan: 10, cost: 10 },
        {
          nodes: [rack('A', 'R1'), rack('A2', 'R1'), rack('B', 'R2')],
          vms: ['a@A', 'b@B'].map((text) => ({
            id: text[0]!,
            node: text[2]!,
            antiAffinity: [{ group: 'h', domain: 'rack' }],
          })),
          request: { drain: ['A'] },
        },
      ),
      'VMs that belong together come together, also where two of them are already': row(
        { ends: { a: 'B' }, makespan: 20, cost: 20 },
        {
          nodes: ['A', slow('B'), 'C'],
          vms: ['a@A', 'b@B', 'c@B'].map((text) => ({ id: text[0]!, node: text[2]!, affinity: apart(20) })),
          request: { drain: ['A'] },
        },
      ),
      'or not, where coming together costs more': row(
        { ends: { a: 'C' }, makespan: 10, cost: 15, warnings: ['soft-rule'] },
        {
          nodes: ['A', slow('B'), 'C'],
          vms: ['a@A', 'b@B', 'c@B'].map((text) => ({ id: text[0]!, node: text[2]!, affinity: apart(5) })),
          request: { drain: ['A'] },
        },
      ),
      'nodes that a VM prefers, also of one that nobody asked for': row(
        { ends: { a: 'B' }, makespan: 20, cost: 35, warnings: ['soft-rule'] },
        {
          nodes: ['A', slow('B'), 'C'],
          vms: [
            { id: 'a', node: 'A', preferredNodes: ['B'] },
            { id: 'b', node: 'C', preferredNodes: ['A'] },
            { id: 'c', node: 'C', preferredNodes: [] },
          ],
          request: { drain: ['A'] },
          policy: { preferencePenaltySeconds: 15 },
        },
      ),
      'a blackout of 3 s costs two of them': row(
        { ends: { a: 'B' }, makespan: 16, cost: 36, warnings: ['not-converging'] },
        {
          nodes: ['A', 'B'],
          vms: [{ id: 'a', node: 'A', dirtyMiBps: 1000, workingSetMiB: 300 }],
          request: { moves: ['a>B'] },
        },
      ),
      'which makes a VM go where its link is faster': row(
        { ends: { a: 'C' }, makespan: 17, cost: 22, warnings: ['not-converging'] },
        {
          nodes: [{ id: 'A', migrationMbps: 1677.7216 }, 'B', { id: 'C', migrationMbps: 1677.7216 }],
          vms: [{ id: 'a', node: 'A', dirtyMiBps: 1000, workingSetMiB: 300 }, 'c@C'],
          windows: [{ node: 'C', start: 0, end: 9 }],
          request: { drain: ['A'] },
        },
      ),
      'a blackout that is too long is none: the VM is saved instead': row(
        { ends: { a: 'B' }, makespan: 20, cost: 25 },
        {
          nodes: ['A', 'B'],
          vms: [{ id: 'a', node: 'A', dirtyMiBps: 1000, workingSetMiB: 300, maxBlackoutSeconds: 2.9 }],
          request: { moves: ['a>B'] },
          policy: { allowSave: true, savePenaltySeconds: 5, saveMiBps: 100 },
        },
      ),
    }),
  )('%s', async (_, [{ ends, makespan, cost, warnings = [], status = 'optimal' }, parts]) => {
    for (const schedule of ['timeline', 'rounds'] as const) {
      const problem = problemOf(parts)
      const plan = await planOf(problem, { schedule })
      expect(check(problem, plan)).toEqual([])
      expect(plan).toMatchObject({ status, makespanSeconds: makespan, cost, unplaced: [] })
      if (ends !== undefined)
        expect(Object.fromEntries(plan.migrations.map((m) => [m.vm, m.to]))).toEqual(ends)
      expect(plan.warnings.map(({ code }) => code).filter((code) => code !== 'backup-missed')).toEqual(
        warnings,
      )
    }
  })

  it('leave a VM whose blackout is too long, and say so, with a stop-over no less', async () => {
    const problem = problemOf({
      nodes: ['A 1000', 'B 1000', 'C'],
      vms: [{ id: 'a', node: 'A', dirtyMiBps: 1000, workingSetMiB: 300, maxBlackoutSeconds: 1 }, 'b@B'],
      request: { moves: ['a>B', 'b>A'] },
    })
    const plan = await planOf(problem)
    expect(check(problem, plan)).toEqual([])
    expect(plan.unplaced.find(({ vm }) => vm === 'a')).toMatchObject({
      reason: 'blackout',
      detail: 'a live migration to B has a blackout of 3 s, and the VM admits 1 s',
      nodes: { B: 'blackout' },
    })
  })
})
