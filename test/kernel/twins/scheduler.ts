/** The three generation schemes as their definitions read: every instant is tried, every task asked, nothing remembered. */
import type { GenerationScheme, ScheduleProblem, ScheduleResult } from '../../../src/kernel/types.js'

type Intervals = [start: number, end: number][]

class Draft {
  readonly problem: ScheduleProblem
  /** Start of each task, undefined while it has none. */
  readonly start: (number | undefined)[]
  readonly round: (number | undefined)[]

  constructor(problem: ScheduleProblem) {
    this.problem = problem
    this.start = new Array(problem.taskCount).fill(undefined)
    this.round = new Array(problem.taskCount).fill(undefined)
  }

  /** Undefined for a task that has no start. */
  end(task: number): number | undefined {
    const start = this.start[task]
    return start === undefined ? undefined : start + this.problem.duration[task]
  }

  /** Units by resource. */
  units(task: number): Map<number, number> {
    const { resourceA, resourceB, held } = this.problem
    const units = new Map<number, number>()
    for (const r of [resourceA[task], resourceB[task]]) if (r >= 0) units.set(r, 1)
    for (let k = held?.offset[task] ?? 0; k < (held?.offset[task + 1] ?? 0); k++)
      units.set(held!.of[k], held!.amount[k])
    return units
  }

  /** The task and those that hold something already at that instant together hold no more than there is. */
  fits(task: number, holders: number[]): boolean {
    return [...this.units(task)].every(([r, own]) => {
      const used = holders.reduce((sum, t) => sum + (this.units(t).get(r) ?? 0), 0)
      return used + own <= this.problem.capacity[r]
    })
  }

  forbidden(task: number): Intervals {
    const { forbidden, forbiddenOffset, forbiddenClass } = this.problem
    const list: Intervals = []
    for (let i = forbiddenOffset[forbiddenClass[task]]; i < forbiddenOffset[forbiddenClass[task] + 1]; i++) {
      list.push([forbidden[2 * i], forbidden[2 * i + 1]])
    }
    return list
  }

  /** [at, at + duration) meets no forbidden interval and ends by the horizon. */
  allowed(task: number, at: number): boolean {
    const end = at + this.problem.duration[task]
    return (
      end <= this.problem.horizon && !this.forbidden(task).some(([from, until]) => at < until && end > from)
    )
  }

  /** Earliest tick ≥ from at which the task is `allowed`. */
  earliestAllowed(task: number, from: number): number | undefined {
    const ticks = [from, ...this.forbidden(task).map(([, end]) => end)]
    return ticks.filter((t) => t >= from && this.allowed(task, t)).sort((a, b) => a - b)[0]
  }

  /** A task of no duration needs no room. */
  room(task: number, at: number): boolean {
    const end = at + this.problem.duration[task]
    const placed = this.tasks().filter((t) => this.start[t] !== undefined)
    const ticks = [at, ...placed.map((t) => this.start[t]!)].filter((t) => t >= at && t < end)
    return ticks.every((t) =>
      this.fits(
        task,
        placed.filter((h) => this.start[h]! <= t && t < this.end(h)!),
      ),
    )
  }

  tasks(): number[] {
    return [...this.start.keys()]
  }

  result(): ScheduleResult {
    const { taskCount, weight } = this.problem
    let unscheduledWeight = 0
    let makespan = 0
    for (let i = 0; i < taskCount; i++) {
      const end = this.end(i)
      if (end === undefined) unscheduledWeight += weight[i]
      else makespan = Math.max(makespan, end)
    }
    return {
      start: Int32Array.from(this.start, (s) => s ?? -1),
      round: Int32Array.from(this.round, (r) => r ?? -1),
      makespan,
      unscheduledWeight,
    }
  }
}

/** All tasks that must have ended before the task starts. */
export function predecessors({ predecessor, precedences }: ScheduleProblem, task: number): number[] {
  const { offset, of } = precedences ?? { offset: [], of: [] }
  return [predecessor[task], ...of.slice(offset[task] ?? 0, offset[task + 1] ?? 0)].filter((p) => p >= 0)
}

function serial(problem: ScheduleProblem, order: Int32Array): ScheduleResult {
  const draft = new Draft(problem)
  const decided = new Set<number>()
  /** By task, those that wait for it. */
  const waiting = new Map<number, number[]>()

  function place(task: number): void {
    const before = predecessors(problem, task)
    const pending = before.find((p) => !decided.has(p))
    if (pending !== undefined) {
      waiting.set(pending, [...(waiting.get(pending) ?? []), task])
      return
    }
    decided.add(task)
    const ends = before.map((p) => draft.end(p))
    if (!ends.includes(undefined)) {
      const ready = Math.max(0, ...(ends as number[]))
      const ticks = [
        ready,
        ...draft.tasks().flatMap((t) => draft.end(t) ?? []),
        ...draft.forbidden(task).map(([, end]) => end),
      ]
      draft.start[task] = ticks
        .filter((t) => t >= ready && draft.allowed(task, t) && draft.room(task, t))
        .sort((a, b) => a - b)[0]
    }
    for (const successor of waiting.get(task) ?? []) place(successor)
  }

  for (const task of order) place(task)
  return { ...draft.result(), round: new Int32Array(problem.taskCount) }
}

