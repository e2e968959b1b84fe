/**
 * Rule `anti-affinity`: at the end, no VM that moves shares its node, or domain, with another of one of its groups; beside works, and with
 * `antiAffinityInTransit`, none does at an arrival of its either.
 */
import type { ResolvedProblem } from '../../model/problem.js'
import { placeOf } from '../places.js'
import { type Found, isBack, isInPlace, type Replay } from '../replay.js'
import { append } from '../sweep.js'
import { describe, list } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function antiAffinity(replay: Replay): Found[] {
  const { works, policy } = replay.problem
  const inTransit = works !== undefined || policy.antiAffinityInTransit
  return [...together(replay), ...(inTransit ? metOnArrival(replay) : [])]
}

function placesOf(problem: ResolvedProblem): (group: string, node: string) => string {
  return (group, node) => placeOf(problem, problem.groupDomains.get(group), node)
}

/** Of a node its id alone. */
function told(place: string): string {
  return place.replace(/^node /, '')
}

/** When a VM is on a node: from the start of its arrival to the end of its departure. */
interface Stay {
  vm: string
  place: string
  fromSeconds: number
  untilSeconds: number
}

/** Whoever of a group is at a place when another of it begins to arrive there. */
function metOnArrival({ problem, legs, legsOf }: Replay): Found[] {
  const at = placesOf(problem)
  const stays = new Map<string, Stay[]>()
  for (const vm of problem.vms) {
    const own = (legsOf.get(vm.id) ?? []).filter(({ migration }) => !isInPlace(migration))
    for (const group of new Set(vm.antiAffinity)) {
      for (let i = 0; i <= own.length; i++) {
        const place = at(group, i === 0 ? vm.node : own[i - 1]!.target.id)
        const fromSeconds = i === 0 ? -Infinity : own[i - 1]!.startSeconds
        const untilSeconds = i === own.length ? Infinity : own[i]!.endSeconds
        append(stays, group, { vm: vm.id, place, fromSeconds, untilSeconds })
      }
    }
  }
  const mayReturn = problem.works !== undefined && problem.policy.returnHome
  const violations: Found[] = []
  for (const { migration, vm, source, target, startSeconds } of legs) {
    if (isInPlace(migration)) continue
    for (const group of new Set(vm.antiAffinity)) {
      const place = at(group, target.id)
      // Within a domain it was there already.
      if (place === at(group, source.id)) continue
      const home = mayReturn && place === at(group, vm.home)
      for (const stay of stays.get(group)!) {
        if (stay.vm === vm.id || stay.place !== place) continue
        if (stay.fromSeconds > startSeconds + TIME_TOLERANCE) continue
        if (stay.untilSeconds <= startSeconds + TIME_TOLERANCE) continue
        // Who is at home there, with the VM, does not forbid its return.
        if (home && at(group, problem.vmById.get(stay.vm)!.home) === place) continue
        violations.push({
          subject: vm.id,
          atSeconds: startSeconds,
          message: `${describe(migration)}: ${stay.vm} of its anti-affinity group ${group} is on ${told(place)} then`,
        })
      }
    }
  }
  return violations
}

function together({ problem, legs, finalNode }: Replay): Found[] {
  const moved = new Map<string, number>()
  for (const { migration, vm, endSeconds } of legs) {
    const back = isBack(vm, { problem, finalNode })
    if (!isInPlace(migration) && !back) moved.set(vm.id, endSeconds)
  }
  const at = placesOf(problem)
  const members = new Map<string, Map<string, string[]>>()
  for (const vm of problem.vms) {
    for (const group of new Set(vm.antiAffinity)) {
      const byPlace = members.get(group) ?? new Map<string, string[]>()
      members.set(group, byPlace)
      append(byPlace, at(group, finalNode.get(vm.id) ?? vm.node), vm.id)
    }
  }

  const violations: Found[] = []
  for (const [group, byPlace] of members) {
    for (const [place, together] of byPlace) {
      if (together.length < 2) continue
      for (const vm of together) {
        const atSeconds = moved.get(vm)
        if (atSeconds === undefined) continue
        const others = together.filter((other) => other !== vm)
        violations.push({
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
