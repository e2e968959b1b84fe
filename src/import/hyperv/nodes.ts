/** Nodes: who is there, in which state, with which CPU, network and limits. Their memory follows once the VMs are known. */
import type { NodeState } from '../../model/problem.js'
import { Findings, Remarks } from '../findings.js'
import type { InventoryNode, Origin } from '../inventory.js'
import { type Cluster, readSlots } from './cluster.js'
import { readCpu } from './cpu.js'
import { CHIMNEY, DRAIN_STATES, NODE_STATES, NODE_STATUS } from './enums.js'
import type { RowKind } from './kinds.js'
import { migrationSpeed, readClusterNetworks } from './network.js'
import { NodeRows, nodeNamesOf } from './node-rows.js'
import { type Collected, originOf, type Row, rawOf, showValue } from './rows.js'
import { TRANSPORT_FIGURES, transportOf } from './transport.js'
import { asBoolean, asCount, asEnum, asFlags, asNumber, asText } from './values.js'

/** Where nodes are told by nothing but what is of them. */
const HINTS: readonly RowKind[] = ['processor', 'memory', 'computer', 'adapter', 'vm']

export interface Nodes {
  nodes: readonly InventoryNode[]
  rows: NodeRows
}

export function readNodes({ rows }: Collected, cluster: Cluster | undefined, findings: Findings): Nodes {
  const nodes = withoutUnread(discover(rows, cluster, findings), rows, findings)
  const sorted = new NodeRows(nodes, rows, findings)
  const clustered = (rows.get('node')?.length ?? 0) > 0 && !isSingle(rows, cluster)
  const member = (rows.get('vm') ?? []).find((row) => asBoolean(rawOf(row, 'IsClustered')) === true)
  if (member !== undefined && !rows.has('node'))
    findings.assume(
      originOf(member, 'IsClustered'),
      'VMs of a cluster, whose nodes are all taken to be up; export Get-ClusterNode too',
    )
  const clusterNetworks = readClusterNetworks(rows.get('clusterNetwork') ?? [], cluster)
  const speeds = new Remarks()
  const transports = new Remarks()
  for (const node of nodes) {
    const { id } = node
    const [host] = sorted.of('host', id)
    const cpu = readCpu(id, sorted.of('processor', id), sorted.of('coreinfo', id), findings)
    if (cpu !== undefined) node.cpu = cpu
    const cores = coresOf(host, sorted.of('processor', id))
    if (cores !== undefined) node.cores = cores
    const adapters = sorted.of('adapter', id)
    const networks = {
      id,
      host,
      adapters,
      addresses: sorted.of('address', id),
      migrationNetworks: sorted.of('migrationNetwork', id),
      smbLimits: sorted.of('smbLimit', id),
    }
    const speed = migrationSpeed(networks, clusterNetworks, cluster)
    if (speed !== undefined) {
      node.migrationMbps = speed.mbps
      speeds.add(`${speed.mbps} Mbit/s, ${speed.source}`, id, originOf(speed.row))
    }
    const transport = transportOf(host)
    if (host !== undefined && transport !== undefined) {
      const { evidence, ...figures } = TRANSPORT_FIGURES[transport]
      Object.assign(node, figures)
      transports.add(evidence, id, originOf(host, 'VirtualMachineMigrationPerformanceOption'))
    }
    const offloads = offloadsOf(adapters, sorted.of('offload', id))
    if (offloads !== undefined) node.offloads = offloads
    const refuses = host !== undefined && migrationIsOff(id, host, cluster, clustered, findings)
    if (refuses) node.state = 'down'
    else {
      const slots = cluster?.slots ?? (host && readSlots(host, 'MaximumVirtualMachineMigrations', findings))
      if (slots !== undefined) node.slots = slots
    }
  }
  speeds.reportAll(
    findings,
    (speed, names) => `migrations of ${names} run at ${speed}; --mbps NODE=N says otherwise`,
  )
  transports.reportAll(
    findings,
    (evidence, names) =>
      `${names} migrate by ${evidence}; linkEfficiency, streamMbps and setupSeconds in the problem say otherwise, and vmferry learn finds them`,
  )
  return { nodes, rows: sorted }
}

