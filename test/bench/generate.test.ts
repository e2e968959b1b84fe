/** The benchmark families: the same seed gives the same problems, every problem is valid, and a hasty plan of each is right. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Problem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { plan } from '../../src/plan.js'
import { bench } from './run.js'

interface Facts {
  cost?: number
  bound: number
  upperBound: number
}
interface Families {
  FAMILIES: string[]
  generate(
    family: string,
    seed: number,
    index: number,
    options?: Record<string, number | boolean>,
  ): { problem: Problem; best?: Facts }
}

// A path that the type checker does not follow: the benchmarks are plain JavaScript.
const path: string = new URL('../../bench/families/index.mjs', import.meta.url).href
const { FAMILIES, generate } = (await import(path)) as Families

test('there are the families that the documentation names', () => {
  const page = readFileSync(new URL('../../docs/benchmarking.md', import.meta.url), 'utf8')
  expect(FAMILIES.length).toBeGreaterThanOrEqual(9)
  for (const family of FAMILIES) expect(page).toContain(`\`${family}\``)
})

describe.each(FAMILIES)('%s', (family) => {
  const small = family === 'large' ? { nodes: 10, vms: 60 } : {}

  test('is repeatable, and another seed or index gives another problem', () => {
    const text = (seed: number, index: number) => JSON.stringify(generate(family, seed, index, small).problem)
    expect(text(3, 2)).toBe(text(3, 2))
    const withoutName = (seed: number, index: number) => text(seed, index).replace(/"name":"[^"]*"/, '')
    expect(withoutName(3, 2)).not.toBe(withoutName(3, 1))
    expect(withoutName(3, 2)).not.toBe(withoutName(4, 2))
  })

  test('makes valid problems', () => {
    for (let index = 1; index <= 10; index++) {
      const { problem } = generate(family, 11, index, small)
      const resolved = resolveProblem(problem)
      const asked = resolved.moves.length + resolved.drains.length + (resolved.works?.length ?? 0)
      expect(asked, problem.name).toBeGreaterThan(0)
    }
  })

  test('plans at effort 1 pass the checker', async () => {
    const { problem, best } = generate(family, 5, 1, small)
    const result = await plan(problem, { effort: 1 })
    expect(check(problem, result)).toEqual([])
    expect(result.migrations.length).toBeGreaterThan(0)
    if (best === undefined) return
    expect(result.makespanSeconds).toBeGreaterThanOrEqual(best.bound)
    expect(result.lowerBoundSeconds).toBeLessThanOrEqual(best.upperBound)
  })
})

test('sizes that are asked for are kept', () => {
  const { problem } = generate('edge-colouring', 1, 1, { nodes: 7, edges: 40, multiplicity: 3 })
  expect(problem.nodes).toHaveLength(7)
  expect(problem.vms).toHaveLength(40)
  expect(() => generate('edge-colouring', 1, 1, { nodes: 4, edges: 40, multiplicity: 3 })).toThrow(
    /do not fit/,
  )
  expect(() => generate('no-such', 1, 1)).toThrow(/no family/)
  expect(generate('tight', 1, 1, { nodes: 5, vms: 30 }).problem.vms).toHaveLength(30)
})

test('swaps are as full as asked for', () => {
  for (let index = 1; index <= 10; index++) {
    const { problem } = generate('swap', 1, index, { fill: 94 })
    for (const { id, memoryMiB } of problem.nodes) {
      const used = problem.vms.reduce((sum, vm) => sum + (vm.node === id ? vm.memoryMiB : 0), 0)
      // The smallest VM has 2 GiB of the node's 64.
      expect(used / memoryMiB, `${problem.name} ${id}`).toBeGreaterThan(0.94 - 1 / 32)
      expect(used).toBeLessThanOrEqual(memoryMiB)
    }
  }
})

test('a triangle of three parallel edges each needs nine colours, and a bipartite graph its largest degree', () => {
  const { best: triangle } = generate('edge-colouring', 1, 1, { nodes: 3, edges: 9, multiplicity: 3 })
  expect(triangle).toMatchObject({ cost: 9, bound: 9, maxDegree: 6, multiplicity: 3, vizing: 9, shannon: 9 })
  const { problem, best } = generate('edge-colouring', 1, 1, { nodes: 6, edges: 20, bipartite: true })
  const degree = new Map<string, number>()
  for (const { vm, to } of problem.request.moves ?? []) {
    if (typeof to !== 'string') throw new Error('a move without one target')
    const from = problem.vms.find(({ id }) => id === vm)!.node
    for (const node of [from, to]) degree.set(node, (degree.get(node) ?? 0) + 1)
  }
  expect(best?.cost).toBe(Math.max(...degree.values()))
})

describe('the command', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vmferry-bench-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('writes one file for each case, the same whatever the count', () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    expect(bench('generate.mjs', '--family', 'odd', '--count', '3', '--seed', '7', '--out', one).status).toBe(
      0,
    )
    expect(bench('generate.mjs', '--family', 'odd', '--count', '2', '--seed', '7', '--out', two).status).toBe(
      0,
    )
    expect(readdirSync(one)).toEqual(['odd-s7-1.json', 'odd-s7-2.json', 'odd-s7-3.json'])
    for (const file of readdirSync(two))
      expect(readFileSync(join(two, file), 'utf8')).toBe(readFileSync(join(one, file), 'utf8'))
  })

  test.each([[['--family', 'odd']], [['--family', 'even', '--out', 'x']], [['--count', 'ten']]])(
    'refuses %j',
    (options) => {
      const { status, stderr } = bench('generate.mjs', ...options)
      expect(status).toBe(2)
      expect(stderr).toContain('usage: node bench/generate.mjs')
    },
  )
})
