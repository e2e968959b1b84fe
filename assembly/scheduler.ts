// Schedule generation and its local search, over one problem that stays in memory (layout.mjs).
import { anneal, evaluate } from './anneal'
import { Neighbour, NEVER, none, Pair, Reservoir, Resource, Schedule, Task, Use } from './records'

/** What it costs to leave out the lightest task while annealing, in parts of the scale: more than any makespan worth having. */
const LEAVING_OUT: f64 = 10

function resourceAt(schedule: Schedule, index: i32): Resource {
  return index < 0 ? none<Resource>() : schedule.resources.at(index)
}

/** None for a task without memory. */
function reservoirAt(schedule: Schedule, index: i32, memory: f64): Reservoir {
  return index < 0 || memory <= 0 ? none<Reservoir>() : schedule.reservoirs.at(index)
}

function prepareResources(schedule: Schedule): void {
  const count = <usize>schedule.resourceCount
  for (let r: usize = 0; r < count; r++) {
    const resource = schedule.resources.at(r)
    const first = schedule.neighbourFirst + (r << 2)
    resource.capacity = load<u32>(schedule.inCapacity + (r << 2))
    resource.shortest = NEVER
    resource.largest = 1
    resource.neighbours = load<Neighbour>(first)
    resource.neighboursEnd = load<Neighbour>(first, 4)
  }
}

function prepareTask(schedule: Schedule, index: usize): void {
  const slot = index << 2
  const tasks = schedule.tasks
  const task = tasks.at(index)
  const a = resourceAt(schedule, load<i32>(schedule.inResourceA + slot))
  const b = resourceAt(schedule, load<i32>(schedule.inResourceB + slot))
  assert(!a || a != b)
  const duration = load<u32>(schedule.inDuration + slot)
  task.duration = duration
  task.slot = <u32>slot
  task.pair = load<Pair>(schedule.inPair + slot)
  task.memberA = a
  task.memberB = b
  task.roomA = duration ? a : none<Resource>()
  task.roomB = duration ? b : none<Resource>()
  const held = schedule.inHeld + slot
  task.joins = load<Use>(held)
  task.heldEnd = load<Use>(held, 4)
  task.held = duration ? task.joins : task.heldEnd
  const ordinary = duration > 0 && task.held == task.heldEnd
  task.unary = ordinary && a && b && a.capacity == 1 && b.capacity == 1 ? 1 : 0
  if (duration) {
    if (a) a.shortest = min(a.shortest, duration)
    if (b) b.shortest = min(b.shortest, duration)
    for (let use = task.held; use != task.heldEnd; use = use.at(1)) {
      use.resource.shortest = min(use.resource.shortest, duration)
      use.resource.largest = max(use.resource.largest, use.units)
    }
  }
  task.windows = load<usize>(schedule.inWindows + slot)
  task.klass = load<u32>(schedule.inClass + slot) << 2

  const memory = load<f64>(schedule.inMemory + (index << 3))
  task.memory = memory
  task.memoryFrom = reservoirAt(schedule, load<i32>(schedule.inMemoryFrom + slot), memory)
  task.memoryTo = reservoirAt(schedule, load<i32>(schedule.inMemoryTo + slot), memory)
  if (load<usize>(schedule.inTransfers + slot) != load<usize>(schedule.inTransfers + slot, 4)) {
    task.memoryFrom = schedule.reservoirs.at(schedule.reservoirCount)
    task.memoryTo = task.memoryFrom
  }
  task.weight = load<f64>(schedule.inWeight + (index << 3))

  task.before = load<usize>(schedule.inBefore + slot)
  task.behind = load<usize>(schedule.inBehind + slot)
  if (task.before) schedule.chained = 1
}

/** The units in which annealing measures: ticks of the busiest resource, and what a unit of weight is worth in them. */
function prepareScale(schedule: Schedule): void {
  const tasks = schedule.tasks
  const resources = schedule.resources
  const taskCount = <usize>schedule.taskCount
  const resourceCount = <usize>schedule.resourceCount
  let scale: f64 = 1
  let lightest = f64.MAX_VALUE
  for (let i: usize = 0; i < taskCount; i++) {
    const task = tasks.at(i)
    scale = max(scale, <f64>task.duration)
    lightest = min(lightest, task.weight)
  }
  const members = schedule.members
  for (let r: usize = 0; r < resourceCount; r++) {
    const entry = schedule.memberFirst + (r << 2)
    let work: f64 = 0
    for (let m = load<usize>(entry), last = load<usize>(entry, 4); m < last; m++) {
      work += <f64>tasks.at(load<usize>(members + (m << 2))).duration
    }
    scale = max(scale, work / <f64>resources.at(r).capacity)
  }
  schedule.scale = scale
  schedule.weightCost = (LEAVING_OUT * scale) / lightest
}

/** Builds the tables of tasks and resources from what the caller placed. Once a problem. */
export function prepareSchedule(schedule: Schedule): void {
  prepareResources(schedule)
  schedule.reservoirs.at(schedule.reservoirCount).free = -Infinity
  schedule.chained = 0
  const count = <usize>schedule.taskCount
  for (let i: usize = 0; i < count; i++) prepareTask(schedule, i)
  prepareScale(schedule)
}

/** Schedules the list in `order`; `scheme` one of SCHEME_…. Leaves `start`, `round`, `makespan`, `unscheduledWeight`. */
export function evaluateOrder(schedule: Schedule, scheme: u32): void {
  evaluate(schedule, schedule.order, scheme, NEVER)
}

/** Anneals the list in `order` (anneal.ts); returns the evaluations spent. `target` < 0: never early. */
export function annealOrder(
  schedule: Schedule,
  scheme: u32,
  evaluations: u32,
  spent: f64,
  total: f64,
  seed: u32,
  target: i32,
): u32 {
  return anneal(schedule, scheme, evaluations, spent, total, seed, target < 0 ? 0 : <u32>target)
}