/** Of a node that is down nothing can be read, and nothing moves from it or to it: it is no part of the problem. */
function withoutUnread(nodes: InventoryNode[], rows: Collected['rows'], findings: Findings): InventoryNode[] {
  const sorted = new NodeRows(nodes, rows, new Findings())
  return nodes.filter(({ id, state, origin }) => {
    const read =
      state !== 'down' ||
      HINTS.some((kind) => sorted.of(kind, id).length > 0) ||
      sorted.of('host', id).length > 0
    if (!read) findings.assume(origin, `${id} is down, and nothing else is known of it: left out`)
    return read
  })
}

/** The collect script lists single hosts as nodes too. */
function isSingle(rows: Collected['rows'], cluster: Cluster | undefined): boolean {
  return (
    cluster === undefined &&
    (rows.get('node') ?? []).every((row) => asText(rawOf(row, 'DrainStatus')) === undefined)
  )
}

/** A single host may have live migration switched off; in a cluster it is always on, and the cluster's own limit goes before the host's. */
function migrationIsOff(
  id: string,
  host: Row,
  cluster: Cluster | undefined,
  clustered: boolean,
  findings: Findings,
): boolean {
  const off = !clustered && asBoolean(rawOf(host, 'VirtualMachineMigrationEnabled')) === false
  const none = cluster?.slots === undefined && asNumber(rawOf(host, 'MaximumVirtualMachineMigrations')) === 0
  if (!off && !none) return false
  findings.assume(
    originOf(host, none ? 'MaximumVirtualMachineMigrations' : 'VirtualMachineMigrationEnabled'),
    `live migration is switched off on ${id}: nothing moves from it or to it; ${none ? 'raise MaximumVirtualMachineMigrations' : 'Enable-VMMigration'} there and export again`,
  )
  return true
}

function discover(
  rows: Collected['rows'],
  cluster: Cluster | undefined,
  findings: Findings,
): InventoryNode[] {
  const clusterRows = rows.get('node') ?? []
  const hostRows = rows.get('host') ?? []
  const found = new Map<string, { id: string; origin: Origin; aliases: string[]; state: NodeState }>()
  const add = (row: Row, id: string | undefined, state: NodeState | undefined) => {
    if (id === undefined) {
      findings.fault(originOf(row), 'has no Name; export it too')
      return
    }
    const first = found.get(id.toLowerCase())
    if (first === undefined)
      found.set(id.toLowerCase(), { id, origin: originOf(row), aliases: [], state: state ?? 'up' })
    else
      findings.fault(
        originOf(row),
        `a second node "${id}", after ${first.origin.place} in ${first.origin.file}; give each export once`,
      )
  }
  if (clusterRows.length > 0) {
    for (const row of clusterRows) add(row, asText(rawOf(row, 'Name')), readState(row, findings))
  } else if (hostRows.length > 0) {
    for (const row of hostRows) add(row, hostName(row), 'up')
  } else {
    for (const row of HINTS.flatMap((kind) => rows.get(kind) ?? [])) {
      const [name] = nodeNamesOf(row)
      if (name === undefined) continue
      const id = /^[\d.]+$/.test(name) ? name : name.split('.')[0]
      if (!found.has(id.toLowerCase())) add(row, id, 'up')
    }
  }
  const domain = asText(cluster && rawOf(cluster.row, 'Domain'))
  for (const node of found.values())
    if (domain !== undefined && !node.id.includes('.')) node.aliases.push(`${node.id}.${domain}`)
  for (const row of hostRows) {
    const names = [hostName(row), ...nodeNamesOf(row)].filter((name) => name !== undefined)
    const node = names.map(
      (name) => found.get(name.toLowerCase()) ?? found.get(name.split('.')[0].toLowerCase()),
    )[0]
    const full = asText(rawOf(row, 'FullyQualifiedDomainName'))
    if (node !== undefined && full !== undefined && !node.aliases.includes(full)) node.aliases.push(full)
  }
  return [...found.values()].map(({ id, origin, aliases, state }) => ({ id, aliases, state, origin }))
}

