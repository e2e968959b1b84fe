/** Devices, options and storage with which Proxmox and libvirt refuse a live migration, and those with which they do not. */
import { describe, expect, it } from 'vitest'
import { readLibvirt } from '../../src/import/libvirt/read.js'
import type { LocalDisks } from '../../src/import/options.js'
import { readProxmox } from '../../src/import/proxmox/read.js'
import { jsonFile, reportOf, textFile } from './inputs.js'

const GIB = 2 ** 30
const STORAGES = [
  { type: 'storage', id: 'storage/a/san', storage: 'san', node: 'a', shared: 1 },
  { type: 'storage', id: 'storage/a/iso', storage: 'iso', node: 'a', shared: 1 },
  { type: 'storage', id: 'storage/a/local-lvm', storage: 'local-lvm', node: 'a', shared: 0 },
  { type: 'storage', id: 'storage/a/local', storage: 'local', node: 'a' },
  { type: 'storage', id: 'storage/a/ssd', storage: 'ssd', node: 'a', shared: 0 },
]

function proxmox(line: string, localDisks?: LocalDisks) {
  const resources = jsonFile('resources.json', [
    ...['a', 'b'].map((node) => ({
      type: 'node',
      id: `node/${node}`,
      node,
      status: 'online',
      maxmem: 64 * GIB,
    })),
    { type: 'qemu', id: 'qemu/7', vmid: 7, name: 'vm', node: 'a', status: 'running', maxmem: GIB },
    ...STORAGES,
  ])
  const files = [resources, textFile('7.conf', `cpu: host\nscsi0: san:vm-7-disk-0,size=8G\n${line}\n`)]
  const inventory = readProxmox(files, localDisks === undefined ? {} : { localDisks })
  expect(inventory.issues).toEqual([])
  return { allowed: inventory.vms[0].allowedNodes, report: reportOf(inventory) }
}

