/** The pruned enumeration against all combinations of ways: what is cut off could not be better, and alike wishes stand for each other. */
import { describe, expect, it } from 'vitest'
import {
  beats,
  type Enumeration,
  enumerateAssignments,
  type Way,
  waysOf,
} from '../../../src/solver/assignment/enumerate.js'
import { NodeAvailability } from '../../../src/solver/bounds/node-availability.js'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import type { Decision } from '../../../src/solver/schedule/legs.js'
import { endClash } from '../../../src/solver/transit/leave-behind.js'
import { type Parts, partsOf } from '../parts.js'
import { type Flavour, randomProblem } from '../problems.js'

const goOn = async () => false
const LIMITS = { looks: 1e7, found: 1e6 }

function waysOfAll({ instance, forbidden, maker, open }: Parts, parking: boolean): Way[][] {
  const ends = earliestEnds(instance, forbidden, open)
  const nodes = Array.from({ length: instance.nodeCount }, (_, n) => n)
  return open.map((wish, w) =>
    waysOf(instance, wish, ends[w], (_, target) =>
      parking
        ? nodes.filter((n) => n !== instance.vmNode[wish.vm] && n !== target && maker.canStand(wish.vm, n))
        : [],
    ),
  )
}

function everyCombination<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]])
}

/** Weight left, cost bound and penalty of all that hold, each once, sorted. */
function plainly({ instance, open }: Parts, ways: readonly (readonly Way[])[]): string[] {
  const availability = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
  const found = new Set<string>()
  for (const some of everyCombination(ways)) {
    const decisions: Decision[] = some.map(({ decision }) => decision)
    if (endClash(instance, open, decisions) !== undefined) continue
    const work = new Float64Array(instance.nodeCount)
    for (const { work: own } of some) {
      for (let k = 0; k < own.length; k += 2) work[own[k]] += own[k + 1]
    }
    const busy = [...work].map((ticks, n) => availability.earliest(n, ticks))
    const makespan = Math.max(0, ...busy, ...some.map(({ end }) => end))
    if (makespan > instance.horizon) continue
    const sum = (of: (way: Way) => number) => some.reduce((total, way) => total + of(way), 0)
    found.add([sum((w) => w.left), makespan, sum((w) => w.penalty)].join())
  }
  return [...found].sort()
}

const flavour: Flavour = {
  vms: 3,
  request: 'both',
  memory: true,
  windows: true,
  rules: false,
  parking: true,
  kinds: true,
}

describe('assignments that could be better', () => {
  it.each<[string, Flavour, boolean]>([
    ['of every kind', flavour, false],
    ['in hardly any memory', { ...flavour, tight: true }, false],
    ['before a short horizon', { ...flavour, short: true }, false],
    ['in groups that stay together', { ...flavour, policies: true }, false],
    ['on nodes over their memory', { ...flavour, tight: true, over: true }, false],
    ['by way of other nodes', { ...flavour, vms: 2, tight: true }, true],
  ])('are all found: %s', async (_, each, parking) => {
    let fewer = 0
    for (let seed = 1; seed <= 60; seed++) {
      const parts = partsOf(randomProblem(seed * 6151, each))
      const ways = waysOfAll(parts, parking)
      if (everyCombination(ways).length > 20_000) continue
      const all = plainly(parts, ways)
      const holds = (d: readonly Decision[]) => endClash(parts.instance, parts.open, d) === undefined
      const search = (left: number, cost: number) =>
        enumerateAssignments(parts.instance, parts.open, ways, { left, cost }, holds, LIMITS, goOn)
      const told = ({ found }: Enumeration) =>
        [...new Set(found.map((a) => [a.left, a.makespanBound, a.penalty].join()))].sort()
      const every = await search(Infinity, Infinity)
      expect(every.complete).toBe(true)
      expect(told(every)).toEqual(all)
      // Held against the one in the middle.
      const middle = every.found[Math.floor(every.found.length / 2)]
      const cutoff = { left: middle.left, cost: middle.makespanBound + middle.penalty }
      const better = all.filter((text) => {
        const [left, makespan, penalty] = text.split(',').map(Number)
        return beats(left, makespan + penalty, cutoff)
      })
      expect(told(await search(cutoff.left, cutoff.cost))).toEqual(better)
      if (better.length < all.length) fewer++
    }
    expect(fewer).toBeGreaterThan(20)
  })

  it('says where it was given up', async () => {
    const parts = partsOf(randomProblem(6151, { ...flavour, vms: 4 }))
    const ways = waysOfAll(parts, false)
    const few = (limits: typeof LIMITS) =>
      enumerateAssignments(
        parts.instance,
        parts.open,
        ways,
        { left: Infinity, cost: Infinity },
        () => true,
        limits,
        goOn,
      )
    expect((await few({ looks: 2, found: 10 })).complete).toBe(false)
    expect(await few({ looks: 1e6, found: 1 })).toMatchObject({ complete: false, found: [{}] })
    expect((await few(LIMITS)).complete).toBe(true)
  })
})
