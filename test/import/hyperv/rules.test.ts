/** Where VMs may go, which belong together, and which apart. */
import { describe, expect, it } from 'vitest'
import {
  assumptions,
  collected,
  faults,
  GIB,
  guid,
  type Json,
  read,
  readCluster,
  vmOf,
  vmRow,
} from './fixtures.js'

const owner = (n: number, Node: string, Resource = `Virtual Machine vm-${n}`): Json => ({
  Group: `vm-${n}`,
  Resource,
  Node,
})
const allowed = (more: Json, id = 'vm-1') => vmOf(readCluster(more), id).allowedNodes

describe('possible owners', () => {
  it('allow what all resources of the VM allow', () => {
    const PossibleOwners = [
      ...['HV01', 'HV02'].map((node) => owner(1, node)),
      ...['HV02', 'HV03'].map((node) => owner(1, node, 'Virtual Machine Configuration vm-1')),
    ]
    expect(allowed({ PossibleOwners })).toEqual(['HV02'])
    expect(allowed({ PossibleOwners }, 'vm-2')).toBeUndefined()
  })

  it('say nothing where every node is one', () => {
    expect(
      allowed({ PossibleOwners: ['HV01', 'HV02', 'HV03'].map((node) => owner(1, node)) }),
    ).toBeUndefined()
  })

  it('keep the VM where there are none, or none that is there', () => {
    expect(allowed({ PossibleOwners: [owner(1, '')] })).toEqual([])
    const gone = readCluster({ PossibleOwners: [owner(1, 'HV09')] })
    expect(vmOf(gone, 'vm-1').allowedNodes).toEqual([])
    expect(assumptions(gone)).toContain('no possible owner of vm-1 is among the nodes')
  })

  it('keep the VM where they could not be read', () => {
    const inventory = readCluster({ PossibleOwners: [owner(1, '?')] })
    expect(vmOf(inventory, 'vm-1').allowedNodes).toEqual(['HV01'])
    expect(assumptions(inventory)).toContain(
      'VMs whose possible owners could not be read stay where they are: vm-1',
    )
  })

  it('never free a VM that is in no state to move', () => {
    const Vms = [vmRow(1, 'HV01', { State: 'Paused' })]
    expect(allowed({ Vms, PossibleOwners: [owner(1, 'HV01'), owner(1, 'HV02')] })).toEqual(['HV01'])
    expect(allowed({ Vms, PossibleOwners: [owner(1, 'HV02')] })).toEqual([])
    expect(allowed({ Vms, PossibleOwners: ['HV01', 'HV02', 'HV03'].map((node) => owner(1, node)) })).toEqual([
      'HV01',
    ])
  })

  it('preferred ones are wishes', () => {
    const inventory = readCluster({ PreferredOwners: [{ Group: 'vm-1', Node: 'HV02', Order: 1 }] })
    expect(vmOf(inventory, 'vm-1').allowedNodes).toBeUndefined()
    expect(vmOf(inventory, 'vm-1').preferredNodes).toEqual(['HV02'])
    expect(assumptions(inventory)).toContain('preferred owners are a wish, and so they are in the problem')
  })
})

describe('roles', () => {
  const role = (more: Json): Json => ({
    Groups: [{ Name: 'role-1', Priority: 2000, ...more }],
    Resources: [{ Group: 'role-1', VMId: guid(1) }],
    Vms: [vmRow(1, 'HV01')],
  })

  it('belong to their VMs by id, whatever their names', () => {
    const priority = (Priority: unknown) => vmOf(readCluster(role({ Priority })), 'vm-1').priority
    expect(priority(3000)).toBe(3000)
    expect(priority('0')).toBe(0)
    expect(priority('High')).toBe(3000)
    expect(assumptions(readCluster(role({})))).toContain('vm-1 (role role-1); rename the roles')
    expect(assumptions(readCluster())).not.toContain('rename the roles')
    expect(faults(readCluster(role({ Priority: 'Extreme' })))[0]).toContain(
      'Groups[0].Priority: is "Extreme"',
    )
  })

  it('whose VM no node has are told', () => {
    const group = (GroupType: unknown) => [{ Name: 'offline-1', GroupType, Priority: 2000 }]
    const told = (GroupType: unknown) => assumptions(readCluster({ Groups: group(GroupType) }))
    expect(told('VirtualMachine')).toContain('Groups[0]: roles whose VM no node has')
    expect(told(111)).toContain('are left out: offline-1')
    expect(told('Cluster')).not.toContain('offline-1')
  })

  it('that are locked keep their VM', () => {
    expect(allowed(role({ LockedFromMoving: '1' }))).toEqual(['HV01'])
    expect(allowed(role({ LockedFromMoving: 'False' }))).toBeUndefined()
  })

  it('of several VMs keep them', () => {
    const more = role({})
    const Vms = [vmRow(1, 'HV01'), vmRow(2, 'HV01')]
    const Resources = [
      { Group: 'role-1', VMId: guid(1) },
      { Group: 'role-1', VMId: guid(2) },
    ]
    expect(allowed({ ...more, Vms, Resources })).toEqual(['HV01'])
  })

  it('are missing of VMs on local storage, which stay', () => {
    const Vms = [vmRow(1, 'HV01'), vmRow(7, 'HV02', { IsClustered: false })]
    const inventory = readCluster({ Vms })
    expect(vmOf(inventory, 'vm-1').allowedNodes).toBeUndefined()
    expect(vmOf(inventory, 'vm-7').allowedNodes).toEqual(['HV02'])
    expect(assumptions(inventory)).toContain('VMs that are no role of the cluster stay where they are: vm-7')
  })

  it('of another VM with the same name are not taken', () => {
    const Resources = [{ Group: 'vm-1', VMId: guid(99) }]
    for (const IsClustered of [true, false]) {
      const Vms = [vmRow(1, 'HV01', { IsClustered })]
      expect(vmOf(readCluster({ Resources, Vms }), 'vm-1').allowedNodes).toEqual(['HV01'])
    }
    expect(vmOf(readCluster({ Resources: [] }), 'vm-1').allowedNodes).toBeUndefined()
  })
})

