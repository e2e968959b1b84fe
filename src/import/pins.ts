/** What ties VMs to their host, so that no plan moves them: one list of reasons for every source, each told once with all its VMs. */
import { Findings, Remarks } from './findings.js'
import type { Assumption, InventoryVm, Origin } from './inventory.js'
import type { LocalDisks } from './options.js'

export interface Tie {
  /** To go behind "VMs that ". */
  reason: string
  /** The device or path, as the files name it. */
  what?: string | undefined
  origin: Origin
  /** Only a migration that copies the disks too gets past it. */
  isLocalStorage?: boolean
}

export class Pins {
  readonly #localDisks: LocalDisks
  // All names: whoever wants a VM to move has to find its device here.
  readonly #stay = new Remarks(Number.POSITIVE_INFINITY)
  readonly #copied = new Remarks(Number.POSITIVE_INFINITY)

  /** @param localDisks what becomes of VMs that nothing but local storage ties */
  constructor(localDisks: LocalDisks = 'stay') {
    this.#localDisks = localDisks
  }

  add(vm: InventoryVm, { reason, what, origin, isLocalStorage = false }: Tie): void {
    const remarks = isLocalStorage && this.#localDisks === 'move' ? this.#copied : this.#stay
    if (remarks === this.#stay) vm.allowedNodes = [vm.node]
    remarks.add(reason, what === undefined ? vm.id : `${vm.id} (${what})`, origin)
  }

  assumptions(): Assumption[] {
    const findings = new Findings()
    this.#stay.reportAll(findings, (reason, names) => `VMs that ${reason} stay where they are: ${names}`)
    this.#copied.reportAll(
      findings,
      (reason, names) =>
        `VMs that ${reason} may move, and what is local has to move with them (--local-disks move), which takes longer than planned: ${names}`,
    )
    return findings.assumptions
  }
}

/** Options of QEMU's own command line that give a guest a device of its host, or memory that cannot be sent. */
export const QEMU_OPTION =
  /vfio|ivshmem|usb-host|usbdevice\s+host:|virtiofs|vhost-user-fs|virtio-pmem|(?:sev|sev-snp|tdx)-guest|-(?:serial|parallel)\s+\/dev\/|chardev\s+(?:serial|tty|parallel|parport)\b/i

/** What every source says of a disk that only one host has. */
export const LOCAL_DISK =
  'have disks on storage of their host alone, which a live migration would have to copy,'
export const LOCAL_IMAGE = 'have an image of a local disk in their DVD drive'
