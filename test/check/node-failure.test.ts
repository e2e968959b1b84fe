/** What the checker says of warnings `node-failure`, and how it packs. */
import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import { replay } from '../../src/check/replay.js'
import { lossesByNode } from '../../src/check/restarts.js'
import { type ProblemParts, planOf, problemOf } from './fixture.js'
import { testWrongPlans, wrong } from './mutate.js'
import { policies } from './right-plans.js'

describe('warnings of node failures', () => {
  testWrongPlans('figures', {
    'more is said to be missing than is': wrong(policies, 'warnings +500', (plan) => {
      plan.warnings[0]!.missingMiB = 7500
    }),
    'one is left out': wrong(policies, 'warnings +7000', (plan) => plan.warnings.shift()),
    'one is there twice': wrong(policies, 'warnings', (plan) => plan.warnings.push(plan.warnings[0]!)),
    'a node that nothing happens to': wrong(policies, 'warnings +1', (plan) =>
      plan.warnings.push({ code: 'node-failure', node: 'E', missingMiB: 1, message: 'e1' }),
    ),
    'no figure': wrong(policies, 'warnings', (plan) =>
      plan.warnings.push({ code: 'node-failure', message: 'somewhere' }),
    ),
    'less than nothing': wrong(policies, 'warnings', (plan) => {
      plan.warnings[0]!.missingMiB = -1
    }),
    'nobody asked': wrong(policies, 'warnings +2', { policy: { tolerateNodeFailure: false } }),
  })

  it('may say less than the checker finds: what is certain, or nothing', () => {
    for (const missingMiB of [0, 6999]) {
      const { problem, plan } = policies()
      plan.warnings[0]!.missingMiB = missingMiB
      expect(checkResolved(problem, plan)).toEqual([])
    }
  })
})

describe('what a failure loses', () => {
  const empty = planOf({ makespanSeconds: 0, cost: 0, migrations: [] })
  const lost = (parts: ProblemParts, node: string) => {
    const loss = lossesByNode(replay(problemOf(parts), empty)).get(node)
    return loss === undefined ? undefined : [loss.atLeastMiB, loss.atMostMiB]
  }
  const vms = (node: string, ...sizes: number[]) =>
    sizes.map((memoryMiB, i) => ({ id: `${node}${i}`, node, memoryMiB }))

  it('is what the best packing leaves out, where best fit is not the best', () => {
    const nodes = [{ id: 'A' }, 'B 1000', 'C 1000']
    expect(lost({ nodes, vms: vms('A', 600, 500, 500, 400) }, 'A')).toEqual([0, 0])
    // 500, 400, 300, 300, 300, 200: 500 + 300 + 200 and 400 + 300 + 300, which best fit decreasing misses.
    expect(lost({ nodes, vms: vms('A', 500, 400, 300, 300, 300, 200) }, 'A')).toEqual([0, 0])
    expect(lost({ nodes, vms: vms('A', 600, 600, 600) }, 'A')).toEqual([600, 600])
  })

  it('spares nodes that are down, empty, or hold only VMs that do not run', () => {
    const nodes = [{ id: 'A', state: 'down' as const }, { id: 'B' }, { id: 'C' }]
    const off = [{ id: 'c', node: 'C', state: 'off' as const }]
    expect(lost({ nodes, vms: [...vms('A', 100), ...off] }, 'A')).toBeUndefined()
    expect(lost({ nodes, vms: [...vms('A', 100), ...off] }, 'B')).toBeUndefined()
    expect(lost({ nodes, vms: [...vms('A', 100), ...off] }, 'C')).toBeUndefined()
  })

  it('asks for owners and anti-affinity, not for CPUs; drained and paused nodes take nothing over', () => {
    const nodes = [{ id: 'A' }, { id: 'B', vendor: 'AMD' as const }]
    const [one] = vms('A', 1000)
    expect(lost({ nodes, vms: [one!] }, 'A')).toEqual([0, 0])
    expect(lost({ nodes, vms: [{ ...one!, allowedNodes: new Set(['A']) }] }, 'A')).toEqual([1000, 1000])
    const rival = { id: 'b', node: 'B', state: 'off' as const, antiAffinity: ['g'] }
    expect(lost({ nodes, vms: [{ ...one!, antiAffinity: ['g'] }, rival] }, 'A')).toEqual([1000, 1000])
    expect(lost({ nodes: [{ id: 'A' }, { id: 'B', state: 'paused' }], vms: [one!] }, 'A')).toEqual([
      1000, 1000,
    ])
    expect(lost({ nodes, vms: [one!], drains: [{ node: 'B', mode: 'save' }] }, 'A')).toEqual([1000, 1000])
    const both = [one!, { id: 'A1', node: 'A', antiAffinity: ['g'] }].map((vm) => ({
      ...vm,
      antiAffinity: ['g'],
    }))
    expect(lost({ nodes, vms: both }, 'A')).toEqual([1000, 1000])
    // A group about domains asks nothing, neither where each node is one of its own.
    const groupDomains = new Map([['g', 'rack']])
    expect(lost({ nodes, vms: both, groupDomains }, 'A')).toEqual([0, 0])
  })

  it('gives both ends where there is too much to try', () => {
    const nodes = Array.from({ length: 13 }, (_, i) => ({ id: `N${i}`, memoryMiB: i === 0 ? 100_000 : 1000 }))
    // 334 three times is a little too much: two on a node, though the sums alone would allow 35.
    const loss = lost({ nodes, vms: vms('N0', ...Array.from({ length: 35 }, (_, i) => 334 + i)) }, 'N0')
    expect(loss![0]).toBeGreaterThan(0)
    expect(loss![1]).toBeGreaterThan(loss![0]!)
  })
})
