import { describe, expect, it } from 'vitest'
import { generate } from '../../../bench/families/index.mjs'
import { loadKernel } from '../../../src/kernel/kernel.js'
import type { ScheduleProblem, ScheduleResult } from '../../../src/kernel/types.js'
import { bottleneckFirst } from '../../../src/solver/schedule/first-lists.js'
import { turnSqueakyWheel } from '../../../src/solver/schedule/squeaky-wheel.js'
import { PARAMETERS } from '../parts.js'

/** Two nodes send to one another and to a third: the windowed task has 10 ticks before its window, or waits for its end. */
const WINDOWED: ScheduleProblem = {
  taskCount: 4,
  resourceCount: 3,
  capacity: Int32Array.of(1, 1, 1),
  resourceA: Int32Array.of(0, 0, 1, 0),
  resourceB: Int32Array.of(1, 2, 2, 1),
  duration: Int32Array.of(20, 20, 20, 8),
  predecessor: new Int32Array(4).fill(-1),
  forbiddenClass: Int32Array.of(0, 0, 0, 1),
  forbiddenOffset: Int32Array.of(0, 0, 1),
  forbidden: Int32Array.of(10, 500),
  memoryNodeCount: 0,
  freeMemory: new Float64Array(0),
  memoryFrom: new Int32Array(4).fill(-1),
  memoryTo: new Int32Array(4).fill(-1),
  memory: new Float64Array(4),
  weight: new Float64Array(4).fill(1),
  horizon: 10_000,
}

async function turn(problem: ScheduleProblem, order: Int32Array, target: number, seed: number) {
  const scheduler = (await loadKernel()).createScheduler(problem)
  const seen: { order: Int32Array; result: ScheduleResult }[] = []
  await turnSqueakyWheel({
    parameters: PARAMETERS.schedule,
    problem,
    order,
    target,
    enough: target,
    seed,
    work: 1000,
    evaluate: (list) => scheduler.evaluate(list, 'serial'),
    breathe: async () => false,
    take: (list, result) => seen.push({ order: list.slice(), result }),
  })
  scheduler.dispose()
  return seen
}

describe('the squeaky wheel', () => {
  it('serves a task before its window that the list had served too late', async () => {
    const late = await turn(WINDOWED, Int32Array.of(0, 1, 2, 3), 68, 0)
    expect(late[0].result.makespan).toBe(508)
    expect(Math.min(...late.map(({ result }) => result.makespan))).toBeLessThanOrEqual(68)
  })

  it('ends with the first schedule that meets the target', async () => {
    const seen = await turn(WINDOWED, Int32Array.of(3, 0, 1, 2), 508, 0)
    expect(seen).toHaveLength(1)
  })

  it('evaluates permutations only, and the same ones for the same seed', async () => {
    const shuffled = Int32Array.of(2, 0, 3, 1)
    const [first, again] = [await turn(WINDOWED, shuffled, 1, 7), await turn(WINDOWED, shuffled, 1, 7)]
    expect(first.length).toBeGreaterThan(60)
    for (const { order } of first) expect([...order].sort()).toEqual([0, 1, 2, 3])
    expect(again.map(({ order }) => [...order])).toEqual(first.map(({ order }) => [...order]))
  })
})

describe('large clusters', () => {
  it('end within 0.1 % of the bound at the least effort', async () => {
    const { plan } = await import('../../../src/index.js')
    for (const [nodes, vms] of [
      [16, 1500],
      [40, 1500],
    ]) {
      const { problem } = generate('estate', 3, 1, { nodes, vms })
      const { status, gap, statistics } = await plan(problem, { effort: 1 })
      expect(status).toMatch(/optimal|feasible/)
      expect(gap).toBeLessThan(0.001)
      expect(statistics.evaluations).toBeLessThan(1000)
    }
  })

  it('put what windows leave little time first', () => {
    const order = bottleneckFirst(WINDOWED, 68)
    expect(order[0]).toBe(3)
  })
})
