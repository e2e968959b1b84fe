/** A permission never makes a plan worse: what is possible without it is possible with it. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/model/plan.js'
import type { Policy, Problem } from '../../src/model/problem.js'
import { seeds } from '../cases.js'
import { type Flavour, planOf, problemOf, randomProblem, unplacedWeight } from './problems.js'

const PERMISSIONS = ['allowSave', 'allowRestart', 'allowMakeRoom', 'allowParking'] as const
type Permission = (typeof PERMISSIONS)[number]

const allowed = (problem: Problem, permission: Permission, is: boolean): Problem => ({
  ...problem,
  policy: { ...problem.policy, [permission]: is },
})

/** Weight left, then cost. */
const value = (problem: Problem, plan: Plan) => [unplacedWeight(problem, plan), plan.cost] as const

async function withAndWithout(problem: Problem, permission: Permission) {
  const plan = async (is: boolean) => {
    const one = allowed(problem, permission, is)
    return value(one, await planOf(one, { effort: 2 }))
  }
  return { without: await plan(false), with: await plan(true) }
}

const flavour: Flavour = {
  vms: 3,
  request: 'both',
  memory: true,
  windows: false,
  rules: false,
  parking: true,
  tight: true,
  kinds: true,
}
const FLAVOURS: [string, Flavour][] = [
  ['hardly any memory', flavour],
  ['hardly any memory, room may be made', { ...flavour, makeRoom: true }],
  ['a short horizon', { ...flavour, memory: false, short: true }],
  ['hardly any memory and a short horizon', { ...flavour, short: true }],
  ['windows', { ...flavour, windows: true }],
]

describe.each(PERMISSIONS)('%s makes no plan worse', (permission) => {
  it.each(FLAVOURS)('with %s', async (_, each) => {
    const worse: string[] = []
    for (const seed of seeds(40)) {
      const problem = randomProblem(seed * 104_729, each)
      const { without, with: now } = await withAndWithout(problem, permission)
      const isWorse = now[0] > without[0] || (now[0] === without[0] && now[1] > without[1] + 1e-6)
      if (isWorse) worse.push(`${seed}: ${without} without, ${now} with`)
    }
    expect(worse).toEqual([])
  })
})

describe('a permission is used where it helps', () => {
  const full = (id: string) => ({ id, memoryMiB: 1500 })
  const swap: Parameters<typeof problemOf>[0] = {
    nodes: [full('A'), full('B'), 'C'],
    vms: ['A', 'B'].map((node) => ({ id: `v${node}`, node, restartable: true })),
    request: {
      moves: ['vA>B', 'vB>A'],
    },
    policy: { saveMiBps: 1000, savePenaltySeconds: 1, restartSeconds: 1, restartPenaltySeconds: 2 },
  }
  it.each<[Permission, number]>([
    // One goes by way of C, which takes 20 s, the other meanwhile.
    ['allowParking', 30],
    ['allowSave', 23],
    ['allowRestart', 23],
  ])('%s beside parking', async (permission, cost) => {
    const { with: now } = await withAndWithout(problemOf(swap), permission)
    expect(now).toEqual([0, cost])
  })

  it.each<[string, number, Partial<Policy>]>([
    ['saves', 8, { allowSave: true }],
    ['restarts', 7, { allowRestart: true }],
  ])('%s where the horizon has no time for both to go live', async (_, cost, policy) => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ['x', 'y'].map((id) => ({ id, node: 'A', restartable: true })),
      request: { drain: ['A'] },
      policy: {
        ...swap.policy,
        savePenaltySeconds: 3,
        restartPenaltySeconds: 3,
        horizonSeconds: 15,
        ...policy,
      },
    })
    expect(value(problem, await planOf(problem, { effort: 2 }))).toEqual([0, cost])
  })
})
