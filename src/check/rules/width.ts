/** Rule `width`: a live migration takes of each end one slot or all of them, and what it took is what its time says. */
import { takenOf } from '../bandwidth.js'
import type { Found, Leg, Replay } from '../replay.js'
import { describe } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'
import { fitting, isOfAnotherWidth } from './duration.js'

export function width(replay: Replay): Found[] {
  return replay.legs.flatMap((leg) => {
    const fault = faultOf(leg, replay)
    if (fault === undefined) return []
    const { migration, vm } = leg
    const message = `${describe(migration)} ${fault}`
    return [{ subject: vm.id, atSeconds: migration.startSeconds, message }]
  })
}

function faultOf(leg: Leg, replay: Replay): string | undefined {
  const { migration, source, target } = leg
  if (migration.slots !== undefined && migration.kind !== 'live')
    return 'takes slots, which only live ones do'
  const taken = takenOf(leg)
  const wide = replay.problem.policy.wideMigrations
  for (const [node, slots] of [
    [source, taken.from],
    [target, taken.to],
  ] as const) {
    // More than there are is for rule `slots`.
    if (slots === 1 || slots > node.slots) continue
    if (!wide) return `takes ${slots} slots of ${node.id}; wideMigrations is false`
    if (slots < node.slots) return `takes ${slots} slots of ${node.id}; it can take 1 or all ${node.slots}`
  }
  if (migration.endSeconds - migration.startSeconds < -TIME_TOLERANCE) return undefined
  if (fitting(leg, replay, taken) !== undefined || !isOfAnotherWidth(leg, replay)) return undefined
  const [from, to] = [slotsOf(taken.from, source.id), slotsOf(taken.to, target.id)]
  return `takes ${from} and ${to}, but its time is that of another width`
}

const slotsOf = (slots: number, node: string) => `${slots} ${slots === 1 ? 'slot' : 'slots'} of ${node}`
