/** The cluster's own settings, as far as a plan rests on them. */
import type { Findings } from '../findings.js'
import { originOf, type Row, rawOf } from './rows.js'
import { asBoolean, asNumber, asText } from './values.js'

export interface Cluster {
  row: Row
  name: string | undefined
  /** Migrations that each node takes part in at once; undefined before the update of September 2022, which brought the property. */
  slots: number | undefined
  /** False: anti-affinity is a wish, which the cluster gives up where nothing else is left. */
  enforcesAntiAffinity: boolean
  /** Share of the bandwidth that live migration over SMB may take, 0 to 1; 1 where nothing limits it. */
  smbShare: number
  /** Ids of networks that live migration never takes, in lower case. */
  excludedNetworks: readonly string[]
  /** Ids of networks in the order in which live migration takes them, in lower case; empty: by metric. */
  networkOrder: readonly string[]
}

/** The cluster that the rows tell; undefined where they tell none. */
export function readCluster(rows: readonly Row[], findings: Findings): Cluster | undefined {
  const [row, second] = rows
  if (row === undefined) return undefined
  if (second !== undefined) {
    findings.fault(originOf(second), 'a second cluster; a problem is of one: import each by itself')
  }
  const balancer = asNumber(rawOf(row, 'AutoBalancerMode'))
  if (balancer !== undefined && balancer > 0) {
    findings.assume(
      originOf(row, 'AutoBalancerMode'),
      'the cluster moves VMs by itself to balance its nodes; set (Get-Cluster).AutoBalancerMode to 0 while a plan runs',
    )
  }
  return {
    row,
    name: asText(rawOf(row, 'Name')),
    slots: readSlots(row, 'MaximumParallelMigrations', findings),
    enforcesAntiAffinity: asBoolean(rawOf(row, 'ClusterEnforcedAntiAffinity')) === true,
    smbShare: readSmbShare(row),
    excludedNetworks: ids(row, 'MigrationExcludeNetworks'),
    networkOrder: ids(row, 'MigrationNetworkOrder'),
  }
}

/** An integer of at least 1, or undefined where the property is missing; anything else is a fault. */
export function readSlots(row: Row, property: string, findings: Findings): number | undefined {
  const raw = rawOf(row, property)
  if (asText(raw) === undefined) return undefined
  const value = asNumber(raw)
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value
  findings.fault(originOf(row, property), `must be a number of migrations, 1 or more, not "${asText(raw)}"`)
  return undefined
}

/** The factor counts in hundredths of a percent, and only where the limit is on. Its names differ between versions. */
function readSmbShare(row: Row): number {
  const on = asBoolean(rawOf(row, 'SetSMBBandwidthLimit') ?? rawOf(row, 'SMBBandwidthLimit'))
  const factor = asNumber(rawOf(row, 'SMBBandwidthLimitFactor') ?? rawOf(row, 'SetSMBBandwidthLimitFactor'))
  const valid = factor !== undefined && factor > 0 && factor <= 10_000
  return on === true && valid ? factor / 10_000 : 1
}

function ids(row: Row, property: string): string[] {
  const text = asText(rawOf(row, property)) ?? ''
  return text
    .toLowerCase()
    .split(/[;,\s]+/)
    .filter((id) => id !== '')
}
