/** What both tabs need to read cells. */
import { show } from '../../model/issues.js'
import type { ImportIssue } from '../inventory.js'
import type { Row } from './table.js'

/** `''` where the cell is empty or the tab has none of these columns. */
export function textOf(row: Row, names: readonly string[]): string {
  return String(row.cell(...names) ?? '')
}

/** RVTools writes `True` and `False`, whatever the locale. Empty is false. */
export function flagOf(row: Row, names: readonly string[], issues: ImportIssue[]): boolean {
  const cell = row.cell(...names)
  const folded = typeof cell === 'string' ? cell.toLowerCase() : cell
  if (folded === true || folded === 'true') return true
  if (folded === undefined || folded === false || folded === 'false' || folded === '') return false
  issues.push({ origin: row.origin(...names), message: `${show(cell)} is neither True nor False` })
  return false
}

/** Hosts between which VMs move: those of one cluster, whose name is unique within its datacenter only. */
export function clusterKey(datacenter: string, cluster: string): string {
  return JSON.stringify([datacenter, cluster])
}
