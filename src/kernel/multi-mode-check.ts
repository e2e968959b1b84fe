/** Guards of the multi-mode scheduler: the kernel indexes without bounds tests, so that nothing out of range may reach it. */
import { MAX_TICK } from '../model/ticks.js'
import {
  checkHoldings,
  checkIntervals,
  checkLength,
  checkOffsets,
  checkOrder,
  checkRange,
  fail,
} from './schedule-check.js'
import type { ModeList, MultiModeProblem } from './types.js'

/** @throws KernelError naming the first array that breaks the contract of `MultiModeProblem`. */
export function checkMultiModeProblem(problem: MultiModeProblem): void {
  const { taskCount: n, resourceCount, nodeCount, groupCount, horizon } = problem
  const modes = problem.duration.length
  for (const name of ['resourceA', 'resourceB', 'penalty', 'node', 'forbiddenClass'] as const) {
    checkLength(name, problem[name], modes)
  }
  for (const name of ['home', 'memory', 'weight'] as const) checkLength(name, problem[name], n)
  for (const name of ['modeOffset', 'groupOffset'] as const) checkLength(name, problem[name], n + 1)
  checkLength('capacity', problem.capacity, resourceCount)
  checkLength('freeMemory', problem.freeMemory, nodeCount)
  if (problem.spaces !== undefined) {
    const { count, free, sizes, freed } = problem.spaces
    checkLength('spaces.free', free, nodeCount * count)
    checkLength('spaces.sizes', sizes, n * count)
    checkLength('spaces.freed', freed, count)
    const faulty = sizes.findIndex((size) => !(size >= 0 && size < Number.POSITIVE_INFINITY))
    if (faulty >= 0) fail(`spaces.sizes[${faulty}] is ${sizes[faulty]}; it must be ≥ 0 and finite`)
  }
  checkLength('groupMembers', problem.groupMembers, nodeCount * groupCount)
  if (!(horizon >= 0 && horizon <= MAX_TICK)) fail(`horizon is ${horizon}; it must be in [0, ${MAX_TICK}]`)
  checkOffsets('modeOffset', problem.modeOffset, modes)
  checkOffsets('groupOffset', problem.groupOffset, problem.groups.length)
  checkHoldings('mode', problem)
  checkRange('duration', problem.duration, 0, MAX_TICK + 1)
  checkRange('node', problem.node, -1, nodeCount)
  checkRange('home', problem.home, 0, nodeCount)
  checkRange('groups', problem.groups, 0, groupCount)
  checkRange('groupMembers', problem.groupMembers, 0, 2 ** 31)
  checkIntervals(problem)
  checkRange('forbiddenClass', problem.forbiddenClass, 0, problem.forbiddenOffset.length - 1)
  for (let i = 0; i < n; i++) checkTask(problem, i)
}

function checkTask(problem: MultiModeProblem, i: number): void {
  const { memory, weight, modeOffset, penalty, node, home } = problem
  if (!(memory[i] >= 0)) fail(`memory[${i}] is ${memory[i]}; it must be ≥ 0`)
  if (!(weight[i] > 0)) fail(`weight[${i}] is ${weight[i]}; it must be > 0`)
  for (let m = modeOffset[i]; m < modeOffset[i + 1]; m++) {
    if (!(penalty[m] >= 0 && penalty[m] < Number.POSITIVE_INFINITY)) {
      fail(`penalty[${m}] is ${penalty[m]}; it must be ≥ 0 and finite`)
    }
    if (node[m] === home[i]) fail(`mode ${m} arrives at node ${node[m]}, its task's home`)
  }
}

/** @throws KernelError where the list is no permutation, or fixes modes that tasks do not have. */
export function checkModeList({ order, fixed }: ModeList, problem: MultiModeProblem): void {
  const { taskCount: n, modeOffset } = problem
  checkOrder(order, n)
  checkLength('fixed', fixed, n)
  for (let i = 0; i < n; i++) {
    const modes = modeOffset[i + 1] - modeOffset[i]
    if (fixed[i] < -1 || fixed[i] >= modes) fail(`fixed[${i}] is ${fixed[i]}; the task has ${modes} modes`)
  }
}
