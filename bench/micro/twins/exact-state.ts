/**
 * State of the exact search over typed arrays, by the method of assembly/exact-state.ts. For open shops: resources of capacity 1, no
 * windows, no predecessors, no memory.
 */
import { modelChoices } from '../../../src/kernel/exact-choices.js'
import type { ScheduleProblem } from '../../../src/kernel/types.js'

/** Words of a link: flag that this task comes first, the other task, lag out, lag in. */
export const LINK = 4
/** Resources of a choice: at most this many. */
const READERS = 2

export interface ExactState {
  taskCount: number
  choiceCount: number
  resourceCount: number
  // [tasks]
  est: Int32Array
  lst: Int32Array
  duration: Int32Array
  /** Bit 0: its est has changed, bit 1: its lst. */
  queued: Uint8Array
  estChain: Int32Array
  lstChain: Int32Array
  /** [tasks + 1] first link of each task, in words. */
  linkFirst: Int32Array
  links: Int32Array
  /** [tasks × READERS] resources that look at the task, −1 none. */
  watchers: Int32Array
  // [choices]; the flags and what depends on the side: [2 × choices]
  flags: Uint8Array
  choiceTask: Int32Array
  lag: Int32Array
  rating: Float64Array
  ratingSum: Float64Array
  slot: Int32Array
  /** [2 × choices × READERS] cells that a side sets. */
  sideCells: Int32Array
  /** [choices × READERS] */
  readers: Int32Array
  initialOpen: Int32Array
  open: Int32Array
  openCount: number
  initialOpenCount: number
  initialFlags: Uint8Array
  decided: Int32Array
  decidedCount: number
  // [resources]
  members: Int32Array[]
  /** First cell of each: [members × members], 1 where the first is decided to come before the second. */
  cellFirst: Int32Array
  cells: Uint8Array
  initialCells: Uint8Array
  /** [cells] flags that say so. */
  pairs: Int32Array
  /** Members by est, and by latest end backwards, as the last snapshot left them. */
  orders: Int32Array[]
  waiting: Uint8Array
  taskRing: Int32Array
  taskHead: number
  taskTail: number
  resourceRing: Int32Array
  resourceHead: number
  resourceTail: number
  depthMeans: Float64Array
  depth: number
  /** Saved levels: est and lst of all tasks, flag, depth, open and decided choices. */
  levels: Int32Array
  levelTop: number
}

function ring(entries: number): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(entries + 1)))
}

