/** What an import found, and what it took for granted. */
import { formatCount } from '../io/table/clock.js'
import { describeOrigin } from './failure.js'
import type { Assumption } from './inventory.js'

export interface ImportReport {
  nodes: number
  vms: number
  windows: number
  /** Requested. */
  moves: number
  drains: number
  works: number
  /** What the files do not tell and was taken for granted, or left out. */
  assumptions: readonly Assumption[]
}

/** `4 nodes, 12 VMs, no windows, 1 drain, no moves; 3 assumptions`. */
export function summariseReport(report: ImportReport): string {
  const { nodes, vms, windows, drains, works, moves, assumptions } = report
  const counts = [
    formatCount(nodes, 'node'),
    formatCount(vms, 'VM'),
    formatCount(windows, 'window'),
    formatCount(drains, 'drain'),
    ...(works > 0 ? [formatCount(works, 'work')] : []),
    formatCount(moves, 'move'),
  ]
  return `${counts.join(', ')}; ${formatCount(assumptions.length, 'assumption')}`
}

/** A line for each assumption, with file and place in front. */
export function reportLines({ assumptions }: ImportReport): string[] {
  return assumptions.map(({ origin, text }) => `${describeOrigin(origin)}: ${text}`)
}
