/** Lays an exact search out in kernel memory. Every region is written once; `levels` comes last, so that it can be extended. */
import { addAll, greatest, least } from '../lists.js'
import type { Arena } from './arena.js'
import { ALWAYS, type ChoiceModel, modelChoices, NEVER, type Propagator, type Side } from './exact-choices.js'
import { commonClosed, forbiddenStarts } from './exact-windows.js'
import {
  CHOICE,
  CLOSED,
  KIND_CUMULATIVE,
  KIND_RESERVOIR,
  KIND_UNARY,
  LEVEL_BYTES,
  LINK,
  PICK,
  PROPAGATOR,
  SEARCH,
  SEARCH_TASK,
  SNAPSHOT_BYTES,
  THRESHOLD_BYTES,
} from './records.js'
import { Placed, Table } from './table.js'
import type { ScheduleProblem } from './types.js'
import { leadersOf } from './uses.js'

/** Levels that the first region holds. */
const FIRST_LEVELS = 64

const MIN_I32 = -0x8000_0000
const MAX_I32 = 0x7fff_ffff
const KINDS = { unary: KIND_UNARY, cumulative: KIND_CUMULATIVE, reservoir: KIND_RESERVOIR } as const

export interface ExactLayout {
  search: Placed<typeof SEARCH>
  /** [n + 1] i32; that of the origin stays 0. */
  hints: number
  /** [n + 1] bytes: 1 where a task keeps its order; the last is the origin's. */
  keeps: number
  tasks: number
  /** One saved level. */
  levelBytes: number
  /** Nothing tells the two directions of time apart. */
  symmetric: boolean
}

function ringSize(entries: number): number {
  return 2 ** Math.ceil(Math.log2(entries + 1))
}

/** Address of the first interval of each task's forbidden starts, those of the origin last; the same class and duration share a list. */
function placeStarts(arena: Arena, problem: ScheduleProblem): { of: number[]; none: boolean } {
  const words: number[] = []
  const known = new Map<string, number>()
  let none = true
  const offsets = Array.from({ length: problem.taskCount }, (_, i) => {
    const key = `${problem.forbiddenClass[i]} ${problem.duration[i]}`
    const offset = known.get(key)
    if (offset !== undefined) return offset
    const starts = forbiddenStarts(problem, i)
    if (starts.length > 0) none = false
    known.set(key, 4 * words.length)
    words.push(MIN_I32, MIN_I32)
    addAll(words, starts.flat())
    words.push(MAX_I32, MAX_I32)
    return known.get(key) as number
  })
  offsets.push(4 * words.length)
  words.push(MIN_I32, MIN_I32, MAX_I32, MAX_I32)
  const base = arena.place(Int32Array.from(words))
  return { of: offsets.map((offset) => base + offset), none }
}

/** Addresses of the regions that records point into. */
interface Regions {
  tasks: number
  choices: number
  flags: number
  cells: number
  propagators: number
}

function flagOf(flags: number, choiceCount: number, side: Side): number {
  if (side === ALWAYS) return flags + 8 * choiceCount
  if (side === NEVER) return flags + 8 * choiceCount + 4
  return flags + 4 * side
}

/** Flags of the choices, then one that is always set, then those of the arcs. */
function initialFlags(model: ChoiceModel): Int32Array {
  const flags = new Int32Array(2 * (model.choices.length + 1 + model.arcs.length))
  model.choices.forEach(({ preset }, k) => {
    if (preset >= 0) flags[2 * k + preset] = 1
  })
  for (let k = model.choices.length; 2 * k < flags.length; k++) flags[2 * k] = 1
  return flags
}

function placeTasks(
  arena: Arena,
  problem: ScheduleProblem,
  model: ChoiceModel,
  at: Regions,
  starts: number[],
): void {
  const n = problem.taskCount
  const links: { flag: number; other: number; lagOut: number; lagIn: number }[][] = Array.from(
    { length: n + 1 },
    () => [],
  )
  const link = (task: number, flag: number, other: number, lagOut: number, lagIn: number): void => {
    links[task].push({ flag, other: at.tasks + SEARCH_TASK.bytes * other, lagOut, lagIn })
  }
  model.choices.forEach(({ a, b, lag0, lag1 }, k) => {
    link(a, at.flags + 8 * k, b, lag0, lag1)
    link(b, at.flags + 8 * k + 4, a, lag1, lag0)
  })
  model.arcs.forEach(({ before, after, lag }, k) => {
    const flag = at.flags + 8 * (model.choices.length + 1 + k)
    link(before, flag, after, lag, 0)
    link(after, flag + 4, before, 0, lag)
  })
  const watchers: number[][] = Array.from({ length: n + 1 }, () => [])
  model.propagators.forEach((propagator, p) => {
    const address = at.propagators + PROPAGATOR.bytes * p
    const touched = [...propagator.members, ...(propagator.kind === 'reservoir' ? propagator.leavers : [])]
    for (const task of new Set(touched)) watchers[task].push(address)
  })
  const all = links.flat()
  const linkTable = new Table(LINK, all.length)
  for (const [k, values] of all.entries()) linkTable.set(k, values)
  let linkAt = arena.place(linkTable.bytes)
  let watchersAt = arena.place(Int32Array.from(watchers.flat()))
  const table = new Table(SEARCH_TASK, n + 1)
  for (let i = 0; i <= n; i++) {
    const linksEnd = linkAt + links[i].length * LINK.bytes
    const watchersEnd = watchersAt + 4 * watchers[i].length
    table.set(i, {
      duration: i < n ? problem.duration[i] : 0,
      links: linkAt,
      linksEnd,
      starts: starts[i],
      watchers: watchersAt,
      watchersEnd,
    })
    linkAt = linksEnd
    watchersAt = watchersEnd
  }
  arena.write(at.tasks, table.bytes)
}

