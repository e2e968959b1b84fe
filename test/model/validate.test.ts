import { describe, expect, test } from 'vitest'
import type { Issue } from '../../src/errors.js'
import { DEFAULT_POLICY } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { row } from '../cases.js'
import { faultsAfter, faultsOf, type Loose, validProblem } from './build.js'

/** A value in the place of the valid problem's (undefined: none) makes one fault there, whose message has these words. */
const VALUES: [path: string, value: unknown, ...words: string[]][] = [
  ['version', undefined, 'missing', 'write 1'],
  ['version', 2, '2 is not a known version', 'write 1'],
  ['version', '1', '"1"', 'write 1'],
  ['windows', {}, 'an object is not an array'],
  ['vms[1].memoryMib', 1, 'unknown key "memoryMib"', '"memoryMiB"?'],
  ['requests', {}, 'unknown key', '"request"?'],
  ['vms[0].affinity', 'g', 'array'],
  ['policy.reserveMiB', -1, '-1', 'at least 0'],
  ['policy.reserveMiB', '4 GB', '4096'],
  ['policy.tolerateNodeFailure', 1, 'true nor false'],
  ['policy.allowParkin', true, '"allowParking"?'],
  ['name', 7, '7 is not text'],

  ['vms[0].node', undefined, 'missing', 'where the VM is now'],
  ['vms[0].node', 'hv01', '"hv01"', 'did you mean "HV01"?'],
  ['vms[0].bootNode', 'HV03', '"HV03"', 'node'],
  ['windows[0].vm', 'sql-08', '"sql-08"', '"sql-07"?'],
  ['request.moves[0].vm', 'web-1', '"web-1"', '"web-01"?'],
  ['request.moves[0].to', 'x', '"x" is not the id of a node'],
  ['request.moves[0].to', 7, '7 is not text', 'the id of a node, or a list of them'],
  ['request.moves[0].to', [], 'is empty', 'leave it out for any'],
  ['request.drain[0]', 'HV1', '"HV1"', '"HV01"?'],

  ['vms[0].memoryMiB', 0, '0 is out of range', 'at least 0.001 and at most 1099511627776'],
  ['vms[0].memoryMiB', -0, '-0 is out of range'],
  ['vms[0].memoryMiB', Number.POSITIVE_INFINITY, 'Infinity'],
  ['vms[0].memoryMiB', Number.NaN, 'NaN'],
  ['vms[0].memoryMiB', '64GB', '"64GB" is text', 'MiB', '65536'],
  ['vms[0].memoryMiB', '32768', 'without quotes: 32768'],
  ['nodes[0].memoryMiB', 2 ** 41, 'in bytes: 2097152'],
  ['vms[0].memoryMiB', 'lots', '"lots" is text', 'a number of MiB of at least 0.001'],
  ['vms[0].memoryMiB', null, 'null'],
  ['vms[0].memoryMiB', 5n, 'a bigint'],
  ['nodes[0].migrationMbps', 0, 'Mbps of at least 0.001 and at most 1000000000'],
  ['nodes[0].migrationMbps', '10Gbps', '10000'],
  ['nodes[0].slots', 0, 'integer', 'at least 1'],
  ['nodes[0].slots', 1.5, '1.5'],
  ['nodes[0].slots', 1_000_001, 'at most 1000000'],
  ['nodes[0].cores', 0, 'an integer of at least 1 and at most 1000000'],
  ['nodes[0].cores', '64', 'without quotes: 64'],
  ['nodes[0].reserveMiB', -1, '-1', 'at least 0'],
  ['nodes[0].devices', ['gpu'], 'an array of 1 is not an object', '{ "gpu": 1 }'],
  ['nodes[0].devices.gpu', 0.5, 'an integer of at least 0 and at most 1000000'],
  ['vms[0].vcpus', 1.5, 'an integer of at least 1'],
  ['vms[0].devices', null, 'null is not an object'],
  ['vms[0].devices.gpu', '1', 'without quotes: 1'],
  ['policy.maxVcpusPerCore', 0, 'at least 0.001 and at most 1000000'],
  ['vms[0].dirtyMiBps', -1, '-1', 'at least 0'],
  ['vms[0].workingSetMiB', -1, '-1'],
  ['vms[0].priority', -1, 'integer of at least 0'],
  ['vms[0].restartable', 'yes', 'true nor false'],
  ['vms[0].ways', 'live', '"live" is not an array'],
  ['policy.stopSeconds', -1, 'at least 0'],
  ['policy.startSeconds', '1m', '"1m"'],
  ['policy.stopPenaltySeconds', 1e10, 'at most 1000000000'],
  ['vms[0].state', 'Running', '"Running"', 'did you mean "running"?'],
  ['nodes[0].state', 'upp', '"upp"', '"paused"', 'did you mean "up"?'],
  ['vms[0].compatibility', true, 'true', '"minimum"'],
  ['vms[0].offloads', 'rdma', '"rdma" is not an array'],

  ['policy.linkEfficiency', 0, 'at least 0.001 and at most 8'],
  ['nodes[1].linkEfficiency', 9, '9', '8'],
  ['nodes[0].streamMbps', 0, 'at least 0.001'],
  ['vms[0].copyMiB', 4097, '4097', '4096 MiB'],
  ['vms[0].durationFactor', 0, 'at least 0.001'],
  ['policy.linkEfficiency', 90, '90'],
  ['policy.wideMigrations', 'no', '"no"', 'neither true nor false'],
  ['networks', {}, 'an object is not an array'],
  ['policy.maxPasses', 0, 'at least 1'],
  ['policy.horizonSeconds', 0, 'at least 0.000001'],
  ['policy.horizonSeconds', '8h', '28800'],
  ['policy.saveMiBps', 0, 'at least 0.001'],
  ['policy.setupSeconds', -1, '-1'],
  ['policy.startLagSeconds', -1, '-1'],
  ['policy.concurrentMigrations', 0, 'an integer of at least 1'],
  ['policy.concurrentRestarts', 0.5, 'an integer of at least 1'],
  ['policy.restartSeconds', -1, '-1'],
  ['policy.offloadPenaltySeconds', -1, '-1'],
  ['policy', [], 'an array of 0 is not an object'],

  ['nodes[0].cpu', undefined, 'missing', '"vendor"', '"model"'],
  ['nodes[0].cpu.vendor', 'GenuineIntel', 'did you mean "Intel"?'],
  ['nodes[0].cpu.features', undefined, 'missing'],
  ['nodes[0].cpu.features', ['avx', '--'], '"--"'],
  ['nodes[1].cpu.model', 'Cascadelake-Servr', 'Cascadelake-Server', 'features'],
  ['nodes[1].cpu.vendor', 'Intel', 'unknown key', 'model'],

  ['request', undefined, 'missing'],
  ['request', {}, '"moves"', '"drain"'],
  ['request.moves[0].durationSeconds', 0, 'at least 0.000001 and at most 1000000000'],
  ['request.moves[0].by', -1, '-1', 'at least 0 and at most'],
  ['request.moves[0].by', true, 'no instant'],
  ['request.moves[0].by', 'soon', '"soon"'],
  ['vms[0].serial', 'dag1', '"dag1" is not an array'],
  ['request.order', 'web-01', '"web-01" is not an array'],
]

