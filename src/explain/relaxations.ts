/**
 * What would help: changes are chosen by what keeps VMs and nodes back, and each that is not proven
 * useless is planned. Nothing is guessed.
 */

import { checkResolved } from '../check/check-resolved.js'
import { InvalidProblemError } from '../errors.js'
import { loadKernel } from '../kernel/kernel.js'
import { greatest } from '../lists.js'
import type { Change, Explanation, Relaxation, RuledOut, VmExplanation } from '../model/explanation.js'
import type { Plan } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { ChangeMaker } from './changes.js'
import type { Facts } from './facts.js'
import { applyPatch } from './patch.js'
import { remedies } from './remedies.js'
import { negligibleGain } from './screening.js'
import { speedups } from './speedups.js'

/** Below a microsecond lies only float noise. */
const NOISE_SECONDS = 1e-6

/** A change that is to be planned, and the problem after it. */
export interface PlannedChange {
  change: Change
  changed: ResolvedProblem
}

/**
 * At most `most` changes to plan, no two alike: remedies for VMs left unplaced first, then what may shorten the plan. Of every list the
 * best comes before the second of any. What bounds prove to be of no use on the way is not among them, but told.
 *
 * @param unplaced explanations of the VMs that the plan leaves unplaced.
 * @param first VM and node to begin with, if any.
 */
export async function chooseChanges(
  raw: Problem,
  facts: Facts,
  bound: Explanation['bound'],
  unplaced: readonly VmExplanation[],
  first: { vm: string | undefined; node: string | undefined },
  most: number,
): Promise<{ changes: PlannedChange[]; ruledOut: RuledOut[] }> {
  const maker = new ChangeMaker(raw, facts.problem)
  const kernel = await loadKernel()
  const candidates = [
    ...interleave(remedies(facts, maker, unplaced, first.vm)),
    ...interleave(speedups(facts, maker, bound, first.node)),
  ]
  const seen = new Set<string>()
  const changes: PlannedChange[] = []
  const ruledOut: RuledOut[] = []
  for (const candidate of candidates) {
    if (changes.length === most) break
    // The operations of one change touch different places: their order means nothing.
    const key = candidate.patch
      .map((operation) => JSON.stringify(operation))
      .sort()
      .join()
    if (candidate.patch.length === 0 || seen.has(key)) continue
    seen.add(key)
    const changed = validAfter(raw, candidate)
    if (changed === undefined) continue
    const gainAtMost = negligibleGain(facts, changed, kernel)
    if (gainAtMost === undefined) changes.push({ change: candidate, changed })
    else ruledOut.push({ ...candidate, gainAtMost })
  }
  return { changes, ruledOut }
}

/** Changes of a night of maintenance: all that stay within the format, at most so many. */
export function plannable(raw: Problem, changes: readonly Change[], most: number): PlannedChange[] {
  return changes
    .flatMap((change) => {
      const changed = validAfter(raw, change)
      return changed === undefined ? [] : [{ change, changed }]
    })
    .slice(0, most)
}

/** Undefined where the change leads out of the format: memory beyond its range, a horizon with too many windows before it. */
function validAfter(raw: Problem, { patch }: Change): ResolvedProblem | undefined {
  try {
    return resolveProblem(applyPatch(raw, patch))
  } catch (error) {
    if (error instanceof InvalidProblemError) return undefined
    throw error
  }
}

function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = greatest(
    lists.map((list) => list.length),
    0,
  )
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat()
}

/** A change with the figures of the plan that it leads to, beside those of the plan today. */
export function relaxationOf(
  change: Change,
  problem: ResolvedProblem,
  today: Plan,
  relaxed: Plan,
  complete: boolean,
): Relaxation {
  const workPriority = new Map(problem.works?.map(({ node, priority }) => [node, priority]))
  const weight = (plan: Plan) =>
    plan.unplaced.reduce((sum, { vm }) => sum + (problem.vmById.get(vm)?.priority ?? 0) + 1, 0) +
    (plan.notMaintained ?? []).reduce((sum, { node }) => sum + (workPriority.get(node) ?? 0) + 1, 0)
  const gain = {
    unplaced: today.unplaced.length - relaxed.unplaced.length,
    unplacedWeight: weight(today) - weight(relaxed),
    makespanSeconds: difference(today.makespanSeconds, relaxed.makespanSeconds),
    cost: difference(today.cost, relaxed.cost),
  }
  const needsChange = checkResolved(problem, relaxed).length > 0
  return {
    ...change,
    status: relaxed.status,
    proven: relaxed.proven,
    unplaced: relaxed.unplaced.length,
    unplacedVms: relaxed.unplaced.map(({ vm }) => vm),
    makespanSeconds: relaxed.makespanSeconds,
    lowerBoundSeconds: relaxed.lowerBoundSeconds,
    cost: relaxed.cost,
    costLowerBound: relaxed.costLowerBound,
    gain,
    needsChange,
    helps:
      needsChange && (gain.unplacedWeight > 0 || (gain.unplacedWeight === 0 && gain.cost > NOISE_SECONDS)),
    complete,
  }
}

/** Best first: what leaves less weight unplaced, then what costs less, then what ends sooner. Stable. */
export function byGain(a: Relaxation, b: Relaxation): number {
  return (
    b.gain.unplacedWeight - a.gain.unplacedWeight ||
    b.gain.cost - a.gain.cost ||
    b.gain.makespanSeconds - a.gain.makespanSeconds
  )
}

/** Without what floats add behind the sixth decimal. */
function difference(a: number, b: number): number {
  return Math.round((a - b) * 1e6) / 1e6
}
