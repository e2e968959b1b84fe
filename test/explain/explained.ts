/** For scenarios: `explain()` in this thread with nothing that the checker objects to, and every claim held against planning again. */
import { expect } from 'vitest'
import { check } from '../../src/check/check.js'
import type { ExplainOptions } from '../../src/explain/options.js'
import type { Explanation, NodeForVm, Relaxation, RelaxationKind } from '../../src/model/explanation.js'
import type { Problem } from '../../src/model/problem.js'
import { explain } from '../../src/on-demand.js'
import { type ProblemParts, problemOf } from '../solver/problems.js'
import { planned } from '../solver/scenarios.js'
import { applied } from './apply.js'

/** An explanation plans changes of its own. */
const NO_REMEDIES = { planner: { remedies: false } }

/** Without changes unless asked for. */
export async function explained(
  parts: ProblemParts | Problem,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const problem = problemOf(parts)
  const before = structuredClone(problem)
  const result = await explain(problem, {
    thread: 'caller',
    effort: 1,
    relaxations: 0,
    parameters: NO_REMEDIES,
    ...options,
  })
  expect(problem).toEqual(before)
  expect(check(problem, result.plan)).toEqual([])
  return result
}

/** With changes, each of which is planned again and must come out as it says. */
export async function withChanges(
  parts: ProblemParts | Problem,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const problem = problemOf(parts)
  const result = await explained(problem, { relaxations: 30, ...options })
  const weight = (vms: readonly string[]) =>
    vms.reduce((sum, id) => sum + (problem.vms.find((vm) => vm.id === id)?.priority ?? 2000) + 1, 0)
  const { schedule, seed, effort, plan } = result
  const like = { schedule, seed, effort: effort as 1, parameters: NO_REMEDIES }
  const fresh = await planned(problem, like)
  expect({ ...plan, statistics: 0 }).toEqual({ ...fresh, statistics: 0 })
  for (const relaxation of result.relaxations) {
    const again = await planned(applied(problem, relaxation.patch), like)
    expect(relaxation, relaxation.change).toMatchObject({
      status: again.status,
      proven: again.proven,
      unplaced: again.unplaced.length,
      unplacedVms: again.unplaced.map(({ vm }) => vm),
      makespanSeconds: again.makespanSeconds,
      lowerBoundSeconds: again.lowerBoundSeconds,
      cost: again.cost,
      costLowerBound: again.costLowerBound,
      complete: true,
    })
    expect(relaxation.needsChange, relaxation.change).toBe(check(problem, again).length > 0)
    const { gain } = relaxation
    const better = gain.unplacedWeight > 0 || (gain.unplacedWeight === 0 && gain.cost > 1e-6)
    expect(relaxation.helps).toBe(better && relaxation.needsChange)
    // Nothing beats a plan that is proven, without a change.
    if (plan.proven && better) expect(relaxation.needsChange, relaxation.change).toBe(true)
    expect(relaxation.gain.unplaced).toBe(plan.unplaced.length - again.unplaced.length)
    expect(relaxation.gain.makespanSeconds).toBeCloseTo(plan.makespanSeconds - again.makespanSeconds, 5)
    expect(relaxation.gain.cost).toBeCloseTo(plan.cost - again.cost, 5)
    expect(relaxation.gain.unplacedWeight).toBe(
      weight(plan.unplaced.map(({ vm }) => vm)) - weight(again.unplaced.map(({ vm }) => vm)),
    )
  }
  return result
}

export function nodeFor({ vms }: Explanation, vm: string, node: string): NodeForVm {
  const found = vms.find((each) => each.vm === vm)?.nodes.find((each) => each.node === node)
  if (found === undefined) throw new Error(`nothing is said about ${vm} on ${node}`)
  return found
}

/** `reason detail` of each obstacle. */
export function obstaclesOf(explanation: Explanation, vm: string, node: string): string[] {
  return nodeFor(explanation, vm, node).obstacles.map(({ reason }) => reason)
}

export function relaxation({ relaxations }: Explanation, kind: RelaxationKind, about = ''): Relaxation {
  const found = relaxations.find((each) => each.kind === kind && each.change.includes(about))
  if (found === undefined) {
    const there = relaxations.map(({ change }) => change).join('; ')
    throw new Error(`no change of kind ${kind} about ${about}: ${there}`)
  }
  return found
}
