import { describe, expect, it } from 'vitest'
import { isBipartite } from '../../../src/solver/bounds/bipartite.js'
import { loadsSayAsMuch, oddSetBound, oddSetGroups } from '../../../src/solver/bounds/odd-set.js'
import { quota, seeds } from '../../cases.js'
import { PARAMETERS, partsOf } from '../parts.js'
import { flavourOf, problemOf, randomProblem } from '../problems.js'

const ring = (length: number) => Array.from({ length }, (_, i) => ({ from: i, to: (i + 1) % length }))

describe('bipartite graphs', () => {
  it('are those without odd cycles', () => {
    expect(isBipartite([])).toBe(true)
    expect(isBipartite(ring(4))).toBe(true)
    expect(isBipartite(ring(5))).toBe(false)
    expect(
      isBipartite([...ring(4), ...ring(3).map(({ from, to }) => ({ from: from + 9, to: to + 9 }))]),
    ).toBe(false)
    expect(
      isBipartite([
        { from: 1, to: 2 },
        { from: 2, to: 1 },
        { from: 7, to: 2 },
      ]),
    ).toBe(true)
  })

  it('spare the search for odd sets only where there is no window', () => {
    const problem = (windows: { node: string; start: number; end: number }[], third: string) =>
      problemOf({
        nodes: ['A', 'B', 'C'],
        vms: ['a@A', 'c@C', 't@A'],
        windows,
        request: { moves: ['a>B 20', 'c>B 20', { vm: 't', to: third, durationSeconds: 20 }] },
      })
    const spared = (...parts: Parameters<typeof problem>) => {
      const { instance, forbidden, open } = partsOf(problem(...parts))
      return loadsSayAsMuch(instance, oddSetGroups(instance, forbidden, open, PARAMETERS.bounds))
    }
    expect(spared([], 'B')).toBe(true)
    expect(spared([], 'C')).toBe(false)
    expect(spared([{ node: 'B', start: 0, end: 30 }], 'B')).toBe(false)
  })

  it('have no odd set that is above the busiest node', () => {
    let compared = 0
    for (const seed of seeds(300)) {
      const flavour = flavourOf(6, 'moves')
      const { instance, forbidden, open } = partsOf(randomProblem(seed * 19, flavour))
      if (
        open.length < 2 ||
        !loadsSayAsMuch(instance, oddSetGroups(instance, forbidden, open, PARAMETERS.bounds))
      )
        continue
      const load = new Float64Array(instance.nodeCount)
      for (const { vm, choices } of open) {
        load[instance.vmNode[vm]] += choices[0].duration / instance.nodeSlots[instance.vmNode[vm]]
        load[choices[0].node] += choices[0].duration / instance.nodeSlots[choices[0].node]
      }
      const busiest = Math.ceil(Math.max(...load) - 1e-6)
      expect(
        oddSetBound(
          instance,
          oddSetGroups(instance, forbidden, open, PARAMETERS.bounds),
          0,
          busiest,
          PARAMETERS.bounds,
        ).makespan,
        `seed ${seed}`,
      ).toBe(busiest)
      compared++
    }
    expect(compared).toBeGreaterThan(quota(30))
  })
})
