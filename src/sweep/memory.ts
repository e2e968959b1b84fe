/** What a plan leaves free. */
import { least } from '../lists.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'

/**
 * MiB free after the plan on the node that has least: of those that are up and not drained. What is saved, shut down or off holds none. Below 0 where
 * a node was too full before. 0 where no node counts.
 */
export function freeMemoryAfter(problem: ResolvedProblem, plan: Plan): number {
  const drained = new Set(plan.drained.map(({ node }) => node))
  const free = new Map(
    problem.nodes
      .filter(({ id, state }) => state === 'up' && !drained.has(id))
      .map(({ id, memoryMiB }) => [id, memoryMiB]),
  )
  const place = new Map<string, string | undefined>(
    problem.vms.map(({ id, node, state }) => [id, state === 'running' ? node : undefined]),
  )
  for (const { vm, to, kind } of plan.migrations) {
    if (kind === 'save-in-place' || kind === 'stop-in-place') place.set(vm, undefined)
    else if (kind === 'resume-in-place' || kind === 'start-in-place') place.set(vm, to)
    else if (place.get(vm) !== undefined) place.set(vm, to)
  }
  for (const { id, memoryMiB } of problem.vms) {
    const node = place.get(id)
    const left = node === undefined ? undefined : free.get(node)
    if (node !== undefined && left !== undefined) free.set(node, left - memoryMiB)
  }
  return free.size === 0 ? 0 : least(free.values())
}
