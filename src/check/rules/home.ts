/**
 * Rule `home`: with `returnHome`, `notHome` has exactly the VMs that made way and do not end at home; and what steps aside is
 * marked.
 */
import { type Found, isInPlace, isMaintained, type Leg, type Replay } from '../replay.js'
import { describe } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function home(replay: Replay): Found[] {
  return replay.problem.works === undefined ? [] : [...homecoming(replay), ...unmarked(replay)]
}

function homecoming(replay: Replay): Found[] {
  const { problem, plan, wishes, legsOf, finalNode } = replay
  const violations: Found[] = []
  const listed = new Set<string>()
  for (const { vm } of plan.notHome ?? []) {
    const known = problem.vmById.get(vm)
    let message: string | undefined
    if (listed.has(vm)) message = `${vm} is listed as not home more than once`
    else if (!problem.policy.returnHome)
      message = `${vm} is listed as not home, and policy.returnHome is false`
    else if (known === undefined) message = `${vm} is listed as not home, but the problem has no such VM`
    else if (finalNode.get(vm) === known.home)
      message = `${vm} is listed as not home, but ends on ${known.home}`
    else if (wishes.has(vm)) message = `${vm} is listed as not home, but was asked to go elsewhere`
    listed.add(vm)
    if (message) violations.push({ subject: vm, message })
  }
  if (!problem.policy.returnHome) return violations
  for (const [id, legs] of legsOf) {
    const { vm } = legs[0]!
    const end = finalNode.get(id)
    // What is saved where it is, and resumed, has made way for nothing.
    if (legs.every(({ migration }) => isInPlace(migration))) continue
    if (end === vm.home || listed.has(id) || wishes.has(id)) continue
    const message = `${id} ends on ${end}, not on ${vm.home}, and is not listed as not home`
    violations.push({ subject: id, atSeconds: legs.at(-1)!.endSeconds, message })
  }
  return violations
}

/** A leg that does not lead home, from a node with no work still to come, is made for the work of another. */
function unmarked(replay: Replay): Found[] {
  return replay.legs
    .filter((leg) => !leg.migration.stepsAside && mustBeMarked(leg, replay))
    .map(({ migration, vm, source, startSeconds }) => ({
      subject: vm.id,
      atSeconds: startSeconds,
      message: `${describe(migration)}: no work on ${source.id} is to come, and the migration is not marked as stepping aside`,
    }))
}

function mustBeMarked({ migration, vm, source, target, endSeconds }: Leg, replay: Replay): boolean {
  if (isInPlace(migration) || !isMaintained(vm, replay) || replay.wishes.has(vm.id)) return false
  const work = replay.worksDone.get(source.id)
  const toCome = work !== undefined && work.startSeconds >= endSeconds - TIME_TOLERANCE
  return target.id !== vm.home && !toCome
}
