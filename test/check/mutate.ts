/** One wrong thing in a right plan, and what the checker says to it. */

import { expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { Migration, Plan, Violation, ViolationRule } from '../../src/model/plan.js'
import type {
  Policy,
  ProblemMove,
  ResolvedNode,
  ResolvedProblem,
  ResolvedVm,
  ResolvedWindow,
} from '../../src/model/problem.js'
import { resolvedMoveOf } from './fixture.js'

import messages from './messages.json' with { type: 'json' }
import type { Case } from './right-plans.js'

const said: Record<string, string[]> = messages

/** A right plan's problem, whose parts are to be changed in place. */
export interface Parts {
  vm(id: string): Writable<ResolvedVm>
  node(id: string): Writable<ResolvedNode>
  windows: ResolvedWindow[]
  policy: Policy
  problem: Writable<ResolvedProblem>
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What is made of a right plan: new values of fields, by the id of VM or node and the place of a leg, and then all that is not a value. */
export interface Change {
  from: () => Case
  problem?: Partial<ResolvedProblem>
  moves?: (string | ProblemMove)[]
  policy?: Partial<Policy>
  nodes?: Record<string, Partial<ResolvedNode>>
  vms?: Record<string, Partial<ResolvedVm>>
  plan?: Partial<Plan>
  legs?: Record<number, Partial<Migration>>
  change?: (plan: Plan, parts: Parts) => void
}

export interface Wrong extends Change {
  /** `B,C @12 +3`: subjects of all violations, in order, without repeats; where they are to be compared, of the first its second and excess. */
  found: string
}

export function wrong(
  from: Change['from'],
  found: string,
  change: Omit<Change, 'from'> | NonNullable<Change['change']> = {},
): Wrong {
  return { from, found, ...(typeof change === 'function' ? { change } : change) }
}

export function violationsOf({ from, change, moves, ...values }: Change): Violation[] {
  const { problem, plan } = from()
  const vm = (id: string) => problem.vmById.get(id)!
  const node = (id: string) => problem.nodeById.get(id)!
  Object.assign(problem, values.problem, moves === undefined ? {} : { moves: moves.map(resolvedMoveOf) })
  Object.assign(problem.policy, values.policy)
  for (const [id, fields] of Object.entries(values.nodes ?? {})) Object.assign(node(id), fields)
  for (const [id, fields] of Object.entries(values.vms ?? {})) Object.assign(vm(id), fields)
  Object.assign(plan, values.plan)
  for (const [i, fields] of Object.entries(values.legs ?? {})) Object.assign(plan.migrations[+i]!, fields)
  change?.(plan, { vm, node, windows: problem.windows as ResolvedWindow[], policy: problem.policy, problem })
  return checkResolved(problem, plan)
}

/** Each is reported under the rule and no other, with the right subject and the messages of messages.json. */
export function testWrongPlans(rule: ViolationRule, rows: Record<string, Wrong>): void {
  it.each(Object.entries(rows))(`${rule}: %s`, (name, { found, ...change }) => {
    const violations = violationsOf(change)
    expect(new Set(violations.map((v) => v.rule)), JSON.stringify(violations, null, 1)).toEqual(
      new Set([rule]),
    )
    const [subjects, ...figures] = found.split(' ')
    expect([...new Set(violations.map((v) => v.subject))].join()).toBe(subjects)
    expect(violations.map((v) => v.message)).toEqual(said[`${rule}: ${name}`])
    for (const figure of figures) {
      const { atSeconds, excess } = violations[0]!
      if (figure.startsWith('@')) expect(atSeconds).toBeCloseTo(Number(figure.slice(1)), 6)
      else expect(excess).toBeCloseTo(Number(figure), 6)
    }
  })
}
