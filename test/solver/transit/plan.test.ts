import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.js'
import type { Policy, Problem } from '../../../src/model/problem.js'
import { seeds } from '../../cases.js'
import { problemOf, type VmParts } from '../problems.js'
import { planned } from '../scenarios.js'

const GIB = 1024

const parked = (plan: Plan) => plan.migrations.filter((m) => m.parking === true)
const evicted = (plan: Plan) => plan.migrations.filter((m) => m.makesRoom === true)

/** Nodes of 64 GiB by id with the GiB of their VMs, called id1, id2, …; moves as `vm>node`. */
function cluster(
  nodes: Record<string, readonly number[]>,
  moves: readonly string[],
  policy: Partial<Policy> = {},
  memoryGiB: Record<string, number> = {},
): Problem {
  const vms = Object.entries(nodes).flatMap(([node, sizes]) =>
    sizes.map((size, i): VmParts => ({ id: `${node}${i + 1}`, node, memoryMiB: size * GIB })),
  )
  return problemOf({
    nodes: Object.keys(nodes).map((id) => ({ id, memoryMiB: (memoryGiB[id] ?? 64) * GIB })),
    vms,
    request: {
      moves: moves.map((move) => {
        const [vm = '', to = ''] = move.split('>')
        return { vm, to }
      }),
    },
    policy,
  })
}

describe('full nodes that trade VMs', () => {
  const swap = { A: [32, 32], B: [32, 32] }

  it('do so by way of a spare node, one VM aside', async () => {
    const plan = await planned(cluster({ ...swap, S: [] }, ['A1>B', 'A2>B', 'B1>A', 'B2>A']))
    expect(plan.unplaced).toEqual([])
    expect(parked(plan)).toHaveLength(1)
  })

  it('also where a VM that takes no memory moves beside them: that is no stop-over', async () => {
    const problem = cluster({ A: [32, 32, 8], B: [32, 32], S: [] }, ['A1>B', 'A2>B', 'B1>A', 'B2>A', 'A3>B'])
    for (const vm of problem.vms) if (vm.id === 'A3') vm.state = 'saved'
    const plan = await planned(problem)
    expect(plan.unplaced).toEqual([])
    expect(parked(plan).map(({ vm }) => vm)).not.toContain('A3')
  })

  it('cannot without one, which is proven', async () => {
    const plan = await planned(cluster(swap, ['A1>B', 'A2>B', 'B1>A', 'B2>A']))
    expect(plan).toMatchObject({ status: 'infeasible', proven: true, migrations: [] })
    expect(plan.unplaced).toHaveLength(4)
  })

  it.each([...seeds(6, 3)])('around a circle of %i', async (length) => {
    const ids = Array.from({ length }, (_, i) => `N${i}`)
    const nodes = Object.fromEntries(ids.map((id) => [id, [32, 32]]))
    const moves = ids.flatMap((id, i) => [1, 2].map((k) => `${id}${k}>${ids[(i + 1) % length]}`))
    const plan = await planned(cluster({ ...nodes, S: [32] }, moves))
    expect(plan.unplaced).toEqual([])
    expect(parked(plan)).toHaveLength(1)
    const without = await planned(cluster(nodes, moves))
    expect(without).toMatchObject({ status: 'infeasible', proven: true })
  })

  it('in two circles that share no node: each needs a VM aside', async () => {
    const plan = await planned(
      cluster({ A: [64], B: [64], C: [64], D: [64], S: [] }, ['A1>B', 'B1>A', 'C1>D', 'D1>C']),
    )
    expect(plan.unplaced).toEqual([])
    expect(parked(plan)).toHaveLength(2)
  })

  it('in pieces: small ones step aside, here and there, for a large one', async () => {
    // Nowhere are 32 GiB free at the start; 16 here and 16 there are.
    const nodes = { A: [32, 16, 16], B: [32, 16, 16], C: [48], D: [48] }
    const plan = await planned(cluster(nodes, ['A1>B', 'A2>B', 'A3>B', 'B1>A', 'B2>A', 'B3>A']))
    expect(plan.unplaced).toEqual([])
    expect(
      parked(plan)
        .map((m) => m.to)
        .sort(),
    ).toEqual(['C', 'D'])
  })

  it('leaves behind as little as can be, and says so', async () => {
    // 40 GiB are never free together: the large one stays, all others move.
    const plan = await planned(
      cluster({ A: [40, 16], B: [44, 12], C: [48, 8] }, ['A1>B', 'B2>C', 'C2>A', 'A2>C']),
    )
    expect(plan.unplaced.map((u) => u.vm)).toContain('A1')
    expect(plan.status).toBe('partial')
  })
})

