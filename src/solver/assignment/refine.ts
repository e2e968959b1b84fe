/**
 * Bounds where targets can be chosen. The assignment proof says what nodes' work alone costs, and which choices a plan better than the incumbent
 * may still use; over those the single-node bound, which knows how migrations pack around windows, says more than over all; what it says is
 * the next proof's least makespan; and so on as long as that helps. (Reduced-cost fixing: Dantzig, Fulkerson & Johnson 1954.)
 */
import type { LpService } from '../../lp/types.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import { shortestByNode } from '../bounds/node-load.js'
import { earliestEnds } from '../bounds/plan-bound.js'
import { singleNodeBounds } from '../bounds/single-node.js'
import type { SearchContext } from '../context.js'
import type { Wish } from '../wishes/wish.js'
import type { MasterObjective } from './master.js'
import { Packing } from './packing.js'
import { leastPenalty, proveAssignment } from './prove.js'

export interface Refinement extends SearchContext {
  lp: LpService
  /** Those with a choice that were asked for; none makes room, and no better plan parks. */
  wishes: readonly Wish[]
  /** Weight that the incumbent leaves unplaced. */
  spare: number
  /** Columns of LPs that one assignment proof may solve. */
  work: number
}

export interface RefinedBound {
  /** Ticks: no plan that leaves at most `spare` unplaced has less of the objective; at most the cutoff. */
  bound: number
  /** Assignments to try, best first: by wish the index of its choice, −1 unplaced. */
  candidates: Int32Array[]
}

/**
 * @param low a makespan bound that holds already, ticks.
 * @param cutoff the incumbent's value, ticks: only less is of interest.
 */
export async function refineBound(
  refinement: Refinement,
  objective: Exclude<MasterObjective, 'unplaced'>,
  low: number,
  cutoff: number,
): Promise<RefinedBound> {
  const { instance, lp, run, forbidden, spare, work } = refinement
  let { wishes } = refinement
  const result: RefinedBound = { bound: low, candidates: [] }
  for (let pass = 0; pass < run.parameters.assignment.proofPasses && !run.stopped; pass++) {
    const availability = new NodeAvailability(instance, shortestByNode(instance, wishes))
    const earliestEnd = earliestEnds(instance, forbidden, wishes)
    const problem = { instance, wishes, availability, earliestEnd }
    // First by counting, which closes choices cheaply; packing looks at what is left.
    const packing = pass === 0 ? {} : { packing: new Packing(instance, forbidden, wishes, cutoff) }
    const proof = await proveAssignment(problem, lp, run, {
      objective,
      spare,
      low,
      cutoff,
      work,
      ...packing,
    })
    if (proof === undefined) break
    if (proof.bound > result.bound) result.bound = proof.bound
    if (pass === 0) result.candidates = proof.found
    if (result.bound >= cutoff) break
    wishes = wishes.map((wish, w) => ({
      ...wish,
      choices: wish.choices.filter((_, c) => proof.open[w][c] === 1),
    }))
    // Where a VM may stay, no node must do anything in particular: packing is all that is left to ask.
    if (spare > 0) {
      if (pass > 0) break
      continue
    }
    if (wishes.some((wish) => wish.choices.length === 0)) {
      result.bound = cutoff
      break
    }
    const penalty = objective === 'cost' ? leastPenalty(wishes, 0) : 0
    const closer = new NodeAvailability(instance, shortestByNode(instance, wishes))
    const upper = Math.ceil(cutoff - penalty)
    const single = await singleNodeBounds(refinement, closer, wishes, low, upper)
    result.bound = Math.max(result.bound, Math.min(cutoff, single.makespan + penalty))
    if (result.bound >= cutoff || (pass > 0 && single.makespan <= low)) break
    low = single.makespan
  }
  return result
}
