import { describe, expect, it } from 'vitest'
import { createInlineLpService } from '../../../src/lp/service.js'
import type { LpService } from '../../../src/lp/types.js'
import { type ProofOptions, proveAssignment, proveReach } from '../../../src/solver/assignment/prove.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { softFloor } from '../../../src/solver/wishes/soft-rules.js'
import { quota, seeds } from '../../cases.js'
import { createLyingLpService, LIES } from '../lying-lp.js'
import { newRun, type Parts, partsOf } from '../parts.js'
import { type Flavour, problemOf, randomProblem } from '../problems.js'
import { everyAssignment, type Judged } from './enumerate.js'

/** Far above what any of these problems costs, ticks or weight. */
const AMPLE = 5_000_000

function prove(parts: Parts, lp: LpService, options: Partial<ProofOptions>) {
  const { instance, forbidden, open, availability } = parts
  const earliestEnd = earliestEnds(instance, forbidden, open)
  return proveAssignment({ instance, wishes: open, availability, earliestEnd }, lp, newRun(), {
    objective: 'cost',
    spare: 0,
    low: 0,
    cutoff: AMPLE,
    work: 4000,
    ...options,
  })
}

const drain = (seed: number, more: Partial<Flavour> = {}) =>
  randomProblem(seed, {
    ...more,
    vms: 5,
    request: seed % 3 === 0 ? 'both' : 'drain',
    memory: true,
    tight: seed % 2 === 0,
    windows: seed % 4 < 2,
    rules: seed % 5 < 3,
    parking: false,
  })

const least = (all: readonly Judged[], value: (a: Judged) => number) => Math.min(...all.map(value))

