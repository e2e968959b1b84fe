/** What the collect script could not read: a fault where a plan would be unsafe without it, else an assumption. */

import type { Findings } from '../findings.js'
import { argument } from '../words.js'
import type { NodeRows } from './node-rows.js'
import { type Collected, originOf, rawOf } from './rows.js'
import { asText } from './values.js'

interface Gap {
  source: RegExp
  /** What follows; faults go on with how to mend it. */
  follows: string
  /** Without it a plan would be unsafe. */
  fault?: boolean
}

/** Cmdlets that tell what may tie a VM to its host. Where one of them could not be read, the node's VMs stay. */
const VM_SOURCES = [
  'Get-VMProcessor',
  'Get-VMNetworkAdapter',
  'Get-VMHardDiskDrive',
  'Get-VMDvdDrive',
  'Get-VMAssignableDevice',
  'Get-VMGpuPartitionAdapter',
  'Get-VMSecurity',
]

const isVmSource = (source: string) => VM_SOURCES.includes(source)

const of = (source: string) => new RegExp(`^(?:${source})$`, 'i')

const GAPS: readonly Gap[] = [
  { source: of('Node|Get-VM'), follows: 'its VMs are not known', fault: true },
  { source: of('Get-ClusterGroup'), follows: 'priorities and anti-affinity are not known', fault: true },
  { source: of('Get-ClusterResource'), follows: 'possible owners are not known', fault: true },
  { source: of('Get-ClusterAffinityRule'), follows: 'affinity rules are not known', fault: true },
  {
    source: /^(?:Windows Server Backup|Veeam)/i,
    follows: 'backup windows are not known',
    fault: true,
  },
  { source: of('Get-VBRBackupSession'), follows: 'backups are taken to last as long as -BackupMinutes said' },
  { source: of('Get-ClusterNode|-Exclude'), follows: 'nothing moves from it or to it' },
  { source: of('Win32_Service'), follows: 'this machine is taken for a host that is in no cluster' },
  {
    source: of('Get-ClusterParameter'),
    follows: 'migrations are taken to use any cluster network, in the order of their metrics',
  },
  { source: of('Get-ClusterParameter of .*'), follows: 'the role is taken for the VM of its name' },
  { source: of('Get-ClusterNetwork'), follows: 'which network migrations take is not known' },
  {
    source: of('Get-WindowsFeature|Get-SmbBandwidthLimit'),
    follows: "the cluster's limit of live migration over SMB is taken to hold there",
  },
  {
    source: of('Get-ClusterFaultDomain'),
    follows: 'fault domains are not known, nor what rules about them ask for',
  },
  {
    source: of('Get-ClusterOwnerNode -Group .*'),
    follows: 'preferred owners are not known, which are wishes',
  },
  { source: of('Get-ClusterOwnerNode.*'), follows: 'its VM stays where it is' },
  {
    source: of('Win32_OperatingSystem'),
    follows: 'what memory is free, and when the node was started, is not known',
  },
  {
    source: of('Get-VMHost'),
    follows: 'its limits, and the versions of VMs that it takes, are not known: VMs do not go there',
  },
  { source: of('Win32_Processor'), follows: 'its CPU is not known' },
  { source: of('MSFT_NetAdapter'), follows: 'the speed of its networks, and their offloads, are not known' },
  { source: of('MSFT_NetAdapter\\w+SettingData'), follows: 'its adapters are taken to have no such offload' },
  {
    source: of('MSFT_NetIPAddress'),
    follows: 'which adapter migrations take is not known: the slowest counts',
  },
  { source: of('MSFT_NetOffloadGlobalSetting'), follows: 'TCP chimney is taken to be off' },
  { source: of('Get-VMMigrationNetwork'), follows: 'without a cluster, the slowest adapter counts' },
  { source: of('Get-VMSwitch'), follows: 'VMs with a virtual switch do not go there' },
  { source: of('Guardians'), follows: 'VMs with a virtual TPM do not move from it or to it' },
  { source: of('Get-VMSnapshot'), follows: 'checkpoints are not known, which move with their VMs' },
  { source: of('Get-VHD'), follows: 'how much a local disk holds is not known' },
  { source: of('Coreinfo'), follows: 'the CPU is looked up by what Windows says of it' },
]

/** What follows from a gap; undefined for a source that the script does not have. */
export function gapOf(source: string, node: string | undefined): Omit<Gap, 'source'> | undefined {
  if (isVmSource(source))
    return {
      follows:
        node === undefined
          ? 'what it tells of VMs is not known; collect on a machine as new as the nodes'
          : 'its VMs stay where they are',
    }
  return GAPS.find((gap) => gap.source.test(source))
}

export function readWarnings({ rows }: Collected, findings: Findings): void {
  for (const row of rows.get('warning') ?? []) {
    const node = asText(rawOf(row, 'Node'))
    const source = asText(rawOf(row, 'Source')) ?? 'a part'
    const text = asText(rawOf(row, 'Text')) ?? 'no reason given'
    const gap = gapOf(source, node)
    const what = `could not be read: ${source}${node === undefined ? '' : ` on ${node}`} (${text})`
    const follows = gap === undefined ? '' : `; ${gap.follows}`
    if (gap?.fault === true) {
      const without = node === undefined ? '' : `, or leave it out with --exclude ${argument(node)}`
      findings.fault(originOf(row), `${what}${follows}; mend that, and collect again${without}`, node)
    } else findings.assume(originOf(row), `${what}${follows}`)
  }
}

/** By node, the first of `VM_SOURCES` that could not be read there. */
export function unreadSources({ rows }: Collected, nodes: NodeRows): ReadonlyMap<string, string> {
  const unread = new Map<string, string>()
  for (const row of rows.get('warning') ?? []) {
    const source = asText(rawOf(row, 'Source')) ?? ''
    const node = asText(rawOf(row, 'Node')) === undefined ? undefined : nodes.nodeOf(row)
    if (node !== undefined && !unread.has(node) && isVmSource(source)) unread.set(node, source)
  }
  return unread
}
