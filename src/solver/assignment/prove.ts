/**
 * What no assignment can better: least weight unplaced, least makespan, least cost, by branch and bound over assignment masters; and the
 * assignments that it comes upon, for the scheduler to try.
 */
import { addAll, firstWhere } from '../../lists.js'
import type { LpService } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import type { Run } from '../run.js'
import { softFloor } from '../wishes/soft-rules.js'
import type { Wish } from '../wishes/wish.js'
import { branchAndBound } from './branch-and-bound.js'
import { wishClasses } from './classes.js'
import { CoverCuts } from './covers.js'
import { type Master, type MasterObjective, makeMaster, piecesOf, unitOf } from './master.js'
import type { Packing } from './packing.js'

/** Weights are whole: more than some weight is more by this at least. */
const MORE = 0.5

/** Below a ten-thousandth of a tick lies only float noise. */
const TICK_SLACK = 1e-4

export interface AssignmentProblem {
  instance: Instance
  /** Those with a choice that were asked for. */
  wishes: readonly Wish[]
  availability: NodeAvailability
  /** By wish and choice: end of the choice were it alone, ticks. */
  earliestEnd: readonly Int32Array[]
}

export interface AssignmentProof {
  /** Ticks, or weight: nothing is less. At most the cutoff. */
  bound: number
  /** Assignments below the cutoff, best first: by wish the index of its choice, −1 unplaced. */
  found: Int32Array[]
  /** By wish and choice: 1 where an assignment below the cutoff may use it. */
  open: Uint8Array[]
}

export interface ProofOptions {
  objective: MasterObjective
  /** Weight that may stay unplaced; not asked where weight is the objective. */
  spare: number
  /** Ticks: a makespan bound that holds already. */
  low: number
  /** Ticks, or weight: what was reached. Only less is of interest. */
  cutoff: number
  /** Migrations are packed between windows, not only counted: stronger, with more columns. */
  packing?: Packing
  /** Columns of LPs that it may solve. */
  work: number
}

/** Undefined where the problem is too large, or nothing is left between bound and cutoff. */
export async function proveAssignment(
  problem: AssignmentProblem,
  lp: LpService,
  run: Run,
  { objective, spare, low, cutoff, packing, work }: ProofOptions,
): Promise<AssignmentProof | undefined> {
  const { instance, wishes, availability, earliestEnd } = problem
  const { proofMostColumns, proofMostAllColumns, proofMakespanShare, proofMostSums } =
    run.parameters.assignment
  const classes = wishClasses(instance, wishes, earliestEnd)
  const columns = classes.reduce((sum, k) => sum + k.wish.choices.length + 1, 0)
  if (columns > proofMostColumns || cutoff <= 0) return undefined
  const penalty = leastPenalty(wishes, spare)
  const high = objective === 'cost' ? cutoff - penalty : cutoff
  const timed = objective !== 'unplaced'
  if (timed && high <= low) return undefined
  const room = instance.othersMayMove
  const soft = objective === 'cost' ? softFloor(instance, wishes, spare).open : []
  const pieces = timed ? piecesOf(availability, instance.nodeCount, low, high) : [{ from: 0, to: 0 }]
  if (pieces.length * columns > proofMostAllColumns) return undefined
  const masters: Master[] = []
  let all = 0
  for (const piece of pieces) {
    const options = { objective, piece, spare, room, soft, ...(packing === undefined ? {} : { packing }) }
    const master = makeMaster(instance, classes, availability, options)
    masters.push(master)
    all += master.columns.length
    if (all > proofMostAllColumns || (await run.breathe())) return undefined
  }
  const unit = unitOf(objective)
  const roundUp = timed
    ? tickRounding(instance, wishes, objective, unit)
    : weightRounding(instance, wishes, unit, proofMostSums)
  const { bound, found, open } = await branchAndBound(masters, lp, run, {
    cutoff,
    known: pieces.map(({ from }) => (timed ? from + (objective === 'cost' ? penalty : 0) : 0)),
    roundUp,
    work: work * (objective === 'makespan' ? proofMakespanShare : 1),
    // Where all is placed, whole VMs say little that the rows do not.
    covers: timed && spare === 0 ? undefined : new CoverCuts(masters[masters.length - 1]),
  })
  return {
    bound,
    found: found.map(({ master, shares }) => toWishes(masters[master], shares, wishes.length)),
    open: openChoices(masters, open, wishes),
  }
}

export interface ReachOptions {
  /** Weight that the incumbent leaves unplaced. */
  spare: number
  /** Ticks: a makespan bound that holds already, and the incumbent's makespan. */
  low: number
  high: number
  /** Columns of LPs that it may solve. */
  work: number
}

/**
 * What the loads say of the ends of plans that leave at most `spare` unplaced: the latest boundary of a node's windows by which more than that would
 * have to stay, found by bisection over them (a destructive bound: Klein & Scholl 1999). Between two windows a makespan's master is the better tool.
 * @returns bound: ticks, no such plan ends by then, or `low`; found: assignments that leave no more than that, and whose loads end early.
 */
