/**
 * The journal of a run: what the PowerShell runbook of a plan did, one JSON object a line (docs/replan.md). Here is its shape;
 * what the entries mean for a problem and its plan is for `src/replan/`.
 */

import * as v from 'valibot'
import { requireText } from '../arguments.js'
import { InvalidProblemError, type Issue } from '../errors.js'
import { addAll } from '../lists.js'
import { INSTANT_PATTERN, parseInstant } from './instant.js'
import { MAX_ISSUES, quote, show } from './issues.js'
import { described } from './json-schema.js'
import { parseJson } from './parse.js'
import type { MigrationKind } from './plan.js'

/** The first entry: which plan is run. */
export interface JournalBegin {
  version: 1
  event: 'begin'
  /** ISO 8601 with an offset, as every `at`. */
  at: string
  /** The problem's name, `''` where it has none. */
  problem: string
  /** `planFingerprint` of the plan. */
  plan: string
  /** Instant of the plan's second 0. */
  start: string
  /** The most that it waits between two looks at the cluster. */
  pollSeconds?: number | undefined
}

/** One migration of the plan. */
export interface JournalMigration {
  at: string
  vm: string
  from: string
  to: string
  kind: MigrationKind
  /** Index among the plan's migrations of this VM, from 0. */
  leg: number
}

/** Of a work of the plan. `work-ended`: its node is up again. */
export type JournalWork =
  | { event: 'work-started' | 'work-ended'; at: string; node: string }
  | { event: 'work-failed'; at: string; node: string; detail: string }

export type JournalEntry =
  | JournalBegin
  | ({ event: 'started' } & JournalMigration)
  /** `durationSeconds`, `blackoutSeconds`: as the host itself told them, where it did. */
  | ({
      event: 'ended'
      durationSeconds?: number | undefined
      blackoutSeconds?: number | undefined
    } & JournalMigration)
  /** `node`: where the VM is now. */
  | ({ event: 'failed'; detail: string; node: string } & JournalMigration)
  | { event: 'stopped'; at: string; detail: string }
  | { event: 'finished'; at: string }
  | { event: 'resumed'; at: string }
  /** A drained node was paused when it was empty, or resumed. */
  | { event: 'node-paused' | 'node-resumed'; at: string; node: string }
  | JournalWork

/** An entry, its place for messages (`line 7`, or `[6]` in an array), and its `at` in milliseconds since 1970. */
export interface PlacedEntry<E extends JournalEntry = JournalEntry> {
  place: string
  atMs: number
  entry: E
}

export interface Journal {
  begin: PlacedEntry<JournalBegin>
  /** Milliseconds since 1970 of the plan's second 0. */
  startMs: number
  /** All but `begin`, in the order of the file. */
  entries: PlacedEntry<Exclude<JournalEntry, JournalBegin>>[]
  warnings: string[]
}

/** Kinds of issue whose message is written here, and names the value. */
const OWN_MESSAGES: ReadonlySet<string> = new Set(['non_empty', 'regex', 'raw_check'])

const id = v.pipe(v.string(), v.nonEmpty('"" is empty; write an id'))
const instant = v.pipe(
  v.string(),
  described(
    v.rawCheck<string>(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const parsed = parseInstant(dataset.value)
      if (typeof parsed === 'string') addIssue({ message: `${quote(dataset.value)} ${parsed}` })
    }),
    { type: 'string', pattern: INSTANT_PATTERN },
  ),
)
const migration = {
  at: instant,
  vm: id,
  from: id,
  to: id,
  kind: v.picklist([
    'live',
    'restart',
    'save',
    'save-in-place',
    'stop-in-place',
    'resume-in-place',
    'start-in-place',
  ]),
  leg: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
}

const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))

export const entrySchema = v.variant('event', [
  v.strictObject({
    version: v.literal(1),
    event: v.literal('begin'),
    at: instant,
    problem: v.string(),
    plan: v.pipe(
      v.string(),
      v.regex(
        /^[0-9a-f]{16}$/,
        ({ input }) => `${quote(input)} is no fingerprint of a plan: 16 digits, 0 to 9 and a to f`,
      ),
    ),
    start: instant,
    pollSeconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(3600))),
  }),
  v.strictObject({ event: v.literal('started'), ...migration }),
  v.strictObject({
    event: v.literal('ended'),
    ...migration,
    durationSeconds: v.optional(seconds),
    blackoutSeconds: v.optional(seconds),
  }),
  v.strictObject({ event: v.literal('failed'), ...migration, detail: v.string(), node: id }),
  v.strictObject({ event: v.literal('stopped'), at: instant, detail: v.optional(v.string(), '') }),
  v.strictObject({ event: v.literal('finished'), at: instant }),
  v.strictObject({ event: v.literal('resumed'), at: instant }),
  v.strictObject({ event: v.literal('node-paused'), at: instant, node: id }),
  v.strictObject({ event: v.literal('node-resumed'), at: instant, node: id }),
  v.strictObject({ event: v.literal('work-started'), at: instant, node: id }),
  v.strictObject({ event: v.literal('work-ended'), at: instant, node: id }),
  v.strictObject({ event: v.literal('work-failed'), at: instant, node: id, detail: v.string() }),
])

