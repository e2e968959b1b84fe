/** Instants of a plan in the notations of files. */
import type { ResolvedProblem } from '../model/problem.js'

type Start = NonNullable<ResolvedProblem['start']>

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Milliseconds since 1970, whole: what lies between is an artefact of decimal fractions. */
export function epochMsOf(start: Start, seconds: number): number {
  return Math.round(start.epochMs + seconds * 1000)
}

/** ISO 8601 to the millisecond, at the offset of the problem's start: `2026-11-23T20:01:39.539+01:00`. */
export function isoInstant(start: Start, seconds: number): string {
  const { offsetMinutes } = start
  const local = new Date(epochMsOf(start, seconds) + offsetMinutes * 60_000).toISOString().slice(0, -1)
  const size = Math.abs(offsetMinutes)
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
