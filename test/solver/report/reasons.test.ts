/** A reason names what really stands in the way of that VM: reasons of time are tried with the VM alone, with and without windows. */
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../src/model/problem.js'
import { seeds } from '../../cases.js'
import { type Flavour, planOf, problemOf, randomProblem } from '../problems.js'

/** Would the VM get there if nothing else were in the cluster? */
async function goesAlone(
  problem: Problem,
  vm: string,
  node: string,
  windows: Problem['windows'] = [],
): Promise<boolean> {
  const own = problem.vms.filter(({ id }) => id === vm).map((v) => ({ ...v, affinity: [], antiAffinity: [] }))
  const alone = {
    ...problem,
    nodes: problem.nodes.map((n) => ({ ...n, memoryMiB: 1e6 })),
    vms: own,
    windows: windows.filter((w) => w.vm === undefined || w.vm === vm),
    policy: { ...problem.policy, reserveMiB: 0, allowParking: false },
  }
  const move = (problem.request.moves ?? []).find((m) => m.vm === vm)
  const isSaved = own[0]?.node === node
  const request = isSaved ? { drain: problem.request.drain ?? [] } : { moves: [{ ...move, vm, to: node }] }
  return (await planOf({ ...alone, request })).unplaced.length === 0
}

const flavour: Flavour = {
  vms: 4,
  request: 'both',
  memory: false,
  windows: true,
  rules: false,
  parking: true,
  kinds: true,
  short: true,
}

describe('reasons of time', () => {
  it.each<[string, Flavour]>([
    ['with every kind of migration', flavour],
    ['live only', { ...flavour, kinds: false }],
    ['in hardly any memory', { ...flavour, memory: true, tight: true }],
    ['under all rules', { ...flavour, rules: true }],
  ])('are true %s', async (_, each) => {
    const wrong: string[] = []
    const seen = new Map<string, number>()
    for (const seed of seeds(440)) {
      const problem = randomProblem(seed * 7919, each)
      const plan = await planOf(problem)
      for (const { vm, nodes } of plan.unplaced) {
        for (const [node, reason] of Object.entries(nodes)) {
          if (reason !== 'window' && reason !== 'horizon') continue
          seen.set(reason, (seen.get(reason) ?? 0) + 1)
          const free = await goesAlone(problem, vm, node, problem.windows)
          const open = await goesAlone(problem, vm, node)
          const holds = reason === 'window' ? !free && open : free || !open
          if (!holds) wrong.push(`${problem.name}: ${vm} to ${node}: ${reason}`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect([...seen.keys()].sort()).toEqual(['horizon', 'window'])
  })

  const drain = (horizonSeconds: number, windows: Problem['windows'] = []) =>
    problemOf({
      nodes: ['A', 'B'],
      vms: ['x', 'y'].map((id, i) => ({ id, node: 'A', priority: 1000 * (2 - i) })),
      windows,
      request: { drain: ['A'] },
      policy: { horizonSeconds },
    })
  it.each([
    ['two for whom there is time for one', drain(15), ['horizon']],
    ['one that takes too long by itself', drain(9), ['horizon', 'horizon']],
    ['a window that leaves no gap', drain(15, [{ node: 'B', start: 6, end: 9 }]), ['window', 'window']],
    ['a window of one of them', drain(20, [{ vm: 'y', start: 5, end: 15 }]), ['window']],
    ['a window that leaves a gap for one', drain(23, [{ node: 'B', start: 10, end: 14 }]), ['horizon']],
    ['a window behind the horizon', drain(15, [{ node: 'B', start: 15, end: 99 }]), ['horizon']],
  ])('%s', async (_, problem, reasons) => {
    expect((await planOf(problem)).unplaced.map(({ reason }) => reason)).toEqual(reasons)
  })

  it('is the horizon where memory binds, but would do in a longer night', async () => {
    const problem = (horizonSeconds: number) =>
      problemOf({
        nodes: ['A 1500', 'B 1000', 'C'],
        vms: [{ id: 'a', node: 'A', priority: 1000 }, 'b@B'],
        request: {
          moves: ['a>B', 'b>C'],
        },
        policy: { horizonSeconds },
      })
    expect((await planOf(problem(15))).unplaced).toMatchObject([{ vm: 'a', reason: 'horizon' }])
    expect((await planOf(problem(20))).unplaced).toEqual([])
  })
})
