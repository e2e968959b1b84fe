/**
 * A `MultiModeProblem` in a kernel instance of its own: checks it, lays it out once (assembly/mode-layout.ts and
 * assembly/schedule-layout.ts name the same fields), and copies lists in and schedules out.
 */
import { KernelError } from '../errors.js'
import { Arena } from './arena.js'
import type { KernelExports } from './exports.js'
import { checkModeList, checkMultiModeProblem } from './multi-mode-check.js'
import { durationClasses, layOutWindows } from './schedule-tables.js'
import type {
  ModeList,
  MultiModeAnnealOptions,
  MultiModeAnnealResult,
  MultiModeProblem,
  MultiModeResult,
  MultiModeScheduler,
} from './types.js'

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

const RESOURCE_BYTES = 64
const TASK_BYTES = 64
const MODE_BYTES = 64
const GAP_BYTES = 64
const STEP_BYTES = 16
const CACHE_LINE = 64
const NEVER = 0xffff_ffff

/** Byte offsets in the struct: as in assembly/schedule-layout.ts, and from `tasks` on in assembly/mode-layout.ts. */
const FIELD = {
  taskCount: 0,
  resourceCount: 4,
  horizon: 12,
  classShortest: 72,
  order: 88,
  resources: 96,
  gaps: 104,
  steps: 108,
  start: 128,
  bestOrder: 136,
  bestStart: 140,
  place: 148,
  leftOut: 156,
  makespan: 176,
  unscheduledWeight: 184,
  scale: 192,
  weightCost: 200,
  tasks: 208,
  standing: 212,
  fixed: 216,
  chosen: 220,
  bestChosen: 224,
  nodeFree: 228,
  freeNow: 232,
  groupCount: 236,
  groupNow: 240,
  taskGroups: 244,
  critical: 248,
  lateness: 252,
  nodeCount: 256,
  groups: 260,
  leastPenalty: 264,
  penalty: 272,
} as const
const STRUCT_BYTES = 288

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
function resourceTable(problem: MultiModeProblem): Int32Array {
  const words = RESOURCE_BYTES / 4
  const table = new Uint32Array(problem.resourceCount * words)
  for (let r = 0; r < problem.resourceCount; r++) {
    table[r * words] = problem.capacity[r]
    table[r * words + 3] = NEVER
  }
  problem.duration.forEach((ticks, m) => {
    if (ticks === 0) return
    for (const r of [problem.resourceA[m], problem.resourceB[m]]) {
      if (r >= 0) table[r * words + 3] = Math.min(table[r * words + 3], ticks)
    }
  })
  return new Int32Array(table.buffer)
}

function modeTable(
  problem: MultiModeProblem,
  resources: number,
  windows: (c: number) => number,
  classes: Int32Array,
): Uint8Array {
  const { duration, capacity } = problem
  const data = new DataView(new ArrayBuffer(duration.length * MODE_BYTES))
  // A mode of no duration needs no room.
  const room = (m: number, r: number) => (r < 0 || duration[m] === 0 ? 0 : resources + r * RESOURCE_BYTES)
  for (let m = 0; m < duration.length; m++) {
    const at = m * MODE_BYTES
    const [a, b] = [problem.resourceA[m], problem.resourceB[m]]
    const unary = duration[m] > 0 && a >= 0 && b >= 0 && capacity[a] === 1 && capacity[b] === 1
    data.setInt32(at, duration[m], true)
    data.setUint32(at + 4, room(m, a), true)
    data.setUint32(at + 8, room(m, b), true)
    data.setUint32(at + 12, windows(problem.forbiddenClass[m]), true)
    data.setInt32(at + 16, problem.node[m], true)
    data.setInt32(at + 20, 4 * classes[m], true)
    data.setInt32(at + 24, unary ? 1 : 0, true)
    data.setFloat64(at + 32, problem.penalty[m], true)
  }
  return new Uint8Array(data.buffer)
}

function taskTable(problem: MultiModeProblem, modes: number, leastPenalty: Float64Array): Uint8Array {
  const { taskCount, modeOffset, groupOffset } = problem
  const data = new DataView(new ArrayBuffer(taskCount * TASK_BYTES))
  for (let i = 0; i < taskCount; i++) {
    const at = i * TASK_BYTES
    data.setFloat64(at, problem.memory[i], true)
    data.setFloat64(at + 8, problem.weight[i], true)
    data.setFloat64(at + 16, leastPenalty[i], true)
    data.setUint32(at + 24, modes + modeOffset[i] * MODE_BYTES, true)
    data.setUint32(at + 28, modes + modeOffset[i + 1] * MODE_BYTES, true)
    data.setInt32(at + 32, problem.home[i], true)
    data.setInt32(at + 36, groupOffset[i], true)
    data.setInt32(at + 40, groupOffset[i + 1], true)
  }
  return new Uint8Array(data.buffer)
}

