/** Why a VM of the request stays where it is: a reason for every node that was considered, and what would help. */
import type { Instance } from '../model/instance.js'
import type { UnplacedReason, UnplacedVm } from '../model/plan.js'
import type { AssignmentState } from './assignment/state.js'
import type { Refusal, Wish } from './wishes.js'

/** The reason nearest to a placement first: that is the one to tell. */
const NEAREST_FIRST: readonly UnplacedReason[] = [
  'memory',
  'window',
  'anti-affinity',
  'cpu-features',
  'cpu-vendor',
  'allowed-nodes',
  'node-state',
]
const MAX_NAMED = 6
const MIB = 1024

/**
 * @param blocked what kept the VM off the nodes that it could go to by itself: `memory` where no order of moves had room for it,
 * `window` where time ran out before the horizon.
 */
export function explainUnplaced(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  blocked: 'memory' | 'window',
): UnplacedVm {
  const { problem } = instance
  const vm = problem.vms[wish.vm]
  const reasons = new Map<number, Refusal>(wish.refusals)
  for (const { node } of wish.choices)
    if (!reasons.has(node)) reasons.set(node, blockedBy(instance, state, wish, node, blocked))
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
  return { vm: vm.id, reason, detail, nodes: { ...nodes }, remedies: remedies(instance, wish, reasons) }
}

function blockedBy(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  node: number,
  blocked: 'memory' | 'window',
): Refusal {
  const id = instance.problem.nodes[node].id
  if (blocked === 'window') {
    return {
      reason: 'window',
      detail: `no time is left between windows before the horizon for a migration to ${id}`,
    }
  }
  if (state?.groupBlocks(wish.vm, node) === true) {
    return { reason: 'anti-affinity', detail: `a VM of one of its groups ends on ${id}` }
  }
  const free = state === undefined ? 0 : instance.nodeMemory[node] - state.memory[node]
  const missing = instance.vmMemory[wish.vm] - free
  if (missing > 0)
    return { reason: 'memory', detail: `${id} lacks ${Math.ceil(missing / MIB)} MiB for it in this plan` }
  return { reason: 'memory', detail: `no order of moves was found in which ${id} has room for it in time` }
}

function remedies(instance: Instance, wish: Wish, reasons: ReadonlyMap<number, Refusal>): string[] {
  const { problem } = instance
  const { policy } = problem
  const vm = problem.vms[wish.vm]
  const named = (of: readonly UnplacedReason[]) => {
    const ids = [...reasons].filter(([, r]) => of.includes(r.reason)).map(([n]) => problem.nodes[n].id)
    return ids.length > MAX_NAMED
      ? `${ids.slice(0, MAX_NAMED).join(', ')} and ${ids.length - MAX_NAMED} more`
      : ids.join(', ')
  }
  const has = (...of: UnplacedReason[]) => [...reasons.values()].some((r) => of.includes(r.reason))
  const found: string[] = []
  if (
    has('cpu-features', 'cpu-vendor') &&
    vm.state === 'running' &&
    !(policy.allowRestart && vm.restartable)
  ) {
    const how = [
      policy.allowRestart ? '' : 'allowRestart',
      vm.restartable ? '' : `restartable on ${vm.id}`,
    ].filter((s) => s !== '')
    found.push(
      `restart in compatibility mode moves it to ${named(['cpu-features', 'cpu-vendor'])} (set ${how.join(' and ')})`,
    )
  }
  if (has('memory')) {
    const need = leastMissingMiB(instance, wish)
    if (need > 0) found.push(`${need} MiB more free memory on one of ${named(['memory'])}`)
    if (!policy.allowMakeRoom) found.push('allowMakeRoom lets the plan move other VMs out of the way')
    if (!policy.allowParking) found.push('allowParking lets VMs go by way of a third node')
  }
  if (has('anti-affinity'))
    found.push(`moving the other VM of its group off one of ${named(['anti-affinity'])}`)
  if (has('window')) found.push('a later horizon, or shorter or fewer windows on its nodes')
  if (has('allowed-nodes')) found.push(`adding one of ${named(['allowed-nodes'])} to its allowedNodes`)
  if (has('node-state')) {
    const own = problem.nodes[instance.vmNode[wish.vm]]
    if (own.state === 'down') found.push(`bringing ${own.id} up`)
    else if (named(['node-state']) !== '')
      found.push(`resuming one of ${named(['node-state'])}, or draining it later`)
  }
  return found
}

/** MiB missing on the node that is nearest to having room at the start. */
function leastMissingMiB(instance: Instance, wish: Wish): number {
  let least = Number.POSITIVE_INFINITY
  const candidates = new Set([...wish.choices.map((c) => c.node), ...wish.refusals.keys()])
  for (const node of candidates) {
    if (wish.refusals.has(node) && wish.refusals.get(node)?.reason !== 'memory') continue
    const missing = instance.vmMemory[wish.vm] - (instance.nodeMemory[node] - instance.nodeUsed[node])
    if (missing < least) least = missing
  }
  return Number.isFinite(least) ? Math.ceil(Math.max(0, least) / MIB) : 0
}
