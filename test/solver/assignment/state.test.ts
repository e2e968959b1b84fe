import { describe, expect, it } from 'vitest'
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { Random } from '../../../src/solver/random.js'
import { quota, seeds } from '../../cases.js'
import { endFaults, endPenalty, type Parts, partsOf } from '../parts.js'
import { randomProblem } from '../problems.js'

/** Everything that the state keeps, computed afresh from what is chosen. */
function recompute({ instance, open, availability, state }: Parts) {
  const work = new Float64Array(instance.nodeCount)
  const used = instance.spaces.map((space) => space.used.slice())
  let penalty = 0
  let unplacedWeight = 0
  open.forEach((wish, w) => {
    const choice = wish.choices[state.chosen[w]]
    if (choice === undefined) {
      unplacedWeight += instance.vmWeight[wish.vm]
      return
    }
    const from = instance.vmNode[wish.vm]
    penalty += choice.penalty
    const inPlace = choice.kind === 'save-in-place'
    instance.spaces.forEach(({ size, heldInAnyState }, s) => {
      if (!inPlace || !heldInAnyState) used[s][from] -= size[wish.vm]
      if (!inPlace) used[s][choice.node] += size[wish.vm]
    })
    if (inPlace) return
    if (choice.kind !== 'live') return
    work[from] += choice.duration
    work[choice.node] += choice.duration
  })
  const finish = work.map((ticks, n) =>
    ticks === 0 ? 0 : availability.earliest(n, ticks) + state.allowance[n],
  )
  penalty = rounded(penalty + endPenalty({ instance, open }, state.chosen))
  return {
    work: [...work],
    used: used.map((each) => [...each]),
    finish: [...finish],
    penalty,
    unplacedWeight,
  }
}

/** Without what floats add: a state keeps sums of fractions of ticks. */
const rounded = (ticks: number) => Math.round(ticks * 1e6) / 1e6

/** VMs of a group that end on the node, the given one left out. */
function sharesGroup({ instance, open, state }: Parts, vm: number, node: number): boolean {
  const { vms } = instance.problem
  return vms.some((_, o) => {
    const w = open.findIndex((wish) => wish.vm === o)
    const place = w < 0 ? instance.vmNode[o] : state.placeOf(w)
    const meet = (g: number) => instance.groupPlaces[g][place] === instance.groupPlaces[g][node]
    return o !== vm && instance.vmGroups[o].some((g) => instance.vmGroups[vm].includes(g) && meet(g))
  })
}

