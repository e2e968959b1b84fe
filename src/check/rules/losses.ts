/** Rule `figures`, the lists `lostOffloads` and `lostFeatures` of each migration. */
import { lossesOf } from '../losses.js'
import type { Found, Replay } from '../replay.js'
import { describe, list } from '../text.js'

/** The same names, each once, in any order. */
function sameNames(given: readonly string[], truth: readonly string[]): boolean {
  const names = new Set(truth)
  return (
    given.length === names.size &&
    new Set(given).size === names.size &&
    given.every((name) => names.has(name))
  )
}

export function losses(replay: Replay): Found[] {
  const violations: Found[] = []
  for (const leg of replay.legs) {
    const { migration, vm } = leg
    const truth = lossesOf(leg, replay)
    const compare = (field: 'lostOffloads' | 'lostFeatures', lost: readonly string[]) => {
      const given = migration[field]
      if (sameNames(given, lost)) return
      violations.push({
        subject: vm.id,
        atSeconds: migration.startSeconds,
        excess: given.length - lost.length,
        message: `${describe(migration)} has ${field} ${list(given)}; it should have ${list(lost)}`,
      })
    }
    compare('lostOffloads', truth.offloads)
    compare('lostFeatures', truth.features)
  }
  return violations
}
