/** What tasks, or modes, hold, take, give back and wait for, task by task. */
import type { ScheduleProblem, Uses } from './types.js'

const NOTHING = new Int32Array(0)

/** What the task, or mode, holds besides A and B. */
export function heldBy(held: Uses | undefined, index: number): { of: Int32Array; amount: Int32Array } {
  if (held === undefined) return { of: NOTHING, amount: NOTHING }
  const [first, end] = [held.offset[index], held.offset[index + 1]]
  return { of: held.of.subarray(first, end), amount: held.amount.subarray(first, end) }
}

/** All that a task holds: resources, and units of each. */
export function usesOf(
  { resourceA, resourceB, held }: Pick<ScheduleProblem, 'resourceA' | 'resourceB' | 'held'>,
  task: number,
): [resource: number, units: number][] {
  const uses: [number, number][] = []
  for (const r of [resourceA[task], resourceB[task]]) if (r >= 0) uses.push([r, 1])
  const { of, amount } = heldBy(held, task)
  of.forEach((r, k) => {
    uses.push([r, amount[k]])
  })
  return uses
}

/** All that a task takes at its start, and gives back at its end: reservoirs, and amounts > 0. */
export function transfersOf(
  {
    memory,
    memoryFrom,
    memoryTo,
    transfers,
  }: Pick<ScheduleProblem, 'memory' | 'memoryFrom' | 'memoryTo' | 'transfers'>,
  task: number,
): { taken: [reservoir: number, amount: number][]; given: [reservoir: number, amount: number][] } {
  const taken: [number, number][] = []
  const given: [number, number][] = []
  if (memory[task] > 0) {
    if (memoryTo[task] >= 0) taken.push([memoryTo[task], memory[task]])
    if (memoryFrom[task] >= 0) given.push([memoryFrom[task], memory[task]])
  }
  for (let k = transfers?.offset[task] ?? 0; k < (transfers?.offset[task + 1] ?? 0); k++) {
    const { of, amount } = transfers!
    if (amount[k] > 0) taken.push([of[k], amount[k]])
    else given.push([of[k], -amount[k]])
  }
  return { taken, given }
}

type Predecessors = Pick<ScheduleProblem, 'predecessor' | 'precedences'>

/** All tasks that must have ended before this one starts. */
export function predecessorsOf({ predecessor, precedences }: Predecessors, task: number): number[] {
  const own = predecessor[task]
  const list = own < 0 ? [] : [own]
  if (precedences === undefined) return list
  const { offset, of } = precedences
  return list.concat(Array.from(of.subarray(offset[task], offset[task + 1])))
}

/** [tasks] 1 for those that another waits for. */
export function leadersOf(problem: Predecessors & Pick<ScheduleProblem, 'taskCount'>): Uint8Array {
  const leads = new Uint8Array(problem.taskCount)
  for (let i = 0; i < problem.taskCount; i++) for (const p of predecessorsOf(problem, i)) leads[p] = 1
  return leads
}
