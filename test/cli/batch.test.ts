/** `vmferry batch`, in this process but for its threads, which run the built package. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withoutRuntime } from '../../src/batch/key.js'
import { formatBatchProgress } from '../../src/cli/batch-progress.js'
import { planner } from '../../src/cli/planner.js'
import type { Problem } from '../../src/model/problem.js'
import { type ProblemParts, problemOf } from '../problem.js'
import { createHarness, createRunner } from './harness.js'

const MOVE: ProblemParts = { nodes: ['A', 'B'], vms: ['a@A'], request: { moves: ['a>B'] } }
const small = (name: string, parts: Partial<ProblemParts> = {}): Problem => ({
  ...problemOf({ ...MOVE, ...parts }),
  name,
})
/** No VM can move. */
const stuck = small('stuck', { vms: ['a@A', 'b@B 9500'] })

function harnessWith(files: Record<string, unknown>, settings: Parameters<typeof createHarness>[0] = {}) {
  const cli = createHarness(settings)
  cli.io.loadPlanner = async () => ({ ...planner, createRunner })
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(cli.path(name)), { recursive: true })
    cli.write(name, typeof content === 'string' ? content : JSON.stringify(content))
  }
  const batch = (...args: string[]) => cli.run('batch', ...args, '--effort', '1', '--jobs', '2')
  const results = () =>
    readdirSync(cli.path('out'), { recursive: true })
      .map(String)
      .filter((f) => f.endsWith('.json'))
      .sort()
  const inOut = (name: string) => join(cli.path('out'), name)
  return { ...cli, batch, results, inOut, readOut: (name: string) => readFileSync(inOut(name), 'utf8') }
}

