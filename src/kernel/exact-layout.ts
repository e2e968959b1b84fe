/**
 * Lays an exact search out in kernel memory: assembly/exact-layout.ts names the same records and fields, in the same order. Every
 * region is written once; `levels` comes last, so that it can be extended.
 */
import type { Arena } from './arena.js'
import { ALWAYS, type ChoiceModel, modelChoices, NEVER, type Propagator, type Side } from './exact-choices.js'
import { commonClosed, forbiddenStarts } from './exact-windows.js'
import type { ScheduleProblem } from './types.js'

const STRUCT_BYTES = 192
const TASK_BYTES = 64
const LINK_BYTES = 16
const CHOICE_BYTES = 128
const PICK_BYTES = 16
const PROPAGATOR_BYTES = 64
const SNAPSHOT_BYTES = 32
const THRESHOLD_BYTES = 16
const LEVEL_BYTES = 32
/** Offset in the struct of the last two fields, behind those of the state. */
const PICKS = 184
/** Levels that the first region holds. */
const FIRST_LEVELS = 64

const MIN_I32 = -0x8000_0000
const MAX_I32 = 0x7fff_ffff
const KINDS = { unary: 0, cumulative: 1, reservoir: 2 } as const

export interface ExactLayout {
  struct: number
  /** [n + 1] i32; that of the origin stays 0. */
  hints: number
  /** [n + 1] bytes: 1 where a task keeps its order; the last is the origin's. */
  keeps: number
  tasks: number
  /** One saved level. */
  levelBytes: number
  /** Where the levels end at first. */
  levelsEnd: number
  /** Nothing tells the two directions of time apart. */
  symmetric: boolean
}

/** Records under construction: i32 and f64 fields by byte offset. */
class Records {
  readonly bytes: ArrayBuffer
  readonly #view: DataView

  constructor(byteLength: number) {
    this.bytes = new ArrayBuffer(byteLength)
    this.#view = new DataView(this.bytes)
  }

  i32(at: number, ...values: number[]): void {
    for (const [k, value] of values.entries()) this.#view.setInt32(at + 4 * k, value, true)
  }

  f64(at: number, value: number): void {
    this.#view.setFloat64(at, value, true)
  }
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
    words.push(MIN_I32, MIN_I32, ...starts.flat(), MAX_I32, MAX_I32)
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
  const links: number[][] = Array.from({ length: n + 1 }, () => [])
  const link = (task: number, flag: number, other: number, out: number, back: number): void => {
    links[task].push(flag, at.tasks + TASK_BYTES * other, out, back)
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
    const address = at.propagators + PROPAGATOR_BYTES * p
    const touched = [...propagator.members, ...(propagator.kind === 'reservoir' ? propagator.leavers : [])]
    for (const task of new Set(touched)) watchers[task].push(address)
  })
  const records = new Records(TASK_BYTES * (n + 1))
  let linkAt = arena.place(Int32Array.from(links.flat()))
  for (let i = 0; i <= n; i++) {
    const end = linkAt + (links[i].length / 4) * LINK_BYTES
    const base = TASK_BYTES * i
    records.i32(base + 8, i < n ? problem.duration[i] : 0, 0, linkAt, end, starts[i], ...watchers[i])
    records.f64(base + 56, i < n ? problem.memory[i] : 0)
    linkAt = end
  }
  arena.write(at.tasks, new Int32Array(records.bytes))
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
  const records = new Records(CHOICE_BYTES * model.choices.length)
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
    const base = CHOICE_BYTES * k
    records.i32(base, at.tasks + TASK_BYTES * a, at.tasks + TASK_BYTES * b, lag0, lag1)
    records.i32(base + 16, ...(sides[0] ?? [none, none]), ...(sides[1] ?? [none, none]))
    records.i32(base + 36, Number(hard), ...readers.map((p) => at.propagators + PROPAGATOR_BYTES * p))
    records.i32(base + 56, at.flags + 8 * k)
    records.i32(base + 88, Number(mirrors))
  })
  arena.write(at.choices, new Int32Array(records.bytes))
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
    arena.place(Int32Array.from(tasks, (i) => at.tasks + TASK_BYTES * i))
  const records = new Records(PROPAGATOR_BYTES * model.propagators.length)
  const flag = (side: Side): number => flagOf(at.flags, model.choices.length, side)
  model.propagators.forEach((propagator, p) => {
    const { kind, members } = propagator
    const base = PROPAGATOR_BYTES * p
    const m = members.length
    records.i32(base, KINDS[kind], 0, m, addresses(members))
    if (propagator.kind === 'reservoir') {
      records.i32(base + 20, arena.place(Int32Array.from(propagator.counted, flag)))
      records.i32(base + 40, propagator.leavers.length, addresses(propagator.leavers))
      records.f64(base + 48, propagator.free)
      return
    }
    if (kind === 'unary') {
      const pairs = members.flatMap((i) => members.map((k) => (i === k ? 0 : flag(model.sideBefore(i, k)))))
      records.i32(base + 16, at.cells + cells.of[p], arena.place(Int32Array.from(pairs)))
    }
    let before = 0
    const closed = commonClosed(problem, members).flatMap(([start, end]) => {
      const entry = [start, end, before]
      before += end - start
      return entry
    })
    const closedAt = arena.place(Int32Array.from(closed))
    const orders = Int32Array.from({ length: 2 * m }, (_, k) => k % m)
    records.i32(base + 24, arena.place(orders), closedAt, closedAt + 4 * closed.length, propagator.capacity)
  })
  arena.write(at.propagators, new Int32Array(records.bytes))
}

