/** A `MultiModeProblem` in a kernel instance of its own: checks it, lays it out once, and copies lists in and schedules out. */
import { KernelError } from '../errors.js'
import { Arena, type ArenaExports } from './arena.js'
import { checkModeList, checkMultiModeProblem } from './multi-mode-check.js'
import { GAP_BYTES, MODE, MODE_SCHEDULE, MODE_TASK, NEVER, RESOURCE, STEP_BYTES } from './records.js'
import { durationClasses, layOutWindows, placeUses } from './schedule-tables.js'
import { Placed, Table } from './table.js'
import type {
  ModeList,
  ModeSpaces,
  MultiModeAnnealOptions,
  MultiModeAnnealResult,
  MultiModeProblem,
  MultiModeResult,
  MultiModeScheduler,
} from './types.js'
import { usesOf } from './uses.js'

export interface MultiModeExports {
  /** Schedules the list and the fixed modes of the struct at this address. */
  evaluateModes(schedule: number): void
  /** Anneals them; returns the evaluations spent. `seed` and `target` u32. */
  annealModes(
    schedule: number,
    evaluations: number,
    spent: number,
    total: number,
    seed: number,
    target: number,
    enough: number,
  ): number
}

const CACHE_LINE = 64

/** What it costs to leave out the lightest task while annealing, in parts of the scale: more than any makespan worth having. */
const LEAVING_OUT = 10

/** By task: the least value of its modes, 0 where it has none. */
function leastOf(problem: MultiModeProblem, values: ArrayLike<number>): Float64Array {
  const { taskCount, modeOffset } = problem
  return Float64Array.from({ length: taskCount }, (_, i) => {
    if (modeOffset[i] === modeOffset[i + 1]) return 0
    let least = Number.POSITIVE_INFINITY
    for (let m = modeOffset[i]; m < modeOffset[i + 1]; m++) least = Math.min(least, values[m])
    return least
  })
}

/** The units in which annealing measures: ticks of work per home, and what a unit of weight is worth in them. */
function annealingScale(problem: MultiModeProblem): { scale: number; weightCost: number } {
  const shortest = leastOf(problem, problem.duration)
  const work = new Float64Array(problem.nodeCount)
  let scale = 1
  shortest.forEach((ticks, i) => {
    work[problem.home[i]] += ticks
    scale = Math.max(scale, work[problem.home[i]])
  })
  let dearest = 0
  for (const penalty of problem.penalty) dearest = Math.max(dearest, penalty)
  let lightest = Number.POSITIVE_INFINITY
  for (const weight of problem.weight) lightest = Math.min(lightest, weight)
  return { scale, weightCost: problem.taskCount === 0 ? 0 : (LEAVING_OUT * scale + dearest) / lightest }
}

/** Records of the resources; the kernel fills what changes. */
function resourceTable(problem: MultiModeProblem): Table<typeof RESOURCE> {
  const { resourceCount, capacity, duration } = problem
  const shortest = new Array(resourceCount).fill(NEVER)
  duration.forEach((ticks, m) => {
    if (ticks === 0) return
    for (const [r] of usesOf(problem, m)) shortest[r] = Math.min(shortest[r], ticks)
  })
  const table = new Table(RESOURCE, resourceCount)
  for (let r = 0; r < resourceCount; r++) table.set(r, { capacity: capacity[r], shortest: shortest[r] })
  return table
}

function modeTable(
  problem: MultiModeProblem,
  resources: number,
  windows: (c: number) => number,
  classes: Int32Array,
  uses: Uint32Array,
): Table<typeof MODE> {
  const { duration, capacity } = problem
  // A mode of no duration needs no room.
  const room = (m: number, r: number) => (r < 0 || duration[m] === 0 ? 0 : resources + r * RESOURCE.bytes)
  const table = new Table(MODE, duration.length)
  for (let m = 0; m < duration.length; m++) {
    const [a, b] = [problem.resourceA[m], problem.resourceB[m]]
    const ordinary = duration[m] > 0 && uses[m] === uses[m + 1]
    table.set(m, {
      duration: duration[m],
      roomA: room(m, a),
      roomB: room(m, b),
      held: duration[m] > 0 ? uses[m] : uses[m + 1],
      heldEnd: uses[m + 1],
      windows: windows(problem.forbiddenClass[m]),
      klass: 4 * classes[m],
      unary: Number(ordinary && a >= 0 && b >= 0 && capacity[a] === 1 && capacity[b] === 1),
      node: problem.node[m],
      penalty: problem.penalty[m],
    })
  }
  return table
}

function taskTable(
  problem: MultiModeProblem,
  modes: number,
  leastPenalty: Float64Array,
  sizes: number,
): Table<typeof MODE_TASK> {
  const { taskCount, modeOffset, groupOffset, spaces } = problem
  const table = new Table(MODE_TASK, taskCount)
  for (let i = 0; i < taskCount; i++) {
    table.set(i, {
      memory: problem.memory[i],
      weight: problem.weight[i],
      leastPenalty: leastPenalty[i],
      modes: modes + modeOffset[i] * MODE.bytes,
      modesEnd: modes + modeOffset[i + 1] * MODE.bytes,
      home: problem.home[i],
      sizes: sizes + 8 * i * (spaces?.count ?? 0),
      groups: groupOffset[i],
      groupsEnd: groupOffset[i + 1],
    })
  }
  return table
}

interface Layout {
  schedule: Placed<typeof MODE_SCHEDULE>
  order: number
  fixed: number
  start: number
  chosen: number
  bestOrder: number
  bestStart: number
  bestChosen: number
}

