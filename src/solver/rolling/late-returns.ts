/** VMs whose return would cost more than it is worth stay where they are: from the last return on, as far as that pays. */
import { penaltyToTicks } from '../../model/ticks.js'
import type { Decoded } from './decoder.js'
import { type Night, ROAMS } from './night.js'

export function withoutLateReturns(night: Night, decoded: Decoded): Decoded {
  const { instance, returnHome, role } = night
  // Who stays away is missing elsewhere.
  if (!returnHome || instance.problem.policy.tolerateNodeFailure) return decoded
  const { state, workStart } = decoded
  const { legVm, legTo, legStart, legTicks, legKind } = state
  const stay = penaltyToTicks(instance.problem.policy.notHomePenaltySeconds)
  let works = 0
  for (const n of night.worked)
    if (workStart[n] >= 0) works = Math.max(works, workStart[n] + night.workTicks[n])
  if (decoded.makespan - works <= stay) return decoded
  const endOf = (i: number) => legStart[i] + legTicks[i]
  const byEnd = [...legVm.keys()].sort((a, b) => endOf(b) - endOf(a))
  let saved = 0
  let best = 0
  let bestCount = 0
  let count = 0
  for (; count < byEnd.length; count++) {
    const i = byEnd[count]
    const end = count + 1 < byEnd.length ? Math.max(works, endOf(byEnd[count + 1])) : works
    if (!canBeLeftOut(i)) break
    saved += night.penalty(legVm[i], state.legFrom[i], legTo[i], legKind[i]) - stay
    const gain = decoded.makespan - end + saved
    if (gain > best) {
      best = gain
      bestCount = count + 1
    }
  }
  if (bestCount === 0) return decoded
  const out = new Set(byEnd.slice(0, bestCount))
  for (const i of out) state.at[legVm[i]] = state.legFrom[i]
  for (const list of [legVm, state.legFrom, legTo, legStart, legTicks, legKind]) removeAll(list, out)
  const makespan = legVm.reduce((latest, _, i) => Math.max(latest, endOf(i)), works)
  return { ...decoded, makespan, cost: decoded.cost - best }

  /** A return, of a VM in whose way nothing comes later. */
  function canBeLeftOut(i: number): boolean {
    const v = legVm[i]
    const from = state.legFrom[i]
    if (from === legTo[i] || role[v] !== ROAMS || legTo[i] !== night.home[v]) return false
    if (
      instance.vmGroups[v].length > 0 ||
      instance.vmSoftGroups[v].length > 0 ||
      night.ends.companyOf[v] >= 0 ||
      night.ways.wanted[v] !== undefined ||
      night.ending(v) !== undefined
    )
      return false
    if (workStart[from] >= legStart[i]) return false
    return !legVm.some(
      (u, k) =>
        k !== i &&
        ((legTo[k] === from && legStart[k] >= legStart[i]) || (u === v && legStart[k] > legStart[i])),
    )
  }
}

function removeAll(list: number[], out: ReadonlySet<number>): void {
  let kept = 0
  list.forEach((value, i) => {
    if (!out.has(i)) list[kept++] = value
  })
  list.length = kept
}
