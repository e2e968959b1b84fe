/** `bench/micro.mjs` and `bench/compare.mjs` on tiny workloads: that they agree, what they write, what they refuse. They run dist/: build first. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bench } from './run.js'

interface Times {
  median: number
  low: number
  high: number
  rounds: number[]
}

interface Row {
  id: string
  item: string
  items: number
  workload: { name: string; sizes: Record<string, number>; seed: number; hash: string }
  kernel: Times
  call: Times
  twin?: Times
  native?: Times
  twinToKernel?: { median: number }
  callToNative?: { median: number }
}

const ROUTINES = [
  'subsetMatrix',
  'missingCounts',
  'scoreRounds',
  'maximumWeightMatching',
  'evaluate serial',
  'evaluate event',
  'anneal serial',
  'exact',
  'singleNode',
]
/** Timed by themselves: neither a twin nor C. */
const ALONE = ['anneal serial', 'exact', 'singleNode']
const TINY = ['--sizes', 'tiny', '--time', '0.1', '--rounds', '2']

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-micro-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string) => join(folder, name)
const hasCompiler = spawnSync(process.env.CC || 'gcc', ['--version']).status === 0

describe('bench/micro.mjs', () => {
  test('measures every routine, where there are twin and C after they have given the same result', () => {
    const { status, stdout, stderr } = bench('micro.mjs', ...TINY, '--native', '--json', file('a.json'))
    expect(stderr).toBe(hasCompiler ? '' : expect.stringContaining('is not installed'))
    expect(status).toBe(0)
    expect(stdout.split('\n')[0]).toContain('twin ÷ kernel')
    const result = JSON.parse(readFileSync(file('a.json'), 'utf8'))
    expect(result).toMatchObject({
      format: 'vmferry-micro/1',
      machine: { cpu: expect.any(String), cores: expect.any(Number) },
      node: process.version,
      kernel: 'simd',
      options: { sizes: 'tiny', rounds: 2 },
    })
    expect(result.commit).toSatisfy(
      (commit: unknown) => commit === null || /^[0-9a-f]{40,64}$/.test(`${commit}`),
    )
    const rows: Row[] = result.rows
    expect(rows.map(({ id }) => id)).toEqual(ROUTINES)
    for (const row of rows) {
      expect(row.workload).toMatchObject({
        name: row.id,
        seed: 1,
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      })
      expect(row.items).toBeGreaterThan(0)
      const alone = ALONE.includes(row.id)
      expect(row.twin !== undefined).toBe(!alone)
      expect(row.native !== undefined).toBe(!alone && hasCompiler)
      const versions = [row.kernel, row.call, row.twin, row.native].filter((times) => times !== undefined)
      for (const { low, median, high, rounds } of versions) {
        expect(rounds).toHaveLength(2)
        expect(low).toBeGreaterThan(0)
        expect(low).toBeLessThanOrEqual(median)
        expect(median).toBeLessThanOrEqual(high)
      }
      if (!alone) expect(row.twinToKernel?.median).toBeGreaterThan(0)
      expect(row.callToNative !== undefined).toBe(!alone && hasCompiler)
    }
  }, 120_000)

  test('goes on without a compiler, and says so', () => {
    const script = fileURLToPath(new URL('../../bench/micro.mjs', import.meta.url))
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [script, ...TINY, '--native', '--filter', 'scoreRounds', '--json', file('none.json')],
      { encoding: 'utf8', env: { ...process.env, CC: file('no-compiler') } },
    )
    expect(stderr).toContain('no-compiler is not installed')
    expect(status).toBe(0)
    expect(stdout).toContain('round scoring')
    expect(JSON.parse(readFileSync(file('none.json'), 'utf8')).native.missing).toContain('is not installed')
  }, 60_000)

  test('prints the table of docs/performance.md', () => {
    const { stdout } = bench('micro.mjs', ...TINY, '--filter', 'scoring', '--markdown')
    const heads = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| routine'))
        .map((line) => line.split('|').map((cell) => cell.trim()))
    const docs = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
    expect(heads(stdout)).toHaveLength(1)
    expect(heads(docs)).toEqual(heads(stdout))
  }, 60_000)

  test.each([
    [['--time', '0'], '--time must be'],
    [['--rounds', '1.5'], '--rounds must be'],
    [['--sizes', 'huge'], '--sizes must be full or tiny, not huge'],
    [[...TINY, '--filter', 'nothing'], 'no routine has “nothing” in its name'],
  ])('refuses %j', (options, message) => {
    const { status, stderr } = bench('micro.mjs', ...options)
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })
})

