/** Small nights, planned and checked. */
import { expect } from 'vitest'
import { check } from '../../../src/check/check.js'
import type { Plan } from '../../../src/model/plan.js'
import type { ProblemMaintenance } from '../../../src/model/problem.js'
import { plan } from '../../../src/plan.js'
import { type ProblemParts, problemOf } from '../../problem.js'

/** Works of 100 s where nothing else is said. */
export const works = (...list: (string | ProblemMaintenance)[]) =>
  list.map((work) => (typeof work === 'string' ? { node: work, durationSeconds: 100 } : work))

/** Tiny nights are searched through in a tenth of what effort 1 allows. */
export const QUICK = {
  effort: 1,
  thread: 'caller',
  parameters: { rolling: { base: 800_000, perVm: 1000 } },
} as const

export async function planned(parts: ProblemParts): Promise<Plan> {
  const problem = problemOf(parts)
  const made = await plan(problem, QUICK)
  expect(check(problem, made)).toEqual([])
  return made
}

/** What a plan is to have, by the name of a night. */
export type Nights = Record<string, [ProblemParts, { [Key in keyof Plan]?: unknown }]>
