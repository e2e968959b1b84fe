/** What counts as part of the problem beside its file, for every command that reads one: calendars (`--windows`), what was learned (`--learned`). */

import type { CalendarWindows } from '../io/calendar/options.js'
import { kindOfDocument } from '../io/document-kind.js'
import { formatCount } from '../io/table/clock.js'
import type { Applied } from '../learn/learned.js'
import { addAll } from '../lists.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import type { Uncertainty } from '../rehearse/draws.js'
import { CliError, inDocument, safeLines } from './failure.js'
import type { CliIo, Planner } from './io.js'
import { refuseMisplaced } from './misplaced.js'
import { type InputDocument, readDocument, readText, STANDARD_INPUT } from './read.js'

export interface CalendarCommandOptions {
  /** Path of what `vmferry learn` wrote. */
  learned?: string
  /** Part of all migrations for which the learned durations hold. */
  marginQuantile?: number
  /** Paths of iCalendar files. */
  windows?: string[]
  zone?: string
  strict?: boolean
}

/** For a command of which another option takes the zone too: without calendars it is not one too many. */
export function withoutUnusedZone<T extends CalendarCommandOptions>(options: T): T {
  return options.windows === undefined ? { ...options, zone: undefined } : options
}

export interface ReadProblem {
  /** Valid, with the windows of the calendars. */
  document: Problem
  problem: ResolvedProblem
  /** All that the command reads, for the rule that standard input is read once, and that no output overwrites an input. */
  inputs: Pick<InputDocument, 'label' | 'identity'>[]
  /** Of what was learned. */
  uncertainty?: Uncertainty
}

/**
 * The problem, resolved, with the windows of the calendars behind its own. Says on standard error how many each file gave, unless it is to be quiet.
 *
 * @param others further documents of the command, which may be standard input too
 * @throws CliError that names the file: a problem with faults or without start, a calendar that cannot be understood
 */
export async function resolveWithCalendars(
  { label, value, identity }: InputDocument,
  others: readonly InputDocument[],
  options: CalendarCommandOptions,
  io: CliIo,
  planner: Planner,
  quiet: boolean,
): Promise<ReadProblem> {
  const { windows: paths = [], zone, strict } = options
  const inputs: ReadProblem['inputs'] = [{ label, identity }, ...others]
  const orphan = zone !== undefined ? '--zone' : strict === true ? '--strict' : undefined
  if (paths.length === 0 && orphan !== undefined)
    throw new CliError(`${orphan} is for the calendars of --windows; there are none`)
  let problem = inDocument(label, () => planner.resolveProblem(value))
  let document = value as Problem
  const applied = await withLearned(document, options, inputs, io, planner, quiet)
  const uncertainty = applied && { uncertainty: applied.uncertainty }
  if (applied !== undefined) {
    document = applied.problem
    problem = inDocument(label, () => planner.resolveProblem(document))
  }
  if (paths.length === 0) return { document, problem, inputs, ...uncertainty }
  const { policy, vmById, nodeById } = problem
  const { start } = document
  if (start === undefined) {
    const message = 'start: is missing; calendars need it: write it, as "2026-11-23T20:00:00+01:00"'
    throw new CliError(`${label}: ${message}`)
  }
  const windows = [...(document.windows ?? [])]
  const notes: string[] = []
  for (const path of paths) {
    if (path === STANDARD_INPUT && inputs.some(({ label }) => label === 'standard input'))
      throw new CliError(`--windows ${path}: standard input is read already; name a file`)
    const calendar = await readText(path, 'calendar', io, quiet, 'a calendar')
    refuseMisplaced(calendar.label, kindOfDocument(calendar.text), 'calendar')
    inputs.push(calendar)
    const read = await inDocumentAsync(calendar.label, () =>
      planner.readCalendarWindows(calendar.text, {
        start,
        horizonSeconds: policy.horizonSeconds,
        scope: { vms: vmById.keys(), nodes: nodeById.keys() },
        ...(zone === undefined ? {} : { zone }),
        ...(strict === undefined ? {} : { strict }),
      }),
    )
    // One at a time: an argument list of a hundred thousand would not fit the stack.
    for (const window of read.windows) windows.push(window)
    addAll(notes, notesOf(calendar.label, read))
  }
  if (!quiet) for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  const wider = inDocument(label, () => planner.withWindows(problem, windows))
  return { document: { ...document, windows }, problem: wider, inputs, ...uncertainty }
}

/**
 * @returns undefined without `--learned`
 * @throws CliError that names the file of what was learned: a fault of it, or that it is of another cluster
 */
export async function withLearned(
  document: Problem,
  { learned: path, marginQuantile }: Pick<CalendarCommandOptions, 'learned' | 'marginQuantile'>,
  inputs: ReadProblem['inputs'],
  io: CliIo,
  { parseJson }: Pick<Planner, 'parseJson'>,
  quiet: boolean,
): Promise<Applied | undefined> {
  if (path === undefined) {
    if (marginQuantile === undefined) return undefined
    throw new CliError('--margin-quantile is for what was learned; give --learned FILE')
  }
  if (path === STANDARD_INPUT && inputs.some(({ label }) => label === 'standard input'))
    throw new CliError(`--learned ${path}: standard input is read already; name a file`)
  const { applyLearned, parseLearned } = await import('../learn/learned.js')
  const file = await readDocument(path, 'learned', io, { quiet, parseJson })
  inputs.push(file)
  const applied = inDocument(file.label, () =>
    applyLearned(document, parseLearned(file.value), { marginQuantile }),
  )
  if (!quiet)
    for (const note of applied.notes)
      await io.stderr.write(`vmferry: ${safeLines(`${file.label}: ${note}`)}\n`)
  return applied
}

/** Faults of events that are shown. */
const SHOWN_FAULTS = 10

function notesOf(label: string, read: CalendarWindows): string[] {
  const { windows, events, free, momentary, unread, faults } = read
  const parts = [
    `${formatCount(windows.length, 'window')} of ${formatCount(events, 'event')}`,
    ...(free === 0 ? [] : [`${free} cancelled or marked as free time`]),
    ...(momentary === 0 ? [] : [`${momentary} of no length left out`]),
    ...(unread === 0 ? [] : [`${unread} that cannot be understood left out (--strict refuses them)`]),
  ]
  const lines = faults.slice(0, SHOWN_FAULTS).map(({ path, message }) => `${label}: ${path}: ${message}`)
  const hidden = faults.length - lines.length
  return [`${label}: ${parts.join('; ')}`, ...lines, ...(hidden > 0 ? [`${label}: and ${hidden} more`] : [])]
}

/** As `inDocument`, for what takes its time. */
async function inDocumentAsync<T>(label: string, read: () => Promise<T>): Promise<T> {
  let outcome: { value: T } | { error: unknown }
  try {
    outcome = { value: await read() }
  } catch (error) {
    outcome = { error }
  }
  return inDocument(label, () => {
    if ('error' in outcome) throw outcome.error
    return outcome.value
  })
}
