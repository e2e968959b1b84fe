/** What nodes have little of, as reservoirs: memory, vCPUs under a limit, devices of each kind. */
import type { Instance, Space } from './instance.js'
import { wholeKiB } from './memory.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm } from './problem.js'
import { vcpuLimit } from './vcpus.js'

/** KiB in a GiB: keeps coefficients of memory near 1. */
const GIB = 1024 * 1024

/** Memory first, then what else can bind, vCPUs before devices. */
export function compileSpaces(problem: ResolvedProblem, vmNode: Int32Array): Instance['spaces'] {
  const { nodes, vms, policy } = problem
  const space = (
    facts: Pick<Space, 'reason' | 'device' | 'unit' | 'heldInAnyState'>,
    capacityOf: (node: ResolvedNode) => number,
    sizeOf: (vm: ResolvedVm) => number,
  ): Space => {
    const size = Float64Array.from(vms, (vm) =>
      facts.heldInAnyState || vm.state === 'running' ? sizeOf(vm) : 0,
    )
    const used = new Float64Array(nodes.length)
    size.forEach((own, vm) => {
      used[vmNode[vm]] += own
    })
    return { ...facts, capacity: Float64Array.from(nodes, capacityOf), used, size }
  }
  const memory = space(
    { reason: 'memory', device: undefined, unit: GIB, heldInAnyState: false },
    (node) => Math.max(0, wholeKiB(node.memoryMiB) - wholeKiB(node.reserveMiB)),
    (vm) => wholeKiB(vm.memoryMiB),
  )
  const vcpus = space(
    { reason: 'vcpus', device: undefined, unit: 1, heldInAnyState: false },
    (node) => vcpuLimit(node, policy),
    (vm) => vm.vcpus,
  )
  const devices = [...new Set(vms.flatMap((vm) => [...vm.devices.keys()]))].map((device) =>
    space(
      { reason: 'devices', device, unit: 1, heldInAnyState: true },
      (node) => node.devices.get(device) ?? 0,
      (vm) => vm.devices.get(device) ?? 0,
    ),
  )
  return [memory, ...[vcpus, ...devices].filter(canBind)]
}

/** With `antiAffinityInTransit`: the hard groups of two and more VMs. */
export function compileInTransit(
  { policy, vms, groupDomains }: ResolvedProblem,
  { groups, groupPlaces, vmGroups }: Pick<Instance, 'groups' | 'groupPlaces' | 'vmGroups'>,
  vmNode: Int32Array,
  nodeCount: number,
): Space[] {
  if (!policy.antiAffinityInTransit) return []
  const sizes = groups.map(() => new Float64Array(vms.length))
  vmGroups.forEach((own, vm) => {
    for (const g of own) sizes[g][vm] = 1
  })
  return sizes.flatMap((size, group) => {
    if (size.reduce((sum, own) => sum + own, 0) < 2) return []
    const places = groupPlaces[group]
    const used = new Float64Array(nodeCount)
    size.forEach((own, vm) => {
      used[places[vmNode[vm]]] += own
    })
    const capacity = new Float64Array(nodeCount).fill(1)
    const facts = { reason: 'anti-affinity', device: undefined, unit: 1, heldInAnyState: true } as const
    return [{ ...facts, capacity, used, size, group, ...(groupDomains.has(groups[group]) ? { places } : {}) }]
  })
}

/** Where the space counts what is on the node. */
export function placeIn({ places }: Pick<Space, 'places'>, node: number): number {
  return places === undefined ? node : places[node]
}

/** How much the VM takes of all spaces together, as a rule of thumb: a GiB, a vCPU and a device count alike. */
export function bulkOf({ spaces }: Pick<Instance, 'spaces'>, vm: number): number {
  let bulk = 0
  for (const { size, unit } of spaces) bulk += size[vm] / unit
  return bulk
}

/** Finds it room everywhere, in transit too? */
export function takesNothing(
  { spaces, inTransit }: Pick<Instance, 'spaces' | 'inTransit'>,
  vm: number,
): boolean {
  const isEmpty = ({ size }: Space) => size[vm] === 0
  return spaces.every(isEmpty) && inTransit.every(isEmpty)
}

/** Could a node be asked for more than it has? */
function canBind({ capacity, size }: Space): boolean {
  const all = size.reduce((sum, own) => sum + own, 0)
  return capacity.some((most) => all > most)
}
