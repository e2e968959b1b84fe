/** Rule `request`, the kinds of migration: who may be restarted, who saved, and who saved in place. */
import type { Violation } from '../../model/plan.js'
import type { Leg, Replay } from '../replay.js'
import { describe } from '../text.js'

function faults({ migration, vm, source, target, state }: Leg, { problem, drainModes }: Replay): string[] {
  const found: string[] = []
  if (migration.kind === 'live') return found
  if (state !== 'running') found.push(`the VM is ${state}, not running`)
  if (migration.kind === 'restart') {
    if (!problem.policy.allowRestart) found.push('policy.allowRestart is false')
    if (!vm.restartable) found.push('the VM is not restartable')
  } else if (migration.kind === 'save') {
    if (!problem.policy.allowSave) found.push('policy.allowSave is false')
  } else {
    if (source !== target) found.push(`from and to differ (${source.id}, ${target.id})`)
    if (drainModes.get(source.id) !== 'save') found.push(`${source.id} is not drained with mode "save"`)
  }
  return found
}

export function kinds(replay: Replay): Violation[] {
  const violations: Violation[] = []
  for (const leg of replay.legs) {
    for (const fault of faults(leg, replay)) {
      violations.push({
        rule: 'request',
        subject: leg.vm.id,
        atSeconds: leg.migration.startSeconds,
        message: `${describe(leg.migration)}: ${fault}`,
      })
    }
  }
  return violations
}
