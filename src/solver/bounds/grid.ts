/**
 * The grid of time: where all durations and all ends of windows are multiples of some g, so is the least makespan. For in a schedule that
 * cannot be shifted to the left every migration starts at 0, at the end of a window, or at the end of another one. A bound may
 * then be rounded up to the grid, and only makespans on it are worth a search.
 *
 * Not so where plans may move VMs that the wishes do not name (making room) or that change their legs (parking).
 */
import type { Instance } from '../../model/instance.js'
import type { Wish } from '../wishes/wish.js'

/** g in ticks, ≥ 1. */
export function timeGrid(instance: Instance, wishes: readonly Wish[]): number {
  // At a deadline nothing starts.
  const { vmWindows, nodeWindows } = instance.undated
  let g = 0
  const nodes = new Set<number>()
  for (const { vm, choices } of wishes) {
    nodes.add(instance.vmNode[vm])
    for (const { node, duration } of choices) {
      nodes.add(node)
      g = gcd(g, duration)
    }
    g = endsGcd(g, vmWindows[vm])
  }
  for (const node of nodes) g = endsGcd(g, nodeWindows[node])
  return Math.max(1, endsGcd(g, instance.clusterWindows))
}

function endsGcd(g: number, intervals: Int32Array): number {
  let result = g
  for (let i = 1; i < intervals.length; i += 2) result = gcd(result, intervals[i])
  return result
}

function gcd(a: number, b: number): number {
  let x = a
  let y = b
  while (y > 0) [x, y] = [y, x % y]
  return x
}
