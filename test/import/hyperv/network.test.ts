/** Which network migrations take, how fast it is, and subnets. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contains as holds,
  isLocal,
  parseAddress,
  parseCidr,
  parseSubnet,
  type Subnet,
} from '../../../src/import/hyperv/subnets.js'
import { assumptions, collected, type Json, nodeOf, readCluster } from './fixtures.js'

const adapter = (InterfaceIndex: number, gbps: number, more: Json = {}): Json => ({
  Node: 'HV01',
  Name: `NIC${InterfaceIndex}`,
  InterfaceDescription: 'An adapter',
  InterfaceIndex,
  Speed: gbps * 1e9,
  InterfaceOperationalStatus: 1,
  ...more,
})
const address = (InterfaceIndex: number, IPAddress: string): Json => ({
  Node: 'HV01',
  InterfaceIndex,
  IPAddress,
  PrefixLength: 24,
})
const network = (Name: string, Address: string, more: Json = {}): Json => ({
  Name,
  Id: `id-${Name}`,
  Role: 'ClusterAndClient',
  Address,
  AddressMask: '255.255.255.0',
  Metric: 1000,
  ...more,
})

/** Management at 1 Gbit/s, live migration at 25, storage at 100. */
const NETWORKS: Json = {
  Adapters: [adapter(1, 1), adapter(2, 25), adapter(3, 100)],
  Addresses: [
    address(1, '10.0.1.11'),
    address(2, '10.0.2.11'),
    address(3, '10.0.3.11'),
    address(1, 'fe80::1%1'),
  ],
  ClusterNetworks: [
    network('Management', '10.0.1.0', { Metric: 70_000 }),
    network('LM', '10.0.2.0', { Metric: 30_000, Role: 'Cluster' }),
    network('Storage', '10.0.3.0', { Metric: 1_000, Role: 'None' }),
  ],
}

const mbps = (more: Json = {}) => nodeOf(readCluster({ ...NETWORKS, ...more }), 'HV01').migrationMbps
const cluster = (more: Json) => ({ Cluster: [{ Name: 'CL01', ...more }] })

describe('the migration network of a cluster', () => {
  it('is the one of least metric that carries cluster traffic', () => {
    expect(mbps()).toBe(25_000)
    expect(assumptions(readCluster(NETWORKS))).toContain(
      'Adapters[1]: migrations of HV01 run at 25000 Mbit/s, the speed of the adapter in network LM; --mbps NODE=N',
    )
  })

  it('is never one that is excluded, and the first of an order that is set', () => {
    expect(mbps(cluster({ MigrationExcludeNetworks: 'ID-LM' }))).toBe(1_000)
    expect(mbps(cluster({ MigrationNetworkOrder: 'id-Management;id-LM' }))).toBe(1_000)
    expect(mbps(cluster({ MigrationExcludeNetworks: 'id-LM;id-Management' }))).toBe(1_000)
  })

  it('is never one that is down', () => {
    const networks = (State: unknown) =>
      (NETWORKS.ClusterNetworks as Json[]).map((each) => (each.Name === 'LM' ? { ...each, State } : each))
    for (const State of ['Down', 1, 'Unavailable'])
      expect(mbps({ ClusterNetworks: networks(State) })).toBe(1_000)
    expect(mbps({ ClusterNetworks: networks('Up') })).toBe(25_000)
  })

  it('is the next where its adapter is down, or has no speed', () => {
    for (const more of [{ InterfaceOperationalStatus: 2 }, { Speed: 2 ** 64 }, { Speed: 0 }, { Speed: null }])
      expect(mbps({ Adapters: [adapter(1, 1), adapter(2, 25, more)] })).toBe(1_000)
  })

  describe('over SMB', () => {
    const [host] = collected().Hosts as Json[]
    const Hosts = [{ ...host, VirtualMachineMigrationPerformanceOption: 'SMB' }]
    const limit = (SetSMBBandwidthLimit: number) =>
      cluster({ SetSMBBandwidthLimit, SMBBandwidthLimitFactor: 2500 })
    const asked = (Category: string, BytesPerSecond: number | null) => ({
      SmbLimits: [{ Node: 'HV01', Category, BytesPerSecond }],
    })

    it.each<[what: string, more: Json, mbps: number]>([
      ['the share that the cluster gives, of the adapters that it uses together', limit(1), 6_500],
      ['all where the cluster limits nothing', limit(0), 25_000],
      ['what the node itself says', { ...limit(1), ...asked('LiveMigration', 1e9) }, 8_000],
      ['what the adapter has where that is less', asked('LiveMigration', 1e10), 25_000],
      ['all where the node has no limit', { ...limit(1), ...asked('None', null) }, 25_000],
      ['all where other traffic has a limit', { ...limit(1), ...asked('Default', 1e6) }, 25_000],
    ])('is %s', (_, more, expected) => {
      expect(mbps({ Hosts, ...more })).toBe(expected)
    })

    it('is nothing of this where memory goes another way', () => {
      expect(mbps(limit(1))).toBe(25_000)
    })
  })

  it('is not known without adapters', () => {
    expect(mbps({ Adapters: [] })).toBeUndefined()
  })
})

