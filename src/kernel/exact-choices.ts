/**
 * What the exact search decides: orders of pairs of tasks. A choice has two sides, each a lag between two starts. Tasks that share a
 * resource of capacity 1 exclude each other, one side each (`hard`). Elsewhere the sides are each other's negation: on a
 * resource of larger capacity, whether one ends before the other starts; in a reservoir, whether one is counted when the other arrives;
 * and at each forbidden interval inside a task's time, whether the task runs before or after it. For these last the first task is the
 * origin, number n, which starts at 0.
 */
import { addAll, least } from '../lists.js'
import { forbiddenStarts } from './exact-windows.js'
import type { ScheduleProblem } from './types.js'
import { leadersOf, predecessorsOf, transfersOf, usesOf } from './uses.js'

export interface Choice {
  /** Side 0: b starts `lag0` ticks after a, or later. */
  a: number
  b: number
  lag0: number
  /** Side 1: a starts `lag1` ticks after b, or later. */
  lag1: number
  hard: boolean
  /** 0 where a must come first, 1 where b must, −1 open. */
  preset: -1 | 0 | 1
  /** A schedule and its mirror image take different sides of it, whatever else is preset. */
  mirrors: boolean
  /** Propagators that read it. */
  readers: number[]
}

/** A side of a choice: twice its index, plus the side. */
export type Side = number
/** Stands for a side that is always taken, and for one that never is. */
export const ALWAYS: Side = -1
export const NEVER: Side = -2

interface Resource {
  kind: 'unary' | 'cumulative'
  capacity: number
  /** Tasks of some duration. */
  members: number[]
  /** Units that each of them holds. */
  demands: number[]
}

interface Reservoir {
  kind: 'reservoir'
  free: number
  /** Arrivals. */
  members: number[]
  /** Departures. */
  leavers: number[]
  /** What each arrival takes, and what each departure gives back. */
  taken: number[]
  given: number[]
  /** [arrivals × (arrivals + departures)] the side that has the second counted when the first arrives. */
  counted: Side[]
}

export type Propagator = Resource | Reservoir

export interface ChoiceModel {
  choices: Choice[]
  /** Orders of starts that hold from the first, and that no choice stands for. */
  arcs: { before: number; after: number; lag: number }[]
  /** Resources and reservoirs that can bind, unary ones first. */
  propagators: Propagator[]
  /** Side on which the first of two tasks comes before the second, of those that exclude each other. */
  sideBefore(first: number, second: number): Side
}

function resourcesOf(problem: ScheduleProblem): Resource[] {
  const { taskCount, resourceCount, capacity, duration } = problem
  const resources = Array.from(
    { length: resourceCount },
    (_, r): Resource => ({
      kind: capacity[r] === 1 ? 'unary' : 'cumulative',
      capacity: capacity[r],
      members: [],
      demands: [],
    }),
  )
  for (let i = 0; i < taskCount; i++) {
    if (duration[i] === 0) continue
    for (const [r, units] of usesOf(problem, i)) {
      resources[r].members.push(i)
      resources[r].demands.push(units)
    }
  }
  return resources
    .filter((r) => r.demands.reduce((sum, units) => sum + units, 0) > r.capacity)
    .sort((x, y) => Number(x.kind === 'cumulative') - Number(y.kind === 'cumulative'))
}

function reservoirsOf(problem: ScheduleProblem): Reservoir[] {
  const { taskCount, memoryNodeCount, freeMemory } = problem
  const list = Array.from(
    { length: memoryNodeCount },
    (_, node): Reservoir => ({
      kind: 'reservoir',
      free: freeMemory[node],
      members: [],
      leavers: [],
      taken: [],
      given: [],
      counted: [],
    }),
  )
  for (let i = 0; i < taskCount; i++) {
    const { taken, given } = transfersOf(problem, i)
    for (const [r, amount] of taken) {
      list[r].members.push(i)
      list[r].taken.push(amount)
    }
    for (const [r, amount] of given) {
      list[r].leavers.push(i)
      list[r].given.push(amount)
    }
  }
  return list.filter((r) => r.taken.reduce((sum, amount) => sum + amount, 0) > r.free && r.taken.length > 0)
}

/**
 * Groups of tasks that differ in nothing: a schedule stays one when two of a group change places, so that their order may be fixed.
 * `place` of each task in its `group`, by index; tasks of which others depend stand alone.
 */
function alikeTasks(problem: ScheduleProblem): { group: number[][]; place: Int32Array } {
  const { taskCount, duration, forbiddenClass } = problem
  const place = new Int32Array(taskCount)
  const byFirst = ([r]: [number, number], [q]: [number, number]) => r - q
  const leads = leadersOf(problem)
  const known = new Map<string, number[]>()
  const group = Array.from({ length: taskCount }, (_, i) => {
    const held = usesOf(problem, i).sort(byFirst).flat()
    const { taken, given } = transfersOf(problem, i)
    const reservoirs = [taken.length, ...[...taken.sort(byFirst), ...given.sort(byFirst)].flat()]
    const before = predecessorsOf(problem, i)
    const figures = [
      duration[i],
      forbiddenClass[i],
      before.length,
      ...before,
      held.length,
      ...held,
      ...reservoirs,
    ]
    const key = leads[i] === 1 ? `${i}` : figures.join()
    const tasks = known.get(key) ?? []
    known.set(key, tasks)
    place[i] = tasks.push(i) - 1
    return tasks
  })
  return { group, place }
}

