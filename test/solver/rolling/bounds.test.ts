import { describe, expect, it } from 'vitest'
import { loadKernel } from '../../../src/kernel/kernel.js'
import { createInlineLpService } from '../../../src/lp/service.js'
import { compileInstance } from '../../../src/model/compile.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { crewBound, segmentBound } from '../../../src/solver/bounds/night/crews.js'
import { leastCover } from '../../../src/solver/bounds/night/memory.js'
import { boundNight, raiseNightBound } from '../../../src/solver/bounds/night/night-bound.js'
import { parametersAt } from '../../../src/solver/parameters.js'
import { Failures } from '../../../src/solver/rolling/failures.js'
import { Night } from '../../../src/solver/rolling/night.js'
import { Compatibility } from '../../../src/solver/wishes/compatibility.js'
import { ForbiddenIntervals } from '../../../src/solver/wishes/forbidden.js'
import { type ProblemParts, problemOf } from '../../problem.js'
import { RollingReference } from './brute-force.js'

/** Between configurations, at most. */
const STEPS = 10_000

const works = (nodes: string, seconds = 100) =>
  nodes.split('').map((node) => ({ node, durationSeconds: seconds }))

async function nightOf(parts: ProblemParts) {
  const instance = compileInstance(resolveProblem(problemOf(parts)))
  const compatibility = new Compatibility(instance, await loadKernel())
  const failures = new Failures(instance, parametersAt(1).assignment)
  return new Night(instance, compatibility, new ForbiddenIntervals(instance), false, failures)
}

async function bounded(parts: ProblemParts) {
  const night = await nightOf(parts)
  const { makespan, cost, by } = boundNight(night, [...night.worked], STEPS)
  return { makespan: makespan / 1000, cost: cost / 1000, by }
}

/** Worked by hand: the bound that decides, and what it says; where `tight`, the best plan costs as much. */
const DECIDE: Record<string, [ProblemParts, by: string, cost: number, tight?: true]> = {
  // 10 s to leave, 100 s of work, 10 s to return: nothing else is on the node's way.
  'a node alone': [
    { nodes: ['A', 'B'], vms: ['a@A'], request: { maintenance: works('A') }, policy: { returnHome: true } },
    'node',
    120,
    true,
  ],
  'works one after another': [
    { nodes: ['A', 'B', 'C'], vms: [], request: { maintenance: works('ABC') } },
    'crew',
    300,
    true,
  ],
  // 150 s hold one work of 100 s; 50 s of it are lost.
  'no work is split by a window': [
    {
      nodes: ['A', 'B'],
      vms: [],
      windows: [{ start: 150, end: 200, kind: 'no-work' }],
      request: { maintenance: works('AB') },
    },
    'segment',
    300,
    true,
  ],
  // When A is done, B has all 4,000 MiB, which need 40 s to leave.
  'two nodes that hold all in turn': [
    {
      nodes: ['A 4000', 'B 4000'],
      vms: ['a@A 2000', 'b@B 2000'],
      request: { maintenance: works('AB') },
    },
    'gap',
    260,
    true,
  ],
  // Home is closed until 1,000; staying away costs less than to wait for it.
  'a home that is closed': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ node: 'A', start: 110, end: 1000 }],
      request: { maintenance: works('A') },
      policy: { returnHome: true, notHomePenaltySeconds: 60 },
    },
    'node',
    170,
    true,
  ],
  // B first: its VM leaves in 20 s and goes back after the work, the other after the backup: 300 + 30. A first: both go after it, 300 + 50.
  'an order around a backup': [
    {
      nodes: ['A 5000', 'B 5000'],
      vms: ['a@A 3000', 'b@B 2000'],
      windows: [{ node: 'B', start: 140, end: 300 }],
      request: { maintenance: works('AB') },
    },
    'gap',
    430,
    true,
  ],
  "each migration costs, and the first node's VMs leave twice": [
    {
      nodes: ['A 4000', 'B 4000'],
      vms: ['a@A 2000', 'b@B 2000'],
      request: { maintenance: works('AB') },
      policy: { migrationPenaltySeconds: 5 },
    },
    'gap',
    275,
    true,
  ],
}

describe('bounds on nights', () => {
  it.each(Object.entries(DECIDE))('%s', async (_, [parts, by, cost, tight]) => {
    const bound = await bounded(parts)
    expect(bound).toMatchObject({ by, cost })
    if (tight)
      expect(
        new RollingReference(
          problemOf({ ...parts, policy: { wideMigrations: false, ...parts.policy } }),
        ).solve()?.cost,
      ).toBe(cost)
  })

  it('counts returns in the cost, and not in the makespan: a VM may stay away', async () => {
    const parts = {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      request: { maintenance: works('A') },
      policy: { returnHome: true, notHomePenaltySeconds: 4 },
    }
    expect(await bounded(parts)).toMatchObject({ makespan: 110, cost: 114 })
  })

  it('lets no more crews work than memory admits', async () => {
    const parts = {
      nodes: ['A 4000', 'B 4000', 'C 4000'],
      vms: ['c@C 3000'],
      request: { maintenance: works('AB') },
    }
    const two = { maintenanceAtOnce: 2 }
    expect((await bounded({ ...parts, policy: two })).cost).toBe(100)
    const full = { ...parts, vms: ['c@C 3000', 'd@A 1500'], policy: two }
    expect((await bounded(full)).cost).toBeGreaterThanOrEqual(200)
  })
})

