/** `--windows`: the same calendars for every command that reads a problem. */
import { beforeEach, describe, expect, it } from 'vitest'
import { planner } from '../../src/cli/planner.js'
import { hostsOf } from '../problem.js'
import { createHarness, type Harness } from './harness.js'

const problem = {
  version: 1,
  start: '2026-11-23T20:00:00+01:00',
  nodes: hostsOf(65_536, 'HV01', 'HV02'),
  vms: [{ id: 'sql-07', node: 'HV01', memoryMiB: 8192 }],
  request: { drain: ['HV01'] },
}

const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
const backup = calendar('DTSTART:20261123T190000Z', 'DURATION:PT10M', 'LOCATION:vm:sql-07')

let cli: Harness
let path: string
beforeEach(async () => {
  cli = createHarness({ stdin: backup })
  cli.io.loadPlanner = async () => planner
  path = cli.write('p.json', JSON.stringify(problem))
})

describe('--windows', () => {
  it('is seen by plan, check, explain and quiet', async () => {
    const ics = cli.write('b.ics', backup)
    const first = await cli.run('plan', path, '--windows', ics, '--format', 'json')
    expect(first).toMatchObject({ code: 0, err: `vmferry: ${ics}: 1 window of 1 event\n` })
    expect(JSON.parse(first.out).migrations[0].startSeconds).toBe(600)

    const free = await cli.run('plan', path, '--format', 'json', '-q')
    const plan = cli.write('plan.json', free.out)
    expect((await cli.run('check', path, plan)).code).toBe(0)
    const judged = await cli.run('check', path, plan, '--windows', ics, '--format', 'json', '-q')
    expect(judged).toMatchObject({ code: 3, err: '' })
    expect(JSON.parse(judged.out)[0]).toMatchObject({ rule: 'window', subject: 'sql-07' })

    const argv = `explain ${path} --windows ${ics} --format json --relaxations 0`
    const explained = await cli.run(...argv.split(' '))
    expect(JSON.parse(explained.out).plan.migrations[0].startSeconds).toBe(600)
    const still = await cli.run('quiet', path, plan, '--windows', ics, '--duration', '5m', '--format', 'json')
    expect(still.code).toBe(0)
  }, 60_000)

  it('comes again for each calendar, in any encoding, and from standard input', async () => {
    const more = calendar('DTSTART:20261123T201000', 'DURATION:PT10M')
    const utf16 = cli.write('more.ics', Buffer.from(`\ufeff${more}`, 'utf16le'))
    const argv = ['plan', path, '--windows', '-', '--windows', utf16, '--zone', 'W. Europe Standard Time']
    const { code, out } = await cli.run(...argv, '--format', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out).migrations[0].startSeconds).toBe(1200)
  }, 60_000)

  it('tells what it cannot understand, and writes nothing', async () => {
    const bad = cli.write('bad.ics', calendar('UID:7', 'DTSTART:20261123T201000', 'DURATION:PT10M'))
    const result = await cli.run('plan', path, '--windows', bad, '-o', cli.path('out.json'))
    expect(result).toMatchObject({ code: 2, out: '' })
    expect(result.err).toMatch(
      /bad\.ics: line 4: event "7": "DTSTART:20261123T201000" is a time without a zone; .*--zone/,
    )
    expect(cli.files()).not.toContain('out.json')
    expect((await cli.run('plan', path, '--zone', 'UTC')).err).toMatch(/--zone is for the calendars/)
    expect((await cli.run('plan', path, '--windows', cli.path('none.ics'))).err).toMatch(
      /none\.ics: cannot be read/,
    )
    expect((await cli.run('plan', path, '--windows', cli.write('e.ics', '\n'))).err).toMatch(
      /empty; a calendar is expected/,
    )
    expect((await cli.run('plan', '-', '--windows', '-')).code).toBe(2)
    const { start: _, ...dateless } = problem
    const other = cli.write('dateless.json', JSON.stringify(dateless))
    expect((await cli.run('plan', other, '--windows', cli.write('b.ics', backup))).err).toMatch(
      /dateless\.json: start: is missing/,
    )
  })

  it('leaves out what it cannot understand and what takes no time, and says so, unless it is to be strict', async () => {
    const moment = calendar('UID:1', 'DTSTART:20261123T190000Z').replace('END:VCALENDAR', '')
    const bad = 'BEGIN:VEVENT\nUID:2\nDTSTART:20261123T190000Z\nDURATION:soon\nEND:VEVENT\nEND:VCALENDAR\n'
    const ics = cli.write('mixed.ics', `${moment.trimEnd()}\n${bad}`)
    const { code, err } = await cli.run('plan', path, '--windows', ics, '--format', 'json')
    expect(code).toBe(0)
    expect(err).toMatch(
      /mixed\.ics: 0 windows of 0 events; 1 of no length left out; 1 that cannot be understood left out \(--strict/,
    )
    expect(err).toMatch(/mixed\.ics: line 9: event "2": "DURATION:soon" is no duration/)
    const strict = await cli.run('plan', path, '--windows', ics, '--strict')
    expect(strict).toMatchObject({ code: 2, out: '' })
    expect(strict.err).toMatch(/line 9: event "2"/)
    expect((await cli.run('plan', path, '--strict')).err).toMatch(/--strict is for the calendars/)
  }, 60_000)

  it('is never overwritten', async () => {
    const ics = cli.write('b.ics', backup)
    expect((await cli.run('plan', path, '--windows', ics, '-o', ics)).err).toMatch(/the same file as/)
  })
})
