/** Every assignment of a small problem, judged as the assignment proofs mean it: spaces and groups at the end, nodes' work around windows. */
import { earliestEnds } from '../../../src/solver/bounds/plan-bound.js'
import { endPenalty, type Parts } from '../parts.js'

export interface Judged {
  chosen: number[]
  unplaced: number
  /** Ticks. */
  makespan: number
  cost: number
}

export function everyAssignment({ instance, forbidden, open, availability }: Parts): Judged[] {
  const ends = earliestEnds(instance, forbidden, open)
  const found: Judged[] = []
  const chosen: number[] = []
  const judge = () => {
    const content = instance.spaces.map(({ used }) => used.slice())
    const work = new Float64Array(instance.nodeCount)
    const groups = new Set<string>()
    const receives = new Set<string>()
    let unplaced = 0
    let penalty = 0
    let makespan = 0
    for (const [w, c] of chosen.entries()) {
      const { vm, choices } = open[w]
      if (c < 0) {
        unplaced += instance.vmWeight[vm]
        continue
      }
      const { node, kind, duration, penalty: own } = choices[c]
      penalty += own
      makespan = Math.max(makespan, ends[w][c])
      instance.spaces.forEach(({ size, heldInAnyState }, s) => {
        if (kind !== 'save-in-place') content[s][node] += size[vm]
        else if (heldInAnyState) return
        content[s][instance.vmNode[vm]] -= size[vm]
      })
      if (kind === 'save-in-place') continue
      instance.spaces.forEach(({ size }, s) => {
        if (size[vm] > 0) receives.add(`${s} ${node}`)
      })
      for (const group of instance.vmGroups[vm]) {
        const key = `${instance.groupPlaces[group][node]} ${group}`
        if (groups.has(key)) return
        groups.add(key)
      }
      if (kind !== 'live') continue
      work[instance.vmNode[vm]] += duration
      work[node] += duration
    }
    for (const [s, { capacity }] of instance.spaces.entries())
      for (const [n, most] of capacity.entries())
        if (receives.has(`${s} ${n}`) && content[s][n] > most) return
    work.forEach((ticks, n) => {
      makespan = Math.max(makespan, availability.earliest(n, ticks))
    })
    penalty += endPenalty({ instance, open }, chosen)
    found.push({ chosen: [...chosen], unplaced, makespan, cost: makespan + penalty })
  }
  const choose = () => {
    if (chosen.length === open.length) {
      judge()
      return
    }
    for (let c = -1; c < open[chosen.length].choices.length; c++) {
      chosen.push(c)
      choose()
      chosen.pop()
    }
  }
  choose()
  return found
}
