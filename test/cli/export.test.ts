/** The command: a plan that is there, in another format, once it has been checked. */
import { beforeEach, describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import { DEFAULT_POLICY } from '../../src/model/problem.js'
import { maintenanceNight, resolved, vm } from '../io/fixtures.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
let files: [string, string]
beforeEach(() => {
  cli = createHarness({ stdin: JSON.stringify(maintenanceNight().plan) })
  files = [
    cli.write('p.json', '{"nodes":[]}'),
    cli.write('plan.json', JSON.stringify(maintenanceNight().plan)),
  ]
})

describe('export', () => {
  it.each([
    ['json', '{'],
    ['table', 'prod-cluster-01'],
    ['csv', 'vm,from,to,'],
    ['ics', 'BEGIN:VCALENDAR'],
    ['cau', '# Order of nodes'],
    ['html', '<!doctype html>'],
    ['svg', '<svg '],
    ['svg-dark', '<svg '],
    ['mermaid', 'gantt\n'],
    ['powershell', '#Requires -Version 5.1', /^vmferry: policy\.startLagSeconds is 0: .*\n$/],
  ])(
    'writes %s to standard output, and exits with 0 also where VMs are left',
    async (format, beginning, note = /^$/) => {
      const { code, out, err } = await cli.run('export', ...files, '--format', format)
      expect(code).toBe(0)
      expect(err).toMatch(note)
      expect(out.startsWith(beginning)).toBe(true)
    },
  )

  it('writes what "plan" would have written', async () => {
    expect((await cli.run('export', ...files, '-o', cli.path('a.ps1'))).code).toBe(0)
    expect((await cli.run('plan', files[0], '-o', cli.path('b.ps1'))).code).toBe(3)
    expect(cli.read('a.ps1')).toBe(cli.read('b.ps1'))
  })

  it('tells what it has written, unless it is to be quiet', async () => {
    const told = await cli.run('export', ...files, '-o', cli.path('a.ps1'))
    expect(told.err).toMatch(/\nvmferry: wrote .*a\.ps1: 6 migrations, makespan 0:20:35, partial.*\n$/)
    expect((await cli.run('export', ...files, '-q', '-o', cli.path('a.ps1'))).err).toBe('')
    const planned = await cli.run('plan', files[0], '-o', cli.path('a.ps1'))
    expect(planned.err).toMatch(/^vmferry: policy\.startLagSeconds is 0: /)
    cli.planner.resolveProblem = () => resolved([], [], { policy: { ...DEFAULT_POLICY, startLagSeconds: 2 } })
    expect((await cli.run('export', ...files, '-o', cli.path('a.ps1'))).err).toMatch(/^vmferry: wrote /)
  })

  it('is what "report" does, to HTML', async () => {
    expect(await cli.run('report', ...files, '-o', cli.path('a.html'))).toMatchObject({ code: 0, out: '' })
    await cli.run('export', ...files, '-o', cli.path('b.html'))
    expect(cli.read('a.html')).toBe(cli.read('b.html'))
    expect((await cli.run('report', ...files)).out).toBe(cli.read('a.html'))
  })

  it('takes one of both from standard input', async () => {
    const { code, out } = await cli.run('export', files[0], '-', '--format', 'csv')
    expect(code).toBe(0)
    expect(out.split('\r\n')).toHaveLength(8)
  })

  it('refuses a plan that breaks a rule, and lists what it breaks', async () => {
    cli.planner.check = () => [{ rule: 'slots', subject: 'HV01', atSeconds: 60, excess: 1, message: 'two' }]
    const { code, out, err } = await cli.run('export', ...files, '-o', cli.path('a.ps1'))
    expect([code, out]).toEqual([3, ''])
    expect(err).toContain('1 violation in 6 migrations')
    expect(err).toContain('vmferry: nothing written: the plan does not fit the problem\n')
    expect(cli.files()).toEqual(['p.json', 'plan.json'])
  })

  it('names the file of a plan that is none', async () => {
    cli.planner.check = () => {
      throw new InvalidProblemError([{ path: 'migrations', message: 'missing' }], 'plan')
    }
    expect(await cli.refused('export', ...files)).toBe(`vmferry: ${files[1]}: migrations: missing\n`)
  })

  it('refuses names that no script can hold, before anything is written', async () => {
    cli.planner.resolveProblem = () => resolved([], [vm('a\nb', 'x'), vm('Web', 'x'), vm('web', 'x')])
    const err = await cli.refused('export', ...files, '-o', cli.path('a.ps1'))
    expect(err).toContain('vms[0].id: "a\\u000ab" has a control or format character')
    expect(err).toContain('vms[2].id: "web" differs from "Web" in upper and lower case only')
    expect(cli.files()).toEqual(['p.json', 'plan.json'])
  })

  it('overwrites none of its inputs', async () => {
    expect(await cli.refused('export', ...files, '-o', files[1])).toContain('the same file as')
  })
})