/** @throws RangeError where the problem is no open shop */
export function createState(problem: ScheduleProblem): ExactState {
  const model = modelChoices(problem)
  const { choices, propagators } = model
  if (
    problem.forbidden.length > 0 ||
    model.arcs.length > 0 ||
    choices.some((choice) => !choice.hard) ||
    propagators.some((propagator) => propagator.kind !== 'unary')
  ) {
    throw new RangeError(
      'the twin takes open shops: resources of capacity 1, no windows, predecessors or memory',
    )
  }
  const n = problem.taskCount
  const m = choices.length
  const place = propagators.map(({ members }) => new Map(members.map((task, k) => [task, k])))
  const cellFirst = new Int32Array(propagators.length)
  let cellCount = 0
  propagators.forEach(({ members }, p) => {
    cellFirst[p] = cellCount
    cellCount += members.length ** 2
  })
  const initialFlags = new Uint8Array(2 * m)
  const initialCells = new Uint8Array(cellCount + 1)
  const sideCells = new Int32Array(2 * m * READERS).fill(cellCount)
  const readers = new Int32Array(m * READERS).fill(-1)
  const links: number[][] = Array.from({ length: n }, () => [])
  choices.forEach((choice, c) => {
    const { a, b, lag0, lag1, preset } = choice
    links[a].push(2 * c, b, lag0, lag1)
    links[b].push(2 * c + 1, a, lag1, lag0)
    readers.set(choice.readers, c * READERS)
    choice.readers.forEach((p, k) => {
      const size = propagators[p].members.length
      const [i, j] = [place[p].get(a) as number, place[p].get(b) as number]
      sideCells[2 * c * READERS + k] = cellFirst[p] + i * size + j
      sideCells[(2 * c + 1) * READERS + k] = cellFirst[p] + j * size + i
      if (preset >= 0) initialCells[sideCells[(2 * c + preset) * READERS + k]] = 1
    })
    if (preset >= 0) initialFlags[2 * c + preset] = 1
  })
  const linkFirst = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) linkFirst[i + 1] = linkFirst[i] + links[i].length
  const watchers = new Int32Array(n * READERS).fill(-1)
  for (let i = 0; i < n; i++) {
    propagators
      .flatMap(({ members }, p) => (members.includes(i) ? [p] : []))
      .forEach((p, k) => {
        watchers[i * READERS + k] = p
      })
  }
  const sorted = [...choices.keys()].sort((x, y) => {
    const [p, q] = [choices[x], choices[y]]
    return Number(p.preset >= 0) - Number(q.preset >= 0) || q.lag0 + q.lag1 - p.lag0 - p.lag1 || x - y
  })
  return {
    taskCount: n,
    choiceCount: m,
    resourceCount: propagators.length,
    est: new Int32Array(n),
    lst: new Int32Array(n),
    duration: problem.duration,
    queued: new Uint8Array(n),
    estChain: new Int32Array(n),
    lstChain: new Int32Array(n),
    linkFirst,
    links: Int32Array.from(links.flat()),
    watchers,
    flags: new Uint8Array(2 * m),
    choiceTask: Int32Array.from(choices.flatMap(({ a, b }) => [a, b])),
    lag: Int32Array.from(choices.flatMap(({ lag0, lag1 }) => [lag0, lag1])),
    rating: new Float64Array(2 * m),
    ratingSum: new Float64Array(m),
    slot: new Int32Array(m),
    sideCells,
    readers,
    initialOpen: Int32Array.from(sorted),
    open: new Int32Array(m),
    openCount: 0,
    initialOpenCount: choices.filter(({ preset }) => preset < 0).length,
    initialFlags,
    decided: new Int32Array(m),
    decidedCount: 0,
    members: propagators.map(({ members }) => Int32Array.from(members)),
    cellFirst,
    cells: new Uint8Array(cellCount + 1),
    initialCells,
    pairs: Int32Array.from(
      propagators.flatMap(({ members }) =>
        members.flatMap((i) => members.map((k) => (i === k ? 0 : model.sideBefore(i, k)))),
      ),
    ),
    orders: propagators.map(({ members }) =>
      Int32Array.from({ length: 2 * members.length }, (_, k) => k % members.length),
    ),
    waiting: new Uint8Array(propagators.length),
    taskRing: ring(n + 1),
    taskHead: 0,
    taskTail: 0,
    resourceRing: ring(propagators.length),
    resourceHead: 0,
    resourceTail: 0,
    depthMeans: new Float64Array(m + 2),
    depth: 0,
    levels: new Int32Array(64 * (4 + 2 * n)),
    levelTop: 0,
  }
}

export function wake(s: ExactState, resource: number): void {
  if (s.waiting[resource] !== 0) return
  s.waiting[resource] = 1
  s.resourceRing[s.resourceTail] = resource
  s.resourceTail = (s.resourceTail + 1) & (s.resourceRing.length - 1)
}

/** Has the change of a bound (bit 0: est, bit 1: lst) carried on. */
function touch(s: ExactState, task: number, bit: number): void {
  const queued = s.queued[task]
  s.queued[task] = queued | bit
  if (queued === 0) {
    s.taskRing[s.taskTail] = task
    s.taskTail = (s.taskTail + 1) & (s.taskRing.length - 1)
  }
  for (let k = task * READERS; k < (task + 1) * READERS; k++) {
    const resource = s.watchers[k]
    if (resource < 0) break
    wake(s, resource)
  }
}

