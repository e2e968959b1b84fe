/** Rule `window`: no migration of any kind overlaps a window of its VM, of either of its nodes, or of the whole cluster. */
import { firstWhere } from '../../lists.js'
import type { ResolvedWindow } from '../../model/problem.js'
import type { Found, Replay } from '../replay.js'
import { append } from '../sweep.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

/** The windows of one scope, by start; `latestEnd[i]` is the latest end among windows 0 to i. */
interface Calendar {
  windows: ResolvedWindow[]
  latestEnd: number[]
}

function calendarOf(windows: ResolvedWindow[]): Calendar {
  windows.sort((a, b) => a.startSeconds - b.startSeconds)
  let latest = -Infinity
  const latestEnd = windows.map((window) => {
    latest = Math.max(latest, window.endSeconds)
    return latest
  })
  return { windows, latestEnd }
}

/** Windows met by `[start, end)`, latest first, none where that is empty: O(log n + those that start after the first one met). */
function overlapped({ windows, latestEnd }: Calendar, start: number, end: number): ResolvedWindow[] {
  if (end - start <= TIME_TOLERANCE) return []
  const low = firstWhere(windows.length, (middle) => windows[middle]!.startSeconds >= end - TIME_TOLERANCE)
  const found: ResolvedWindow[] = []
  for (let i = low - 1; i >= 0 && latestEnd[i]! > start + TIME_TOLERANCE; i--) {
    if (windows[i]!.endSeconds > start + TIME_TOLERANCE) found.push(windows[i]!)
  }
  return found
}

export function window({ problem, legs }: Replay): Found[] {
  const cluster: ResolvedWindow[] = []
  const ofNode = new Map<string, ResolvedWindow[]>()
  const ofVm = new Map<string, ResolvedWindow[]>()
  for (const item of problem.windows) {
    if (item.vm !== undefined) append(ofVm, item.vm, item)
    if (item.node !== undefined) append(ofNode, item.node, item)
    if (item.vm === undefined && item.node === undefined) cluster.push(item)
  }
  const clusterCalendar = calendarOf(cluster)
  const nodeCalendars = new Map([...ofNode].map(([id, items]) => [id, calendarOf(items)]))
  const vmCalendars = new Map([...ofVm].map(([id, items]) => [id, calendarOf(items)]))

  const violations: Found[] = []
  for (const { migration, vm, source, target, startSeconds, endSeconds } of legs) {
    const scopes: [string, Calendar | undefined][] = [
      [`VM ${vm.id}`, vmCalendars.get(vm.id)],
      [`node ${source.id}`, nodeCalendars.get(source.id)],
      ['the whole cluster', clusterCalendar],
    ]
    if (target !== source) scopes.push([`node ${target.id}`, nodeCalendars.get(target.id)])
    for (const [scope, calendar] of scopes) {
      if (!calendar) continue
      for (const met of overlapped(calendar, startSeconds, endSeconds)) {
        const overlap = Math.min(endSeconds, met.endSeconds) - Math.max(startSeconds, met.startSeconds)
        violations.push({
          subject: vm.id,
          atSeconds: Math.max(startSeconds, met.startSeconds),
          excess: overlap,
          message: `${describe(migration)} overlaps the ${met.kind} window of ${scope} from ${seconds(met.startSeconds)} to ${seconds(met.endSeconds)} by ${seconds(overlap)}`,
        })
      }
    }
  }
  return violations
}
