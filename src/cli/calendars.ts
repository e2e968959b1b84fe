/** `--windows`: calendars whose events count as windows of the problem, for every command that reads one. */
import { formatCount } from '../io/table/clock.js'
import type { Problem } from '../model/problem.js'
import { CliError, inDocument, safeLines } from './failure.js'
import type { CliIo, Planner } from './io.js'
import { type InputDocument, readText, STANDARD_INPUT } from './read.js'

export interface CalendarCommandOptions {
  /** Paths of iCalendar files. */
  windows?: string[]
  zone?: string
}

/** What else the command reads, for the rule that standard input is read once, and that no output overwrites an input. */
export interface WithCalendars {
  problem: InputDocument
  inputs: Pick<InputDocument, 'label' | 'identity'>[]
}

/**
 * The problem with the windows of the calendars behind its own. Says on standard error how many each file gave, unless it is to be quiet.
 *
 * @param others further documents of the command, which may be standard input too
 * @throws CliError that names the file: a problem without start, a calendar that cannot be understood
 */
export async function addCalendars(
  problem: InputDocument,
  others: readonly InputDocument[],
  { windows: paths = [], zone }: CalendarCommandOptions,
  io: CliIo,
  planner: Planner,
  quiet: boolean,
): Promise<WithCalendars> {
  const inputs: WithCalendars['inputs'] = [problem, ...others]
  if (paths.length === 0) {
    if (zone !== undefined) throw new CliError('--zone is for the calendars of --windows; there are none')
    return { problem, inputs }
  }
  const { start, policy, vmById, nodeById } = inDocument(problem.label, () =>
    planner.resolveProblem(problem.value),
  )
  const value = problem.value as Problem
  if (start === undefined || value.start === undefined) {
    const message = 'start: is missing; calendars need it: write it, as "2026-11-23T20:00:00+01:00"'
    throw new CliError(`${problem.label}: ${message}`)
  }
  const windows = [...(value.windows ?? [])]
  const notes: string[] = []
  for (const path of paths) {
    if (path === STANDARD_INPUT && inputs.some(({ label }) => label === 'standard input'))
      throw new CliError(`--windows ${path}: standard input is read already; name a file`)
    const { label, identity, text } = await readText(path, 'calendar', io, quiet, 'a calendar')
    inputs.push({ label, identity })
    const read = await inDocumentAsync(label, () =>
      planner.readCalendarWindows(text, {
        start: value.start!,
        horizonSeconds: policy.horizonSeconds,
        scope: { vms: vmById.keys(), nodes: nodeById.keys() },
        ...(zone === undefined ? {} : { zone }),
      }),
    )
    // One at a time: an argument list of a hundred thousand would not fit the stack.
    for (const window of read.windows) windows.push(window)
    const free = read.free === 0 ? '' : `; ${read.free} cancelled or marked as free time`
    const found = `${formatCount(read.windows.length, 'window')} of ${formatCount(read.events, 'event')}`
    notes.push(`${label}: ${found}${free}`)
  }
  if (!quiet) for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  return { problem: { ...problem, value: { ...value, windows } }, inputs }
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
