import { describe, expect, it } from 'vitest'
import { wishClasses } from '../../../src/solver/assignment/classes.js'
import { CoverCuts } from '../../../src/solver/assignment/covers.js'
import { makeMaster } from '../../../src/solver/assignment/master.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { Random } from '../../../src/solver/random.js'
import { quota, seeds } from '../../cases.js'
import { partsOf } from '../parts.js'
import { flavourOf, randomProblem } from '../problems.js'
import { everyAssignment } from './enumerate.js'

describe('cover cuts', () => {
  it('hold for every assignment that leaves as little unplaced, whatever distribution they are drawn from', () => {
    const random = new Random(91)
    let cuts = 0
    let lifted = 0
    let ofWeight = 0
    for (const seed of seeds(120)) {
      const spaces = seed % 3 === 0 ? (['spaces'] as const) : []
      const parts = partsOf(randomProblem(seed * 11, flavourOf(5, 'drain', 'memory', 'tight', ...spaces)))
      const { instance, forbidden, open, availability } = parts
      if (open.length === 0) continue
      const all = everyAssignment(parts)
      const spare = Math.min(...all.map((a) => a.unplaced)) + (seed % 2) * 2001
      const classes = wishClasses(instance, open, earliestEnds(instance, forbidden, open))
      const piece = { from: 0, to: 1e9 }
      const options = { objective: 'makespan', piece, spare, room: false, soft: [] } as const
      const master = makeMaster(instance, classes, availability, options)
      const covers = new CoverCuts(master)
      for (let i = 0; i < 20; i++) {
        const shares = new Float64Array(master.columns.length)
        for (const [k, columns] of master.columnsOf.entries())
          for (let member = 0; member < 2 * master.sizes[k]; member++)
            shares[columns[random.below(columns.length)]] += 0.5
        for (const { limit, terms } of covers.brokenBy(master, shares)) {
          cuts++
          if (terms.some(({ value }) => value > 1)) lifted++
          if (terms.some(({ choices }) => choices.has(-1))) ofWeight++
          for (const { chosen, unplaced } of all) {
            if (unplaced > spare) continue
            let sum = 0
            for (const { class: k, choices, value } of terms)
              for (const w of classes[k].members) if (choices.has(chosen[w])) sum += value
            expect(sum, `seed ${seed}`).toBeLessThanOrEqual(limit + 1e-9)
          }
        }
      }
    }
    expect(cuts).toBeGreaterThan(quota(1000))
    expect(lifted).toBeGreaterThan(quota(20))
    expect(ofWeight).toBeGreaterThan(quota(100))
  })
})
