import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'
import type { Progress } from '../../src/solver/progress.js'
import { Random } from '../../src/solver/random.js'
import { problemOf, withoutClock } from './problems.js'
import { planned } from './scenarios.js'

/** Drains two of sixteen nodes with a window each, and moves VMs of the others about. */
function big(vmCount: number, nodeCount = 16): Problem {
  const random = new Random(4711)
  const ids = Array.from({ length: nodeCount }, (_, n) => `N${n}`)
  const vms = Array.from({ length: vmCount }, (_, i) => ({
    id: `v${i}`,
    node: ids[random.below(nodeCount)],
    memoryMiB: 1024 * (1 + random.below(12)),
    dirtyMiBps: random.below(50),
  }))
  const settled = vms.filter((vm) => vm.node !== 'N0' && vm.node !== 'N1')
  return problemOf({
    nodes: ids.map((id) => ({ id, memoryMiB: 8 * 1024 * vmCount, migrationMbps: 10_000 })),
    vms,
    windows: ids.map((node) => ({
      node,
      start: 20 + random.below(200),
      durationSeconds: 60 + random.below(300),
    })),
    request: {
      drain: ['N0', 'N1'],
      moves: settled.map((vm) => ({ vm: vm.id, to: ids[2 + random.below(nodeCount - 2)] })),
    },
  })
}

describe('aborting', () => {
  it('before the start still gives a whole plan, at once', async () => {
    const problem = big(200)
    const began = performance.now()
    const result = await planned(problem, { effort: 5, signal: AbortSignal.abort() })
    expect(performance.now() - began).toBeLessThan(1500)
    expect(result.migrations.length + result.unplaced.length).toBeGreaterThan(150)
    expect(result.lowerBoundSeconds).toBeGreaterThan(0)
  })

  it('on the way gives the best so far', async () => {
    const problem = big(200)
    const controller = new AbortController()
    let heard = Number.NaN
    setTimeout(() => {
      heard = performance.now()
      controller.abort()
    }, 400)
    const result = await planned(problem, { effort: 5, signal: controller.signal })
    const late = performance.now() - heard
    expect(heard).not.toBeNaN()
    expect(late).toBeLessThan(400)
    expect(result.unplaced).toEqual([])
  })
})

describe('a time limit', () => {
  it.each([0.7, 1.5])('of %d s is kept within 0.2 s', async (timeLimitSeconds) => {
    const problem = big(400)
    const began = performance.now()
    const result = await plan(problem, { thread: 'caller', effort: 5, timeLimitSeconds })
    const took = (performance.now() - began) / 1000
    expect(check(problem, result)).toEqual([])
    expect(took).toBeLessThan(timeLimitSeconds + 0.2)
    expect(took).toBeGreaterThan(0.8 * timeLimitSeconds)
    expect(result.statistics.runtimeSeconds).toBeLessThanOrEqual(took)
    expect(result.gap).toBeLessThan(0.5)
  })

  it('that is not reached changes nothing', async () => {
    const problem = big(24, 6)
    const free = await planned(problem)
    expect(withoutClock(await planned(problem, { timeLimitSeconds: 600 }))).toBe(withoutClock(free))
  })
})

describe('progress', () => {
  async function followed(problem: Problem, options: { schedule?: 'timeline' | 'rounds' } = {}) {
    const seen: Progress[] = []
    const result = await planned(problem, { ...options, effort: 2, onProgress: (p) => seen.push(p) })
    return { seen, result }
  }

  it.each(['timeline', 'rounds'] as const)('never goes back (%s)', async (schedule) => {
    const { seen, result } = await followed(big(60, 8), { schedule })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen[0].makespanSeconds).toBeUndefined()
    expect(seen[0].gap).toBeUndefined()
    for (let i = 1; i < seen.length; i++) {
      const [before, now] = [seen[i - 1], seen[i]]
      expect(now.elapsedSeconds).toBeGreaterThanOrEqual(before.elapsedSeconds)
      expect(now.evaluations).toBeGreaterThanOrEqual(before.evaluations)
      expect(now.lowerBoundSeconds).toBeGreaterThanOrEqual(before.lowerBoundSeconds)
      // There are no penalties in this problem: the incumbent's cost is its makespan.
      if (before.makespanSeconds !== undefined && before.unplaced === now.unplaced) {
        expect(now.makespanSeconds).toBeLessThanOrEqual(before.makespanSeconds)
      }
    }
    const last = seen[seen.length - 1]
    expect(last.makespanSeconds).toBe(result.makespanSeconds)
    expect(last.lowerBoundSeconds).toBe(result.lowerBoundSeconds)
    expect(last.gap).toBeCloseTo(result.gap, 9)
    expect(last.unplaced).toBe(result.unplaced.length)
  })

  it('counts the VMs left unplaced, not those that might have made room', async () => {
    // b could leave B for C by its memory, but not beside c of its group; so a stays.
    const problem = problemOf({
      nodes: ['A 1000', 'B 1000', 'C'],
      vms: [
        'a@A',
        { id: 'b', node: 'B', antiAffinity: ['g'] },
        { id: 'c', node: 'C', antiAffinity: ['g'] },
        'd@C',
        'e@C',
      ],
      request: { moves: ['a>B', 'd>A'] },
      policy: { allowMakeRoom: true },
    })
    const { seen, result } = await followed(problem)
    expect(result.unplaced).toHaveLength(2)
    expect(seen[seen.length - 1].unplaced).toBe(2)
  })

  it('what it throws ends the plan', async () => {
    const onProgress = () => {
      throw new RangeError('enough')
    }
    await expect(plan(big(24, 6), { thread: 'caller', onProgress })).rejects.toThrow('enough')
  })
})
