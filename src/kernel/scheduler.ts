/** A `ScheduleProblem` in a kernel instance of its own: checks it, lays it out once, and copies lists in and schedules out. */
import { KernelError } from '../errors.js'
import { Arena, type ArenaExports } from './arena.js'
import {
  GAP_BYTES,
  NEIGHBOUR,
  NEVER,
  PAIR_BYTES,
  RESERVOIR_BYTES,
  RESOURCE,
  SCHEDULE,
  SCHEME_EVENT,
  SCHEME_ROUNDS,
  SCHEME_SERIAL,
  STEP_BYTES,
  TASK_BYTES,
} from './records.js'
import { checkOrder, checkScheduleProblem } from './schedule-check.js'
import { durationClasses, layOutWindows, placeChains, placeTransfers, placeUses } from './schedule-tables.js'
import { Placed, Table } from './table.js'
import type {
  AnnealOptions,
  AnnealResult,
  GenerationScheme,
  ScheduleProblem,
  ScheduleResult,
  Scheduler,
} from './types.js'
import { heldBy, usesOf } from './uses.js'

export interface SchedulerExports {
  /** Builds the kernel's tables for the struct at this address. Once a problem. */
  prepareSchedule(schedule: number): void
  /** Schedules the list in the struct's `order`; `scheme` as in `SCHEMES`. */
  evaluateOrder(schedule: number, scheme: number): void
  /** Anneals the list in the struct's `order`; returns the evaluations spent. `seed` u32, `target` i32, negative: never early. */
  annealOrder(
    schedule: number,
    scheme: number,
    evaluations: number,
    spent: number,
    total: number,
    seed: number,
    target: number,
  ): number
}

const SCHEMES: Record<GenerationScheme, number> = {
  serial: SCHEME_SERIAL,
  event: SCHEME_EVENT,
  rounds: SCHEME_ROUNDS,
}

const CACHE_LINE = 64

function windowEnds(problem: ScheduleProblem): Uint32Array {
  const ends = new Set<number>()
  for (let i = 1; i < problem.forbidden.length; i += 2)
    if (problem.forbidden[i] > 0) ends.add(problem.forbidden[i])
  return Uint32Array.from([...ends, NEVER]).sort()
}

/** The tasks of each resource, by resource, as offsets and one flat list. */
function membersOf(problem: ScheduleProblem): { first: Int32Array; members: Int32Array } {
  const { taskCount, resourceCount } = problem
  const first = new Int32Array(resourceCount + 1)
  for (let i = 0; i < taskCount; i++) for (const [r] of usesOf(problem, i)) first[r + 1]++
  for (let r = 0; r < resourceCount; r++) first[r + 1] += first[r]
  const next = first.slice()
  const members = new Int32Array(first[resourceCount])
  for (let i = 0; i < taskCount; i++) for (const [r] of usesOf(problem, i)) members[next[r]++] = i
  return { first, members }
}

/** Addresses of the pairs of resources that tasks need room in. */
interface Pairs {
  /** [tasks] 0 where a task needs no room. */
  ofTask: Uint32Array
  /** Of the first pair, and behind the last. */
  first: number
  end: number
  /** [resources + 1] */
  neighbourFirst: Uint32Array
}

/**
 * Tasks that share both their resources, and all else that they hold, wait together, as a pair; and each resource has a list of its neighbours,
 * (other resource or 0, pair).
 *
 * @param resources address of the table of resources
 */
