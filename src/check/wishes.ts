/** What the problem asks for, VM by VM. */
import type { ResolvedProblem } from '../model/problem.js'

export type Wish =
  /** To one of the nodes, or, undefined, to any but its own. */
  | { kind: 'move'; to: readonly string[] | undefined; durationSeconds: number | undefined }
  /** Off a node that is drained live, to one of the nodes, or shut down there. */
  | { kind: 'leave'; node: string; to: readonly string[] | undefined }
  /** Saved where it is, or shut down, on a node that is drained with mode `save`. */
  | { kind: 'save'; node: string }

/**
 * One entry for each VM asked for. A VM that is both in `moves` and on a drained node follows its move; a VM that is off or
 * saved already is not asked for by a drain with mode `save`.
 */
export function wishesOf(problem: ResolvedProblem): Map<string, Wish> {
  const drains = new Map(problem.drains.map((drain) => [drain.node, drain]))
  const wishes = new Map<string, Wish>()
  for (const vm of problem.vms) {
    const drain = drains.get(vm.node)
    if (drain?.mode === 'live') wishes.set(vm.id, { kind: 'leave', node: vm.node, to: drain.to })
    if (drain?.mode === 'save' && vm.state === 'running') wishes.set(vm.id, { kind: 'save', node: vm.node })
  }
  for (const move of problem.moves) {
    wishes.set(move.vm, { kind: 'move', to: move.to, durationSeconds: move.durationSeconds })
  }
  return wishes
}