describe('the migration network of a host', () => {
  const MigrationNetworks = [
    { Node: 'HV01', Subnet: '10.0.3.0/24', Priority: 90 },
    { Node: 'HV01', Subnet: '10.0.1.11/32', Priority: 50 },
  ]

  it('is the first of its own list', () => {
    expect(mbps({ ClusterNetworks: [], MigrationNetworks })).toBe(1_000)
    expect(mbps({ ClusterNetworks: [], MigrationNetworks: [MigrationNetworks[0]] })).toBe(100_000)
  })

  it('is the slowest where any may be taken', () => {
    const [host] = collected().Hosts as Json[]
    const Hosts = [{ ...host, UseAnyNetworkForMigration: true }]
    expect(mbps({ ClusterNetworks: [], MigrationNetworks: [MigrationNetworks[0]], Hosts })).toBe(1_000)
    expect(mbps({ ClusterNetworks: [], Addresses: [address(2, '10.0.2.11')] })).toBe(25_000)
  })

  it('is read from Get-NetAdapter too', () => {
    const row = { Node: 'HV01', InterfaceDescription: 'x', ifIndex: 2, Status: 'Up' }
    const exported = (more: Json) =>
      nodeOf(readCluster({ Adapters: [{ ...row, ...more }] }), 'HV01').migrationMbps
    expect(exported({ LinkSpeed: '25 Gbps' })).toBe(25_000)
    expect(exported({ LinkSpeed: '2,5 Gbps' })).toBe(2_500)
    expect(exported({ ReceiveLinkSpeed: 10_000_000_000 })).toBe(10_000)
    expect(exported({ LinkSpeed: '25 Gbps', Status: 'Disconnected' })).toBeUndefined()
  })
})

describe('offloads of a node', () => {
  it('are those of adapters that are up', () => {
    const Adapters = [
      adapter(1, 1, { Rdma: false, Vmq: true }),
      adapter(2, 25, { Rdma: true, Sriov: true, InterfaceOperationalStatus: 2 }),
    ]
    expect(nodeOf(readCluster({ Adapters }), 'HV01').offloads).toEqual(['vmq'])
    const Offloads = [{ Node: 'HV01', Chimney: '2' }]
    expect(nodeOf(readCluster({ Adapters, Offloads }), 'HV01').offloads).toEqual(['vmq', 'chimney'])
    expect(nodeOf(readCluster(), 'HV01').offloads).toBeUndefined()
  })
})

/** Whether the subnet has the address, which is one. */
const contains = (subnet: Subnet, address: string) => holds(subnet, parseAddress(address)!)

describe('subnets', () => {
  it('hold their addresses', () => {
    const subnet = parseSubnet('10.0.2.0', '255.255.254.0')!
    expect(subnet.prefix).toBe(23)
    expect(contains(subnet, '10.0.3.255')).toBe(true)
    expect(contains(subnet, '10.0.4.0')).toBe(false)
    expect(contains(subnet, '::a00:300')).toBe(false)
    expect(contains(parseCidr('fd00:1::/64')!, 'FD00:1:0:0:5::9%7')).toBe(true)
    expect(contains(parseCidr('0.0.0.0/0')!, '255.1.2.3')).toBe(true)
  })

  it('are refused where they are none', () => {
    for (const text of [
      '10.0.0/24',
      '10.0.0.256',
      '1.2.3.4/33',
      '::1::',
      'fd00::/129',
      ':::',
      '1:2:3',
      'x',
      '',
    ])
      expect(parseCidr(text)).toBeUndefined()
    expect(parseSubnet('10.0.0.0', '255.0.255.0')).toBeUndefined()
    expect(parseAddress('::ffff:10.0.0.1')?.bits).toBe(0xffff0a000001n)
  })

  it('are local where nothing migrates', () => {
    expect(['127.0.0.1', '169.254.1.1', '::1', 'fe80::1'].every(isLocal)).toBe(true)
    expect(['10.0.0.1', 'fd00::1', 'fec0::1'].some(isLocal)).toBe(false)
  })

  it('hold every address that they are made of', () => {
    for (const [address, bits] of [
      [fc.ipV4(), 32],
      [fc.ipV6(), 128],
    ] as const)
      fc.assert(
        fc.property(address, fc.integer({ min: 0, max: bits }), (ip, prefix) =>
          contains(parseSubnet(ip, prefix)!, ip),
        ),
      )
  })
})

describe('how memory is sent', () => {
  const [host] = collected().Hosts as Json[]
  const sent = (VirtualMachineMigrationPerformanceOption: unknown) => {
    const inventory = readCluster({ Hosts: [{ ...host, VirtualMachineMigrationPerformanceOption }] })
    const { linkEfficiency, streamMbps } = nodeOf(inventory, 'HV01')
    return [linkEfficiency, streamMbps, inventory.setupSeconds]
  }

  it.each<[option: unknown, figures: unknown[]]>([
    ['TCPIP', [1, 7_000, 3]],
    [0, [1, 7_000, 3]],
    ['Compression', [2, 14_000, 3]],
    ['SMB', [0.95, undefined, 3]],
    [null, [undefined, undefined, undefined]],
  ])('%s makes the figures %j', (option, figures) => {
    expect(sent(option)).toEqual(figures)
  })

  it('is told with what it rests on', () => {
    const inventory = readCluster({ Hosts: [{ ...host, VirtualMachineMigrationPerformanceOption: 'SMB' }] })
    expect(assumptions(inventory)).toMatch(/Hosts\[0\]\.\S+: HV01 migrate by SMB: .*: weak; linkEfficiency, /)
  })
})
