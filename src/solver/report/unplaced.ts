/** Why a VM of the request stays where it is: a reason for every node that was considered. */
import type { Instance, Space } from '../../model/instance.js'
import type { UnplacedReason, UnplacedVm } from '../../model/plan.js'
import { isInPlace } from '../../model/ways.js'
import type { AssignmentState } from '../assignment/state.js'
import { lacks } from '../wishes/lack.js'
import type { Refusal, Wish } from '../wishes/wish.js'

/** What kept a VM off a node where it could end beside everything else: a space that had no room on the way, or one of these. */
export type Blocked = Pick<Space, 'reason' | 'device' | 'group'> | 'deadline' | 'horizon' | 'affinity'

/** The reason nearest to a placement first: that is the one to tell. */
const NEAREST_FIRST: readonly UnplacedReason[] = [
  'memory',
  'vcpus',
  'devices',
  'deadline',
  'horizon',
  'window',
  'anti-affinity',
  'affinity',
  'blackout',
  'ways',
  'cpu-features',
  'cpu-vendor',
  'allowed-nodes',
  'node-state',
]
const CUT_SHORT = {
  aborted: '; the search was cut short by an abort',
  'time-limit': '; the search was cut short by the time limit',
}

/**
 * @param state where everything ends in the plan; undefined: not known.
 * @param blocked what kept the VM off a node (by index) where it could end beside all that does: a space where no order of moves had room
 * for it, `horizon` where time ran out, `deadline` where it did before a deadline, `affinity` where either befell another VM of its affinity set.
 * @param cut what ended the search before it had tried all it would have.
 */
export function explainUnplaced(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  blocked: (node: number) => Blocked,
  cut?: 'aborted' | 'time-limit',
): { entry: UnplacedVm; refusals: ReadonlyMap<number, Refusal> } {
  const { problem } = instance
  const vm = problem.vms[wish.vm]
  const reasons = new Map<number, Refusal>(wish.refusals)
  for (const { node, kind } of wish.choices)
    if (!reasons.has(node)) {
      // Where it is it needs nothing but time.
      const refusal: Refusal = isInPlace(kind)
        ? { reason: 'horizon', detail: DETAILS.horizon(problem.nodes[node].id) }
        : blockedBy(instance, state, wish, node, blocked)
      const { detail } = refusal
      reasons.set(node, { ...refusal, detail: detail + (cut === undefined ? '' : CUT_SHORT[cut]) })
    }
  const nodes: Record<string, UnplacedReason> = Object.create(null) as Record<string, UnplacedReason>
  for (const [node, refusal] of [...reasons].sort((a, b) => a[0] - b[0]))
    nodes[problem.nodes[node].id] = refusal.reason

  let reason: UnplacedReason = 'node-state'
  let detail = `there is no other node for ${vm.id}`
  for (const candidate of NEAREST_FIRST) {
    const with_ = [...reasons.values()].filter((r) => r.reason === candidate)
    if (with_.length === 0) continue
    reason = candidate
    detail = with_[0].detail + (with_.length > 1 ? ` (and the same reason on ${with_.length - 1} more)` : '')
    break
  }
  return { entry: { vm: vm.id, reason, detail, nodes: { ...nodes }, remedies: [] }, refusals: reasons }
}

function blockedBy(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  node: number,
  blocked: (node: number) => Blocked,
): Refusal {
  const id = instance.problem.nodes[node].id
  const w = state?.wishes.indexOf(wish) ?? -1
  const now = w < 0 ? instance.vmNode[wish.vm] : state?.placeOf(w)
  if (now !== undefined && state?.groupBlocks(wish.vm, node, now) === true) {
    return { reason: 'anti-affinity', detail: `a VM of one of its groups ends on ${id}` }
  }
  const { spaces } = instance
  // Without a state: whatever else were there.
  const freeOf = (s: number) => spaces[s].capacity[node] - (state?.used[s][node] ?? 0)
  for (const [s, space] of spaces.entries()) {
    const own = space.size[wish.vm]
    if (own > freeOf(s) && own > 0) return lacks(space, id, own - freeOf(s), 'for it in this plan')
  }
  if (state !== undefined && w >= 0 && instance.domainSetsOf[wish.vm].length > 0) {
    const open = wish.choices.some((choice, c) => choice.node === node && state.admits(w, c))
    const detail = `not all of its affinity group can end in the domain of ${id} in this plan`
    if (!open) return { reason: 'affinity', detail }
  }
  const company = companySizes(instance, state, wish, node)
  if (company === undefined) {
    return { reason: 'affinity', detail: `not all of its affinity group can move to ${id} in this plan` }
  }
  for (const [s, space] of spaces.entries()) {
    const missing = company[s] - freeOf(s)
    if (missing > 0 && company[s] > space.size[wish.vm])
      return {
        ...lacks(space, id, missing, 'for all of its affinity group in this plan'),
        reason: 'affinity',
      }
  }
  const found = blocked(node)
  if (typeof found !== 'string') {
    const { reason, device, group } = found
    if (group !== undefined) {
      const name = instance.groups[group]
      const detail = `no order of moves was found in which no other VM of its group ${name} is on ${id} in time`
      return { reason, detail, group: name }
    }
    const detail = `no order of moves was found in which ${id} has room for it in time`
    return { reason, detail, ...(device === undefined ? {} : { device }) }
  }
  return { reason: found, detail: DETAILS[found](id) }
}

const DETAILS = {
  deadline: (id: string) =>
    `no time is left for a migration to ${id} beside the others that keeps every deadline`,
  horizon: (id: string) => `no time is left before the horizon for a migration to ${id} beside the others`,
  affinity: (id: string) => `another VM of its affinity group found no way to ${id} in time`,
}

/** What the VM takes of each space, and those of its affinity set that would have to come with it; undefined where one cannot. */
function companySizes(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  node: number,
): number[] | undefined {
  const set = instance.affinityOf[wish.vm]
  if (set < 0 || state === undefined) return instance.spaces.map(({ size }) => size[wish.vm])
  const w = state.wishes.indexOf(wish)
  if (w < 0 || !state.canMeet(w, node)) return undefined
  const sizes = instance.spaces.map(() => 0)
  for (const member of state.company(w)) {
    const { vm } = state.wishes[member]
    if (state.groupBlocks(vm, node, state.placeOf(member))) return undefined
    if (state.placeOf(member) === node) continue
    instance.spaces.forEach(({ size }, s) => {
      sizes[s] += size[vm]
    })
  }
  return sizes
}
