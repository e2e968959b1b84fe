/** Why a VM of the request stays where it is: a reason for every node that was considered, and what would help. */
import type { Instance } from '../../model/instance.js'
import type { UnplacedReason, UnplacedVm } from '../../model/plan.js'
import type { AssignmentState } from '../assignment/state.js'
import type { Refusal, Wish } from '../wishes/wishes.js'

/** The reason nearest to a placement first: that is the one to tell. */
const NEAREST_FIRST: readonly UnplacedReason[] = [
  'memory',
  'horizon',
  'window',
  'anti-affinity',
  'affinity',
  'cpu-features',
  'cpu-vendor',
  'allowed-nodes',
  'node-state',
]
const MAX_NAMED = 6
const MIB = 1024

/**
 * @param state where everything ends in the plan.
 * @param blocked what kept the VM off a node (by index) where it could end beside all that does: `memory` where no order of moves had room
 * for it, `horizon` where time ran out, `affinity` where either befell another VM of its affinity set.
 */
export function explainUnplaced(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  blocked: (node: number) => 'memory' | 'horizon' | 'affinity',
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
  blocked: (node: number) => 'memory' | 'horizon' | 'affinity',
): Refusal {
  const id = instance.problem.nodes[node].id
  if (state?.groupBlocks(wish.vm, node) === true) {
    return { reason: 'anti-affinity', detail: `a VM of one of its groups ends on ${id}` }
  }
  const free = state === undefined ? 0 : instance.nodeMemory[node] - state.memory[node]
  const own = instance.vmMemory[wish.vm]
  if (own > free && own > 0)
    return {
      reason: 'memory',
      detail: `${id} lacks ${Math.ceil((own - free) / MIB)} MiB for it in this plan`,
    }
  const company = companyMemory(instance, state, wish, node)
  if (company === undefined) {
    return { reason: 'affinity', detail: `not all of its affinity group can move to ${id} in this plan` }
  }
  if (company > free && company > own) {
    const lack = `${id} lacks ${Math.ceil((company - free) / MIB)} MiB for all of its affinity group`
    return { reason: 'affinity', detail: `${lack} in this plan` }
  }
  const reason = blocked(node)
  return { reason, detail: DETAILS[reason](id) }
}

const DETAILS = {
  memory: (id: string) => `no order of moves was found in which ${id} has room for it in time`,
  horizon: (id: string) => `no time is left before the horizon for a migration to ${id} beside the others`,
  affinity: (id: string) => `another VM of its affinity group found no way to ${id} in time`,
}

/** KiB of the VM and of those of its affinity set that would have to come with it; undefined where one cannot. */
function companyMemory(
  instance: Instance,
  state: AssignmentState | undefined,
  wish: Wish,
  node: number,
): number | undefined {
  const set = instance.affinityOf[wish.vm]
  if (set < 0 || state === undefined) return instance.vmMemory[wish.vm]
  const w = state.wishes.indexOf(wish)
  if (w < 0 || !state.canMeet(w, node)) return undefined
  let memory = 0
  for (const member of state.company(w)) {
    const { vm } = state.wishes[member]
    if (state.groupBlocks(vm, node)) return undefined
    if (state.placeOf(member) !== node) memory += instance.vmMemory[vm]
  }
  return memory
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
  if (policy.reserveMiB > 0 && has('memory', 'affinity'))
    found.push(`a reserveMiB below ${policy.reserveMiB} lets more onto each node`)
  if (has('anti-affinity'))
    found.push(`moving the other VM of its group off one of ${named(['anti-affinity'])}`)
  if (has('affinity')) {
    const tied = tiedTo(instance, wish.vm)
    found.push(`asking for ${tied} to move as well, or taking ${vm.id} out of their affinity group`)
  }
  if (has('window', 'horizon')) found.push('a later horizon, or shorter or fewer windows on its nodes')
  if (has('allowed-nodes')) found.push(`adding one of ${named(['allowed-nodes'])} to its allowedNodes`)
  if (has('node-state')) {
    const own = problem.nodes[instance.vmNode[wish.vm]]
    if (own.state === 'down') found.push(`bringing ${own.id} up`)
    else if (named(['node-state']) !== '')
      found.push(`resuming one of ${named(['node-state'])}, or draining it later`)
  }
  return found
}

/** The other VMs of its affinity set, in words. */
function tiedTo(instance: Instance, vm: number): string {
  const others = [...instance.affinitySets[instance.affinityOf[vm]]].filter((member) => member !== vm)
  const ids = others.slice(0, MAX_NAMED).map((member) => instance.problem.vms[member].id)
  const more = others.length - ids.length
  return more > 0 ? `${ids.join(', ')} and ${more} more` : ids.join(', ')
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
