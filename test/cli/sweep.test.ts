/** `vmferry sweep`, in this process but for its threads, which run the built package. */
import { describe, expect, it } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { gridOf } from '../../src/cli/vary.js'
import type { Problem } from '../../src/model/problem.js'
import { problemOf } from '../problem.js'
import { createHarness, createRunner } from './harness.js'

/** On the evening before the clocks are put back in Berlin; a backup of A from 22:00 on. */
const problem: Problem = {
  ...problemOf({
    nodes: ['A', 'B', 'C'],
    vms: ['a@A', 'b@A', 'c@B'],
    windows: [{ node: 'A', start: '2026-10-24T22:00:00+02:00', durationSeconds: 3600 }],
    request: { drain: [{ node: 'A', to: ['B'] }] },
  }),
  ...{ name: 'evening', start: '2026-10-24T20:00:00+02:00' },
}

const grid = async (vary: string[], zone?: string, of = problem) =>
  (await gridOf(vary, of, zone)).cells.map((cell) => ({
    ...cell.options,
    settings: cell.settings,
    to: cell.problem,
  }))
const starts = async (...args: Parameters<typeof grid>) => (await grid(...args)).map(({ to }) => to.start)

describe('a grid', () => {
  it('has every combination, the last name changing fastest', async () => {
    const cells = await grid(['slots=1..2', 'seed=0,7'])
    expect(cells.map(({ settings, seed, to }) => [settings.slots, seed, to.nodes[0]!.slots])).toEqual([
      ['1', 0, 1],
      ['1', 7, 1],
      ['2', 0, 2],
      ['2', 7, 2],
    ])
  })

  it.each<[string, string[], string | undefined, string[]]>([
    [
      'times of the day of the problem, before its start too',
      ['start=18:30,21:00'],
      undefined,
      ['2026-10-24T18:30:00+02:00', '2026-10-24T21:00:00+02:00'],
    ],
    [
      'a range over midnight',
      ['start=23:00..01:00/1h'],
      undefined,
      ['2026-10-24T23:00:00+02:00', '2026-10-25T00:00:00+02:00', '2026-10-25T01:00:00+02:00'],
    ],
    [
      'dates, and instants',
      ['start=2026-10-30T20:00,2026-10-24T19:00:00Z'],
      undefined,
      ['2026-10-30T20:00:00+02:00', '2026-10-24T21:00:00+02:00'],
    ],
    [
      'nights at the offset of the start',
      ['night=3'],
      undefined,
      ['2026-10-24T20:00:00+02:00', '2026-10-25T20:00:00+02:00', '2026-10-26T20:00:00+02:00'],
    ],
    [
      'nights by the clock of a zone',
      ['night=3'],
      'Europe/Berlin',
      ['2026-10-24T20:00:00+02:00', '2026-10-25T20:00:00+01:00', '2026-10-26T20:00:00+01:00'],
    ],
    [
      'nights of times',
      ['night=2', 'start=21:00'],
      'Europe/Berlin',
      ['2026-10-24T21:00:00+02:00', '2026-10-25T21:00:00+01:00'],
    ],
  ])('moves the start to %s', async (_, vary, zone, expected) => {
    expect(await starts(vary, zone)).toEqual(expected)
  })

  it('empties alternatives of nodes, and keeps what the problem says of them', async () => {
    const cells = await grid(['drain=A|B+C'])
    expect(cells.map(({ to }) => to.request.drain)).toEqual([[{ node: 'A', to: ['B'] }], ['B', 'C']])
  })

  it('sets any key of the policy, and leaves the problem as it is', async () => {
    const before = structuredClone(problem)
    const cells = await grid(['policy.allowParking=true,false', 'policy.setupSeconds=0,2.5'])
    expect(cells.map(({ to }) => [to.policy?.allowParking, to.policy?.setupSeconds])).toEqual([
      [true, 0],
      [true, 2.5],
      [false, 0],
      [false, 2.5],
    ])
    expect(problem).toEqual(before)
  })

  it.each<[string[], RegExp]>([
    [['slots'], /--vary slots: write NAME=VALUES, as in slots=1,2/],
    [['slots=0'], /"0" must be an integer from 1 to 1000000, or a range of them/],
    [['slots=5..1'], /"5..1" must be an integer/],
    [['slots=1..900000'], /has more than 10000 values/],
    [['slots=1..200', 'seed=1..200'], /that is 40000 plans, more than 10000/],
    [['slots=1', 'slots=2'], /slots is varied twice; give all of its values in one --vary/],
    [['slots=1,1'], /"1" comes twice/],
    [['slot=1'], /"slot" cannot be varied; did you mean "slots"\?; known are slots, start, night/],
    [['__proto__=1'], /"__proto__" cannot be varied/],
    [['start=25:00'], /"25:00" must be a time of day, as 20:00/],
    [['start=20:00..22:00'], /"20:00..22:00" must be a time, or a range with its step/],
    [['start=20:00..22:00/soon'], /"soon" must be a length of time, as in 30m or 1h/],
    [['start=20:00..22:00/1'], /must go forward, in steps of a minute or more/],
    [['night=0'], /night is how many nights/],
    [['drain=A|X'], /"X" is no node of the problem.*; write HV01\|HV02\+HV03/],
    [['effort=6'], /"6" must be an integer from 1 to 5/],
    [['schedule=fast'], /write timeline, rounds, or both/],
  ])('is not made of %j', async (vary, message) => {
    await expect(grid(vary)).rejects.toThrow(message)
  })

  it('moves no start where there is none', async () => {
    const { start: _, windows: __, ...without } = problem
    await expect(grid(['night=2'], undefined, without)).rejects.toThrow(
      /the problem has no start to be moved; write one/,
    )
  })
})

