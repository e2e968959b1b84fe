/**
 * Rule `memory`: whenever something arrives, what lives on the node, is on its way to it and has not yet left it fits, and the reserve is
 * left. Only an arrival can break it: a node that holds more than that from the start is no fault. In whole KiB.
 */
import { kibToMiB, wholeKiB } from '../../model/memory.js'
import type { ResolvedVm, VmState } from '../../model/problem.js'
import { overfull } from '../content.js'
import type { Found, Replay } from '../replay.js'
import { mebibytes, seconds } from '../text.js'

/** KiB that the VM takes. */
export function memoryTaken(vm: ResolvedVm, state: VmState): number {
  return state === 'running' ? wholeKiB(vm.memoryMiB) : 0
}

export function memory(replay: Replay): Found[] {
  const found = overfull(replay, {
    of: memoryTaken,
    limitOf: (node) => wholeKiB(node.memoryMiB) - wholeKiB(node.reserveMiB),
  })
  return found.map(({ node, limit, fromSeconds, untilSeconds, peak, vm }) => {
    const until = untilSeconds === Infinity ? 'to the end of the plan' : `to ${seconds(untilSeconds)}`
    return {
      subject: node.id,
      atSeconds: fromSeconds,
      excess: kibToMiB(peak - limit),
      message: `${node.id} needs up to ${mebibytes(kibToMiB(peak))} from ${seconds(fromSeconds)} ${until}, when ${vm} arrives; it has ${mebibytes(node.memoryMiB)}${node.reserveMiB > 0 ? `, of which the reserve keeps ${mebibytes(node.reserveMiB)} free` : ''}, ${mebibytes(kibToMiB(peak - limit))} too little`,
    }
  })
}
