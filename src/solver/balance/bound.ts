/**
 * How many migrations a spread takes at least. Where all shares end between L and L + s, every node above L + s has lost VMs, and every node below L
 * has got some: each at least as many as its largest VMs, or the largest of all, make up for. The first number falls with L and the second
 * rises, so that the least of the greater of the two is at an L where one of them changes.
 */
import type { Loads } from './loads.js'

/** What sums of fractions may lose, of a share. */
const TOLERANCE = 1e-9

export interface Movers {
  /** VMs that may be migrated without having been asked for. */
  movable: readonly number[]
  /** VMs that are asked for, and may end anywhere as far as this bound knows. */
  asked: readonly number[]
}

/**
 * @param spread that all metrics are to have at most.
 * @returns migrations of VMs not asked for that any plan with that spread has at least; infinity: there is none.
 */
export function leastMigrations(loads: Loads, { movable, asked }: Movers, spread: number): number {
  return loads.metrics.reduce(
    (most, _, m) => Math.max(most, leastOfMetric(loads, m, movable, asked, spread)),
    0,
  )
}

/**
 * @returns a spread of the metric that no plan with at most `most` such migrations gets below.
 */
export function leastSpread(loads: Loads, m: number, { movable, asked }: Movers, most: number): number {
  let infeasible = 0
  let feasible = loads.spread(m).spread
  if (leastOfMetric(loads, m, movable, asked, 0) <= most) return 0
  // Asked for, VMs may also leave it wider than it is.
  while (leastOfMetric(loads, m, movable, asked, feasible) > most) feasible = 2 * feasible + 1e-6
  for (let step = 0; step < 50; step++) {
    const middle = (infeasible + feasible) / 2
    if (leastOfMetric(loads, m, movable, asked, middle) > most) infeasible = middle
    else feasible = middle
  }
  return infeasible
}

function leastOfMetric(
  loads: Loads,
  m: number,
  movable: readonly number[],
  asked: readonly number[],
  spread: number,
): number {
  const { size, capacity } = loads.metrics[m]
  const fixed = loads.sums[m].slice()
  let fluid = 0
  for (const vm of asked) {
    fixed[loads.end[vm]] -= size[vm]
    fluid += size[vm]
  }
  const onNode = new Map(loads.nodes.map((node) => [node, [] as number[]]))
  for (const vm of movable) onNode.get(loads.end[vm])?.push(size[vm])
  const largest = movable.map((vm) => size[vm]).sort((a, b) => b - a)
  for (const list of onNode.values()) list.sort((a, b) => b - a)

  // Levels L at which one of the two numbers may change.
  const levels = new Set<number>([0])
  for (const node of loads.nodes) {
    let left = fixed[node]
    levels.add(left / capacity[node] - spread)
    for (const each of onNode.get(node)!) {
      left -= each
      levels.add(left / capacity[node] - spread)
    }
  }
  // One number falls with the level, the other rises: the least of the greater is where they meet, or just before.
  const sorted = [...levels].filter((each) => each >= 0).sort((a, b) => a - b)
  let first = 0
  let last = sorted.length - 1
  while (first < last) {
    const middle = (first + last) >> 1
    if (departures(sorted[middle]) <= arrivals(sorted[middle])) last = middle
    else first = middle + 1
  }
  const at = (k: number) =>
    k < 0 ? Number.POSITIVE_INFINITY : Math.max(departures(sorted[k]), arrivals(sorted[k]))
  return Math.min(at(first), at(first - 1))

  function departures(level: number): number {
    let count = 0
    for (const node of loads.nodes) {
      let above = fixed[node] - (level + spread + TOLERANCE) * capacity[node]
      for (const each of onNode.get(node)!) {
        if (above <= 0) break
        above -= each
        count++
      }
      if (above > 0) return Number.POSITIVE_INFINITY
    }
    return count
  }

  /** Without VMs asked for, each node below the level gets one at least; the largest of all make up for all. */
  function arrivals(level: number): number {
    let missing = -fluid
    let nodes = 0
    for (const node of loads.nodes) {
      const below = (level - TOLERANCE) * capacity[node] - fixed[node]
      if (below <= 0) continue
      missing += below
      nodes++
    }
    let count = 0
    for (const each of largest) {
      if (missing <= 0) break
      missing -= each
      count++
    }
    if (missing > 0) return Number.POSITIVE_INFINITY
    return fluid > 0 ? count : Math.max(count, nodes)
  }
}