describe('vmferry sweep', () => {
  function harness() {
    const cli = createHarness()
    cli.io.loadPlanner = async () => ({ ...planner, createRunner })
    cli.write('evening.json', JSON.stringify(problem))
    return {
      ...cli,
      sweep: (...args: string[]) => cli.run('sweep', cli.path('evening.json'), '--effort', '1', ...args),
    }
  }

  it('compares plans that "vmferry plan" would make, and names the best', async () => {
    const cli = harness()
    const { code, out } = await cli.sweep(
      '--vary',
      'start=20:00,21:59',
      '--vary',
      'drain=A|B',
      '--format',
      'json',
    )
    expect(code).toBe(0)
    const sweep = JSON.parse(out)
    expect(
      sweep.rows.map((row: Record<string, unknown>) => [row.settings, row.makespanSeconds, row.frontier]),
    ).toEqual([
      [{ start: '20:00', drain: 'A' }, 20, false],
      [{ start: '20:00', drain: 'B' }, 10, true],
      // Behind the backup.
      [{ start: '21:59', drain: 'A' }, 20, false],
      [{ start: '21:59', drain: 'B' }, 10, true],
    ])
    expect(sweep.best).toBe(1)
    cli.write('late.json', JSON.stringify({ ...problem, start: '2026-10-24T21:59:00+02:00' }))
    const alone = JSON.parse(
      (await cli.run('plan', cli.path('late.json'), '--effort', '1', '--format', 'json')).out,
    )
    const { makespanSeconds, cost, lowerBoundSeconds, migrations } = alone
    expect(sweep.rows[2]).toMatchObject({
      makespanSeconds,
      lowerBoundSeconds,
      costSeconds: cost,
      migrations: migrations.length,
    })
  })

  it('is a table, CSV or a chart by the name of the file', async () => {
    const cli = harness()
    const { code, out } = await cli.sweep('--vary', 'slots=1,2')
    expect(code).toBe(0)
    expect(out).toMatch(/evening · 2 plans over slots\n[\s\S]*▶ best: slots 1: 0:00:20, cost 20 s\n/)
    for (const [name, begins] of [
      ['s.csv', 'slots,start,status'],
      ['s.svg', '<svg'],
      ['s.json', '{\n  "version": 1'],
    ] as const) {
      expect((await cli.sweep('--vary', 'slots=1,2', '-o', cli.path(name))).err).toContain(`${name}: 2 plans`)
      expect(cli.read(name).startsWith(begins)).toBe(true)
    }
  })

  it('says which settings make no problem, before it plans anything', async () => {
    const cli = harness()
    const args = ['sweep', cli.path('evening.json'), '--vary', 'policy.horizonSeconds=600,-1']
    expect(await cli.refused(...args)).toMatch(
      /evening\.json with policy\.horizonSeconds=-1: policy\.horizonSeconds: /,
    )
    expect(await cli.refused('sweep', cli.path('evening.json'))).toContain(
      "required option '--vary <name=values>' not specified",
    )
  })

  it('tells that windows in seconds move with the start', async () => {
    const cli = harness()
    cli.write('evening.json', JSON.stringify({ ...problem, windows: [{ node: 'A', start: 0, end: 5 }] }))
    expect((await cli.sweep('--vary', 'night=2')).err).toContain(
      '1 window is written in seconds from the start and moves with it',
    )
  })
})
