/**
 * Event-driven schedule generation over typed arrays, by the method of assembly/event.ts: bit sets of list positions, a heap of
 * events. For what the workloads have: tasks on two resources, no predecessors, durations > 0.
 */
import type { ScheduleProblem, ScheduleResult } from '../../../src/kernel/types.js'
import { NEVER } from './gaps.js'
import { closeWindows } from './serial.js'

export interface EventDriven {
  problem: ScheduleProblem
  windows: Int32Array
  /** [n] first window of each task; and the first that has not ended. */
  firstWindow: number[]
  cursor: Int32Array
  /** Ends of all windows, ascending, then NEVER. */
  windowEnds: Int32Array
  start: Int32Array
  position: Int32Array
  wake: Int32Array
  inUse: Int32Array
  free: Float64Array
  /** [nodes] number of the scan that reserved the memory. */
  reserved: Int32Array
  /** Sets of list positions, `words` each: who waits for each resource, candidates, hungry. */
  sets: Int32Array
  words: number
  /** A heap by tick; an item is 2 × task, + 1 where a window ends. */
  ticks: Int32Array
  items: Int32Array
  size: number
  now: number
  scans: number
  running: number
  placed: number
  makespan: number
  heldBack: boolean
}

/** @throws RangeError where the problem has what this twin leaves out */
export function createEventDriven(problem: ScheduleProblem): EventDriven {
  const { taskCount, resourceCount, duration, resourceA, resourceB, forbidden } = problem
  if (
    problem.predecessor.some((task) => task >= 0) ||
    duration.some((ticks, i) => ticks === 0 || resourceA[i] < 0 || resourceB[i] < 0)
  ) {
    throw new RangeError('the twin takes tasks on two resources, without predecessors')
  }
  const { windows, first } = closeWindows(problem)
  const words = Math.ceil(taskCount / 32)
  return {
    problem,
    windows,
    firstWindow: Array.from(problem.forbiddenClass, (list) => first[list]),
    cursor: new Int32Array(taskCount),
    windowEnds: Int32Array.from([...new Set(forbidden.filter((_, i) => i % 2 === 1)), NEVER]).sort(),
    start: new Int32Array(taskCount),
    position: new Int32Array(taskCount),
    wake: new Int32Array(taskCount),
    inUse: new Int32Array(resourceCount),
    free: new Float64Array(problem.memoryNodeCount),
    reserved: new Int32Array(problem.memoryNodeCount),
    sets: new Int32Array((resourceCount + 2) * words),
    words,
    ticks: new Int32Array(2 * taskCount + 1),
    items: new Int32Array(2 * taskCount + 1),
    size: 0,
    now: 0,
    scans: 0,
    running: 0,
    placed: 0,
    makespan: 0,
    heldBack: false,
  }
}

function enqueue(e: EventDriven, tick: number, item: number): void {
  const { ticks, items } = e
  let hole = e.size++
  while (hole > 0) {
    const parent = (hole - 1) >> 1
    if (ticks[parent] <= tick) break
    ticks[hole] = ticks[parent]
    items[hole] = items[parent]
    hole = parent
  }
  ticks[hole] = tick
  items[hole] = item
}

function dequeue(e: EventDriven): number {
  const { ticks, items } = e
  const first = items[0]
  const size = --e.size
  const tick = ticks[size]
  const item = items[size]
  let hole = 0
  for (;;) {
    let child = 2 * hole + 1
    if (child >= size) break
    if (child + 1 < size && ticks[child + 1] < ticks[child]) child++
    if (ticks[child] >= tick) break
    ticks[hole] = ticks[child]
    items[hole] = items[child]
    hole = child
  }
  ticks[hole] = tick
  items[hole] = item
  return first
}

function add(sets: Int32Array, set: number, position: number): void {
  sets[set + (position >> 5)] |= 1 << (position & 31)
}

function remove(sets: Int32Array, set: number, position: number): void {
  sets[set + (position >> 5)] &= ~(1 << (position & 31))
}

function begin(e: EventDriven, task: number, position: number): void {
  const { problem, sets, words, inUse } = e
  const a = problem.resourceA[task]
  const b = problem.resourceB[task]
  const end = e.now + problem.duration[task]
  e.start[task] = e.now
  inUse[a]++
  inUse[b]++
  remove(sets, a * words, position)
  remove(sets, b * words, position)
  const target = problem.memoryTo[task]
  if (target >= 0) e.free[target] -= problem.memory[task]
  e.placed++
  e.running++
  if (end > e.makespan) e.makespan = end
  enqueue(e, end, 2 * task)
}

