/**
 * Rule `vcpus`: whenever a running VM begins to arrive, the vCPUs of running VMs on the node, arriving and still leaving ones counted, are at most
 * its cores × `maxVcpusPerCore`.
 */
import { vcpuLimit } from '../../model/vcpus.js'
import { overfull } from '../content.js'
import type { Found, Replay } from '../replay.js'
import { seconds } from '../text.js'

export function vcpus(replay: Replay): Found[] {
  const { policy } = replay.problem
  const found = overfull(replay, {
    of: (vm, state) => (state === 'running' ? vm.vcpus : 0),
    limitOf: (node) => vcpuLimit(node, policy),
  })
  return found.map(({ node, limit, fromSeconds, peak, vm }) => ({
    subject: node.id,
    atSeconds: fromSeconds,
    excess: peak - limit,
    message: `${node.id} runs up to ${peak} vCPUs from ${seconds(fromSeconds)} on, when ${vm} arrives; its cores × maxVcpusPerCore, ${node.cores} × ${policy.maxVcpusPerCore}, admit ${limit}`,
  }))
}
