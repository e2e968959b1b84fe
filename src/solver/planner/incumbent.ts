/** The best plan so far, and what makes one better than another. */

import { type Uncovered, uncoveredBy } from '../assignment/tolerance.js'
import { type Decision, penaltyOf } from '../schedule/legs.js'
import type { Timeline } from '../schedule/timeline.js'
import type { Wish } from '../wishes/wish.js'
import { openWishes, type PlannerContext } from './context.js'

/** MiB of float noise that sums of memories may carry. */
const MIB_NOISE = 1e-6

/** An incumbent: what is chosen, when it happens, what it costs. Ticks. */
export interface Incumbent {
  decisions: Decision[]
  /** By decision. */
  makesRoom: boolean[]
  timeline: Timeline
  unplacedWeight: number
  /** Wishes that were to be fulfilled, and for which no time was found. */
  leftOut: ReadonlySet<number>
  /** What a node's failure would leave without a place; 0 where nobody asks. */
  uncovered: Uncovered
  /** Of the cost, what is not makespan. */
  penalty: number
  cost: number
}

export function incumbentOf(
  { instance }: PlannerContext,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
  timeline: Timeline,
  uncovered: Uncovered,
): Incumbent {
  let unplacedWeight = 0
  decisions.forEach(({ choice }, w) => {
    if (choice === undefined && !wishes[w].makesRoom) unplacedWeight += instance.vmWeight[wishes[w].vm]
  })
  const penalty = penaltyOf(instance, wishes, decisions, timeline.legs)
  return {
    decisions: [...decisions],
    makesRoom: wishes.map((w) => w.makesRoom),
    timeline,
    unplacedWeight,
    leftOut: new Set(),
    uncovered,
    penalty,
    cost: timeline.makespan + penalty,
  }
}

/** The same choices at other times. */
export function retimed(incumbent: Incumbent, timeline: Timeline): Incumbent {
  return { ...incumbent, timeline, cost: timeline.makespan + incumbent.penalty }
}

/** Less weight unplaced, then less that a node's failure would leave without a place, then less cost. */
export function isBetterPlan(a: Incumbent, b: Incumbent): boolean {
  if (a.unplacedWeight !== b.unplacedWeight) return a.unplacedWeight < b.unplacedWeight
  const more = a.uncovered.atMost - b.uncovered.atMost
  return more !== 0 ? more < 0 : a.cost < b.cost
}

export function parks({ decisions }: Incumbent): boolean {
  return decisions.some((d) => d.parking >= 0)
}

export function uncoveredOf(
  { tolerance }: PlannerContext,
  wishes: readonly Wish[],
  decisions: readonly Decision[],
): Uncovered {
  return uncoveredBy(tolerance?.shortages(wishes, (w) => decisions[w].choice) ?? [])
}

/**
 * Is it certain that no plan which places as much survives a node's failure better? Where nothing is missing, where what is missing is so
 * wherever VMs go, and where all ends are given.
 */
export function coversMost(context: PlannerContext, { uncovered, unplacedWeight }: Incumbent): boolean {
  if (uncovered.atMost === 0) return true
  const open = openWishes(context)
  if (unplacedWeight > 0 || open.some((wish) => wish.makesRoom)) return false
  return (
    uncovered.atMost <= uncovered.least + MIB_NOISE ||
    open.every((wish) => new Set(wish.choices.map((c) => c.node)).size === 1)
  )
}
