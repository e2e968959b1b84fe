/** Rule `horizon`: every migration ends by `policy.horizonSeconds`. */
import type { Violation } from '../../model/plan.js'
import type { Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function horizon({ problem, plan }: Replay): Violation[] {
  const limit = problem.policy.horizonSeconds
  return plan.migrations
    .filter((migration) => migration.endSeconds > limit + TIME_TOLERANCE)
    .map((migration) => ({
      rule: 'horizon',
      subject: migration.vm,
      atSeconds: migration.endSeconds,
      excess: migration.endSeconds - limit,
      message: `${describe(migration)} ends ${seconds(migration.endSeconds - limit)} after the horizon of ${seconds(limit)}`,
    }))
}
