import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { Plan } from '../../src/model/plan.js'
import { leg } from '../problem.js'
import { planOf, problemOf, resolvedMoveOf } from './fixture.js'
import { moves, parking, RIGHT_PLANS } from './right-plans.js'

describe('right plans', () => {
  it.each(Object.entries(RIGHT_PLANS))('%s has no violation', (_, make) => {
    const { problem, plan } = make()
    expect(checkResolved(problem, plan)).toEqual([])
  })

  it.each(Object.entries(RIGHT_PLANS))('%s is not changed by checking it', (_, make) => {
    const { problem, plan } = make()
    checkResolved(problem, plan)
    expect({ problem, plan }).toEqual(make())
  })

  it('forgives less than a microsecond', () => {
    const { problem, plan } = moves()
    for (const migration of plan.migrations) migration.startSeconds -= 5e-7
    expect(checkResolved(problem, plan)).toEqual([])
  })

  it('takes the exact duration as well as the one rounded up to a millisecond', () => {
    const problem = problemOf({ nodes: [{ id: 'A' }, { id: 'B' }], vms: ['a1@A 1000.0123'], moves: ['a1>B'] })
    for (const end of [12.000123, 12.001]) {
      const plan = planOf({ makespanSeconds: end, cost: end, migrations: [leg(`a1 A>B 0-${end}`)] })
      expect(checkResolved(problem, plan)).toEqual([])
    }
  })

  it('knows migrations of no length: they hold no slot, and free memory for what starts at that instant', () => {
    const problem = problemOf({
      nodes: [{ id: 'A' }, 'B 1000', { id: 'C' }],
      vms: ['a1@A', 'b1@B 600', { id: 'b2', node: 'B', memoryMiB: 400, state: 'off' }],
      moves: [
        { vm: 'a1', to: 'B', durationSeconds: 1e-6 },
        { vm: 'b1', to: 'C', durationSeconds: 1e-6 },
        'b2>C',
      ],
      policy: { setupSeconds: 0 },
    })
    const plan: Plan = planOf({
      makespanSeconds: 0,
      cost: 0,
      migrations: [leg('a1 A>B 0-0'), leg('b1 B>C 0-0', { round: 1 }), leg('b2 B>C 0-0', { round: 2 })],
    })
    expect(checkResolved(problem, plan)).toEqual([])
  })

  it('forgives float noise in a sum of memories', () => {
    const sizes = [0.1, 0.2, 0.3]
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(0.6)
    const problem = problemOf({
      nodes: [{ id: 'A' }, 'B 0.6'],
      vms: sizes.map((memoryMiB, i) => ({ id: `a${i}`, node: 'A', memoryMiB })),
      moves: sizes.map((_, i) => ({ vm: `a${i}`, to: 'B', durationSeconds: 1 })),
    })
    const migrations = sizes.map((_, i) => leg(`a${i} A>B ${i}-${i + 1}`, { round: i }))
    expect(checkResolved(problem, planOf({ makespanSeconds: 3, cost: 3, migrations }))).toEqual([])
  })

  it('follows a VM whose first leg has no length', () => {
    const { problem, plan } = parking()
    problem.policy.setupSeconds = 0
    for (const id of ['a1', 'b1']) Object.assign(problem.vmById.get(id)!, { state: 'off' })
    Object.assign(problem, { moves: [resolvedMoveOf('a1>B 5')], drains: [] })
    plan.migrations = [leg('a1 C>B 0-5', { round: 1 }), leg('a1 A>C 0-0', { parking: true })]
    Object.assign(plan, { makespanSeconds: 5, lowerBoundSeconds: 5, cost: 5, costLowerBound: 5 })
    expect(checkResolved(problem, plan)).toEqual([])
  })
})