/** Raises a task's est to at least `tick`; false where no start is left. */
export function raise(s: ExactState, task: number, tick: number, chain: number): boolean {
  if (tick <= s.est[task]) return true
  // The kernel's tasks are one more: the origin.
  if (tick > s.lst[task] || chain > s.taskCount + 1) return false
  s.est[task] = tick
  s.estChain[task] = chain
  touch(s, task, 1)
  return true
}

/** Lowers a task's lst to at most `tick`. */
export function lower(s: ExactState, task: number, tick: number, chain: number): boolean {
  if (tick >= s.lst[task]) return true
  if (tick < s.est[task] || chain > s.taskCount + 1) return false
  s.lst[task] = tick
  s.lstChain[task] = chain
  touch(s, task, 2)
  return true
}

/** Takes one side of a choice. False where the other side is taken, or the bounds cross. */
export function decide(s: ExactState, flag: number): boolean {
  const { flags, cells, sideCells, open, slot, readers, choiceTask } = s
  if (flags[flag] !== 0) return true
  if (flags[flag ^ 1] !== 0) return false
  flags[flag] = 1
  const choice = flag >> 1
  cells[sideCells[flag * READERS]] = 1
  cells[sideCells[flag * READERS + 1]] = 1
  s.decided[s.decidedCount++] = flag
  const left = --s.openCount
  const at = slot[choice]
  const last = open[left]
  open[at] = last
  slot[last] = at
  open[left] = choice
  slot[choice] = left
  for (let k = choice * READERS; k < (choice + 1) * READERS; k++) {
    if (readers[k] < 0) break
    wake(s, readers[k])
  }
  const first = choiceTask[flag]
  const second = choiceTask[flag ^ 1]
  const lag = s.lag[flag]
  return (
    raise(s, second, s.est[first] + lag, s.estChain[first] + 1) &&
    lower(s, first, s.lst[second] - lag, s.lstChain[second] + 1)
  )
}

/** Empties the queues that a failed propagation has left. */
export function clearQueues(s: ExactState): void {
  for (; s.taskHead !== s.taskTail; s.taskHead = (s.taskHead + 1) & (s.taskRing.length - 1)) {
    s.queued[s.taskRing[s.taskHead]] = 0
  }
  for (
    ;
    s.resourceHead !== s.resourceTail;
    s.resourceHead = (s.resourceHead + 1) & (s.resourceRing.length - 1)
  ) {
    s.waiting[s.resourceRing[s.resourceHead]] = 0
  }
}

/** Saves the state before `flag` is set. */
export function saveLevel(s: ExactState, flag: number): void {
  const words = 4 + 2 * s.taskCount
  if (s.levelTop + words > s.levels.length) {
    const grown = new Int32Array(2 * s.levels.length)
    grown.set(s.levels)
    s.levels = grown
  }
  const { levels, levelTop } = s
  levels[levelTop] = flag
  levels[levelTop + 1] = s.depth
  levels[levelTop + 2] = s.openCount
  levels[levelTop + 3] = s.decidedCount
  levels.set(s.est, levelTop + 4)
  levels.set(s.lst, levelTop + 4 + s.taskCount)
  s.levelTop = levelTop + words
}

/** Goes back to the state that was saved at `level`. */
export function restore(s: ExactState, level: number): void {
  const { levels, decided, flags, cells, sideCells, est, lst, taskCount } = s
  const kept = levels[level + 3]
  for (let k = kept; k < s.decidedCount; k++) {
    const flag = decided[k]
    flags[flag] = 0
    cells[sideCells[flag * READERS]] = 0
    cells[sideCells[flag * READERS + 1]] = 0
  }
  s.decidedCount = kept
  s.openCount = levels[level + 2]
  s.depth = levels[level + 1]
  for (let i = 0; i < taskCount; i++) {
    est[i] = levels[level + 4 + i]
    lst[i] = levels[level + 4 + taskCount + i]
  }
  s.levelTop = level
}
