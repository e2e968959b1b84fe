/** The windows that are left of a problem, seen from a later second 0. */
import { isoInstant } from '../io/instant.js'
import { parseInstant } from '../model/instant.js'
import type { Instant, ProblemWindow, ResolvedProblem } from '../model/problem.js'

/**
 * Windows that are over are left out, those with numbers are counted from now and cut to it. One with a date stays as it is: it may
 * begin before second 0. So does a rule, which counts from its own first instant.
 *
 * @param nowSeconds in seconds of the problem
 */
export function remainingWindows(
  windows: readonly ProblemWindow[],
  problem: ResolvedProblem,
  nowSeconds: number,
): ProblemWindow[] {
  const latest = new Map<number, number>()
  for (const { source, endSeconds } of problem.windows)
    latest.set(source, Math.max(latest.get(source) ?? 0, endSeconds))
  const remaining: ProblemWindow[] = []
  for (const [index, window] of windows.entries()) {
    // Occurrences before the problem's start are not known here: nothing is over before it.
    if (nowSeconds > 0 && micro((latest.get(index) ?? 0) - nowSeconds) <= 0) continue
    remaining.push(seenFrom(window, problem.start, nowSeconds))
  }
  return remaining
}

/** The same for a second 0 with a horizon of its own: every rule stays, since it may go on behind that of the problem. */
export function windowsFrom(
  windows: readonly ProblemWindow[],
  start: ResolvedProblem['start'],
  nowSeconds: number,
): ProblemWindow[] {
  return windows
    .filter((window) => window.rrule !== undefined || endOf(window, start) > nowSeconds)
    .map((window) => seenFrom(window, start, nowSeconds))
}

function endOf(
  { start: from, end, durationSeconds }: ProblemWindow,
  start: ResolvedProblem['start'],
): number {
  return end === undefined ? secondsOf(from, start) + durationSeconds! : secondsOf(end, start)
}

function seenFrom(window: ProblemWindow, start: ResolvedProblem['start'], nowSeconds: number): ProblemWindow {
  if (typeof window.start === 'string' && typeof window.end !== 'number') return window
  const from = secondsOf(window.start, start)
  const to = endOf(window, start)
  const { end: _, durationSeconds: __, ...rest } = window
  // A rule begins where it began, and a number cannot lie before second 0.
  if (window.rrule !== undefined)
    return { ...rest, start: isoInstant(start!, from), durationSeconds: micro(to - from) }
  return { ...rest, start: Math.max(0, micro(from - nowSeconds)), end: micro(to - nowSeconds) }
}

function secondsOf(instant: Instant, start: ResolvedProblem['start']): number {
  if (typeof instant === 'number') return instant
  const parsed = parseInstant(instant)
  if (typeof parsed === 'string' || start === undefined) throw new Error(`"${instant}" was not validated`)
  return (parsed.epochMs - start.epochMs) / 1000
}

/** Without what floats add behind the sixth decimal: a window that ends as a migration starts must not come to overlap it. */
export function micro(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
