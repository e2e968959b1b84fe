/** For scenarios: `plan()` itself in this thread, and nothing that the checker objects to. */
import { expect } from 'vitest'
import { check } from '../../src/check/check.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'
import type { PlanOptions } from '../../src/plan-options.js'
import { type ProblemParts, problemOf } from './problems.js'

export async function planned(parts: Problem | ProblemParts, options: PlanOptions = {}): Promise<Plan> {
  const problem = problemOf(parts)
  const result = await plan(problem, { thread: 'caller', effort: 1, ...options })
  expect(check(problem, result)).toEqual([])
  return result
}

/** `vm from>to start-end`, with the kind where it is not live. */
export function told(migrations: readonly Migration[]): string[] {
  return migrations.map((m) => {
    const kind = m.kind === 'live' ? '' : ` ${m.kind}`
    return `${m.vm} ${m.from}>${m.to} ${m.startSeconds}-${m.endSeconds}${kind}`
  })
}

/** Most migrations that run at one instant. */
export function mostAtOnce(migrations: readonly Migration[]): number {
  return Math.max(
    0,
    ...migrations.map(
      (m) =>
        migrations.filter((o) => o.startSeconds <= m.startSeconds && m.startSeconds < o.endSeconds).length,
    ),
  )
}
