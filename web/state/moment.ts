/** Why a migration starts when it does: what ends at that instant on one of its nodes, or for its VM. */
import type { Night } from '../../src/chart/night.js'
import { escapeText } from '../../src/io/table/text.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { WindowKind } from '../../src/model/problem.js'

export type Wait =
  | { of: 'start' }
  | { of: 'migration'; node: string; vm: string }
  | { of: 'leg'; node: string }
  | { of: 'window'; kind: WindowKind; on: string }
  | { of: 'work'; node: string }
  /** Nothing of its own: a limit of the cluster, memory or an order, or it has time to spare. */
  | { of: 'other' }

const TOLERANCE = 0.0015

export function waitsOf(migration: Migration, plan: Plan, night: Night): Wait[] {
  const { vm, from, to, startSeconds } = migration
  if (startSeconds < TOLERANCE) return [{ of: 'start' }]
  const now = (seconds: number) => Math.abs(seconds - startSeconds) < TOLERANCE
  const ends = [from, to]
  // The chart's names are fit to be shown.
  const shown = [vm, from, to].map(escapeText)
  const waits: Wait[] = []
  for (const other of plan.migrations) {
    if (!now(other.endSeconds)) continue
    if (other.vm === vm) waits.push({ of: 'leg', node: other.to })
    else {
      const node = ends.find((id) => other.from === id || other.to === id)
      if (node !== undefined) waits.push({ of: 'migration', node, vm: other.vm })
    }
  }
  for (const { vm: ofVm, node, kind, end } of night.windows) {
    const on = ofVm !== undefined ? night.vms[ofVm].id : node !== undefined ? night.nodes[node].id : ''
    if (now(end) && (on === '' || shown.includes(on))) waits.push({ of: 'window', kind, on })
  }
  for (const { node, endSeconds } of plan.maintenance ?? [])
    if (now(endSeconds) && ends.includes(node)) waits.push({ of: 'work', node })
  return waits.length === 0 ? [{ of: 'other' }] : waits
}
