/** Rules `cpu-vendor` and `cpu-features`: a VM that keeps its state meets the CPU that it sees at every stop. */
import type { Violation } from '../../model/plan.js'
import { isWorkedOn, type Replay } from '../replay.js'
import { describe, list } from '../text.js'

export function cpu(replay: Replay): Violation[] {
  const { legs, featureSets, workAsked } = replay
  const violations: Violation[] = []
  for (const { migration, vm, target, state, vendor, features, startSeconds } of legs) {
    const keepsState = !['restart', 'save-in-place', 'stop-in-place'].includes(migration.kind)
    if (!keepsState || state === 'off') continue
    const common = { subject: vm.id, atSeconds: migration.startSeconds }
    if (vendor !== target.vendor) {
      violations.push({
        rule: 'cpu-vendor',
        ...common,
        message: `${describe(migration)}: the VM runs on ${vendor}, and ${target.id} is ${target.vendor}`,
      })
      continue
    }
    const after = workAsked.get(target.id)?.featuresAfter
    const changed = after !== undefined && isWorkedOn(target.id, startSeconds, replay)
    const offered = changed ? new Set(after) : featureSets.get(target.id)
    const missing = features.filter((feature) => !offered?.has(feature))
    if (missing.length === 0) continue
    violations.push({
      rule: 'cpu-features',
      ...common,
      excess: missing.length,
      message: `${describe(migration)}: the VM sees CPU features that ${target.id} lacks (${missing.length}): ${list(missing)}`,
    })
  }
  return violations
}
