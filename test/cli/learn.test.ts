/** `vmferry learn` from the journal of a night to a plan with what was learned. */
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Learned } from '../../src/learn/learned.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import type { Plan } from '../../src/model/plan.js'
import { hostsOf } from '../problem.js'
import { type Harness, plannedHarness } from './harness.js'

const sizes = [2048, 4096, 8192, 16_384, 32_768, 65_536]
const problem = {
  version: 1,
  name: 'three',
  start: '2026-11-23T20:00:00+01:00',
  nodes: hostsOf(262_144, 'HV01', 'HV02', 'HV03'),
  vms: sizes.map((memoryMiB) => ({ id: `vm-${memoryMiB}`, node: 'HV01', memoryMiB })),
  request: { drain: ['HV01'] },
}
const start = Date.parse(problem.start)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()

let cli: Harness
let plan: Plan
let files: string[]
beforeEach(async () => {
  ;({ cli, plan, files } = await plannedHarness(problem))
})

/** What the first migrations wrote down: half the rate of the model, and 4 s more to set up. */
function journal(count: number, fingerprint = planFingerprint(plan)): string {
  let now = 0
  const entries: object[] = [
    {
      version: 1,
      event: 'begin',
      at: at(0),
      problem: 'three',
      plan: fingerprint,
      start: at(0),
      pollSeconds: 1,
    },
  ]
  for (const { vm, from, to, kind, startSeconds, endSeconds } of plan.migrations.slice(0, count)) {
    entries.push({ event: 'started', at: at(now), vm, from, to, kind, leg: 0 })
    now += 2 * (endSeconds - startSeconds - 2) + 6 + 0.5
    entries.push({ event: 'ended', at: at(now), vm, from, to, kind, leg: 0 })
  }
  return entries.map((entry) => JSON.stringify(entry)).join('\n')
}

describe('learn', () => {
  it('writes what plans then go by, and what check takes', async () => {
    const out = cli.path('learned.json')
    const told = await cli.run('learn', ...files, cli.write('run.journal', journal(6)), '-o', out)
    expect(told).toMatchObject({ code: 0, out: '' })
    expect(told.err).toMatch(/6 live migrations of 1 night seen .*miss their durations by 5\d\.\d %/)
    const learned: Learned = JSON.parse(readFileSync(out, 'utf8'))
    expect(learned.policy.linkEfficiency).toBeCloseTo(0.45, 1)
    expect(learned.policy.setupSeconds).toBeGreaterThan(5)
    expect(learned.policy.setupSeconds).toBeLessThan(7)

    const next = await cli.run('plan', files[0], '--learned', out, '--format', 'json', '-q')
    expect(JSON.parse(next.out).makespanSeconds).toBeGreaterThan(1.9 * plan.makespanSeconds)
    const path = cli.write('next.json', next.out)
    expect((await cli.run('check', files[0], path, '--learned', out)).code).toBe(0)
    expect((await cli.run('check', files[0], path)).code).toBe(3)

    const { statistics, makespanSeconds } = JSON.parse(next.out)
    expect(statistics.makespanAt90Seconds).toBeGreaterThan(statistics.makespanAt50Seconds)
    expect((await cli.run('plan', files[0], '--learned', out)).out).toMatch(
      /likely +\S+ .* on 5 nights of 10, .* on 9/,
    )

    const careful = ['--learned', out, '--margin-quantile', '90%'] as const
    const longer = await cli.run('plan', files[0], ...careful, '--format', 'json', '-q')
    expect(JSON.parse(longer.out).makespanSeconds).toBeGreaterThan(makespanSeconds)
    const carefulPath = cli.write('careful.json', longer.out)
    expect((await cli.run('check', files[0], carefulPath, ...careful)).code).toBe(0)
    expect((await cli.run('check', files[0], carefulPath, '--learned', out)).code).toBe(3)
  })

  it('--margin-quantile without it, and out of its range, is refused', async () => {
    const alone = await cli.run('plan', files[0], '--margin-quantile', '0.9')
    expect(alone).toMatchObject({ code: 2, out: '' })
    expect(alone.err).toContain('give --learned FILE')
    for (const part of ['1', '0.2', '100%', 'much']) {
      const told = await cli.run('plan', files[0], '--margin-quantile', part)
      expect(told).toMatchObject({ code: 2, out: '' })
      expect(told.err).toContain('It must be a part from 0.5 to 0.99')
    }
  })

  it('says that too little was seen, and writes nothing', async () => {
    const out = cli.path('learned.json')
    const told = await cli.run('learn', ...files, cli.write('run.journal', journal(4)), '-o', out)
    expect(told).toMatchObject({ code: 3, out: '' })
    expect(told.err).toContain('too few to learn from (5 are the least); nothing is written')
    expect(() => readFileSync(out)).toThrow('ENOENT')
  })

  it.each([
    [
      'a journal of another plan',
      () => [...files, cli.write('x', journal(6, '0'.repeat(16)))],
      'x: line 1: plan: "00',
    ],
    ['no journal', () => files, '"three": the journal of its run is missing'],
    ['no plan', () => [files[0], cli.write('x', journal(6))], '"three": its plan is missing'],
    ['a journal first', () => [cli.write('x', journal(6)), ...files], 'x: it comes before any problem'],
    ['two plans', () => [...files, files[1]], 'a second plan for "three"'],
    ['a calendar', () => [...files, cli.write('x', 'BEGIN:VCALENDAR')], 'x: this is a calendar'],
  ])('%s is refused', async (_, argv, message) => {
    const told = await cli.run('learn', ...(argv() as string[]))
    expect(told).toMatchObject({ code: 2, out: '' })
    expect(told.err).toContain(message)
  })

  it('what is not learned, or of another cluster, is refused with its file', async () => {
    const other = cli.write('x.json', '{"learnedFrom":{}}')
    const told = await cli.run('plan', files[0], '--learned', other)
    expect(told).toMatchObject({ code: 2, out: '' })
    expect(told.err).toContain('x.json: 11 faults')
    expect((await cli.run('plan', files[0], '--learned', files[1])).err).toContain(
      'plan.json: this is a plan',
    )
    expect((await cli.run('plan', other)).err).toContain('give it with --learned')
  })
})

