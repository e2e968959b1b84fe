/** What a VM really gives up on a leg, whatever the plan lists. */
import { bootFeaturesOf } from '../model/cpu/silicon.js'
import { isInPlace, type Leg, type Replay } from './replay.js'

export interface Losses {
  offloads: readonly string[]
  features: readonly string[]
}

/**
 * Offloads are lost on the VM's last leg only, to the node where it stays; features by a restart, against what the boot node
 * has. A VM saved in place goes nowhere and loses nothing.
 */
export function lossesOf(leg: Leg, { problem, baselines, offloadSets }: Replay): Losses {
  const { migration, vm, target } = leg
  const offloads =
    leg.last && !isInPlace(migration)
      ? vm.offloads.filter((offload) => offloadSets.get(target.id)?.has(offload) !== true)
      : []
  if (migration.kind !== 'restart') return { offloads, features: [] }
  const baseline = new Set(baselines.get(target.vendor))
  const booted = bootFeaturesOf(problem.nodeById.get(vm.bootNode)!)
  return { offloads, features: booted.filter((feature) => !baseline.has(feature)) }
}