interface RawEntry {
  place: string
  value: unknown
}

/**
 * JSON Lines, or one JSON array of the same objects. A run that was killed may leave half a line, and the next one may have written on
 * behind it, on the same line or the next: such a half is left out, with a warning.
 *
 * @throws InvalidProblemError with every fault, its line and the value
 * @throws InvalidOptionError for what is no text
 */
export function parseJournal(text: string): Journal {
  requireText('the journal', text)
  const warnings: string[] = []
  const raw = text.trimStart().startsWith('[') ? readArray(text) : readLines(text, warnings)
  const issues: Issue[] = []
  const placed: PlacedEntry[] = []
  for (const { place, value } of raw) {
    if (issues.length >= MAX_ISSUES) break
    const result = v.safeParse(entrySchema, value)
    if (!result.success)
      addAll(
        issues,
        result.issues.map((issue) => describe(issue, place)),
      )
    else placed.push({ place, atMs: msOf(result.output.at), entry: result.output })
  }
  throwIfAny(issues)

  const [first, ...rest] = placed
  if (first === undefined) throw fault('', 'has no entry; a journal starts with "begin"')
  if (first.entry.event !== 'begin') {
    const found = `the first event is ${quote(first.entry.event)}`
    throw fault(`${first.place}: event`, `${found}; a journal starts with "begin"`)
  }
  const again = rest.find(({ entry }) => entry.event === 'begin')
  if (again !== undefined) {
    const message = '"begin" is there twice; a journal is of one run: split the file'
    throw fault(`${again.place}: event`, message)
  }
  return {
    begin: first as PlacedEntry<JournalBegin>,
    startMs: msOf((first.entry as JournalBegin).start),
    entries: rest as Journal['entries'],
    warnings,
  }
}

function throwIfAny(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new InvalidProblemError(issues, 'journal')
}

function fault(path: string, message: string): InvalidProblemError {
  return new InvalidProblemError([{ path, message }], 'journal')
}

/** The schema has tried it. */
function msOf(text: string): number {
  const parsed = parseInstant(text)
  if (typeof parsed === 'string') throw new Error(`${quote(text)} ${parsed}`)
  return parsed.epochMs
}

function readArray(text: string): RawEntry[] {
  const values = parseJson(text) as unknown[]
  return values.map((value, index) => ({ place: `[${index}]`, value }))
}

function readLines(text: string, warnings: string[]): RawEntry[] {
  const entries: RawEntry[] = []
  const issues: Issue[] = []
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  for (let index = 0; index <= last && issues.length < MAX_ISSUES; index++) {
    if (lines[index].trim() === '') continue
    const place = `line ${index + 1}`
    try {
      entries.push({ place, value: parseJson(lines[index]) })
    } catch (error) {
      if (!(error instanceof InvalidProblemError)) throw error
      // Each line is a document of its own: its first line is no news.
      const message = error.issues.map((issue) => issue.message.replace(/^line 1, /, '')).join('; ')
      const behind = entryBehind(lines[index])
      const brokenOff = index === last || behind !== undefined || isHalf(lines[index])
      if (index === 0 || !brokenOff) {
        issues.push({ path: place, message })
        continue
      }
      if (behind !== undefined) entries.push({ place, value: behind })
      const part = behind === undefined ? place : `the beginning of ${place}`
      warnings.push(`${part} is broken off and was left out: ${message}`)
    }
  }
  throwIfAny(issues)
  return entries
}

/** An object without its end. A crash of the machine may leave zeros in place of what was written. */
function isHalf(line: string): boolean {
  const text = line.trim()
  return (text.startsWith('{') && !text.endsWith('}')) || /^\0+$/.test(text)
}

/** A whole entry behind a half one. Entries hold no objects, and in their texts every quote is escaped: the last beginning is its own. */
function entryBehind(line: string): unknown {
  const begin = line.lastIndexOf('{"event":')
  if (begin <= 0) return undefined
  try {
    return parseJson(line.slice(begin))
  } catch {
    return undefined
  }
}

function describe(issue: v.BaseIssue<unknown>, place: string): Issue {
  const key = (issue.path ?? []).map((part) => String(part.key)).join('.')
  const path = key === '' ? place : `${place}: ${key}`
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return { path, message: 'unknown key; the format has none of this name' }
  if (issue.input === undefined) return { path, message: `missing; expected ${issue.expected ?? 'a value'}` }
  if (OWN_MESSAGES.has(issue.type)) return { path, message: issue.message }
  return { path, message: `${show(issue.input)} is not valid; expected ${issue.expected ?? 'another value'}` }
}