describe('a VM of Proxmox', () => {
  it.each([
    'hostpci0: 0000:01:00.0,pcie=1',
    'hostpci1: mapping=gpu',
    'usb0: host=1234:5678',
    'usb1: mapping=dongle,usb3=1',
    'serial0: /dev/ttyS0',
    'parallel0: /dev/parport0',
    'virtiofs0: dirid=share',
    'ivshmem: size=16,name=x',
    'amd-sev: type=snp',
    'intel-tdx: type=tdx',
    'vga: virtio-gl,memory=256',
    'vga: memory=64,type=virtio-gl',
    'args: -device vfio-pci,host=01:00.0',
    'args: -serial /dev/ttyUSB0',
    'args: -chardev parport,id=p,path=/dev/parport0 -device isa-parallel,chardev=p',
    'args: -usbdevice host:1234:5678',
    'args: -object sev-snp-guest,id=s0',
    'ide2: cdrom,media=cdrom',
    'scsi1: /dev/disk/by-id/ata-1,size=100G',
  ])('stays with %s, whatever becomes of local disks', (line) => {
    for (const local of [undefined, 'move'] as const) {
      const { allowed, report } = proxmox(line, local)
      expect(allowed).toEqual(['a'])
      expect(report).toMatch(/VMs that .* stay where they are: "?vm \(/)
      expect(report).toContain(line.slice(0, line.indexOf(':')))
    }
  })

  it.each([
    'scsi1: local-lvm:vm-7-disk-1,size=8G',
    'virtio0: file=ssd:vm-7-disk-1,size=8G',
    'ide2: local:iso/debian.iso,media=cdrom,size=600M',
    'efidisk0: local-lvm:vm-7-disk-2,size=4M',
    'sata0: local-zfs:vm-7-disk-1',
  ])('stays with %s, unless local disks move', (line) => {
    expect(proxmox(line).allowed).toEqual(['a'])
    expect(proxmox(line).report).toMatch(/stay where they are: "?vm \(/)
    expect(proxmox(line, 'stay').allowed).toEqual(['a'])
    expect(proxmox(line, 'move').allowed).toBeUndefined()
    expect(proxmox(line, 'move').report).toMatch(/what is local has to move with them/)
  })

  it.each([
    'usb0: host=spice',
    'usb0: spice,usb3=1',
    'usb0: usb3=1,host=spice',
    'args: -serial unix:/run/x.sock,server,nowait',
    'serial0: socket',
    'vga: virtio',
    'vga: qxl,memory=32',
    'args: -cpu host,+aes',
    'ide2: none,media=cdrom',
    'ide2: iso:iso/debian.iso,media=cdrom',
    'ide2: local-lvm:vm-7-cloudinit,media=cdrom,size=4M',
    'tpmstate0: local-lvm:vm-7-disk-3,size=4M,version=v2.0',
    'unused0: local-lvm:vm-7-disk-4',
    'scsi1: /dev/mapper/lun1,shared=1',
    'net0: virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0',
    'rng0: source=/dev/urandom',
    '[snapshot]\nhostpci0: 01:00.0',
  ])('may move with %s', (line) => {
    expect(proxmox(line).allowed).toBeUndefined()
  })

  it('is told of where nothing says whether its storage is shared', () => {
    const { allowed, report } = proxmox('scsi1: tank:vm-7-disk-1')
    expect(allowed).toBeUndefined()
    expect(report).toContain('the resources do not tell whether storage is shared: tank')
  })
})

async function libvirt(devices: string, rest = '') {
  const domain = `<domain type='kvm' id='1'><name>vm</name><memory unit='GiB'>1</memory>${rest}<devices>${devices}</devices></domain>`
  const inventory = await readLibvirt([textFile('h/domains.xml', domain)])
  expect(inventory.issues).toEqual([])
  return { allowed: inventory.vms[0].allowedNodes, report: reportOf(inventory) }
}

const PASSTHROUGH = "<cpu mode='host-passthrough'/>"
const INVTSC = "<cpu mode='host-passthrough'><feature policy='require' name='invtsc'/></cpu>"

describe('a domain of libvirt', () => {
  it.each([
    [
      "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0x1'/></source></hostdev>",
      'hostdev usb 0x1234 0x1',
    ],
    ["<hostdev mode='subsystem' type='mdev' model='vfio-pci'/>", 'hostdev mdev'],
    [
      "<interface type='hostdev'><source><address type='pci' bus='0x3b'/></source></interface>",
      'interface hostdev pci 0x3b',
    ],
    ["<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>", '/dev/vhost-vdpa-0'],
    ["<serial type='dev'><source path='/dev/ttyS0'/></serial>", '/dev/ttyS0'],
    ["<parallel type='dev'><source path='/dev/parport0'/></parallel>", '/dev/parport0'],
    [
      "<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/><target dir='srv'/></filesystem>",
      '/srv',
    ],
    ["<shmem name='x'><model type='ivshmem-plain'/></shmem>", 'shmem'],
    ["<shmem name='x' role='master'><model type='ivshmem'/></shmem>", 'shmem'],
    ["<tpm model='tpm-tis'><backend type='passthrough'/></tpm>", 'tpm'],
    ["<smartcard mode='host'/>", 'smartcard'],
    ["<input type='evdev'><source dev='/dev/input/event1'/></input>", '/dev/input/event1'],
    ["<memory model='virtio-pmem'/>", 'virtio-pmem'],
    ["<video><model type='virtio'><acceleration accel3d='yes'/></model></video>", 'video'],
    ["<disk type='nvme' device='disk'/>", 'disk nvme'],
    ["<disk type='file'><source file='/nfs/a.qcow2'/><transient/></disk>", '/nfs/a.qcow2'],
  ])('stays with %s', async (devices, what) => {
    const { allowed, report } = await libvirt(devices, PASSTHROUGH)
    expect(allowed).toEqual(['h'])
    expect(report).toMatch(/VMs that .* stay where they are: vm \(/)
    expect(report).toContain(what)
  })

  it.each([
    ["<launchSecurity type='sev'><cbitpos>47</cbitpos></launchSecurity>", 'vm (sev)'],
    ["<launchSecurity type='tdx'/>", 'vm (tdx)'],
    [INVTSC, 'invtsc'],
    [
      "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-device'/><arg value='vfio-pci,host=01:00.0'/></commandline>",
      'vfio-pci,host=01:00.0',
    ],
  ])('stays with %s', async (rest, what) => {
    const { allowed, report } = await libvirt('', rest)
    expect(allowed).toEqual(['h'])
    expect(report).toContain(what)
  })

  it.each([
    ["<interface type='bridge'><source bridge='br0'/></interface>", ''],
    ["<interface type='hostdev'><teaming type='transient' persistent='ua-backup'/></interface>", ''],
    ["<serial type='pty'/><console type='pty'/>", ''],
    ["<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>", ''],
    ["<redirdev bus='usb' type='spicevmc'/>", ''],
    ["<shmem name='x' role='master'><model type='ivshmem-plain'/></shmem>", ''],
    ["<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>", ''],
    ["<smartcard mode='passthrough' type='spicevmc'/>", ''],
    ["<input type='tablet' bus='usb'/>", ''],
    ["<video><model type='virtio'/></video>", ''],
    ["<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", ''],
    ['', `${INVTSC}<clock offset='utc'><timer name='tsc' frequency='3000000000'/></clock>`],
  ])('may move with %s%s', async (devices, rest) => {
    expect((await libvirt(devices, rest || PASSTHROUGH)).allowed).toBeUndefined()
  })
})
