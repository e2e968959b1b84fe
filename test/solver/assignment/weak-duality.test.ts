import { describe, expect, it } from 'vitest'
import { wishClasses } from '../../../src/solver/assignment/classes.js'
import { makeMaster, piecesOf, rootBounds, unitOf } from '../../../src/solver/assignment/master.js'
import { dualBound, usablePrices } from '../../../src/solver/assignment/weak-duality.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { Random } from '../../../src/solver/random.js'
import { softFloor } from '../../../src/solver/wishes/soft-rules.js'
import { quota, seeds } from '../../cases.js'
import { partsOf } from '../parts.js'
import { flavourOf, randomProblem } from '../problems.js'
import { everyAssignment } from './enumerate.js'

describe('row prices of an assignment master', () => {
  it('never prove more than the best assignment costs, whatever they are', () => {
    const random = new Random(77)
    let tried = 0
    let said = 0
    for (const seed of seeds(60)) {
      const plain = flavourOf(4, 'drain', 'memory', 'windows', 'rules')
      const flavour = { ...plain, soft: seed % 2 === 0 }
      const parts = partsOf(randomProblem(seed * 7, flavour))
      const { instance, forbidden, open, availability } = parts
      if (open.length === 0) continue
      const all = everyAssignment(parts)
      const spare = Math.min(...all.map((a) => a.unplaced))
      const best = all.filter((a) => a.unplaced <= spare).sort((a, b) => a.cost - b.cost)[0]
      const classes = wishClasses(instance, open, earliestEnds(instance, forbidden, open))
      const pieces = piecesOf(availability, instance.nodeCount, 0, best.cost + 1000)
      // The piece in which the best one ends.
      const piece = pieces.find((p) => p.from <= best.makespan && best.makespan <= p.to)
      if (piece === undefined) throw new Error('the pieces do not cover the makespan')
      const floor = softFloor(instance, open, spare)
      const options = { objective: 'cost', piece, spare, room: false, soft: floor.open } as const
      const master = makeMaster(instance, classes, availability, options)
      for (let i = 0; i < 40; i++) {
        const dual = master.limit.map(() => (random.below(3) === 0 ? -random.unit() * 3 : 0))
        const { bound } = dualBound(master, rootBounds(master), usablePrices(master, dual))
        expect(bound * unitOf('cost') + floor.fixed, `seed ${seed}`).toBeLessThanOrEqual(best.cost)
        tried++
        if (bound * unitOf('cost') > piece.from) said++
      }
    }
    expect(tried).toBeGreaterThan(quota(1000))
    expect(said).toBeGreaterThan(quota(50))
  })

  it('are cleaned of what is no price', () => {
    const { instance, forbidden, open, availability } = partsOf({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A 100'],
      request: { drain: ['A'] },
    })
    const classes = wishClasses(instance, open, earliestEnds(instance, forbidden, open))
    const piece = { from: 0, to: 500_000 }
    const master = makeMaster(instance, classes, availability, {
      objective: 'makespan',
      piece,
      spare: 0,
      room: false,
      soft: [],
    })
    expect(master.limit.length).toBeGreaterThan(4)
    const prices = usablePrices(master, [-2, 3, Number.NaN, Number.NEGATIVE_INFINITY])
    expect([...prices.slice(0, 4)]).toEqual([2, 0, 0, 1e6])
    expect(prices.every((price) => price >= 0)).toBe(true)
  })

  it('tell columns that cost too much: A’s only VM is dearer on the slow node', () => {
    const { instance, forbidden, open, availability } = partsOf({
      nodes: ['A', 'B', { id: 'C', migrationMbps: 84 }],
      vms: ['a@A 1000'],
      request: { drain: ['A'] },
    })
    const classes = wishClasses(instance, open, earliestEnds(instance, forbidden, open))
    const piece = { from: 0, to: 500_000 }
    const master = makeMaster(instance, classes, availability, {
      objective: 'makespan',
      piece,
      spare: 0,
      room: false,
      soft: [],
    })
    // All of the price on A's work: the makespan is then at least what a choice costs A.
    const prices = Float64Array.from(master.workNode, (node) => (node === 0 ? 1 : 0))
    const { bound, rise } = dualBound(master, rootBounds(master), prices)
    const [onB, onC] = open[0].choices.map((c) => c.duration / 1000)
    expect(onC).toBeGreaterThan(5 * onB)
    expect(bound).toBeCloseTo(onB, 5)
    expect(rise[0]).toBe(0)
    expect(rise[1]).toBeCloseTo(onC - onB, 5)
  })
})
