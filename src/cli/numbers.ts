/** Numbers and times on the command line. */
import { InvalidArgumentError } from 'commander'
import { isLocalTime } from '../io/local-time.js'

/** @throws InvalidArgumentError for anything but decimal digits within the range, both ends included. */
export function integerOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[0-9]+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be an integer from ${least} to ${most}.`)
    }
    return value
  }
}

/** Seconds above 0, decimals allowed. @throws InvalidArgumentError */
export function secondsOption(text: string): number {
  const value = Number(text)
  if (!/^([0-9]+(\.[0-9]*)?|\.[0-9]+)$/.test(text) || !(value > 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError('It must be a number of seconds above 0, as in 90 or 0.5.')
  }
  return value
}

const UNIT_SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const

/**
 * A length of time: a number of seconds, or numbers with the units d, h, m and s from the largest down, as in `90m`, `1.5h` or
 * `1h30m`. In seconds, above 0.
 * @throws InvalidArgumentError
 */
export function durationOption(text: string): number {
  const number = '([0-9]+(?:\\.[0-9]+)?)'
  const pattern = Object.keys(UNIT_SECONDS).map((unit) => `(?:${number}${unit})?`)
  const parts = new RegExp(`^${pattern.join('')}$`).exec(text)
  const seconds = /^[0-9.]+$/.test(text)
    ? Number(text)
    : Object.values(UNIT_SECONDS).reduce((sum, factor, i) => sum + Number(parts?.[i + 1] ?? 0) * factor, 0)
  if (!(seconds > 0) || !Number.isFinite(seconds)) {
    throw new InvalidArgumentError(
      'It must be a length of time above 0, as in 90m, 2h, 1h30m or 5400 (seconds).',
    )
  }
  return seconds
}

/** A length of time, or an instant, which the library reads. @throws InvalidArgumentError */
export function timeOption(text: string): number | string {
  if (/^[0-9]{4}-/.test(text) || isLocalTime(text)) return text
  try {
    return durationOption(text)
  } catch {
    throw new InvalidArgumentError(
      'It must be a length of time from the start of the plan, as in 8h, a time of day, as in 02:00, or an instant, as in 2026-11-24T06:00:00+01:00.',
    )
  }
}

/** `20%`, `20` or `0.2` as a part of one, within the range. */
export function shareOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const match = /^(\d{1,3}(?:\.\d{1,6})?)\s*(%?)$/.exec(text.trim())
    const value = match === null ? Number.NaN : Number(match[1])
    const share = match?.[2] === '%' || value > 1 ? value / 100 : value
    if (share >= least && share <= most) return share
    throw new InvalidArgumentError(`It must be a part from ${least} to ${most}, or as many per cent.`)
  }
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

/** A port of 127.0.0.1, or host and port. @throws InvalidArgumentError */
export function listenOption(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match === null || port > 65_535)
    throw new InvalidArgumentError('It must be a port, or host and port, as in 9464 or 0.0.0.0:9464.')
  return { host: (match[1] ?? '127.0.0.1').replace(/[[\]]/g, ''), port }
}
