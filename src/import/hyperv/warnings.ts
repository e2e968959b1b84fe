/** What the collect script could not read: a fault where a plan would be unsafe without it, else an assumption. */

import type { Findings } from '../findings.js'
import { argument } from '../words.js'
import type { NodeRows } from './node-rows.js'
import { type Collected, originOf, rawOf } from './rows.js'
import { asText } from './values.js'

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

/** By source, what follows where it could not be read, and a plan would be unsafe; faults go on with how to mend it. */
const UNSAFE: Readonly<Record<string, string>> = {
  'Node|Get-VM': 'its VMs are not known',
  'Get-ClusterGroup': 'priorities and anti-affinity are not known',
  'Get-ClusterResource': 'possible owners are not known',
  'Get-ClusterAffinityRule': 'affinity rules are not known',
  '(?:Windows Server Backup|Veeam)[^]*': 'backup windows are not known',
}
/** And where it is safe. */
const SAFE: Readonly<Record<string, string>> = {
  'Get-VBRBackupSession': 'backups are taken to last as long as -BackupMinutes said',
  'Get-ClusterNode|-Exclude': 'nothing moves from it or to it',
  Win32_Service: 'this machine is taken for a host that is in no cluster',
  'Get-ClusterParameter': 'migrations are taken to use any cluster network, in the order of their metrics',
  'Get-ClusterParameter of .*': 'the role is taken for the VM of its name',
  'Get-ClusterNetwork': 'which network migrations take is not known',
  'Get-WindowsFeature|Get-SmbBandwidthLimit':
    "the cluster's limit of live migration over SMB is taken to hold there",
  'Get-ClusterFaultDomain': 'fault domains are not known, nor what rules about them ask for',
  'Get-ClusterOwnerNode -Group .*': 'preferred owners are not known, which are wishes',
  'Get-ClusterOwnerNode.*': 'its VM stays where it is',
  Win32_OperatingSystem: 'what memory is free, and when the node was started, is not known',
  'Get-VMHost': 'its limits, and the versions of VMs that it takes, are not known: VMs do not go there',
  Win32_Processor: 'its CPU is not known',
  MSFT_NetAdapter: 'the speed of its networks, and their offloads, are not known',
  'MSFT_NetAdapter\\w+SettingData': 'its adapters are taken to have no such offload',
  MSFT_NetIPAddress: 'which adapter migrations take is not known: the slowest counts',
  MSFT_NetOffloadGlobalSetting: 'TCP chimney is taken to be off',
  'Get-VMMigrationNetwork': 'without a cluster, the slowest adapter counts',
  'Get-VMSwitch': 'VMs with a virtual switch do not go there',
  Guardians: 'VMs with a virtual TPM do not move from it or to it',
  'Get-VMSnapshot': 'checkpoints are not known, which move with their VMs',
  'Get-VHD': 'how much a local disk holds is not known',
  Coreinfo: 'the CPU is looked up by what Windows says of it',
}

const followsFrom = (table: Readonly<Record<string, string>>, source: string) =>
  Object.entries(table).find(([pattern]) => new RegExp(`^(?:${pattern})$`, 'i').test(source))?.[1]

/** What follows from a gap, and whether that is a fault; undefined for a source that the script does not have. */
export function gapOf(
  source: string,
  node: string | undefined,
): { follows: string; fault: boolean } | undefined {
  const unsafe = followsFrom(UNSAFE, source)
  const safe = !isVmSource(source)
    ? followsFrom(SAFE, source)
    : node === undefined
      ? 'what it tells of VMs is not known; collect on a machine as new as the nodes'
      : 'its VMs stay where they are'
  const follows = unsafe ?? safe
  return follows === undefined ? undefined : { follows, fault: unsafe !== undefined }
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
