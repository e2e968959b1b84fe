/** What tasks, or modes, hold, take and give back, task by task. */
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
