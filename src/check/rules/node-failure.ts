/**
 * Rule `figures`, the warnings `node-failure`: none claims more than is missing, and none that surely has to be there is missing. What
 * the checker cannot decide within its steps it does not judge.
 */
import type { Found, Replay } from '../replay.js'
import { lossesByNode } from '../restarts.js'
import { mebibytes } from '../text.js'
import { MEMORY_TOLERANCE } from '../tolerance.js'

export function nodeFailure(replay: Replay): Found[] {
  const { problem, plan } = replay
  const warnings = plan.warnings.filter((warning) => warning.code === 'node-failure')
  const violations: Found[] = []
  const report = (message: string, excess?: number) => {
    violations.push({
      subject: 'warnings',
      ...(excess === undefined ? {} : { excess }),
      message,
    })
  }
  if (!problem.policy.tolerateNodeFailure) {
    if (warnings.length > 0)
      report('the plan warns of node failures, but policy.tolerateNodeFailure is false', warnings.length)
    return violations
  }
  const losses = lossesByNode(replay)
  const warned = new Set<string>()
  for (const { node, missingMiB } of warnings) {
    if (node === undefined || missingMiB === undefined) {
      report('a warning of a node failure has no node, or no missingMiB')
      continue
    }
    const most = losses.get(node)?.atMostMiB ?? 0
    if (warned.has(node)) report(`the plan warns of the failure of ${node} more than once`)
    else if (missingMiB > most + MEMORY_TOLERANCE) {
      report(
        `${mebibytes(missingMiB)} are said to be missing when ${node} fails, but all of its VMs except ${mebibytes(most)} can be started elsewhere`,
        missingMiB - most,
      )
    } else if (missingMiB < -MEMORY_TOLERANCE)
      report(`less than nothing is said to be missing when ${node} fails`)
    warned.add(node)
  }
  for (const [node, { atLeastMiB, runningMiB }] of losses) {
    if (warned.has(node) || atLeastMiB <= MEMORY_TOLERANCE) continue
    report(
      `when ${node} fails, at least ${mebibytes(atLeastMiB)} of its ${mebibytes(runningMiB)} find no place elsewhere; the plan does not say so`,
      atLeastMiB,
    )
  }
  return violations
}
