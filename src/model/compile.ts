/** From user units to the solver's: indices, ticks, KiB and feature masks. */
import { append } from '../lists.js'
import { bootFeaturesOf } from './cpu/silicon.js'
import { Durations } from './duration.js'
import type { Dates, Instance, Intervals, Limit, SoftGroup } from './instance.js'
import { mergeIntervals, NO_INTERVALS } from './intervals.js'
import { networksOf } from './networks.js'
import type { Policy, ResolvedProblem, ResolvedVm } from './problem.js'
import { compileInTransit, compileSpaces } from './spaces.js'
import { durationToTicks, MAX_TICK, penaltyToTicks, windowStartToTicks } from './ticks.js'

/** 128-bit lanes. */
const WORDS_PER_LANE = 4

/** Of problems that are still in use: a plan and its explanation ask for the same one. */
const compiled = new WeakMap<ResolvedProblem, Instance>()

/**
 * Compiles a problem, once however many ask; nothing changes the instance afterwards, nor the problem.
 */
export function compileInstance(problem: ResolvedProblem): Instance {
  const known = compiled.get(problem)
  if (known !== undefined) return known
  const instance = compile(problem)
  compiled.set(problem, instance)
  return instance
}

function compile(problem: ResolvedProblem): Instance {
  const { nodes, vms, policy } = problem
  const nodeIndex = new Map(nodes.map((node, index) => [node.id, index]))
  const vmIndex = new Map(vms.map((vm, index) => [vm.id, index]))
  // The horizon is rounded down: every migration ends by it.
  const wanted = windowStartToTicks(policy.horizonSeconds)
  const horizon = Math.min(wanted, MAX_TICK)

  const vmNode = Int32Array.from(vms, (vm) => nodeIndex.get(vm.node)!)
  const spaces = compileSpaces(problem, vmNode)
  const groups = compileGroups(problem, vmIndex)
  const drained = new Uint8Array(nodes.length)
  for (const { node, mode } of problem.drains) drained[nodeIndex.get(node)!] = mode === 'live' ? 1 : 2
  const drainTargets = new Map<number, readonly number[]>()
  for (const { node, to } of problem.drains)
    if (to !== undefined)
      drainTargets.set(
        nodeIndex.get(node)!,
        to.map((id) => nodeIndex.get(id)!),
      )
  const networks = networksOf(problem)
  const durations = new Durations(problem, networks)
  const mayStay = new Uint8Array(vms.length)
  for (const { vm, to = [] } of problem.moves)
    if (to.length > 1 && to.includes(vms[vmIndex.get(vm)!].node)) mayStay[vmIndex.get(vm)!] = 1

  return {
    problem,
    nodeCount: nodes.length,
    vmCount: vms.length,
    nodeIndex,
    vmIndex,
    horizon,
    horizonClamped: wanted > MAX_TICK,
    ...compileFeatures(problem),
    nodeSlots: Int32Array.from(nodes, (node) => node.slots),
    vmNode,
    spaces,
    vmMemory: spaces[0].size,
    vmWeight: Float64Array.from(vms, (vm) => vm.priority + 1),
    ...compileAffinity(problem),
    ...groups,
    inTransit: compileInTransit(problem, groups, vmNode, nodes.length),
    stayPenalty: Float64Array.from(vms, (vm) => penaltyToTicks(preferencePenalty(policy, vm, vm.node))),
    moves: problem.moves.map(({ vm, to, durationSeconds: seconds }) => ({
      vm: vmIndex.get(vm)!,
      to: to?.map((id) => nodeIndex.get(id)!),
      given: seconds === undefined ? undefined : durations.whole(seconds),
    })),
    drained,
    mayStay,
    othersMayMove: policy.allowMakeRoom || mayStay.includes(1),
    drainTargets,
    durations,
    penalties: {
      offload: penaltyToTicks(policy.offloadPenaltySeconds),
      featureLoss: penaltyToTicks(policy.featureLossPenaltySeconds),
      restart: penaltyToTicks(policy.restartPenaltySeconds),
      save: penaltyToTicks(policy.savePenaltySeconds),
      stop: penaltyToTicks(policy.stopPenaltySeconds),
      blackout: penaltyToTicks(policy.blackoutPenaltySeconds),
    },
    limits: compileLimits(policy),
    networks,
    ...compileSerials(problem),
    order: problem.order.map((list) => Int32Array.from(list, (id) => vmIndex.get(id)!)),
    ...compileWindows(problem, nodeIndex, vmIndex, horizon),
  }
}

function compileSerials({ vms }: ResolvedProblem): Pick<Instance, 'serials' | 'vmSerials'> {
  const index = new Map<string, number>()
  const vmSerials = vms.map(({ serial }) => {
    if (serial.length === 0) return NO_GROUPS
    return Int32Array.from(serial, (group) => {
      const known = index.get(group) ?? index.size
      index.set(group, known)
      return known
    })
  })
  return { serials: [...index.keys()], vmSerials }
}

