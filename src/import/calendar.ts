/** Backup windows from a calendar: not built yet. */
import { InvalidProblemError } from '../errors.js'
import type { ProblemWindow } from '../model/problem.js'

export interface CalendarOptions {
  /** Second 0 of the problem: an ISO 8601 instant with an offset. */
  start: string
  /** Occurrences that begin after it do not count. Seconds. */
  horizonSeconds: number
  /** Names that a scope may have. */
  scope: { vms: Iterable<string>; nodes: Iterable<string> }
  /** For times without a zone. */
  zone?: string
}

/** @throws InvalidProblemError with every event that cannot be understood */
export async function readCalendarWindows(
  _text: string,
  _options: CalendarOptions,
): Promise<{ windows: ProblemWindow[] }> {
  const message = 'this version of vmferry has no reader for calendars here; give the windows as CSV'
  throw new InvalidProblemError([{ path: '', message }])
}