describe('rehearse', () => {
  it('says when the night ends and what to watch, as a table and as JSON', async () => {
    const table = await cli.run('rehearse', ...files, '--spread', '30%')
    expect(table).toMatchObject({ code: 0, err: '' })
    expect(table.out).toMatch(/^three . 500 nights with times up to 30 % shorter or longer\n/)
    expect(table.out).toMatch(/9 of 10 nights {4}by 20:\d\d:\d\d, after 0:\d\d:\d\d/)
    expect(table.out).toContain('To watch: the end of the night hangs on them')
    const json = JSON.parse((await cli.run('rehearse', ...files, '--format', 'json')).out)
    expect(json).toMatchObject({ problem: 'three', spread: 0.2, nights: 500, met: [], late: [] })
    expect(json.longerSeconds).toBeCloseTo(1.2 * json.asPlannedSeconds, 2)
  })

  it('names the window that is met, and whose it is', async () => {
    const [first] = plan.migrations
    const windows = [{ vm: first!.vm, start: first!.endSeconds + 0.5, end: 4000 }]
    const path = cli.write('w.json', JSON.stringify({ ...problem, windows }))
    const planned = await cli.run('plan', path, '--format', 'json', '-q')
    const { out } = await cli.run('rehearse', path, cli.write('w-plan.json', planned.out), '--width', '150')
    expect(out).toMatch(new RegExp(`Windows that are met\\n[^]*${first!.vm}, 20:\\d\\d:\\d\\d to 21:06:40`))
  })

  it('refuses a plan of another problem, and a spread that is none', async () => {
    const other = cli.write('other.json', JSON.stringify({ ...problem, request: { drain: ['HV02'] } }))
    const told = await cli.run('rehearse', other, files[1]!)
    expect(told).toMatchObject({ code: 2, out: '' })
    expect(told.err).toContain('plan.json: migrations: breaks the rule')
    expect((await cli.run('rehearse', ...files, '--spread', '2')).code).toBe(0)
    expect((await cli.run('rehearse', ...files, '--spread', '120%')).err).toContain(
      'It must be a part from 0 to 0.99',
    )
  })
})
