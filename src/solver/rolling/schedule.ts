/** What comes out of the search: every leg and every work with its time. */
import type { Decoded } from './decoder.js'
import { KIND_NAMES } from './ways.js'

export interface RollingLeg {
  vm: number
  from: number
  to: number
  kind: (typeof KIND_NAMES)[number]
  start: number
  ticks: number
  /** No later leg of the VM. */
  last: boolean
}

export interface Schedule {
  legs: RollingLeg[]
  /** [N] ticks; −1: not done. */
  workStart: Int32Array
  makespan: number
  /** Ticks of cost besides the makespan. */
  penalty: number
  /** Weight of works not done and VMs unplaced. */
  left: number
  /** [V] where VMs end, … */
  end: Int32Array
  /** … and 1: at rest there. */
  rest: Uint8Array
}

export function scheduleOf({ state, workStart, makespan, cost, left }: Decoded): Schedule {
  const { legVm, legFrom, legTo, legStart, legTicks, legKind } = state
  const later = new Set<number>()
  const legs: RollingLeg[] = []
  for (let i = legVm.length - 1; i >= 0; i--) {
    const kind = KIND_NAMES[legKind[i]]
    const last = !later.has(legVm[i])
    later.add(legVm[i])
    legs.push({
      vm: legVm[i],
      from: legFrom[i],
      to: legTo[i],
      kind,
      start: legStart[i],
      ticks: legTicks[i],
      last,
    })
  }
  legs.reverse()
  return { legs, workStart, makespan, penalty: cost - makespan, left, end: state.at, rest: state.saved }
}
