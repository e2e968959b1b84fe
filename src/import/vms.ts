/** The VMs of the problem. */
import { quote } from '../model/issues.js'
import type { ProblemVm } from '../model/problem.js'
import { describeOrigin, type FaultList } from './failure.js'
import type { Assumption, InventoryVm } from './inventory.js'
import type { NodeNames } from './names.js'

/** Reports every VM that has the name of another: by the name alone, a plan and those who carry it out could not tell them apart. */
export function checkVmIds(vms: readonly InventoryVm[], faults: FaultList): void {
  const seen = new Map<string, InventoryVm>()
  for (const vm of vms) {
    const other = seen.get(vm.id)
    if (other === undefined) seen.set(vm.id, vm)
    else {
      const where = describeOrigin(other.origin)
      faults.add(vm.origin, `a VM ${quote(vm.id)} stands at ${where} already; rename one of the two`)
    }
  }
}

/** The VMs that have no fault. */
export function buildVms(
  vms: readonly InventoryVm[],
  names: NodeNames,
  faults: FaultList,
  assumptions: Assumption[],
): ProblemVm[] {
  const built: ProblemVm[] = []
  let quiet = 0
  for (const vm of vms) {
    quiet += vm.dirtyMiBps === undefined && vm.state !== 'off' && vm.state !== 'saved' ? 1 : 0
    const result = buildVm(vm, names, faults)
    if (result !== undefined) built.push(result)
  }
  if (quiet > 0) {
    const whose = quiet === vms.length ? 'all VMs' : `${quiet} of ${vms.length} VMs`
    assumptions.push({
      origin: { file: vms[0].origin.file, place: '' },
      text: `${whose}: nothing written to memory during a migration, since the files do not tell dirty rates: each takes at least as long as planned; set dirtyMiBps in the problem where it matters`,
    })
  }
  return built
}

function buildVm(vm: InventoryVm, names: NodeNames, faults: FaultList): ProblemVm | undefined {
  const { origin } = vm
  let sound = true
  const fault = (message: string): undefined => {
    faults.add(origin, `VM ${quote(vm.id)}: ${message}`)
    sound = false
  }
  const nodeId = (name: string, what: string): string | undefined => {
    const { id, fault: why } = names.find(name)
    return id ?? fault(`${what} ${quote(name)} ${why}`)
  }
  const node = vm.node === '' ? fault('the files do not tell its node') : nodeId(vm.node, 'its node')
  const { memoryMiB } = vm
  if (memoryMiB === undefined) fault('the files do not tell its memory')
  const bootNode = vm.bootNode === undefined ? undefined : nodeId(vm.bootNode, 'its boot node')
  const allowed = vm.allowedNodes?.map((name) => nodeId(name, 'its possible owner'))
  if (!sound || node === undefined || memoryMiB === undefined) return undefined

  const result: ProblemVm = { id: vm.id, node, memoryMiB }
  if (vm.dirtyMiBps !== undefined) result.dirtyMiBps = vm.dirtyMiBps
  if (vm.workingSetMiB !== undefined) result.workingSetMiB = vm.workingSetMiB
  if (bootNode !== undefined) result.bootNode = bootNode
  if (vm.compatibility !== undefined) result.compatibility = vm.compatibility
  if (vm.offloads !== undefined && vm.offloads.length > 0) result.offloads = vm.offloads
  if (vm.state !== undefined) result.state = vm.state
  if (allowed !== undefined) result.allowedNodes = [...new Set(allowed.filter((id) => id !== undefined))]
  if (vm.antiAffinity !== undefined && vm.antiAffinity.length > 0) result.antiAffinity = vm.antiAffinity
  if (vm.affinity !== undefined && vm.affinity.length > 0) result.affinity = vm.affinity
  if (vm.priority !== undefined) result.priority = vm.priority
  if (vm.restartable !== undefined) result.restartable = vm.restartable
  return result
}
