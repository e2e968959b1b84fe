/** What the problem asks for, VM by VM. */
import type { ResolvedProblem } from '../model/problem.js'

export type Wish =
  | { kind: 'move'; to: string; durationSeconds: number | undefined }
  /** Off a node that is drained live. */
  | { kind: 'leave'; node: string }
  /** Saved where it is, on a node that is drained with mode `save`. */
  | { kind: 'save'; node: string }

/**
 * One entry for each VM asked for. A VM that is both in `moves` and on a drained node follows its move; a VM that is off or
 * saved already is not asked for by a drain with mode `save`.
 */
export function wishesOf(problem: ResolvedProblem): Map<string, Wish> {
  const modes = new Map(problem.drains.map((drain) => [drain.node, drain.mode]))
  const wishes = new Map<string, Wish>()
  for (const vm of problem.vms) {
    const mode = modes.get(vm.node)
    if (mode === 'live') wishes.set(vm.id, { kind: 'leave', node: vm.node })
    if (mode === 'save' && vm.state === 'running') wishes.set(vm.id, { kind: 'save', node: vm.node })
  }
  for (const move of problem.moves) {
    wishes.set(move.vm, { kind: 'move', to: move.to, durationSeconds: move.durationSeconds })
  }
  return wishes
}
