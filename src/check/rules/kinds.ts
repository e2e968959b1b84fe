/** Rule `request`, the kinds of migration: who may be restarted, who saved, and who saved or shut down in place. */
import { type Found, isInPlace, type Leg, type Replay } from '../replay.js'
import { describe } from '../text.js'

function faults(leg: Leg, { problem, drainModes, workAsked, wishes }: Replay): string[] {
  const { migration, vm, source, target, state } = leg
  const found: string[] = []
  if (migration.kind === 'live') return found
  if (isInPlace(migration) && source !== target) found.push(`from and to differ (${source.id}, ${target.id})`)
  if (migration.kind === 'resume-in-place') {
    if (leg.earlier?.migration.kind !== 'save-in-place') found.push('the VM was not saved there by the plan')
    if (workAsked.get(source.id)?.mode !== 'save')
      found.push(`${source.id} is not maintained with mode "save"`)
    return found
  }
  if (migration.kind === 'start-in-place') {
    if (leg.earlier?.migration.kind !== 'stop-in-place')
      found.push('the VM was not shut down there by the plan')
    if (!workAsked.has(source.id)) found.push(`${source.id} is not maintained`)
    return found
  }
  if (state !== 'running') found.push(`the VM is ${state}, not running`)
  // Ways that are written out are a rule of their own.
  const byPolicy = vm.ways === undefined
  if (migration.kind === 'restart') {
    if (byPolicy && !problem.policy.allowRestart) found.push('policy.allowRestart is false')
    if (byPolicy && !vm.restartable) found.push('the VM is not restartable')
  } else if (migration.kind === 'save') {
    if (byPolicy && !problem.policy.allowSave) found.push('policy.allowSave is false')
  } else if (migration.kind === 'stop-in-place') {
    if (!drainModes.has(source.id) && !workAsked.has(source.id))
      found.push(`${source.id} is neither drained nor maintained`)
    if (wishes.get(vm.id)?.kind === 'move') found.push('the VM is to be moved, which no stop does')
  } else {
    const saved = drainModes.get(source.id) === 'save'
    const maintained = workAsked.get(source.id)?.mode === 'save' && vm.node === source.id
    if (!saved && !maintained) found.push(`${source.id} is neither drained nor maintained with mode "save"`)
  }
  return found
}

export function kinds(replay: Replay): Found[] {
  const violations: Found[] = []
  for (const leg of replay.legs) {
    for (const fault of faults(leg, replay)) {
      violations.push({
        subject: leg.vm.id,
        atSeconds: leg.migration.startSeconds,
        message: `${describe(leg.migration)}: ${fault}`,
      })
    }
  }
  return violations
}
