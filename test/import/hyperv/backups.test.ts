/** Windows, from the schedules that the collect script read. */
import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { importProblem } from '../../../src/on-demand.js'
import { assumptions, collected, faults, file, type Json, read } from './fixtures.js'

const backup = (more: Json = {}): Json => ({
  Source: 'Veeam',
  Node: '',
  Job: 'Nightly',
  Object: 'vm-1',
  Schedule: 'Daily',
  Time: '22:30',
  Days: '',
  DurationMinutes: 45,
  DurationFrom: 'longest run',
  Clock: '2026-11-25T12:00:00.0000000+01:00',
  ...more,
})
const windows = (...rows: Json[]) => read(collected({ Backups: rows })).windows
const START = { start: '2026-11-23T22:30:00+01:00', durationSeconds: 2700, kind: 'backup' }

describe('backup windows', () => {
  it('are of the VM, of the node, or of everything', () => {
    expect(windows(backup())).toEqual([{ vm: 'vm-1', ...START, rrule: 'FREQ=DAILY' }])
    expect(windows(backup({ Object: 'VM-1' }))[0].vm).toBe('vm-1')
    expect(windows(backup({ Node: 'HV02', Object: '', Job: '' }))).toEqual([
      { node: 'HV02', ...START, rrule: 'FREQ=DAILY' },
    ])
    expect(windows(backup({ Object: 'hv03.corp.example' }))[0].node).toBe('HV03')
    expect(windows(backup({ Object: 'Production' }))).toEqual([{ ...START, rrule: 'FREQ=DAILY' }])
    const told = (object: string) => assumptions(read(collected({ Backups: [backup({ Object: object })] })))
    expect(told('Production')).toContain('close the whole cluster: Veeam Nightly (Production)')
    expect(told('cl01')).not.toContain('close the whole cluster')
  })

  it('are one where two jobs say the same', () => {
    expect(windows(backup(), backup({ Job: 'Other' }), backup({ Time: '23:00' }))).toHaveLength(2)
  })

  it('recur as the schedule says', () => {
    const rule = (more: Json) => windows(backup(more))[0].rrule
    expect(rule({ Days: 'Monday,Friday' })).toBe('FREQ=WEEKLY;BYDAY=MO,FR')
    expect(rule({ Days: [0, 6] })).toBe('FREQ=WEEKLY;BYDAY=SU,SA')
    expect(rule({ Days: 'Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday' })).toBe('FREQ=DAILY')
    expect(rule({ Schedule: 'Monthly', WeekOfMonth: 'Second', Days: 'Saturday' })).toBe(
      'FREQ=MONTHLY;BYDAY=2SA',
    )
    expect(rule({ Schedule: 'Monthly', WeekOfMonth: 'Last', Days: 'Sunday' })).toBe('FREQ=MONTHLY;BYDAY=-1SU')
    expect(rule({ Schedule: 'Monthly', WeekOfMonth: 'OnDay', DayOfMonth: '15' })).toBe(
      'FREQ=MONTHLY;BYMONTHDAY=15',
    )
    expect(rule({ Schedule: 'Monthly', WeekOfMonth: 'First', Days: 'Monday', Months: 'January,July' })).toBe(
      'FREQ=MONTHLY;BYDAY=1MO;BYMONTH=1,7',
    )
    expect(rule({ Schedule: 'Monthly', WeekOfMonth: 'OnDay', DayOfMonth: 'Last' })).toBe(
      'FREQ=MONTHLY;BYMONTHDAY=-1',
    )
  })

  it('that no time tells are none, and told', () => {
    for (const Schedule of ['Periodically', 'Continuously', 'After another job']) {
      const inventory = read(collected({ Backups: [backup({ Schedule, Time: '' })] }))
      expect(inventory.windows).toEqual([])
      expect(assumptions(inventory)).toContain(`no time of day tells when these run`)
      expect(assumptions(inventory)).toContain(Schedule.toLowerCase())
    }
  })

  it('say where their length is from', () => {
    expect(assumptions(read(collected({ Backups: [backup()] })))).toContain('as long as earlier runs did')
    expect(assumptions(read(collected({ Backups: [backup({ DurationFrom: 'BackupMinutes' })] })))).toContain(
      'as long as -BackupMinutes said: Veeam Nightly 45 min',
    )
  })

  it('have spans in any of the shapes of PowerShell', () => {
    const seconds = (DurationMinutes: unknown) => windows(backup({ DurationMinutes }))[0].durationSeconds
    expect(seconds('90')).toBe(5400)
    expect(seconds('01:30:00')).toBe(5400)
    expect(seconds('1.00:00:30.5')).toBe(86_431)
    expect(seconds({ Ticks: 54_000_000_000, Hours: 1 })).toBe(5400)
    expect(seconds({ TotalMinutes: 90, Ticks: 1 })).toBe(5400)
  })

  it('begin early enough to hold one that still runs', () => {
    expect(windows(backup({ DurationMinutes: 3000 }))[0].start).toBe('2026-11-21T22:30:00+01:00')
    expect(windows(backup({ Clock: '2026-01-01T00:10:00-05:30' }))[0].start).toBe('2025-12-30T22:30:00-05:30')
    expect(windows(backup({ Clock: '/Date(1795604400000)/' }))[0].start).toMatch(/\+00:00$/)
  })

  it('have a fault where a value is none', () => {
    const fault = (more: Json) => faults(read(collected({ Backups: [backup(more)] })))
    expect(fault({ Time: '25:00' })).toEqual([
      'Backups[0].Time: is "25:00"; it must be a time of day, as in 22:30',
    ])
    expect(fault({ Days: 'Caturday' })[0]).toContain('Backups[0].Days: is "Caturday"')
    expect(fault({ Schedule: 'Monthly', WeekOfMonth: 'First', Days: 'Monday', Months: 'Smarch' })).toEqual([
      'Backups[0].Months: is "Smarch"; it must be months, as in "January,July"',
    ])
    expect(fault({ DurationMinutes: 0 })[0]).toContain('Backups[0].DurationMinutes: is 0')
    expect(fault({ DurationMinutes: 1e6 })[0]).toContain('at most 10080')
    expect(fault({ Clock: 'noon' })[0]).toContain('Backups[0].Clock: is "noon"')
    expect(fault({ Schedule: 'Monthly', WeekOfMonth: 'Fifth', Days: 'Monday' })[0]).toContain('is "Fifth"')
    expect(fault({ Schedule: 'Monthly', WeekOfMonth: 'OnDay', DayOfMonth: '32' })[0]).toContain('is "32"')
  })

  it('come out right in the problem', async () => {
    const document = collected({ Backups: [backup(), backup({ Node: 'HV02', Object: '', Time: '01:00' })] })
    const { problem } = await importProblem('hyperv', [file(document)], {
      start: '2026-11-25T20:00:00+01:00',
    })
    problem.policy = { horizonSeconds: 86_400 }
    const spans = resolveProblem(problem).windows.map(({ vm, node, startSeconds }) => [
      vm ?? node,
      startSeconds / 3600,
    ])
    expect(spans).toEqual([
      ['vm-1', 2.5],
      ['HV02', 5],
    ])
    await expect(importProblem('hyperv', [file(document)])).rejects.toThrow(
      'export.json: window 1: the windows have dates or rules; give --start, second 0 of the plan',
    )
  })
})
