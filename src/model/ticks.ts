/**
 * The one boundary between user seconds and the solver's integer ticks. One tick is one millisecond. 2^31 − 1 ticks are
 * 24.8 days: the kernel keeps ticks in i32.
 */

export const TICKS_PER_SECOND = 1000
/** Largest tick that the kernel can hold with room for one addition. */
export const MAX_TICK = 0x7fff_fff0

/** What float error a product of seconds and 1,000 may carry before rounding up would add a tick that nobody asked for. */
const ROUNDING_TOLERANCE = 1e-6

/** Rounds up: a duration must never be shortened. */
export function durationToTicks(seconds: number): number {
  return Math.ceil(seconds * TICKS_PER_SECOND - ROUNDING_TOLERANCE)
}

/** Rounds down: a window must never start late. */
export function windowStartToTicks(seconds: number): number {
  return Math.floor(seconds * TICKS_PER_SECOND + ROUNDING_TOLERANCE)
}

/** Not rounded: a penalty is no time, and many small ones must add up to what the policy says. */
export function penaltyToTicks(seconds: number): number {
  return seconds * TICKS_PER_SECOND
}

/** Ticks: what float error sums of penalties may carry; less than the microsecond to which costs are told. */
export const COST_NOISE = 1e-4

/** Seconds, without what floats add behind the sixth decimal. */
export function toMicroseconds(ticks: number): number {
  return Math.round(ticks * 1000) / 1e6
}

/** Exact to the millisecond, so that the JSON shows at most three decimals. */
export function ticksToSeconds(ticks: number): number {
  return ticks / TICKS_PER_SECOND
}
