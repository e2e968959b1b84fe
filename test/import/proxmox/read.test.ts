import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InputFile } from '../../../src/import/inventory.js'
import { readProxmox } from '../../../src/import/proxmox/read.js'
import { importProblem } from '../../../src/on-demand.js'
import { row } from '../../cases.js'
import { BROADWELL_FLAGS, CASCADE_FLAGS, faultsOf, jsonFile, reportOf, textFile } from '../inputs.js'

const GIB = 2 ** 30
const node = (name: string, more: object = {}) => ({
  id: `node/${name}`,
  type: 'node',
  node: name,
  status: 'online',
  maxcpu: 64,
  maxmem: 270_000_000_000,
  mem: 54e9,
  level: '',
  ...more,
})
const qemu = (vmid: number, name: string, on: string, more: object = {}) => ({
  id: `qemu/${vmid}`,
  type: 'qemu',
  vmid,
  name,
  node: on,
  status: 'running',
  template: 0,
  maxcpu: 4,
  maxmem: 8 * GIB,
  mem: 3 * GIB,
  ...more,
})
const RESOURCES = [
  qemu(100, 'web01', 'pve1', { tags: 'web;prod', hastate: 'started' }),
  qemu(101, 'web02', 'pve2', { status: 'stopped' }),
  qemu(102, 'db01', 'pve2', { maxmem: 64 * GIB }),
  qemu(103, 'golden', 'pve1', { status: 'stopped', template: 1 }),
  qemu(104, 'asleep', 'pve1', { status: 'stopped', lock: 'suspended' }),
  { id: 'lxc/200', type: 'lxc', vmid: 200, name: 'ct01', node: 'pve1', status: 'running', maxmem: GIB },
  node('pve1'),
  node('pve2', { hastate: 'maintenance' }),
  { id: 'storage/pve1/local', type: 'storage', storage: 'local', node: 'pve1', status: 'available' },
  { id: 'sdn/pve1/localnetwork', type: 'sdn', node: 'pve1', sdn: 'localnetwork', status: 'ok' },
]
const resources = (rows: unknown = RESOURCES) => jsonFile('resources.json', rows)
const status = (name: string, model: string, flags: string) =>
  jsonFile(name, { cpuinfo: { model, flags, cpus: 64, hvm: '1' }, memory: { total: 270e9 } })
const STATUS = [
  status('pve1.status.json', 'Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz', BROADWELL_FLAGS),
  status('pve2/status.json', 'Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz', CASCADE_FLAGS),
]
const read = (...files: InputFile[]) => readProxmox(files)

