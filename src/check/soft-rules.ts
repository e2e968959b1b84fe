/** What the ends of all VMs cost, moved or not: soft groups, and preferred nodes. */
import type { SoftRule } from '../model/problem.js'
import { placeOf } from './places.js'
import type { Replay } from './replay.js'

/** How many VMs break the rule. */
function broken({ kind, domain, vms }: SoftRule, { problem, finalNode }: Replay): number {
  const together = new Map<string, number>()
  for (const vm of vms) {
    const node = finalNode.get(vm) ?? ''
    const place = placeOf(problem, domain, node)
    together.set(place, (together.get(place) ?? 0) + 1)
  }
  if (kind === 'anti-affinity') return vms.length - together.size
  let most = 0
  for (const count of together.values()) most = Math.max(most, count)
  return vms.length - most
}

/** Seconds of cost. */
export function softPenalties(replay: Replay): number {
  const { vms, softRules, policy } = replay.problem
  let sum = 0
  for (const rule of softRules) sum += broken(rule, replay) * rule.penaltySeconds
  for (const { id, preferredNodes } of vms)
    if (preferredNodes?.has(replay.finalNode.get(id) ?? '') === false) sum += policy.preferencePenaltySeconds
  return sum
}