const NO_SPACES: ModeSpaces = {
  count: 0,
  free: new Float64Array(0),
  sizes: new Float64Array(0),
  freed: new Float64Array(0),
}

function layOut(arena: Arena, problem: MultiModeProblem): Layout {
  const { taskCount: n, resourceCount, nodeCount, groupCount } = problem
  const aligned = (bytes: number): number =>
    Math.ceil(arena.allocate(bytes + CACHE_LINE) / CACHE_LINE) * CACHE_LINE
  const put = ({ bytes }: { bytes: Uint8Array }): number => {
    const address = aligned(bytes.length)
    arena.write(address, bytes)
    return address
  }
  const spaces = problem.spaces ?? NO_SPACES
  const windows = layOutWindows(problem)
  const windowsAt = arena.place(windows.words)
  const classes = durationClasses(problem.duration)
  const resources = put(resourceTable(problem))
  const uses = placeUses(arena, problem.held, problem.duration.length, resources)
  const modes = put(modeTable(problem, resources, (c) => windowsAt + windows.first[c], classes.of, uses))
  const useCount = 2 * n + (problem.held?.of.length ?? 0)
  const leastPenalty = leastOf(problem, problem.penalty)
  const list = () => arena.allocate(4 * n)
  const lists = {
    order: list(),
    fixed: list(),
    start: list(),
    chosen: list(),
    bestOrder: list(),
    bestStart: list(),
    bestChosen: list(),
  }
  const schedule = new Placed(arena, MODE_SCHEDULE, {
    ...lists,
    ...annealingScale(problem),
    taskCount: n,
    resourceCount,
    useCount,
    horizon: problem.horizon,
    classShortest: arena.place(classes.shortest),
    resources,
    gaps: aligned(GAP_BYTES * (resourceCount + useCount + 1)),
    steps: arena.allocate(STEP_BYTES * (resourceCount + 2 * useCount)),
    place: list(),
    leftOut: list(),
    modeTasks: put(taskTable(problem, modes, leastPenalty, arena.place(spaces.sizes))),
    standing: list(),
    nodeFree: arena.place(problem.freeMemory),
    freeNow: arena.allocate(8 * nodeCount),
    spaceFree: arena.place(spaces.free),
    spaceNow: arena.allocate(8 * spaces.free.length),
    spaceFreed: arena.place(spaces.freed),
    groupMembers: arena.place(problem.groupMembers),
    groupNow: arena.allocate(4 * nodeCount * groupCount),
    taskGroups: arena.place(problem.groups),
    critical: list(),
    lateness: list(),
    nodeCount,
    spaceCount: spaces.count,
    groupCount,
    leastPenalty: leastPenalty.reduce((sum, p) => sum + p, 0),
  })
  return { schedule, ...lists }
}

/**
 * Lays the problem out in a fresh kernel instance, which belongs to the scheduler from then on.
 * @throws KernelError where the problem breaks its contract, and from `evaluate` and `anneal` where the list is no permutation, fixes
 * a mode that its task does not have, an option is out of its range, or the scheduler has been disposed of.
 */
export function createMultiModeScheduler(
  wasm: MultiModeExports & ArenaExports,
  problem: MultiModeProblem,
): MultiModeScheduler {
  checkMultiModeProblem(problem)
  const n = problem.taskCount
  let live: { wasm: MultiModeExports & ArenaExports; arena: Arena } | undefined = {
    wasm,
    arena: new Arena(wasm.memory, wasm.heapBase()),
  }
  const layout = layOut(live.arena, problem)

  function begin(list: ModeList): { wasm: MultiModeExports & ArenaExports; arena: Arena } {
    if (live === undefined) throw new KernelError('the scheduler has been disposed of')
    checkModeList(list, problem)
    live.arena.write(layout.order, list.order)
    live.arena.write(layout.fixed, list.fixed)
    return live
  }

  function result(arena: Arena, start: number, mode: number): MultiModeResult {
    return {
      start: arena.int32(start, n),
      mode: arena.int32(mode, n),
      makespan: layout.schedule.get('makespan'),
      penalty: layout.schedule.get('penalty'),
      unscheduledWeight: layout.schedule.get('unscheduledWeight'),
    }
  }

  return {
    evaluate(list: ModeList): MultiModeResult {
      const { wasm, arena } = begin(list)
      wasm.evaluateModes(layout.schedule.address)
      return result(arena, layout.start, layout.chosen)
    },

    anneal(options: MultiModeAnnealOptions): MultiModeAnnealResult {
      const { evaluations, spent, total, seed, target, enough } = options
      if (!(evaluations >= 1 && spent >= 0 && total > 0)) {
        throw new KernelError(
          `annealing needs evaluations ≥ 1, spent ≥ 0 and total > 0: ${evaluations}, ${spent}, ${total}`,
        )
      }
      const { wasm, arena } = begin(options)
      const ticks = Math.max(0, Math.min(target, 0x7fff_ffff))
      const used = wasm.annealModes(
        layout.schedule.address,
        Math.min(evaluations, NEVER),
        spent,
        total,
        seed,
        ticks,
        enough,
      )
      return {
        ...result(arena, layout.bestStart, layout.bestChosen),
        order: arena.int32(layout.bestOrder, n),
        current: { order: arena.int32(layout.order, n), fixed: arena.int32(layout.fixed, n) },
        evaluations: used >>> 0,
      }
    },

    dispose(): void {
      live = undefined
    },
  }
}
