/** Rule `request`, the kinds of migration: who may be restarted, who saved, and who saved or shut down in place. */
import type { Violation } from '../../model/plan.js'
import { isInPlace } from '../../model/ways.js'
import type { Leg, Replay } from '../replay.js'
import { describe } from '../text.js'

function faults(leg: Leg, { problem, drainModes, wishes }: Replay): string[] {
  const { migration, vm, source, target, state } = leg
  const { kind } = migration
  const found: string[] = []
  if (kind === 'live') return found
  if (state !== 'running') found.push(`the VM is ${state}, not running`)
  // Ways that are written out are a rule of their own.
  const byPolicy = vm.ways === undefined
  if (kind === 'restart' && byPolicy) {
    if (!problem.policy.allowRestart) found.push('policy.allowRestart is false')
    if (!vm.restartable) found.push('the VM is not restartable')
  }
  if (kind === 'save' && byPolicy && !problem.policy.allowSave) found.push('policy.allowSave is false')
  if (!isInPlace(kind)) return found
  if (source !== target) found.push(`from and to differ (${source.id}, ${target.id})`)
  const mode = drainModes.get(source.id)
  if (kind === 'save-in-place' && mode !== 'save') found.push(`${source.id} is not drained with mode "save"`)
  if (kind === 'stop-in-place') {
    if (mode === undefined) found.push(`${source.id} is not drained`)
    if (wishes.get(vm.id)?.kind === 'move') found.push('the VM is to be moved, which no stop does')
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
