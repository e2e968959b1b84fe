/** Rule `blackout`: no live migration stops its VM for longer than the VM admits. */
import type { Found, Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function blackout({ legs }: Replay): Found[] {
  const violations: Found[] = []
  for (const { migration, vm } of legs) {
    const most = vm.maxBlackoutSeconds
    // How long it is has been held against the model by rule `duration`.
    const { kind, blackoutSeconds } = migration
    if (kind !== 'live' || most === undefined || blackoutSeconds <= most + TIME_TOLERANCE) continue
    violations.push({
      subject: vm.id,
      atSeconds: migration.startSeconds,
      excess: blackoutSeconds - most,
      message: `${describe(migration)} has a blackout of ${seconds(blackoutSeconds)}, and the VM admits ${seconds(most)}`,
    })
  }
  return violations
}
