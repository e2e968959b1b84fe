/**
 * Squeaky-wheel optimisation (Joslin & Clements 1999) over lists: a schedule is generated, the tasks that end after the hoped-for
 * makespan are the squeaky ones, and the next list serves them earlier. It looks at whole schedules, not at neighbours: some dozens of
 * evaluations bring thousands of tasks to within a few hundredths of a percent of their bound, where annealing needs thousands.
 *
 * How much earlier is a matter of taste, and each taste wins on other problems: before all others, in the order of the list or against it
 * (right for what a window pushes to the end), or a random part of the way (where many are late, and all before all others would only
 * change who is). Each gets its turns from the same list on; taking turns within one run is worse than any of them.
 */
import type { ScheduleProblem, ScheduleResult } from '../../kernel/types.js'
import { transfersOf } from '../../kernel/uses.js'
import { Random } from '../random.js'
import type { ScheduleParameters } from './parameters.js'

export interface SqueakyWheel {
  problem: ScheduleProblem
  evaluate: (order: Int32Array) => ScheduleResult
  /** The list to begin with. */
  order: Int32Array
  /** Hoped-for makespan, ticks: what ends later is late. */
  target: number
  /** Makespan that is good enough to stop at, ticks, at least the target. */
  enough: number
  seed: number
  /** Work units for each way of serving: tasks placed. */
  work: number
  parameters: ScheduleParameters
  /** True: stop. */
  breathe: () => Promise<boolean>
  /** Gets every list and its schedule. */
  take: (order: Int32Array, result: ScheduleResult) => void
}

type Serve = (order: Int32Array, late: Uint8Array, random: Random) => Int32Array

const SERVES: readonly Serve[] = [
  (order, late) => toTheFront(order, late, false),
  partOfTheWay,
  (order, late) => toTheFront(order, late, true),
]

/** Ends early where a schedule is good enough. */
export async function turnSqueakyWheel(wheel: SqueakyWheel): Promise<void> {
  const { problem, target } = wheel
  const { wheelFewest, wheelMost, wheelPatience } = wheel.parameters
  const random = new Random(wheel.seed ^ 0x2545f491)
  const evaluations = Math.max(wheelFewest, Math.min(wheelMost, wheel.work / problem.taskCount))
  const isEnough = (schedule: ScheduleResult) =>
    schedule.unscheduledWeight === 0 && schedule.makespan <= wheel.enough
  const first = wheel.evaluate(wheel.order)
  wheel.take(wheel.order, first)
  for (const serve of SERVES) {
    let { order } = wheel
    let result = first
    let best = first
    for (
      let used = 0, since = 0;
      used < evaluations && since < evaluations * wheelPatience;
      used++, since++
    ) {
      const late = lateTasks(problem, result, target)
      if (late === undefined || isEnough(best) || (await wheel.breathe())) return
      order = clearTheWay(problem, serve(order, late, random), late)
      result = wheel.evaluate(order)
      wheel.take(order, result)
      if (
        result.unscheduledWeight < best.unscheduledWeight ||
        (result.unscheduledWeight === best.unscheduledWeight && result.makespan < best.makespan)
      ) {
        best = result
        since = 0
      }
    }
  }
}

/** [tasks] 1 where a task has no time, or ends after the target; undefined where none does. */
function lateTasks(
  problem: ScheduleProblem,
  { start }: ScheduleResult,
  target: number,
): Uint8Array | undefined {
  const { duration } = problem
  const late = new Uint8Array(start.length)
  let any = false
  for (let i = 0; i < late.length; i++) {
    if (start[i] >= 0 && start[i] + duration[i] <= target) continue
    late[i] = 1
    any = true
  }
  return any ? late : undefined
}

function toTheFront(order: Int32Array, late: Uint8Array, reversed: boolean): Int32Array {
  const next = new Int32Array(order.length)
  let front = 0
  for (const task of order) if (late[task] === 1) next[front++] = task
  if (reversed) next.subarray(0, front).reverse()
  for (const task of order) if (late[task] === 0) next[front++] = task
  return next
}

/** Each late task goes to a random place between the front and its own. */
function partOfTheWay(order: Int32Array, late: Uint8Array, random: Random): Int32Array {
  const moved: { task: number; before: number }[] = []
  for (let place = 0; place < order.length; place++) {
    if (late[order[place]] === 1) moved.push({ task: order[place], before: random.below(place + 1) })
  }
  moved.sort((x, y) => x.before - y.before)
  const next = new Int32Array(order.length)
  let at = 0
  let m = 0
  for (let place = 0; place < order.length; place++) {
    while (m < moved.length && moved[m].before <= place) next[at++] = moved[m++].task
    if (late[order[place]] === 0) next[at++] = order[place]
  }
  return next
}

/**
 * Where late tasks together want more memory than their target has, departures from there go before all others, as many as it takes: or a
 * late task would wait for memory at the head of the list as it did at its tail.
 */
function clearTheWay(problem: ScheduleProblem, order: Int32Array, late: Uint8Array): Int32Array {
  if (problem.memoryNodeCount === 0) return order
  const transfers = Array.from(order, (_, i) => transfersOf(problem, i))
  const lacking = problem.freeMemory.map((free) => -free)
  const wanted = new Uint8Array(lacking.length)
  for (const task of order) {
    if (late[task] === 0) continue
    for (const [r, amount] of transfers[task].taken) {
      lacking[r] += amount
      wanted[r] = 1
    }
  }
  const next = new Int32Array(order.length)
  const pulled = new Uint8Array(order.length)
  let at = 0
  for (const task of order) {
    const { given } = transfers[task]
    if (late[task] === 1 || !given.some(([r]) => wanted[r] === 1 && lacking[r] > 0)) continue
    for (const [r, amount] of given) lacking[r] -= amount
    pulled[task] = 1
    next[at++] = task
  }
  if (at === 0) return order
  for (const task of order) if (pulled[task] === 0) next[at++] = task
  return next
}
