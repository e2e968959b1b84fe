/** From a cluster to its runbook, and on: what is collected is imported, planned, run, stopped, planned anew and ended. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import { importProblem } from '../../../src/index.js'
import type { Problem } from '../../../src/model/problem.js'
import { planRemaining, remaining } from '../../../src/replan/replan.js'
import { collect, inventoryWorld } from '../../collect/world.js'
import { planOf } from '../../solver/problems.js'
import { Simulation, worldOf } from './simulate.js'

it('a cluster is collected, imported, planned, run, stopped, planned anew and ended', async () => {
  const world = inventoryWorld()
  const { error, file } = await collect(world, { Cluster: 'CL01' })
  expect(error).toBeNull()
  const { problem } = await importProblem('hyperv', [file], {
    start: '2026-11-23T20:05:00+01:00',
    drain: ['HV03'],
  })
  const plan = await planOf(problem)
  expect([plan.unplaced, check(problem, plan)]).toEqual([[], []])
  const moving = plan.migrations.map(({ vm }) => vm)
  expect(moving).toContain('vm-4')

  // The same cluster, with the durations of the plan.
  const first = new Simulation({ problem, plan }, { ...world, planned: worldOf({ problem, plan }).planned! })
  expect((await first.start({}, { endAtSeconds: 301 })).ended).toBe(true)
  await first.advance(600)
  const left = remaining(problem, plan, first.journal, { now: first.world.now - first.second0 })
  const rest = await planRemaining(left, { thread: 'caller', effort: 1 })
  expect(check(left.problem, rest)).toEqual([])

  const second = new Simulation({ problem: left.problem, plan: rest }, { ...first.world, happenings: [] })
  const result = await second.start()
  expect([result.exitCode, result.error]).toEqual([0, null])
  expect(second.world.vms.filter(({ node }) => node === 'HV03')).toEqual([])
  expect(second.world.refusals).toEqual([])
  const journeys = second.world.trace.map(({ vm, kind, to }) => `${vm} ${kind} ${to}`)
  expect(new Set(journeys).size).toBe(journeys.length)
}, 120_000)

const example = (name: string): Problem =>
  JSON.parse(readFileSync(new URL(`../../../examples/${name}/problem.json`, import.meta.url), 'utf8'))

describe('the night of an example', () => {
  it.each(['four-nodes', 'maintenance-night'])(
    '%s ends in full on a punctual cluster',
    async (name) => {
      const problem = example(name)
      const plan = await planOf(problem)
      const simulation = new Simulation({ problem, plan })
      const result = await simulation.start()
      expect([result.exitCode, simulation.missing], result.shown.map(({ text }) => text).join('\n')).toEqual([
        0,
        [],
      ])
    },
    120_000,
  )
})
