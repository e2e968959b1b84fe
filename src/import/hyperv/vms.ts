/** VMs: where they are, what they have and see. Rules about where they may go are in `rules.ts`. */
import type { Compatibility } from '../../model/problem.js'
import { type Findings, Remarks } from '../findings.js'
import type { InventoryVm } from '../inventory.js'
import { COMPATIBILITY_MODES, REPLICATION_MODES } from './enums.js'
import { readMiB } from './memory.js'
import { type NodeRows, nodeNamesOf } from './node-rows.js'
import { type Collected, originOf, type Row, rawOf, showValue } from './rows.js'
import { asBoolean, asCount, asEnum, asInstant, asMinutes, asName, asNumber, asText } from './values.js'
import { guidOf, type VmKey, VmRows } from './vm-rows.js'
import { readState } from './vm-state.js'

/** What is said once of many, `{names}`. */
const REMARKS = {
  boot: 'VMs are taken to have been started where they are now, since Hyper-V does not tell: {names}; bootNode in the problem says better',
  came: 'VMs that have run for longer than their host were started elsewhere, and see no more than both CPUs have: {names}; bootNode in the problem says where',
  replica: 'left out, replicas that are off: {names}',
  dynamic:
    'VMs with dynamic memory count with what is assigned to them now: {names}; memoryMiB of the problem says otherwise',
  demand:
    'VMs that ask for more memory than is assigned to them may have grown by the time they move: {names}; --reserve keeps room for that',
  maximum: 'running VMs that tell no assigned memory count with their maximum: {names}',
  startup: 'running VMs that tell no assigned memory count with their startup memory: {names}',
  compatibility:
    'VMs that do not tell their processor compatibility are taken to have it off: {names}; export Get-VMProcessor too',
  cluster:
    'VMs with CommonClusterFeatureSet see what all nodes have in common now: {names}; where a node joined after they were started, they may see more',
  checkpoint:
    'VMs with checkpoints move with them: {names}; one with memory in it can be applied only where the CPU has what it had',
}

/** A VM, and what rules are tied to it by. */
export interface ReadVm extends VmKey {
  vm: InventoryVm
  row: Row
  /** Undefined where the export does not tell. */
  clustered: boolean | undefined
}

export interface ReadVms {
  vms: readonly ReadVm[]
  /** Those that wait for their failover, and are left out. */
  replicas: readonly VmKey[]
}

export function readVms(collected: Collected, nodes: NodeRows, findings: Findings): ReadVms {
  return new VmReader(collected, nodes, findings).read()
}

/** Leaves the VM where it is. */
export function pin({ vm }: ReadVm): void {
  vm.allowedNodes = [vm.node]
}

/** Allows the VM, besides its own node, only nodes that `may` have it. Returns whether that shuts any out. */
export function restrict({ vm }: ReadVm, nodes: readonly string[], may: (node: string) => boolean): boolean {
  const allowed = nodes.filter((node) => node === vm.node || may(node))
  if (allowed.length === nodes.length) return false
  vm.allowedNodes = (vm.allowedNodes ?? nodes).filter((node) => allowed.includes(node))
  return true
}

/** The most that Kerberos allows, without which nobody reads anything. */
const CLOCKS_DIFFER_SECONDS = 300

/** Seconds since a VM or a node was started. */
function uptimeOf(row: Row): number | undefined {
  const seconds = asNumber(rawOf(row, 'UptimeSeconds'))
  if (seconds !== undefined) return seconds
  const minutes = asMinutes(rawOf(row, 'Uptime'))
  if (minutes !== undefined) return minutes * 60
  const started = asInstant(rawOf(row, 'LastBootUpTime'))
  const now = asInstant(rawOf(row, 'LocalDateTime'))
  return started && now && (now.epochMs - started.epochMs) / 1000
}

class VmReader {
  readonly #rows: Collected['rows']
  readonly #nodes: NodeRows
  readonly #findings: Findings
  readonly #remarks = new Remarks()
  readonly #stays = new Remarks()
  readonly #memory: VmRows
  readonly #processors: VmRows
  readonly #adapters: VmRows
  readonly #checkpoints: VmRows
  readonly #replicas: VmKey[] = []