describe('hosts return home after a rolling update', () => {
  /** The last host is empty, the others are full of each other's VMs: filling H1 first can never work. */
  const scattered = () =>
    cluster({ H1: [24, 24, 16], H2: [24, 24, 16], H3: [16, 16, 8, 8, 8, 8], H4: [] }, [
      ...['H11>H2', 'H12>H4', 'H13>H3'],
      ...['H21>H1', 'H22>H3', 'H23>H4'],
      ...['H31>H1', 'H32>H2', 'H33>H2', 'H34>H1', 'H35>H4'],
    ])

  it.each(['timeline', 'rounds'] as const)(
    'foreign VMs first, none by way of another (%s)',
    async (schedule) => {
      const plan = await planned(scattered(), { schedule })
      expect(plan.unplaced).toEqual([])
      expect(parked(plan)).toEqual([])
      expect(plan.migrations[0]?.to).toBe('H4')
    },
  )

  it('by way of another host where each is full of the next one’s VMs', async () => {
    const plan = await planned(
      cluster({ H1: [40, 16], H2: [40, 16], H3: [40, 16], H4: [24, 24] }, [
        ...['H11>H2', 'H21>H3', 'H31>H1'],
        ...['H12>H3', 'H22>H1', 'H32>H2'],
      ]),
    )
    // No host ever has 40 GiB free, whatever steps aside; the small ones go home.
    expect(plan.unplaced.map((u) => u.vm)).toEqual(['H11', 'H21', 'H31'])
  })
})

describe('what is done only where nothing else helps', () => {
  /** A and B full, trading one VM each; S has room for one. */
  const trade = (policy: Partial<Policy> = {}) =>
    cluster({ A: [32, 32], B: [32, 32], S: [32] }, ['A1>B', 'B1>A'], policy)
  const atHome = (problem: Problem) => {
    for (const vm of problem.vms) if (vm.id === 'A1' || vm.id === 'B1') vm.allowedNodes = ['A', 'B']
    return problem
  }

  it('parking, rather than making room', async () => {
    const plan = await planned(trade({ allowMakeRoom: true }))
    expect(plan.unplaced).toEqual([])
    expect([parked(plan).length, evicted(plan).length]).toEqual([1, 0])
  })

  it.each(['timeline', 'rounds'] as const)(
    'making room in transit, one VM, told in a warning (%s)',
    async (schedule) => {
      const plan = await planned(atHome(trade({ allowMakeRoom: true })), { schedule })
      expect(plan.unplaced).toEqual([])
      expect(parked(plan)).toEqual([])
      expect(evicted(plan)).toMatchObject([{ to: 'S' }])
      expect(plan.warnings).toMatchObject([{ code: 'makes-room', vm: evicted(plan)[0]?.vm }])
    },
  )

  it('nothing, where neither is possible or allowed', async () => {
    const plan = await planned(atHome(trade()))
    expect(plan).toMatchObject({ status: 'infeasible', proven: true, migrations: [] })
    expect(plan.unplaced.map((u) => u.reason)).toEqual(['memory', 'memory'])
    expect((await planned(trade({ allowParking: false }))).migrations).toEqual([])
  })

  it('neither, where an order of direct moves exists', async () => {
    const problem = trade({ allowMakeRoom: true })
    for (const node of problem.nodes) if (node.id === 'A') node.memoryMiB = 96 * GIB
    const plan = await planned(problem)
    expect(plan.unplaced).toEqual([])
    expect([parked(plan).length, evicted(plan).length, plan.migrations.length]).toEqual([0, 0, 2])
  })

  it('a restart, where no live move, no stop-over and no room changes the CPU', async () => {
    const problem = (restartable: boolean) => {
      const one = trade({ allowMakeRoom: true, allowRestart: true })
      one.nodes[0]!.cpu = { vendor: 'Intel', features: ['sse4_2', 'avx2', 'avx512f'] }
      one.nodes[1]!.memoryMiB = 128 * GIB
      for (const vm of one.vms) if (restartable) vm.restartable = true
      return one
    }
    const plan = await planned(problem(true))
    expect(plan.unplaced).toEqual([])
    expect(plan.migrations.map((m) => [m.vm, m.kind]).sort()).toEqual([
      ['A1', 'restart'],
      ['B1', 'live'],
    ])
    expect((await planned(problem(false))).unplaced).toMatchObject([
      { vm: 'A1', reason: 'cpu-features' },
      { vm: 'B1', reason: 'memory' },
    ])
  })
})
