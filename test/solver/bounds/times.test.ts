/** What serial groups, the request's order and deadlines cost at least. */

import { describe, expect, it } from 'vitest'
import type { Problem, ProblemWindow } from '../../../src/model/problem.js'
import { deadlineFloors, leastWeightLeft } from '../../../src/solver/bounds/deadline.js'
import { makespanAndCostBound } from '../../../src/solver/bounds/plan-bound.js'
import { Random } from '../../../src/solver/random.js'
import { row } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { partsOf } from '../parts.js'
import { flavourOf, planOf, problemOf, randomProblem } from '../problems.js'

interface Times {
  order?: string[][]
  /** VMs of one serial group. */
  serial?: string[]
  windows?: ProblemWindow[]
}

/** Moves `a>B 10` of VMs on `A`, and so on: the node of each is the upper case of its name's first letter. */
function moves(list: readonly string[], parts: Times) {
  const homes = list.map((move) => ({ id: move.split('>')[0]!, node: move[0]!.toUpperCase() }))
  const targets = list.map((move) => move.split(/[> ]/)[1]!)
  const { order, serial = [], windows } = parts
  return problemOf({
    nodes: [...new Set([...homes.map(({ node }) => node), ...targets])],
    vms: homes.map((vm) => (serial.includes(vm.id) ? { ...vm, serial: ['s'] } : vm)),
    ...(windows === undefined ? {} : { windows }),
    request: { moves: [...list], ...(order === undefined ? {} : { order }) },
  })
}

function boundOf(problem: Problem, spare = 0) {
  const { instance, forbidden, availability, open, maker } = partsOf(problem)
  const floors = deadlineFloors(instance, maker, open)
  return makespanAndCostBound(instance, forbidden, availability, open, [], spare, floors)
}

describe('the bound of the order', () => {
  it.each(
    Object.entries<[string[], number, Times]>({
      'a path': row(['a>X 10', 'b>Y 5', 'c>Z 7'], 22, {
        order: [
          ['a', 'b'],
          ['b', 'c'],
        ],
      }),
      'a path around windows': row(['a>X 10', 'b>Y 5'], 35, {
        order: [['a', 'b']],
        windows: [{ vm: 'b', start: 8, end: 30 }],
      }),
      'what a node does behind one that goes first': row(['a>X 10', 'b1>Y 5', 'b2>Y 6'], 21, {
        order: [
          ['a', 'b1'],
          ['a', 'b2'],
        ],
      }),
      'what a node does before one that goes last': row(['b1>Y 5', 'b2>Y 6', 'a>X 10'], 21, {
        order: [
          ['b1', 'a'],
          ['b2', 'a'],
        ],
      }),
      'a serial group behind another': row(['a>X 10', 'b>Y 5', 'c>Z 6'], 21, {
        order: [
          ['a', 'b'],
          ['a', 'c'],
        ],
        serial: ['b', 'c'],
      }),
    }),
  )('%s: tight, and lower without it', (_name, [list, optimum, parts]) => {
    const { order: _order, ...rest } = parts
    const problem = moves(list, parts)
    expect(boundOf(problem)).toMatchObject({ makespan: 1000 * optimum, by: 'order' })
    expect(bruteForce(problem, 'timeline').best.makespan).toBe(optimum)
    expect(boundOf(moves(list, rest)).makespan).toBeLessThan(1000 * optimum)
  })
})

describe('the bound of a serial group', () => {
  it('is tight, and lower without it', () => {
    const list = ['a>X 10', 'b>Y 5', 'c>Z 7']
    const problem = moves(list, { serial: ['a', 'b', 'c'] })
    expect(boundOf(problem)).toMatchObject({ makespan: 22_000, by: 'serial s' })
    expect(bruteForce(problem, 'timeline').best.makespan).toBe(22)
    expect(boundOf(moves(list, {})).makespan).toBe(10_000)
  })
})

describe('the weight that deadlines leave behind', () => {
  it('is that of the best set, whatever the deadlines', () => {
    const random = new Random(7)
    for (let n = 0; n < 300; n++) {
      const jobs = Array.from({ length: 1 + random.below(7) }, (_, vm) => ({
        vm,
        weight: 1 + random.below(5),
        work: random.below(6),
        deadline: random.below(14),
      }))
      let least = Number.POSITIVE_INFINITY
      for (let stays = 0; stays < 1 << jobs.length; stays++) {
        const taken = jobs.filter((_, i) => ((stays >> i) & 1) === 0)
        const inTime = taken.every(
          ({ deadline }) =>
            taken.reduce((sum, job) => (job.deadline <= deadline ? sum + job.work : sum), 0) <= deadline,
        )
        const left = jobs.reduce((sum, { weight }, i) => sum + ((stays >> i) & 1) * weight, 0)
        if (inTime) least = Math.min(least, left)
      }
      expect(leastWeightLeft(jobs, (deadline) => deadline).left).toBe(least)
    }
  })

  it('is taken from its own nodes alone: the others have all of their work to do', async () => {
    // A sends three in 25 s: one of 10 s has to stay. B has 30 s to do whatever that is.
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a1@A', 'a2@A', 'a3@A', 'b1@B', 'b2@B', 'b3@B'],
      request: {
        moves: ['b1>D', 'b2>D', 'b3>D', 'a1>C', 'a2>C', 'a3>C'],
        drain: [{ node: 'A', by: 25 }],
      },
    })
    expect(bruteForce(problem, 'timeline').best).toMatchObject({ unplaced: 2001, makespan: 30 })
    expect(boundOf(problem, 2001)).toMatchObject({ makespan: 30_000 })
    const { instance, forbidden, availability, open } = partsOf(problem)
    expect(makespanAndCostBound(instance, forbidden, availability, open, [], 2001).makespan).toBe(20_000)
    const plan = await planOf(problem)
    expect(plan).toMatchObject({ status: 'partial', proven: true, makespanSeconds: 30 })
    expect(plan.unplaced).toMatchObject([{ reason: 'deadline' }])
  })
})

it.each(['timeline', 'rounds'] as const)('no bound is above an optimum: %s', (schedule) => {
  for (let seed = 1; seed <= 150; seed++) {
    const request = (['moves', 'drain', 'both'] as const)[seed % 3]!
    const problem = randomProblem(seed * 61, flavourOf(4, request, 'windows', 'rules', 'time'))
    const { instance, open, request: asked, maker } = partsOf(problem)
    if (open.length === 0) continue
    const reference = bruteForce(problem, schedule)
    const never = asked.wishes
      .filter((w) => w.choices.length === 0)
      .reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
    const floor = deadlineFloors(instance, maker, open)?.sum ?? 0
    expect(floor, problem.name).toBeLessThanOrEqual(reference.best.unplaced - never)
    for (const more of [0, 1, 1500]) {
      const weight = reference.best.unplaced + more
      const bound = boundOf(problem, weight - never)
      expect(bound.makespan / 1000, problem.name).toBeLessThanOrEqual(reference.leastMakespan(weight) + 1e-9)
      expect(bound.cost / 1000, problem.name).toBeLessThanOrEqual(reference.leastCost(weight) + 1e-9)
    }
  }
})
