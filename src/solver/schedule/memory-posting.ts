/**
 * Precedence constraint posting (Cesta, Oddi & Smith 2002) for memory: a schedule that was made without a look at it is swept, and where
 * a node would hold more than it has, an arrival is made to wait for a departure that leaves room enough. Some rounds of that turn gaps
 * that were filled blindly into a schedule that respects memory, where memory is short here and there and not everywhere.
 */
import type { ScheduleProblem } from '../../kernel/types.js'

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
    const to = problem.memoryTo[task]
    const from = problem.memoryFrom[task]
    if (to >= 0) arrivals[to].push({ task, at: start[task] })
    if (from >= 0) departures[from].push({ task, at: start[task] + problem.duration[task] })
  }
  let posted = 0
  for (let node = 0; node < arrivals.length; node++) {
    const byTick = (x: Move, y: Move) => x.at - y.at || x.task - y.task
    arrivals[node].sort(byTick)
    departures[node].sort(byTick)
    const added = postAt(problem, node, arrivals[node], departures[node], mayWait, predecessor)
    if (added === 'impossible') return added
    posted += added
  }
  return posted
}

/** The same at one node. */
function postAt(
  { freeMemory, memory }: ScheduleProblem,
  node: number,
  arrivals: readonly Move[],
  departures: readonly Move[],
  mayWait: Uint8Array,
  predecessor: Int32Array,
): number | 'impossible' {
  let free = freeMemory[node]
  let posted = 0
  let gone = 0
  /** Arrivals that came and could wait, the last at the end. */
  const waitable: number[] = []
  /** Arrivals that wait for a departure, in the order in which they are let in. */
  const waiting: number[] = []
  const depart = () => {
    const { task } = departures[gone++]
    free += memory[task]
    while (waiting.length > 0 && memory[waiting[0]] <= free) {
      const next = waiting.shift()!
      if (!precedes(predecessor, next, task)) {
        free -= memory[next]
        predecessor[next] = task
        posted++
      } else {
        waiting.unshift(next)
        break
      }
    }
  }
  for (const { task, at } of arrivals) {
    while (gone < departures.length && departures[gone].at <= at) depart()
    free -= memory[task]
    if (predecessor[task] < 0 && mayWait[task] === 1) waitable.push(task)
    while (free < 0) {
      const later = waitable.pop()
      if (later === undefined) return 'impossible'
      free += memory[later]
      waiting.push(later)
    }
  }
  while (gone < departures.length && waiting.length > 0) depart()
  return waiting.length > 0 ? 'impossible' : posted
}

/** Does `task` come before `other`, along the chain of its predecessors? */
function precedes(predecessor: Int32Array, task: number, other: number): boolean {
  for (let t = other; t >= 0; t = predecessor[t]) if (t === task) return true
  return false
}
