/** Networks: links that all migrations between their nodes and the others share. */
import { IdRegister } from './ids.js'
import type { IssueList } from './issues.js'
import type { ResolvedNetwork, ResolvedProblem } from './problem.js'
import { networkSchema } from './schema.js'
import { eachElement, parseObject } from './shape.js'

/** Megabits (10^6 bits) per second in one MiB (2^20 bytes) per second. */
export const MBPS_PER_MIBPS = 8.388608

/** A network as the planner has it. */
export interface Network {
  id: string
  /** MiB per second that what crosses it at once may have together. */
  mibps: number
  /** [N] 1: inside. */
  inside: Uint8Array
}

/** Does a migration between the two nodes cross it? */
export function crosses({ inside }: Network, from: number, to: number): boolean {
  return inside[from] !== inside[to]
}

export function networksOf({ networks, nodes, policy }: ResolvedProblem): Network[] {
  return networks.map(({ id, nodes: members, mbps }) => ({
    id,
    mibps: (mbps * policy.linkEfficiency) / MBPS_PER_MIBPS,
    inside: Uint8Array.from(nodes, (node) => Number(members.has(node.id))),
  }))
}

export function readNetworks(list: unknown, nodeIds: IdRegister, issues: IssueList): ResolvedNetwork[] {
  const networks: ResolvedNetwork[] = []
  const ids = new IdRegister('network', list, issues)
  if (list === undefined) return networks
  eachElement(list, 'networks', issues, (raw, path) => {
    const { value, record } = parseObject(networkSchema, raw, path, issues)
    ids.define(record.id, path)
    value?.nodes.forEach((node, i) => {
      nodeIds.check(node, `${path}.nodes[${i}]`)
    })
    if (value !== undefined) networks.push({ ...value, nodes: new Set(value.nodes) })
  })
  return networks
}
