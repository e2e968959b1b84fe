import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { faultsAfter, faultsOf, type Loose, validProblem } from './build.js'

/** What a change makes of the valid problem: exactly one fault, at this path, whose message has these words. */
type Case = [name: string, change: (p: Loose) => void, path: string, words: string[]]

const CASES: Case[] = [
  ['no version', (p) => delete p.version, 'version', ['missing', 'write 1']],
  ['other version', (p) => (p.version = 2), 'version', ['2 is not a known version', 'write 1']],
  ['version as text', (p) => (p.version = '1'), 'version', ['"1"', 'write 1']],
  ['no nodes', (p) => (p.nodes = undefined), 'nodes', ['missing', 'array']],
  ['nodes an object', (p) => (p.windows = {}), 'windows', ['an object is not an array']],
  [
    'unknown key',
    (p) => (p.vms[1].memoryMib = 1),
    'vms[1].memoryMib',
    ['unknown key "memoryMib"', '"memoryMiB"?'],
  ],
  ['unknown key at the top', (p) => (p.requests = {}), 'requests', ['unknown key', '"request"?']],
  ['affinity as text', (p) => (p.vms[0].affinity = 'g'), 'vms[0].affinity', ['array']],
  ['a group without a name', (p) => (p.vms[0].affinity = ['']), 'vms[0].affinity[0]', ['empty', 'group']],
  ['a reserve below 0', (p) => (p.policy = { reserveMiB: -1 }), 'policy.reserveMiB', ['-1', 'at least 0']],
  ['a reserve as text', (p) => (p.policy = { reserveMiB: '4 GB' }), 'policy.reserveMiB', ['4096']],
  [
    'a tolerance that is a number',
    (p) => (p.policy = { tolerateNodeFailure: 1 }),
    'policy.tolerateNodeFailure',
    ['true nor false'],
  ],
  ['unknown policy', (p) => (p.policy = { allowParkin: true }), 'policy.allowParkin', ['"allowParking"?']],
  ['odd key', (p) => (p.vms[0]['a\u001b[31m'] = 1), 'vms[0]["a\\u001b[31m"]', ['unknown key "a\\u001b[31m"']],
  ['a VM that is null', (p) => p.vms.push(null), 'vms[2]', ['null is not an object']],
  ['a VM that is an array', (p) => p.vms.push([1]), 'vms[2]', ['an array of 1 is not an object']],
  ['name a number', (p) => (p.name = 7), 'name', ['7 is not text']],

  ['no id', (p) => p.vms.push({ node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['missing', 'id of the VM']],
  ['empty id', (p) => p.vms.push({ id: '', node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['empty']],
  [
    'long id',
    (p) => p.vms.push({ id: 'x'.repeat(1025), node: 'HV01', memoryMiB: 1 }),
    'vms[2].id',
    ['1024', '(1025 characters)'],
  ],
  ['numeric id', (p) => p.vms.push({ id: 5, node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['5 is not text']],
  ['same VM id', (p) => p.vms.push({ ...p.vms[0] }), 'vms[2].id', ['"web-01"', 'vms[0]']],
  ['same node id', (p) => p.nodes.push({ ...p.nodes[1] }), 'nodes[2].id', ['"HV02"', 'nodes[1]']],

  ['VM on no node', (p) => delete p.vms[0].node, 'vms[0].node', ['missing', 'where the VM is now']],
  ['VM on unknown node', (p) => (p.vms[0].node = 'hv01'), 'vms[0].node', ['"hv01"', 'did you mean "HV01"?']],
  ['unknown boot node', (p) => (p.vms[0].bootNode = 'HV03'), 'vms[0].bootNode', ['"HV03"', 'node']],
  [
    'unknown owner',
    (p) => (p.vms[0].allowedNodes = ['HV01', 'HV01', 'zzzzz']),
    'vms[0].allowedNodes[2]',
    ['"zzzzz"'],
  ],
  ['window of unknown VM', (p) => (p.windows[0].vm = 'sql-08'), 'windows[0].vm', ['"sql-08"', '"sql-07"?']],
  [
    'window of unknown node',
    (p) => (p.windows[0] = { node: 'HV9', start: 0, end: 1 }),
    'windows[0].node',
    ['"HV9"'],
  ],
  [
    'move of unknown VM',
    (p) => (p.request.moves[0].vm = 'web-1'),
    'request.moves[0].vm',
    ['"web-1"', '"web-01"?'],
  ],
  [
    'move to unknown node',
    (p) => (p.request.moves[0].to = 'x'),
    'request.moves[0].to',
    ['"x" is not the id of a node'],
  ],
  ['drain of unknown node', (p) => (p.request.drain = ['HV1']), 'request.drain[0]', ['"HV1"', '"HV01"?']],
  ['drain object', (p) => (p.request.drain = [{ node: 'HV1' }]), 'request.drain[0].node', ['"HV1"']],

  [
    'memory 0',
    (p) => (p.vms[0].memoryMiB = 0),
    'vms[0].memoryMiB',
    ['0 is out of range', 'at least 0.001 and at most 1099511627776'],
  ],
  ['memory -0', (p) => (p.vms[0].memoryMiB = -0), 'vms[0].memoryMiB', ['-0 is out of range']],
  [
    'memory infinite',
    (p) => (p.vms[0].memoryMiB = Number.POSITIVE_INFINITY),
    'vms[0].memoryMiB',
    ['Infinity'],
  ],
  ['memory NaN', (p) => (p.vms[0].memoryMiB = Number.NaN), 'vms[0].memoryMiB', ['NaN']],
  [
    'memory in GB',
    (p) => (p.vms[0].memoryMiB = '64GB'),
    'vms[0].memoryMiB',
    ['"64GB" is text', 'MiB', '65536'],
  ],
  ['memory in quotes', (p) => (p.vms[0].memoryMiB = '32768'), 'vms[0].memoryMiB', ['without quotes: 32768']],
  ['memory in bytes', (p) => (p.nodes[0].memoryMiB = 2 ** 41), 'nodes[0].memoryMiB', ['in bytes: 2097152']],
  [
    'memory as words',
    (p) => (p.vms[0].memoryMiB = 'lots'),
    'vms[0].memoryMiB',
    ['"lots" is text', 'a number of MiB of at least 0.001'],
  ],
  ['memory null', (p) => (p.vms[0].memoryMiB = null), 'vms[0].memoryMiB', ['null']],
  ['memory a bigint', (p) => (p.vms[0].memoryMiB = 5n), 'vms[0].memoryMiB', ['a bigint']],
  [
    'bandwidth 0',
    (p) => (p.nodes[0].migrationMbps = 0),
    'nodes[0].migrationMbps',
    ['Mbps of at least 0.001 and at most 1000000000'],
  ],
  ['bandwidth in Gbps', (p) => (p.nodes[0].migrationMbps = '10Gbps'), 'nodes[0].migrationMbps', ['10000']],
  ['no slot', (p) => (p.nodes[0].slots = 0), 'nodes[0].slots', ['integer', 'at least 1']],
  ['half a slot', (p) => (p.nodes[0].slots = 1.5), 'nodes[0].slots', ['1.5']],
  ['a million and one slots', (p) => (p.nodes[0].slots = 1_000_001), 'nodes[0].slots', ['at most 1000000']],
  ['negative dirty rate', (p) => (p.vms[0].dirtyMiBps = -1), 'vms[0].dirtyMiBps', ['-1', 'at least 0']],
  ['negative working set', (p) => (p.vms[0].workingSetMiB = -1), 'vms[0].workingSetMiB', ['-1']],
  ['negative priority', (p) => (p.vms[0].priority = -1), 'vms[0].priority', ['integer of at least 0']],
  ['restartable as text', (p) => (p.vms[0].restartable = 'yes'), 'vms[0].restartable', ['true nor false']],
  [
    'unknown VM state',
    (p) => (p.vms[0].state = 'Running'),
    'vms[0].state',
    ['"Running"', 'did you mean "running"?'],
  ],
  [
    'unknown node state',
    (p) => (p.nodes[0].state = 'upp'),
    'nodes[0].state',
    ['"upp"', '"paused"', 'did you mean "up"?'],
  ],
  [
    'unknown compatibility',
    (p) => (p.vms[0].compatibility = true),
    'vms[0].compatibility',
    ['true', '"minimum"'],
  ],
  ['offload not text', (p) => (p.vms[0].offloads = ['rdma', 3]), 'vms[0].offloads[1]', ['3 is not text']],
  ['offloads one text', (p) => (p.vms[0].offloads = 'rdma'), 'vms[0].offloads', ['"rdma" is not an array']],

  [
    'efficiency 0',
    (p) => (p.policy = { linkEfficiency: 0 }),
    'policy.linkEfficiency',
    ['at least 0.001 and at most 8'],
  ],
  ['efficiency of a node', (p) => (p.nodes[1].linkEfficiency = 9), 'nodes[1].linkEfficiency', ['9', '8']],
  ['stream of nothing', (p) => (p.nodes[0].streamMbps = 0), 'nodes[0].streamMbps', ['at least 0.001']],
  ['more copied than there is', (p) => (p.vms[0].copyMiB = 4097), 'vms[0].copyMiB', ['4097', '4096 MiB']],
  ['factor 0', (p) => (p.vms[0].durationFactor = 0), 'vms[0].durationFactor', ['at least 0.001']],
  ['efficiency in percent', (p) => (p.policy = { linkEfficiency: 90 }), 'policy.linkEfficiency', ['90']],
  ['no pass', (p) => (p.policy = { maxPasses: 0 }), 'policy.maxPasses', ['at least 1']],
  ['no horizon', (p) => (p.policy = { horizonSeconds: 0 }), 'policy.horizonSeconds', ['at least 0.000001']],
  ['horizon as text', (p) => (p.policy = { horizonSeconds: '8h' }), 'policy.horizonSeconds', ['28800']],
  ['no save rate', (p) => (p.policy = { saveMiBps: 0 }), 'policy.saveMiBps', ['at least 0.001']],
  ['negative set-up', (p) => (p.policy = { setupSeconds: -1 }), 'policy.setupSeconds', ['-1']],
  ['negative start lag', (p) => (p.policy = { startLagSeconds: -1 }), 'policy.startLagSeconds', ['-1']],
  ['negative restart', (p) => (p.policy = { restartSeconds: -1 }), 'policy.restartSeconds', ['-1']],
  [
    'negative penalty',
    (p) => (p.policy = { offloadPenaltySeconds: -1 }),
    'policy.offloadPenaltySeconds',
    ['-1'],
  ],
  ['policy a list', (p) => (p.policy = []), 'policy', ['an array of 0 is not an object']],

  ['no CPU', (p) => delete p.nodes[0].cpu, 'nodes[0].cpu', ['missing', '"vendor"', '"model"']],
  [
    'unknown vendor',
    (p) => (p.nodes[0].cpu.vendor = 'GenuineIntel'),
    'nodes[0].cpu.vendor',
    ['did you mean "Intel"?'],
  ],
  ['no features', (p) => delete p.nodes[0].cpu.features, 'nodes[0].cpu.features', ['missing']],
  ['empty feature', (p) => (p.nodes[0].cpu.features = ['avx', '--']), 'nodes[0].cpu.features', ['"--"']],
  [
    'unknown model',
    (p) => (p.nodes[1].cpu.model = 'Cascadelake-Servr'),
    'nodes[1].cpu.model',
    ['Cascadelake-Server', 'features'],
  ],
  [
    'model and vendor',
    (p) => (p.nodes[1].cpu.vendor = 'Intel'),
    'nodes[1].cpu.vendor',
    ['unknown key', 'model'],
  ],

  ['no request', (p) => delete p.request, 'request', ['missing']],
  ['empty request', (p) => (p.request = {}), 'request', ['"moves"', '"drain"']],
  [
    'moved twice',
    (p) => p.request.moves.push({ vm: 'web-01', to: 'HV01' }),
    'request.moves[1].vm',
    ['request.moves[0]'],
  ],
  [
    'drained twice',
    (p) => (p.request.drain = ['HV02', { node: 'HV02' }]),
    'request.drain[1].node',
    ['request.drain[0]'],
  ],
  [
    'move takes no time',
    (p) => (p.request.moves[0].durationSeconds = 0),
    'request.moves[0].durationSeconds',
    ['at least 0.000001 and at most 1000000000'],
  ],
  [
    'unknown drain mode',
    (p) => (p.request.drain = [{ node: 'HV02', mode: 'saved' }]),
    'request.drain[0].mode',
    ['"save"?'],
  ],
]

describe('each fault is named with its path and value', () => {
  test.each(CASES)('%s', (_, change, path, words) => {
    const faults = faultsAfter(change)
    expect(faults.map((fault) => fault.path)).toEqual([path])
    for (const word of words) expect(faults[0].message).toContain(word)
  })
})

test('all faults are collected, and none is reported twice', () => {
  const faults = faultsAfter((p) => {
    p.vms[0].memoryMiB = -1
    p.vms[1].nod = 'HV01'
    p.nodes[0].slots = 0
    p.request.moves[0].to = 'nowhere'
  })
  expect(faults.map((fault) => fault.path).sort()).toEqual([
    'nodes[0].slots',
    'request.moves[0].to',
    'vms[0].memoryMiB',
    'vms[1].nod',
  ])
})

test('what is no object at all', () => {
  for (const input of [undefined, null, 3, 'text', [], () => 1]) {
    const faults = faultsOf(input)
    expect(faults).toHaveLength(1)
    expect(faults[0].path).toBe('')
  }
})

test('a valid problem gets every default', () => {
  const resolved = resolveProblem(validProblem())
  expect(resolved.policy).toEqual(DEFAULT_POLICY)
  expect(resolved.start).toEqual({ epochMs: Date.UTC(2026, 10, 23, 19), offsetMinutes: 60 })
  expect(resolved.nodes[0]).toEqual({
    id: 'HV01',
    vendor: 'Intel',
    features: ['avx2', 'sse42'],
    memoryMiB: 65536,
    migrationMbps: 10000,
    slots: 1,
    offloads: [],
    state: 'up',
    linkEfficiency: 0.9,
    streamMbps: Number.POSITIVE_INFINITY,
  })
  expect(resolved.vms[0]).toEqual({
    id: 'web-01',
    node: 'HV01',
    memoryMiB: 4096,
    dirtyMiBps: 0,
    workingSetMiB: 4096,
    copyMiB: 4096,
    durationFactor: 1,
    bootNode: 'HV01',
    compatibility: 'off',
    offloads: [],
    state: 'running',
    allowedNodes: undefined,
    antiAffinity: [],
    affinity: [],
    priority: 2000,
    restartable: false,
    features: ['avx2', 'sse42'],
    vendor: 'Intel',
  })
  expect(resolved.windows).toEqual([
    { vm: 'sql-07', startSeconds: 3600, endSeconds: 7200, kind: 'backup', source: 0 },
  ])
  expect(resolved.moves).toEqual([{ vm: 'web-01', to: 'HV02' }])
  expect(resolved.drains).toEqual([])
  expect(resolved.nodeById.get('HV02')).toBe(resolved.nodes[1])
  expect(resolved.vmById.get('sql-07')).toBe(resolved.vms[1])
})

test('what is allowed at the edge', () => {
  const problem = validProblem()
  problem.request = { moves: [], drain: ['HV01', { node: 'HV02', mode: 'save' }] }
  problem.vms[0].id = ' né\u0000 "x" '
  problem.vms[0].offloads = ['rdma', 'rdma', 'RDMA']
  problem.vms[1].memoryMiB = 61440
  problem.vms.push({ id: 'off', node: 'HV01', memoryMiB: 1e6, state: 'off', allowedNodes: [], priority: 0 })
  problem.name = undefined
  const resolved = resolveProblem(problem)
  expect(resolved.drains).toEqual([
    { node: 'HV01', mode: 'live' },
    { node: 'HV02', mode: 'save' },
  ])
  expect(resolved.vms[0].id).toBe(' né\u0000 "x" ')
  expect(resolved.vms[0].offloads).toEqual(['rdma', 'RDMA'])
  expect(resolved.vms[2].allowedNodes).toEqual(new Set())
  expect(resolved.name).toBe('')
  expect(resolveProblem({ version: 1, nodes: [], vms: [], request: { moves: [] } }).nodes).toEqual([])
})

test('a fraction of float error does not overfill a node', () => {
  const problem = validProblem()
  problem.nodes[0].memoryMiB = 0.3
  problem.vms[0].memoryMiB = 0.1
  problem.vms[1].memoryMiB = 0.2
  expect(faultsOf(problem)).toEqual([])
})

test('the input is neither changed nor kept', () => {
  const problem = validProblem()
  problem.vms[0].allowedNodes = ['HV02']
  const before = structuredClone(problem)
  const resolved = resolveProblem(problem)
  expect(problem).toEqual(before)
  problem.vms[0].allowedNodes.push('HV01')
  problem.nodes[0].id = 'changed'
  expect([...resolved.vms[0].allowedNodes!]).toEqual(['HV02'])
  expect(resolved.nodes[0].id).toBe('HV01')
})