/** What guided search compares: the slacks of the tasks; ratings are written when the search begins. */
function placePicks(arena: Arena, model: ChoiceModel, slacks: number): number {
  const records = new Records(PICK_BYTES * model.choices.length)
  model.choices.forEach(({ a, b }, k) => {
    records.i32(PICK_BYTES * k, slacks + 8 * a, slacks + 8 * b)
  })
  const picks = arena.allocate(PICK_BYTES * model.choices.length)
  arena.write(picks, new Int32Array(records.bytes))
  return picks
}

/** Addresses of the choices, those of the longest tasks first; those that are preset after all others. */
function openOrder(model: ChoiceModel, choices: number): { order: Int32Array; open: number; hard: number } {
  const sorted = [...model.choices.keys()].sort((x, y) => {
    const [p, q] = [model.choices[x], model.choices[y]]
    return Number(p.preset >= 0) - Number(q.preset >= 0) || q.lag0 + q.lag1 - p.lag0 - p.lag1 || x - y
  })
  const undecided = model.choices.filter(({ preset }) => preset < 0)
  return {
    order: Int32Array.from(sorted, (k) => choices + CHOICE_BYTES * k),
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
    tasks: arena.allocate(TASK_BYTES * (n + 1)),
    choices: arena.allocate(CHOICE_BYTES * choices.length),
    flags: arena.allocate(flags.byteLength),
    cells: arena.allocate(cells.count + 1),
    propagators: arena.allocate(PROPAGATOR_BYTES * propagators.length),
  }
  placeTasks(arena, problem, model, at, starts.of)
  const initialCells = placeChoices(arena, model, at, cells)
  placePropagators(arena, problem, model, at, cells)
  const open = openOrder(model, at.choices)
  const mostMembers = Math.max(
    0,
    ...propagators.map((p) => Math.max(p.members.length, p.kind === 'reservoir' ? p.leavers.length : 0)),
  )
  const taskRing = ringSize(n + 1)
  const propagatorRing = ringSize(propagators.length)
  const levelBytes = LEVEL_BYTES + 8 * (n + 1)
  const struct = arena.allocate(STRUCT_BYTES)
  const hints = arena.place(new Int32Array(n + 1))
  const keeps = arena.place(new Uint8Array(n + 1))
  const fields = [
    n + 1,
    choices.length,
    propagators.length,
    at.tasks,
    at.choices,
    at.flags,
    flags.byteLength,
    arena.place(flags),
    arena.allocate(4 * choices.length),
    arena.place(open.order),
    open.open,
    open.hard,
    at.cells,
    initialCells.byteLength,
    arena.place(initialCells),
    at.propagators,
    arena.allocate(4 * taskRing),
    taskRing - 1,
    arena.allocate(4 * propagatorRing),
    arena.allocate(4 * propagatorRing),
    propagatorRing - 1,
    arena.allocate(4 * choices.length),
    arena.allocate(8 * (choices.length + 2)),
    arena.allocate(SNAPSHOT_BYTES * (mostMembers + 1)),
    arena.allocate(THRESHOLD_BYTES * (2 * mostMembers + 2)),
    arena.allocate(4 * mostMembers),
  ]
  const slacks = arena.allocate(8 * (n + 1))
  const picks = placePicks(arena, model, slacks)
  const levels = arena.allocate(FIRST_LEVELS * levelBytes)
  const levelsEnd = levels + FIRST_LEVELS * levelBytes
  arena.zero(struct, STRUCT_BYTES)
  arena.write(struct, Int32Array.from([...fields, levels, levelsEnd, hints]))
  arena.write(struct + PICKS, Int32Array.of(picks, slacks))
  const symmetric =
    starts.none && problem.predecessor.every((p) => p < 0) && propagators.every((p) => p.kind !== 'reservoir')
  return { struct, hints, keeps, tasks: at.tasks, levelBytes, levelsEnd, symmetric }
}
