/** `vmferry replan` from the first plan to the check of the second. */
import { beforeEach, describe, expect, it } from 'vitest'
import { planFingerprint } from '../../src/model/fingerprint.js'
import type { Plan } from '../../src/model/plan.js'
import { hostsOf } from '../problem.js'
import { type Harness, plannedHarness } from './harness.js'

const problem = {
  version: 1,
  name: 'three',
  start: '2026-11-23T20:00:00+01:00',
  nodes: hostsOf(65_536, 'HV01', 'HV02', 'HV03'),
  vms: ['web-01', 'web-02', 'web-03'].map((id) => ({ id, node: 'HV01', memoryMiB: 8192 })),
  request: { drain: ['HV01'] },
}
const start = Date.parse(problem.start)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()

let cli: Harness
let files: [problem: string, plan: string]
let plan: Plan
beforeEach(async () => {
  ;({ cli, plan, files } = await plannedHarness(problem))
})

/** The first migration has failed, the second is under way. */
function journal(): string[] {
  const [first, second] = plan.migrations.map(({ vm, from, to, kind }) => ({ vm, from, to, kind, leg: 0 }))
  return [
    { version: 1, event: 'begin', at: at(0), problem: 'three', plan: planFingerprint(plan), start: at(0) },
    { event: 'started', at: at(0), ...first },
    { event: 'failed', at: at(5), ...first, detail: 'error 21502\x1b[2J', node: 'HV01' },
    { event: 'started', at: at(10), ...second },
  ].map((entry) => JSON.stringify(entry))
}

