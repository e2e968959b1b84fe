/** Rule `devices`: whenever a VM that needs one begins to arrive, in any state, the node has it to give. Those still leaving hold theirs. */
import { overfull } from '../content.js'
import type { Found, Replay } from '../replay.js'
import { seconds } from '../text.js'

export function devices(replay: Replay): Found[] {
  const kinds = new Set(replay.problem.vms.flatMap((vm) => [...vm.devices.keys()]))
  return [...kinds].flatMap((kind) => {
    const found = overfull(replay, {
      of: (vm) => vm.devices.get(kind) ?? 0,
      limitOf: (node) => node.devices.get(kind) ?? 0,
    })
    return found.map(
      ({ node, limit, fromSeconds, peak, vm }): Found => ({
        subject: node.id,
        atSeconds: fromSeconds,
        excess: peak - limit,
        message: `${node.id} needs ${peak} of its device ${kind} from ${seconds(fromSeconds)} on, when ${vm} arrives; it has ${limit}`,
      }),
    )
  })
}
