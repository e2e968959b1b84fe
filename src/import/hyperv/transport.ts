/**
 * How a host sends memory, which is an option of Hyper-V's, and what is known of how fast that is. Little is published: each figure says what it
 * rests on, and `vmferry learn` puts the cluster's own in its place.
 */
import type { Cluster } from './cluster.js'
import { TRANSPORTS } from './enums.js'
import { type Row, rawOf } from './rows.js'
import { asEnum, asNumber } from './values.js'

export type Transport = keyof typeof TRANSPORTS

/** What a node's option makes of the durations. */
export interface TransportFigures {
  linkEfficiency: number
  /** Megabits per second of one migration's memory; undefined: nothing but the link limits it. */
  streamMbps?: number
  /** In words: the option, the figures, and what they rest on. */
  evidence: string
}

/** Seconds from the start of a migration until its copy begins: 3 to 4 of 512 MiB on 10 Gbit/s (Finn 2012). */
export const SETUP_SECONDS = 3

export const TRANSPORT_FIGURES: Readonly<Record<Transport, TransportFigures>> = {
  TCPIP: {
    linkEfficiency: 1,
    streamMbps: 7000,
    evidence:
      'TCP/IP: all of the link, since what its headers take is about what idle VMs need not send, and 7 Gbit/s at most for one migration; ten published durations of 2012 and 2013, median error 13 %, worst 47 %',
  },
  Compression: {
    linkEfficiency: 2,
    streamMbps: 14_000,
    evidence:
      'Compression: half of the memory is sent, as two publications say without durations: weak, and it depends on what the VMs hold and on idle CPU',
  },
  SMB: {
    linkEfficiency: 0.95,
    evidence: 'SMB: nearly all of the link, as one publication says of SMB Direct without durations: weak',
  },
}

/** Undefined where the export does not tell. */
export function transportOf(host: Row | undefined): Transport | undefined {
  return host && asEnum(rawOf(host, 'VirtualMachineMigrationPerformanceOption'), TRANSPORTS)
}

/** What live migration over SMB may take of a node, megabits per second, and in words where that is from. */
export interface SmbLimit {
  mbps: number
  source: string
}

/**
 * What the node itself tells counts, also that it has none. Where it was not asked, it is the cluster's: a share of all adapters
 * that the cluster uses, not only of those that migrations take, on nodes that have the feature FS-SMBBW (Microsoft 2025, Control Live
 * Migration SMB bandwidth cluster-wide).
 *
 * @param limits rows of `Get-SmbBandwidthLimit` of the node, one at least where it was asked
 * @param sum megabits per second of all adapters that the cluster uses
 */
export function smbLimit(
  limits: readonly Row[],
  cluster: Cluster | undefined,
  sum: number,
): SmbLimit | undefined {
  if (limits.length > 0) {
    const own = limits.find((row) => asEnum(rawOf(row, 'Category'), SMB_CATEGORIES) === 'LiveMigration')
    const bytes = own && asNumber(rawOf(own, 'BytesPerSecond'))
    return bytes !== undefined && bytes > 0
      ? { mbps: (bytes * 8) / 1e6, source: 'the limit of the node for live migration over SMB' }
      : undefined
  }
  const share = cluster?.smbShare ?? 1
  if (share >= 1) return undefined
  const source = `${share * 100} % of the ${sum} Mbit/s of all its adapters, as the cluster gives to live migration over SMB where FS-SMBBW is installed`
  return { mbps: share * sum, source }
}

const SMB_CATEGORIES = { Default: 0, VirtualMachine: 1, LiveMigration: 2 } as const
