import { describe, expect, test } from 'vitest'
import { compileInstance } from '../../src/model/compile.js'
import { ONE_SLOT } from '../../src/model/duration.js'
import type { Instance } from '../../src/model/instance.js'
import { MAX_TICK } from '../../src/model/ticks.js'
import { resolveProblem } from '../../src/model/validate.js'
import { type Loose, validProblem } from './build.js'

function compiled(change: (p: Loose) => void = () => {}): Instance {
  const problem = validProblem()
  change(problem)
  return compileInstance(resolveProblem(problem))
}

/** The names in the index-th mask of a stack. */
function names(instance: Instance, masks: Uint32Array, index: number): string[] {
  const { features, maskWords } = instance
  return features.filter((_, bit) => ((masks[index * maskWords + (bit >>> 5)] >>> (bit & 31)) & 1) === 1)
}

test('indices, memory and weights', () => {
  const instance = compiled((p) => {
    p.vms.push({ id: 'saved', node: 'HV02', memoryMiB: 1024, state: 'saved', priority: 0 })
    p.vms[0].memoryMiB = 0.0015
    p.nodes[1].memoryMiB = 100.0009
    p.nodes[0].slots = 3
  })
  expect(instance.nodeCount).toBe(2)
  expect(instance.vmCount).toBe(3)
  expect(instance.nodeIndex.get('HV02')).toBe(1)
  expect(instance.vmIndex.get('sql-07')).toBe(1)
  expect([...instance.spaces[0].capacity]).toEqual([65536 * 1024, 100 * 1024])
  expect([...instance.vmMemory]).toEqual([1, 32768 * 1024, 0])
  expect([...instance.spaces[0].used]).toEqual([1 + 32768 * 1024, 0])
  expect([...instance.vmNode]).toEqual([0, 0, 1])
  expect([...instance.nodeSlots]).toEqual([3, 1])
  expect([...instance.vmWeight]).toEqual([2001, 2001, 1])
})

test('the reserve is taken off what a node may hold once something has arrived', () => {
  const memory = (reserveMiB: number) =>
    [
      ...compiled((p) => {
        p.nodes[1].memoryMiB = 100.0009
        p.policy = { reserveMiB }
      }).spaces[0].capacity,
    ].map((kib) => kib)
  expect(memory(0.25)).toEqual([65536 * 1024 - 256, 100 * 1024 - 256])
  expect(memory(200)).toEqual([65336 * 1024, 0])
})

test('moves with their durations; the start lag is added before ticks are rounded, and stops no VM', () => {
  const { moves, durations, vmNode } = compiled((p) => {
    p.policy = { startLagSeconds: 2.0004 }
    p.request.moves = [
      { vm: 'sql-07', to: 'HV01' },
      { vm: 'web-01', to: 'HV02', durationSeconds: 10.0004 },
    ]
  })
  expect(moves).toEqual([
    { vm: 1, to: [0], given: undefined },
    { vm: 0, to: [1], given: { ticks: 12_001, blackoutSeconds: 10.0004 } },
  ])
  const modelled = durations.live(0, vmNode[0], 1, ONE_SLOT)
  expect(durations.live(0, vmNode[0], 1, ONE_SLOT, moves[1].given)).toEqual({ ...modelled, ticks: 12_001 })
  expect(
    durations.live(0, vmNode[0], 1, ONE_SLOT, durations.whole(0.001)).blackoutSeconds,
  ).toBeLessThanOrEqual(0.001)
})

test('a drain is live unless it saves', () => {
  expect([...compiled((p) => (p.request = { drain: ['HV02'] })).drained]).toEqual([0, 1])
  expect([...compiled((p) => (p.request = { drain: [{ node: 'HV01', mode: 'save' }] })).drained]).toEqual([
    2, 0,
  ])
})

test('penalties are ticks, not rounded', () => {
  const policy = {
    offloadPenaltySeconds: 0.5,
    featureLossPenaltySeconds: 2 ** -20,
    restartPenaltySeconds: 1 / 3,
    savePenaltySeconds: 2,
    blackoutPenaltySeconds: 1.5,
    stopPenaltySeconds: 3,
  }
  const { penalties } = compiled((p) => (p.policy = policy))
  expect(penalties).toEqual({
    offload: 500,
    featureLoss: 1000 * 2 ** -20,
    restart: 1000 / 3,
    save: 2000,
    blackout: 1500,
    stop: 3000,
  })
})

test('anti-affinity groups by index', () => {
  const { groups, vmGroups } = compiled((p) => {
    p.vms[0].antiAffinity = ['b', 'a']
    p.vms[1].antiAffinity = ['c', 'b']
  })
  expect(groups).toEqual(['b', 'a', 'c'])
  expect(vmGroups.map((own) => [...own])).toEqual([
    [0, 1],
    [2, 0],
  ])
})

test('affinity sets are groups, united where they share a VM; a VM alone is none', () => {
  const instance = compiled((p) => {
    const vm = (id: string, ...affinity: string[]) => ({ id, node: 'HV02', memoryMiB: 1, affinity })
    p.vms = [
      vm('a', 'x'),
      vm('b', 'z', 'y'),
      vm('c'),
      vm('d', 'y', 'x'),
      vm('e', 'w'),
      vm('f', 'v'),
      vm('g', 'v'),
    ]
    p.windows = []
    p.request = { moves: [] }
  })
  expect(instance.affinitySets.map((set) => [...set])).toEqual([
    [0, 1, 3],
    [5, 6],
  ])
  expect([...instance.affinityOf]).toEqual([0, 0, -1, 0, -1, 1, 1])
})