describe('vmferry batch into a folder', () => {
  it('gives each problem its plan, that of "vmferry plan", or its error, and goes on behind a bad one', async () => {
    const cli = harnessWith({
      ...{ 'in/one.json': small('one'), 'in/site/two.json': small('two'), 'in/site/note.txt': 'x' },
      ...{ 'in/faulty.json': { version: 1 }, 'in/broken.json': '{', 'in/plan.json': { migrations: [] } },
      ...{ 'in/old.plan.json': small('no problem'), 'in/.hidden.json': small('no') },
    })
    const { code, out, err } = await cli.batch(cli.path('in'), '-o', cli.path('out'))
    expect([code, out]).toEqual([3, ''])
    expect(cli.results()).toEqual([
      'broken.error.json',
      'faulty.error.json',
      'one.plan.json',
      'plan.error.json',
      'site/two.plan.json',
    ])
    const single = await cli.run('plan', cli.path('in/one.json'), '--format', 'json', '--effort', '1')
    expect(withoutRuntime(cli.readOut('one.plan.json'))).toBe(withoutRuntime(single.out))
    expect(JSON.parse(cli.readOut('faulty.error.json'))).toMatchObject({
      ...{ version: 1, code: 'INVALID_PROBLEM', problem: cli.path('in/faulty.json') },
      issues: [{ path: 'nodes' }, { path: 'vms' }, { path: 'request' }],
    })
    expect(JSON.parse(cli.readOut('plan.error.json')).message).toContain('this is a plan')
    expect(err).toContain('vmferry: faulty: nodes: is missing; write an array, and 2 more\n')
    expect(err).toMatch(/5 problems: 2 planned, 3 failed; [\d.]+ s, [\d.]+\/s\n$/)
  })

  it('plans again what has changed, and nothing else', async () => {
    const cli = harnessWith({
      'in/a.json': small('a'),
      'in/b.json': small('b'),
      'in/c.json': { version: 1 },
      'in/stuck.json': stuck,
    })
    const again = async (...args: string[]) => {
      const { code, err } = await cli.batch(cli.path('in'), '-o', cli.path('out'), ...args)
      return [code, /problems: (.*);/.exec(err)?.[1]]
    }
    expect(await again()).toEqual([3, '3 planned, 1 failed, 1 plan with VMs left'])
    const before = cli.readOut('a.plan.json')
    expect(await again()).toEqual([3, '0 planned, 4 unchanged, 1 of which failed, 1 plan with VMs left'])
    expect(cli.readOut('a.plan.json')).toBe(before)
    writeFileSync(cli.inOut('a.plan.json'), before.replace('"optimal"', '"feasible"'))
    rmSync(cli.inOut('b.plan.json'))
    expect(await again()).toEqual([3, '2 planned, 2 unchanged, 1 of which failed, 1 plan with VMs left'])
    expect(withoutRuntime(cli.readOut('a.plan.json'))).toBe(withoutRuntime(before))
    cli.write('in/c.json', JSON.stringify(small('c')))
    rmSync(cli.path('in/stuck.json'))
    expect(await again()).toEqual([0, '1 planned, 2 unchanged'])
    expect(existsSync(cli.inOut('c.error.json'))).toBe(false)
    expect(await again('--seed', '1')).toEqual([0, '3 planned'])
    expect(await again('--seed', '1')).toEqual([0, '0 planned, 3 unchanged'])
  })

  it('takes away what one that was killed has left, and reads its ledger as far as it goes', async () => {
    const cli = harnessWith({ 'in/a.json': small('a'), 'in/b.json': small('b') })
    await cli.batch(cli.path('in'), '-o', cli.path('out'))
    const ledger = cli.readOut('.vmferry-batch.jsonl')
    writeFileSync(cli.inOut('.vmferry-0123456789abcdef.tmp'), 'half')
    writeFileSync(
      cli.inOut('.vmferry-batch.lock'),
      `${JSON.stringify({ process: 2 ** 30, host: hostname() })}\n`,
    )
    writeFileSync(cli.inOut('.vmferry-batch.jsonl'), `${ledger.split('\n')[0]}\n{"name":"b","ke`)
    const { err } = await cli.batch(cli.path('in'), '-o', cli.path('out'))
    expect(err).toContain('1 planned, 1 unchanged')
    expect(readdirSync(cli.path('out')).sort()).toEqual([
      '.vmferry-batch.jsonl',
      'a.plan.json',
      'b.plan.json',
    ])
    expect(cli.readOut('.vmferry-batch.jsonl')).toBe(ledger)
  })

  it('is alone in its folder: another that lives is not disturbed, one that is dead is', async () => {
    const cli = harnessWith({ 'a.json': small('a') })
    mkdirSync(cli.path('out'))
    const lock = cli.inOut('.vmferry-batch.lock')
    writeFileSync(lock, `${JSON.stringify({ process: 1, host: 'elsewhere' })}\n`)
    const err = await cli.refused('batch', cli.path('a.json'), '-o', cli.path('out'))
    expect(err).toMatch(/out: another batch writes into this folder: process 1, seen \d s ago/)
    const longAgo = new Date(Date.now() - 40_000)
    utimesSync(lock, longAgo, longAgo)
    expect((await cli.batch(cli.path('a.json'), '-o', cli.path('out'))).code).toBe(0)
    expect(existsSync(lock)).toBe(false)
  })

  it('ends what is under way when it is interrupted, writes nothing half, and says that it goes on', async () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`in/${i}.json`, small(`${i}`)]))
    const cli = harnessWith(files)
    const began = cli.batch(cli.path('in'), '-o', cli.path('out'))
    await expect.poll(() => existsSync(cli.inOut('0.plan.json')), { timeout: 20_000, interval: 5 }).toBe(true)
    cli.interrupt()
    const { code, err } = await began
    expect(code).toBe(3)
    expect(err).toMatch(/interrupted: the same command goes on where it was\n$/)
    expect(cli.results().length).toBeLessThan(100)
    expect(cli.listening()).toBe(0)
    expect((await cli.batch(cli.path('in'), '-o', cli.path('out'))).code).toBe(0)
    expect(cli.results().length).toBe(100)
  })
})

