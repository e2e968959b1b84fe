/** Problems of which some part is large: a limit and an abort are heard in every phase, and what comes of it is a right plan. */
import { describe, expect, it } from 'vitest'
import { check } from '../../src/check/check.js'
import { InvalidProblemError } from '../../src/errors.js'
import { plan } from '../../src/plan.js'
import { problemOf } from './problems.js'

type ProblemParts = Parameters<typeof problemOf>[0]

const nodes = (count: number, rest: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ id: `N${i}`, memoryMiB: 1e6, migrationMbps: 10_000, ...rest }))
const names = (prefix: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `${prefix}${from + i}`)
const vms = (count: number, of: (i: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({ id: `v${i}`, node: 'N0', memoryMiB: 1024, ...of(i) }))
const drain = { drain: ['N0'] }

const LARGE: readonly [string, () => ProblemParts][] = [
  [
    'fifty lists of 2,000 offloads on each side',
    () => ({
      nodes: nodes(50, { offloads: names('o', 2_000) }),
      vms: vms(50, (i) => ({ offloads: names('o', 2_000, i * 40) })),
      request: drain,
    }),
  ],
  [
    'a chain of 3,000 VMs that stay together',
    () => ({
      nodes: nodes(40, { memoryMiB: 1e8 }),
      vms: vms(3_000, (i) => ({ affinity: [`g${i}`, `g${i + 1}`] })),
      request: drain,
    }),
  ],
  [
    '4,000 features, of which each node has its own half',
    () => ({
      nodes: nodes(40).map((node, n) => ({
        ...node,
        cpu: {
          vendor: 'Intel' as const,
          features: names('f', 4_000).filter((_, i) => (i * (n + 3)) % 7 < 4),
        },
      })),
      vms: vms(500),
      request: drain,
    }),
  ],
  [
    'more VMs than find a place, each with 100 ways',
    () => ({
      nodes: nodes(100, { memoryMiB: 10_240 }).map((node, n) => ({
        ...node,
        memoryMiB: n === 0 ? 1e8 : 10_240,
      })),
      vms: vms(3_000, (i) => ({ memoryMiB: 900 + (i % 17) * 100 })),
      request: drain,
    }),
  ],
  [
    'anti-affinity groups that nearly all VMs share',
    () => ({
      nodes: nodes(60),
      vms: vms(1_500, (i) => ({ memoryMiB: 100, antiAffinity: [`g${i % 30}`, `h${i % 50}`] })),
      request: drain,
    }),
  ],
]

/** Seconds of processor time: other work on the machine must not fail a test. */
async function cpuSeconds(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

describe.each(LARGE)('%s', (_, parts) => {
  it('keeps a time limit, and gives a right plan', async () => {
    const problem = problemOf(parts())
    const spent = await cpuSeconds(async () => {
      const made = await plan(problem, { effort: 5, timeLimitSeconds: 0.5, thread: 'caller' })
      expect(check(problem, made)).toEqual([])
    })
    expect(spent).toBeLessThan(3)
  }, 60_000)

  it('hears an abort', async () => {
    const controller = new AbortController()
    const problem = problemOf(parts())
    setTimeout(() => controller.abort(), 100)
    const spent = await cpuSeconds(async () => {
      await plan(problem, { effort: 5, signal: controller.signal, thread: 'caller' })
    })
    expect(spent).toBeLessThan(3)
  }, 60_000)
})

it('ways from VMs to nodes that no memory holds are refused', async () => {
  const problem = problemOf({ nodes: nodes(1_100, { memoryMiB: 1e8 }), vms: vms(10_000), request: drain })
  await expect(plan(problem, { effort: 1, thread: 'caller' })).rejects.toThrow(InvalidProblemError)
  await expect(plan(problem, { effort: 1, thread: 'caller' })).rejects.toThrow(/choice among 11000000 ways/)
})