/** Get-VMHost calls the host `Name`; the other names are of whoever asked. */
function hostName(row: Row): string | undefined {
  return asText(rawOf(row, 'Node')) ?? asText(rawOf(row, 'Name')) ?? nodeNamesOf(row)[0]
}

/** A node that is not surely up gets no VM, and one that is in trouble gives none either. */
function readState(row: Row, findings: Findings): NodeState | undefined {
  const name = asText(rawOf(row, 'Name')) ?? 'a node'
  const state = asEnum(rawOf(row, 'State'), NODE_STATES)
  const assume = (text: string, property = 'State') => findings.assume(originOf(row, property), text)
  if (state === undefined) {
    findings.fault(
      originOf(row, 'State'),
      `must be Up, Down, Paused or Joining; it is ${showValue(row, 'State')}`,
    )
    return undefined
  }
  if (state === 'Unknown' || state === 'Joining') {
    assume(`${name} is ${state.toLowerCase()}: nothing moves from it or to it; export again once it is up`)
    return 'down'
  }
  const status = asFlags(rawOf(row, 'StatusInformation'), NODE_STATUS)
  const trouble = status.has('Quarantined') ? 'quarantined' : status.has('Isolated') ? 'isolated' : undefined
  if (state !== 'Down' && trouble !== undefined) {
    assume(`${name} is ${trouble}: nothing moves from it or to it`, 'StatusInformation')
    return 'down'
  }
  const drain = asEnum(rawOf(row, 'DrainStatus'), DRAIN_STATES)
  if (drain === 'InProgress' || status.has('DrainInProgress')) {
    assume(
      `${name} is being drained: what is here may have moved by now; export again once that is over`,
      'DrainStatus',
    )
    return 'paused'
  }
  if (state === 'Up' && status.has('AvoidPlacement')) {
    assume(`${name} is to get no VMs (AvoidPlacement): it counts as paused`, 'StatusInformation')
    return 'paused'
  }
  return state === 'Up' ? 'up' : state === 'Paused' ? 'paused' : 'down'
}

/** Logical processors as Hyper-V counts them, or else those of all sockets; undefined where an export leaves them out. */
function coresOf(host: Row | undefined, sockets: readonly Row[]): number | undefined {
  const own = host && asCount(rawOf(host, 'LogicalProcessorCount'))
  if (own !== undefined) return own
  const counts = sockets.map((row) => asCount(rawOf(row, 'NumberOfLogicalProcessors')))
  const sum = counts.reduce((all: number, count) => all + (count ?? Number.NaN), 0)
  return sum > 0 ? sum : undefined
}

/** Offloads of adapters that are up; undefined where no export tells. */
function offloadsOf(adapters: readonly Row[], settings: readonly Row[]): string[] | undefined {
  const offloads = new Set<string>()
  let told = false
  for (const kind of ['Rdma', 'Vmq', 'Sriov']) {
    for (const row of adapters) {
      const on = asBoolean(rawOf(row, kind))
      told ||= on !== undefined
      const up = asText(rawOf(row, 'InterfaceOperationalStatus')) ?? '1'
      if (on === true && (up === '1' || up.toLowerCase() === 'up')) offloads.add(kind.toLowerCase())
    }
  }
  for (const row of settings) {
    const chimney = asEnum(rawOf(row, 'Chimney'), CHIMNEY)
    told ||= chimney !== undefined
    if (chimney === 'Enabled' || chimney === 'Automatic') offloads.add('chimney')
  }
  return told ? [...offloads] : undefined
}
