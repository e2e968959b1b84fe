/** Every assignment of a small problem, judged as the assignment proofs mean it: memory and groups at the end, nodes' work around windows. */
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
    const memory = instance.nodeUsed.slice()
    const work = new Float64Array(instance.nodeCount)
    const groups = new Set<string>()
    const receives = new Set<number>()
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
      memory[instance.vmNode[vm]] -= instance.vmMemory[vm]
      if (kind === 'save-in-place') continue
      receives.add(node)
      memory[node] += instance.vmMemory[vm]
      for (const group of instance.vmGroups[vm]) {
        const key = `${instance.groupPlaces[group][node]} ${group}`
        if (groups.has(key)) return
        groups.add(key)
      }
      if (kind !== 'live') continue
      work[instance.vmNode[vm]] += duration
      work[node] += duration
    }
    for (const n of receives) if (memory[n] > instance.nodeMemory[n]) return
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