/** Where each unary resource's cells begin in CELLS, and how many there are; one more stands for none. */
function cellOffsets(propagators: readonly Propagator[]): { of: number[]; count: number } {
  let count = 0
  const of = propagators.map((propagator) => {
    const first = count
    if (propagator.kind === 'unary') count += propagator.members.length ** 2
    return first
  })
  return { of, count }
}

function placeChoices(
  arena: Arena,
  model: ChoiceModel,
  at: Regions,
  cells: { of: number[]; count: number },
): Uint8Array {
  const readersOf = model.choices.flatMap(({ readers }) =>
    readers.map((p) => at.propagators + PROPAGATOR.bytes * p),
  )
  let readersAt = arena.place(Int32Array.from(readersOf))
  const table = new Table(CHOICE, model.choices.length)
  const initial = new Uint8Array(cells.count + 1)
  const place = model.propagators.map(({ members }) => new Map(members.map((task, k) => [task, k])))
  model.choices.forEach(({ a, b, lag0, lag1, hard, preset, mirrors, readers }, k) => {
    const none = at.cells + cells.count
    const sides: [number, number][] = []
    for (const p of readers) {
      if (!hard || model.propagators[p].kind !== 'unary') continue
      const m = model.propagators[p].members.length
      const i = place[p].get(a) as number
      const j = place[p].get(b) as number
      const pair: [number, number] = [cells.of[p] + i * m + j, cells.of[p] + j * m + i]
      if (preset !== -1) initial[pair[preset]] = 1
      sides.push([at.cells + pair[0], at.cells + pair[1]])
    }
    const [first = [none, none], second = [none, none]] = sides
    const readersEnd = readersAt + 4 * readers.length
    table.set(k, {
      taskA: at.tasks + SEARCH_TASK.bytes * a,
      taskB: at.tasks + SEARCH_TASK.bytes * b,
      lags: [lag0, lag1],
      firstCells: first,
      secondCells: second,
      hard: Number(hard),
      readers: readersAt,
      readersEnd,
      flags: at.flags + 8 * k,
      mirrors: Number(mirrors),
    })
    readersAt = readersEnd
  })
  arena.write(at.choices, table.bytes)
  return initial
}

function placePropagators(
  arena: Arena,
  problem: ScheduleProblem,
  model: ChoiceModel,
  at: Regions,
  cells: { of: number[] },
): void {
  const addresses = (tasks: number[]): number =>
    arena.place(Int32Array.from(tasks, (i) => at.tasks + SEARCH_TASK.bytes * i))
  const table = new Table(PROPAGATOR, model.propagators.length)
  const flag = (side: Side): number => flagOf(at.flags, model.choices.length, side)
  model.propagators.forEach((propagator, p) => {
    const { kind, members } = propagator
    const m = members.length
    table.set(p, { kind: KINDS[kind], memberCount: m, members: addresses(members) })
    if (propagator.kind === 'reservoir') {
      table.set(p, {
        pairs: arena.place(Int32Array.from(propagator.counted, flag)),
        leaverCount: propagator.leavers.length,
        leavers: addresses(propagator.leavers),
        demands: arena.place(Float64Array.from([...propagator.taken, ...propagator.given])),
        free: propagator.free,
      })
      return
    }
    if (kind === 'unary') {
      const pairs = members.flatMap((i) => members.map((k) => (i === k ? 0 : flag(model.sideBefore(i, k)))))
      table.set(p, { before: at.cells + cells.of[p], pairs: arena.place(Int32Array.from(pairs)) })
    }
    const intervals = commonClosed(problem, members)
    const closed = new Table(CLOSED, intervals.length)
    let before = 0
    for (const [k, [start, end]] of intervals.entries()) {
      closed.set(k, { start, end, before })
      before += end - start
    }
    const closedAt = arena.place(closed.bytes)
    table.set(p, {
      orders: arena.place(Int32Array.from({ length: 2 * m }, (_, k) => k % m)),
      closed: closedAt,
      closedEnd: closedAt + closed.bytes.length,
      capacity: propagator.capacity,
      demands: arena.place(Int32Array.from(propagator.demands)),
      leastDemand: least(propagator.demands),
    })
  })
  arena.write(at.propagators, table.bytes)
}

