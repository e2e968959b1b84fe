/**
 * An exact reference for tiny problems with maintenance, written from the format document alone. States of the night (where every VM is or
 * is going, which works are done) are searched best first; in each, any one migration or work that may start now does, or time runs on to
 * the next end or window end. Those schedules contain an optimum: what is moved to the left until something stops it only frees what it
 * holds earlier. Of two ways to one state at one instant that of which nothing ends later, and which costs no more, is kept. Live migrations and
 * saves in place; milliseconds.
 */ import type { Problem } from '../../../src/model/problem.js'
import { type Night, NightRules } from './reference-night.js'

export interface RollingOptimum {
  /** Weight of works not done and VMs unplaced. */
  left: number
  makespan: number
  cost: number
  /** MiB that a node's failure leaves without a place, over all nodes; where that is asked for. */
  uncovered: number
}
export class RollingReference {
  readonly #rules: NightRules

  constructor(problem: Problem) {
    this.#rules = new NightRules(problem)
  }

  /** Undefined where more than `mostStates` states would be looked at. */
  solve(mostStates = 300_000): RollingOptimum | undefined {
    const budget = { left: mostStates }
    const works = this.#rules.works.flatMap((w, n) =>
      w === undefined ? [] : [{ n, weight: (w.priority ?? 2000) + 1 }],
    )
    const leavers = this.#rules.wished.flatMap((wished, v) =>
      wished ? [{ n: -1 - v, weight: (this.#rules.cluster.vms[v].priority ?? 2000) + 1 }] : [],
    )
    const goals = [...works, ...leavers]
    const subsets = Array.from({ length: 1 << goals.length }, (_, mask) => ({
      goals: goals.filter((_g, i) => ((mask >> i) & 1) === 0).map(({ n }) => n),
      left: goals.reduce((sum, g, i) => sum + (((mask >> i) & 1) === 1 ? g.weight : 0), 0),
    })).sort((a, b) => a.left - b.left)
    let best: RollingOptimum | undefined
    for (const { goals: wanted, left } of subsets) {
      if (best !== undefined && left > best.left) break
      const found = this.#cheapest(wanted, budget)
      if (found === 'unknown') return undefined
      if (found !== undefined && (best === undefined || isLess(found, best))) best = { left, ...found }
    }
    if (best === undefined) throw new Error('even leaving everything in place is no plan')
    return { ...best, makespan: best.makespan / 1000, cost: best.cost / 1000 }
  }
  #cheapest(
    goals: readonly number[],
    budget: { left: number },
  ): Omit<RollingOptimum, 'left'> | undefined | 'unknown' {
    const queue: { key: number; night: Night }[] = []
    const known = new Map<string, number[][]>()
    const push = (night: Night) => {
      const key = this.#rules.atLeast(night, goals)
      if (key === Number.POSITIVE_INFINITY || !keep(known, night)) return
      queue.push({ key, night })
      for (let i = queue.length - 1; i > 0; ) {
        const up = (i - 1) >> 1
        if (queue[up].key <= queue[i].key) break
        ;[queue[up], queue[i]] = [queue[i], queue[up]]
        i = up
      }
    }
    const pop = () => {
      const top = queue[0]
      const tail = queue.pop()!
      if (queue.length > 0) {
        queue[0] = tail
        for (let i = 0; ; ) {
          let small = i
          for (const c of [2 * i + 1, 2 * i + 2])
            if (c < queue.length && queue[c].key < queue[small].key) small = c
          if (small === i) break
          ;[queue[small], queue[i]] = [queue[i], queue[small]]
          i = small
        }
      }
      return top
    }
    let best: Omit<RollingOptimum, 'left'> | undefined
    push(this.#rules.first())
    while (queue.length > 0) {
      const { key, night } = pop()
      if (best?.uncovered === 0 && key >= best.cost) break
      if (budget.left-- <= 0) return 'unknown'
      const end = this.#rules.endPenalty(night, goals)
      if (end !== undefined) {
        const cost = night.last + night.penalty + end
        const ended = { makespan: night.last, cost, uncovered: this.#rules.uncovered(night) }
        if (best === undefined || isLess(ended, best)) best = ended
      }
      for (const next of this.#rules.after(night, goals)) push(next)
    }
    return best
  }
}

function isLess(a: Omit<RollingOptimum, 'left'>, b: Omit<RollingOptimum, 'left'>): boolean {
  return a.uncovered !== b.uncovered ? a.uncovered < b.uncovered : a.cost < b.cost
}
/** Keeps the night unless one of the same state at the same instant is nowhere behind it, and costs no more. */
function keep(
  known: Map<string, number[][]>,
  { now, at, from, runs, off, doing, started, begun, end, work, workEnd, last, penalty }: Night,
): boolean {
  const state = `${now}|${at}|${from}|${runs}|${off}|${started}|${begun}|${doing.map((each, v) => (end[v] > 0 ? each : ''))}|${work}`
  const figures = [last, penalty, ...end, ...workEnd]
  const others = known.get(state) ?? []
  if (others.some((other) => other.every((x, i) => x <= figures[i]))) return false
  known.set(state, [...others.filter((other) => !figures.every((x, i) => x <= other[i])), figures])
  return true
}
