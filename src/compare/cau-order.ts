/** An order for Cluster-Aware Updating: the best of several, by what it would make of each. */
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem, ResolvedWork } from '../model/problem.js'
import { cauSimulator, type PeerNight } from './peers.js'

export interface CauOrder {
  /** Nodes that the plan works on. */
  nodes: string[]
  night: PeerNight
  /** The same nodes in order of name. */
  byName: PeerNight
  /** Orders that were tried. */
  tried: number
}

/** Orders that are tried at most; one of a large cluster takes some milliseconds. */
const MOST_TRIED = 400
/** Simulated migrations of all of them together. */
const MOST_MIGRATIONS = 200_000

const RANK = { first: 0, any: 1, last: 2 }

/**
 * Begins with the plan's order, that of names, and by what the nodes hold, and improves the best of them by moving one node at a time, as long as the
 * order keeps `after` and `position`. Always the same for the same plan.
 */
export async function bestCauOrder(problem: ResolvedProblem, plan: Plan): Promise<CauOrder> {
  const simulate = await cauSimulator(problem)
  const works = new Map((problem.works ?? []).map((work) => [work.node, work]))
  const planned = (plan.maintenance ?? []).map(({ node }) => node)
  const held = new Map<string, number>()
  for (const { node, memoryMiB, state } of problem.vms)
    if (state === 'running') held.set(node, (held.get(node) ?? 0) + memoryMiB)
  const byMemory = [...planned].sort((a, b) => (held.get(a) ?? 0) - (held.get(b) ?? 0) || (a < b ? -1 : 1))
  const names = [...planned].sort((a, b) => (a < b ? -1 : 1))
  const byName = simulate(names)
  const most = Math.min(MOST_TRIED, Math.max(8, Math.floor(MOST_MIGRATIONS / Math.max(1, byName.migrations))))
  let tried = 1
  let best: { nodes: string[]; night: PeerNight } | undefined
  const consider = (nodes: string[]): boolean => {
    if (tried >= most || !keeps(nodes, works)) return false
    tried++
    const night = simulate(nodes)
    if (best !== undefined && !isBetter(night, best.night)) return false
    best = { nodes, night }
    return true
  }
  for (const order of [planned, names, byMemory, [...byMemory].reverse()]) consider(order)
  for (let improved = true; improved && tried < most; ) {
    improved = false
    for (let from = 0; from < planned.length && tried < most; from++) {
      for (let to = 0; to < planned.length && tried < most; to++) {
        const { nodes } = best!
        if (to !== from && consider(nodes.toSpliced(from, 1).toSpliced(to, 0, nodes[from]))) improved = true
      }
    }
  }
  return { ...(best ?? { nodes: planned, night: simulate(planned) }), byName, tried }
}

function keeps(nodes: readonly string[], works: ReadonlyMap<string, ResolvedWork>): boolean {
  const seen = new Set<string>()
  const listed = new Set(nodes)
  let rank = 0
  for (const node of nodes) {
    const { after, position } = works.get(node)!
    if (RANK[position] < rank || after.some((each) => listed.has(each) && !seen.has(each))) return false
    rank = RANK[position]
    seen.add(node)
  }
  return true
}

/** Who is stuck counts most: such a node is not updated. */
function isBetter(a: PeerNight, b: PeerNight): boolean {
  return (
    (a.stuck.length - b.stuck.length ||
      a.makespanSeconds - b.makespanSeconds ||
      a.windowsMet - b.windowsMet ||
      a.migrations - b.migrations) < 0
  )
}
