/** Rule `horizon`: every migration ends by `policy.horizonSeconds`. */
import type { Found, Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function horizon({ problem, plan, worksDone }: Replay): Found[] {
  const limit = problem.policy.horizonSeconds
  const works = [...worksDone]
    .filter(([, { endSeconds }]) => endSeconds > limit + TIME_TOLERANCE)
    .map(
      ([node, { endSeconds }]): Found => ({
        subject: node,
        atSeconds: endSeconds,
        excess: endSeconds - limit,
        message: `the work on ${node} ends ${seconds(endSeconds - limit)} after the horizon of ${seconds(limit)}`,
      }),
    )
  const late = plan.migrations
    .filter((migration) => migration.endSeconds > limit + TIME_TOLERANCE)
    .map(
      (migration): Found => ({
        subject: migration.vm,
        atSeconds: migration.endSeconds,
        excess: migration.endSeconds - limit,
        message: `${describe(migration)} ends ${seconds(migration.endSeconds - limit)} after the horizon of ${seconds(limit)}`,
      }),
    )
  return [...late, ...works]
}