describe('assignment proofs', () => {
  it.each([{}, { soft: true }, { spaces: true }])(
    'name the least weight unplaced, and the least makespan and cost of those that leave no more: %j',
    async (more) => {
      const lp = createInlineLpService()
      let exact = 0
      let proofs = 0
      for (const seed of seeds(150)) {
        const parts = partsOf(drain(seed, more))
        if (parts.open.length === 0) continue
        const all = everyAssignment(parts)
        const unplaced = least(all, (a) => a.unplaced)
        const most = await prove(parts, lp, { objective: 'unplaced', cutoff: unplaced + 1 })
        expect(most?.bound, `seed ${seed}`).toBe(unplaced)
        const kept = all.filter((a) => a.unplaced <= unplaced)
        for (const objective of ['makespan', 'cost'] as const) {
          // What every plan pays stands in no column.
          const fixed = objective === 'cost' ? softFloor(parts.instance, parts.open, unplaced).fixed : 0
          const value = least(kept, (a) => a[objective]) - fixed
          const proof = await prove(parts, lp, { objective, spare: unplaced, cutoff: value + 5000 })
          expect(proof?.bound, `seed ${seed}, ${objective}`).toBeLessThanOrEqual(value + 1e-6)
          proofs++
          if ((proof?.bound ?? 0) > value - 1) exact++
          // What is found is what it is said to be.
          for (const chosen of proof?.found ?? []) {
            const same = all.find((a) => a.chosen.every((c, w) => c === chosen[w]))
            expect(same, `seed ${seed}`).toBeDefined()
            expect(same?.unplaced).toBeLessThanOrEqual(unplaced)
          }
        }
      }
      await lp.close()
      expect(proofs).toBeGreaterThan(quota(150))
      expect(exact).toBeGreaterThan(0.9 * proofs)
    },
  )

  it('name ends that are out of reach where no more may stay', async () => {
    const lp = createInlineLpService()
    let exact = 0
    let tried = 0
    for (const seed of seeds(150, 401)) {
      const parts = partsOf(drain(seed, { windows: true, tight: true }))
      if (parts.open.length === 0) continue
      const { instance, forbidden, open, availability } = parts
      const all = everyAssignment(parts)
      const spare = least(all, (a) => a.unplaced) + (seed % 3 === 0 ? 2001 : 0)
      const kept = all.filter((a) => a.unplaced <= spare)
      const earliest = least(kept, (a) => a.makespan)
      const problem = {
        instance,
        wishes: open,
        availability,
        earliestEnd: earliestEnds(instance, forbidden, open),
      }
      const options = { spare, low: 0, high: earliest + (seed % 2) * 30_000, work: 4000 }
      const { bound, found } = await proveReach(problem, lp, newRun(), options)
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(earliest)
      for (const chosen of found) {
        const same = kept.find((a) => a.chosen.every((c, w) => c === chosen[w]))
        expect(same?.makespan, `seed ${seed}`).toBeLessThan(options.high)
      }
      // Between two boundaries it looks no further: only where nothing ends before the last is that the least itself.
      if (earliest === 0 || options.high > earliest) continue
      tried++
      if (bound === earliest) exact++
    }
    await lp.close()
    expect(tried).toBeGreaterThan(quota(30))
    expect(exact).toBe(tried)
  })

  it('keep every choice that something better than the cutoff uses', async () => {
    const lp = createInlineLpService()
    let closed = 0
    for (const seed of seeds(80, 201)) {
      const parts = partsOf(drain(seed))
      if (parts.open.length === 0) continue
      const all = everyAssignment(parts)
      const unplaced = least(all, (a) => a.unplaced)
      const cutoff =
        least(
          all.filter((a) => a.unplaced <= unplaced),
          (a) => a.cost,
        ) + 2000
      const proof = await prove(parts, lp, { spare: unplaced, cutoff })
      for (const { chosen, cost, unplaced: weight } of all) {
        if (weight > unplaced || cost >= cutoff) continue
        chosen.forEach((c, w) => {
          if (c >= 0) expect(proof?.open[w][c], `seed ${seed}, wish ${w}`).toBe(1)
        })
      }
      for (const choices of proof?.open ?? []) closed += choices.filter((usable) => usable === 0).length
    }
    await lp.close()
    expect(closed).toBeGreaterThan(quota(20))
  })

  it('are never wrong, whatever the LP answers', async () => {
    const lies = Object.values(LIES)
    for (const seed of seeds(120, 301)) {
      const parts = partsOf(drain(seed))
      if (parts.open.length === 0) continue
      const all = everyAssignment(parts)
      const unplaced = least(all, (a) => a.unplaced)
      const cost = least(
        all.filter((a) => a.unplaced <= unplaced),
        (a) => a.cost,
      )
      const lp = createLyingLpService(lies[seed % lies.length], seed)
      const most = await prove(parts, lp, { objective: 'unplaced' })
      expect(most?.bound ?? 0, `seed ${seed}`).toBeLessThanOrEqual(unplaced)
      const proof = await prove(parts, lp, { spare: unplaced })
      expect(proof?.bound ?? 0, `seed ${seed}`).toBeLessThanOrEqual(cost)
      const best = all.filter((a) => a.unplaced <= unplaced && a.cost === cost)
      const usable = best.some((a) => a.chosen.every((c, w) => c < 0 || proof?.open[w][c] !== 0))
      expect(usable, `seed ${seed}`).toBe(true)
      await lp.close()
    }
  })

  it('see that work cannot be shared out around windows', async () => {
    // B is closed from 50 s to 200 s, so that one of them ends at 120 s or later on C alone.
    const vms = ['a', 'b', 'c', 'd'].map((id) => ({ id, node: 'A', memoryMiB: 4000 }))
    const problem = problemOf({
      nodes: [{ id: 'A', slots: 2, memoryMiB: 20_000 }, 'B', 'C'],
      vms,
      windows: [{ node: 'B', start: 50, end: 200 }],
      request: { drain: ['A'] },
      policy: { setupSeconds: 0 },
    })
    const parts = partsOf(problem)
    const lp = createInlineLpService()
    const proof = await prove(parts, lp, {})
    await lp.close()
    expect(proof?.bound).toBe(least(everyAssignment(parts), (a) => (a.unplaced === 0 ? a.cost : AMPLE)))
    expect(proof?.found.length).toBeGreaterThan(0)
  })

  it('say nothing where nothing is left to prove', async () => {
    const parts = partsOf({ nodes: ['A', 'B'], vms: ['a@A'], request: { drain: ['A'] } })
    const lp = createInlineLpService()
    expect(await prove(parts, lp, { low: 9000, cutoff: 9000 })).toBeUndefined()
    expect(await prove(parts, lp, { cutoff: 0 })).toBeUndefined()
    await lp.close()
  })
})