/** By reservoir, what the task takes at its start, or gives back at its end. */
function transfers(problem: ScheduleProblem, task: number, which: 'taken' | 'given'): [number, number][] {
  const { memory, memoryFrom, memoryTo } = problem
  const node = which === 'taken' ? memoryTo[task] : memoryFrom[task]
  const list: [number, number][] = node >= 0 && memory[task] > 0 ? [[node, memory[task]]] : []
  const { offset, of, amount } = problem.transfers ?? { offset: [], of: [], amount: [] }
  for (let k = offset[task] ?? 0; k < (offset[task + 1] ?? 0); k++)
    if (which === 'taken' ? amount[k] > 0 : amount[k] < 0) list.push([of[k], Math.abs(amount[k])])
  return list
}

function event(problem: ScheduleProblem, order: Int32Array): ScheduleResult {
  const { duration } = problem
  const draft = new Draft(problem)
  const free = Float64Array.from(problem.freeMemory)
  const ended = new Set<number>()
  const windowEnds = Array.from(problem.forbidden).filter((_, i) => i % 2 === 1)
  let running: number[] = []
  let now = 0

  function scan(reserving: boolean): boolean {
    const reserved = new Set<number>()
    let started = false
    for (const task of order) {
      if (draft.start[task] !== undefined) continue
      if (!predecessors(problem, task).every((p) => ended.has(p))) continue
      if (!draft.allowed(task, now) || !draft.room(task, now)) continue
      const taken = transfers(problem, task, 'taken')
      const lacking = taken.filter(([r, amount]) => amount > free[r])
      for (const [r] of lacking) reserved.add(r)
      if (lacking.length > 0 || (reserving && taken.some(([r]) => reserved.has(r)))) continue
      for (const [r, amount] of taken) free[r] -= amount
      draft.start[task] = now
      running.push(task)
      started = true
    }
    return started
  }

  while (true) {
    if (!scan(true) && running.length === 0) scan(false)
    const ticks = [...running.map((t) => draft.start[t]! + duration[t]), ...windowEnds.filter((t) => t > now)]
    if (ticks.length === 0) break
    now = Math.min(...ticks)
    for (const task of running.filter((t) => draft.end(t) === now)) {
      ended.add(task)
      for (const [r, amount] of transfers(problem, task, 'given')) free[r] += amount
    }
    running = running.filter((t) => !ended.has(t))
  }
  return { ...draft.result(), round: new Int32Array(problem.taskCount) }
}

function rounds(problem: ScheduleProblem, order: Int32Array): ScheduleResult {
  const { duration } = problem
  const draft = new Draft(problem)
  const free = Float64Array.from(problem.freeMemory)
  let begin = 0
  let members: number[] = []

  function eligible(task: number): boolean {
    if (draft.start[task] !== undefined) return false
    const isOpen = (p: number) => draft.start[p] === undefined || members.includes(p)
    if (predecessors(problem, task).some(isOpen)) return false
    if (transfers(problem, task, 'taken').some(([r, amount]) => amount > free[r])) return false
    return draft.fits(task, members)
  }

  function join(task: number, at: number, round: number): void {
    draft.start[task] = at
    draft.round[task] = round
    members.push(task)
    for (const [r, amount] of transfers(problem, task, 'taken')) free[r] -= amount
  }

  for (let round = 0; ; round++) {
    members = []
    const starts = Array.from(order)
      .filter(eligible)
      .flatMap((task) => draft.earliestAllowed(task, begin) ?? [])
    if (starts.length === 0) return draft.result()
    begin = Math.min(...starts)
    for (const task of order) if (eligible(task) && draft.allowed(task, begin)) join(task, begin, round)
    const end = Math.max(...members.map((m) => draft.end(m)!))
    for (const task of order) {
      if (!eligible(task)) continue
      const at = draft.earliestAllowed(task, begin)
      if (at !== undefined && at + duration[task] <= end) join(task, at, round)
    }
    for (const task of members) for (const [r, amount] of transfers(problem, task, 'given')) free[r] += amount
    begin = end
  }
}

const SCHEMES: Record<GenerationScheme, (problem: ScheduleProblem, order: Int32Array) => ScheduleResult> = {
  serial,
  event,
  rounds,
}

export function schedule(
  problem: ScheduleProblem,
  order: Int32Array,
  scheme: GenerationScheme,
): ScheduleResult {
  return SCHEMES[scheme](problem, order)
}
