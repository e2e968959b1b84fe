/**
 * What a plan does right but its reader should know: backups missed or cut close, VMs moved that nobody asked for, nodes whose failure
 * the cluster would not survive.
 */

import { addAll } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import type { Migration, PlanWarning } from '../../model/plan.js'
import type { Shortage } from '../assignment/node-failure.js'

/** A migration that ends less than this before a backup begins is warned of, seconds. */
const TIGHT_SECONDS = 300

interface BackupStarts {
  cluster: Float64Array
  node: ReadonlyMap<string, Float64Array>
  vm: ReadonlyMap<string, Float64Array>
}

export function warningsOf(
  instance: Instance,
  migrations: readonly Migration[],
  shortages: readonly Shortage[],
): PlanWarning[] {
  const warnings: PlanWarning[] = []
  for (const m of migrations) {
    if (m.makesRoom === true) {
      const tied = instance.affinityOf[instance.vmIndex.get(m.vm) ?? -1] >= 0
      const why = tied ? 'its affinity group stays together' : 'another VM finds room'
      const message = `${m.vm} was not asked for; it moves from ${m.from} to ${m.to} so that ${why}`
      warnings.push({ code: 'makes-room', vm: m.vm, node: m.from, message })
    }
  }
  addAll(warnings, backupWarnings(instance, migrations))
  for (const shortage of shortages) warnings.push(failureWarning(instance, shortage))
  if (instance.horizonClamped) {
    const message = `the horizon is longer than 24.8 days, the planner's limit; it planned as if it ended there`
    warnings.push({ code: 'horizon-clamped', message })
  }
  return warnings
}

function failureWarning(instance: Instance, shortage: Shortage): PlanWarning {
  const { id } = instance.problem.nodes[shortage.node]
  const [atLeast, atMost] = [shortage.atLeast, shortage.atMost].map(mebibytes)
  const facts = `it runs ${mebibytes(shortage.running)} MiB, the nodes that take over have ${mebibytes(shortage.free)} MiB free`
  let message = `when ${id} fails, ${atLeast} MiB of its VMs find no place on other nodes (${facts})`
  if (atLeast === 0) {
    message = `it is not shown that all VMs of ${id} find a place when it fails; the best packing found leaves out ${atMost} MiB (${facts})`
  } else if (atLeast !== atMost) {
    message = `when ${id} fails, at least ${atLeast} MiB of its VMs find no place on other nodes, and at most ${atMost} MiB (${facts})`
  }
  return { code: 'node-failure', node: id, missingMiB: atLeast, message }
}

/** Without what float sums add behind the sixth decimal. */
const mebibytes = (mib: number) => Math.round(mib * 1e6) / 1e6

function backupWarnings(instance: Instance, migrations: readonly Migration[]): PlanWarning[] {
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
    const list = map.get(key)
    if (list === undefined) map.set(key, [value])
    else list.push(value)
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
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (list[mid] < t) low = mid + 1
    else high = mid
  }
  return list[low]
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000
