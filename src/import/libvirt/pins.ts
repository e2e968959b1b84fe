/** What ties a domain to its host: devices and options with which libvirt or QEMU refuse a live migration. */
import { QEMU_OPTION, type Tie } from '../pins.js'
import type { XmlElement } from '../xml/tree.js'

/** By the name of an element in `<devices>`: the reason, to go behind "VMs that ", or undefined where it does not tie. */
const DEVICES: Readonly<Record<string, (device: XmlElement) => string | undefined>> = {
  hostdev: (device) =>
    device.attribute('mode') === 'capabilities' || isTransient(device)
      ? undefined
      : 'have a device of their host passed through',
  interface: (device) => {
    if (device.attribute('type') === 'hostdev' && !isTransient(device))
      return 'have a network function of their host passed through (interface type hostdev)'
    return device.attribute('type') === 'vdpa' ? 'have a vDPA device of their host' : undefined
  },
  serial: port,
  parallel: port,
  console: port,
  channel: port,
  filesystem: () => 'have a directory of their host (filesystem)',
  shmem: (device) =>
    device.attribute('role') === 'master' && device.child('model')?.attribute('type') !== 'ivshmem'
      ? undefined
      : 'share memory with others on their host (shmem)',
  tpm: (device) =>
    device.child('backend')?.attribute('type') === 'passthrough' ? 'use the TPM of their host' : undefined,
  smartcard: (device) =>
    device.attribute('mode')?.startsWith('host') === true
      ? 'use the smart card reader of their host'
      : undefined,
  input: (device) =>
    /^(?:passthrough|evdev)$/.test(device.attribute('type') ?? '')
      ? 'have an input device of their host'
      : undefined,
  memory: (device) =>
    device.attribute('model') === 'virtio-pmem'
      ? 'have persistent memory (virtio-pmem)'
      : device.attribute('model') === 'sgx-epc'
        ? 'have encrypted memory (SGX)'
        : undefined,
  video: (device) =>
    device.at('model', 'acceleration')?.attribute('accel3d') === 'yes'
      ? "draw with their host's GPU (accel3d)"
      : undefined,
  disk: (device) => {
    if (device.child('transient') !== undefined)
      return 'have a disk whose changes are thrown away (transient)'
    return /^(?:nvme|vhostvdpa)$/.test(device.attribute('type') ?? '')
      ? 'have a disk of their host passed through'
      : undefined
  },
}

/** The host's own port; what is behind a socket or a file is opened anew. */
function port(device: XmlElement): string | undefined {
  return device.attribute('type') === 'dev' ? 'have a serial or parallel port of their host' : undefined
}

/** Of a pair of network adapters, the one that libvirt unplugs before a migration. */
function isTransient(device: XmlElement): boolean {
  return device.child('teaming')?.attribute('type') === 'transient'
}

/** What the device is, for the report: its type, and where it is on the host. */
function describe(device: XmlElement): string {
  const type = device.attribute('type') ?? device.attribute('model') ?? ''
  const source = device.child('source')
  const values = [source, source?.child('address'), source?.child('vendor'), source?.child('product')]
    .flatMap((element) => Object.values(element?.attributes ?? {}))
    .join(' ')
  return [device.name, type, values]
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, 100)
}

export function* tiesOf(domain: XmlElement): Generator<Tie> {
  for (const device of domain.child('devices')?.children ?? []) {
    const reason = Object.hasOwn(DEVICES, device.name) ? DEVICES[device.name](device) : undefined
    if (reason !== undefined) yield { reason, what: describe(device), origin: device.origin }
  }
  const security = domain.child('launchSecurity')
  if (security !== undefined)
    yield {
      reason: 'have encrypted memory (launchSecurity)',
      what: security.attribute('type'),
      origin: security.origin,
    }
  const timer = domain
    .child('cpu')
    ?.all('feature')
    .find((feature) => feature.attribute('name') === 'invtsc' && feature.attribute('policy') === 'require')
  const hasFrequency = (domain.child('clock')?.all('timer') ?? []).some(
    (each) => each.attribute('name') === 'tsc' && each.attribute('frequency') !== undefined,
  )
  if (timer !== undefined && !hasFrequency)
    yield { reason: "need their host's own clock (invtsc without a tsc frequency)", origin: timer.origin }
  const line = domain.child('commandline')
  const options = (line?.all('arg') ?? []).map((arg) => arg.attribute('value') ?? '').join(' ')
  const option = QEMU_OPTION.exec(options)
  if (line !== undefined && option !== null)
    yield {
      reason: 'have a device of their host in qemu:commandline',
      what: options.slice(option.index, option.index + 100),
      origin: line.origin,
    }
}