/** Looks at one task; true where it started. */
function consider(e: EventDriven, task: number, position: number, reserving: boolean): boolean {
  const { problem, inUse, windows, cursor, now, sets, words } = e
  const { capacity, resourceA, resourceB, horizon } = problem
  const a = resourceA[task]
  if (inUse[a] >= capacity[a]) return false
  const b = resourceB[task]
  if (inUse[b] >= capacity[b]) return false
  const duration = problem.duration[task]
  let window = cursor[task]
  while (windows[window + 1] <= now) window += 2
  cursor[task] = window
  if (windows[window] < now + duration) {
    let tick = 0
    do {
      tick = windows[window + 1]
      window += 2
    } while (windows[window] < tick + duration)
    if (tick + duration <= horizon && e.wake[task] !== tick) {
      e.wake[task] = tick
      enqueue(e, tick, 2 * task + 1)
    }
    return false
  }
  if (now + duration > horizon) return false
  const target = problem.memoryTo[task]
  if (target >= 0) {
    const hungry = (problem.resourceCount + 1) * words
    if (problem.memory[task] > e.free[target]) {
      if (reserving) e.reserved[target] = e.scans
      add(sets, hungry, position)
      return false
    }
    if (reserving && e.reserved[target] === e.scans) {
      e.heldBack = true
      add(sets, hungry, position)
      return false
    }
  }
  begin(e, task, position)
  return true
}

/** Looks at every candidate and every hungry task in list order; true where one started. */
function scan(e: EventDriven, order: Int32Array, reserving: boolean): boolean {
  const { sets, words } = e
  const candidates = e.problem.resourceCount * words
  const hungry = candidates + words
  e.scans++
  e.heldBack = false
  let started = false
  for (let word = 0; word < words; word++) {
    let bits = sets[candidates + word] | sets[hungry + word]
    if (bits === 0) continue
    sets[candidates + word] = 0
    sets[hungry + word] = 0
    while (bits !== 0) {
      const position = 32 * word + 31 - Math.clz32(bits & -bits)
      bits &= bits - 1
      if (consider(e, order[position], position, reserving)) started = true
    }
  }
  return started
}

function release(e: EventDriven, resource: number): void {
  const { sets, words, inUse } = e
  if (inUse[resource]-- < e.problem.capacity[resource]) return
  const candidates = e.problem.resourceCount * words
  const waiters = resource * words
  for (let word = 0; word < words; word++) sets[candidates + word] |= sets[waiters + word]
}

function finish(e: EventDriven, task: number): void {
  const { problem } = e
  e.running--
  release(e, problem.resourceA[task])
  release(e, problem.resourceB[task])
  const source = problem.memoryFrom[task]
  if (source >= 0) e.free[source] += problem.memory[task]
}

function reset(e: EventDriven, order: Int32Array): void {
  const { problem, sets, words, position } = e
  sets.fill(0)
  e.inUse.fill(0)
  e.free.set(problem.freeMemory)
  e.reserved.fill(0)
  e.start.fill(-1)
  e.wake.fill(0)
  e.cursor.set(e.firstWindow)
  const candidates = problem.resourceCount * words
  for (let k = 0; k < order.length; k++) {
    const task = order[k]
    position[task] = k
    add(sets, problem.resourceA[task] * words, k)
    add(sets, problem.resourceB[task] * words, k)
    add(sets, candidates, k)
  }
  e.size = 0
  e.now = 0
  e.scans = 0
  e.running = 0
  e.placed = 0
  e.makespan = 0
}

export function evaluateEvent(e: EventDriven, order: Int32Array): ScheduleResult {
  const { problem, windowEnds, position, sets, words } = e
  const candidates = problem.resourceCount * words
  reset(e, order)
  let nextEnd = 0
  for (;;) {
    if (!scan(e, order, true) && e.running === 0 && e.heldBack) scan(e, order, false)
    let tick = e.size > 0 ? e.ticks[0] : NEVER
    if (e.heldBack) {
      while (windowEnds[nextEnd] <= e.now) nextEnd++
      tick = Math.min(tick, windowEnds[nextEnd])
    }
    if (tick === NEVER) break
    e.now = tick
    while (e.size > 0 && e.ticks[0] === tick) {
      const item = dequeue(e)
      if (item & 1) add(sets, candidates, position[item >> 1])
      else finish(e, item >> 1)
    }
  }
  let unscheduledWeight = 0
  for (let i = 0; i < e.start.length; i++) if (e.start[i] < 0) unscheduledWeight += problem.weight[i]
  return {
    start: e.start.slice(),
    round: new Int32Array(order.length),
    makespan: e.makespan,
    unscheduledWeight,
  }
}
