/** The VMs of the problem. */
import { given } from '../given.js'
import { quote } from '../model/issues.js'
import type { ProblemVm } from '../model/problem.js'
import { describeOrigin, type FaultList } from './failure.js'
import type { Assumption, InventoryVm, Origin } from './inventory.js'
import type { NodeNames } from './names.js'
import type { ImportOptions } from './options.js'
import { listNames } from './words.js'

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

/** MiB of a VM that is off: it takes up none, and has none to send. */
const UNTOLD_MIB = 1

/** The VMs that have no fault. */
export function buildVms(
  vms: readonly InventoryVm[],
  names: NodeNames,
  faults: FaultList,
  assumptions: Assumption[],
  { dirtyMiBps, maxVcpusPerCore }: Pick<ImportOptions, 'dirtyMiBps' | 'maxVcpusPerCore'>,
): ProblemVm[] {
  const built: ProblemVm[] = []
  const lost = new LostNodes(names)
  let quiet = 0
  const untold: InventoryVm[] = []
  for (const vm of vms) {
    if (vm.memoryMiB === undefined && vm.state === 'off') untold.push(vm)
    const isUntold = vm.dirtyMiBps === undefined && vm.state !== 'off' && vm.state !== 'saved'
    quiet += isUntold ? 1 : 0
    const told = isUntold && dirtyMiBps !== undefined ? { ...vm, dirtyMiBps } : vm
    const result = buildVm(told, lost, faults)
    if (result !== undefined) built.push(result)
  }
  lost.report(faults)
  if (untold.length > 0) {
    const text = `VMs that are off, and whose memory the files do not tell, count with ${UNTOLD_MIB} MiB, which no plan needs: ${listNames(untold.map(({ id }) => id))}; memoryMiB in the problem says otherwise`
    assumptions.push({ origin: untold[0].origin, text })
  }
  const small = maxVcpusPerCore === undefined ? [] : vms.filter(({ vcpus }) => vcpus === undefined)
  if (small.length > 0) {
    const text = `VMs of which the files do not tell the vCPUs count with 1: ${listNames(small.map(({ id }) => id))}; vcpus in the problem says otherwise`
    assumptions.push({ origin: { file: small[0].origin.file, place: '' }, text })
  }
  if (quiet > 0) {
    const whose = quiet === vms.length ? 'all VMs' : `${quiet} of ${vms.length} VMs`
    const text =
      dirtyMiBps === undefined
        ? 'nothing written to memory during a migration, since the files do not tell dirty rates: each takes at least as long as planned; --dirty N, or dirtyMiBps in the problem, says otherwise'
        : `${dirtyMiBps} MiB/s written to memory during a migration (--dirty), since the files do not tell dirty rates`
    assumptions.push({ origin: { file: vms[0].origin.file, place: '' }, text: `${whose}: ${text}` })
  }
  return built
}

/** Names that are those of no node: each is one fault, however many VMs have it. */
class LostNodes {
  readonly #names: NodeNames
  readonly #lost = new Map<string, { origin: Origin; vms: string[]; text: string }>()

  constructor(names: NodeNames) {
    this.#names = names
  }

  /** @param what the name is to the VM */
  find(name: string, what: string, vm: InventoryVm, origin: Origin): string | undefined {
    const key = `${what} ${name.trim().toLowerCase()}`
    const known = this.#lost.get(key)
    if (known !== undefined) {
      known.vms.push(vm.id)
      return undefined
    }
    const { id, fault } = this.#names.find(name)
    if (id === undefined)
      this.#lost.set(key, { origin, vms: [vm.id], text: `${what} ${quote(name)} ${fault}` })
    return id
  }

  report(faults: FaultList): void {
    for (const { origin, vms, text } of this.#lost.values()) {
      const whose =
        vms.length === 1 ? `VM ${quote(vms[0])}: its` : `${vms.length} VMs (${listNames(vms)}): their`
      faults.add(origin, `${whose} ${text}`)
    }
  }
}

function buildVm(vm: InventoryVm, nodes: LostNodes, faults: FaultList): ProblemVm | undefined {
  const { origin } = vm
  let sound = true
  const nodeId = (name: string, what: string, at = origin): string | undefined => {
    const id = nodes.find(name, what, vm, at)
    sound &&= id !== undefined
    return id
  }
  if (vm.node === '')
    faults.add(vm.nodeOrigin ?? origin, `VM ${quote(vm.id)}: the files do not tell its node`)
  const node = vm.node === '' ? undefined : nodeId(vm.node, 'node', vm.nodeOrigin)
  const memoryMiB = vm.memoryMiB ?? (vm.state === 'off' ? UNTOLD_MIB : undefined)
  if (memoryMiB === undefined) faults.add(origin, `VM ${quote(vm.id)}: the files do not tell its memory`)
  const bootNode = vm.bootNode === undefined ? undefined : nodeId(vm.bootNode, 'boot node')
  const allowed = vm.allowedNodes?.map((name) => nodeId(name, 'possible owner'))
  const preferred = vm.preferredNodes?.map((name) => nodeId(name, 'preferred node')) ?? []
  if (!sound || node === undefined || memoryMiB === undefined) return undefined

  const filled = <T>(list: T[] | undefined) => (list?.length === 0 ? undefined : list)
  const known = (ids: (string | undefined)[]) => [...new Set(ids.filter((id) => id !== undefined))]
  return given({
    id: vm.id,
    node,
    memoryMiB,
    dirtyMiBps: vm.dirtyMiBps,
    workingSetMiB: vm.workingSetMiB,
    vcpus: vm.vcpus,
    copyMiB: vm.copyMiB !== undefined && vm.copyMiB < memoryMiB ? vm.copyMiB : undefined,
    bootNode,
    compatibility: vm.compatibility,
    offloads: filled(vm.offloads),
    state: vm.state,
    allowedNodes: allowed && known(allowed),
    preferredNodes: filled(known(preferred)),
    antiAffinity: filled(vm.antiAffinity),
    affinity: filled(vm.affinity),
    priority: vm.priority,
    restartable: vm.restartable,
  })
}
