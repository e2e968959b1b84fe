/**
 * Tables that every scheme over gaps needs (assembly/gaps.ts, assembly/placement.ts): forbidden intervals, classes of durations, and what is held
 * beyond two resources.
 */
import type { Arena } from './arena.js'
import { DURATION_CLASSES, NEVER, RESERVOIR_BYTES, RESOURCE, TASK_BYTES, TRANSFER, USE } from './records.js'
import { Table } from './table.js'
import type { ScheduleProblem, Uses } from './types.js'
import { predecessorsOf, transfersOf } from './uses.js'

/** As in `ScheduleProblem`. */
export interface ForbiddenLists {
  forbiddenOffset: Int32Array
  forbidden: Int32Array
}

/** The forbidden intervals of each class, each list closed by a sentinel; and where each list begins, in bytes. */
export function layOutWindows(problem: ForbiddenLists): { words: Uint32Array; first: number[] } {
  const { forbidden, forbiddenOffset } = problem
  const words: number[] = []
  const first: number[] = []
  for (let c = 0; c + 1 < forbiddenOffset.length; c++) {
    first.push(words.length * 4)
    for (let i = forbiddenOffset[c]; i < forbiddenOffset[c + 1]; i++) {
      if (forbidden[2 * i + 1] > 0) words.push(Math.max(0, forbidden[2 * i]), forbidden[2 * i + 1])
    }
    words.push(NEVER, NEVER)
  }
  return { words: Uint32Array.from(words), first }
}

/** Splits the durations into classes of about equally many tasks: the shortest duration of each, and each task's class. */
export function durationClasses(duration: Int32Array): { shortest: Uint32Array; of: Int32Array } {
  const sorted = duration.filter((d) => d > 0).sort()
  const shortest = new Uint32Array(DURATION_CLASSES).fill(NEVER)
  let count = 0
  for (let c = 0; c < DURATION_CLASSES && sorted.length > 0; c++) {
    const least = sorted[Math.floor((c * sorted.length) / DURATION_CLASSES)]
    if (count === 0 || least > shortest[count - 1]) shortest[count++] = least
  }
  const of = duration.map((d) => {
    let c = 0
    while (c + 1 < count && shortest[c + 1] <= d) c++
    return c
  })
  return { shortest, of }
}

/**
 * Places the records of all uses.
 * @param resources address of the table of resources
 * @returns [count + 1] address of the first of each task or mode
 */
export function placeUses(
  arena: Arena,
  held: Uses | undefined,
  count: number,
  resources: number,
): Uint32Array {
  const table = new Table(USE, held?.of.length ?? 0)
  held?.of.forEach((r, k) => {
    table.set(k, { resource: resources + RESOURCE.bytes * r, units: held.amount[k] })
  })
  const first = arena.place(table.bytes)
  return Uint32Array.from({ length: count + 1 }, (_, i) => first + USE.bytes * (held?.offset[i] ?? 0))
}

/**
 * Places the records of all transfers of the tasks that have more than their memory.
 * @param reservoirs address of the table of reservoirs
 * @returns [tasks + 1] address of the first of each task
 */
export function placeTransfers(arena: Arena, problem: ScheduleProblem, reservoirs: number): Uint32Array {
  const { taskCount, transfers } = problem
  const first = new Uint32Array(taskCount + 1)
  if (transfers === undefined) return first
  const lists = Array.from({ length: taskCount }, (_, i) => {
    if (transfers.offset[i] === transfers.offset[i + 1]) return []
    const { taken, given } = transfersOf(problem, i)
    return [...taken, ...given.map(([r, amount]): [number, number] => [r, -amount])]
  })
  const all = lists.flat()
  const table = new Table(TRANSFER, all.length)
  for (const [k, [r, taken]] of all.entries())
    table.set(k, { reservoir: reservoirs + RESERVOIR_BYTES * r, taken })
  first[0] = arena.place(table.bytes)
  for (let i = 0; i < taskCount; i++) first[i + 1] = first[i] + TRANSFER.bytes * lists[i].length
  return first
}

/**
 * Places the lists of each task's predecessors and successors, each closed by 0.
 * @param tasks address of the table of tasks
 * @returns [tasks] address of each list, 0 where there would be nothing in it
 */
export function placeChains(
  arena: Arena,
  problem: ScheduleProblem,
  tasks: number,
): { before: Uint32Array; behind: Uint32Array } {
  const before = Array.from({ length: problem.taskCount }, (_, i) => predecessorsOf(problem, i))
  const behind: number[][] = before.map(() => [])
  before.forEach((list, i) => {
    for (const p of list) behind[p].push(i)
  })
  const place = (lists: readonly number[][]) =>
    Uint32Array.from(lists, (list) =>
      list.length === 0 ? 0 : arena.place(Uint32Array.from([...list.map((i) => tasks + TASK_BYTES * i), 0])),
    )
  return { before: place(before), behind: place(behind) }
}
