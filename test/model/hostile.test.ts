import { describe, expect, test } from 'vitest'
import { MAX_ISSUES } from '../../src/model/issues.js'
import { resolveProblem } from '../../src/model/validate.js'
import { faultsAfter, faultsOf, type Loose, validProblem } from './build.js'

/** Milliseconds of processor time: other work on the machine must not fail a test. */
function cpuMs(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function paths(input: unknown): string[] {
  return faultsOf(input).map((fault) => fault.path)
}

describe('keys that belong to prototypes', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    '%s is unknown everywhere',
    (key) => {
      const own = (text: string): unknown => JSON.parse(text.replace(/\{/, `{"${key}":{"slots":5},`))
      const problem = validProblem()
      expect(paths(own(JSON.stringify(problem)))).toEqual([key])
      problem.nodes[0] = own(JSON.stringify(problem.nodes[0]))
      problem.nodes[0].cpu = own(JSON.stringify(validProblem().nodes[0].cpu))
      problem.vms[1] = own(JSON.stringify(problem.vms[1]))
      problem.windows[0] = own(JSON.stringify(problem.windows[0]))
      problem.request.moves[0] = own(JSON.stringify(problem.request.moves[0]))
      problem.request = own(JSON.stringify(problem.request))
      problem.policy = own('{"maxPasses":3}')
      expect(paths(problem).sort()).toEqual(
        ['nodes[0]', 'nodes[0].cpu', 'policy', 'request', 'request.moves[0]', 'vms[1]', 'windows[0]']
          .map((path) => `${path}.${key}`)
          .sort(),
      )
      expect(Object.prototype).not.toHaveProperty('slots')
    },
  )

  test('what is inherited does not count', () => {
    const inherited = Object.create({ node: 'HV01', memoryMiB: 5 })
    expect(faultsAfter((p) => p.vms.push(inherited))[0].message).toContain('class')
    const bare = Object.assign(Object.create(null), { id: 'bare', node: 'HV01', memoryMiB: 5 })
    expect(faultsAfter((p) => p.vms.push(bare))).toEqual([])
  })
})

describe('what is not plain data', () => {
  const trap = (name: string, make: () => unknown, words: string): [string, () => unknown, string] => [
    name,
    make,
    words,
  ]
  test.each([
    trap('a class instance', () => new (class Vm {})(), 'class'),
    trap('a date', () => new Date(0), 'class'),
    trap('a map', () => new Map(), 'class'),
    trap('a function', () => () => 1, 'a function is not an object'),
    trap('a symbol', () => Symbol('x'), 'a symbol is not an object'),
    trap(
      'a getter that throws',
      () => ({
        get id() {
          throw new Error('no id today')
        },
      }),
      'no id today',
    ),
    trap(
      'a getter that throws something that throws',
      () => ({
        get id() {
          throw Object.defineProperty(new Error(), 'message', {
            get() {
              throw new Error()
            },
          })
        },
      }),
      'cannot be read',
    ),
    trap(
      'a proxy whose traps throw',
      () =>
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('trapped')
            },
          },
        ),
      'trapped',
    ),
    trap(
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
      'cannot be read',
    ),
  ])('%s', (_, make, words) => {
    const faults = faultsAfter((p) => p.vms.push(make()))
    expect(faults.map((fault) => fault.path)).toEqual(['vms[2]'])
    expect(faults[0].message).toContain(words)
    // The same thing in place of the document, of a list and of an element's field.
    expect(faultsOf(make()).length).toBeGreaterThan(0)
    for (const key of ['nodes', 'vms', 'windows', 'request', 'policy', 'start']) {
      expect(faultsAfter((p) => (p[key] = make())).length).toBeGreaterThan(0)
    }
    for (const key of ['id', 'memoryMiB', 'offloads', 'allowedNodes']) {
      expect(faultsAfter((p) => (p.vms[0][key] = make())).length).toBeGreaterThan(0)
    }
    expect(faultsAfter((p) => (p.nodes[0].cpu = make())).length).toBeGreaterThan(0)
  })

  test('a symbol as key', () => {
    const faults = faultsAfter((p) => (p.vms[0][Symbol('s')] = 1))
    expect(faults).toHaveLength(1)
    expect(faults[0].message).toContain('symbol')
  })

  test('a getter is read once', () => {
    let reads = 0
    const problem = validProblem()
    const name = { get: () => `name ${++reads}`, enumerable: true }
    expect(resolveProblem(Object.defineProperty(problem, 'name', name)).name).toBe('name 1')
  })

  test('holes in arrays', () => {
    // biome-ignore lint/suspicious/noSparseArray: what is tested
    const faults = faultsAfter((p) => (p.vms = [p.vms[0], , p.vms[1]]))
    expect(faults[0].path).toBe('vms[1]')
    expect(faults[0].message).toContain('hole')
    expect(faultsAfter((p) => (p.vms[0].offloads = new Array(3)))[0].path).toBe('vms[0].offloads[0]')
    expect(faultsAfter((p) => (p.nodes = new Array(4e9)))[0].path).toBe('nodes[0]')
  })

  test('cycles', () => {
    const problem = validProblem()
    problem.vms[0].node = problem
    problem.policy = problem
    problem.nodes[0].cpu.features = problem.nodes
    expect(faultsOf(problem).length).toBeGreaterThan(3)
    const list: Loose[] = []
    list.push(list, list)
    expect(faultsAfter((p) => (p.windows = list)).map((fault) => fault.path)).toEqual([
      'windows[0]',
      'windows[1]',
    ])
  })
})