test('an exact number of KiB is not rounded away by float error', () => {
  const instance = compiled((p) => {
    // 0.1 KiB steps: 1025 KiB is 1.0009765625 MiB exactly, 3 × 0.1 is not 0.3.
    p.vms[0].memoryMiB = (0.1 * 3 * 10) / 1024
    p.nodes[1].memoryMiB = (0.1 * 3 * 10) / 1024
  })
  expect(instance.vmMemory[0]).toBe(3)
  expect(instance.spaces[0].capacity[1]).toBe(3)
})

describe('feature masks', () => {
  test('say what the lists said', () => {
    const instance = compiled((p) => {
      p.nodes.push({
        id: 'A',
        cpu: { vendor: 'AMD', features: ['avx2', 'sse4a'] },
        memoryMiB: 1e6,
        migrationMbps: 1,
      })
      p.nodes[0].cpu.features.push('only-here')
      p.vms.push({ id: 'amd', node: 'A', memoryMiB: 1 })
      p.vms.push({ id: 'common', node: 'HV01', memoryMiB: 1, compatibility: 'cluster' })
      p.vms.push({ id: 'old', node: 'HV02', memoryMiB: 1, compatibility: 'minimum' })
    })
    const { problem, vendors } = instance
    problem.nodes.forEach((node, i) => {
      expect(names(instance, instance.nodeMask, i)).toEqual(node.features)
      expect(vendors[instance.nodeVendor[i]]).toBe(node.vendor)
    })
    problem.vms.forEach((vm, i) => {
      expect(names(instance, instance.vmMask, i)).toEqual(vm.features)
      expect(vendors[instance.vmVendor[i]]).toBe(vm.vendor)
    })
    expect(names(instance, instance.vmMask, 3)).toEqual(['avx2', 'sse42'])
    expect(names(instance, instance.vmMask, 0)).toEqual(['avx2', 'onlyhere', 'sse42'])
    expect(problem.vms[4].features).toContain('sse2')
    expect(problem.vms[4].features).not.toContain('avx')
  })

  test.each([0, 1, 31, 32, 127, 128, 129, 500])('%i features take whole 128-bit lanes', (count) => {
    const features = Array.from({ length: count }, (_, i) => `f${i}`)
    const instance = compiled((p) => {
      p.nodes = [{ ...p.nodes[0], cpu: { vendor: 'Intel', features } }]
      p.request = { moves: [] }
    })
    expect(instance.maskWords).toBe(Math.max(4, Math.ceil(count / 128) * 4))
    expect(names(instance, instance.nodeMask, 0)).toHaveLength(count)
  })
})

describe('windows and horizon', () => {
  test('merged per scope, rounded outwards, cut', () => {
    const instance = compiled((p) => {
      p.policy = { horizonSeconds: 100.0009 }
      p.windows = [
        { start: 1.0004, end: 2.0001 },
        { start: 2, end: 3 },
        { start: 90, end: 1e12 },
        { node: 'HV02', start: 5, end: 6 },
        { vm: 'web-01', start: 7, end: 8 },
        { vm: 'web-01', start: 7.5, durationSeconds: 1 },
      ]
    })
    expect(instance.horizon).toBe(100_000)
    expect(instance.horizonClamped).toBe(false)
    expect([...instance.clusterWindows]).toEqual([1000, 3000, 90_000, 100_000])
    expect(instance.nodeWindows.map((list) => [...list])).toEqual([[], [5000, 6000]])
    expect(instance.vmWindows.map((list) => [...list])).toEqual([[7000, 8500], []])
  })

  test('a horizon beyond the kernel’s ticks is cut, and said to be', () => {
    const instance = compiled((p) => {
      p.policy = { horizonSeconds: 1e9 }
      p.windows = [
        { start: 2_147_000, end: 9e8 },
        { start: 5e8, end: 6e8 },
      ]
    })
    expect(instance.horizon).toBe(MAX_TICK)
    expect(instance.horizonClamped).toBe(true)
    expect([...instance.clusterWindows]).toEqual([2_147_000_000, MAX_TICK])
  })
})

test('a problem without nodes compiles', () => {
  const instance = compileInstance(resolveProblem({ version: 1, nodes: [], vms: [], request: { drain: [] } }))
  expect(instance.nodeCount).toBe(0)
  expect(instance.maskWords).toBe(4)
})

describe('spaces', () => {
  const spaces = (change: (p: Loose) => void) =>
    compiled(change).spaces.map(({ reason, device, capacity, used, size }) => ({
      what: device ?? reason,
      capacity: [...capacity],
      used: [...used],
      size: [...size],
    }))

  test('are those that can bind: memory, vCPUs of what runs, devices in any state', () => {
    const found = spaces((p) => {
      Object.assign(p.nodes[0], { cores: 3, devices: { gpu: 2 } })
      Object.assign(p.vms[0], { vcpus: 4, devices: { gpu: 1 } })
      p.vms.push({ id: 'off', node: 'HV02', memoryMiB: 1, state: 'off', vcpus: 9, devices: { gpu: 1 } })
      p.policy = { maxVcpusPerCore: 1.5 }
    })
    expect(found.slice(1)).toEqual([
      { what: 'vcpus', capacity: [4, Number.POSITIVE_INFINITY], used: [5, 0], size: [4, 1, 0] },
      { what: 'gpu', capacity: [2, 0], used: [1, 1], size: [1, 0, 1] },
    ])
  })

  test('leave out what every node has for all, and what no VM needs', () => {
    const found = spaces((p) => {
      for (const node of p.nodes) Object.assign(node, { cores: 2, devices: { gpu: 1, fpga: 0 } })
      p.vms[0].devices = { gpu: 1 }
      p.policy = { maxVcpusPerCore: 1 }
    })
    expect(found.map(({ what }) => what)).toEqual(['memory'])
  })
})