/** What a change makes of the valid problem: exactly one fault, at this path, whose message has these words. */
const CHANGES: Record<string, [change: (p: Loose) => void, path: string, words: string[]]> = {
  'an order of no lists': row((p) => (p.request.order = ['web-01']), 'request.order[0]', [
    '"web-01" is not an array',
  ]),
  'an order of nobody': row((p) => (p.request.order = [['web-01', 'web-1']]), 'request.order[0][1]', [
    '"web-01"?',
  ]),
  'an order with a VM twice': row(
    (p) => (p.request.order = [['web-01', 'sql-07', 'web-01']]),
    'request.order[0][2]',
    ['"web-01" is in this list already', 'request.order[0][0]'],
  ),
  'orders that contradict each other': row(
    (p) => (p.request.order = [['web-01', 'sql-07'], [], ['sql-07', 'web-01']]),
    'request.order',
    ['"web-01", "sql-07"; take one of them out of a list'],
  ),
  'no nodes': row((p) => (p.nodes = undefined), 'nodes', ['missing', 'array']),
  'a serial group without a name': row((p) => (p.vms[0].serial = ['']), 'vms[0].serial[0]', [
    'empty',
    'group',
  ]),
  'a group without a name': row((p) => (p.vms[0].affinity = ['']), 'vms[0].affinity[0]', ['empty', 'group']),
  'odd key': row((p) => (p.vms[0]['a\u001b[31m'] = 1), 'vms[0]["a\\u001b[31m"]', [
    'unknown key "a\\u001b[31m"',
  ]),
  'a VM that is null': row((p) => p.vms.push(null), 'vms[2]', ['null is not an object']),
  'a VM that is an array': row((p) => p.vms.push([1]), 'vms[2]', ['an array of 1 is not an object']),
  'no id': row((p) => p.vms.push({ node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['missing', 'id of the VM']),
  'empty id': row((p) => p.vms.push({ id: '', node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['empty']),
  'long id': row((p) => p.vms.push({ id: 'x'.repeat(1025), node: 'HV01', memoryMiB: 1 }), 'vms[2].id', [
    '1024',
    '(1025 characters)',
  ]),
  'numeric id': row((p) => p.vms.push({ id: 5, node: 'HV01', memoryMiB: 1 }), 'vms[2].id', ['5 is not text']),
  'same VM id': row((p) => p.vms.push({ ...p.vms[0] }), 'vms[2].id', ['"web-01"', 'vms[0]']),
  'same node id': row((p) => p.nodes.push({ ...p.nodes[1] }), 'nodes[2].id', ['"HV02"', 'nodes[1]']),
  'unknown owner': row((p) => (p.vms[0].allowedNodes = ['HV01', 'HV01', 'zzzzz']), 'vms[0].allowedNodes[2]', [
    '"zzzzz"',
  ]),
  'window of unknown node': row(
    (p) => (p.windows[0] = { node: 'HV9', start: 0, end: 1 }),
    'windows[0].node',
    ['"HV9"'],
  ),
  'a network without a rate': row((p) => (p.networks = [{ id: 'up', nodes: ['HV01'] }]), 'networks[0].mbps', [
    'missing',
    'Mbps',
  ]),
  'a network of an unknown node': row(
    (p) => (p.networks = [{ id: 'up', nodes: ['HV01', 'HV3'], mbps: 1 }]),
    'networks[0].nodes[1]',
    ['"HV3"'],
  ),
  'two networks of one name': row(
    (p) => (p.networks = [1, 2].map((mbps) => ({ id: 'up', nodes: ['HV01'], mbps }))),
    'networks[1].id',
    ['"up"', 'networks[0]'],
  ),
  'drain object': row((p) => (p.request.drain = [{ node: 'HV1' }]), 'request.drain[0].node', ['"HV1"']),
  way: row((p) => (p.vms[0].ways = ['live', 'shutdown']), 'vms[0].ways[1]', ['did you mean "stop"?']),
  target: row((p) => (p.request.moves[0].to = ['HV01', 'HV3']), 'request.moves[0].to[1]', ['"HV3"']),
  'target twice': row((p) => (p.request.moves[0].to = ['HV01', 'HV02', 'HV01']), 'request.moves[0].to[2]', [
    '"HV01" is request.moves[0].to[0] already',
  ]),
  'no target of a drain': row((p) => (p.request.drain = [{ node: 'HV02', to: [] }]), 'request.drain[0].to', [
    'is empty',
  ]),
  'a target beside mode save': row(
    (p) => (p.request.drain = [{ node: 'HV02', mode: 'save', to: ['HV01'] }]),
    'request.drain[0].to',
    ['mode "save"', 'leave one out'],
  ),
  'offload not text': row((p) => (p.vms[0].offloads = ['rdma', 3]), 'vms[0].offloads[1]', ['3 is not text']),
  'moved twice': row((p) => p.request.moves.push({ vm: 'web-01', to: 'HV01' }), 'request.moves[1].vm', [
    'request.moves[0]',
  ]),
  'drained twice': row((p) => (p.request.drain = ['HV02', { node: 'HV02' }]), 'request.drain[1].node', [
    'request.drain[0]',
  ]),
  'unknown drain mode': row(
    (p) => (p.request.drain = [{ node: 'HV02', mode: 'saved' }]),
    'request.drain[0].mode',
    ['"save"?'],
  ),
}

/** Sets what a path leads to, and what has to be there for that. */
function put(problem: Loose, path: string, value: unknown): void {
  const keys = path.match(/\w+/g)!
  const last = keys.pop()!
  const owner = keys.reduce((part, key, i) => {
    part[key] ??= /^\d/.test(keys[i + 1] ?? last) ? [] : {}
    return part[key]
  }, problem)
  if (value === undefined) delete owner[last]
  else owner[last] = value
}

describe('each fault is named with its path and value', () => {
  const expectOne = (faults: readonly Issue[], path: string, words: string[]) => {
    expect(faults.map((fault) => fault.path)).toEqual([path])
    for (const word of words) expect(faults[0].message).toContain(word)
  }
  test.each(VALUES)('%s is %o', (path, value, ...words) => {
    expectOne(
      faultsAfter((p) => put(p, path, value)),
      path,
      words,
    )
  })
  test.each(Object.entries(CHANGES))('%s', (_, [change, path, words]) =>
    expectOne(faultsAfter(change), path, words),
  )
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
    domains: new Map(),
    linkEfficiency: 0.9,
    streamMbps: Number.POSITIVE_INFINITY,
    reserveMiB: 0,
    cores: undefined,
    devices: new Map(),
  })
  expect(resolved.vms[0]).toEqual({
    id: 'web-01',
    node: 'HV01',
    memoryMiB: 4096,
    dirtyMiBps: 0,
    dirtyKnown: false,
    workingSetMiB: 4096,
    copyMiB: 4096,
    durationFactor: 1,
    bootNode: 'HV01',
    home: 'HV01',
    compatibility: 'off',
    offloads: [],
    state: 'running',
    allowedNodes: undefined,
    preferredNodes: undefined,
    antiAffinity: [],
    affinity: [],
    priority: 2000,
    restartable: false,
    maxBlackoutSeconds: undefined,
    vcpus: 1,
    devices: new Map(),
    serial: [],
    features: ['avx2', 'sse42'],
    vendor: 'Intel',
  })
  expect(resolved.windows).toEqual([
    { vm: 'sql-07', startSeconds: 3600, endSeconds: 7200, kind: 'backup', source: 0 },
  ])
  expect(resolved.moves).toEqual([{ vm: 'web-01', to: ['HV02'] }])
  expect(resolved.drains).toEqual([])
  expect(resolved.order).toEqual([])
  expect(resolved.softRules).toEqual([])
  expect(resolved.groupDomains).toEqual(new Map())
  expect(resolved.foreignOffsets).toEqual([])
  expect(resolved.nodeById.get('HV02')).toBe(resolved.nodes[1])
  expect(resolved.vmById.get('sql-07')).toBe(resolved.vms[1])
})

test('a reserve is the node’s own, or else the policy’s; of no device there is no word', () => {
  const { nodes, vms } = resolveProblem({
    ...validProblem(),
    nodes: validProblem().nodes.map((node: Loose, i: number) =>
      i === 0 ? { ...node, reserveMiB: 0 } : node,
    ),
    vms: validProblem().vms.map((vm: Loose) => ({ ...vm, devices: { gpu: 0, fpga: 2 } })),
    policy: { reserveMiB: 512 },
  })
  expect(nodes.map(({ reserveMiB }) => reserveMiB)).toEqual([0, 512])
  expect(vms[0].devices).toEqual(new Map([['fpga', 2]]))
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
