/**
 * Rule `anti-affinity`: at the end of the plan, no VM that it moved shares its node, or domain, with another of one of its groups; with
 * `antiAffinityInTransit` none does at its arrival either.
 */
import type { Violation } from '../../model/plan.js'
import { isInPlace } from '../../model/ways.js'
import { placeOf } from '../places.js'
import type { Leg, Replay } from '../replay.js'
import { append } from '../sweep.js'
import { describe, list, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function antiAffinity(replay: Replay): Violation[] {
  return [
    ...togetherAtTheEnd(replay),
    ...(replay.problem.policy.antiAffinityInTransit ? metOnArrival(replay) : []),
  ]
}

function togetherAtTheEnd({ problem, legs, finalNode }: Replay): Violation[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    if (!isInPlace(migration.kind)) moved.set(vm.id, endSeconds)
  }
  const members = new Map<string, Map<string, string[]>>()
  for (const vm of problem.vms) {
    for (const group of new Set(vm.antiAffinity)) {
      const byPlace = members.get(group) ?? new Map<string, string[]>()
      members.set(group, byPlace)
      const place = placeOf(problem, problem.groupDomains.get(group), finalNode.get(vm.id) ?? vm.node)
      append(byPlace, place, vm.id)
    }
  }

  const violations: Violation[] = []
  for (const [group, byPlace] of members) {
    for (const [place, together] of byPlace) {
      if (together.length < 2) continue
      for (const vm of together) {
        const atSeconds = moved.get(vm)
        if (atSeconds === undefined) continue
        const others = together.filter((other) => other !== vm)
        violations.push({
          rule: 'anti-affinity',
          subject: vm,
          atSeconds,
          excess: others.length,
          message: `${vm} ends on ${told(place)} together with ${list(others.slice(0, 5))}${others.length > 5 ? ` and ${others.length - 5} more` : ''} of its anti-affinity group ${group}`,
        })
      }
    }
  }
  return violations
}

/** Of a node its id alone. */
function told(place: string): string {
  return place.replace(/^node /, '')
}

/** VMs of a group that are where another of it begins to arrive: those that live there, are arriving, or have not left yet. */
function metOnArrival({ problem, legs, legsOf }: Replay): Violation[] {
  const members = new Map<string, string[]>()
  for (const vm of problem.vms) for (const group of vm.antiAffinity) append(members, group, vm.id)
  const violations: Violation[] = []
  for (const { migration, vm, target, startSeconds } of legs) {
    if (isInPlace(migration.kind)) continue
    for (const group of vm.antiAffinity) {
      const domain = problem.groupDomains.get(group)
      const place = placeOf(problem, domain, target.id)
      const met = members.get(group)!.filter((other) => {
        if (other === vm.id) return false
        const home = problem.vmById.get(other)!.node
        const nodes = nodesAt(home, legsOf.get(other) ?? [], startSeconds)
        return nodes.some((node) => placeOf(problem, domain, node) === place)
      })
      if (met.length === 0) continue
      violations.push({
        rule: 'anti-affinity',
        subject: vm.id,
        atSeconds: startSeconds,
        excess: met.length,
        message: `${describe(migration)} begins to arrive on ${told(place)} at ${seconds(startSeconds)}, where ${list(met.slice(0, 5))}${met.length > 5 ? ` and ${met.length - 5} more` : ''} of its anti-affinity group ${group} ${met.length === 1 ? 'is' : 'are'}`,
      })
    }
  }
  return violations
}

/** Where a VM counts at an instant: where it is, and, while it migrates, where it comes from. Ends count before starts. */
function nodesAt(home: string, legs: readonly Leg[], at: number): string[] {
  const leg = legs.findLast(({ startSeconds }) => startSeconds <= at + TIME_TOLERANCE)
  if (leg === undefined) return [home]
  return leg.endSeconds <= at + TIME_TOLERANCE ? [leg.target.id] : [leg.source.id, leg.target.id]
}