function layOutPairs(arena: Arena, problem: ScheduleProblem, resources: number): Pairs {
  const { taskCount, resourceCount, resourceA, resourceB, duration } = problem
  const NONE = resourceCount
  const index = new Map<string, number>()
  const ends: { a: number; b: number; others: Int32Array }[] = []
  const own = new Int32Array(taskCount).fill(-1)
  for (let i = 0; i < taskCount; i++) {
    const [one, other] = [resourceA[i], resourceB[i]]
    const { of, amount } = heldBy(problem.held, i)
    if (duration[i] === 0 || (Math.max(one, other) < 0 && of.length === 0)) continue
    // NONE is above every resource, and so the second.
    const [a, b] = [one < 0 ? NONE : one, other < 0 ? NONE : other].sort((x, y) => x - y)
    const key = of.length === 0 ? `${a} ${b}` : `${a} ${b} ${of} ${amount}`
    let pair = index.get(key)
    if (pair === undefined) {
      pair = ends.length
      index.set(key, pair)
      ends.push({ a, b, others: of })
    }
    own[i] = pair
  }
  const first = arena.allocate(PAIR_BYTES * ends.length)
  const address = (pair: number) => first + PAIR_BYTES * pair
  const neighbours: { other: number; pair: number }[][] = Array.from({ length: resourceCount }, () => [])
  const addressOf = (r: number) => (r === NONE ? 0 : resources + RESOURCE.bytes * r)
  ends.forEach(({ a, b, others }, pair) => {
    if (a !== NONE) neighbours[a].push({ other: addressOf(b), pair: address(pair) })
    if (b !== NONE) neighbours[b].push({ other: addressOf(a), pair: address(pair) })
    for (const r of others) neighbours[r].push({ other: addressOf(a), pair: address(pair) })
  })
  const all = neighbours.flat()
  const table = new Table(NEIGHBOUR, all.length)
  for (const [k, neighbour] of all.entries()) table.set(k, neighbour)
  const flat = arena.place(table.bytes)
  const neighbourFirst = new Uint32Array(resourceCount + 1).fill(flat)
  for (let r = 0; r < resourceCount; r++)
    neighbourFirst[r + 1] = neighbourFirst[r] + NEIGHBOUR.bytes * neighbours[r].length
  const ofTask = Uint32Array.from(own, (pair) => (pair < 0 ? 0 : address(pair)))
  return { ofTask, first, end: first + PAIR_BYTES * ends.length, neighbourFirst }
}

interface Layout {
  schedule: Placed<typeof SCHEDULE>
  order: number
  start: number
  round: number
  bestOrder: number
  bestStart: number
  bestRound: number
}

function layOut(arena: Arena, problem: ScheduleProblem): Layout {
  const { taskCount: n, resourceCount, memoryNodeCount } = problem
  const aligned = (bytes: number): number =>
    Math.ceil(arena.allocate(bytes + CACHE_LINE) / CACHE_LINE) * CACHE_LINE
  const windows = layOutWindows(problem)
  const windowsAt = arena.place(windows.words)
  const classes = durationClasses(problem.duration)
  const members = membersOf(problem)
  const useCount = 2 * n + (problem.held?.of.length ?? 0)
  const setWords = 2 * Math.ceil(n / 128)
  const resources = aligned(RESOURCE.bytes * resourceCount)
  const reservoirs = arena.allocate(RESERVOIR_BYTES * (memoryNodeCount + 1))
  const pairs = layOutPairs(arena, problem, resources)
  const tasks = aligned(TASK_BYTES * n)
  const chains = placeChains(arena, problem, tasks)
  const list = () => arena.allocate(4 * n)
  const lists = {
    order: list(),
    start: list(),
    round: list(),
    bestOrder: list(),
    bestStart: list(),
    bestRound: list(),
  }
  const schedule = new Placed(arena, SCHEDULE, {
    ...lists,
    taskCount: n,
    resourceCount,
    useCount,
    reservoirCount: memoryNodeCount,
    horizon: problem.horizon,
    setWords,
    inCapacity: arena.place(problem.capacity),
    inResourceA: arena.place(problem.resourceA),
    inResourceB: arena.place(problem.resourceB),
    inDuration: arena.place(problem.duration),
    inBefore: arena.place(chains.before),
    inBehind: arena.place(chains.behind),
    inWindows: arena.place(problem.forbiddenClass.map((c) => windowsAt + windows.first[c])),
    windowEnds: arena.place(windowEnds(problem)),
    freeMemory: arena.place(problem.freeMemory),
    inMemoryFrom: arena.place(problem.memoryFrom),
    inMemoryTo: arena.place(problem.memoryTo),
    inMemory: arena.place(problem.memory),
    inTransfers: arena.place(placeTransfers(arena, problem, reservoirs)),
    inWeight: arena.place(problem.weight),
    classShortest: arena.place(classes.shortest),
    inClass: arena.place(classes.of),
    memberFirst: arena.place(members.first),
    members: arena.place(members.members),
    inPair: arena.place(pairs.ofTask),
    inHeld: arena.place(placeUses(arena, problem.held, n, resources)),
    pairs: pairs.first,
    pairsEnd: pairs.end,
    neighbourFirst: arena.place(pairs.neighbourFirst),
    tasks,
    resources,
    reservoirs,
    gaps: aligned(GAP_BYTES * (resourceCount + useCount + 1)),
    steps: arena.allocate(STEP_BYTES * (resourceCount + 2 * useCount)),
    sets: arena.allocate(8 * (setWords + (setWords >> 6) + 1) + 4 * n),
    queue: arena.allocate(8 * (2 * n + 1)),
    waiting: list(),
    joined: list(),
    place: list(),
    finishes: arena.allocate(4 * resourceCount),
    leftOut: list(),
  })
  return { schedule, ...lists }
}

