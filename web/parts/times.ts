/** Times in fields. A night with a start has dates in its own offset; one without counts from its start. */
import { isoInstant } from '../../src/io/instant.js'
import { formatSpan } from '../../src/io/table/clock.js'
import type { Instant } from '../../src/model/problem.js'

export interface Start {
  epochMs: number
  offsetMinutes: number
}

const two = (value: number) => String(value).padStart(2, '0')

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** What a field of date and time shows for an instant. */
export function fieldOf(start: Start | undefined, seconds: number): string {
  return start === undefined ? formatSpan(seconds) : isoInstant(start, seconds).slice(0, 16)
}

/** An instant of what a field has; undefined where it is none. */
export function instantOf(start: Start | undefined, text: string): Instant | undefined {
  if (start !== undefined)
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)
      ? `${text.length === 16 ? `${text}:00` : text}${offsetText(start.offsetMinutes)}`
      : undefined
  const match = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (match === null) return undefined
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  return hours * 3600 + minutes * 60 + seconds
}

/** A local time of this machine's clock, with its offset on that day. */
export function atOffset(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}${offsetText(-new Date(local).getTimezoneOffset())}`
}

/** Today at a full hour. */
export function localNow(hour: number): string {
  const now = new Date()
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T${two(hour)}:00`
}
