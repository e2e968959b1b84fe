/** Serial schedule generation with modes as its definition reads: every task tries every mode at every instant, nothing remembered. */
import type { ModeList, ModeSpaces, MultiModeProblem, MultiModeResult } from '../../../src/kernel/types.js'

const NONE = new Float64Array(0)
const NO_SPACES: ModeSpaces = { count: 0, free: NONE, sizes: NONE, freed: NONE }

interface Placed {
  task: number
  mode: number
  start: number
  end: number
}

export function multiMode(problem: MultiModeProblem, { order, fixed }: ModeList): MultiModeResult {
  const { taskCount, modeOffset, duration, penalty, node, home, horizon } = problem
  const placed: Placed[] = []

  function units(mode: number, resource: number): number {
    const { resourceA, resourceB, held } = problem
    if (resourceA[mode] === resource || resourceB[mode] === resource) return 1
    const entries =
      held === undefined ? [] : [...held.of.keys()].slice(held.offset[mode], held.offset[mode + 1])
    return entries.filter((k) => held!.of[k] === resource).reduce((sum, k) => sum + held!.amount[k], 0)
  }

  const holders = (resource: number) => placed.filter(({ mode }) => units(mode, resource) > 0)

  function room(mode: number, at: number): boolean {
    const end = at + duration[mode]
    return problem.capacity.every((capacity, resource) => {
      const own = units(mode, resource)
      const ticks = [at, ...placed.map((p) => p.start)].filter((t) => t >= at && t < end)
      return ticks.every((t) => {
        const running = placed.filter((p) => p.start <= t && t < p.end)
        return own === 0 || running.reduce((sum, p) => sum + units(p.mode, resource), own) <= capacity
      })
    })
  }

  function intervals(mode: number): [number, number][] {
    const cls = problem.forbiddenClass[mode]
    const list: [number, number][] = []
    for (let i = problem.forbiddenOffset[cls]; i < problem.forbiddenOffset[cls + 1]; i++) {
      list.push([problem.forbidden[2 * i], problem.forbidden[2 * i + 1]])
    }
    return list
  }

  function earliest(mode: number): number | undefined {
    const closed = intervals(mode)
    return [0, ...placed.map((p) => p.end), ...closed.map(([, end]) => end)]
      .filter((t) => t >= 0 && t + duration[mode] <= horizon && room(mode, t))
      .filter((t) => !closed.some(([from, until]) => t < until && t + duration[mode] > from))
      .sort((a, b) => a - b)[0]
  }

  const groupsOf = (task: number) => [
    ...problem.groups.subarray(problem.groupOffset[task], problem.groupOffset[task + 1]),
  ]

  function spacesAdmit(task: number, to: number): boolean {
    const { count, free, sizes, freed } = problem.spaces ?? NO_SPACES
    return Array.from({ length: count }, (_, s) => s).every((s) => {
      const own = sizes[task * count + s]
      let left = free[to * count + s]
      for (const p of placed) {
        const size = sizes[p.task * count + s]
        if (home[p.task] === to) left += node[p.mode] < 0 ? size * freed[s] : size
        if (node[p.mode] === to) left -= size
      }
      return own === 0 || left >= own
    })
  }

  function admitted(task: number, mode: number): boolean {
    const to = node[mode]
    if (to < 0) return true
    let free = problem.freeMemory[to]
    for (const p of placed) {
      if (home[p.task] === to) free += problem.memory[p.task]
      if (node[p.mode] === to) free -= problem.memory[p.task]
    }
    if (free < problem.memory[task]) return false
    if (!spacesAdmit(task, to)) return false
    return groupsOf(task).every((group) => {
      let members = problem.groupMembers[to * problem.groupCount + group]
      for (const p of placed) {
        const times = groupsOf(p.task).filter((g) => g === group).length
        if (home[p.task] === to && node[p.mode] >= 0) members -= times
        if (node[p.mode] === to) members += times
      }
      return members <= 0
    })
  }

  for (const task of order) {
    const makespan = Math.max(0, ...placed.map((p) => p.end))
    const options = Array.from({ length: modeOffset[task + 1] - modeOffset[task] }, (_, i) => {
      const mode = modeOffset[task] + i
      const start = admitted(task, mode) ? earliest(mode) : undefined
      if (start === undefined) return []
      const end = start + duration[mode]
      // A mode of no duration holds nothing, so nothing is busy for it.
      const second = duration[mode] > 0 ? problem.resourceB[mode] : -1
      const busy =
        second < 0
          ? 0
          : Math.max(
              0,
              ...holders(second)
                .filter((p) => p.end > p.start)
                .map((p) => p.end),
            )
      return [{ task, mode, index: i, start, end, busy, cost: Math.max(makespan, end) + penalty[mode] }]
    }).flat()
    options.sort((a, b) => a.cost - b.cost || a.end - b.end || a.busy - b.busy || a.index - b.index)
    const best = options.find((option) => option.index === fixed[task]) ?? options[0]
    if (best !== undefined) placed.push(best)
  }

  const result: MultiModeResult = {
    start: new Int32Array(taskCount).fill(-1),
    mode: new Int32Array(taskCount).fill(-1),
    makespan: 0,
    penalty: 0,
    unscheduledWeight: 0,
  }
  for (const { task, mode, start, end } of placed) {
    result.start[task] = start
    result.mode[task] = mode - modeOffset[task]
    result.makespan = Math.max(result.makespan, end)
  }
  // By index, so that the floats are the same whatever the list.
  result.mode.forEach((mode, task) => {
    if (mode < 0) result.unscheduledWeight += problem.weight[task]
    else result.penalty += penalty[modeOffset[task] + mode]
  })
  return result
}
