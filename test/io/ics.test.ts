import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import { migrationsToCalendar, requireDates, roundsToCalendar } from '../../src/io/ics.js'
import type { Plan } from '../../src/model/plan.js'
import { largePlan, maintenanceNight, migration, node, plan, resolved, smallPlan, vm } from './fixtures.js'
import { HOSTILE_IDS } from './hostile.js'

const START = { epochMs: Date.parse('2026-11-23T20:00:00+01:00'), offsetMinutes: 60 }

/** An independent reader of RFC 5545. */
function eventsOf(text: string) {
  const component = new ICAL.Component(ICAL.parse(text) as unknown[])
  return component.getAllSubcomponents('vevent').map((each) => {
    const event = new ICAL.Event(each)
    return {
      uid: event.uid,
      summary: event.summary,
      description: event.description,
      start: event.startDate.toJSDate().toISOString(),
      end: event.endDate.toJSDate().toISOString(),
    }
  })
}

function withIds(ids: readonly string[]): { plan: Plan; problem: ReturnType<typeof resolved> } {
  return {
    plan: plan(ids.map((id, i) => migration(id, 'A', 'B', i, i + 1))),
    problem: resolved(
      ['A', 'B'].map(node),
      ids.map((id) => vm(id, 'A')),
      { start: START },
    ),
  }
}

describe('migrationsToCalendar', () => {
  const night = maintenanceNight()
  const text = migrationsToCalendar(night.plan, night.problem)

  it('writes what RFC 5545 asks for, in order', () => {
    const { plan: one, problem } = withIds(['web-01'])
    expect(migrationsToCalendar(one, problem)).toBe(
      [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//vmferry//vmferry//EN',
        'CALSCALE:GREGORIAN',
        'NAME:sample',
        'X-WR-CALNAME:sample',
        'BEGIN:VEVENT',
        `UID:${/^UID:(.*)$/m.exec(migrationsToCalendar(one, problem))?.[1].trimEnd()}`,
        'DTSTAMP:20261123T190000Z',
        'DTSTART:20261123T190000Z',
        'DTEND:20261123T190001Z',
        'SUMMARY:web-01: A → B',
        'DESCRIPTION:live migration\\, round 0\\n0 s to 1 s from the start of the plan',
        ' \\nblackout 0.1 s',
        'TRANSP:TRANSPARENT',
        'END:VEVENT',
        'END:VCALENDAR',
        '',
      ].join('\r\n'),
    )
  })

  it('has one event for each migration, which an independent reader finds at the right instants', () => {
    const events = eventsOf(text)
    expect(events).toHaveLength(night.plan.migrations.length)
    expect(events[0]).toMatchObject({
      summary: 'sql-07: HV01 → HV02',
      start: '2026-11-23T19:01:00.000Z',
      end: '2026-11-23T19:06:32.000Z',
    })
    expect(events[2].summary).toBe('ad-01: HV03 → HV04 (restart)')
    expect(events[2].description).toContain('loses CPU features avx512f, avx512vl')
    night.plan.migrations.forEach((m, i) => {
      const offset = (iso: string) => (Date.parse(iso) - START.epochMs) / 1000
      expect(offset(events[i].start)).toBe(Math.floor(m.startSeconds))
      expect(offset(events[i].end)).toBe(Math.ceil(m.endSeconds))
    })
  })

  it('has UIDs that are all different, and the same when the plan is made again with other times', () => {
    const uids = eventsOf(text).map(({ uid }) => uid)
    expect(new Set(uids).size).toBe(uids.length)
    for (const uid of uids) expect(uid).toMatch(/^[0-9a-f]{32}@vmferry$/)
    const later = structuredClone(night.plan)
    for (const m of later.migrations) {
      m.startSeconds += 5
      m.endSeconds += 9
    }
    expect(eventsOf(migrationsToCalendar(later, night.problem)).map(({ uid }) => uid)).toEqual(uids)
    const other = migrationsToCalendar({ ...night.plan, problem: 'another night' }, night.problem)
    expect(eventsOf(other).filter(({ uid }) => uids.includes(uid))).toEqual([])
  })

  it('gives the same text each time', () => {
    expect(migrationsToCalendar(night.plan, night.problem)).toBe(text)
  })

  it('never ends an event where it starts', () => {
    const { problem } = withIds(['v'])
    const short = plan([migration('v', 'A', 'B', 5, 5)])
    expect(eventsOf(migrationsToCalendar(short, problem))[0]).toMatchObject({
      start: '2026-11-23T19:00:05.000Z',
      end: '2026-11-23T19:00:06.000Z',
    })
  })

  it('survives hostile ids: whole lines of at most 75 octets, no control character, every id read back', () => {
    const { plan: hostile, problem } = withIds(HOSTILE_IDS)
    const output = migrationsToCalendar(hostile, { ...problem, name: HOSTILE_IDS.join('') })
    for (const line of output.split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      expect(line).not.toMatch(/(?!\t)[\p{Cc}\p{Cs}\u202e]/u)
      expect(Buffer.from(line).toString()).toBe(line)
    }
    const events = eventsOf(output)
    expect(events).toHaveLength(HOSTILE_IDS.length)
    HOSTILE_IDS.forEach((id, i) => {
      const shown = id
        .replaceAll('\r\n', '\n')
        .replaceAll('\x1b', '\\x1b')
        .replaceAll('\x9b', '\\x9b')
        .replaceAll('\u202e', '\\u{202e}')
        .replace(/\ud800(?![\udc00-\udfff])/, '\\u{d800}')
      expect(events[i].summary).toBe(`${shown}: A → B`)
    })
  })

  it('has a component also where nothing migrates, and no event', () => {
    const output = migrationsToCalendar(plan([]), withIds([]).problem)
    expect(eventsOf(output)).toEqual([])
    expect(output).toContain('BEGIN:VTIMEZONE\r\n')
  })
})

