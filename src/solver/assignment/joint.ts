/**
 * Local search that chooses targets and order at once: multi-mode schedule generation and annealing in the kernel, whose modes are the
 * choices of the wishes.
 */
import type { ModeList, MultiModeProblem } from '../../kernel/types.js'
import type { Instance, Space } from '../../model/instance.js'
import { isInPlace } from '../../model/ways.js'
import type { SearchContext } from '../context.js'
import type { SearchPool } from '../exact/pool.js'
import { Random } from '../random.js'
import { IntervalClasses } from '../schedule/interval-classes.js'
import { holdingsOf } from '../schedule/resources.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Wish } from '../wishes/wish.js'
import type { JointPlan, RestartTask } from './joint-restart.js'
import { runRestarts } from './joint-restarts.js'

export type { JointPlan } from './joint-restart.js'

export interface JointSearch {
  /** Work units: choices tried in schedule generation. */
  work: number
  seed: number
  /** Lower bounds, ticks: the search ends at a plan of this cost; what nodes finish after this makespan counts a little. */
  makespanBound: number
  costBound: number
  /** Plans to return at most, ≥ 1. */
  keep: number
  /** Assignments that every other restart begins with, as `chosen`; the others begin with none. */
  first?: readonly Int32Array[]
}

/**
 * The best plans found that differ in what is chosen, best first; at least one. All that a plan places goes to its target directly:
 * nothing is parked. Two VMs that can only trade places, each waiting for the other's memory, are not found.
 * @param wishes each with or without choices; those without stay unplaced.
 */
export async function jointSearch(
  { instance, kernel, forbidden, run }: SearchContext,
  pool: SearchPool,
  wishes: readonly Wish[],
  search: JointSearch,
): Promise<JointPlan[]> {
  const problem = multiModeProblemOf(instance, forbidden, wishes)
  const { jointRestarts, jointEvaluationsPerTask } = run.parameters.assignment
  const n = wishes.length
  const modes = Math.max(1, problem.duration.length)
  const evaluations = Math.max(1, Math.floor(search.work / modes))
  const restarts = Math.max(
    1,
    Math.min(jointRestarts, Math.floor(evaluations / (jointEvaluationsPerTask * n + 1))),
  )
  const random = new Random(search.seed)
  const tasks = Array.from({ length: restarts }, (_, restart): RestartTask => {
    const first = restart % 2 === 0 ? search.first?.[(restart / 2) % search.first.length] : undefined
    const list = firstList(problem, first, restart === 0 ? undefined : random)
    return {
      problem,
      list,
      evaluations: Math.ceil(evaluations / restarts),
      seed: random.u32(),
      makespanBound: search.makespanBound,
      costBound: search.costBound,
      keep: search.keep,
    }
  })
  return runRestarts(kernel, run, pool, tasks)
}

/**
 * Longest first, where it takes longest; with `random` roughly so. What `chosen` leaves unplaced comes last: it must not take the memory of
 * what it places.
 */
function firstList(
  problem: MultiModeProblem,
  chosen: Int32Array | undefined,
  random: Random | undefined,
): ModeList {
  const { taskCount: n, modeOffset, duration } = problem
  const fixed = chosen?.slice() ?? new Int32Array(n).fill(-1)
  const key = Float64Array.from({ length: n }, (_, i) => {
    let longest = 0
    for (let m = modeOffset[i]; m < modeOffset[i + 1]; m++) longest = Math.max(longest, duration[m])
    return random === undefined ? longest : longest * random.unit()
  })
  const last = (i: number) => (chosen !== undefined && chosen[i] < 0 ? 1 : 0)
  const order = Int32Array.from({ length: n }, (_, i) => i)
  order.sort((a, b) => last(a) - last(b) || key[b] - key[a] || a - b)
  return { order, fixed }
}

/**
 * The plan's list for the legs of its choices, which `legsOf` puts in the order of the wishes: with it the serial scheme makes the same
 * schedule.
 */
export function legList({ chosen, order }: JointPlan): Int32Array {
  const legOf = new Int32Array(chosen.length)
  let legs = 0
  chosen.forEach((choice, w) => {
    legOf[w] = choice < 0 ? -1 : legs++
  })
  return order.map((w) => legOf[w]).filter((leg) => leg >= 0)
}

/** Tasks are the wishes, modes their choices. */
export function multiModeProblemOf(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  wishes: readonly Wish[],
): MultiModeProblem {
  const { nodeCount, vmNode, vmGroups } = instance
  const [memory, ...others] = instance.spaces
  const choices = wishes.flatMap(({ vm, choices }) =>
    choices.map((choice) => ({ ...choice, vm, from: vmNode[vm], to: choice.node })),
  )

  const groupCount = instance.groups.length
  const groupMembers = new Int32Array(nodeCount * groupCount)
  vmGroups.forEach((own, vm) => {
    for (const g of own) groupMembers[vmNode[vm] * groupCount + g]++
  })

  const classes = new IntervalClasses()
  const forbiddenClass = Int32Array.from(choices, ({ vm, node, duration }) =>
    classes.of(forbidden.ofMigration(vm, vmNode[vm], node, duration)),
  )

  return {
    taskCount: wishes.length,
    ...holdingsOf(instance, choices, 'timeline'),
    modeOffset: offsetsOf(wishes.map((w) => w.choices.length)),
    duration: Int32Array.from(choices, (c) => c.duration),
    penalty: Float64Array.from(choices, (c) => c.penalty),
    node: Int32Array.from(choices, ({ kind, node }) => (isInPlace(kind) ? -1 : node)),
    forbiddenClass,
    ...classes.flat(),
    nodeCount,
    freeMemory: memory.capacity.map((most, node) => most - memory.used[node]),
    ...(others.length === 0 ? {} : { spaces: spacesOf(instance, others, wishes) }),
    groupCount,
    groupMembers,
    home: Int32Array.from(wishes, ({ vm }) => vmNode[vm]),
    memory: Float64Array.from(wishes, ({ vm }) => instance.vmMemory[vm]),
    groupOffset: offsetsOf(wishes.map(({ vm }) => vmGroups[vm].length)),
    groups: Int32Array.from(wishes.flatMap(({ vm }) => [...vmGroups[vm]])),
    weight: Float64Array.from(wishes, ({ vm }) => instance.vmWeight[vm]),
    horizon: instance.horizon,
  }
}

function spacesOf(
  { nodeCount }: Instance,
  spaces: readonly Space[],
  wishes: readonly Wish[],
): NonNullable<MultiModeProblem['spaces']> {
  const count = spaces.length
  const table = (rows: number, value: (space: Space, row: number) => number) =>
    Float64Array.from({ length: rows * count }, (_, i) => value(spaces[i % count], Math.floor(i / count)))
  return {
    count,
    free: table(nodeCount, ({ capacity, used }, n) => capacity[n] - used[n]),
    sizes: table(wishes.length, ({ size }, w) => size[wishes[w].vm]),
    freed: table(1, ({ heldInAnyState }) => (heldInAnyState ? 0 : 1)),
  }
}

function offsetsOf(counts: readonly number[]): Int32Array {
  const offsets = new Int32Array(counts.length + 1)
  counts.forEach((count, i) => {
    offsets[i + 1] = offsets[i] + count
  })
  return offsets
}