interface Layout {
  struct: number
  order: number
  fixed: number
  start: number
  chosen: number
  bestOrder: number
  bestStart: number
  bestChosen: number
}

function layOut(arena: Arena, problem: MultiModeProblem): Layout {
  const { taskCount: n, resourceCount, nodeCount, groupCount } = problem
  const aligned = (bytes: number): number =>
    Math.ceil(arena.allocate(bytes + CACHE_LINE) / CACHE_LINE) * CACHE_LINE
  const put = (data: Int32Array | Uint8Array): number => {
    const address = aligned(data.byteLength)
    arena.write(address, data)
    return address
  }
  const windows = layOutWindows(problem)
  const windowsAt = arena.place(windows.words)
  const classes = durationClasses(problem.duration)
  const resources = put(resourceTable(problem))
  const modes = put(modeTable(problem, resources, (c) => windowsAt + windows.first[c], classes.of))
  const leastPenalty = leastOf(problem, problem.penalty)
  const { scale, weightCost } = annealingScale(problem)
  const list = () => arena.allocate(4 * n)
  const layout: Layout = {
    struct: arena.allocate(STRUCT_BYTES),
    order: list(),
    fixed: list(),
    start: list(),
    chosen: list(),
    bestOrder: list(),
    bestStart: list(),
    bestChosen: list(),
  }
  const words: Partial<Record<keyof typeof FIELD, number>> = {
    taskCount: n,
    resourceCount: resourceCount,
    horizon: problem.horizon,
    classShortest: arena.place(classes.shortest),
    order: layout.order,
    resources: resources,
    gaps: aligned(GAP_BYTES * (resourceCount + 2 * n + 1)),
    steps: arena.allocate(STEP_BYTES * (resourceCount + 4 * n)),
    start: layout.start,
    bestOrder: layout.bestOrder,
    bestStart: layout.bestStart,
    place: list(),
    leftOut: list(),
    tasks: put(taskTable(problem, modes, leastPenalty)),
    standing: list(),
    fixed: layout.fixed,
    chosen: layout.chosen,
    bestChosen: layout.bestChosen,
    nodeFree: arena.place(problem.freeMemory),
    freeNow: arena.allocate(8 * nodeCount),
    groupCount: arena.place(problem.groupMembers),
    groupNow: arena.allocate(4 * nodeCount * groupCount),
    taskGroups: arena.place(problem.groups),
    critical: list(),
    lateness: list(),
    nodeCount: nodeCount,
    groups: groupCount,
  }
  const floats = { scale, weightCost, leastPenalty: leastPenalty.reduce((sum, p) => sum + p, 0) }
  const struct = new DataView(new ArrayBuffer(STRUCT_BYTES))
  for (const [name, word] of Object.entries(words))
    struct.setUint32(FIELD[name as keyof typeof FIELD], word, true)
  for (const [name, float] of Object.entries(floats))
    struct.setFloat64(FIELD[name as keyof typeof FIELD], float, true)
  arena.write(layout.struct, new Uint8Array(struct.buffer))
  return layout
}

/**
 * Lays the problem out in a fresh kernel instance, which belongs to the scheduler from then on.
 * @throws KernelError where the problem breaks its contract, and from `evaluate` and `anneal` where the list is no permutation, fixes
 * a mode that its task does not have, an option is out of its range, or the scheduler has been disposed of.
 */
export function createMultiModeScheduler(wasm: KernelExports, problem: MultiModeProblem): MultiModeScheduler {
  checkMultiModeProblem(problem)
  const n = problem.taskCount
  let live: { wasm: KernelExports; arena: Arena } | undefined = {
    wasm,
    arena: new Arena(wasm.memory, wasm.heapBase()),
  }
  const layout = layOut(live.arena, problem)

  function begin(list: ModeList): { wasm: KernelExports; arena: Arena } {
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
      makespan: arena.int32(layout.struct + FIELD.makespan, 1)[0],
      penalty: arena.float64(layout.struct + FIELD.penalty, 1)[0],
      unscheduledWeight: arena.float64(layout.struct + FIELD.unscheduledWeight, 1)[0],
    }
  }

  return {
    evaluate(list: ModeList): MultiModeResult {
      const { wasm, arena } = begin(list)
      wasm.evaluateModes(layout.struct)
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
        layout.struct,
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
