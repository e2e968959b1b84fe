/** Rule `allowed-nodes`: every stop of a VM, also where it only parks, is one of its possible owners; with `returnHome` also its home. */
import { type Found, isInPlace, type Replay } from '../replay.js'
import { describe, list } from '../text.js'

export function allowedNodes({ legs, problem }: Replay): Found[] {
  const violations: Found[] = []
  const mayReturn = problem.works !== undefined && problem.policy.returnHome
  for (const { migration, vm, target } of legs) {
    if (isInPlace(migration) || (mayReturn && target.id === vm.home)) continue
    if (!vm.allowedNodes || vm.allowedNodes.has(target.id)) continue
    violations.push({
      subject: vm.id,
      atSeconds: migration.startSeconds,
      message: `${describe(migration)}: the VM may only be on ${list([...vm.allowedNodes])}`,
    })
  }
  return violations
}
