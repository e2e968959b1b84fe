/**
 * iCalendar output (RFC 5545): one event for each migration, or for each round. Times are in UTC, so that no time zone has to be
 * described; the same plan gives the same text.
 */

import { createHash } from 'node:crypto'
import { InvalidProblemError } from '../errors.js'
import { append } from '../lists.js'
import type { Migration, MigrationKind, Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { escapeControls } from './controls.js'
import { epochMsOf } from './instant.js'
import { formatCount, formatSeconds } from './table/clock.js'

/** Octets of a line without its CRLF (section 3.1). */
const LINE_OCTETS = 75
const FIRST_YEAR_MS = Date.parse('0000-01-01T00:00:00Z')
const LAST_YEAR_MS = Date.parse('9999-12-31T23:59:58Z')

const KIND_NAMES: Record<MigrationKind, string> = {
  live: 'live migration',
  restart: 'restart',
  save: 'save, move and resume',
  'save-in-place': 'save in place',
  'stop-in-place': 'shut down in place',
  'resume-in-place': 'resume in place',
  'start-in-place': 'start in place',
}

interface Event {
  /** What tells it from all others, also of other plans, and stays the same where the problem is planned again. */
  identity: readonly (string | number)[]
  startSeconds: number
  endSeconds: number
  summary: string
  description: readonly string[]
}

/**
 * A calendar has dates, and years of four digits.
 * @throws InvalidProblemError where the problem has no start, or one from which the horizon leads out of those years
 */
export function requireDates(problem: ResolvedProblem): void {
  const { start, policy } = problem
  if (start === undefined) {
    throw new InvalidProblemError([
      {
        path: 'start',
        message:
          'is missing; a calendar needs the instant of second 0: write it, as "2026-11-23T20:00:00+01:00"',
      },
    ])
  }
  if (start.epochMs < FIRST_YEAR_MS || epochMsOf(start, policy.horizonSeconds) > LAST_YEAR_MS) {
    throw new InvalidProblemError([
      { path: 'start', message: 'lies outside the years 0000 to 9999 in UTC, or the horizon does' },
    ])
  }
}

/** TEXT of section 3.3.11. */
function text(value: string): string {
  return escapeControls(value.replace(/\r\n?/g, '\n'))
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
}

function octets(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
}

/** Cut between characters, never inside the octets of one; a line that goes on begins with a space, which counts. */
function fold(line: string): string {
  let folded = ''
  let room = LINE_OCTETS
  for (const character of line) {
    const size = octets(character.codePointAt(0) ?? 0)
    if (size > room) {
      folded += '\r\n '
      room = LINE_OCTETS - 1
    }
    folded += character
    room -= size
  }
  return folded
}

/** DATE-TIME in UTC of section 3.3.5. */
function dateTime(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

function linesOf(event: Event, stamp: string, start: NonNullable<ResolvedProblem['start']>): string[] {
  // Whole seconds is all that a calendar knows: outwards, so that the event covers what it stands for.
  const first = Math.floor(epochMsOf(start, event.startSeconds) / 1000)
  const last = Math.max(first + 1, Math.ceil(epochMsOf(start, event.endSeconds) / 1000))
  const digest = createHash('sha256').update(JSON.stringify(event.identity)).digest('hex')
  return [
    'BEGIN:VEVENT',
    `UID:${digest.slice(0, 32)}@vmferry`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${dateTime(first)}`,
    `DTEND:${dateTime(last)}`,
    `SUMMARY:${text(event.summary)}`,
    `DESCRIPTION:${text(event.description.join('\n'))}`,
    // What a cluster does at night is no appointment of the calendar's owner.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

function calendar(
  plan: Plan,
  problem: ResolvedProblem,
  events: (identity: readonly (string | number)[]) => Event[],
): string {
  requireDates(problem)
  const start = problem.start!
  const stamp = dateTime(Math.floor(start.epochMs / 1000))
  const name = plan.problem || problem.name
  const body = events([name, stamp]).flatMap((event) => linesOf(event, stamp, start))
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//vmferry//vmferry//EN',
    'CALSCALE:GREGORIAN',
    ...(name === '' ? [] : [`NAME:${text(name)}`, `X-WR-CALNAME:${text(name)}`]),
    ...(body.length > 0 ? body : NO_EVENT),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

/** A calendar must have a component (section 3.6), also where nothing migrates; nobody sees this one. */
const NO_EVENT = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
]

function describe(m: Migration): string {
  const route = m.from === m.to ? `${m.vm} on ${m.from}` : `${m.vm}: ${m.from} → ${m.to}`
  return m.kind === 'live' ? route : `${route} (${KIND_NAMES[m.kind]})`
}

function span({ startSeconds, endSeconds }: Pick<Migration, 'startSeconds' | 'endSeconds'>): string {
  return `${formatSeconds(startSeconds)} s to ${formatSeconds(endSeconds)} s`
}

/** One event for each migration. @throws InvalidProblemError as `requireDates` */
export function migrationsToCalendar(plan: Plan, problem: ResolvedProblem): string {
  return calendar(plan, problem, (identity) => {
    const legs = new Map<string, number>()
    return plan.migrations.map((m) => {
      const leg = legs.get(m.vm) ?? 0
      legs.set(m.vm, leg + 1)
      const description = [
        `${KIND_NAMES[m.kind]}, round ${m.round}`,
        `${span(m)} from the start of the plan`,
        `blackout ${formatSeconds(m.blackoutSeconds)} s`,
      ]
      if (m.parking === true) description.push('parking: goes on from there')
      if (m.makesRoom === true) description.push('makes room for another VM')
      if (m.lostOffloads.length > 0) description.push(`loses offloads ${m.lostOffloads.join(', ')}`)
      if (m.lostFeatures.length > 0) description.push(`loses CPU features ${m.lostFeatures.join(', ')}`)
      const { startSeconds, endSeconds } = m
      return {
        identity: [...identity, 'vm', m.vm, leg],
        startSeconds,
        endSeconds,
        summary: describe(m),
        description,
      }
    })
  })
}

/** One event for each round, from its first start to its last end. @throws InvalidProblemError as `requireDates` */
export function roundsToCalendar(plan: Plan, problem: ResolvedProblem): string {
  return calendar(plan, problem, (identity) => {
    const rounds = new Map<number, Migration[]>()
    for (const m of plan.migrations) {
      append(rounds, m.round, m)
    }
    return [...rounds]
      .sort(([a], [b]) => a - b)
      .map(([round, members]) => ({
        identity: [...identity, 'round', round],
        startSeconds: members.reduce((least, m) => Math.min(least, m.startSeconds), Infinity),
        endSeconds: members.reduce((most, m) => Math.max(most, m.endSeconds), 0),
        summary: `Round ${round}: ${formatCount(members.length, 'migration')}`,
        description: members.map((m) => `${describe(m)}, ${span(m)}`),
      }))
  })
}
