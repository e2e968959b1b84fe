/** Targets: the assignment LP, rounding, repair and annealing; prices for the bounds on the way. */
import type { LpService } from '../../lp/types.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import { priceBound } from '../bounds/price-bound.js'
import type { Run } from '../run.js'
import { proposeAssignment } from './lp.js'
import { annealAssignment, eject, placeGreedily, restore, roundShares, takeOnlyChoices } from './search.js'
import type { AssignmentState } from './state.js'

/**
 * Chooses for every wish of `state` (all of which have a choice), and returns the node prices that the LPs proposed.
 * Where every wish has just one choice, takes it.
 *
 * @param trial a makespan, ticks, that no plan undercuts: asked for only where something is to be chosen
 */
export async function chooseTargets(
  state: AssignmentState,
  availability: NodeAvailability,
  lp: LpService,
  run: Run,
  trial: () => number,
): Promise<Float64Array[]> {
  const { wishes, instance } = state
  const { lpMostChoices, lpPasses, mipMostChoices, ...anneal } = run.parameters.assignment
  const prices: Float64Array[] = []
  if (wishes.every((w) => w.choices.length === 1)) {
    await takeOnlyChoices(state, run)
    if (state.unplacedWeight > 0 && wishes.length <= mipMostChoices && !run.stopped) {
      await annealAssignment(state, run, anneal.annealMovesLeast, run.options.seed ^ 0x2545f491)
      await placeGreedily(state, run)
      await placeTheMost(state, availability, lp, run, trial())
    }
    return prices
  }
  const knownBound = trial()
  const choiceCount = wishes.reduce((sum, w) => sum + w.choices.length, 0)
  if (choiceCount <= lpMostChoices && !run.stopped) {
    let guess = Math.max(1, knownBound)
    for (let pass = 0; pass < lpPasses; pass++) {
      const proposal = await proposeAssignment(instance, lp, run, wishes, availability, guess, false)
      if (proposal === undefined) break
      prices.push(proposal.prices)
      if (pass === 0 || state.unplacedWeight > 0) {
        restore(state, new Int32Array(wishes.length).fill(-1))
        await roundShares(state, proposal.shares, run)
      }
      const bound = priceBound(instance, availability, wishes, proposal.prices, 0, knownBound)
      if (bound.makespan <= guess || (await run.breathe())) break
      guess = bound.makespan
    }
  } else {
    await placeGreedily(state, run)
  }
  await eject(state, run)
  const byWork = Math.floor(run.parameters.planner.work / anneal.annealWorkPerMove)
  const moves = Math.min(anneal.annealMovesMost, Math.max(anneal.annealMovesLeast, byWork))
  await annealAssignment(state, run, moves, run.options.seed ^ 0x2545f491)
  await eject(state, run)
  await placeGreedily(state, run)
  if (state.unplacedWeight > 0 && choiceCount <= mipMostChoices && !run.stopped) {
    await placeTheMost(state, availability, lp, run, knownBound)
  }
  return prices
}

/** The MIP's assignment, where it leaves less weight unplaced than the search did. */
async function placeTheMost(
  state: AssignmentState,
  availability: NodeAvailability,
  lp: LpService,
  run: Run,
  guess: number,
): Promise<void> {
  const proposal = await proposeAssignment(state.instance, lp, run, state.wishes, availability, guess, true)
  if (proposal === undefined) return
  const before = state.chosen.slice()
  const weight = state.unplacedWeight
  restore(state, new Int32Array(before.length).fill(-1))
  await roundShares(state, proposal.shares, run)
  if (state.unplacedWeight >= weight) restore(state, before)
}