describe('Proxmox', () => {
  it('reads nodes and VMs of the cluster', () => {
    const inventory = read(resources())
    expect(faultsOf(inventory)).toEqual([])
    expect(inventory.nodes).toEqual([
      {
        id: 'pve1',
        memoryMiB: 257492,
        cores: 64,
        state: 'up',
        origin: { file: 'resources.json', place: '[6]' },
      },
      {
        id: 'pve2',
        memoryMiB: 257492,
        cores: 64,
        state: 'paused',
        origin: { file: 'resources.json', place: '[7]' },
      },
    ])
    expect(inventory.vms.map(({ origin, ...vm }) => vm)).toEqual([
      { id: 'web01', node: 'pve1', memoryMiB: 8192, vcpus: 4, state: 'running' },
      { id: 'web02', node: 'pve2', memoryMiB: 8192, vcpus: 4, state: 'off' },
      { id: 'db01', node: 'pve2', memoryMiB: 65536, vcpus: 4, state: 'running' },
      { id: 'asleep', node: 'pve1', memoryMiB: 8192, vcpus: 4, state: 'saved' },
    ])
    expect(reportOf(inventory)).toContain('left out containers (lxc), which cannot move while they run: ct01')
    expect(reportOf(inventory)).toContain('left out templates, which never run: golden')
    expect(reportOf(inventory)).toContain('no configuration is given for web01 and db01')
    expect(read(jsonFile('resources.json', { data: RESOURCES }))).toEqual(inventory)
  })

  it('takes CPUs from node status and lscpu, by the names of the files', () => {
    const lscpu = textFile('cpu/pve1.lscpu', `Vendor ID: GenuineIntel\nFlags: ${BROADWELL_FLAGS}\n`)
    const { nodes, issues } = read(resources(), lscpu, STATUS[1])
    expect(issues).toEqual([])
    expect(nodes[0].cpu).toMatchObject({ vendor: 'GenuineIntel', origin: { file: 'cpu/pve1.lscpu' } })
    expect(nodes[0].cpu?.features).toContain('avx2')
    expect(nodes[1].cpu).toMatchObject({
      texts: ['Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz'],
      origin: { place: 'cpuinfo' },
    })
    expect(
      faultsOf(
        read(
          resources(),
          ...STATUS,
          status('pve1.json', 'AMD', 'lm sse2'),
          status('pve9.json', 'AMD', 'lm sse2'),
        ),
      ),
    ).toEqual([
      'pve1.json: tells the CPU of pve1, as "pve1.status.json" does; give one of the two',
      'pve9.json: tells the CPU of a node, but "pve9" is none of the cluster; name the file NODE.status.json or NODE.lscpu',
    ])
  })

  it('lets a VM go where its CPU type lets it', () => {
    const conf = (vmid: number, text: string) => textFile(`nodes/x/qemu-server/${vmid}.conf`, text)
    const inventory = read(
      resources([...RESOURCES, qemu(105, 'v4', 'pve2'), qemu(106, 'odd', 'pve1'), qemu(107, 'gpu', 'pve1')]),
      ...STATUS,
      conf(100, '# web\ncpu: x86-64-v2-AES\nmemory: 8192\n\n[before-update]\ncpu: host\n'),
      conf(101, 'memory: 8192\n'),
      conf(102, 'cpu: host,flags=+aes\n'),
      conf(105, 'cpu: cputype=x86-64-v4\n'),
      jsonFile('106.config.json', { digest: 'd', cpu: 'custom-mine', memory: '8192' }),
      conf(107, 'cpu: host\nhostpci0: 0000:01:00.0,pcie=1\nusb0: spice\n'),
      conf(200, 'arch: amd64\n'),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(
      inventory.vms.map(({ id, compatibility, allowedNodes }) => [id, compatibility, allowedNodes]),
    ).toEqual([
      ['web01', 'cluster', undefined],
      ['web02', 'cluster', undefined],
      ['db01', undefined, undefined],
      ['asleep', undefined, undefined],
      ['v4', 'cluster', ['pve2']],
      ['odd', 'off', undefined],
      ['gpu', undefined, ['pve1']],
    ])
    const report = reportOf(inventory)
    expect(report).toContain('CPU model "x86-64-v2-AES" needs no more than every Intel node has')
    expect(report).toContain('CPU model "x86-64-v4" needs no more than pve2 has')
    expect(report).toContain('gpu (hostpci0: 0000:01:00.0,pcie=1)')
    expect(report).not.toContain('no configuration is given')
  })

  it('tells VMs of one name apart by their numbers', () => {
    const inventory = read(
      resources([node('pve1'), qemu(1, 'a', 'pve1'), qemu(2, 'a', 'pve1'), { ...qemu(3, '', 'pve1') }]),
    )
    expect(inventory.vms.map(({ id }) => id)).toEqual(['a (1)', 'a (2)', '3'])
    expect(reportOf(inventory)).toContain(
      '2 VMs are named "a": their numbers are put behind the name, as in "a (1)"',
    )
  })

  it('applies affinity rules', () => {
    const rules = jsonFile('rules.json', [
      { rule: 'apart', type: 'resource-affinity', resources: 'vm:100,vm:101,ct:200', affinity: 'negative' },
      { rule: 'together', type: 'resource-affinity', resources: 'vm:101,vm:102', affinity: 'positive' },
      { rule: 'bound', type: 'node-affinity', resources: 'vm:102', nodes: 'pve1:2,pve2', strict: 1 },
      { rule: 'prefers', type: 'node-affinity', resources: 'vm:100', nodes: 'pve2', strict: 0 },
      { rule: 'off', type: 'node-affinity', resources: 'vm:100', nodes: 'pve2', strict: 1, disable: 1 },
    ])
    const inventory = read(resources(), rules)
    expect(faultsOf(inventory)).toEqual([])
    expect(
      inventory.vms.map(({ id, antiAffinity, affinity, allowedNodes, preferredNodes }) => [
        id,
        antiAffinity,
        affinity,
        allowedNodes,
        preferredNodes,
      ]),
    ).toEqual([
      ['web01', ['apart'], undefined, undefined, ['pve2']],
      ['web02', ['apart'], ['together'], undefined, undefined],
      ['db01', undefined, ['together'], ['pve1', 'pve2'], ['pve1']],
      ['asleep', undefined, undefined, undefined, undefined],
    ])
    expect(reportOf(inventory)).toContain('the rule "prefers" only prefers nodes')
    expect(
      faultsOf(
        read(resources(), jsonFile('r.json', [{ rule: 'x', type: 'resource-affinity', affinity: 'maybe' }])),
      ),
    ).toEqual(['r.json: [0]: affinity of the rule "x" is "maybe", not "positive" or "negative"'])
  })

  it('copies what a running VM has of its host', () => {
    const inventory = read(
      resources([
        node('pve1'),
        qemu(1, 'sparse', 'pve1', { memhost: 3 * GIB }),
        qemu(2, 'full', 'pve1', { memhost: 8 * GIB + 2 ** 27 }),
        qemu(3, 'off', 'pve1', { status: 'stopped', memhost: 3 * GIB }),
        qemu(4, 'untold', 'pve1'),
        qemu(5, 'odd', 'pve1', { memhost: 'much' }),
      ]),
    )
    expect(inventory.vms.map(({ copyMiB }) => copyMiB)).toEqual([
      3072,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(reportOf(inventory)).toContain('sparse: pages that no guest has touched are not sent')
  })

  it.each<[string, object]>([
    ['offline, with nothing else', { status: 'offline', maxmem: 0 }],
    ['offline, with what it last said', { status: 'offline' }],
    ['unknown', { status: 'unknown' }],
    ['without status', { status: undefined }],
    ['offline, in other case', { node: 'PVE2', status: 'offline' }],
  ])('leaves out a node that is %s, with its VMs, its files and what rules say of it', (_, more) => {
    const inventory = read(
      resources([
        node('pve1'),
        node('pve2', more),
        qemu(1, 'a', 'pve2', { status: 'unknown', maxmem: undefined }),
        qemu(2, 'b', 'pve1', { lock: 'backup' }),
        qemu(3, '', 'pve2', { status: 'unknown', name: undefined }),
      ]),
      ...STATUS,
      textFile('1.conf', 'cpu: host\n'),
      textFile('2.conf', 'cpu: host\n'),
      jsonFile('rules.json', [
        { rule: 'r', type: 'node-affinity', resources: 'vm:1,vm:2', nodes: 'pve1,pve2', strict: 1 },
      ]),
    )
    expect(faultsOf(inventory)).toEqual([])
    expect(inventory.nodes.map(({ id }) => id)).toEqual(['pve1'])
    expect(inventory.vms.map(({ id, allowedNodes }) => [id, allowedNodes])).toEqual([['b', ['pve1']]])
    const report = reportOf(inventory)
    expect(report).toMatch(/left out nodes that are not online: pve2/i)
    expect(report).toContain('left out VMs of nodes that are not online, of which nothing is known: a and 3')
    expect(report).toContain('b is locked (backup)')
  })

  it('lets a node that is not online be excluded too', async () => {
    const files = [resources([node('pve1'), node('pve2', { status: 'offline' }), qemu(1, 'a', 'pve1')])]
    const { problem } = await importProblem('proxmox', files, {
      cpu: [{ value: 'Broadwell' }],
      exclude: ['PVE2'],
    })
    expect(problem.nodes.map(({ id }) => id)).toEqual(['pve1'])
    await expect(importProblem('proxmox', files, { exclude: ['pve3'] })).rejects.toThrow(/"pve3" is none/)
  })

  it.each(
    Object.entries<[string, string[] | undefined, { node?: string; value: string }[]]>({
      'for both': row('kvm64', undefined, [
        { node: 'pve1', value: 'Icelake-Server' },
        { node: 'PVE2', value: 'Broadwell' },
      ]),
      'for all': row('x86-64-v3', undefined, [{ value: 'Broadwell' }]),
      'for one and for all': row(
        'x86-64-v4',
        ['pve1'],
        [{ node: 'pve1', value: 'Icelake-Server' }, { value: 'Broadwell' }],
      ),
      'for a type of Intel': row(
        'Skylake-Server',
        ['pve1'],
        [{ node: 'pve1', value: 'Icelake-Server' }, { value: 'Broadwell' }],
      ),
      'of another vendor': row('kvm64', undefined, [
        { node: 'pve1', value: 'Icelake-Server' },
        { value: 'EPYC-Rome' },
      ]),
    }),
  )('places a VM by CPUs that the user told: %s', async (_, [type, allowedNodes, cpu]) => {
    const files = [
      resources([node('pve1'), node('pve2'), qemu(1, 'a', 'pve1')]),
      textFile('1.conf', `cpu: ${type}\n`),
    ]
    const { problem } = await importProblem('proxmox', files, { cpu })
    expect(problem.vms[0].compatibility).toBe('cluster')
    expect(problem.vms[0].allowedNodes).toEqual(allowedNodes)
  })

  it.each(
    Object.entries<[InputFile[], string]>({
      'no resources': row(STATUS, 'there is no output of pvesh get /cluster/resources'),
      'two clusters': row([resources(), jsonFile('other.json', RESOURCES)], 'import one cluster at a time'),
      'another JSON': row(
        [jsonFile('x.json', { a: 1 })],
        'none of the outputs that vmferry reads of Proxmox',
      ),
      'broken JSON': row([textFile('x.json', '[{"type": "node",}]')], 'line 1, column 18'),
      'a memory that is none': row(
        [resources([node('pve1', { maxmem: 'much' })])],
        'resources.json: [0].maxmem: "much" is not a number of bytes',
      ),
      'a status that is none': row(
        [resources([node('pve1'), qemu(1, 'a', 'pve1', { status: 'flying' })])],
        '[1].status: "flying" is not the status',
      ),
      'a number that is none': row(
        [resources([node('pve1'), qemu(1, 'a', 'pve1', { vmid: {} })])],
        '[1].vmid: an object is not the number',
      ),
      'a configuration of no VM': row(
        [resources(), textFile('web.conf', 'cpu: host\n')],
        "web.conf: a VM's configuration, which does not say of which VM",
      ),
      'a configuration that is none': row(
        [resources(), textFile('100.conf', 'cpu: host\nhello\n')],
        '100.conf: line 2: "hello" is no line',
      ),
      'two configurations': row(
        [resources(), textFile('100.conf', 'cpu: host\n'), textFile('a/100.conf', 'cpu: host\n')],
        'a second configuration of VM 100',
      ),
    }),
  )('refuses %s', (_, [files, message]) => {
    expect(faultsOf(read(...files)).join('\n')).toContain(message)
  })

  it('makes a problem', async () => {
    const { problem, report } = await importProblem(
      'proxmox',
      [resources(), ...STATUS, textFile('100.conf', 'cpu: kvm64\n')],
      { drain: ['pve1'] },
    )
    expect(problem.nodes).toHaveLength(2)
    expect(problem.vms[0]).toMatchObject({ id: 'web01', compatibility: 'cluster' })
    expect(report.vms).toBe(4)
    await expect(importProblem('proxmox', [resources()])).rejects.toThrow(
      /pve1 and pve2.*the files do not tell the CPU/,
    )
  })

  it('gives an inventory for any JSON, and never throws', () => {
    const keys =
      'type id node vmid name status maxmem template lock rule resources affinity nodes strict cpuinfo digest __proto__'
    const words = 'node qemu lxc online running unknown pve1 vm:1 negative'.split(' ')
    const key = fc.constantFrom(...keys.split(' '))
    const value = fc.oneof(fc.constantFrom(...words, 1, 2 ** 33, null, true), fc.jsonValue({ maxDepth: 2 }))
    const row = fc
      .array(fc.tuple(key, value), { maxLength: 8 })
      .map(
        (pairs) =>
          `{${[...new Map(pairs)].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`,
      )
    const json = fc.oneof(
      fc.array(row, { maxLength: 5 }).map((rows) => `[${rows.join()}]`),
      row,
      fc.json(),
    )
    fc.assert(
      fc.property(json, json, (a, b) => {
        const { nodes, vms } = read(textFile('pve1.json', a), textFile('1.json', b))
        for (const { memoryMiB } of [...nodes, ...vms])
          if (memoryMiB !== undefined) expect(memoryMiB).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })

  it('reports any bytes as faults', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read({ name: 'x', bytes }).issues.length).toBeGreaterThan(0)
      }),
    )
  })
})