describe('assignment state', () => {
  it('keeps, change by change, what a fresh computation gives', () => {
    for (const seed of seeds(150)) {
      const parts = partsOf(
        randomProblem(seed * 71, {
          vms: 5,
          request: seed % 2 === 0 ? 'both' : 'drain',
          memory: true,
          windows: true,
          rules: true,
          parking: false,
          tight: seed % 3 === 0,
          soft: seed % 4 === 0,
        }),
      )
      const { state, open, instance } = parts
      if (open.length === 0) continue
      const random = new Random(seed)
      for (let step = 0; step < 60; step++) {
        const w = random.below(open.length)
        state.set(w, random.below(open[w].choices.length + 1) - 1)
        if (random.below(10) === 0) state.allow(random.below(instance.nodeCount), random.below(5000))
        const { work, used, finish, penalty, unplacedWeight } = state
        const now = {
          work: [...work],
          used: used.map((each) => [...each]),
          finish: [...finish],
          penalty: rounded(penalty),
          unplacedWeight,
        }
        const fresh = recompute(parts)
        // An allowance is added to what a node's work takes, so it counts only where there is work.
        expect(now.work).toEqual(fresh.work)
        expect(now).toEqual({ ...fresh, finish: now.finish })
        expect(now.finish.filter((_, n) => fresh.work[n] > 0)).toEqual(
          fresh.finish.filter((_, n) => fresh.work[n] > 0),
        )
        const ends = earliestEnds(instance, parts.forbidden, open)
        const single = open.map((_, v) => (state.chosen[v] < 0 ? 0 : ends[v][state.chosen[v]]))
        expect(state.makespan()).toBe(Math.max(0, ...state.finish, ...single))
        for (let v = 0; v < open.length; v++) {
          open[v].choices.forEach(({ node, kind }, c) => {
            if (kind === 'save-in-place' || node === state.placeOf(v)) {
              expect(state.admits(v, c)).toBe(true)
              return
            }
            const { vm } = open[v]
            const fits = instance.spaces.every(
              ({ size, capacity }, s) => size[vm] === 0 || fresh.used[s][node] + size[vm] <= capacity[node],
            )
            const shared = sharesGroup(parts, vm, node)
            expect(state.groupBlocks(state.wishes[v].vm, node, state.placeOf(v))).toBe(shared)
            expect(state.admits(v, c)).toBe(fits && !shared)
          })
        }
      }
    }
  })

  it('moves affinity sets as one, and takes changes back exactly', () => {
    let moved = 0
    for (const seed of seeds(300)) {
      const parts = partsOf(
        randomProblem(seed * 77, {
          vms: 5,
          request: seed % 3 === 0 ? 'both' : 'drain',
          memory: true,
          windows: false,
          rules: seed % 4 === 0,
          parking: false,
          policies: true,
          groups: true,
        }),
      )
      const { state, open } = parts
      if (open.length === 0) continue
      const random = new Random(seed)
      for (let step = 0; step < 40; step++) {
        const w = random.below(open.length)
        const before = { chosen: [...state.chosen], ...recompute(parts) }
        const held = state.held(w)
        const c = random.below(open[w].choices.length + 1) - 1
        const admitted = c >= 0 && state.admits(w, c)
        state.set(w, c)
        expect(endFaults(parts).filter((fault) => fault.includes('apart'))).toEqual([])
        if (admitted) expect(state.chosen[w]).toBe(c)
        const company = [...state.company(w)]
        for (const other of company) {
          if (c >= 0 && state.chosen[w] === c) expect(state.placeOf(other)).toBe(state.placeOf(w))
          if (c < 0 && before.chosen[w] >= 0) expect(state.chosen[other]).toBe(-1)
        }
        if (company.length > 1 && state.chosen[w] >= 0) moved++
        const { work, used, penalty, unplacedWeight } = state
        expect({
          work: [...work],
          used: used.map((each) => [...each]),
          penalty: rounded(penalty),
          unplacedWeight,
        }).toMatchObject((({ finish, ...rest }) => rest)(recompute(parts)))
        if (random.below(2) === 0) continue
        state.giveBack(w, held)
        expect({ chosen: [...state.chosen], ...recompute(parts) }).toEqual(before)
      }
    }
    expect(moved).toBeGreaterThan(quota(500))
  })

  it('bounds the makespan by the busiest node and by the latest single migration', () => {
    const { state } = partsOf({
      nodes: ['A', 'B', 'C', 'D'],
      vms: ['a', 'b', 'c'].map((id, i) => ({ id, node: i < 2 ? 'A' : 'D' })),
      windows: [{ vm: 'c', start: 0, end: 50 }],
      request: { moves: ['a>B', 'b>C', 'c>B'] },
    })
    expect(state.makespan()).toBe(0)
    expect(state.unplacedWeight).toBe(6003)
    state.set(0, 0)
    state.set(1, 0)
    expect(state.makespan()).toBe(20_000)
    state.set(2, 0)
    expect(state.makespan()).toBe(60_000)
    expect(state.unplacedWeight).toBe(0)
    expect([...state.finish]).toEqual([20_000, 20_000, 10_000, 10_000])
    state.set(2, -1)
    expect(state.makespan()).toBe(20_000)
    state.set(1, -1)
    expect(state.makespan()).toBe(10_000)
    expect([...state.finish]).toEqual([10_000, 10_000, 0, 0])
  })
})
