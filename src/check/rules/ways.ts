/** Rule `ways`: a VM that runs is handled only in the ways that its own list names, where it has one; to be shut down it needs one. */
import type { MigrationKind } from '../../model/plan.js'
import type { Way } from '../../model/problem.js'
import type { Found, Replay } from '../replay.js'
import { describe, list } from '../text.js'

const NEEDED: Record<MigrationKind, Way> = {
  live: 'live',
  restart: 'restart',
  save: 'save',
  'save-in-place': 'save',
  'stop-in-place': 'stop',
  'resume-in-place': 'save',
  'start-in-place': 'stop',
}

export function ways({ legs }: Replay): Found[] {
  const violations: Found[] = []
  for (const { migration, vm, state } of legs) {
    const needed = NEEDED[migration.kind]
    const isOpen = vm.ways === undefined ? needed !== 'stop' : vm.ways.has(needed)
    if (state !== 'running' || isOpen) continue
    violations.push({
      subject: vm.id,
      atSeconds: migration.startSeconds,
      message: `${describe(migration)}: the VM's ways have no ${needed} (they are ${vm.ways === undefined ? 'not written out' : list([...vm.ways])})`,
    })
  }
  return violations
}
