/** The works of a plan as a PowerShell table: what each waits for, its limits, and what it must not be beside. */
import { workDomainOf } from '../../model/maintenance.js'
import type { Plan } from '../../model/plan.js'
import type { Waits } from '../../model/precedence.js'
import type { ResolvedProblem } from '../../model/problem.js'

const RANK = { first: 0, any: 1, last: 2 }

export type WorkRow = Record<string, string | number | readonly number[]>

/** @param waits of each work of the plan */
export function workRows(
  { maintenance = [] }: Plan,
  problem: ResolvedProblem,
  waits: readonly Waits[],
): WorkRow[] {
  const numberOf = new Map(maintenance.map(({ node }, number) => [node, number]))
  const workOf = new Map(problem.works?.map((work) => [work.node, work]))
  const domainOf = workDomainOf(problem)
  const numbers = (nodes: readonly string[]) => nodes.flatMap((node) => numberOf.get(node) ?? [])
  return maintenance.map(({ node, startSeconds, endSeconds, slackSeconds }, number) => {
    const work = workOf.get(node)!
    const apart = problem.notTogether.filter((list) => list.includes(node)).flatMap(numbers)
    return {
      Node: node,
      Start: startSeconds,
      Seconds: endSeconds - startSeconds,
      Slack: slackSeconds,
      Settle: work.settleSeconds,
      Earliest: work.earliestStartSeconds,
      // −1: the horizon alone.
      Latest: Number.isFinite(work.latestEndSeconds) ? work.latestEndSeconds : -1,
      Rank: RANK[work.position],
      After: waits[number].migrations,
      Behind: numbers(work.after),
      Apart: [...new Set(apart)].filter((other) => other !== number),
      Domain: domainOf(node),
    }
  })
}
