import { describe, expect, it } from 'vitest'
import { loadKernel } from '../../../src/kernel/kernel.js'
import type { ScheduleProblem } from '../../../src/kernel/types.js'
import { Random } from '../../../src/solver/random.js'
import { memoryHolds, postPredecessors } from '../../../src/solver/schedule/memory-posting.js'
import { quota, seeds } from '../../cases.js'
import { memoryInLists } from '../../kernel/schedule-problems.js'

/** Random moves among nodes with little room to spare. */
function randomProblem(seed: number, spare: number): ScheduleProblem {
  const random = new Random(seed)
  const nodes = 3 + random.below(4)
  const n = 4 + random.below(30)
  const from = Int32Array.from({ length: n }, () => random.below(nodes))
  const to = from.map((node) => (node + 1 + random.below(nodes - 1)) % nodes)
  return {
    taskCount: n,
    resourceCount: nodes,
    capacity: new Int32Array(nodes).fill(1),
    resourceA: from,
    resourceB: to,
    duration: Int32Array.from({ length: n }, () => 1 + random.below(40)),
    predecessor: new Int32Array(n).fill(-1),
    forbiddenClass: new Int32Array(n),
    forbiddenOffset: Int32Array.of(0, 0),
    forbidden: new Int32Array(0),
    memoryNodeCount: nodes,
    freeMemory: new Float64Array(nodes).fill(spare),
    memoryFrom: from,
    memoryTo: to,
    memory: Float64Array.from({ length: n }, () => 1 + random.below(4)),
    weight: new Float64Array(n).fill(1),
    horizon: 1_000_000,
  }
}

/** By its definition: memory at each start, departures of that instant counted. */
function holdsByDefinition(problem: ScheduleProblem, start: Int32Array): boolean {
  const { memoryFrom, memoryTo, memory, duration } = problem
  for (let i = 0; i < problem.taskCount; i++) {
    const free = problem.freeMemory.slice()
    for (let j = 0; j < problem.taskCount; j++) {
      if (start[j] <= start[i]) free[memoryTo[j]] -= memory[j]
      if (start[j] + duration[j] <= start[i]) free[memoryFrom[j]] += memory[j]
    }
    if (free[memoryTo[i]] < 0) return false
  }
  return true
}

describe('memory of schedules that were made without a look at it', () => {
  it('is judged as its definition does', async () => {
    const kernel = await loadKernel()
    const verdicts = new Set<boolean>()
    for (const seed of seeds(200, 0)) {
      const problem = randomProblem(seed, 3 + (seed % 9))
      const scheduler = kernel.createScheduler(problem)
      const order = Int32Array.from({ length: problem.taskCount }, (_, i) => i)
      const { start } = scheduler.evaluate(order, 'serial')
      const holds = holdsByDefinition(problem, start)
      expect(memoryHolds(problem, start), `seed ${seed}`).toBe(holds)
      expect(memoryHolds(memoryInLists(problem), start), `seed ${seed}, in lists`).toBe(holds)
      verdicts.add(holds)
    }
    expect(verdicts.size).toBe(2)
  })

  it('is mended by predecessors, and they leave every task its time', async () => {
    const kernel = await loadKernel()
    let mended = 0
    for (const seed of seeds(200, 0)) {
      const problem = randomProblem(seed, 3 + (seed % 9))
      const order = Int32Array.from({ length: problem.taskCount }, (_, i) => i)
      const evaluate = (predecessor: Int32Array) => {
        const scheduler = kernel.createScheduler({ ...problem, predecessor })
        return scheduler.evaluate(order, 'serial').start
      }
      const before = holdsByDefinition(problem, evaluate(problem.predecessor))
      const mayWait = new Uint8Array(problem.taskCount).fill(1)
      const found = await postPredecessors(problem, mayWait, 40, evaluate)
      expect(await postPredecessors(memoryInLists(problem), mayWait, 40, evaluate)).toEqual(found)
      if (found === undefined) continue
      const start = evaluate(found)
      expect(
        start.every((at) => at >= 0),
        `seed ${seed}`,
      ).toBe(true)
      expect(holdsByDefinition(problem, start), `seed ${seed}`).toBe(true)
      if (!before) mended++
    }
    expect(mended).toBeGreaterThan(quota(20))
  })

  it('keeps those at the head that had better not wait', async () => {
    const problem: ScheduleProblem = {
      ...randomProblem(1, 0),
      taskCount: 3,
      resourceCount: 4,
      capacity: new Int32Array(4).fill(1),
      resourceA: Int32Array.of(0, 1, 2),
      resourceB: Int32Array.of(2, 2, 3),
      duration: Int32Array.of(5, 5, 5),
      predecessor: new Int32Array(3).fill(-1),
      forbiddenClass: new Int32Array(3),
      memoryNodeCount: 1,
      freeMemory: Float64Array.of(4),
      memoryFrom: Int32Array.of(-1, -1, 0),
      memoryTo: Int32Array.of(0, 0, -1),
      memory: Float64Array.of(4, 4, 4),
      weight: new Float64Array(3).fill(1),
    }
    const kernel = await loadKernel()
    const order = Int32Array.of(0, 1, 2)
    const evaluate = (predecessor: Int32Array) =>
      kernel.createScheduler({ ...problem, predecessor }).evaluate(order, 'serial').start
    expect([...((await postPredecessors(problem, Uint8Array.of(1, 1, 1), 40, evaluate)) ?? [])]).toEqual([
      -1, 2, -1,
    ])
    expect([...((await postPredecessors(problem, Uint8Array.of(1, 0, 1), 40, evaluate)) ?? [])]).toEqual([
      2, -1, -1,
    ])
    expect(await postPredecessors(problem, Uint8Array.of(0, 0, 0), 40, evaluate)).toBeUndefined()
  })
})
