/** `bench/quality.mjs` on a folder of two tiny problems. It runs dist/: build first. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bench } from './run.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmferry-quality-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const node = (id: string) => ({
  id,
  cpu: { vendor: 'Intel', features: [] },
  memoryMiB: 1000,
  migrationMbps: 1000,
})
const problem = (seconds: number[]) => ({
  version: 1,
  nodes: [node('a'), node('b')],
  vms: seconds.map((_, i) => ({ id: `v${i}`, node: 'a', memoryMiB: 1 })),
  request: { moves: seconds.map((durationSeconds, i) => ({ vm: `v${i}`, to: 'b', durationSeconds })) },
})

test('writes every run and a summary, with the best-known values beside them', () => {
  writeFileSync(join(folder, 'p1.json'), JSON.stringify(problem([3, 4])))
  writeFileSync(join(folder, 'p2.json'), JSON.stringify(problem([5])))
  writeFileSync(join(folder, 'p2.best.json'), JSON.stringify({ cost: 6, bound: 4 }))
  const json = join(folder, 'out.txt')
  const { status, stdout } = bench('quality.mjs', folder, '--seeds', '2', '--effort', '1', '--json', json)
  expect(status).toBe(0)
  expect(stdout).toContain('4 runs: 4 proven')
  const { machine, summary, rows } = JSON.parse(readFileSync(json, 'utf8'))
  expect(machine.node).toBe(process.version)
  expect(summary).toMatchObject({ runs: 4, proven: 4, worstGap: 0, betterThanBestKnown: 2, violations: 0 })
  expect(rows.map((row: { name: string; cost: number }) => [row.name, row.cost])).toEqual([
    ['p1', 7],
    ['p1', 7],
    ['p2', 5],
    ['p2', 5],
  ])
})

test('reads a file of open-shop instances', () => {
  const file = join(folder, 'shops')
  const instances = [
    { name: 'two', optimum: 5, durations: [[2, 3]] },
    {
      name: 'four',
      optimum: 4,
      durations: [
        [1, 3],
        [3, 1],
      ],
    },
  ]
  writeFileSync(file, JSON.stringify(instances))
  const { status, stdout } = bench('quality.mjs', file, '--filter', 'four', '--effort', '1')
  expect(status).toBe(0)
  expect(stdout).toContain('1 runs: 1 proven')
  expect(stdout).toContain('0 better, 0 worse')
})

test('a bound above a best-known plan fails the run', () => {
  const file = join(folder, 'wrong')
  writeFileSync(file, JSON.stringify([{ name: 'wrong', optimum: 4, durations: [[2, 3]] }]))
  const { status, stdout } = bench('quality.mjs', file, '--effort', '1')
  expect(stdout).toContain('bound above it: 1')
  expect(status).toBe(1)
})
