/** Backups that a plan makes VMs miss, or cuts close. */
import { append, firstWhere } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import type { Migration, PlanWarning } from '../../model/plan.js'

/** A migration that ends less than this before a backup begins is warned of, seconds. */
const TIGHT_SECONDS = 300

interface BackupStarts {
  cluster: Float64Array
  node: ReadonlyMap<string, Float64Array>
  vm: ReadonlyMap<string, Float64Array>
}

export function backupWarnings(instance: Instance, migrations: readonly Migration[]): PlanWarning[] {
  const starts = backupStarts(instance)
  if (starts === undefined) return []
  const warnings: PlanWarning[] = []
  // A parked VM leaves its first node for good with its first leg and arrives with its last.
  const firstLeg = new Map<string, Migration>()
  const lastLeg = new Map<string, Migration>()
  for (const m of migrations) {
    if (!firstLeg.has(m.vm)) firstLeg.set(m.vm, m)
    lastLeg.set(m.vm, m)
  }
  for (const m of migrations) {
    const ends = m.endSeconds
    const scopes: [string, Float64Array | undefined][] = [
      [m.vm, starts.vm.get(m.vm)],
      [m.from, starts.node.get(m.from)],
      [m.to, starts.node.get(m.to)],
      ['the cluster', starts.cluster],
    ]
    for (const [scope, list] of scopes) {
      const next = firstAtOrAfter(list, ends)
      if (next !== undefined && next - ends < TIGHT_SECONDS) {
        const message = `the migration of ${m.vm} ends ${round(next - ends)} s before a backup of ${scope} begins`
        warnings.push({ code: 'backup-tight', vm: m.vm, message })
        break
      }
    }
  }
  for (const [vm, first] of firstLeg) {
    const last = lastLeg.get(vm) ?? first
    if (last.to === first.from) continue
    const missed = firstAtOrAfter(starts.node.get(first.from), first.endSeconds)
    if (missed === undefined) continue
    const later =
      firstAtOrAfter(starts.node.get(last.to), last.endSeconds) ??
      firstAtOrAfter(starts.vm.get(vm), last.endSeconds) ??
      firstAtOrAfter(starts.cluster, last.endSeconds)
    if (later !== undefined) continue
    const message = `${vm} leaves ${first.from} ${round(missed - first.endSeconds)} s before that node's backup begins, and neither ${last.to} nor the VM itself has a later one: this run leaves it without a backup`
    warnings.push({ code: 'backup-missed', vm, node: first.from, message })
  }
  return warnings
}

function backupStarts(instance: Instance): BackupStarts | undefined {
  const cluster: number[] = []
  const node = new Map<string, number[]>()
  const vm = new Map<string, number[]>()
  const push = (map: Map<string, number[]>, key: string, value: number) => {
    append(map, key, value)
  }
  let any = false
  for (const window of instance.problem.windows) {
    if (window.kind !== 'backup') continue
    any = true
    if (window.vm !== undefined) push(vm, window.vm, window.startSeconds)
    else if (window.node !== undefined) push(node, window.node, window.startSeconds)
    else cluster.push(window.startSeconds)
  }
  if (!any) return undefined
  const sorted = (list: number[]) => Float64Array.from(list).sort()
  const sortAll = (map: Map<string, number[]>) => new Map([...map].map(([key, list]) => [key, sorted(list)]))
  return { cluster: sorted(cluster), node: sortAll(node), vm: sortAll(vm) }
}

/** `list` ascending. A start at the very instant counts. */
function firstAtOrAfter(list: Float64Array | undefined, t: number): number | undefined {
  if (list === undefined) return undefined
  const low = firstWhere(list.length, (mid) => list[mid] >= t)
  return list[low]
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000
