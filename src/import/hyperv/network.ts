/** How fast a node migrates: which network live migration takes there, and how fast the adapter in it is. */
import type { Cluster } from './cluster.js'
import { NETWORK_ROLES, NETWORK_STATES } from './enums.js'
import { type Row, rawOf } from './rows.js'
import {
  type Address,
  contains,
  isLocal,
  parseAddress,
  parseCidr,
  parseSubnet,
  type Subnet,
} from './subnets.js'
import { smbLimit, transportOf } from './transport.js'
import { asBoolean, asEnum, asNumber, asText } from './values.js'

/** What is known of one node's networks. */
export interface NodeNetworks {
  id: string
  host: Row | undefined
  adapters: readonly Row[]
  addresses: readonly Row[]
  /** Of `Get-VMMigrationNetwork`. */
  migrationNetworks: readonly Row[]
  /** Of `Get-SmbBandwidthLimit`; none where the node was not asked. */
  smbLimits: readonly Row[]
}

interface Adapter {
  row: Row
  index: number | undefined
  mbps: number
}

/** A network over which nodes migrate, and what to call it. */
interface Candidate {
  subnet: Subnet
  name: string
}

/** Networks that are tried. A cluster has a handful. */
const MAX_NETWORKS = 64
/** Slower or faster than any adapter of a host: what is reported of one without a link. */
const MBPS_RANGE = [10, 10_000_000] as const
const UNITS: Readonly<Record<string, number>> = { '': 1e-6, k: 1e-3, m: 1, g: 1e3, t: 1e6 }

/** Megabits per second of an adapter that is up; undefined where it is not, or does not tell. */
function speedOf(row: Row): number | undefined {
  const bits = ['ReceiveLinkSpeed', 'Speed']
    .map((name) => asNumber(rawOf(row, name)))
    .find((n) => n !== undefined)
  const mbps = bits === undefined ? textSpeed(asText(rawOf(row, 'LinkSpeed'))) : bits / 1e6
  return mbps !== undefined && mbps >= MBPS_RANGE[0] && mbps <= MBPS_RANGE[1] ? mbps : undefined
}

/** `25 Gbps`, as Get-NetAdapter shows it. */
function textSpeed(text: string | undefined): number | undefined {
  const match = /^(\d{1,9}(?:[.,]\d{1,3})?)\s*([kmgt]?)bps$/i.exec(text ?? '')
  return match === null ? undefined : Number(match[1].replace(',', '.')) * UNITS[match[2].toLowerCase()]
}

function isUp(row: Row): boolean {
  const status = asText(rawOf(row, 'Status'))?.toLowerCase()
  const operational = asText(rawOf(row, 'InterfaceOperationalStatus'))?.toLowerCase()
  return operational === undefined
    ? status === undefined || status === 'up'
    : operational === '1' || operational === 'up'
}

function adaptersOf(rows: readonly Row[]): Adapter[] {
  const adapters: Adapter[] = []
  for (const row of rows) {
    const mbps = isUp(row) ? speedOf(row) : undefined
    if (mbps === undefined) continue
    const index = asNumber(rawOf(row, 'InterfaceIndex') ?? rawOf(row, 'ifIndex'))
    adapters.push({ row, index, mbps })
  }
  return adapters
}

/** Networks of the cluster. */
export interface ClusterNetworks {
  /** Those that live migration may take, in its order: as set, else by metric. */
  candidates: readonly Candidate[]
  /** All that the cluster uses. */
  used: readonly Subnet[]
}

export function readClusterNetworks(rows: readonly Row[], cluster: Cluster | undefined): ClusterNetworks {
  const found: (Candidate & { rank: number; metric: number })[] = []
  const used: Subnet[] = []
  for (const row of rows) {
    const id = asText(rawOf(row, 'Id'))?.toLowerCase()
    const name = asText(rawOf(row, 'Name')) ?? 'a cluster network'
    const address = asText(rawOf(row, 'Address'))
    const mask = asText(rawOf(row, 'AddressMask') ?? rawOf(row, 'PrefixLength'))
    const subnet = address === undefined || mask === undefined ? undefined : parseSubnet(address, mask)
    if (subnet === undefined || asEnum(rawOf(row, 'Role'), NETWORK_ROLES) === 'None') continue
    used.push(subnet)
    const state = asEnum(rawOf(row, 'State'), NETWORK_STATES)
    if (state === 'Down' || state === 'Unavailable') continue
    if (id !== undefined && cluster?.excludedNetworks.includes(id)) continue
    const rank = id === undefined ? -1 : (cluster?.networkOrder.indexOf(id) ?? -1)
    found.push({
      subnet,
      name,
      rank: rank < 0 ? Number.MAX_SAFE_INTEGER : rank,
      metric: asNumber(rawOf(row, 'Metric')) ?? Number.MAX_SAFE_INTEGER,
    })
  }
  const candidates = found.sort((a, b) => a.rank - b.rank || a.metric - b.metric).slice(0, MAX_NETWORKS)
  return { candidates, used: used.slice(0, MAX_NETWORKS) }
}

