import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import type { Plan } from '../../../src/model/plan.js'
import type { Problem } from '../../../src/model/problem.js'
import { type JointPlan, jointSearch, legList } from '../../../src/solver/assignment/joint.js'
import { annealAssignment, placeGreedily, restore } from '../../../src/solver/assignment/search.js'
import { ALONE } from '../../../src/solver/exact/pool.js'
import { reportPlan } from '../../../src/solver/report/report.js'
import { explainUnplaced } from '../../../src/solver/report/unplaced.js'
import { bindingNodes, type Leg, legsOf } from '../../../src/solver/schedule/legs.js'
import { solveTimeline, type Timeline } from '../../../src/solver/schedule/timeline.js'
import { quota, seeds } from '../../cases.js'
import { bruteForce } from '../brute-force.js'
import { endFaults, kernel, newRun, type Parts, partsOf } from '../parts.js'
import { type Flavour, flavourOf, problemOf, randomProblem } from '../problems.js'

const drains = flavourOf(4, 'drain', 'memory', 'windows', 'rules')

const search = { work: 40_000, seed: 1, makespanBound: 0, costBound: 0, keep: 4 }

function find({ instance, forbidden, open }: Parts, changes: Partial<typeof search> = {}) {
  return jointSearch({ instance, kernel, forbidden, run: newRun() }, ALONE, open, { ...search, ...changes })
}

function legsOfPlan({ instance, open }: Parts, { chosen }: JointPlan): Leg[] {
  const decisions = open.map((wish, w) => ({ choice: wish.choices[chosen[w]], parking: -1 }))
  return legsOf(instance, open, decisions)
}

/** The plan's own times. */
function ownTimes(legs: readonly Leg[], plan: JointPlan): Timeline {
  return {
    legs,
    order: legList(plan),
    start: plan.start.filter((start) => start >= 0),
    round: new Int32Array(legs.length),
    makespan: plan.makespan,
    unscheduledWeight: 0,
  }
}

/** As the planner reports it, with bounds that claim nothing. */
function report(parts: Parts, plan: JointPlan, timeline: Timeline): Plan {
  const { instance, request, open, state } = parts
  restore(state, plan.chosen)
  const unplaced = request.wishes.filter(
    (wish) => !open.includes(wish) || plan.chosen[open.indexOf(wish)] < 0,
  )
  const legs = timeline.legs.map((leg) => ({ ...leg, wish: request.wishes.indexOf(open[leg.wish]) }))
  return reportPlan(instance, request, newRun(), {
    timeline: { ...timeline, legs },
    unplaced: unplaced.map((wish) => explainUnplaced(instance, state, wish, () => instance.spaces[0]).entry),
    penalty: plan.penalty,
    makespanBound: 0,
    costBound: 0,
    bound: 'none',
    unplacedProven: false,
    shortages: [],
    lp: '',
    threads: 1,
    threadsNote: '',
  })
}

/** Three of seven nodes are emptied of sixteen VMs, and each node has a window. */
function evacuation(): Problem {
  const nodes = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
  return problemOf({
    nodes: nodes.map((id, n) => ({ id, memoryMiB: n < 3 ? 10_000 : 3000 })),
    vms: Array.from({ length: 16 }, (_, v) => ({
      id: `v${v}`,
      node: nodes[v % 3],
      memoryMiB: 100 * (2 + ((v * 7) % 9)),
    })),
    windows: nodes.map((node, n) => ({ node, start: 5 + 3 * n, end: 9 + 3 * n + (n % 3) })),
    request: { drain: ['A', 'B', 'C'] },
  })
}

const faultsOf = (problem: Problem, plan: Plan) =>
  check(problem, plan).map((v) => `${v.rule} ${v.subject}: ${v.message}`)

