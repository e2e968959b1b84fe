/** What ties a VM to its host, so that no plan moves it: devices, disks and images that no other node has. */
import { addAll } from '../../lists.js'
import type { Findings } from '../findings.js'
import type { LocalDisks } from '../options.js'
import { LOCAL_DISK, LOCAL_IMAGE, Pins, type Tie } from '../pins.js'
import { CONTROLLERS, DVD_MEDIA } from './enums.js'
import type { NodeRows } from './node-rows.js'
import type { Role, Roles } from './roles.js'
import { type Collected, originOf, type Row, rawOf } from './rows.js'
import { asBoolean, asEnum, asName, asNumber, asText } from './values.js'
import { VmRows } from './vm-rows.js'
import type { ReadVm } from './vms.js'
import { unreadSources } from './warnings.js'

export function readPins(
  collected: Collected,
  vms: readonly ReadVm[],
  roles: Roles,
  nodes: NodeRows,
  localDisks: LocalDisks | undefined,
  findings: Findings,
): void {
  const ties = new Ties(collected, nodes)
  const pins = new Pins(localDisks)
  for (const vm of vms) {
    for (const each of ties.of(vm, roles.of(vm))) pins.add(vm.vm, each)
  }
  addAll(findings.assumptions, pins.assumptions())
}

/** A tie that a row tells of. */
const tie = (reason: string, what: string | undefined, row: Row, isLocalStorage = false): Tie => ({
  reason,
  what,
  origin: originOf(row),
  isLocalStorage,
})

/** A path that every node reaches: a cluster shared volume or a share. */
const SHARED = /^(?:[a-z]:\\ClusterStorage\\|\\\\(?![.?]\\|localhost\\|127\.))/i
const SYSTEM_DRIVE = /^c:/i

class Ties {
  readonly #nodes: NodeRows
  readonly #devices: VmRows
  readonly #partitions: VmRows
  readonly #processors: VmRows
  readonly #disks: VmRows
  readonly #dvds: VmRows
  /** Bytes of disks, by node and path. */
  readonly #sizes = new Map<string, number>()
  /** Roles that have a disk of the cluster to themselves, by name in lower case. */
  readonly #withDisks: ReadonlySet<string>
  /** By node, a cmdlet that could not be read there. */
  readonly #unread: ReadonlyMap<string, string>

  constructor(collected: Collected, nodes: NodeRows) {
    const { rows } = collected
    this.#nodes = nodes
    this.#devices = new VmRows(rows, 'assignedDevice', nodes)
    this.#partitions = new VmRows(rows, 'gpuPartition', nodes)
    this.#processors = new VmRows(rows, 'vmProcessor', nodes)
    this.#disks = new VmRows(rows, 'hardDisk', nodes)
    this.#dvds = new VmRows(rows, 'dvdDrive', nodes)
    this.#withDisks = new Set(
      (rows.get('resource') ?? [])
        .filter((row) => /^Physical Disk$/i.test(asText(rawOf(row, 'ResourceType')) ?? ''))
        .map((row) => (asName(rawOf(row, 'Group') ?? rawOf(row, 'OwnerGroup')) ?? '').toLowerCase()),
    )
    this.#unread = unreadSources(collected, nodes)
    for (const row of rows.get('vhdFile') ?? []) {
      const size = asNumber(rawOf(row, 'FileSize'))
      if (size !== undefined) this.#sizes.set(this.#sizeKey(row), size)
    }
  }

  *of(vm: ReadVm, role: Role | undefined): Generator<Tie> {
    for (const row of this.#devices.of(vm)) {
      const device = asText(rawOf(row, 'LocationPath')) ?? asText(rawOf(row, 'InstanceID'))
      yield tie('have devices of their host', device, row)
    }
    for (const row of this.#partitions.of(vm))
      yield tie("have a partition of their host's GPU", asText(rawOf(row, 'InstancePath')), row)
    // What runs in such a VM is no part of what a live migration takes along.
    const [processor] = this.#processors.of(vm)
    if (
      vm.vm.state !== 'off' &&
      processor !== undefined &&
      asBoolean(rawOf(processor, 'ExposeVirtualizationExtensions')) === true
    )
      yield tie(
        'may run virtual machines of their own (ExposeVirtualizationExtensions)',
        undefined,
        processor,
      )
    yield* this.#storage(vm, role)
    const unread = vm.node === undefined ? undefined : this.#unread.get(vm.node)
    if (unread !== undefined)
      yield tie('may be tied to their host in ways that could not be read', unread, vm.row)
  }

  *#storage(vm: ReadVm, role: Role | undefined): Generator<Tie> {
    const own = role !== undefined && this.#withDisks.has(role.name.toLowerCase())
    const isLocal = (path: string) => !SHARED.test(path) && !(own && !SYSTEM_DRIVE.test(path))
    for (const row of this.#disks.of(vm)) {
      const disk = asNumber(rawOf(row, 'DiskNumber'))
      const path = asText(rawOf(row, 'Path'))
      if (asEnum(rawOf(row, 'ControllerType'), CONTROLLERS) === 'PMEM')
        yield tie('have persistent memory', path, row)
      else if (disk !== undefined) yield tie('have a disk of their host passed through', `disk ${disk}`, row)
      else if (path !== undefined && isLocal(path)) {
        const bytes = this.#sizes.get(this.#sizeKey(row))
        const size = bytes === undefined ? '' : `: ${Math.ceil(bytes / 2 ** 30)} GiB`
        yield tie(LOCAL_DISK, path + size, row, true)
      }
    }
    for (const row of this.#dvds.of(vm)) {
      const media = asEnum(rawOf(row, 'DvdMediaType'), DVD_MEDIA)
      const path = asText(rawOf(row, 'Path'))
      if (media === 'PassThrough') yield tie('use the DVD drive of their host', path, row)
      else if (path !== undefined && isLocal(path)) yield tie(LOCAL_IMAGE, path, row, true)
    }
    const configuration = asText(rawOf(vm.row, 'ConfigurationLocation'))
    if (configuration !== undefined && isLocal(configuration))
      yield tie('have their configuration on storage of their host alone', configuration, vm.row, true)
  }

  #sizeKey(row: Row): string {
    return `${this.#nodes.nodeOf(row) ?? ''}\n${(asText(rawOf(row, 'Path')) ?? '').toLowerCase()}`
  }
}
