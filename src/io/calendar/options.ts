/** What a calendar is read with, and what comes of it. No type of a library: these are the package's own. */
import type { Issue } from '../../errors.js'
import type { ProblemWindow } from '../../model/problem.js'

/** Names that the problem has. */
export interface CalendarScope {
  vms: Iterable<string>
  nodes: Iterable<string>
}

export interface CalendarOptions {
  /** Named in the error. */
  file?: string
  /** Second 0 of the problem: an ISO 8601 instant with an offset. */
  start: string
  /** Occurrences that begin after it do not count. Seconds, > 0. */
  horizonSeconds: number
  /** The problem's VMs and nodes; without it any name will do. */
  scope?: CalendarScope
  /** For times without a zone and for dates: an IANA or Windows name, or an offset such as `+01:00`. Default: the calendar's X-WR-TIMEZONE. */
  zone?: string
  /** Refuse the calendar where any event cannot be understood; else such events are left out, and told in `unread`. Default false. */
  strict?: boolean
}

export interface CalendarWindows {
  /** Sorted by start. Each is one occurrence, with its instants at the offset of its zone; those that are under way at `start` are whole. */
  windows: ProblemWindow[]
  /** Events that take time, of which none need fall within the horizon. */
  events: number
  /** Events that are cancelled or marked as free time. */
  free: number
  /** Events that begin and end at the same moment: left out. */
  momentary: number
  /** Events that cannot be understood: left out. */
  unread: number
  /** What is wrong with those, and with other parts that cannot be read, by line: the first 1,000. */
  faults: readonly Issue[]
}
