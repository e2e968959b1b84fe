/** What ties a VM of Proxmox to its node: devices and options with which Proxmox or QEMU refuse a live migration, and local storage. */
import type { Origin } from '../inventory.js'
import { LOCAL_DISK, LOCAL_IMAGE, QEMU_OPTION, type Tie } from '../pins.js'

/** Keys of a VM's configuration, what value does not tie (undefined: any ties), and the reason, to go behind "VMs that ". */
const DEVICES: readonly (readonly [key: RegExp, free: RegExp | undefined, reason: string])[] = [
  [/^hostpci\d*$/, undefined, 'have a PCI device of their node'],
  // Devices of whoever looks at the screen are plugged in anew.
  [/^(?:usb\d+|hostusb)$/, /(?:^|,)(?:host=)?spice(?:,|$)/i, 'have a USB device of their node'],
  [/^serial\d+$/, /^socket$/i, 'have a serial port of their node'],
  [/^parallel\d+$/, undefined, 'have a parallel port of their node'],
  [/^virtiofs\d+$/, undefined, 'have a directory of their node (virtiofs)'],
  [/^ivshmem$/, undefined, 'share memory with others on their node (ivshmem)'],
  [/^amd-sev$/, undefined, 'have encrypted memory (AMD SEV)'],
  [/^intel-tdx$/, undefined, 'have encrypted memory (Intel TDX)'],
  [/^vga$/, /^(?!(?:.*,)?(?:type=)?virtio-gl(?:,|$))/, "draw with their node's GPU (virtio-gl)"],
]

/** Disks that are attached: those of a TPM or cloud-init Proxmox copies along, and unused ones it copies before. */
const DISK = /^(?:ide|sata|scsi|virtio|efidisk)\d+$/
/** Names that the installer gives to what a node has for itself; a storage that the files do not tell of is told by them alone. */
const INSTALLED_LOCAL = /^local(?:-lvm|-zfs|-btrfs)?$/

/** @param shared whether a storage is shared, where the files tell it @param untold gets the others */
export function* tiesOf(
  file: string,
  config: ReadonlyMap<string, string>,
  shared: ReadonlyMap<string, boolean>,
  untold: Set<string>,
): Generator<Tie> {
  for (const [key, value] of config) {
    const origin: Origin = { file, place: key }
    const what = `${key}: ${value.slice(0, 80)}`
    for (const [pattern, free, reason] of DEVICES)
      if (pattern.test(key) && free?.test(value) !== true) yield { reason, what, origin }
    if (key === 'args' && QEMU_OPTION.test(value))
      yield { reason: 'have a device of their node in args', what, origin }
    if (!DISK.test(key)) continue
    const [volume, ...options] = value.split(',').map((part) => part.replace(/^file=/, ''))
    const isCdrom = options.includes('media=cdrom')
    if (volume === 'none' || (isCdrom && /vm-\d+-cloudinit/.test(volume))) continue
    if (volume === 'cdrom') yield { reason: 'use the DVD drive of their node', what, origin }
    else if (volume.startsWith('/')) {
      if (!options.includes('shared=1'))
        yield { reason: 'have a disk of their node passed through', what, origin }
    } else {
      const storage = volume.slice(0, Math.max(0, volume.indexOf(':')))
      const isShared = shared.get(storage) ?? !INSTALLED_LOCAL.test(storage)
      if (!shared.has(storage)) untold.add(storage)
      if (!isShared) yield { reason: isCdrom ? LOCAL_IMAGE : LOCAL_DISK, what, origin, isLocalStorage: true }
    }
  }
}