describe('vmferry batch of JSON Lines', () => {
  it('gives a line for each, in their order, named after their numbers', async () => {
    const lines = [small('one'), { version: 1 }, small('three')].map((problem) => JSON.stringify(problem))
    const cli = harnessWith({}, { stdin: `\ufeff${lines[0]}\r\n\n${lines[1]}\n${lines[2]}` })
    const { code, out } = await cli.batch('-')
    expect(code).toBe(3)
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers.map(({ index, name, plan }) => [index, name, plan?.problem])).toEqual([
      [0, 'line-000001', 'one'],
      [1, 'line-000003', undefined],
      [2, 'line-000004', 'three'],
    ])
    expect(answers[1].error).toMatchObject({ code: 'INVALID_PROBLEM', problem: 'standard input, line 3' })
  })

  it('reads and writes files of them, whole or not at all', async () => {
    const cli = harnessWith({
      'many.jsonl': [small('a'), small('b')].map((p) => `${JSON.stringify(p)}\n`).join(''),
    })
    expect((await cli.batch(cli.path('many.jsonl'), '-o', cli.path('plans.jsonl'))).code).toBe(0)
    expect(
      cli
        .read('plans.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual(['many-000001', 'many-000002'])
    await cli.batch(cli.path('many.jsonl'), '-o', cli.path('out'))
    expect(cli.results()).toEqual(['many-000001.plan.json', 'many-000002.plan.json'])
  })
})

describe('vmferry batch refuses', () => {
  it.each<[string, string[], RegExp]>([
    ['a path that is not there', ['nowhere', '-o', 'out'], /nowhere: cannot be read: no such file/],
    [
      'a folder without problems',
      ['empty'],
      /empty: no problem in this folder: none of its files ends in \.json/,
    ],
    [
      'two results of one name',
      ['x/a.json', 'y/a.json'],
      /y.a\.json: its result would have the name of that of .*; give the folder above both/,
    ],
    [
      'a plan as output',
      ['x', '-o', 'plan.json'],
      /-o plan\.json: a batch writes a file for each problem into a folder, as in -o plans\//,
    ],
    ['a folder that is a file', ['x', '-o', 'x/a.txt'], /-o x.a\.txt: cannot be written/],
    [
      'a document of several lines',
      ['wide.jsonl'],
      /wide\.jsonl, line 1: one document on several lines; in JSON Lines each problem is one line/,
    ],
    [
      'no jobs',
      ['x', '--jobs', '0'],
      /--jobs <n>' argument '0' is invalid. It must be an integer from 1 to 64/,
    ],
    ['threads', ['x', '--threads', '2'], /unknown option '--threads'/],
  ])('%s', async (_, args, message) => {
    const cli = harnessWith({
      ...{
        'x/a.json': small('x'),
        'y/a.json': small('y'),
        'x/a.txt': '',
        'empty/b.txt': '',
        'wide.jsonl': JSON.stringify(small('w'), undefined, 2),
      },
    })
    const before = process.cwd()
    process.chdir(cli.folder)
    try {
      expect(await cli.refused('batch', ...args)).toMatch(message)
    } finally {
      process.chdir(before)
    }
  })
})

describe('the progress of a batch', () => {
  const counts = { planned: 400, failed: 3, unchanged: 17, failedBefore: 0, incomplete: 2 }
  it.each([
    [
      { total: 1000, seconds: 100, ascii: false },
      '████████░░░░░░░░░░░░  420 of 1,000  3 failed  17 unchanged  4.0/s  0:02:24 left',
    ],
    [
      { total: 1000, seconds: 806, ascii: true },
      '########............  420 of 1,000  3 failed  17 unchanged  30.0/min  0:19:20 left',
    ],
    [{ total: undefined, seconds: 100, ascii: false }, '420  3 failed  17 unchanged  4.0/s'],
  ])('%j', (options, text) => {
    expect(formatBatchProgress(counts, options)).toBe(text)
  })
})
