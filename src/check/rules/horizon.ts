/** Rule `horizon`: every migration ends by `policy.horizonSeconds`. */
import type { Violation } from '../../model/plan.js'
import type { Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function horizon({ problem, plan, worksDone }: Replay): Violation[] {
  const limit = problem.policy.horizonSeconds
  const works = [...worksDone]
    .filter(([, { endSeconds }]) => endSeconds > limit + TIME_TOLERANCE)
    .map(
      ([node, { endSeconds }]): Violation => ({
        rule: 'horizon',
        subject: node,
        atSeconds: endSeconds,
        excess: endSeconds - limit,
        message: `the work on ${node} ends ${seconds(endSeconds - limit)} after the horizon of ${seconds(limit)}`,
      }),
    )
  const late = plan.migrations
    .filter((migration) => migration.endSeconds > limit + TIME_TOLERANCE)
    .map(
      (migration): Violation => ({
        rule: 'horizon',
        subject: migration.vm,
        atSeconds: migration.endSeconds,
        excess: migration.endSeconds - limit,
        message: `${describe(migration)} ends ${seconds(migration.endSeconds - limit)} after the horizon of ${seconds(limit)}`,
      }),
    )
  return [...late, ...works]
}
