import { describe, expect, it } from 'vitest'
import { check } from '../../../src/check/check.js'
import type { InvalidProblemError } from '../../../src/errors.js'
import type { BalanceMetric, Problem, ProblemBalance } from '../../../src/model/problem.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { plan } from '../../../src/plan.js'
import { Random } from '../../../src/solver/random.js'
import { seeds } from '../../cases.js'
import { problemOf } from '../../problem.js'

const balanced = (
  balance: ProblemBalance,
  parts: Pick<Parameters<typeof problemOf>[0], 'nodes' | 'vms'>,
): Problem => problemOf({ ...parts, request: { balance } })

/** The highest share less the lowest, with every VM where `at` has it. */
function spreadOf({ nodes, vms }: Problem, metric: BalanceMetric, at: readonly string[]): number {
  const shares = nodes.map((node) => {
    const there = vms.filter((vm, v) => at[v] === node.id && vm.state !== 'off')
    const sum = there.reduce((total, vm) => total + (metric === 'memory' ? vm.memoryMiB : (vm.vcpus ?? 1)), 0)
    return sum / (metric === 'memory' ? node.memoryMiB : node.cores!)
  })
  return Math.max(...shares) - Math.min(...shares)
}

/** All places of all VMs: the least excess, the fewest migrations with it, and the least spread of each metric. */
function reference(problem: Problem) {
  const { nodes, vms } = problem
  const { of, within, maxMigrations = Infinity } = problem.request.balance!
  let best = { excess: Infinity, count: Infinity }
  const least = new Map<BalanceMetric, number>(of.map((metric) => [metric, Infinity]))
  const judge = (at: readonly string[], count: number) => {
    for (const { id, memoryMiB } of nodes) {
      const used = vms.reduce(
        (sum, vm, v) => sum + (at[v] === id && vm.state !== 'off' ? vm.memoryMiB : 0),
        0,
      )
      if (vms.some((vm, v) => at[v] === id && vm.node !== id) && used > memoryMiB) return
    }
    const meets = vms.some(
      (vm, v) =>
        at[v] !== vm.node &&
        vm.antiAffinity !== undefined &&
        vms.some((other, o) => o !== v && other.antiAffinity !== undefined && at[o] === at[v]),
    )
    if (meets) return
    const spreads = of.map((metric) => spreadOf(problem, metric, at))
    of.forEach((metric, m) => {
      least.set(metric, Math.min(least.get(metric)!, spreads[m]!))
    })
    const excess = Math.max(0, ...spreads.map((spread) => (spread - within < 1e-9 ? 0 : spread - within)))
    if (excess < best.excess - 1e-9 || (excess < best.excess + 1e-9 && count < best.count))
      best = { excess, count }
  }
  const place = (at: readonly string[], count: number) => {
    const vm = vms[at.length]
    if (vm === undefined) return judge(at, count)
    place([...at, vm.node], count)
    if (vm.state === 'off' || count >= maxMigrations) return
    for (const { id } of nodes)
      if (id !== vm.node && vm.allowedNodes?.includes(id) !== false) place([...at, id], count + 1)
  }
  place([], 0)
  return { ...best, least }
}

function randomProblem(seed: number): Problem {
  const random = new Random(seed)
  const nodes = Array.from({ length: 2 + random.below(3) }, (_, n) => ({
    id: `N${n}`,
    memoryMiB: 8192 * (1 + random.below(2)),
    cores: 8 * (1 + random.below(2)),
  }))
  const vms = Array.from({ length: 2 + random.below(6) }, (_, v) => ({
    id: `v${v}`,
    node: `N${random.below(2)}`,
    memoryMiB: 512 * (1 + random.below(6)),
    vcpus: 1 + random.below(4),
    ...(random.below(7) === 0 ? { state: 'off' as const } : {}),
    ...(random.below(5) === 0 ? { antiAffinity: ['apart'] } : {}),
    ...(random.below(10) === 0 ? { allowedNodes: ['N0', 'N1'] } : {}),
  }))
  const of = [['memory'], ['cpu'], ['memory', 'cpu']][random.below(3)] as BalanceMetric[]
  const most = random.below(2) === 0 ? {} : { maxMigrations: random.below(4) }
  return balanced({ of, within: [0, 0.05, 0.1, 0.2][random.below(4)]!, ...most }, { nodes, vms })
}

