/** `--windows`: calendars whose events count as windows of the problem, for every command that reads one. */
import { formatCount } from '../io/table/clock.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import { CliError, inDocument, safeLines } from './failure.js'
import type { CliIo, Planner } from './io.js'
import { type InputDocument, readText, STANDARD_INPUT } from './read.js'

export interface CalendarCommandOptions {
  /** Paths of iCalendar files. */
  windows?: string[]
  zone?: string
}

export interface ReadProblem {
  /** Valid, with the windows of the calendars. */
  document: Problem
  problem: ResolvedProblem
  /** All that the command reads, for the rule that standard input is read once, and that no output overwrites an input. */
  inputs: Pick<InputDocument, 'label' | 'identity'>[]
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
  { windows: paths = [], zone }: CalendarCommandOptions,
  io: CliIo,
  planner: Planner,
  quiet: boolean,
): Promise<ReadProblem> {
  const inputs: ReadProblem['inputs'] = [{ label, identity }, ...others]
  if (paths.length === 0 && zone !== undefined)
    throw new CliError('--zone is for the calendars of --windows; there are none')
  const problem = inDocument(label, () => planner.resolveProblem(value))
  const document = value as Problem
  if (paths.length === 0) return { document, problem, inputs }
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
    inputs.push(calendar)
    const read = await inDocumentAsync(calendar.label, () =>
      planner.readCalendarWindows(calendar.text, {
        start,
        horizonSeconds: policy.horizonSeconds,
        scope: { vms: vmById.keys(), nodes: nodeById.keys() },
        ...(zone === undefined ? {} : { zone }),
      }),
    )
    // One at a time: an argument list of a hundred thousand would not fit the stack.
    for (const window of read.windows) windows.push(window)
    const free = read.free === 0 ? '' : `; ${read.free} cancelled or marked as free time`
    const found = `${formatCount(read.windows.length, 'window')} of ${formatCount(read.events, 'event')}`
    notes.push(`${calendar.label}: ${found}${free}`)
  }
  if (!quiet) for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  const wider = inDocument(label, () => planner.withWindows(problem, windows))
  return { document: { ...document, windows }, problem: wider, inputs }
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