function compileLimits({ concurrentMigrations, concurrentRestarts }: Policy): Limit[] {
  const limits: Limit[] = [{ policy: 'concurrentRestarts', most: concurrentRestarts, live: false }]
  if (concurrentMigrations !== undefined)
    limits.push({ policy: 'concurrentMigrations', most: concurrentMigrations, live: true })
  return limits
}

type Affinity = Pick<Instance, 'affinitySets' | 'affinityOf' | 'domainSets' | 'domainSetsOf'>

function compileAffinity(problem: ResolvedProblem): Affinity {
  const { vms, affinityDomains } = problem
  const affinitySets = tiedBy(vms, (group) => !affinityDomains.has(group))
  const affinityOf = new Int32Array(vms.length).fill(-1)
  affinitySets.forEach((set, index) => {
    for (const vm of set) affinityOf[vm] = index
  })
  const placesOf = placesByDomain(problem)
  const kinds = [...new Set(affinityDomains.values())]
  const domainSets = kinds.flatMap((kind) =>
    tiedBy(vms, (group) => affinityDomains.get(group) === kind).map((set) => ({
      vms: set,
      places: placesOf(kind),
    })),
  )
  return { affinitySets, affinityOf, domainSets, domainSetsOf: indicesByVm(vms.length, domainSets) }
}

/** Connected components, of two VMs and more, of VMs and those of their affinity groups that count. */
function tiedBy(vms: ResolvedProblem['vms'], counts: (group: string) => boolean): Int32Array[] {
  const membersOf = new Map<string, number[]>()
  vms.forEach((vm, index) => {
    for (const group of vm.affinity) {
      if (!counts(group)) continue
      append(membersOf, group, index)
    }
  })
  const sets: Int32Array[] = []
  const reached = new Set<string>()
  for (const first of membersOf.keys()) {
    if (reached.has(first)) continue
    reached.add(first)
    const groups = [first]
    const together = new Set<number>()
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      for (const vm of membersOf.get(group)!) {
        together.add(vm)
        for (const next of vms[vm].affinity) {
          if (reached.has(next) || !counts(next)) continue
          reached.add(next)
          groups.push(next)
        }
      }
    }
    if (together.size > 1) sets.push(Int32Array.from(together).sort())
  }
  return sets
}

/** [V] indices of the lists that have the VM. */
function indicesByVm(vmCount: number, lists: readonly { vms: Int32Array }[]): Int32Array[] {
  const own: number[][] = []
  lists.forEach(({ vms }, index) => {
    for (const vm of vms) {
      own[vm] ??= []
      own[vm].push(index)
    }
  })
  return Array.from({ length: vmCount }, (_, vm) =>
    own[vm] === undefined ? NO_GROUPS : Int32Array.from(own[vm]),
  )
}

/** Seconds of cost for a VM that ends on the node. */
export function preferencePenalty(policy: Policy, vm: ResolvedVm, node: string): number {
  return vm.preferredNodes?.has(node) === false ? policy.preferencePenaltySeconds : 0
}

type Groups = Pick<Instance, 'groups' | 'groupPlaces' | 'vmGroups' | 'softGroups' | 'vmSoftGroups'>

function compileGroups(problem: ResolvedProblem, vmIndex: ReadonlyMap<string, number>): Groups {
  const { vms, softRules, groupDomains } = problem
  const index = new Map<string, number>()
  const vmGroups = vms.map((vm) =>
    Int32Array.from(vm.antiAffinity, (group) => {
      const known = index.get(group) ?? index.size
      index.set(group, known)
      return known
    }),
  )
  const groups = [...index.keys()]
  const placesOf = placesByDomain(problem)
  const softGroups = softRules.map(({ kind, domain, penaltySeconds, vms: ids }): SoftGroup => {
    const members = Int32Array.from(ids, (id) => vmIndex.get(id)!).sort()
    return { kind, penalty: penaltyToTicks(penaltySeconds), vms: members, places: placesOf(domain) }
  })
  return {
    groups,
    groupPlaces: groups.map((group) => placesOf(groupDomains.get(group))),
    vmGroups,
    softGroups,
    vmSoftGroups: indicesByVm(vms.length, softGroups),
  }
}

const NO_GROUPS = new Int32Array(0)

/** [N] of the nodes of one domain the first, of each other node itself; one array for each kind of domain. */
function placesByDomain({ nodes }: ResolvedProblem): (domain: string | undefined) => Int32Array {
  const known = new Map<string | undefined, Int32Array>()
  return (domain) => {
    let places = known.get(domain)
    if (places === undefined) {
      const first = new Map<string, number>()
      places = Int32Array.from(nodes, ({ domains }, node) => {
        const name = domain === undefined ? undefined : domains.get(domain)
        if (name === undefined) return node
        if (!first.has(name)) first.set(name, node)
        return first.get(name)!
      })
      known.set(domain, places)
    }
    return places
  }
}