/** What guided search compares: the slacks of the tasks; ratings are written when the search begins. */
function placePicks(arena: Arena, model: ChoiceModel, slacks: number): number {
  const table = new Table(PICK, model.choices.length)
  model.choices.forEach(({ a, b }, k) => {
    table.set(k, { slackA: slacks + 8 * a, slackB: slacks + 8 * b })
  })
  return arena.place(table.bytes)
}

/** Addresses of the choices, those of the longest tasks first; those that are preset after all others. */
function openOrder(model: ChoiceModel, choices: number): { order: Int32Array; open: number; hard: number } {
  const sorted = [...model.choices.keys()].sort((x, y) => {
    const [p, q] = [model.choices[x], model.choices[y]]
    return Number(p.preset >= 0) - Number(q.preset >= 0) || q.lag0 + q.lag1 - p.lag0 - p.lag1 || x - y
  })
  const undecided = model.choices.filter(({ preset }) => preset < 0)
  return {
    order: Int32Array.from(sorted, (k) => choices + CHOICE.bytes * k),
    open: undecided.length,
    hard: undecided.filter(({ hard }) => hard).length,
  }
}

export function layOutExact(arena: Arena, problem: ScheduleProblem): ExactLayout {
  const n = problem.taskCount
  const model = modelChoices(problem)
  const { choices, propagators } = model
  const starts = placeStarts(arena, problem)
  const flags = initialFlags(model)
  const cells = cellOffsets(propagators)
  const at: Regions = {
    tasks: arena.allocate(SEARCH_TASK.bytes * (n + 1)),
    choices: arena.allocate(CHOICE.bytes * choices.length),
    flags: arena.allocate(flags.byteLength),
    cells: arena.allocate(cells.count + 1),
    propagators: arena.allocate(PROPAGATOR.bytes * propagators.length),
  }
  placeTasks(arena, problem, model, at, starts.of)
  const initialCells = placeChoices(arena, model, at, cells)
  placePropagators(arena, problem, model, at, cells)
  const open = openOrder(model, at.choices)
  const mostMembers = greatest(
    propagators.map((p) => Math.max(p.members.length, p.kind === 'reservoir' ? p.leavers.length : 0)),
    0,
  )
  const taskRing = ringSize(n + 1)
  const propagatorRing = ringSize(propagators.length)
  const levelBytes = LEVEL_BYTES + 8 * (n + 1)
  const hints = arena.place(new Int32Array(n + 1))
  const keeps = arena.place(new Uint8Array(n + 1))
  const slacks = arena.allocate(8 * (n + 1))
  const search = new Placed(arena, SEARCH, {
    taskCount: n + 1,
    choiceCount: choices.length,
    propagatorCount: propagators.length,
    tasks: at.tasks,
    choices: at.choices,
    flags: at.flags,
    flagBytes: flags.byteLength,
    initialFlags: arena.place(flags),
    open: arena.allocate(4 * choices.length),
    initialOpen: arena.place(open.order),
    initialOpenCount: open.open,
    initialHardCount: open.hard,
    cells: at.cells,
    cellBytes: initialCells.byteLength,
    initialCells: arena.place(initialCells),
    propagators: at.propagators,
    taskRing: arena.allocate(4 * taskRing),
    taskRingMask: taskRing - 1,
    unaryRing: arena.allocate(4 * propagatorRing),
    otherRing: arena.allocate(4 * propagatorRing),
    propagatorRingMask: propagatorRing - 1,
    decided: arena.allocate(4 * choices.length),
    depthMeans: arena.allocate(8 * (choices.length + 2)),
    snapshot: arena.allocate(SNAPSHOT_BYTES * (mostMembers + 1)),
    thresholds: arena.allocate(THRESHOLD_BYTES * (2 * mostMembers + 2)),
    hits: arena.allocate(4 * mostMembers),
    hints,
    picks: placePicks(arena, model, slacks),
    slacks,
  })
  const levels = arena.allocate(FIRST_LEVELS * levelBytes)
  search.set({ levels, levelsEnd: levels + FIRST_LEVELS * levelBytes })
  const symmetric =
    starts.none && !leadersOf(problem).includes(1) && propagators.every((p) => p.kind !== 'reservoir')
  return { search, hints, keeps, tasks: at.tasks, levelBytes, symmetric }
}
