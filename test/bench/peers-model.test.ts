/** What the general solvers are given and how their answers are read, without any of them: the greedy schedule is an answer like theirs. */
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'

interface Model {
  unit: number
  jobs: { vm: string; options: { to: number; duration: number; penalty: number }[] }[]
  stuck: { vm: string }[]
}
interface Answer {
  chosen: number[]
  start: number[]
}

const load = (path: string) => import(new URL(`../../bench/${path}`, import.meta.url).href)
const { generate } = (await load('families/index.mjs')) as {
  generate(family: string, seed: number, index: number, options?: object): { problem: Problem }
}
const { modelOf } = (await load('peers/model.mjs')) as { modelOf(problem: Problem): Model }
const { firstSchedule } = (await load('peers/greedy.mjs')) as {
  firstSchedule(model: Model): { end: number; hint?: Answer & { cost: number } }
}
const { planOf } = (await load('peers/to-plan.mjs')) as {
  planOf(model: Model, answer: Answer & { bound: number; proven: boolean }): Plan
}

describe.each(['moves', 'odd', 'tight', 'drain', 'evacuate', 'swap', 'edge-colouring', 'slots'])(
  '%s',
  (family) => {
    test('greedy answers become right plans that are no better than the bound', async () => {
      let found = 0
      for (let index = 1; index <= 8; index++) {
        const { problem } = generate(family, 2, index)
        const model = modelOf(problem)
        const { end, hint } = firstSchedule(model)
        if (hint === undefined) continue
        found++
        expect(hint.cost).toBeLessThanOrEqual(end)
        const answer = planOf(model, { ...hint, bound: 0, proven: false })
        expect(check(problem, answer), problem.name).toEqual([])
        expect(answer.cost).toBeCloseTo((hint.cost * model.unit) / 1000, 6)
        if (index > 1) continue
        const ours = await plan(problem, { effort: 1 })
        expect(answer.unplaced.length).toBe(ours.unplaced.length)
        expect(answer.cost).toBeGreaterThanOrEqual(ours.costLowerBound - 1e-3)
      }
      expect(found).toBeGreaterThan(2)
    })
  },
)

test('times are divided by what they have in common', () => {
  expect(modelOf(generate('edge-colouring', 1, 1).problem).unit).toBe(1000)
})

test('a VM with no place is left out, and what is not modelled is refused', () => {
  const { problem } = generate('drain', 1, 1)
  const drained = problem.request.drain![0]
  const stuck = problem.vms.find(({ node }) => node === drained)!
  stuck.allowedNodes = [stuck.node]
  const model = modelOf(problem)
  expect(model.stuck.map(({ vm }) => vm)).toContain(stuck.id)
  expect(model.jobs.map(({ vm }) => vm)).not.toContain(stuck.id)
  expect(() => modelOf({ ...problem, policy: { allowSave: true } })).toThrow(/allowSave/)
  expect(() => modelOf({ ...problem, policy: { reserveMiB: 1 } })).toThrow(/reserveMiB/)
  expect(() => modelOf({ ...problem, policy: { tolerateNodeFailure: true } })).toThrow(/tolerateNodeFailure/)
  stuck.affinity = ['g']
  expect(() => modelOf(problem)).toThrow(/affinity/)
})
