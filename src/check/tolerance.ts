/**
 * What float noise the checker forgives. Instants lie on a millisecond grid but are kept as f64 seconds, so that a sum of
 * starts and durations may be off by far less than a microsecond; memory is added up in MiB and may be off as little.
 */

/** Seconds: two instants this close are one instant. */
export const TIME_TOLERANCE = 1e-6

/** MiB. */
export const MEMORY_TOLERANCE = 1e-6

/** Of what a network carries: sums of rates are floats here, and whole parts of it in the planner. */
export const NETWORK_TOLERANCE = 1e-6

/** Seconds: a duration rounded up to the millisecond is right within half of one. */
export const DURATION_TOLERANCE = 0.5e-3

/** Seconds: a blackout may be given exact, or rounded to a millisecond in either direction. */
export const BLACKOUT_TOLERANCE = 1e-3 + 1e-6

/** Seconds: a plan called proven costs at most this much more than its bound. */
export const PROOF_TOLERANCE = 1e-3 + 1e-6

/** For sums of many seconds: absolute and relative. */
export function nearlyEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= TIME_TOLERANCE + 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}

/** Seconds rounded up to a whole millisecond; a billionth of a second of float noise does not add one. */
export function ceilToMillisecond(seconds: number): number {
  return Math.ceil(seconds * 1000 - 1e-6) / 1000
}