it('windows of a node lengthen the change before its work', async () => {
  const night = await nightOf({
    nodes: ['A 5000', 'B 5000'],
    vms: ['a@A 3000', 'b@B 2000'],
    windows: [{ node: 'A', start: 125, end: 300 }],
    request: { maintenance: works('AB') },
  })
  // B from 20 to 120; 5 of 50 s before A's backup, 45 behind it.
  expect(boundNight(night, [...night.worked], 0)).toMatchObject({ by: 'gap', cost: 445_000 })
  // Neither VM is split.
  expect(boundNight(night, [...night.worked], STEPS)).toMatchObject({ by: 'gap', cost: 450_000 })
})

describe('the program over starts', () => {
  const lps = createInlineLpService()
  const limits = { boundVariables: 400, boundInstants: 100, boundPrograms: 6 }
  const raisedTo = async (parts: ProblemParts, seconds: number) => {
    const night = await nightOf(parts)
    const high = { makespan: seconds * 1000, cost: seconds * 1000 }
    const low = boundNight(night, [...night.worked], 0)
    const { cost, by } = await raiseNightBound(night, [...night.worked], low, high, lps, limits)
    return { before: low.cost / 1000, cost: cost / 1000, by }
  }

  // Whichever node a is on from 50 to 500 s has its work behind it, once a has left in 10 s.
  const held: ProblemParts = {
    nodes: ['A', 'B'],
    vms: ['a@A'],
    windows: [{ vm: 'a', start: 50, end: 500 }],
    request: { maintenance: works('AB') },
    policy: { maintenanceAtOnce: 2 },
  }
  // Two of a group hold two nodes.
  const apart: ProblemParts = {
    nodes: ['A', 'B', 'C'],
    vms: ['a@A', 'b@B'].map((text) => ({
      id: text[0]!,
      node: text[2]!,
      memoryMiB: 1000,
      antiAffinity: ['g'],
    })),
    windows: ['a', 'b'].map((vm) => ({ vm, start: 50, end: 500 })),
    request: { maintenance: works('ABC') },
    policy: { maintenanceAtOnce: 2 },
  }
  // Two of eight nodes of 4,000 MiB out of service leave 1,600 MiB on six.
  const full: ProblemParts = {
    nodes: 'ABCDEFGH'.split('').map((id) => `${id} 4000`),
    vms: 'abcdefgh'.split('').flatMap((vm) => [1, 2, 3, 4].map((i) => `${vm}${i}@${vm.toUpperCase()} 700`)),
    request: { maintenance: works('ABCDEFGH') },
    policy: { maintenanceAtOnce: 2 },
  }

  it.each<[string, ProblemParts, number, number, number]>([
    ['a VM in its window keeps a work from its node', held, 210, 600, 610],
    ['VMs of a group keep so many', apart, 210, 600, 610],
    ['memory between pairs of works', full, 483, 495, 560],
  ])('%s', async (_, parts, before, least, most) => {
    const { before: low, cost, by } = await raisedTo(parts, 700)
    expect([low <= before, by]).toEqual([true, 'starts'])
    expect(cost).toBeGreaterThan(least)
    expect(cost).toBeLessThanOrEqual(most)
  })

  it.each([313, 420, 800])('proves nothing that is not so, looking as far as %i s', async (seconds) => {
    const { cost } = await raisedTo(
      {
        nodes: ['A', 'B'],
        vms: [],
        windows: [{ start: 50, end: 110 }],
        request: { maintenance: works('AB') },
      },
      seconds,
    )
    expect(cost).toBe(310)
  })

  it('leaves a bound alone that is as good as what was found, and one work', async () => {
    expect(await raisedTo(held, 100)).toMatchObject({ cost: 210, by: 'gap' })
    const one = { ...held, request: { maintenance: works('A') } }
    expect(await raisedTo(one, 700)).toMatchObject({ cost: 110, by: 'node' })
  })
})

describe('crews', () => {
  const job = (length: number, head = 0, tail = 0) => ({ head, length, tail })

  it.each<[string, ReturnType<typeof job>[], number, number]>([
    ['the sum over the crews', [job(30), job(30), job(30), job(30)], 2, 60],
    ['two of the three longest share a crew', [job(50), job(40), job(40)], 2, 80],
    ['heads and tails of different jobs', [job(30, 5, 5), job(30, 9, 9)], 1, 74],
    ['a late job by itself', [job(10), job(10, 500)], 2, 510],
  ])('%s', (_, jobs, crews, bound) => {
    expect(crewBound(jobs, crews)).toBe(bound)
  })

  it('fill of a span what fits', () => {
    const closed = Int32Array.of(100, 120)
    expect(segmentBound([job(60), job(60)], 1, closed, 1000)).toBe(180)
    expect(segmentBound([job(60), job(40), job(30)], 1, closed, 1000)).toBe(150)
    expect(segmentBound([job(60), job(60)], 1, closed, 150)).toBe(150)
  })
})

it('the least content that covers so much memory takes VMs whole', () => {
  const loads = [
    { memory: 100, content: 12 },
    { memory: 60, content: 5 },
    { memory: 60, content: 6 },
  ]
  expect(leastCover(loads, 60)).toBe(5)
  expect(leastCover(loads, 100)).toBe(11)
  expect(leastCover(loads, 150)).toBe(17)
  expect(leastCover(loads, 500)).toBe(Number.POSITIVE_INFINITY)
})
