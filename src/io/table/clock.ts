/** Times and amounts as people read them. */
import type { ResolvedProblem } from '../../model/problem.js'
import { formatInteger } from './text.js'

const DAY = 86_400

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** `h:mm:ss`, rounded to the second. */
export function formatSpan(seconds: number): string {
  const s = Math.round(seconds)
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

/** At most three decimals, none that are zero. */
export function formatSeconds(seconds: number): string {
  return String(Number(seconds.toFixed(3)))
}

/** A share as a percentage; what is not zero never reads as zero, and what is not all never as 100. */
export function formatPercent(share: number): string {
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (Math.abs(percent) < 0.01) return '< 0.01 %'
  if (percent < 100 && percent > 99.99) return '> 99.99 %'
  return `${Number(percent.toFixed(2))} %`
}

export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatInteger(count)} ${count === 1 ? singular : plural}`
}

export interface Clock {
  /** Unit for a column's heading, as in ` (m:ss)`; `''` for clock times. */
  unit: string
  /** One instant, seconds from the plan's start. */
  instant(seconds: number): string
  /** Date, time and offset of second 0; undefined where the problem has no start. */
  start: string | undefined
  /** Local time of second 0 in seconds since 1970-01-01T00:00 local; undefined where the problem has no start. */
  localStartSeconds: number | undefined
}

/** Month and day of a local instant, seconds since 1970. */
export function formatDay(localSeconds: number): string {
  const date = new Date(localSeconds * 1000)
  return `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

/** Time of day of a local instant, seconds since 1970. */
export function formatTimeOfDay(localSeconds: number, withSeconds: boolean): string {
  const date = new Date(localSeconds * 1000)
  const minutes = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
  return withSeconds ? `${minutes}:${two(date.getUTCSeconds())}` : minutes
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/**
 * Clock times in the problem's offset where it has a start, with the date on every one as soon as the plan ends on another day;
 * otherwise seconds, `m:ss` or `h:mm:ss` from the start, by `lastSeconds`.
 */
export function createClock(problem: Pick<ResolvedProblem, 'start'>, lastSeconds: number): Clock {
  const start = problem.start
  if (start === undefined) return createRelativeClock(lastSeconds)
  const localStart = start.epochMs / 1000 + start.offsetMinutes * 60
  const dated = Math.floor(localStart / DAY) !== Math.floor(Math.round(localStart + lastSeconds) / DAY)
  return {
    unit: '',
    localStartSeconds: localStart,
    start: `${new Date(localStart * 1000).toISOString().slice(0, 10)} ${formatTimeOfDay(localStart, true)} ${formatOffset(start.offsetMinutes)}`,
    instant: (seconds) => {
      const local = Math.round(localStart + seconds)
      const time = formatTimeOfDay(local, true)
      return dated ? `${formatDay(local)} ${time}` : time
    },
  }
}

function createRelativeClock(lastSeconds: number): Clock {
  const base = { start: undefined, localStartSeconds: undefined }
  if (lastSeconds < 120) return { ...base, unit: ' (s)', instant: (seconds) => seconds.toFixed(1) }
  if (lastSeconds >= 3600) return { ...base, unit: ' (h:mm:ss)', instant: formatSpan }
  return {
    ...base,
    unit: ' (m:ss)',
    instant: (seconds) => {
      const s = Math.round(seconds)
      return `${Math.floor(s / 60)}:${two(s % 60)}`
    },
  }
}
