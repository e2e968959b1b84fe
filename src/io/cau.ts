/** Cluster-Aware Updating: the order in which the plan empties the nodes, as a command line. */

import type { CauOrder } from '../compare/cau-order.js'
import type { PeerNight } from '../compare/peers.js'
import { InvalidProblemError } from '../errors.js'
import { quote } from '../model/issues.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { isoInstant } from './instant.js'
import { canQuote, markEncoding, quotePowerShell } from './powershell.js'
import { formatCount, formatSeconds, formatSpan } from './table/clock.js'

/**
 * An order needs nodes that are to be emptied, with names that a command line can hold.
 * @throws InvalidProblemError with every fault and its path
 */
export function requireNodeNames(problem: ResolvedProblem): void {
  const { works = [] } = problem
  if (problem.drains.length + works.length === 0) {
    throw new InvalidProblemError([
      {
        path: 'request.drain',
        message:
          'names no node; an order for Cluster-Aware Updating is that in which nodes are emptied, or worked on',
      },
    ])
  }
  const drained = new Set([...problem.drains, ...works].map(({ node }) => node))
  const issues = problem.nodes.flatMap(({ id }, i) =>
    drained.has(id) && !canQuote(id)
      ? [
          {
            path: `nodes[${i}].id`,
            message: `${quote(id)} has a control or format character; no PowerShell command line can hold it`,
          },
        ]
      : [],
  )
  if (issues.length > 0) throw new InvalidProblemError(issues)
}

/** @throws InvalidProblemError as `requireNodeNames` */
export async function planToCauOrder(plan: Plan, problem: ResolvedProblem): Promise<string> {
  if (problem.works === undefined) return planToCau(plan, problem)
  requireNodeNames(problem)
  const { bestCauOrder } = await import('../compare/cau-order.js')
  return worksToCau(plan, problem, await bestCauOrder(problem, plan))
}

/** VMs that a line names. */
const NAMED = 3

function worksToCau(plan: Plan, { policy }: ResolvedProblem, order: CauOrder): string {
  const { nodes, night, byName, tried } = order
  const mode = policy.returnHome ? 'Immediate' : 'NoFailback'
  const tell = ({ makespanSeconds, migrations, stuck, windowsMet }: PeerNight) => {
    const parts = [`${formatSpan(makespanSeconds)}, ${formatCount(migrations, 'migration')}`]
    if (windowsMet > 0) parts.push(`${formatCount(windowsMet, 'window')} met`)
    if (stuck.length > 0) {
      const more = stuck.length > NAMED ? ` and ${stuck.length - NAMED} more` : ''
      parts.push(`stuck with ${stuck.slice(0, NAMED).map(quotePowerShell).join(', ')}${more}`)
    }
    return parts.join('; ')
  }
  const left = plan.notMaintained ?? []
  const lines = [
    `# Order of nodes for Cluster-Aware Updating: the best of ${tried}, as it would do each, one node after another.`,
    `#   in this order, FailbackMode ${mode}: ${tell(night)}`,
    `#   by name: ${tell(byName)}`,
    `#   the plan itself: ${formatSpan(plan.makespanSeconds)}, ${formatCount(plan.migrations.length, 'migration')}`,
    '# -NodeOrder is an order, not a selection: Cluster-Aware Updating may go on to other nodes of the cluster.',
    '# Windows are none of its business. Not on a node of it: add -ClusterName.',
    ...left.map(({ node }) => `#   ${quotePowerShell(node)}: not worked on in the plan, so not listed`),
    nodes.length === 0
      ? '# No node is worked on: there is nothing to update.'
      : `Invoke-CauRun -NodeOrder ${nodes.map(quotePowerShell).join(',')}`,
  ]
  return markEncoding(lines.map((line) => `${line}\n`).join(''))
}

/** Of two nodes that are empty at the same instant, the one with the lesser id goes first. @throws InvalidProblemError as `requireNodeNames` */
export function planToCau(plan: Plan, problem: ResolvedProblem): string {
  requireNodeNames(problem)
  const { start } = problem
  const order = [...plan.drained].sort(
    (a, b) => a.atSeconds - b.atSeconds || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0),
  )
  const empty = new Set(order.map(({ node }) => node))
  const lines = [
    '# Order of nodes for Cluster-Aware Updating: the one that is empty first goes first.',
    '# Run the migrations of the plan before. -NodeOrder is an order, not a selection: Cluster-Aware',
    '# Updating may go on to the other nodes of the cluster. Not on a node of it: add -ClusterName.',
    ...order.map(({ node, atSeconds }) => {
      const clock = start === undefined ? '' : `, ${isoInstant(start, atSeconds)}`
      return `#   ${quotePowerShell(node)}: empty at ${formatSeconds(atSeconds)} s${clock}`
    }),
    ...problem.drains
      .filter(({ node }) => !empty.has(node))
      .map(({ node }) => `#   ${quotePowerShell(node)}: not empty at the end of the plan, so not listed`),
    order.length === 0
      ? '# No node is empty: there is nothing to update.'
      : `Invoke-CauRun -NodeOrder ${order.map(({ node }) => quotePowerShell(node)).join(',')}`,
  ]
  return markEncoding(lines.map((line) => `${line}\n`).join(''))
}
