/** How violations name numbers and migrations. */
import type { Migration } from '../model/plan.js'

/** Six decimals at most: enough to show an excess just above the tolerance. */
export function number(value: number): string {
  return String(Number(value.toFixed(6)))
}

export function seconds(value: number): string {
  return `${number(value)} s`
}

export function mebibytes(value: number): string {
  return `${number(value)} MiB`
}

export function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

/** `live migration of sql-07 from HV01 to HV02 (0 s to 31.25 s)` */
export function describe(migration: Migration): string {
  const { kind, vm, from, to, startSeconds, endSeconds } = migration
  const what = kind === 'live' ? 'live migration' : kind
  const where = kind.endsWith('in-place') ? `on ${from}` : `from ${from} to ${to}`
  return `${what} of ${vm} ${where} (${seconds(startSeconds)} to ${seconds(endSeconds)})`
}
