/** Leaves nodes out of an inventory, with all that is on them. */

import { formatCount } from '../io/table/clock.js'
import { quote } from '../model/issues.js'
import type { FaultList } from './failure.js'
import type { Inventory } from './inventory.js'
import { NodeNames } from './names.js'
import { listNames } from './words.js'

/** @param names of nodes, in any of their forms */
export function excludeNodes(inventory: Inventory, names: readonly string[], faults: FaultList): Inventory {
  if (names.length === 0) return inventory
  const nodes = new NodeNames(inventory.nodes)
  const left = new Set<string>()
  for (const name of names) {
    if (inventory.leftOut?.includes(name.toLowerCase()) === true) continue
    const { id, fault } = nodes.find(name)
    if (id !== undefined) left.add(id)
    else faults.add({ file: `--exclude ${name}`, place: '' }, `${quote(name)} ${fault}`)
  }
  const stays = (node: string) => {
    const { id } = nodes.find(node)
    return id === undefined || !left.has(id)
  }
  const vms = inventory.vms.filter(({ node }) => stays(node))
  const gone = new Set(inventory.vms.filter(({ node }) => !stays(node)).map(({ id }) => id))
  const origin = inventory.nodes.find(({ id }) => left.has(id))?.origin ?? { file: '--exclude', place: '' }
  const text = `left out with --exclude: ${listNames([...left])}, and ${formatCount(gone.size, 'VM')} there`
  return {
    ...inventory,
    nodes: inventory.nodes.filter(({ id }) => !left.has(id)),
    vms: vms.map((vm) => ({
      ...vm,
      ...(vm.allowedNodes && { allowedNodes: vm.allowedNodes.filter(stays) }),
      ...(vm.preferredNodes && { preferredNodes: vm.preferredNodes.filter(stays) }),
    })),
    windows: inventory.windows.filter(
      ({ node, vm }) => (node === undefined || stays(node)) && (vm === undefined || !gone.has(vm)),
    ),
    issues: inventory.issues.filter(({ node }) => node === undefined || stays(node)),
    assumptions: left.size === 0 ? inventory.assumptions : [...inventory.assumptions, { origin, text }],
  }
}