describe('size', () => {
  test('a hundred thousand levels', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = level % 2 ? [deep] : { id: deep }
    for (const key of ['version', 'nodes', 'vms', 'request', 'policy']) {
      expect(faultsAfter((p) => (p[key] = deep)).length).toBeGreaterThan(0)
    }
    expect(faultsAfter((p) => (p.vms[0].id = deep)).length).toBeGreaterThan(0)
  })

  test('strings of ten million characters', () => {
    const long = 'A\u0000'.repeat(5_000_000)
    const spent = cpuMs(() => {
      for (const change of [
        (p: Loose) => (p.start = long),
        (p: Loose) => (p.name = long),
        (p: Loose) => (p.vms[0].node = long),
        (p: Loose) => (p.vms[0].memoryMiB = long),
        (p: Loose) => (p.vms[0].state = long),
        (p: Loose) => (p.vms[0][long] = 1),
        (p: Loose) => (p.windows[0].start = long),
        (p: Loose) => (p.windows[0].rrule = long),
        (p: Loose) => (p.nodes[1].cpu.model = long),
        (p: Loose) => (p.nodes[0].cpu.features = [long]),
      ]) {
        const faults = faultsAfter(change)
        expect(faults.length).toBeGreaterThan(0)
        for (const fault of faults) expect(fault.path.length + fault.message.length).toBeLessThan(1_000)
      }
    })
    expect(spent).toBeLessThan(2_000)
  })

  test.each<[string, (p: Loose, wrong: unknown[]) => void]>([
    ['vms', (p, wrong) => (p.vms = wrong)],
    ['nodes', (p, wrong) => (p.nodes = wrong)],
    ['windows', (p, wrong) => (p.windows = wrong)],
    ['moves', (p, wrong) => (p.request.moves = wrong)],
    ['drain', (p, wrong) => (p.request.drain = wrong)],
    ['owners', (p, wrong) => (p.vms[0].allowedNodes = wrong)],
    ['features', (p, wrong) => (p.nodes[0].cpu.features = wrong)],
  ])('a million wrong elements: %s', (_, put) => {
    const wrong: unknown[] = new Array(1_000_000).fill(7)
    let faults = 0
    const spent = cpuMs(() => {
      faults = faultsAfter((p) => put(p, wrong)).length
    })
    expect(faults).toBeGreaterThanOrEqual(100)
    expect(faults).toBeLessThanOrEqual(MAX_ISSUES + 1)
    expect(spent).toBeLessThan(1_000)
  })

  test('the list of faults ends with a word about its length', () => {
    const faults = faultsAfter((p) => (p.vms = new Array(5_000).fill(null)))
    expect(faults).toHaveLength(MAX_ISSUES + 1)
    expect(faults[MAX_ISSUES].message).toContain('first 1000 faults')
  })

  test('25,000 VMs that name a node that does not exist', () => {
    const problem = validProblem()
    problem.vms = Array.from({ length: 25_000 }, (_, i) => ({ id: `vm-${i}`, node: 'HV03', memoryMiB: 1 }))
    problem.request.moves = Array.from({ length: 25_000 }, (_, i) => ({ vm: `vn-${i}`, to: 'HV02' }))
    expect(cpuMs(() => faultsOf(problem))).toBeLessThan(1_500)
  })

  test('25,000 VMs, each with a window of its own, resolve in time that grows with their number', () => {
    const make = (count: number): Loose => ({
      ...validProblem(),
      nodes: Array.from({ length: 64 }, (_, i) => ({
        id: `n${i}`,
        cpu: i % 2 ? { model: 'EPYC-Rome' } : { vendor: 'AMD', features: ['avx2', `f${i % 5}`] },
        memoryMiB: 1e8,
        migrationMbps: 10_000,
      })),
      vms: Array.from({ length: count }, (_, i) => ({
        id: `vm-${i}`,
        node: `n${i % 64}`,
        memoryMiB: 4096,
        compatibility: ['off', 'minimum', 'cluster'][i % 3],
        allowedNodes: ['n1', 'n2', 'n3'],
        antiAffinity: [`g${i % 1000}`],
      })),
      windows: Array.from({ length: count }, (_, i) => ({ vm: `vm-${i}`, start: i, durationSeconds: 600 })),
      request: { moves: Array.from({ length: count }, (_, i) => ({ vm: `vm-${i}`, to: 'n5' })) },
    })
    const problem = make(25_000)
    resolveProblem(make(1_000))
    const spent = Math.min(...[1, 2, 3].map(() => cpuMs(() => resolveProblem(problem))))
    // Some 250 ms on a machine of 2020: quadratic work would take a minute.
    expect(spent).toBeLessThan(1_500)
    const { vms } = resolveProblem(problem)
    expect(vms[0].features).toBe(vms[192].features)
    expect(vms[2].features).toBe(vms[5].features)
    expect(vms[0].allowedNodes).toBe(vms[1].allowedNodes)
  })
})

test('more names of features than any CPU has are refused', () => {
  const lists = (count: number) =>
    faultsAfter((p) => {
      for (const [n, node] of p.nodes.entries())
        node.cpu = {
          vendor: 'Intel',
          features: Array.from({ length: count }, (_, i) => `f${n * count + i}x`),
        }
    })
  expect(lists(2_048)).toEqual([])
  expect(lists(2_049)).toEqual([
    { path: 'nodes', message: 'have 4098 different CPU features; write at most 4096' },
  ])
  expect(lists(70_000)).toHaveLength(1)
})

test('messages and paths never carry raw control or format characters', () => {
  const nasty = '\u001b]0;x\u0007\u202e\u2066\u200d\ud800\n'
  const faults = faultsAfter((p) => {
    p.vms[0].node = nasty
    p.vms[0][nasty] = 1
    p.vms[1].state = nasty
    p.nodes[1].cpu.model = nasty
    p.windows[0].rrule = `FREQ=${nasty}`
    p.windows.push({ start: nasty, durationSeconds: 1 })
  })
  expect(faults.length).toBeGreaterThanOrEqual(6)
  for (const fault of faults) expect(fault.path + fault.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
})
