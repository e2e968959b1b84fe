/** Windows, from the schedules that the collect script read. */
import { describe, expect, it } from 'vitest'
import { resolveProblem } from '../../../src/model/validate.js'
import { importProblem } from '../../../src/on-demand.js'
import { assumptions, collected, faults, file, type Json, readCluster } from './fixtures.js'

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
const windows = (...rows: Json[]) => readCluster({ Backups: rows }).windows
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
    const told = (object: string) => assumptions(readCluster({ Backups: [backup({ Object: object })] }))
    expect(told('Production')).toContain('close the whole cluster: Veeam Nightly (Production)')
    expect(told('cl01')).not.toContain('close the whole cluster')
  })

  it('are one where two jobs say the same', () => {
    expect(windows(backup(), backup({ Job: 'Other' }), backup({ Time: '23:00' }))).toHaveLength(2)
  })

  const monthly = (WeekOfMonth: string, more: Json) => ({ Schedule: 'Monthly', WeekOfMonth, ...more })

  it.each<[Json, string]>([
    [{ Days: 'Monday,Friday' }, 'FREQ=WEEKLY;BYDAY=MO,FR'],
    [{ Days: [0, 6] }, 'FREQ=WEEKLY;BYDAY=SU,SA'],
    [{ Days: 'Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday' }, 'FREQ=DAILY'],
    [monthly('Second', { Days: 'Saturday' }), 'FREQ=MONTHLY;BYDAY=2SA'],
    [monthly('Last', { Days: 'Sunday' }), 'FREQ=MONTHLY;BYDAY=-1SU'],
    [monthly('OnDay', { DayOfMonth: '15' }), 'FREQ=MONTHLY;BYMONTHDAY=15'],
    [monthly('First', { Days: 'Monday', Months: 'January,July' }), 'FREQ=MONTHLY;BYDAY=1MO;BYMONTH=1,7'],
    [monthly('OnDay', { DayOfMonth: 'Last' }), 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ])('recur as the schedule says: %j', (more, rule) => {
    expect(windows(backup(more))[0].rrule).toBe(rule)
  })

  it.each(['Periodically', 'Continuously', 'After another job'])(
    'that no time tells are none, and told: %s',
    (Schedule) => {
      const inventory = readCluster({ Backups: [backup({ Schedule, Time: '' })] })
      expect(inventory.windows).toEqual([])
      expect(assumptions(inventory)).toContain(`no time of day tells when these run`)
      expect(assumptions(inventory)).toContain(Schedule.toLowerCase())
    },
  )

  it('say where their length is from', () => {
    expect(assumptions(readCluster({ Backups: [backup()] }))).toContain('as long as earlier runs did')
    expect(assumptions(readCluster({ Backups: [backup({ DurationFrom: 'BackupMinutes' })] }))).toContain(
      'as long as -BackupMinutes said: Veeam Nightly 45 min',
    )
  })

  it.each<[unknown, number]>([
    ['90', 5400],
    ['01:30:00', 5400],
    ['1.00:00:30.5', 86_431],
    [{ Ticks: 54_000_000_000, Hours: 1 }, 5400],
    [{ TotalMinutes: 90, Ticks: 1 }, 5400],
    [10_080, 604_800],
  ])('have spans in any of the shapes of PowerShell: %j', (DurationMinutes, seconds) => {
    expect(windows(backup({ DurationMinutes }))[0].durationSeconds).toBe(seconds)
  })

  it('begin early enough to hold one that still runs', () => {
    expect(windows(backup({ DurationMinutes: 3000 }))[0].start).toBe('2026-11-21T22:30:00+01:00')
    expect(windows(backup({ Clock: '2026-01-01T00:10:00-05:30' }))[0].start).toBe('2025-12-30T22:30:00-05:30')
    expect(windows(backup({ Clock: '/Date(1795604400000)/' }))[0].start).toMatch(/\+00:00$/)
  })

  it.each<[Json, string]>([
    [{ Time: '25:00' }, 'Backups[0].Time: is "25:00"; it must be a time of day, as in 22:30'],
    [{ Days: 'Caturday' }, 'Backups[0].Days: is "Caturday"'],
    [
      monthly('First', { Days: 'Monday', Months: 'Smarch' }),
      'Backups[0].Months: is "Smarch"; it must be months, as in "January,July"',
    ],
    [{ DurationMinutes: 0 }, 'Backups[0].DurationMinutes: is 0'],
    [{ DurationMinutes: 1e6 }, 'at most 10080'],
    [{ Clock: 'noon' }, 'Backups[0].Clock: is "noon"'],
    [monthly('Fifth', { Days: 'Monday' }), 'is "Fifth"'],
    [monthly('OnDay', { DayOfMonth: '32' }), 'is "32"'],
  ])('have a fault where a value is none: %j', (more, fault) => {
    expect(faults(readCluster({ Backups: [backup(more)] }))[0]).toContain(fault)
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
