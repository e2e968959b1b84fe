/** Rule `allowed-nodes`: every stop of a VM, also where it only parks, is one of its possible owners. */
import type { Violation } from '../../model/plan.js'
import { isInPlace } from '../../model/ways.js'
import type { Replay } from '../replay.js'
import { describe, list } from '../text.js'

export function allowedNodes({ legs }: Replay): Violation[] {
  const violations: Violation[] = []
  for (const { migration, vm, target } of legs) {
    if (isInPlace(migration.kind)) continue
    if (!vm.allowedNodes || vm.allowedNodes.has(target.id)) continue
    violations.push({
      rule: 'allowed-nodes',
      subject: vm.id,
      atSeconds: migration.startSeconds,
      message: `${describe(migration)}: the VM may only be on ${list([...vm.allowedNodes])}`,
    })
  }
  return violations
}
