/** CPUs as the user's answers have them, for readers: where a VM of some CPU type may go hangs on the CPUs of nodes. */
import { readAnswers } from './answers.js'
import { FaultList } from './failure.js'
import type { InventoryNode } from './inventory.js'
import { NodeNames } from './names.js'
import type { ReaderOptions } from './options.js'

/** Faults of answers are told when the nodes of the problem are built. */
export function withAnsweredCpus(
  nodes: readonly InventoryNode[],
  { cpu: list }: ReaderOptions,
): readonly InventoryNode[] {
  if (list === undefined) return nodes
  const { byNode, all } = readAnswers('--cpu', list, new NodeNames(nodes), new FaultList())
  return nodes.map((node) => {
    const own = byNode.get(node.id)
    if (own !== undefined) return { ...node, cpu: { texts: [own.value], origin: own.origin } }
    if (all === undefined) return node
    const { cpu = { texts: [], origin: all.origin } } = node
    return { ...node, cpu: { ...cpu, texts: [...cpu.texts, all.value] } }
  })
}
