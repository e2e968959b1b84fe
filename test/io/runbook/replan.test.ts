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
  first.callsLeft = 400
  expect(await first.start({ PollSeconds: 60 })).toBeUndefined()
  // What was under way ends, and is found out on resuming; then it is killed again.
  first.clock.advance(5000)
  first.callsLeft = 60
  await first.start({ PollSeconds: 60 })
  first.clock.advance(5000)

  const now = first.clock.seconds - first.second0
  const left = remaining(night.problem, night.plan, first.journal, { now })
  expect(left.ended.length).toBeGreaterThan(0)
  expect(left.ended.length).toBeLessThan(8)
  const plan = await planRemaining(left, { thread: 'caller', effort: 1 })
  expect(check(left.problem, plan)).toEqual([])

  const second = new Simulation({ problem: left.problem, plan })
  for (const [name, vm] of first.cluster.vms) Object.assign(second.cluster.vms.get(name)!, { node: vm.node })
  const result = await second.start({ PollSeconds: 60 })
  expect([result?.exitCode, result?.error]).toEqual([0, undefined])
  expect([...second.cluster.vms.values()].filter(({ node }) => node === 'A')).toEqual([])
})
