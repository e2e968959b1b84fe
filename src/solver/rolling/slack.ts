/**
 * How long each work may overrun before the makespan grows, if what waits for it goes on in the plan's order. Two tasks wait for each other
 * where they touch one node, move one VM, share a network, a serial group or a list of the order or are both works, and one has ended when the other starts; from the end of the plan back, each
 * task gets the latest start, clear of its windows, from which all that wait for it can still end in time.
 */
import { crosses } from '../../model/networks.js'
import type { Night } from './night.js'
import type { Schedule } from './schedule.js'

interface Task {
  start: number
  end: number
  latestStart: number
  /** What other works have to wait after its end. */
  settle: number
  /** Latest start at or before t that windows admit. */
  clearBefore: (t: number) => number
}

/** [N] ticks; 0 where there is no work. */
export function slacks(night: Night, schedule: Schedule): Float64Array {
  const { makespan, legs, workStart } = schedule
  const waiting = new Map<string, Task[]>()
  const join = (task: Task, keys: string[]) => {
    for (const key of keys) {
      const list = waiting.get(key)
      if (list === undefined) waiting.set(key, [task])
      else list.push(task)
    }
    return { task, keys }
  }
  const tasks = legs.map(({ vm, from, to, start, ticks }) => {
    const clearBefore = (t: number) => latestStart((s) => night.start(vm, from, to, s, ticks), start, t)
    const task = { start, end: start + ticks, latestStart: makespan - ticks, settle: 0, clearBefore }
    const shared = [...night.instance.vmSerials[vm]].map((group) => `s${group}`)
    night.instance.order.forEach((list, o) => {
      if (list.includes(vm)) shared.push(`o${o}`)
    })
    night.instance.networks.forEach((network, k) => {
      if (crosses(network, from, to)) shared.push(`k${k}`)
    })
    return join(task, [`v${vm}`, `n${from}`, ...(from === to ? [] : [`n${to}`]), ...shared])
  })
  for (const n of night.worked) {
    const start = workStart[n]
    if (start < 0) continue
    const end = start + night.workTicks[n]
    const clearBefore = (t: number) => latestStart((s) => night.workStart(n, s), start, t)
    tasks.push(
      join({ start, end, latestStart: makespan - night.workTicks[n], settle: night.settle[n], clearBefore }, [
        `n${n}`,
        'works',
      ]),
    )
  }
  const slack = new Float64Array(night.nodes)
  tasks.sort((a, b) => b.task.start - a.task.start)
  const latestEnd = new Map<Task, number>()
  for (const { task, keys } of tasks) {
    let end = makespan
    for (const key of keys) {
      const wait = key === 'works' ? task.settle : 0
      for (const other of waiting.get(key)!)
        if (other !== task && other.start >= task.end) end = Math.min(end, other.latestStart - wait)
    }
    latestEnd.set(task, end)
    task.latestStart = task.clearBefore(end - (task.end - task.start))
  }
  for (const n of night.worked) {
    if (workStart[n] < 0) continue
    const own = waiting
      .get(`n${n}`)!
      .find((t) => t.start === workStart[n] && t.end === workStart[n] + night.workTicks[n])
    if (own !== undefined) slack[n] = Math.max(0, latestEnd.get(own)! - own.end)
  }
  return slack
}

/** The latest start in [first, last] from which a task may start at once; `first` is one. Windows are few, so that bisection is quick. */
function latestStart(next: (t: number) => number, first: number, last: number): number {
  if (last <= first) return Math.min(first, last)
  if (next(last) === last) return last
  let low = first
  let high = last
  // Of [low, high] the greatest t such that whoever is ready by t has started by `last`.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const start = next(middle)
    if (start >= 0 && start <= last) low = middle
    else high = middle - 1
  }
  return low
}