/** The host's own list, in its order. A host that may use any network has none. */
function hostCandidates({ host, migrationNetworks }: NodeNetworks): Candidate[] {
  if (host !== undefined && asBoolean(rawOf(host, 'UseAnyNetworkForMigration')) === true) return []
  const found: (Candidate & { priority: number })[] = []
  for (const row of migrationNetworks) {
    const text = asText(rawOf(row, 'Subnet'))
    const subnet = text === undefined ? undefined : parseCidr(text)
    if (text === undefined || subnet === undefined) continue
    found.push({
      subnet,
      name: text,
      priority: asNumber(rawOf(row, 'Priority')) ?? Number.MAX_SAFE_INTEGER,
    })
  }
  return found.sort((a, b) => a.priority - b.priority).slice(0, MAX_NETWORKS)
}

/** An address of the node, and the adapter that has it. */
interface Placed {
  address: Address
  adapter: Adapter
}

/** Addresses of adapters that are up, but for those over which nothing migrates. */
function addressesOf(rows: readonly Row[], adapters: readonly Adapter[]): Placed[] {
  const byIndex = new Map(adapters.map((adapter) => [adapter.index, adapter]))
  const placed: Placed[] = []
  for (const row of rows) {
    const text = asText(rawOf(row, 'IPAddress'))
    const index = asNumber(rawOf(row, 'InterfaceIndex') ?? rawOf(row, 'ifIndex'))
    const adapter = index === undefined ? undefined : byIndex.get(index)
    const address = text === undefined || isLocal(text) ? undefined : parseAddress(text)
    if (adapter !== undefined && address !== undefined) placed.push({ address, adapter })
  }
  return placed
}

export interface MigrationSpeed {
  /** Megabits per second. */
  mbps: number
  /** In words, where it is from. */
  source: string
  /** Of the adapter. */
  row: Row
}

/**
 * How fast the node migrates; undefined where nothing tells.
 *
 * @param networks of the cluster; a host's own count where live migration may take none of them
 */
export function migrationSpeed(
  node: NodeNetworks,
  { candidates, used }: ClusterNetworks,
  cluster: Cluster | undefined,
): MigrationSpeed | undefined {
  const adapters = adaptersOf(node.adapters)
  const placed = addressesOf(node.addresses, adapters)
  for (const { subnet, name } of candidates.length > 0 ? candidates : hostCandidates(node)) {
    const found = placed.find(({ address }) => contains(subnet, address))
    if (found !== undefined) return speedIn(found.adapter, `the adapter in network ${name}`)
  }
  // Any of those with an address may be taken, and any at all where no address is known.
  const fit = placed.length > 0 ? placed.map(({ adapter }) => adapter) : adapters
  const [first, ...others] = fit
  if (first === undefined) return undefined
  const slowest = others.reduce((least, each) => (each.mbps < least.mbps ? each : least), first)
  return speedIn(slowest, 'the slowest adapter, since the export does not tell which network migrations take')

  function speedIn({ row, mbps }: Adapter, what: string): MigrationSpeed {
    const ofAdapter = { mbps, source: `the speed of ${what}`, row }
    if (transportOf(node.host) !== 'SMB') return ofAdapter
    const limit = smbLimit(node.smbLimits, cluster, speedOfAll(adapters, placed, used))
    return limit === undefined || limit.mbps >= mbps ? ofAdapter : { ...limit, row }
  }
}

/** Of the adapters with an address in a network that the cluster uses; of all where none is known to have one. */
function speedOfAll(
  adapters: readonly Adapter[],
  placed: readonly Placed[],
  used: readonly Subnet[],
): number {
  const found = new Set(
    placed
      .filter(({ address }) => used.some((subnet) => contains(subnet, address)))
      .map(({ adapter }) => adapter),
  )
  return [...(found.size > 0 ? found : adapters)].reduce((sum, { mbps }) => sum + mbps, 0)
}
