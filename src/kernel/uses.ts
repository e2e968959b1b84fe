/** What tasks, or modes, hold: the lists of `Uses`, task by task. */
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