  constructor({ rows }: Collected, nodes: NodeRows, findings: Findings) {
    this.#rows = rows
    this.#nodes = nodes
    this.#findings = findings
    this.#memory = new VmRows(rows, 'vmMemory', nodes)
    this.#processors = new VmRows(rows, 'vmProcessor', nodes)
    this.#adapters = new VmRows(rows, 'vmAdapter', nodes)
    this.#checkpoints = new VmRows(rows, 'checkpoint', nodes)
  }

  read(): ReadVms {
    const found: ReadVm[] = []
    const byName = new Map<string, ReadVm>()
    for (const row of this.#rows.get('vm') ?? []) {
      const read = this.#vm(row)
      if (read === undefined) continue
      const first = byName.get(read.name.toLowerCase())
      if (first === undefined) {
        byName.set(read.name.toLowerCase(), read)
        found.push(read)
      } else this.#twice(first, read)
    }
    this.#report()
    return { vms: found, replicas: this.#replicas }
  }

  #vm(row: Row): ReadVm | undefined {
    const name = asName(rawOf(row, 'Name')) ?? asName(rawOf(row, 'VMName'))
    if (name === undefined) {
      this.#findings.fault(originOf(row), 'a VM without a Name; export it too')
      return undefined
    }
    const node = this.#nodes.nodeOf(row)
    const host = node ?? nodeNamesOf(row)[0]
    if (host === undefined) {
      this.#findings.fault(
        originOf(row),
        `does not tell on which node "${name}" is; export ComputerName, or give the files of one host at a time`,
      )
      return undefined
    }
    const state = readState(row, this.#findings)
    if (state === undefined) return undefined
    const origin = originOf(row)
    const key: VmKey = { name, node, vmId: guidOf(row, 'VMId', 'Id') }
    if (state.state === 'off' && this.#isReplica(row)) {
      this.#remarks.add('replica', name, origin)
      this.#replicas.push(key)
      return undefined
    }
    const vm: InventoryVm = { id: name, node: host, state: state.state, origin }
    const read: ReadVm = { ...key, vm, row, clustered: asBoolean(rawOf(row, 'IsClustered')) }
    if (state.stays !== undefined) {
      pin(read)
      this.#stays.add(state.stays, name, originOf(row, 'State'))
    }
    if (state.state !== 'off') this.#remarks.add(this.#cameLive(read) ? 'came' : 'boot', name, origin)
    this.#readMemory(read)
    const vcpus = this.#vcpus(read)
    if (vcpus !== undefined) vm.vcpus = vcpus
    vm.compatibility = this.#compatibility(read)
    const offloads = this.#offloads(read)
    if (offloads.length > 0) vm.offloads = offloads
    if (this.#checkpoints.of(read).length > 0) this.#remarks.add('checkpoint', name, origin)
    return read
  }

  /** A replica that waits for its failover is another host's VM: it takes no memory, and nothing may move it. */
  #isReplica(row: Row): boolean {
    const mode = asEnum(rawOf(row, 'ReplicationMode'), REPLICATION_MODES)
    return mode === 'Replica' || mode === 'ExtendedReplica' || mode === 'TestReplica'
  }