export async function proveReach(
  problem: AssignmentProblem,
  lp: LpService,
  run: Run,
  { spare, low, high, work }: ReachOptions,
): Promise<{ bound: number; found: Int32Array[] }> {
  const { instance, wishes, availability, earliestEnd } = problem
  const { proofMostColumns, proofMostSums } = run.parameters.assignment
  const classes = wishClasses(instance, wishes, earliestEnd)
  const columns = classes.reduce((sum, k) => sum + k.wish.choices.length + 1, 0)
  const reach: { bound: number; found: Int32Array[] } = { bound: low, found: [] }
  if (columns > proofMostColumns || high <= low) return reach
  const masterBy = (end: number) =>
    makeMaster(instance, classes, availability, {
      objective: 'unplaced',
      piece: { from: end, to: end },
      spare: 0,
      room: instance.othersMayMove,
      soft: [],
    })
  const roundUp = weightRounding(instance, wishes, unitOf('unplaced'), proofMostSums)
  const covers = new CoverCuts(masterBy(high))
  const ends = piecesOf(availability, instance.nodeCount, low, high).map(({ to }) => to - 1)
  let from = 0
  let to = ends.length
  let left = work
  while (from < to && left > 0 && !run.stopped) {
    const middle = (from + to) >> 1
    const master = masterBy(ends[middle])
    const share = left / 2
    left -= share
    const options = { cutoff: spare + MORE, known: [0], roundUp, work: share, covers }
    const { bound, found } = await branchAndBound([master], lp, run, options)
    if (bound > spare) {
      reach.bound = ends[middle] + 1
      from = middle + 1
    } else {
      addAll(
        reach.found,
        found.map(({ shares }) => toWishes(master, shares, wishes.length)),
      )
      to = middle
    }
  }
  reach.found.reverse()
  return reach
}

/** Ticks of penalty that every plan has in which nothing is left unplaced. */
export function leastPenalty(wishes: readonly Wish[], spare: number): number {
  if (spare > 0) return 0
  return wishes.reduce(
    (sum, w) => sum + w.choices.reduce((least, c) => Math.min(least, c.penalty), Number.POSITIVE_INFINITY),
    0,
  )
}

/** Makespans are whole ticks, and so are costs where all penalties are. */
function tickRounding(
  { softGroups, stayPenalty }: Instance,
  wishes: readonly Wish[],
  objective: MasterObjective,
  unit: number,
) {
  const whole =
    objective === 'makespan' ||
    (wishes.every((w) => w.choices.every((c) => Number.isInteger(c.penalty))) &&
      stayPenalty.every((penalty) => Number.isInteger(penalty)) &&
      softGroups.every(({ penalty }) => Number.isInteger(penalty)))
  return (bound: number) => (whole ? Math.ceil(bound * unit - TICK_SLACK) : bound * unit - TICK_SLACK)
}

/** The weight unplaced is a sum of weights of VMs, not just any number. */
function weightRounding(instance: Instance, wishes: readonly Wish[], unit: number, mostSums: number) {
  let sums: number[] | undefined = [0]
  for (const wish of wishes) {
    const next: Set<number> = new Set(sums)
    for (const sum of sums) next.add(sum + instance.vmWeight[wish.vm])
    if (next.size > mostSums) {
      sums = undefined
      break
    }
    sums = [...next]
  }
  const sorted = sums?.sort((a, b) => a - b)
  return (bound: number) => {
    const least = Math.ceil(bound * unit - TICK_SLACK)
    if (sorted === undefined) return least
    const low = firstWhere(sorted.length, (middle) => sorted[middle] >= least)
    return low < sorted.length ? sorted[low] : Number.POSITIVE_INFINITY
  }
}

/** A whole distribution, member by member. */
function toWishes(master: Master, shares: Float64Array, count: number): Int32Array {
  const chosen = new Int32Array(count).fill(-1)
  master.classes.forEach(({ members }, k) => {
    const left = [...members]
    for (const j of master.columnsOf[k]) {
      for (let i = Math.round(shares[j]); i > 0 && left.length > 0; i--) {
        const w = left.shift()
        if (w !== undefined) chosen[w] = master.columns[j].choice
      }
    }
  })
  return chosen
}

function openChoices(
  masters: readonly Master[],
  open: readonly (Uint8Array | undefined)[],
  wishes: readonly Wish[],
): Uint8Array[] {
  const choices = wishes.map((w) => new Uint8Array(w.choices.length))
  masters.forEach((master, m) => {
    open[m]?.forEach((usable, j) => {
      const { class: k, choice } = master.columns[j]
      if (usable === 1 && choice >= 0) for (const w of master.classes[k].members) choices[w][choice] = 1
    })
  })
  return choices
}