describe('balance', () => {
  it('is as even as can be with as few migrations as can be, and its bounds hold', async () => {
    for (const seed of seeds(330)) {
      const problem = randomProblem(seed)
      const found = await plan(problem, { thread: 'caller' })
      expect(check(problem, found)).toEqual([])
      const { excess, count, least } = reference(problem)
      const { of, within } = problem.request.balance!
      const own = Math.max(0, ...of.map((metric) => found.balance![metric]!.after - within))
      expect(own, `seed ${seed}`).toBeCloseTo(excess, 5)
      expect(found.migrations.length, `seed ${seed}`).toBe(count)
      expect(found).toMatchObject({ status: 'optimal', proven: true })
      for (const metric of of)
        expect(found.balance![metric]!.least).toBeLessThanOrEqual(least.get(metric)! + 2e-6)
      const isTold = found.warnings.some(({ code }) => code === 'balance')
      expect(isTold, `seed ${seed}`).toBe(excess > 1e-6)
    }
  })

  const nodes = ['A 8000', 'B 8000', 'C 8000'].map((text) => ({ id: text[0]!, memoryMiB: 8000, cores: 16 }))

  it('moves one large VM rather than four small ones', async () => {
    const vms = ['big@A 4000', 'a@A 1000', 'b@A 1000', 'c@A 1000', 'd@A 1000', 'e@C 2000']
    const found = await plan(balanced({ of: ['memory'], within: 0.3 }, { nodes, vms }), { thread: 'caller' })
    expect(found.migrations.map(({ vm }) => vm)).toEqual(['big'])
    expect(found.balance).toEqual({ memory: { before: 1, after: 0.25, least: 0 } })
  })

  it('leaves VMs of paused and drained nodes out, and places those that are asked for first', async () => {
    const problem = problemOf({
      nodes: [...nodes, { id: 'D', memoryMiB: 8000, state: 'paused' }, 'E 8000'],
      vms: ['a@A 3000', 'b@A 3000', 'p@D 4000', 'x@E 1000', 'y@E 1000'],
      request: { drain: ['E'], balance: { of: ['memory'], within: 0.3 } },
    })
    const found = await plan(problem, { thread: 'caller' })
    expect(check(problem, found)).toEqual([])
    expect(found).toMatchObject({ status: 'feasible', unplaced: [] })
    expect(found.drained.map(({ node }) => node)).toEqual(['E'])
    expect(found.balance!.memory!.before).toBe(0.75)
    expect(found.balance!.memory!.after).toBeLessThanOrEqual(0.3)
  })

  it('bans what finds no order, and takes what does', async () => {
    // Both are full, and neither may park: only the third node can help.
    const problem = balanced(
      { of: ['cpu'], within: 0.2 },
      {
        nodes: [
          { id: 'A', memoryMiB: 4000, cores: 10 },
          { id: 'B', memoryMiB: 4000, cores: 10 },
        ],
        vms: [
          { id: 'a', node: 'A', memoryMiB: 4000, vcpus: 8 },
          { id: 'b', node: 'B', memoryMiB: 2000, vcpus: 1 },
          { id: 'c', node: 'B', memoryMiB: 2000, vcpus: 1 },
        ],
      },
    )
    const found = await plan(problem, { thread: 'caller' })
    expect(check(problem, found)).toEqual([])
    expect(found.balance!.cpu!.after).toBe(0.6)
    expect(found.warnings.map(({ code }) => code)).toContain('balance')
  })

  it.each<[balance: object, path: string, message: string]>([
    [{ of: [], within: 0.1 }, 'request.balance.of', 'is empty'],
    [{ of: ['disk'], within: 0.1 }, 'request.balance.of[0]', '"disk" is unknown'],
    [{ of: ['memory', 'memory'], within: 0.1 }, 'request.balance.of[1]', 'in the list already'],
    [{ of: ['memory'], within: 1.5 }, 'request.balance.within', '1.5'],
    [{ of: ['memory'], within: 0.1, maxMigrations: 1.5 }, 'request.balance.maxMigrations', '1.5'],
    [{ of: ['cpu'], within: 0.1 }, 'nodes[0].cores', 'is missing on "A"'],
  ])('refuses %j', (balance, path, message) => {
    const problem = balanced(balance as ProblemBalance, { nodes: ['A', 'B'], vms: ['a@A'] })
    let fault: unknown
    try {
      resolveProblem(problem)
    } catch (error) {
      fault = error
    }
    expect((fault as InvalidProblemError).issues[0]).toMatchObject({ path })
    expect(String((fault as Error).message)).toContain(message)
  })

  it('is refused beside maintenance', () => {
    const problem = problemOf({
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: {
        balance: { of: ['memory'], within: 0.1 },
        maintenance: [{ node: 'A', durationSeconds: 60 }],
      },
    })
    expect(() => resolveProblem(problem)).toThrow('request.balance: stands beside maintenance')
  })
})