/** What the cluster only wishes for. */
const soft = (group: string) => ({ group, penaltySeconds: 300 })

describe('anti-affinity', () => {
  const classes = (...of: number[]) => of.map((n) => ({ Group: `vm-${n}`, ClassName: 'SQL' }))

  it.each([0, '0', false, undefined])('is soft, and told, where ClusterEnforcedAntiAffinity is %j', (not) => {
    const Cluster = [{ Name: 'CL01', ClusterEnforcedAntiAffinity: not }]
    const inventory = readCluster({ Cluster, AntiAffinity: classes(1, 2) })
    const groups = inventory.vms.map(({ antiAffinity }) => antiAffinity)
    expect(groups).toEqual([[soft('SQL')], [soft('SQL')], undefined])
    expect(assumptions(inventory)).toContain('AntiAffinity[0]: anti-affinity is a wish in this cluster')
  })

  it.each([1, '1', true])('is a rule where it is %j', (enforced) => {
    const Cluster = [{ Name: 'CL01', ClusterEnforcedAntiAffinity: enforced }]
    const inventory = readCluster({ Cluster, AntiAffinity: classes(1, 2, 3) })
    expect(inventory.vms.map(({ antiAffinity }) => antiAffinity)).toEqual([['SQL'], ['SQL'], ['SQL']])
    expect(assumptions(inventory)).not.toContain('anti-affinity is a wish')
  })

  it('is named without doubled quotes', () => {
    const two = ['A', 'B, C'].flatMap((ClassName) => [1, 2].map((n) => ({ Group: `vm-${n}`, ClassName })))
    expect(assumptions(readCluster({ AntiAffinity: two }))).toContain(
      'beyond the first on a node: A and "B, C"; without penaltySeconds',
    )
  })

  it('of one VM is kept for the next one, and nothing is said of it', () => {
    const inventory = readCluster({ AntiAffinity: classes(1) })
    expect(vmOf(inventory, 'vm-1').antiAffinity).toEqual([soft('SQL')])
    expect(assumptions(inventory)).not.toContain('anti-affinity is a wish')
  })

  it('stands in exported roles as a list, one text, or an empty object', () => {
    const groups = (...lists: unknown[]) =>
      readCluster({
        Groups: lists.map((AntiAffinityClassNames, i) => ({
          Name: `vm-${i + 1}`,
          Priority: 2000,
          AntiAffinityClassNames,
        })),
      })
    expect(groups(['A', 'B'], 'A', 'a').vms.map(({ antiAffinity }) => antiAffinity)).toEqual([
      [soft('A'), soft('B')],
      [soft('A')],
      [soft('A')],
    ])
    expect(groups({}, [], null).vms.every(({ antiAffinity }) => antiAffinity === undefined)).toBe(true)
    expect(faults(groups('System.Collections.Specialized.StringCollection', [], []))[0]).toContain(
      'was cut off by ConvertTo-Json',
    )
  })
})

