// Schedule generation and its local search, over one problem that stays in memory (schedule-layout.ts).
import { anneal, evaluate } from './anneal'
import {
  CAPACITY,
  CHAINED,
  CLASS,
  DURATION,
  FIRST_SUCCESSOR,
  IN_CAPACITY,
  IN_CLASS,
  IN_DURATION,
  IN_MEMORY,
  IN_MEMORY_FROM,
  IN_MEMORY_TO,
  IN_PAIR,
  IN_PREDECESSOR,
  IN_RESOURCE_A,
  IN_RESOURCE_B,
  IN_WEIGHT,
  IN_WINDOWS,
  MEMBERS,
  MEMBER_A,
  MEMBER_B,
  MEMBER_FIRST,
  MEMORY,
  MEMORY_FROM,
  MEMORY_TO,
  NEIGHBOURS,
  NEIGHBOURS_END,
  NEIGHBOUR_FIRST,
  NEVER,
  NEXT_SUCCESSOR,
  ORDER,
  PAIR,
  PREDECESSOR,
  RESERVOIRS,
  RESERVOIR_BYTES,
  RESOURCES,
  RESOURCE_BYTES,
  RESOURCE_COUNT,
  ROOM_A,
  ROOM_B,
  SCALE,
  SHORTEST,
  SLOT,
  TASKS,
  TASK_COUNT,
  TASK_SHIFT,
  UNARY,
  WEIGHT,
  WEIGHT_COST,
  WINDOWS,
} from './schedule-layout'

/** What it costs to leave out the lightest task while annealing, in parts of the scale: more than any makespan worth having. */
const LEAVING_OUT: f64 = 10

/** Address of record `index` of a table, 0 for a negative index. */
function record(table: usize, index: i32, bytes: usize): usize {
  return index < 0 ? 0 : table + <usize>index * bytes
}

function field(schedule: usize, offset: usize, slot: usize): i32 {
  return load<i32>(load<usize>(schedule + offset) + slot)
}

function prepareResources(schedule: usize): void {
  const table = load<usize>(schedule, RESOURCES)
  const count = <usize>load<u32>(schedule, RESOURCE_COUNT)
  for (let r: usize = 0; r < count; r++) {
    store<i32>(table + r * RESOURCE_BYTES, field(schedule, IN_CAPACITY, r << 2), CAPACITY)
    store<u32>(table + r * RESOURCE_BYTES, NEVER, SHORTEST)
    store<i32>(table + r * RESOURCE_BYTES, field(schedule, NEIGHBOUR_FIRST, r << 2), NEIGHBOURS)
    store<i32>(table + r * RESOURCE_BYTES, field(schedule, NEIGHBOUR_FIRST, (r + 1) << 2), NEIGHBOURS_END)
  }
}

function prepareTask(schedule: usize, index: usize): void {
  const slot = index << 2
  const tasks = load<usize>(schedule, TASKS)
  const task = tasks + (index << TASK_SHIFT)
  const resources = load<usize>(schedule, RESOURCES)
  const a = record(resources, field(schedule, IN_RESOURCE_A, slot), RESOURCE_BYTES)
  const b = record(resources, field(schedule, IN_RESOURCE_B, slot), RESOURCE_BYTES)
  assert(!a || a != b)
  const duration = <u32>field(schedule, IN_DURATION, slot)
  store<u32>(task, duration, DURATION)
  store<usize>(task, slot, SLOT)
  store<i32>(task, field(schedule, IN_PAIR, slot), PAIR)
  store<usize>(task, a, MEMBER_A)
  store<usize>(task, b, MEMBER_B)
  store<usize>(task, duration ? a : 0, ROOM_A)
  store<usize>(task, duration ? b : 0, ROOM_B)
  const paired = duration != 0 && a != 0 && b != 0
  store<u32>(task, paired && load<u32>(a, CAPACITY) == 1 && load<u32>(b, CAPACITY) == 1 ? 1 : 0, UNARY)
  if (duration) {
    if (a) store<u32>(a, min(load<u32>(a, SHORTEST), duration), SHORTEST)
    if (b) store<u32>(b, min(load<u32>(b, SHORTEST), duration), SHORTEST)
  }
  store<u32>(task, field(schedule, IN_WINDOWS, slot), WINDOWS)
  store<usize>(task, <usize>field(schedule, IN_CLASS, slot) << 2, CLASS)

  const reservoirs = load<usize>(schedule, RESERVOIRS)
  const memory = load<f64>(load<usize>(schedule, IN_MEMORY) + (index << 3))
  const from = record(reservoirs, field(schedule, IN_MEMORY_FROM, slot), RESERVOIR_BYTES)
  const to = record(reservoirs, field(schedule, IN_MEMORY_TO, slot), RESERVOIR_BYTES)
  store<f64>(task, memory, MEMORY)
  store<usize>(task, memory > 0 ? from : 0, MEMORY_FROM)
  store<usize>(task, memory > 0 ? to : 0, MEMORY_TO)
  store<f64>(task, load<f64>(load<usize>(schedule, IN_WEIGHT) + (index << 3)), WEIGHT)

  store<usize>(task, record(tasks, field(schedule, IN_PREDECESSOR, slot), 1 << TASK_SHIFT), PREDECESSOR)
  store<usize>(task, 0, FIRST_SUCCESSOR)
}