describe('bench/compare.mjs', () => {
  const machine = { cpu: 'one', cores: 2 }
  const times = (median: number) => ({ median, low: 0.9 * median, high: 1.1 * median, rounds: [median] })
  const row = (id: string, median: number) => ({
    id,
    item: 'pair',
    items: 10,
    workload: { name: id, sizes: { vms: 5 }, seed: 1, hash: 'aa' },
    kernel: times(median),
    call: times(median),
    twin: times(median),
  })
  const result = (rows: unknown[], changes = {}) => ({
    format: 'vmferry-micro/1',
    machine,
    node: 'v1',
    kernel: 'simd',
    native: {},
    rows,
    ...changes,
  })
  function compare(a: unknown, b: unknown) {
    writeFileSync(file('x.json'), JSON.stringify(a))
    writeFileSync(file('y.json'), JSON.stringify(b))
    return bench('compare.mjs', file('x.json'), file('y.json'))
  }

  test('shows ratios, and calls a difference one only beyond the spread', () => {
    const { status, stdout, stderr } = compare(
      result([row('a', 10), row('b', 10)]),
      result([row('a', 5), row('b', 11)]),
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^a +kernel +0\.500 \(0\.409–0\.611\) +faster/m)
    expect(stdout).toMatch(/^b +kernel +1\.100 \(0\.900–1\.344\) +same within spread/m)
  })

  test('warns of another processor or Node version', () => {
    const { status, stderr } = compare(
      result([row('a', 1)]),
      result([row('a', 1)], { machine: { cpu: 'two' }, node: 'v2' }),
    )
    expect(status).toBe(0)
    expect(stderr).toContain('another processor: one against two')
    expect(stderr).toContain('another Node version: v1 against v2')
  })

  test('says what is in one result only', () => {
    const { status, stderr } = compare(result([row('a', 1), row('b', 1)]), result([row('a', 1)]))
    expect(status).toBe(0)
    expect(stderr).toMatch(/only in .*x\.json, not compared: b/)
  })

  test.each([
    ['hash', { hash: 'bb' }, 'a: input hash "aa" against "bb"'],
    ['sizes', { sizes: { vms: 6 } }, 'a: sizes {"vms":5} against {"vms":6}'],
    ['seed', { seed: 2 }, 'a: seed 1 against 2'],
  ])('refuses another workload: %s', (_, change, message) => {
    const other = row('a', 1)
    const { status, stdout, stderr } = compare(
      result([row('a', 1)]),
      result([{ ...other, workload: { ...other.workload, ...change } }]),
    )
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  test('refuses results without a routine in common, and files that are none', () => {
    expect(compare(result([row('a', 1)]), result([row('b', 1)]))).toMatchObject({ status: 2 })
    const { status, stderr } = compare(result([]), { format: 'other' })
    expect(stderr).toContain('format is "other"')
    expect(status).toBe(2)
    expect(bench('compare.mjs', file('absent.json'), file('x.json')).stderr).toContain('absent.json')
    expect(bench('compare.mjs').status).toBe(2)
  })

  test('the tiny and the full workloads differ', () => {
    const { status } = bench('micro.mjs', ...TINY, '--filter', 'scoreRounds', '--json', file('t.json'))
    expect(status).toBe(0)
    bench('micro.mjs', '--time', '0.1', '--rounds', '1', '--filter', 'scoreRounds', '--json', file('f.json'))
    const { status: refused, stderr } = bench('compare.mjs', file('t.json'), file('f.json'))
    expect(stderr).toContain('scoreRounds: input hash')
    expect(refused).toBe(2)
  }, 60_000)
})
