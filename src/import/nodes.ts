/** The nodes of the problem. */
import { given } from '../given.js'
import { quote } from '../model/issues.js'
import type { ProblemNode } from '../model/problem.js'
import { type Answers, readAnswers } from './answers.js'
import { readCpus } from './cpus.js'
import { describeOrigin, FaultList } from './failure.js'
import type { Assumption, InventoryNode } from './inventory.js'
import type { NodeNames } from './names.js'
import type { ImportOptions } from './options.js'
import { listNames } from './words.js'

/** Megabits per second, where neither files nor options tell it: the commonest link between hosts, and only times rest on it. */
const ASSUMED_MBPS = 10_000

/** Reports every node that has the id of another. */
export function checkNodeIds(nodes: readonly InventoryNode[], faults: FaultList): void {
  const seen = new Map<string, InventoryNode>()
  for (const node of nodes) {
    const key = node.id.toLowerCase()
    const other = seen.get(key)
    if (other === undefined) seen.set(key, node)
    else {
      const where = describeOrigin(other.origin)
      faults.add(node.origin, `the node ${quote(node.id)} stands at ${where} already; remove one of the two`)
    }
  }
}

/**
 * The nodes that have no fault. With `cpusOnly` nothing else is reported: what else is missing may be the work of faults that the reader found.
 */
export function buildNodes(
  nodes: readonly InventoryNode[],
  names: NodeNames,
  options: ImportOptions,
  context: { faults: FaultList; assumptions: Assumption[]; cpusOnly: boolean },
): ProblemNode[] {
  const { faults, assumptions, cpusOnly } = context
  // An option may name a node that could not be read.
  const optionFaults = cpusOnly ? new FaultList() : faults
  const cpus = readCpus(nodes, readAnswers('--cpu', options.cpu, names, optionFaults), faults, assumptions)
  if (cpusOnly) return []
  const mbps = readAnswers('--mbps', options.mbps, names, faults)
  const slots = readAnswers('--slots', options.slots, names, faults)

  const answerOf = <T>({ byNode, all }: Answers<T>, id: string): T | undefined =>
    (byNode.get(id) ?? all)?.value
  const slowest: InventoryNode[] = []
  const single: InventoryNode[] = []
  const built: ProblemNode[] = []
  nodes.forEach((node, index) => {
    const { id, memoryMiB, cores, linkEfficiency, streamMbps, offloads, state, domains, origin } = node
    const bandwidth = answerOf(mbps, id) ?? node.migrationMbps
    const parallel = answerOf(slots, id) ?? node.slots
    if (bandwidth === undefined) slowest.push(node)
    if (parallel === undefined) single.push(node)
    if (memoryMiB === undefined) faults.add(origin, `the files do not tell the memory of node ${quote(id)}`)
    const cpu = cpus[index]
    if (cpu === undefined || memoryMiB === undefined) return
    const migrationMbps = bandwidth ?? ASSUMED_MBPS
    const told = {
      linkEfficiency,
      streamMbps,
      cores,
      offloads: offloads?.length === 0 ? undefined : offloads,
    }
    built.push(given({ id, cpu, memoryMiB, migrationMbps, slots: parallel, ...told, state, domains }))
  })
  const assume = (of: readonly { id: string }[], [first]: readonly InventoryNode[], text: string) => {
    if (of.length === 0) return
    const origin = { file: first.origin.file, place: '' }
    assumptions.push({ origin, text: `${listNames(of.map(({ id }) => id))}: ${text}` })
  }
  const link =
    'migration network of 10 Gbit/s, which decides how long migrations take; --mbps N or --mbps NODE=N says otherwise'
  assume(slowest, slowest, link)
  const cores =
    'no limit of vCPUs, since the files do not tell their logical processors; cores in the problem says them'
  if (options.maxVcpusPerCore !== undefined)
    assume(
      built.filter((node) => node.cores === undefined),
      nodes,
      cores,
    )
  const alone = 'one migration at once, sending or receiving; --slots N or --slots NODE=N says otherwise'
  assume(single, single, alone)
  return built
}
