/** Columns of nodes and VMs in the words of PowerCLI, RVTools, `Get-VM`, Nutanix and home-made tables, and what stands in their cells. */
import type { NodeState, VmState } from '../../model/problem.js'

const MEMORY_WORDS = [
  'memory',
  'ram',
  'mem',
  'memory size',
  'memory total',
  'total memory',
  'total ram',
  'physical memory',
  'installed memory',
  'host memory',
  'vm memory',
  'vram',
  'provisioned memory',
  'configured memory',
  'allocated memory',
  'assigned memory',
]

/** Of these `Get-VM` and `Get-VMHost` give bytes: only with a unit in its name does a column have another one. */
const BYTES_WORDS = ['memory assigned', 'memory startup', 'memory capacity', 'total physical memory']

/** `RAM GB`, `RAM (GB)`, `RAM [GB]`, `RAM in GB`, of every word for memory. */
function inUnits(...units: readonly string[]): readonly string[] {
  return [...MEMORY_WORDS, ...BYTES_WORDS].flatMap((word) =>
    units.flatMap((unit) => [`${word}${unit}`, `${word}(${unit})`, `${word}[${unit}]`, `${word} in ${unit}`]),
  )
}

export const MEMORY = {
  mib: [...inUnits('MiB', 'MB', 'M'), '# memory'],
  gib: inUnits('GiB', 'GB', 'G'),
  withUnit: MEMORY_WORDS,
  bytes: ['memory (bytes)', 'memory in bytes', ...BYTES_WORDS.filter((word) => word !== 'memory startup')],
} as const

/** Names that only a VM has. */
export const VM_ONLY = ['vm name', 'virtual machine', 'virtual machine name', 'guest', 'guest name']

export const VM = {
  id: [...VM_ONLY, 'display name', 'machine name', 'server name'],
  node: [
    'vmhost',
    'esx host',
    'esxi host',
    'esxi',
    'esx',
    'node name',
    'host name',
    'computer name',
    'hyper-v host',
    'hv host',
    'hypervisor',
    'physical host',
    'parent host',
    'current host',
    'running on',
    'server',
  ],
  vcpus: [
    'vcpu',
    'vcpu count',
    '# vcpu',
    '# vcpus',
    'cpus',
    'num cpu',
    'processor count',
    'virtual processors',
  ],
  state: ['power state', 'power on/off', 'power status', 'power', 'vm state', 'status'],
} as const

export const NODE = {
  id: [
    'vmhost',
    'esx host',
    'esxi host',
    'esxi',
    'esx',
    'node name',
    'computer name',
    'hyper-v host',
    'hv host',
    'hypervisor',
    'server',
    'server name',
  ],
  cpu: [
    'processor type',
    'processor name',
    'processor model',
    'cpu type',
    'cpu name',
    'cpu model name',
    'model name',
  ],
  /** Logical processors: what PowerCLI calls NumCpu are cores, of which each may be two. */
  cores: ['logical processor count', 'logical cpus', 'cpu threads', 'threads'],
  state: ['connection state', 'host state', 'status'],
} as const

export const VM_STATES: Readonly<Record<string, VmState>> = {
  on: 'running',
  poweredon: 'running',
  up: 'running',
  started: 'running',
  online: 'running',
  active: 'running',
  poweredoff: 'off',
  stopped: 'off',
  shutoff: 'off',
  shutdown: 'off',
  down: 'off',
  offline: 'off',
  suspended: 'saved',
  // Its memory is there.
  paused: 'running',
  starting: 'running',
  stopping: 'running',
  saving: 'running',
  hibernated: 'saved',
}

export const NODE_STATES: Readonly<Record<string, NodeState>> = {
  connected: 'up',
  online: 'up',
  ok: 'up',
  ready: 'up',
  running: 'up',
  poweredon: 'up',
  maintenance: 'paused',
  inmaintenance: 'paused',
  maintenancemode: 'paused',
  disconnected: 'down',
  notresponding: 'down',
  offline: 'down',
}