describe('replan', () => {
  it('says what is done and plans the rest, which check judges by the problem it writes', async () => {
    const log = cli.write(
      'run.journal',
      Buffer.from(`\ufeff${journal().join('\r\n')}\r\n{"event":"en`, 'utf16le'),
    )
    const argv = ['replan', ...files, '--journal', log, '--now', '2026-11-23T20:00:12+01:00']
    const table = await cli.run(...argv)
    expect(table.code).toBe(0)
    expect(table.out).toMatch(
      /^Run, 0:00:12 after its start\n {2}ended {5}0 migrations\n {2}running {3}1 migration\n/,
    )
    expect(table.out).toMatch(/web-0\d HV01 → HV0\d \(live\), about 0:00:0\d left/)
    expect(table.out).toMatch(/is on HV01, planned again, not to HV0\d; error 21502\\x1b/)
    expect(table.out).toMatch(/left {6}1 migration of the old plan/)
    expect(table.out).toMatch(/three · optimal/)
    expect(table.err).toMatch(/run\.journal: line 5 is broken off and was left out/)

    const [rest, left] = [cli.path('rest.json'), cli.path('left.json')]
    const written = await cli.run(...argv, '-o', rest, '--problem-out', left)
    expect(written).toMatchObject({ code: 0, out: '' })
    expect(written.err).toMatch(/0 ended, 1 running, 1 failed, 1 migration of the old plan left\n/)
    expect(written.err).toMatch(/left\.json: what is left, as a problem\n.*rest\.json: 2 migrations/)
    expect(await cli.run('check', left, rest)).toMatchObject({
      code: 0,
      out: 'ok: 2 migrations, no violation\n',
    })
    expect(JSON.parse(cli.read('left.json'))).toMatchObject({
      start: '2026-11-23T20:00:12.000+01:00',
      request: { drain: ['HV01'] },
    })

    const [first, , third] = plan.migrations
    const down = first?.to ?? ''
    const moves = await cli.run(
      ...[...argv, '--down', down, '--avoid', `${third?.vm}=${down}`, '--format', 'json', '-q'],
    )
    expect(moves.code).toBe(0)
    expect(JSON.parse(moves.out).migrations.map(({ to }: { to: string }) => to)).not.toContain(down)
    expect(await cli.run(...argv, '--avoid', 'web-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--avoid web-01: write VM=NODE'),
    })
    expect(await cli.run(...argv, '--avoid', 'web-01=HV09')).toMatchObject({
      code: 2,
      err: expect.stringContaining('avoid: "HV09" is no node of the problem'),
    })

    const skipped = await cli.run(...argv, '--skip', plan.migrations[0]?.vm ?? '', '--format', 'json', '-q')
    expect(skipped.err).toBe('')
    expect(JSON.parse(skipped.out).migrations).toHaveLength(1)
  }, 60_000)

  it('plans a restart that was under way again, for a second 0 that is fixed', async () => {
    const { start: _, ...undated } = problem
    const amd = { ...problem.nodes[1], cpu: { vendor: 'AMD', features: [] } }
    const vms = [{ ...problem.vms[0], restartable: true }]
    const restart = {
      ...undated,
      nodes: [problem.nodes[0], amd],
      vms,
      policy: { allowRestart: true, startLagSeconds: 2 },
    }
    const path = cli.write('restart.json', JSON.stringify(restart))
    const { out } = await cli.run('plan', path, '--format', 'json', '-q')
    const first = JSON.parse(out)
    const move = { vm: 'web-01', from: 'HV01', to: 'HV02', kind: 'restart', leg: 0 }
    const begin = { version: 1, event: 'begin', at: at(0), problem: 'three', start: at(0) }
    const entries = [
      { ...begin, plan: planFingerprint(first) },
      { event: 'started', at: at(1), ...move },
      { event: 'stopped', at: at(9), detail: 'Ctrl-C' },
    ]
    const log = cli.write('run.journal', entries.map((entry) => JSON.stringify(entry)).join('\n'))
    const argv = ['replan', path, cli.write('first.json', out), '--journal', log, '--now', '60']
    const table = await cli.run(...argv)
    expect(table.out).toMatch(
      /\n {2}halted {4}1 restart\n {14}web-01 HV01 → HV02 \(restart\): begun, planned again; may be off\n/,
    )
    expect(table.err).toMatch(/run\.journal: "web-01" may be off, on "HV01" or on "HV02": /)
    const written = await cli.run(...argv, '-o', cli.path('rest.ps1'), '--problem-out', cli.path('left.json'))
    expect(written.code).toBe(0)
    expect(written.err).toMatch(
      /0 ended, 0 running, 0 failed, 1 migration of the old plan left \(1 restart half done\)\n/,
    )
    const left = JSON.parse(cli.read('left.json'))
    expect(left.start).toBe('2026-11-23T19:01:00.000+00:00')
    expect(cli.read('rest.ps1')).toContain("Start = '2026-11-23T19:01:00.000Z'")
  }, 60_000)

  it('takes calendars too', async () => {
    const log = cli.write('run.journal', journal().join('\n'))
    const event = 'BEGIN:VEVENT\nDTSTART:20261123T190000Z\nDURATION:PT10M\nEND:VEVENT'
    const windows = cli.write('b.ics', `BEGIN:VCALENDAR\n${event}\nEND:VCALENDAR`)
    const argv = [
      'replan',
      ...files,
      ...`--journal ${log} --now 12 --windows ${windows} --format json`.split(' '),
    ]
    const { out } = await cli.run(...argv)
    expect(JSON.parse(out).migrations[0].startSeconds).toBe(588)
  }, 60_000)

  it('names the file in which something is wrong, and writes nothing', async () => {
    const log = cli.write('run.journal', journal().join('\n'))
    const out = cli.path('out.json')
    const bad = (lines: string[]) => ['--journal', cli.write('bad.journal', lines.join('\n'))]
    const now = ['--now', '30', '-o', out]
    const fault = async (...argv: string[]) => {
      const err = await cli.refused('replan', ...argv)
      expect(cli.files()).not.toContain('out.json')
      return err
    }
    const lines = journal()
    expect(await fault(...files, ...bad([...lines, lines[3]!]), ...now)).toMatch(
      /bad\.journal: line 5: event: "started", and leg 0/,
    )
    expect(await fault(...files, ...bad(['{', ...lines]), ...now)).toMatch(/bad\.journal: line 1: column 2: /)
    expect(await fault(...files, ...bad(['']), ...now)).toMatch(/bad\.journal: empty; a journal is expected/)
    const whole = [...files, '--journal', log]
    expect(await fault(...whole, '--now', '9', '-o', out)).toMatch(
      /^vmferry: now: 9 is before the last entry/,
    )
    const other = [files[0], cli.write('other.json', '{}'), '--journal', log]
    expect(await fault(...other, ...now)).toMatch(/other\.json: .*faults/)
    expect(await fault(files[1], files[0], '--journal', log, ...now)).toMatch(/plan\.json: /)
    expect(await fault(...whole, ...now, '--problem-out', out)).toMatch(
      /--problem-out .*the same file as that of -o/,
    )
    expect(await fault(...whole, ...now, '--problem-out', log)).toMatch(
      /--problem-out .*the same file as .*run\.journal/,
    )
    expect(await fault('-', files[1], '--journal', '-', ...now)).toMatch(
      /only one of problem, plan and journal can come from standard input/,
    )
    expect(await fault(...files, ...now)).toMatch(/--journal/)
    expect(await fault(...whole)).toMatch(/--now/)
  }, 60_000)
})