describe('affinity rules', () => {
  const rule = (RuleType: unknown, of: number[], more: Json = {}) =>
    of.map((n) => ({ Name: 'shop', RuleType, Enabled: '1', Group: `vm-${n}`, ...more }))

  it('keep together or apart', () => {
    const together = readCluster({ AffinityRules: rule('SameNode', [1, 2]) })
    expect(together.vms.map(({ affinity }) => affinity)).toEqual([['shop'], ['shop'], undefined])
    const apart = readCluster({ AffinityRules: rule(4, [1, 3]) })
    expect(apart.vms.map(({ antiAffinity }) => antiAffinity)).toEqual([['shop'], undefined, ['shop']])
  })

  it('do not mix with a class of the same name', () => {
    const inventory = readCluster({
      AntiAffinity: [
        { Group: 'vm-1', ClassName: 'shop' },
        { Group: 'vm-2', ClassName: 'shop' },
      ],
      AffinityRules: rule('DifferentNode', [2, 3]),
    })
    expect(inventory.vms.map(({ antiAffinity }) => antiAffinity)).toEqual([
      [soft('shop')],
      [soft('shop'), 'shop (rule)'],
      ['shop (rule)'],
    ])
  })

  it('that are soft are told to be wishes, in a cluster that enforces its classes too', () => {
    const Cluster = [{ Name: 'CL01', ClusterEnforcedAntiAffinity: 1 }]
    const AffinityRules = rule('DifferentNode', [1, 2], { SoftAntiAffinity: '1' })
    const inventory = readCluster({ Cluster, AffinityRules })
    expect(assumptions(inventory)).toContain('beyond the first on a node: shop;')
    expect(vmOf(inventory, 'vm-1').antiAffinity).toEqual([soft('shop')])
  })

  it('that are off bind nothing', () => {
    for (const Enabled of [0, '0', false, 'False'])
      expect(
        vmOf(readCluster({ AffinityRules: rule('SameNode', [1, 2], { Enabled }) }), 'vm-1').affinity,
      ).toBeUndefined()
  })

  it('of fault domains are kept as far as nodes go, and told', () => {
    const apart = readCluster({ AffinityRules: rule('DifferentFaultDomain', [1, 2]) })
    expect(vmOf(apart, 'vm-1').antiAffinity).toEqual(['shop'])
    expect(assumptions(apart)).toContain('wants different fault domains')
    const same = readCluster({ AffinityRules: rule('SameFaultDomain', [1, 2]) })
    expect(vmOf(same, 'vm-1').affinity).toBeUndefined()
    expect(assumptions(same)).toContain('wants one fault domain')
  })

  it.each([
    ['site', 'of which there are several', ['North', 'South']],
    ['rack', 'where all are on one site', ['North', 'North']],
  ])('of fault domains are about a %s, %s', (domain, _, sites) => {
    const FaultDomains = [
      ...['North', 'South'].map((Name) => ({ Name, Type: 'Site', ParentName: '' })),
      ...['R1', 'R2'].map((Name, i) => ({ Name, Type: 'Rack', ParentName: sites[i] })),
      ...['HV01', 'HV02'].map((Name, i) => ({ Name, Type: 'Node', ParentName: ['R1', 'R2'][i] })),
    ]
    const group = { group: `shop (${domain})`, domain }
    const apart = readCluster({ FaultDomains, AffinityRules: rule('DifferentFaultDomain', [1, 2]) })
    expect(apart.nodes.slice(0, 2).map((node) => node.domains)).toEqual([
      { rack: 'R1', site: sites[0] },
      { rack: 'R2', site: sites[1] },
    ])
    expect(vmOf(apart, 'vm-1').antiAffinity).toEqual([group])
    const same = readCluster({ FaultDomains, AffinityRules: rule('SameFaultDomain', [1, 2]) })
    expect(vmOf(same, 'vm-1').affinity).toEqual([group])
    expect(assumptions(same)).toContain(`wants one fault domain: taken as one about a ${domain}`)
  })

  it('of a type that is none are a fault', () => {
    expect(faults(readCluster({ AffinityRules: rule('SameRack', [1]) }))).toEqual([
      'AffinityRules[0].RuleType: is "SameRack"; it must be SameNode, DifferentNode, SameFaultDomain or DifferentFaultDomain',
    ])
  })

  it('come from the cmdlet with a list of groups', () => {
    const rules = [{ Name: 'shop', RuleType: 2, Enabled: 1, Groups: ['vm-1', 'vm-2'] }]
    const { Groups, Vms, Hosts } = collected() as Record<string, Json[]>
    const inventory = read(
      Vms,
      Hosts.map(({ Node, ...host }) => ({ Name: Node, MemoryCapacity: GIB * 64, ...host })),
      Groups,
      rules,
    )
    expect(inventory.issues).toEqual([])
    expect(vmOf(inventory, 'vm-2').affinity).toEqual(['shop'])
  })
})
