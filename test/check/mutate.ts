/** One wrong thing in a right plan, and what the checker says to it. */
import { expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { Plan, Violation, ViolationRule } from '../../src/model/plan.js'
import type {
  Policy,
  ResolvedNode,
  ResolvedProblem,
  ResolvedVm,
  ResolvedWindow,
} from '../../src/model/problem.js'
import type { Case } from './right-plans.js'

export type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** The problem's parts, to be changed in place. */
export interface Parts {
  vm(id: string): Writable<ResolvedVm>
  node(id: string): Writable<ResolvedNode>
  windows: ResolvedWindow[]
  policy: Policy
  problem: Writable<ResolvedProblem>
}

export interface Wrong {
  name: string
  from: () => Case
  change: (plan: Plan, parts: Parts) => void
  rule: ViolationRule
  /** Subjects of all violations, in order, without repeats. */
  subject: string | string[]
  /** Of the first violation, where it is to be compared. */
  excess?: number
  atSeconds?: number
  message?: RegExp
}

export function violationsOf({ from, change }: Pick<Wrong, 'from' | 'change'>): Violation[] {
  const { problem, plan } = from()
  change(plan, {
    vm: (id) => problem.vmById.get(id)!,
    node: (id) => problem.nodeById.get(id)!,
    windows: problem.windows as ResolvedWindow[],
    policy: problem.policy,
    problem,
  })
  return checkResolved(problem, plan)
}

/** Each is reported under its rule and no other, with the right subject and a message. */
export function testWrongPlans(cases: Wrong[]): void {
  it.each(cases)('$rule: $name', (wrong) => {
    const violations = violationsOf(wrong)
    expect(new Set(violations.map((v) => v.rule)), JSON.stringify(violations, null, 1)).toEqual(
      new Set([wrong.rule]),
    )
    expect([...new Set(violations.map((v) => v.subject))]).toEqual([wrong.subject].flat())
    for (const violation of violations) expect(violation.message.length).toBeGreaterThan(20)
    if (wrong.excess !== undefined) expect(violations[0]!.excess).toBeCloseTo(wrong.excess, 6)
    if (wrong.atSeconds !== undefined) expect(violations[0]!.atSeconds).toBeCloseTo(wrong.atSeconds, 6)
    if (wrong.message) expect(violations[0]!.message).toMatch(wrong.message)
  })
}
