/** The build without SIMD: engines that need it get it, and it gives the same results to the bit. */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Kernel } from '../../src/kernel/types.js'
import { quota, seeds } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { mixedProblem, plainProblem, random, shuffled } from './schedule-problems.js'

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** V8 has WebAssembly SIMD on x64 only where the processor has SSE 4.1. */
const WITHOUT_SIMD = '--no-enable-sse4-1'

function node(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

function plan(...flags: string[]): Record<string, unknown> {
  const problem = path('examples/maintenance-night/problem.json')
  const text = node(
    ...flags,
    path('dist/cli/main.js'),
    'plan',
    problem,
    '--effort',
    '1',
    '--format',
    'json',
    '-q',
  )
  return JSON.parse(text.replace(/"[a-zA-Z]*[rR]untimeSeconds": [-0-9.e]+/g, '"runtimeSeconds": 0'))
}

describe('an engine without SIMD', () => {
  const probe = `import { hasSimd, compileKernel } from ${JSON.stringify(new URL('../../dist/kernel/module.js', import.meta.url).href)}
    await compileKernel()
    console.log(hasSimd())`

  it('loads the scalar build', () => {
    const expected = process.arch === 'x64' ? 'false\n' : 'true\n'
    expect(node(WITHOUT_SIMD, '--input-type=module', '-e', probe)).toBe(expected)
    expect(node('--input-type=module', '-e', probe)).toBe('true\n')
  })

  it('makes the same plan', () => {
    expect(plan(WITHOUT_SIMD)).toEqual(plan())
  })
})

describe('the scalar build', () => {
  const build = (name: string): Kernel => kernelBuilds.find((b) => b.name === name)!.kernel
  const [release, scalar] = [build('release'), build('scalar')]

  it.each(['serial', 'event', 'rounds'] as const)('anneals to the same lists and starts: %s', (scheme) => {
    for (const seed of seeds(60, 0)) {
      const next = random(seed)
      const problem = mixedProblem(next, 30)
      const order = shuffled(next, problem.taskCount)
      const options = { scheme, order, evaluations: 60, spent: 0, total: 60, seed, target: -1 }
      const [a, b] = [release, scalar].map((kernel) => kernel.createScheduler(problem).anneal(options))
      expect(b, `seed ${seed}`).toEqual(a)
    }
  })

  it('searches through the same nodes', () => {
    let nodes = 0
    for (const seed of seeds(60, 0)) {
      const problem = plainProblem(random(seed), 24, 6)
      const hint = new Int32Array(problem.taskCount).fill(-1)
      const first = release
        .createScheduler(problem)
        .evaluate(shuffled(random(seed), problem.taskCount), 'event')
      const options = { target: Math.floor(0.97 * first.makespan), hint }
      const [a, b] = [release, scalar].map((kernel) => {
        const search = kernel.createExactSearch(problem)
        search.begin(options)
        return search.run(50)
      })
      expect(b, `seed ${seed}`).toEqual(a)
      nodes += a.nodes
    }
    expect(nodes).toBeGreaterThan(quota(100))
  })
})