type Features = Pick<
  Instance,
  'maskWords' | 'features' | 'nodeMask' | 'bootMask' | 'vmMask' | 'nodeVendor' | 'vmVendor' | 'vendors'
>

function compileFeatures({ nodes, vms }: ResolvedProblem): Features {
  // VMs see only what some node has; equal sets share one array, so that each distinct array is read once.
  const sets = new Set(nodes.flatMap((node) => [node.features, bootFeaturesOf(node)]))
  for (const vm of vms) sets.add(vm.features)
  const names = new Set<string>()
  for (const set of sets) for (const name of set) names.add(name)
  const features = [...names].sort()
  const bitOf = new Map(features.map((name, bit) => [name, bit]))
  const lanes = Math.max(1, Math.ceil(features.length / (32 * WORDS_PER_LANE)))
  const maskWords = lanes * WORDS_PER_LANE

  const maskOf = new Map<readonly string[], Uint32Array>()
  for (const set of sets) {
    const mask = new Uint32Array(maskWords)
    for (const name of set) {
      const bit = bitOf.get(name)!
      mask[bit >>> 5] |= 1 << (bit & 31)
    }
    maskOf.set(set, mask)
  }
  const stack = <T>(owners: readonly T[], setOf: (owner: T) => readonly string[]): Uint32Array => {
    const masks = new Uint32Array(owners.length * maskWords)
    for (let i = 0; i < owners.length; i++) masks.set(maskOf.get(setOf(owners[i]))!, i * maskWords)
    return masks
  }

  const vendors: string[] = [...new Set(nodes.map((node) => node.vendor))].sort()
  const vendorOf = new Map(vendors.map((vendor, index) => [vendor, index]))
  return {
    maskWords,
    features,
    nodeMask: stack(nodes, (node) => node.features),
    bootMask: stack(nodes, bootFeaturesOf),
    vmMask: stack(vms, (vm) => vm.features),
    nodeVendor: Int32Array.from(nodes, (node) => vendorOf.get(node.vendor)!),
    vmVendor: Int32Array.from(vms, (vm) => vendorOf.get(vm.vendor)!),
    vendors,
  }
}

/** One for each VM or node, by index. */
type Lists = (number[] | undefined)[]

function listOf(lists: Lists, index: number): number[] {
  lists[index] ??= []
  return lists[index]
}

function compileWindows(
  { windows, moves, drains }: ResolvedProblem,
  nodeIndex: ReadonlyMap<string, number>,
  vmIndex: ReadonlyMap<string, number>,
  horizon: number,
): Dates & Pick<Instance, 'clusterWindows' | 'undated'> {
  const cluster: number[] = []
  const node: Lists = new Array(nodeIndex.size).fill(undefined)
  const vm: Lists = new Array(vmIndex.size).fill(undefined)
  for (const window of windows) {
    // Outwards, so that no part of a window is lost; beyond the horizon nothing is scheduled.
    const start = Math.min(windowStartToTicks(window.startSeconds), horizon)
    const end = Math.min(durationToTicks(window.endSeconds), horizon)
    if (window.vm !== undefined) listOf(vm, vmIndex.get(window.vm)!).push(start, end)
    else if (window.node !== undefined) listOf(node, nodeIndex.get(window.node)!).push(start, end)
    else cluster.push(start, end)
  }
  const merge = (list: number[] | undefined): Intervals =>
    list === undefined ? NO_INTERVALS : mergeIntervals(list, horizon)
  const none = (count: number) => new Float64Array(count).fill(horizon)
  const undated: Dates = {
    vmDeadline: none(vm.length),
    nodeDeadline: none(node.length),
    nodeWindows: node.map(merge),
    vmWindows: vm.map(merge),
  }
  const dated = [...moves, ...drains].some(({ bySeconds }) => bySeconds !== undefined)
  if (!dated) return { clusterWindows: merge(cluster), ...undated, undated }

  const close = (lists: Lists, deadline: Float64Array, index: number, bySeconds = Infinity) => {
    const by = Math.min(windowStartToTicks(bySeconds), horizon)
    deadline[index] = by
    if (by < horizon) listOf(lists, index).push(by, horizon)
  }
  const vmDeadline = none(vm.length)
  const nodeDeadline = none(node.length)
  for (const move of moves) close(vm, vmDeadline, vmIndex.get(move.vm)!, move.bySeconds)
  // Nobody arrives on a drained node: time behind its deadline is closed to all its migrations.
  for (const drain of drains) close(node, nodeDeadline, nodeIndex.get(drain.node)!, drain.bySeconds)
  return {
    clusterWindows: merge(cluster),
    vmDeadline,
    nodeDeadline,
    nodeWindows: node.map(merge),
    vmWindows: vm.map(merge),
    undated,
  }
}
