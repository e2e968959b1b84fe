/** Random multi-mode problems and lists, from a seed, so that a failure names the one that failed. */
import type { ModeList, MultiModeProblem } from '../../src/kernel/types.js'
import { below, type Random, shuffled } from './schedule-problems.js'

function offsets(counts: readonly number[]): Int32Array {
  return Int32Array.from([0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0))])
}

/** Each task goes from its home to any other node for 1 … `longest` ticks, one mode a node, and nothing else binds. */
export function plainModes(
  next: Random,
  taskCount: number,
  nodeCount: number,
  longest = 1000,
): MultiModeProblem {
  const home = Int32Array.from({ length: taskCount }, () => below(next, nodeCount))
  const targets = [...home].map((from) => [...Array(nodeCount).keys()].filter((node) => node !== from))
  const node = Int32Array.from(targets.flat())
  return {
    taskCount,
    resourceCount: nodeCount,
    capacity: new Int32Array(nodeCount).fill(1),
    modeOffset: offsets(targets.map((t) => t.length)),
    resourceA: Int32Array.from(targets.flatMap((t, i) => t.map(() => home[i]))),
    resourceB: node.slice(),
    duration: node.map(() => 1 + below(next, longest)),
    penalty: new Float64Array(node.length),
    node,
    forbiddenClass: new Int32Array(node.length),
    forbiddenOffset: Int32Array.of(0, 0),
    forbidden: new Int32Array(0),
    nodeCount,
    freeMemory: new Float64Array(nodeCount).fill(taskCount),
    groupCount: 0,
    groupMembers: new Int32Array(0),
    home,
    memory: new Float64Array(taskCount).fill(1),
    groupOffset: new Int32Array(taskCount + 1),
    groups: new Int32Array(0),
    weight: new Float64Array(taskCount).fill(1),
    horizon: 0x7fff_fff0,
  }
}

/**
 * A problem of at most `mostTasks` tasks in which everything occurs, each in some of the problems: capacities 1 to 3, modes of 0 to 2
 * resources, equal and zero durations, tasks without a mode, penalties of halves, forbidden intervals, memory, spaces and groups that keep modes
 * out, tasks that arrive nowhere, a horizon that is met.
 */
export function mixedModes(next: Random, mostTasks: number): MultiModeProblem {
  const some = (share: number): boolean => next() < share
  const nodes = 2 + below(next, 4)
  const longest = [1, 4, 20, 200][below(next, 4)]
  const problem = plainModes(next, below(next, mostTasks + 1), nodes, longest)
  const { taskCount: n, home } = problem
  const modes = problem.node.length
  const traits = {
    slots: some(0.5),
    windows: some(0.6),
    memory: some(0.6),
    groups: some(0.5),
    holes: some(0.4),
  }
  if (some(0.3)) {
    // The last tasks lose their modes to the one before them, which may then have several to one node.
    for (let i = 1; i < n; i++) if (some(0.2)) problem.modeOffset[i] = problem.modeOffset[i + 1]
    for (let i = 0; i < n; i++) {
      for (let m = problem.modeOffset[i]; m < problem.modeOffset[i + 1]; m++) {
        problem.resourceA[m] = home[i]
        if (problem.node[m] === home[i]) problem.node[m] = problem.resourceB[m] = (home[i] + 1) % nodes
      }
    }
  }
  if (traits.slots) problem.capacity = problem.capacity.map(() => 1 + below(next, 3))
  for (let m = 0; m < modes; m++) {
    if (traits.holes && some(0.15)) problem.duration[m] = 0
    if (traits.holes && some(0.2)) problem.resourceA[m] = -1
    if (traits.holes && some(0.2)) problem.resourceB[m] = -1
    if (traits.holes && some(0.1)) problem.node[m] = -1
    if (some(0.3)) problem.penalty[m] = below(next, 4 * longest) / 2
  }
  problem.weight = problem.weight.map(() => 1 + below(next, 3000))
  if (traits.windows) {
    const lists = Array.from({ length: 1 + below(next, 4) }, () => {
      const list: number[] = []
      let tick = some(0.3) ? 0 : 1 + below(next, longest + 1)
      for (let i = below(next, 4); i > 0; i--) {
        const end = tick + 1 + below(next, longest + 1)
        list.push(tick, end)
        tick = end + 1 + below(next, 2 * longest + 2)
      }
      return list
    })
    problem.forbiddenOffset = offsets(lists.map((list) => list.length / 2))
    problem.forbidden = Int32Array.from(lists.flat())
    problem.forbiddenClass = problem.forbiddenClass.map(() => below(next, lists.length))
  }
  if (traits.memory) {
    problem.freeMemory = problem.freeMemory.map(() => below(next, 12))
    problem.memory = problem.memory.map(() => (some(0.15) ? 0 : 1 + below(next, 8)))
  }
  if (traits.groups) {
    problem.groupCount = 1 + below(next, 3)
    const own = Array.from({ length: n }, () => [...Array(problem.groupCount).keys()].filter(() => some(0.4)))
    problem.groupOffset = offsets(own.map((groups) => groups.length))
    problem.groups = Int32Array.from(own.flat())
    problem.groupMembers = new Int32Array(nodes * problem.groupCount)
    for (let cell = 0; cell < problem.groupMembers.length; cell++)
      problem.groupMembers[cell] = some(0.1) ? 1 : 0
    own.forEach((groups, i) => {
      for (const g of groups) problem.groupMembers[home[i] * problem.groupCount + g]++
    })
  }
  if (some(0.3)) problem.horizon = below(next, longest * Math.max(1, n))
  if (some(0.4)) {
    const count = 1 + below(next, 3)
    problem.spaces = {
      count,
      free: Float64Array.from({ length: nodes * count }, () => (some(0.3) ? Infinity : below(next, 9) - 2)),
      sizes: Float64Array.from({ length: n * count }, () => below(next, 5)),
      freed: Float64Array.from({ length: count }, () => below(next, 2)),
    }
  }
  return problem
}

/** A random list; about half of the tasks have a fixed mode. */
export function randomList(next: Random, { taskCount, modeOffset }: MultiModeProblem): ModeList {
  const fixed = Int32Array.from({ length: taskCount }, (_, i) => {
    const modes = modeOffset[i + 1] - modeOffset[i]
    return modes === 0 || next() < 0.5 ? -1 : below(next, modes)
  })
  return { order: shuffled(next, taskCount), fixed }
}

/** The same order, no mode fixed. */
export function freed({ order }: ModeList): ModeList {
  return { order, fixed: new Int32Array(order.length).fill(-1) }
}
