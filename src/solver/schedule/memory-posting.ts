/**
 * Memory of schedules that were made without a look at it: whether they respect it all the same, and how they can be made to. Precedence constraint
 * posting (Cesta, Oddi & Smith 2002): a schedule is swept, and where a reservoir would hold more than it has, an arrival is made to wait for a
 * departure that leaves room enough. Some rounds of that turn gaps that were filled blindly into a schedule that respects memory, where memory is
 * short here and there and not everywhere.
 */
import type { ScheduleProblem } from '../../kernel/types.js'
import { predecessorsOf, transfersOf } from '../../kernel/uses.js'

/**
 * Does every reservoir hold what arrives, at every instant? Arrivals take theirs from their start, departures give theirs back at their
 * end, and at one instant ends count before starts.
 *
 * @param start [tasks] ticks, −1 unscheduled
 */
export function memoryHolds(problem: ScheduleProblem, start: Int32Array): boolean {
  const { duration, taskCount } = problem
  const free = problem.freeMemory.slice()
  const transfers = Array.from(duration, (_, i) => transfersOf(problem, i))
  // One sort of all events: the tick, then ends before starts.
  const events: number[] = []
  for (let i = 0; i < taskCount; i++) {
    if (start[i] < 0) continue
    if (transfers[i].given.length > 0) events.push(2 * (start[i] + duration[i]) * taskCount + i)
    if (transfers[i].taken.length > 0) events.push((2 * start[i] + 1) * taskCount + i)
  }
  for (const event of Float64Array.from(events).sort()) {
    const task = event % taskCount
    const isStart = Math.floor(event / taskCount) % 2 === 1
    if (!isStart) for (const [r, amount] of transfers[task].given) free[r] += amount
    else {
      for (const [r, amount] of transfers[task].taken) {
        free[r] -= amount
        if (free[r] < 0) return false
      }
    }
  }
  return true
}

/**
 * Do migrations that take no time wait for each other? At one instant ends count before starts, so that two of them could trade the memory
 * of full nodes; but they are done one after another, each when its target has room.
 *
 * @param start [tasks] ticks of a schedule in which memory holds.
 */
export function instantsTakeTurns(problem: ScheduleProblem, start: Int32Array): boolean {
  const { duration, taskCount } = problem
  const tasks = Array.from({ length: taskCount }, (_, i) => ({ i, ...transfersOf(problem, i) }))
  const instants = tasks.filter(({ i, taken }) => duration[i] === 0 && taken.length > 0)
  for (const at of new Set(instants.map(({ i }) => start[i]))) {
    const free = problem.freeMemory.slice()
    const move = (transfers: readonly [number, number][], sign: 1 | -1) => {
      for (const [r, amount] of transfers) free[r] += sign * amount
    }
    let waiting = tasks.filter(({ i }) => duration[i] === 0 && start[i] === at)
    for (const task of tasks) {
      if (waiting.includes(task)) continue
      if (start[task.i] + duration[task.i] <= at) move(task.given, 1)
      if (start[task.i] < at) move(task.taken, -1)
    }
    for (let before = -1; before !== waiting.length; ) {
      before = waiting.length
      waiting = waiting.filter(({ given, taken }) => {
        if (taken.some(([r, amount]) => amount > free[r])) return true
        move(taken, -1)
        move(given, 1)
        return false
      })
    }
    if (waiting.length > 0) return false
  }
  return true
}

/**
 * @param order the list to schedule
 * @param most rounds
 * @param evaluate schedules it under the given predecessors: start ticks, −1 unscheduled
 * @param mayWait [tasks] 0 for those that had better not: windows leave them little time
 * @returns [tasks] predecessors under which the schedule respects memory; undefined where some rounds did not find any
 */
export async function postPredecessors(
  problem: ScheduleProblem,
  mayWait: Uint8Array,
  most: number,
  evaluate: (predecessor: Int32Array) => Int32Array | Promise<Int32Array>,
): Promise<Int32Array | undefined> {
  const predecessor = problem.predecessor.slice()
  for (let round = 0; round < most; round++) {
    const start = await evaluate(predecessor)
    const posted = post(problem, start, mayWait, predecessor)
    if (posted === 'impossible') return undefined
    if (posted === 0) return predecessor
  }
  return undefined
}

interface Move {
  task: number
  at: number
  amount: number
}

/** Adds predecessors for what one schedule lacks; how many. */
function post(
  problem: ScheduleProblem,
  start: Int32Array,
  mayWait: Uint8Array,
  predecessor: Int32Array,
): number | 'impossible' {
  const arrivals: Move[][] = Array.from(problem.freeMemory, () => [])
  const departures: Move[][] = Array.from(problem.freeMemory, () => [])
  for (let task = 0; task < problem.taskCount; task++) {
    if (start[task] < 0) continue
    const { taken, given } = transfersOf(problem, task)
    for (const [r, amount] of taken) arrivals[r].push({ task, at: start[task], amount })
    for (const [r, amount] of given)
      departures[r].push({ task, at: start[task] + problem.duration[task], amount })
  }
  const current = { ...problem, predecessor }
  let posted = 0
  for (let node = 0; node < arrivals.length; node++) {
    const byTick = (x: Move, y: Move) => x.at - y.at || x.task - y.task
    arrivals[node].sort(byTick)
    departures[node].sort(byTick)
    const added = postAt(current, node, arrivals[node], departures[node], mayWait)
    if (added === 'impossible') return added
    posted += added
  }
  return posted
}

/** The same in one reservoir; they go into the problem's own. */
function postAt(
  problem: ScheduleProblem,
  reservoir: number,
  arrivals: readonly Move[],
  departures: readonly Move[],
  mayWait: Uint8Array,
): number | 'impossible' {
  const { predecessor } = problem
  let free = problem.freeMemory[reservoir]
  let posted = 0
  let gone = 0
  /** Arrivals that came and could wait, the last at the end. */
  const waitable: Move[] = []
  /** Arrivals that wait for a departure, in the order in which they are let in. */
  const waiting: Move[] = []
  const depart = () => {
    const { task, amount } = departures[gone++]
    free += amount
    while (waiting.length > 0 && waiting[0].amount <= free) {
      const next = waiting.shift()!
      if (!precedes(problem, next.task, task)) {
        free -= next.amount
        predecessor[next.task] = task
        posted++
      } else {
        waiting.unshift(next)
        break
      }
    }
  }
  for (const arrival of arrivals) {
    const { task, at, amount } = arrival
    while (gone < departures.length && departures[gone].at <= at) depart()
    free -= amount
    if (predecessor[task] < 0 && mayWait[task] === 1) waitable.push(arrival)
    while (free < 0) {
      const later = waitable.pop()
      if (later === undefined) return 'impossible'
      free += later.amount
      waiting.push(later)
    }
  }
  while (gone < departures.length && waiting.length > 0) depart()
  return waiting.length > 0 ? 'impossible' : posted
}

/** Does `task` come before `other`, by way of others too, or is it the same? */
function precedes(problem: ScheduleProblem, task: number, other: number): boolean {
  const before = new Set([other])
  for (const each of before) for (const p of predecessorsOf(problem, each)) before.add(p)
  return before.has(task)
}
