import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Problem } from '../../src/model/problem.js'
import { Random } from '../../src/solver/random.js'
import { quota, seeds } from '../cases.js'
import { planOf, problemOf } from './problems.js'

/** The request in its order, each migration into the first round that has room; each starts as early in it as windows allow. */
function firstCome(problem: Problem): number {
  const slots = new Map(problem.nodes.map((n) => [n.id, n.slots ?? 1]))
  const home = new Map(problem.vms.map((vm) => [vm.id, vm.node]))
  const rounds: { vm: string; from: string; to: string; seconds: number }[][] = []
  for (const { vm, to, durationSeconds } of problem.request.moves ?? []) {
    if (typeof to !== 'string') throw new Error('a move without one target')
    const from = home.get(vm) ?? ''
    const full = (members: (typeof rounds)[number]) =>
      [from, to].some(
        (node) => members.filter((m) => m.from === node || m.to === node).length >= (slots.get(node) ?? 1),
      )
    let round = rounds.find((members) => !full(members))
    if (round === undefined) {
      round = []
      rounds.push(round)
    }
    round.push({ vm, from, to, seconds: durationSeconds ?? 0 })
  }
  let now = 0
  for (const members of rounds) {
    let end = now
    for (const { vm, from, to, seconds } of members) {
      const closed = (problem.windows ?? [])
        .filter((w) =>
          w.vm === undefined ? w.node === undefined || w.node === from || w.node === to : w.vm === vm,
        )
        .map((w) => [Number(w.start), Number(w.end)])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      let start = now
      for (const [a, b] of closed) if (a < start + seconds && b > start) start = b
      end = Math.max(end, start + seconds)
    }
    now = end
  }
  return now
}

function randomMoves(seed: number): Problem {
  const random = new Random(seed)
  const nodes = Array.from({ length: 3 + random.below(6) }, (_, n) => ({
    id: `N${n}`,
    slots: 1 + (random.below(4) === 0 ? 1 + random.below(2) : 0),
    memoryMiB: 1_000_000,
  }))
  const count = 4 + random.below(22)
  const sizes = 1 + random.below(12)
  const windows = random.below(2) === 0 ? 0 : random.below(6)
  const from = Array.from({ length: count }, () => random.below(nodes.length))
  return problemOf({
    nodes,
    vms: from.map((n, i) => ({ id: `v${i}`, node: `N${n}` })),
    windows: Array.from({ length: windows }, () => {
      const start = random.below(120)
      return { node: `N${random.below(nodes.length)}`, start, end: start + 5 + random.below(40) }
    }),
    request: {
      moves: from.map((n, i) => ({
        vm: `v${i}`,
        to: `N${(n + 1 + random.below(nodes.length - 1)) % nodes.length}`,
        durationSeconds: 5 * (1 + random.below(sizes)) + random.below(3),
      })),
    },
  })
}

describe('plans of rounds', () => {
  it('never end later than first come, first served, nor before their bound', async () => {
    let better = 0
    let proven = 0
    for (const seed of seeds(250)) {
      const problem = randomMoves(seed * 7)
      const plan = await planOf(problem, { schedule: 'rounds' })
      expect(check(problem, plan)).toEqual([])
      expect(plan.unplaced).toEqual([])
      const before = firstCome(problem)
      expect(plan.makespanSeconds, `${seed}`).toBeLessThanOrEqual(before + 1e-9)
      expect(plan.lowerBoundSeconds).toBeLessThanOrEqual(plan.makespanSeconds)
      if (plan.makespanSeconds < before) better++
      if (plan.status === 'optimal') proven++
    }
    expect(better).toBeGreaterThan(quota(120))
    expect(proven).toBeGreaterThan(quota(120))
  }, 120_000)

  it('are bounded no lower than the timeline of the same problem', async () => {
    for (const seed of seeds(40)) {
      const problem = randomMoves(seed * 31)
      const rounds = await planOf(problem, { schedule: 'rounds' })
      const timeline = await planOf(problem)
      expect(rounds.lowerBoundSeconds, `${seed}`).toBeGreaterThanOrEqual(timeline.lowerBoundSeconds - 1e-9)
      expect(rounds.makespanSeconds).toBeGreaterThanOrEqual(timeline.lowerBoundSeconds - 1e-9)
    }
  }, 120_000)

  it('the four-nodes example is solved and proven', async () => {
    const seconds = [40, 30, 35, 35, 20, 25, 15, 10]
    const problem = problemOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: seconds.map((_, i) => ({ id: `v${i}`, node: i % 2 === 0 ? 'A' : 'C' })),
      request: {
        moves: seconds.map((durationSeconds, i) => ({
          vm: `v${i}`,
          to: i % 2 === 0 ? 'B' : 'D',
          durationSeconds,
        })),
      },
    })
    const plan = await planOf(problem, { schedule: 'rounds' })
    expect(plan).toMatchObject({ status: 'optimal', makespanSeconds: 115, lowerBoundSeconds: 115, gap: 0 })
    expect(plan.statistics.bound).toBe('rounds-threshold')
  })
})
