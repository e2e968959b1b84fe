/** What live migrations take of their ends' links and of the networks they cross, and how fast that lets them be. */
import type { ResolvedNetwork, ResolvedNode, ResolvedProblem } from '../model/problem.js'
import type { Leg } from './replay.js'

/** MiB per second in one megabit per second: 1,048,576 bytes × 8 bits ÷ 1,000,000. */
const MEGABITS_PER_MEBIBYTE = (1024 * 1024 * 8) / 1e6

/** Slots at the source and at the target. */
export interface Taken {
  from: number
  to: number
}

/** As the plan says; of one that is not live a place in a round. */
export function takenOf({ migration }: Pick<Leg, 'migration'>): Taken {
  return migration.kind === 'live' ? (migration.slots ?? { from: 1, to: 1 }) : { from: 1, to: 1 }
}

/** All that a live migration between the nodes may take: of each end one slot, or with `wideMigrations` all. */
export function possibleTakes(source: ResolvedNode, target: ResolvedNode, wide: boolean): Taken[] {
  const of = ({ slots }: ResolvedNode) => (wide && slots > 1 ? [1, slots] : [1])
  return of(source).flatMap((from) => of(target).map((to) => ({ from, to })))
}

export function isCrossed({ nodes }: ResolvedNetwork, source: ResolvedNode, target: ResolvedNode): boolean {
  return nodes.has(source.id) !== nodes.has(target.id)
}

/** MiB per second that the network carries. */
export function mebibytesPerSecondOf({ mbps }: ResolvedNetwork, { policy }: ResolvedProblem): number {
  return (mbps * policy.linkEfficiency) / MEGABITS_PER_MEBIBYTE
}

function shareOf(node: ResolvedNode, taken: number): number {
  const link = node.migrationMbps * node.linkEfficiency * (Math.min(taken, node.slots) / node.slots)
  return Math.min(link, node.streamMbps) / MEGABITS_PER_MEBIBYTE
}

/** MiB per second of a live migration that takes so many slots. */
export function mebibytesPerSecond(
  problem: ResolvedProblem,
  source: ResolvedNode,
  target: ResolvedNode,
  { from, to }: Taken,
): number {
  let rate = Math.min(shareOf(source, from), shareOf(target, to))
  for (const network of problem.networks) {
    if (isCrossed(network, source, target)) rate = Math.min(rate, mebibytesPerSecondOf(network, problem))
  }
  return rate
}