  /** Whether it has run for longer than its host, beyond what clocks differ by: it was started elsewhere. */
  #cameLive({ row, node }: ReadVm): boolean {
    const [host] = node === undefined ? [] : this.#nodes.of('memory', node)
    const uptime = uptimeOf(row)
    const hostUptime = host && uptimeOf(host)
    return uptime !== undefined && hostUptime !== undefined && uptime > hostUptime + CLOCKS_DIFFER_SECONDS
  }

  #readMemory(read: ReadVm): void {
    const { vm, row, name } = read
    const [memory] = this.#memory.of(read)
    const size = (property: string, other: string) =>
      readMiB(row, property, this.#findings) ||
      (memory && readMiB(memory, other, this.#findings)) ||
      undefined
    const before = this.#findings.issues.length
    const assigned = readMiB(row, 'MemoryAssigned', this.#findings) || undefined
    const startup = size('MemoryStartup', 'Startup')
    const maximum = size('MemoryMaximum', 'Maximum')
    const dynamic =
      asBoolean(rawOf(row, 'DynamicMemoryEnabled') ?? (memory && rawOf(memory, 'DynamicMemoryEnabled'))) ===
      true
    if (vm.state === 'running') {
      if (dynamic) this.#remarks.add(assigned === undefined ? 'maximum' : 'dynamic', name, originOf(row))
      if (dynamic && (asNumber(rawOf(row, 'MemoryDemand')) ?? 0) / 2 ** 20 > (assigned ?? Infinity))
        this.#remarks.add('demand', name, originOf(row, 'MemoryDemand'))
      if (!dynamic && assigned === undefined) this.#remarks.add('startup', name, originOf(row))
    }
    const most = dynamic ? (maximum ?? startup) : startup
    const mib = vm.state === 'running' ? (assigned ?? most) : (startup ?? assigned)
    if (mib !== undefined) vm.memoryMiB = Math.ceil(mib)
    else if (this.#findings.issues.length === before)
      this.#findings.fault(
        originOf(row),
        `tells no memory of "${name}"; export MemoryAssigned and MemoryStartup`,
      )
  }

  #vcpus(read: ReadVm): number | undefined {
    const [processor] = this.#processors.of(read)
    return asCount(rawOf(read.row, 'ProcessorCount')) ?? (processor && asCount(rawOf(processor, 'Count')))
  }

  /** Off is the safe one: such a VM sees all that its CPU has, and goes only where all of that is. */
  #compatibility(read: ReadVm): Compatibility {
    const [row] = this.#processors.of(read)
    const enabled = row && asBoolean(rawOf(row, 'CompatibilityForMigrationEnabled'))
    if (row === undefined || enabled === undefined) {
      this.#remarks.add('compatibility', read.name, originOf(row ?? read.row))
      return 'off'
    }
    if (!enabled) return 'off'
    // Before Windows Server 2025 there is one mode, without a name.
    if (asText(rawOf(row, 'CompatibilityForMigrationMode')) === undefined) return 'minimum'
    const mode = asEnum(rawOf(row, 'CompatibilityForMigrationMode'), COMPATIBILITY_MODES)
    if (mode === 'MinimumFeatureSet') return 'minimum'
    if (mode === 'CommonClusterFeatureSet') {
      this.#remarks.add('cluster', read.name, originOf(row))
      return 'cluster'
    }
    this.#findings.assume(
      originOf(row, 'CompatibilityForMigrationMode'),
      `${showValue(row, 'CompatibilityForMigrationMode')} is no mode that vmferry knows: ${read.name} is taken to see all of its CPU`,
    )
    return 'off'
  }

  /** What it uses now; a weight alone is a wish that the adapter may not have granted. */
  #offloads(read: ReadVm): string[] {
    const rows = this.#adapters.of(read)
    const uses = (property: string) => rows.some((row) => (asNumber(rawOf(row, property)) ?? 0) > 0)
    return [...(uses('IovUsage') ? ['sriov'] : []), ...(uses('VmqUsage') ? ['vmq'] : [])]
  }

  #twice(first: ReadVm, second: ReadVm): void {
    const { place, file } = first.vm.origin
    const same = first.vmId !== undefined && first.vmId === second.vmId
    const why =
      first.vm.node === second.vm.node
        ? 'give each export once, and rename one where two VMs share a name: plans name VMs by it'
        : same
          ? `the same VM is on ${first.vm.node} and ${second.vm.node}: it is being moved or was left behind; export again`
          : `there is one on ${first.vm.node} and one on ${second.vm.node}; rename one: plans name VMs by it`
    this.#findings.fault(
      originOf(second.row, 'Name'),
      `a second VM "${second.name}", after ${place} in ${file}; ${why}`,
    )
  }

  #report(): void {
    this.#stays.reportAll(
      this.#findings,
      (stays, names) => `VMs that ${stays} stay where they are: ${names}; export again once that is over`,
    )
    this.#remarks.tell(this.#findings, REMARKS)
  }
}