describe('joint search', () => {
  it('returns plans that differ, best first, with room at the end and figures that are true', async () => {
    for (const seed of seeds(150)) {
      const parts = partsOf(
        randomProblem(seed * 131, {
          ...drains,
          vms: 5,
          request: (['both', 'drain', 'moves'] as const)[seed % 3],
          tight: seed % 4 === 0,
        }),
      )
      const plans = await find(parts)
      expect(plans.length).toBeGreaterThan(0)
      expect(plans.length).toBeLessThanOrEqual(4)
      expect(new Set(plans.map((p) => p.chosen.join())).size).toBe(plans.length)
      const cost = (p: JointPlan) => [p.unplacedWeight, p.makespan + p.penalty]
      const sorted = plans.map(cost).sort((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(plans.map(cost)).toEqual(sorted)
      for (const plan of plans) {
        restore(parts.state, plan.chosen)
        expect(endFaults(parts), `seed ${seed}`).toEqual([])
        expect(parts.state.unplacedWeight).toBe(plan.unplacedWeight)
        expect(parts.state.penalty).toBeCloseTo(plan.penalty, 6)
        expect(plan.start.map((start) => Math.sign(start + 0.5))).toEqual(
          plan.chosen.map((choice) => Math.sign(choice + 0.5)),
        )
      }
    }
  })

  it('has times that pass the checker where memory cannot bind, and a list that makes them again', async () => {
    let checked = 0
    for (const seed of seeds(150)) {
      const request = seed % 3 === 0 ? 'both' : 'drain'
      const problem = randomProblem(seed * 173, { ...drains, vms: 5, request, tight: seed % 4 === 0 })
      const parts = partsOf(problem)
      const [plan] = await find(parts, { seed })
      const legs = legsOfPlan(parts, plan)
      if (legs.length === 0) continue
      const binds = bindingNodes(parts.instance.spaces[0], legs).includes(1)
      if (request === 'drain') expect(binds, `seed ${seed}`).toBe(false)
      if (binds) continue
      checked++
      const own = ownTimes(legs, plan)
      expect(faultsOf(problem, report(parts, plan, own)), `seed ${seed}`).toEqual([])
      const again = await solveTimeline({ ...parts, kernel, run: newRun() }, legs, {
        schedule: 'timeline',
        target: plan.makespan,
        work: 1,
        seed,
        orders: [own.order],
      })
      expect([...again.start], `seed ${seed}`).toEqual([...own.start])
      expect(again.makespan).toBe(plan.makespan)
    }
    expect(checked).toBeGreaterThan(quota(80))
  })

  it('finds the least cost of nearly all tiny drains, and never less', async () => {
    const kinds: Flavour[] = [
      drains,
      { ...drains, memory: false, rules: false },
      { ...drains, rules: false, tight: true },
    ]
    let plans = 0
    let best = 0
    for (const seed of seeds(240)) {
      const problem = randomProblem(seed * 977, kinds[seed % kinds.length])
      const parts = partsOf(problem)
      const reference = bruteForce(problem, 'timeline')
      const [plan] = await find(parts, { seed })
      const closed = parts.request.wishes.filter((w) => w.choices.length === 0)
      const weight = (sum: number, { vm }: { vm: number }) => sum + parts.instance.vmWeight[vm]
      const unplaced = closed.reduce(weight, plan.unplacedWeight)
      const cost = (plan.makespan + plan.penalty) / 1000
      expect(unplaced, `seed ${seed}`).toBeGreaterThanOrEqual(reference.best.unplaced)
      expect(cost, `seed ${seed}`).toBeGreaterThanOrEqual(reference.leastCost(unplaced) - 1e-6)
      plans++
      if (unplaced === reference.best.unplaced && cost <= reference.best.cost + 1e-6) best++
    }
    expect(best / plans).toBeGreaterThan(0.97)
  })

  it('gives the same plans for the same seed', async () => {
    const parts = partsOf(evacuation())
    const plans = await find(parts, { work: 500_000 })
    expect(plans).toHaveLength(4)
    expect(await find(parts, { work: 500_000 })).toEqual(plans)
  })

  it('is never worse than the assignment it begins with', async () => {
    for (const seed of seeds(60)) {
      const parts = partsOf(randomProblem(seed * 59, { ...drains, vms: 6, tight: true }))
      await placeGreedily(parts.state, newRun())
      await annealAssignment(parts.state, newRun(), 500, seed)
      const { unplacedWeight } = parts.state
      const first = [parts.state.chosen.slice()]
      const { instance, forbidden, open } = parts
      const settings = { ...search, work: 1, first }
      const [plan] = await jointSearch({ instance, kernel, forbidden, run: newRun() }, ALONE, open, settings)
      expect(plan.unplacedWeight, `seed ${seed}`).toBeLessThanOrEqual(unplacedWeight)
    }
  })

  it('sends a VM to the slower node where the faster one is closed for longer', async () => {
    const problem = problemOf({
      nodes: ['A', { id: 'B', slots: 1 }, 'C'],
      vms: ['a', 'b'].map((id) => ({ id, node: 'A' })),
      windows: [
        { node: 'B', start: 10, end: 100 },
        { node: 'C', start: 0, end: 10 },
      ],
      request: { drain: ['A'] },
    })
    const parts = partsOf(problem)
    const [plan] = await find(parts)
    // Neither node alone can take both in 20 s.
    expect(plan.makespan).toBe(20_000)
    expect(plan.chosen.map((c, w) => parts.open[w].choices[c].node).toSorted()).toEqual(Int32Array.of(1, 2))
  })

  it('answers where there is nothing to do, and where nothing can be done', async () => {
    const nodes = ['A', 'B']
    const nothing = partsOf({ nodes, vms: [], request: { drain: ['A'] } })
    expect(await find(nothing)).toMatchObject([{ makespan: 0, unplacedWeight: 0, order: new Int32Array(0) }])
    const stuck = partsOf({ nodes, vms: ['a@A'], request: { drain: ['A', 'B'] } })
    const { instance, forbidden, request } = stuck
    const [plan] = await jointSearch(
      { instance, kernel, forbidden, run: newRun() },
      ALONE,
      request.wishes,
      search,
    )
    expect(plan).toMatchObject({ chosen: Int32Array.of(-1), makespan: 0, unplacedWeight: 2001 })
  })

  it('ends at once where the bound is met, and soon where the caller stops it', async () => {
    const parts = partsOf(evacuation())
    const [plan] = await find(parts)
    const { instance, forbidden, open } = parts
    const run = newRun()
    const enough = { ...search, work: 1e9, costBound: plan.makespan + plan.penalty }
    const [met] = await jointSearch({ instance, kernel, forbidden, run }, ALONE, open, enough)
    expect(met.makespan + met.penalty).toBe(enough.costBound)
    const stopped = newRun({ signal: AbortSignal.abort() })
    await jointSearch({ instance, kernel, forbidden, run: stopped }, ALONE, open, { ...search, work: 1e9 })
    expect(stopped.counters.evaluations).toBeLessThan(100_000)
  })
})