/**
 * Lays the problem out in a fresh kernel instance, which belongs to the scheduler from then on.
 * @throws KernelError where the problem breaks its contract, and from `evaluate` and `anneal` where the list is no permutation,
 * an option is out of its range, or the scheduler has been disposed of.
 */
export function createScheduler(wasm: SchedulerExports & ArenaExports, problem: ScheduleProblem): Scheduler {
  checkScheduleProblem(problem)
  const n = problem.taskCount
  let live: { wasm: SchedulerExports & ArenaExports; arena: Arena } | undefined = {
    wasm,
    arena: new Arena(wasm.memory, wasm.heapBase()),
  }
  const layout = layOut(live.arena, problem)
  wasm.prepareSchedule(layout.schedule.address)

  function begin(order: Int32Array): { wasm: SchedulerExports & ArenaExports; arena: Arena } {
    if (live === undefined) throw new KernelError('the scheduler has been disposed of')
    checkOrder(order, n)
    live.arena.write(layout.order, order)
    return live
  }

  function result(arena: Arena, scheme: GenerationScheme, start: number, round: number): ScheduleResult {
    return {
      start: arena.int32(start, n),
      round: scheme === 'rounds' ? arena.int32(round, n) : new Int32Array(n),
      makespan: layout.schedule.get('makespan'),
      unscheduledWeight: layout.schedule.get('unscheduledWeight'),
    }
  }

  return {
    evaluate(order: Int32Array, scheme: GenerationScheme): ScheduleResult {
      const { wasm, arena } = begin(order)
      wasm.evaluateOrder(layout.schedule.address, SCHEMES[scheme])
      return result(arena, scheme, layout.start, layout.round)
    },

    anneal(options: AnnealOptions): AnnealResult {
      const { scheme, evaluations, spent, total, seed, target } = options
      if (!(evaluations >= 1 && spent >= 0 && total > 0)) {
        throw new KernelError(
          `annealing needs evaluations ≥ 1, spent ≥ 0 and total > 0: ${evaluations}, ${spent}, ${total}`,
        )
      }
      const { wasm, arena } = begin(options.order)
      const limit = Math.min(evaluations, NEVER)
      const ticks = Math.max(-1, Math.min(target, 0x7fff_ffff))
      const used = wasm.annealOrder(
        layout.schedule.address,
        SCHEMES[scheme],
        limit,
        spent,
        total,
        seed,
        ticks,
      )
      return {
        ...result(arena, scheme, layout.bestStart, layout.bestRound),
        order: arena.int32(layout.bestOrder, n),
        current: arena.int32(layout.order, n),
        evaluations: used >>> 0,
      }
    },

    dispose(): void {
      live = undefined
    },
  }
}
