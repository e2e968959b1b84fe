import { describe, expect, it } from 'vitest'
import { cases } from '../../cases.js'
import { newTally } from '../audit.js'
import { examine, KIND_NAMES, soundnessCase } from '../soundness.js'

/** Cases of each kind; `bench/soundness.mjs` goes on from here. */
const CASES = cases(125)

describe('nothing that is claimed is better than the exact optimum', () => {
  it.each(KIND_NAMES.map((name, i) => [name, i] as const))('%s', async (name, kind) => {
    const faults: string[] = []
    const tally = newTally()
    let bounds = 0
    let exact = 0
    for (let i = 0; i < CASES; i++) {
      const one = soundnessCase(kind + i * KIND_NAMES.length)
      expect(one.kind).toBe(name)
      const found = await examine(one)
      faults.push(...found.faults.map((text) => `${one.problem.name}: ${text}`))
      for (const key of Object.keys(tally) as (keyof typeof tally)[]) tally[key] += found.tally[key]
      bounds += found.bounds
      exact += found.exactBounds
    }
    expect(faults).toEqual([])
    expect(tally.plans).toBe(CASES)
    expect(tally.proven).toBeGreaterThanOrEqual(CASES / 4)
    // What orders, serial groups and deadlines cost, none of the bounds that are held against the optimum here sees.
    if (!name.startsWith('serial groups')) expect(exact).toBeGreaterThanOrEqual(bounds / 5)
  })

  it('a seed stands for one case', () => {
    expect(soundnessCase(77)).toEqual(soundnessCase(77))
    expect(soundnessCase(77)).not.toEqual(soundnessCase(77 + KIND_NAMES.length))
  })
})
