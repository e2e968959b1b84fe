/** The time axis of the chart. */
import type { Clock } from './clock.js'
import { formatDay, formatTimeOfDay } from './clock.js'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Seconds between two ticks; those of a second and more divide a day, so that midnight is always a tick. */
const STEPS = [
  ...[0.001, 0.01, 0.1].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((m) => m * MINUTE),
  ...[1, 2, 3, 6, 12].map((h) => h * HOUR),
  ...[1, 2, 5, 10, 30, 100].map((d) => d * DAY),
]

function formatElapsed(seconds: number, step: number): string {
  if (seconds < MINUTE) return seconds === 0 ? '0' : `${Number(seconds.toFixed(3))}s`
  const s = Math.round(seconds)
  const pair = (large: number, unit: string, small: number) =>
    `${large}${unit}${small > 0 ? String(small).padStart(2, '0') : ''}`
  if (s < HOUR) return pair(Math.floor(s / MINUTE), 'm', s % MINUTE)
  if (s % MINUTE > 0) return `${pair(Math.floor(s / HOUR), 'h', Math.floor(s / MINUTE) % 60)}m${s % MINUTE}`
  return step < DAY ? pair(Math.floor(s / HOUR), 'h', Math.floor(s / MINUTE) % 60) : `${s / DAY}d`
}

function label(seconds: number, step: number, localStart: number | undefined): string {
  if (localStart === undefined) return formatElapsed(seconds, step)
  const local = localStart + seconds
  // Midnight shows the day that begins.
  if (step >= DAY || Math.round(local) % DAY === 0) return formatDay(local)
  return formatTimeOfDay(local, step < MINUTE)
}

/** Free columns between a label and the next tick, so that the axis is read and not deciphered. */
const GAP = 3

/** One line of exactly `cellCount` columns or fewer: a tick mark with its label right behind it. */
export function renderAxis(makespanSeconds: number, cellCount: number, clock: Clock, tick: string): string {
  const cellSeconds = makespanSeconds / cellCount
  const localStart = clock.localStartSeconds
  for (const step of STEPS) {
    // Clock times below a second would read alike.
    if (localStart !== undefined && step < 1) continue
    const offset = localStart === undefined ? 0 : (step - (localStart % step)) % step
    const count = Math.floor((makespanSeconds - offset) / step) + 1
    if (count > cellCount) continue
    const ticks = Array.from({ length: Math.max(0, count) }, (_, i) => {
      const at = offset + i * step
      return { column: Math.floor(at / cellSeconds + 1e-9), text: tick + label(at, step, localStart) }
    })
    const crowded = ticks.some(
      (t, i) => i > 0 && ticks[i - 1].column + ticks[i - 1].text.length + GAP > t.column,
    )
    if (crowded) continue
    let line = ''
    for (const t of ticks) {
      if (t.column + t.text.length > cellCount) break
      line = line.padEnd(t.column) + t.text
    }
    return line
  }
  return ''
}
