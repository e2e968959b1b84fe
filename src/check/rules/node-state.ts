/** Rule `node-state`: nothing arrives on a node that is paused, down or drained, and nothing leaves one that is down. */
import { type Found, isInPlace, isWorkedOn, type Leg, type Replay } from '../replay.js'
import { describe } from '../text.js'

function refusalToReceive(leg: Leg, replay: Replay): string | undefined {
  const { drainModes } = replay
  const { migration, target, startSeconds } = leg
  if (isInPlace(migration)) return undefined
  // Its work ends its pause.
  const resumes = target.state === 'paused' && isWorkedOn(target.id, startSeconds, replay)
  if (target.state !== 'up' && !resumes) return `${target.id} is ${target.state} and receives nothing`
  // A VM parked on a drained node is rule `parking`.
  if (drainModes.has(target.id) && !migration.parking) {
    return `${target.id} is being drained and receives nothing`
  }
  return undefined
}

export function nodeState(replay: Replay): Found[] {
  const violations: Found[] = []
  for (const leg of replay.legs) {
    const { migration, source, target } = leg
    const atSeconds = migration.startSeconds
    if (source.state === 'down') {
      violations.push({
        subject: source.id,
        atSeconds,
        message: `${describe(migration)}: ${source.id} is down and can neither send nor save a VM`,
      })
    }
    const refusal = refusalToReceive(leg, replay)
    if (refusal) {
      violations.push({
        subject: target.id,
        atSeconds,
        message: `${describe(migration)}: ${refusal}`,
      })
    }
  }
  return violations
}