function linkSuccessors(schedule: usize): void {
  const tasks = load<usize>(schedule, TASKS)
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  let chained: u32 = 0
  for (let i: usize = 0; i < count; i++) {
    const task = tasks + (i << TASK_SHIFT)
    const predecessor = load<usize>(task, PREDECESSOR)
    if (!predecessor) continue
    store<usize>(task, load<usize>(predecessor, FIRST_SUCCESSOR), NEXT_SUCCESSOR)
    store<usize>(predecessor, task, FIRST_SUCCESSOR)
    chained = 1
  }
  store<u32>(schedule, chained, CHAINED)
}

/** The units in which annealing measures: ticks of the busiest resource, and what a unit of weight is worth in them. */
function prepareScale(schedule: usize): void {
  const tasks = load<usize>(schedule, TASKS)
  const resources = load<usize>(schedule, RESOURCES)
  const taskCount = <usize>load<u32>(schedule, TASK_COUNT)
  const resourceCount = <usize>load<u32>(schedule, RESOURCE_COUNT)
  let scale: f64 = 1
  let lightest = f64.MAX_VALUE
  for (let i: usize = 0; i < taskCount; i++) {
    const task = tasks + (i << TASK_SHIFT)
    scale = max(scale, <f64>load<u32>(task, DURATION))
    lightest = min(lightest, load<f64>(task, WEIGHT))
  }
  const members = load<usize>(schedule, MEMBERS)
  for (let r: usize = 0; r < resourceCount; r++) {
    const entry = load<usize>(schedule, MEMBER_FIRST) + (r << 2)
    let work: f64 = 0
    for (let m = load<usize>(entry), last = load<usize>(entry, 4); m < last; m++) {
      const task = tasks + (load<usize>(members + (m << 2)) << TASK_SHIFT)
      work += <f64>load<u32>(task, DURATION)
    }
    scale = max(scale, work / <f64>load<u32>(resources + r * RESOURCE_BYTES, CAPACITY))
  }
  store<f64>(schedule, scale, SCALE)
  store<f64>(schedule, (LEAVING_OUT * scale) / lightest, WEIGHT_COST)
}

/** Builds the tables of tasks and resources from what the caller placed. Once a problem. */
export function prepareSchedule(schedule: usize): void {
  prepareResources(schedule)
  const count = <usize>load<u32>(schedule, TASK_COUNT)
  for (let i: usize = 0; i < count; i++) prepareTask(schedule, i)
  linkSuccessors(schedule)
  prepareScale(schedule)
}

/** Schedules the list in ORDER; `scheme` 0 serial, 1 event-driven, 2 rounds. Leaves START, ROUND, MAKESPAN, UNSCHEDULED_WEIGHT. */
export function evaluateOrder(schedule: usize, scheme: i32): void {
  evaluate(schedule, load<usize>(schedule, ORDER), scheme, NEVER)
}

/** Anneals the list in ORDER (anneal.ts); returns the evaluations spent. `target` < 0: never early. */
export function annealOrder(
  schedule: usize,
  scheme: i32,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: i32,
): u32 {
  return anneal(schedule, scheme, evaluations, spent, total, seed, target < 0 ? 0 : <u32>target)
}