describe('roundsToCalendar', () => {
  it('has one event for each round, from its first start to its last end', () => {
    const { plan: night, problem } = maintenanceNight()
    const events = eventsOf(roundsToCalendar(night, problem))
    expect(
      events.map(({ summary, start, end }) => [summary, start.slice(11, 19), end.slice(11, 19)]),
    ).toEqual([
      ['Round 0: 2 migrations', '19:01:00', '19:06:32'],
      ['Round 1: 2 migrations', '19:03:34', '19:11:40'],
      ['Round 2: 1 migration', '19:15:00', '19:17:35'],
      ['Round 3: 1 migration', '19:17:34', '19:20:35'],
    ])
    expect(events[0].description).toBe(
      'sql-07: HV01 → HV02, 60 s to 391.25 s\nweb-02: HV03 → HV04, 60 s to 214.5 s',
    )
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(4)
  })

  it('is as large as the plan', () => {
    const { plan: large, problem } = largePlan(20, 300)
    expect(eventsOf(roundsToCalendar(large, problem))).toHaveLength(300)
  })
})

describe('requireDates', () => {
  it('refuses a problem without a start', () => {
    expect(() => requireDates(smallPlan().problem)).toThrow(InvalidProblemError)
    expect(() => migrationsToCalendar(smallPlan().plan, smallPlan().problem)).toThrow('start: is missing')
  })

  it.each(['9999-12-30T00:00:00Z', '0000-01-01T00:00:00+01:00'])(
    'refuses %s, from which it leads out of the years of a calendar',
    (instant) => {
      const offsetMinutes = instant.endsWith('Z') ? 0 : 60
      const local = Date.parse(`${instant.slice(0, 19)}Z`)
      const start = { epochMs: local - offsetMinutes * 60_000, offsetMinutes }
      expect(() => requireDates(resolved([], [], { start }))).toThrow('0000 to 9999')
    },
  )
})
