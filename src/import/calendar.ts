/** Backup windows from a calendar: not built yet. */
import type { ProblemWindow } from '../model/problem.js'
import { importFault } from './failure.js'

export interface CalendarContext {
  /** Name of the file, for messages. */
  file: string
  /** Second 0 of the plan, an ISO 8601 instant with an offset; undefined where the problem has none. */
  start: string | undefined
  horizonSeconds: number
}

/** @throws ImportError */
export function readCalendarWindows(_text: string, { file }: CalendarContext): ProblemWindow[] {
  throw importFault(file, 'this version of vmferry has no reader for calendars; give the windows as CSV')
}
