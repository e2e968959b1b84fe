/** What a node holds at every instant of something that VMs take while they are there, arriving and still leaving ones counted. */
import type { ResolvedNode, ResolvedVm, VmState } from '../model/problem.js'
import { isInPlace, type Replay } from './replay.js'
import { append, type Change, type Overload, overloads } from './sweep.js'

export interface Content {
  /** What the VM takes in this state. */
  of: (vm: ResolvedVm, state: VmState) => number
  /** What the node may hold when something that takes of it arrives; what is there at the start may be more. */
  limitOf: (node: ResolvedNode) => number
}

export interface Overfull extends Overload {
  node: ResolvedNode
  limit: number
}

/** By node: what is there at first, and how that changes. */
export function contentOverTime(
  { problem, legs }: Pick<Replay, 'problem' | 'legs'>,
  of: Content['of'],
): { initial: Map<string, number>; changes: Map<string, Change[]> } {
  const initial = new Map<string, number>()
  for (const vm of problem.vms) initial.set(vm.node, (initial.get(vm.node) ?? 0) + of(vm, vm.state))
  const changes = new Map<string, Change[]>()
  // What is resumed goes back into what it held, and nothing may arrive meanwhile (rule `work`): as if it stayed.
  const resumed = new Set(
    legs.flatMap(({ migration, earlier }) =>
      migration.kind === 'resume-in-place' && earlier ? [earlier] : [],
    ),
  )
  for (const leg of legs) {
    const { migration, vm, target, at, state, startSeconds, endSeconds } = leg
    if (migration.kind === 'resume-in-place' || resumed.has(leg)) continue
    if (migration.kind === 'start-in-place') {
      const again = of(vm, 'running') - of(vm, state)
      if (again > 0) append(changes, at, { atSeconds: startSeconds, delta: again, vm: vm.id, waking: true })
      continue
    }
    const taken = of(vm, state)
    if (isInPlace(migration)) {
      const freed = taken - of(vm, 'saved')
      if (freed > 0) append(changes, at, { atSeconds: endSeconds, delta: -freed, vm: vm.id })
    } else if (taken > 0) {
      append(changes, at, { atSeconds: endSeconds, delta: -taken, vm: vm.id })
      append(changes, target.id, { atSeconds: startSeconds, delta: taken, vm: vm.id })
    }
  }
  return { initial, changes }
}

/** In the order of the problem's nodes; what is started where it is does not arrive, and breaks nothing. */
export function overfull(replay: Replay, { of, limitOf }: Content): Overfull[] {
  const { initial, changes } = contentOverTime(replay, of)
  return replay.problem.nodes.flatMap((node) => {
    const limit = limitOf(node)
    const found = overloads(initial.get(node.id) ?? 0, changes.get(node.id) ?? [], limit, 0)
    return found.map((over) => ({ ...over, node, limit }))
  })
}
