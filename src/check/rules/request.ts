/** Rule `request`: every VM asked for gets where it should or is listed as unplaced, and no other VM is touched. */
import { type Found, isInPlace, isMaintained, type Leg, type Replay } from '../replay.js'
import type { Wish } from '../wishes.js'

export function request(replay: Replay): Found[] {
  return [...unplacedEntries(replay), ...unmetWishes(replay), ...uninvited(replay)]
}

function isMet(vm: string, wish: Wish, { problem, finalNode, finalState }: Replay): boolean {
  const end = finalNode.get(vm) ?? ''
  const now = problem.vmById.get(vm)
  const isAllowed = wish.kind === 'save' || wish.to === undefined || wish.to.includes(end)
  if (wish.kind === 'move') return isAllowed && (wish.to !== undefined || end !== now?.node)
  if (end !== wish.node) return isAllowed
  const state = finalState.get(vm)
  return now?.state === 'running' && (state === 'off' || (wish.kind === 'save' && state === 'saved'))
}

function goal(wish: Wish): string {
  if (wish.kind === 'save') return `be saved on ${wish.node}`
  const to = wish.to?.join(' or ')
  if (wish.kind === 'leave') return `leave ${wish.node}${to === undefined ? '' : ` for ${to}`}`
  return to === undefined ? 'be moved to another node' : `be moved to ${to}`
}

function unplacedEntries(replay: Replay): Found[] {
  const violations: Found[] = []
  const seen = new Set<string>()
  for (const { vm } of replay.plan.unplaced) {
    const wish = replay.wishes.get(vm)
    let message: string | undefined
    if (seen.has(vm)) message = `${vm} is listed as unplaced more than once`
    else if (!replay.problem.vmById.has(vm))
      message = `${vm} is listed as unplaced, but the problem has no such VM`
    else if (!wish) message = `${vm} is listed as unplaced, but nothing was asked of it`
    else if (isMet(vm, wish, replay)) {
      message = `${vm} is listed as unplaced, but it ends as it should (it was to ${goal(wish)})`
    }
    seen.add(vm)
    if (message) violations.push({ subject: vm, message })
  }
  return violations
}

function unmetWishes(replay: Replay): Found[] {
  const { problem, plan, wishes, legsOf, finalNode } = replay
  const unplaced = new Set(plan.unplaced.map((entry) => entry.vm))
  const violations: Found[] = []
  for (const [vm, wish] of wishes) {
    if (isMet(vm, wish, replay)) continue
    const end = finalNode.get(vm)
    // An unknown node is rule `order`.
    if (end === undefined || !problem.nodeById.has(end)) continue
    const last = legsOf.get(vm)?.at(-1)
    // Who makes way for works may end elsewhere than its move asks.
    if (unplaced.has(vm) && isMaintained(problem.vmById.get(vm)!, replay)) continue
    if (!last) {
      if (unplaced.has(vm)) continue
      violations.push({
        subject: vm,
        message: `${vm} was to ${goal(wish)}; it has no migration and is not listed as unplaced`,
      })
    } else {
      violations.push({
        subject: vm,
        atSeconds: last.endSeconds,
        message: `${vm} was to ${goal(wish)}, but ends on ${end}${unplaced.has(vm) ? ', although it is listed as unplaced' : ''}`,
      })
    }
  }
  return violations
}

function uninvited(replay: Replay): Found[] {
  const violations: Found[] = []
  for (const leg of replay.legs) {
    const fault = intrusion(leg, replay)
    if (!fault) continue
    violations.push({
      subject: leg.vm.id,
      atSeconds: leg.migration.startSeconds,
      message: fault,
    })
  }
  return violations
}

function intrusion({ migration, vm }: Leg, replay: Replay): string | undefined {
  const { problem, wishes, drainModes } = replay
  const wish = wishes.get(vm.id)
  const inPlace = isInPlace(migration)
  if (drainModes.get(vm.node) === 'save' && wish?.kind !== 'move' && !inPlace) {
    return `${vm.id} is taken off ${vm.node}, which is drained with mode "save": no VM leaves it`
  }
  const maintained = isMaintained(vm, replay)
  if (migration.stepsAside && !maintained)
    return `${vm.id} is marked as stepping aside, but does not run on a node to be worked on`
  if (wish || maintained) {
    if (!migration.makesRoom) return undefined
    return `${vm.id} was asked for, yet its migration is marked as making room`
  }
  // What may be migrated for the balance is judged by `balance.ts`.
  if (problem.balance !== undefined && !migration.makesRoom) return undefined
  // Whether a VM may be saved in place at all is judged by `kinds.ts`.
  if (inPlace && !migration.makesRoom) return undefined
  if (!migration.makesRoom)
    return `${vm.id} is migrated, but nothing was asked of it and the migration is not marked as making room`
  if (!problem.policy.allowMakeRoom)
    return `${vm.id} is migrated to make room, and policy.allowMakeRoom is false`
  return undefined
}