/** By task, all that come before it, by way of others too. */
function ancestorsOf(before: readonly (readonly number[])[]): ReadonlySet<number>[] {
  return before.map((direct) => {
    const found = new Set(direct)
    for (const task of found) for (const p of before[task]) found.add(p)
    return found
  })
}

/** Most tasks of some duration that hold the same as this one at once. */
function widthOf(problem: ScheduleProblem, task: number): number {
  if (problem.duration[task] === 0) return Number.POSITIVE_INFINITY
  return least(usesOf(problem, task).map(([r, units]) => Math.floor(problem.capacity[r] / units)))
}

export function modelChoices(problem: ScheduleProblem): ChoiceModel {
  const { taskCount: n, duration } = problem
  const resources = resourcesOf(problem)
  const reservoirs = reservoirsOf(problem)
  const choices: Choice[] = []
  /** By first × n + second. */
  const exclusive = new Map<number, Side>()
  const endsBefore = new Map<number, Side>()
  const arrivesBefore = new Map<number, Side>()

  const { group, place } = alikeTasks(problem)

  const before = Array.from({ length: n }, (_, i) => predecessorsOf(problem, i))
  const ancestors = ancestorsOf(before)
  const precedes = (first: number, second: number): boolean => ancestors[second].has(first)

  /** How many places `first` is before `second` in their group; negative where it is not. */
  function placesBefore(first: number, second: number): number {
    return group[first] === group[second] ? place[second] - place[first] : -1
  }

  /** `first` may be taken to start no later. */
  function leads(first: number, second: number): boolean {
    return precedes(first, second) || placesBefore(first, second) > 0
  }

  function add(choice: Choice): Side {
    choices.push(choice)
    return 2 * (choices.length - 1)
  }

  function exclude(a: number, b: number, reader: number): void {
    const known = exclusive.get(a * n + b)
    if (known !== undefined) {
      choices[known >> 1].readers.push(reader)
      return
    }
    const preset = leads(a, b) ? 0 : leads(b, a) ? 1 : -1
    const side = add({
      a,
      b,
      lag0: duration[a],
      lag1: duration[b],
      hard: true,
      preset,
      mirrors: preset === -1 && group[a].length === 1 && group[b].length === 1,
      readers: [reader],
    })
    exclusive.set(a * n + b, side)
    exclusive.set(b * n + a, side + 1)
  }

  /** The side on which `a` ends before `b` starts. */
  function endBefore(a: number, b: number): Side {
    const key = a * n + b
    const known = exclusive.get(key) ?? endsBefore.get(key)
    if (known !== undefined) return known
    const side = add({
      a,
      b,
      lag0: duration[a],
      lag1: 1 - duration[a],
      hard: false,
      preset: precedes(a, b) || placesBefore(a, b) >= widthOf(problem, a) ? 0 : -1,
      mirrors: false,
      readers: [],
    })
    endsBefore.set(key, side)
    return side
  }

  /** The side on which the arrival `a` is counted when `b` arrives; of two that arrive together, the lower index comes first. */
  function arriveBefore(a: number, b: number): Side {
    if (a > b) return arriveBefore(b, a) ^ 1
    const key = a * n + b
    const known = exclusive.get(key) ?? arrivesBefore.get(key)
    if (known !== undefined) return known
    const preset = leads(a, b) ? 0 : -1
    const side = add({ a, b, lag0: 0, lag1: 1, hard: false, preset, mirrors: false, readers: [] })
    arrivesBefore.set(key, side)
    return side
  }

  resources.forEach((resource, index) => {
    const { kind, capacity, members, demands } = resource
    for (let i = 0; i < members.length; i++) {
      for (let k = i + 1; k < members.length; k++) {
        if (kind === 'unary' || demands[i] + demands[k] > capacity) exclude(members[i], members[k], index)
        else if (!exclusive.has(members[i] * n + members[k])) {
          endBefore(members[i], members[k])
          endBefore(members[k], members[i])
        }
      }
    }
  })
  reservoirs.forEach((reservoir, at) => {
    for (const i of reservoir.members) {
      const arrivals = reservoir.members.map((k) => (k === i ? ALWAYS : arriveBefore(k, i)))
      const departures = reservoir.leavers.map((j) =>
        j === i ? (duration[i] === 0 ? ALWAYS : NEVER) : endBefore(j, i),
      )
      addAll(reservoir.counted, arrivals)
      addAll(reservoir.counted, departures)
    }
    for (const side of reservoir.counted) {
      if (side < 0) continue
      const { readers } = choices[side >> 1]
      if (readers.at(-1) !== resources.length + at) readers.push(resources.length + at)
    }
  })

  for (let i = 0; i < n; i++) {
    for (const [first, last] of forbiddenStarts(problem, i)) {
      if (first === 0) continue
      const lags = { lag0: last + 1, lag1: 1 - first }
      add({ a: n, b: i, ...lags, hard: false, preset: -1, mirrors: false, readers: [] })
    }
  }

  const arcs: ChoiceModel['arcs'] = []
  for (let i = 0; i < n; i++) {
    const previous = group[i][place[i] - 1] ?? -1
    // As many as fit beside each other: one that starts before the first of these has ended would be one too many.
    const cleared = group[i][place[i] - widthOf(problem, i)] ?? -1
    const lags = [...before[i].map((p) => [p, duration[p]]), [previous, 0], [cleared, duration[i]]]
    for (const [first, lag] of lags) {
      if (first >= 0 && !exclusive.has(first * n + i)) arcs.push({ before: first, after: i, lag })
    }
  }
  return {
    choices,
    arcs,
    propagators: [...resources, ...reservoirs],
    sideBefore: (first, second) => exclusive.get(first * n + second) as Side,
  }
}
