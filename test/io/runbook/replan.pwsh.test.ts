/** A night that breaks off is planned anew from its journal, and the new plan's runbook ends it. */
import { expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import { planRemaining, remaining } from '../../../src/replan/replan.js'
import { planOf, problemOf } from '../../solver/problems.js'
import { Simulation } from './simulate.js'

const problem = () =>
  problemOf({
    nodes: ['A', 'B', 'C', 'D'].map((id) => ({ id, migrationMbps: 10 })),
    vms: Array.from({ length: 8 }, (_, i) => ({ id: `v${i}`, node: 'A' })),
    request: { drain: ['A'] },
  })

it('the journal of a night with a failure and a kill is read by replan, and the rest is run', async () => {
  const night = {
    problem: { ...problem(), name: 'night' },
    plan: await planOf({ ...problem(), name: 'night' }),
  }
  const first = new Simulation(night, { courses: { v3: [{ fate: 'fails' }] } })
  expect((await first.start({}, { endAtSeconds: 2500 })).ended).toBe(true)
  // What was under way ends, and is found out on resuming; then it is killed again.
  await first.advance(5000)
  await first.start({}, { endAtCall: 60 })
  await first.advance(5000)

  const now = first.world.now - first.second0
  const left = remaining(night.problem, night.plan, first.journal, { now })
  expect(left.ended.length).toBeGreaterThan(0)
  expect(left.ended.length).toBeLessThan(8)
  const plan = await planRemaining(left, { thread: 'caller', effort: 1 })
  expect(check(left.problem, plan)).toEqual([])

  const second = new Simulation({ problem: left.problem, plan }, { ...first.world, happenings: [] })
  const result = await second.start()
  expect([result.exitCode, result.error], result.shown.map(({ text }) => text).join('\n')).toEqual([0, null])
  expect(second.world.vms.filter(({ node }) => node === 'A')).toEqual([])
})
