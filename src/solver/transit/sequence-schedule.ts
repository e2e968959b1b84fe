/** An order of single migrations as a schedule: each starts as early as it can, but none before those that come before it. */
import type { Instance } from '../../model/instance.js'
import { firstGap } from '../../model/intervals.js'
import type { ScheduleKind } from '../../model/plan.js'
import { holdsSlots, type Leg } from '../schedule/legs.js'
import type { Timeline } from '../schedule/timeline.js'
import type { ForbiddenIntervals } from '../wishes/wishes.js'

/**
 * @param order [legs] in which each leg fits when its turn comes, all before it having ended.
 * @returns undefined where windows and horizon leave no time for it.
 */
export function scheduleInOrder(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  legs: readonly Leg[],
  order: Int32Array,
  schedule: ScheduleKind,
): Timeline | undefined {
  const start = new Int32Array(legs.length).fill(-1)
  const round = new Int32Array(legs.length)
  const placed: number[] = []
  let from = 0
  let makespan = 0
  for (const i of order) {
    const leg = legs[i]
    const before = placed.at(-1)
    if (schedule === 'rounds' && before !== undefined) {
      const members = placed.filter((k) => round[k] === round[before])
      round[i] = round[before]
      if (!joins(instance, legs, placed, members, i)) {
        round[i]++
        from = makespan
      }
    }
    const at = earliestStart(instance, forbidden, legs, start, placed, i, from)
    if (at < 0) return undefined
    start[i] = at
    if (schedule === 'timeline') from = at
    makespan = Math.max(makespan, at + leg.duration)
    placed.push(i)
  }
  return { legs, order, start, round, makespan, unscheduledWeight: 0 }
}

/** Earliest instant ≥ `from` at which the leg can start beside those placed, −1 none. All placed ones start no later than `from`. */
function earliestStart(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  legs: readonly Leg[],
  start: Int32Array,
  placed: readonly number[],
  i: number,
  from: number,
): number {
  const leg = legs[i]
  const closed = forbidden.of(leg.vm, leg.from, leg.to)
  const ends = placed.map((k) => start[k] + legs[k].duration).sort((a, b) => a - b)
  const previous = leg.predecessor < 0 ? 0 : start[leg.predecessor] + legs[leg.predecessor].duration
  let at = Math.max(from, previous)
  for (;;) {
    at = firstGap(closed, at, leg.duration, instance.horizon)
    if (at < 0 || isFree(instance, legs, start, placed, i, at)) return at
    const next = ends.find((end) => end > at)
    if (next === undefined) return -1
    at = next
  }
}

function isFree(
  instance: Instance,
  legs: readonly Leg[],
  start: Int32Array,
  placed: readonly number[],
  i: number,
  at: number,
): boolean {
  const leg = legs[i]
  const { nodeSlots, nodeMemory, nodeUsed, vmMemory } = instance
  let sourceSlots = nodeSlots[leg.from]
  let targetSlots = nodeSlots[leg.to]
  let free = nodeMemory[leg.to] - nodeUsed[leg.to]
  for (const k of placed) {
    const other = legs[k]
    const ended = start[k] + other.duration <= at
    const runs = start[k] <= at && !ended
    if (runs && other.kind === 'save-in-place' && leg.kind === 'save-in-place' && other.from === leg.from)
      return false
    if (runs && holdsSlots(other.kind, other.duration)) {
      if (other.from === leg.from || other.to === leg.from) sourceSlots--
      if (other.from === leg.to || other.to === leg.to) targetSlots--
    }
    if (other.from === leg.to && ended) free += vmMemory[other.vm]
    if (other.kind !== 'save-in-place' && other.to === leg.to) free -= vmMemory[other.vm]
  }
  if (holdsSlots(leg.kind, leg.duration) && (sourceSlots <= 0 || targetSlots <= 0)) return false
  return leg.kind === 'save-in-place' || vmMemory[leg.vm] === 0 || free >= vmMemory[leg.vm]
}

/** Can the leg be part of the round of `members`, whose migrations may all run at once? */
function joins(
  instance: Instance,
  legs: readonly Leg[],
  placed: readonly number[],
  members: readonly number[],
  i: number,
): boolean {
  const { nodeSlots, nodeMemory, nodeUsed, vmMemory } = instance
  const leg = legs[i]
  if (leg.predecessor >= 0 && members.includes(leg.predecessor)) return false
  const inPlace = leg.kind === 'save-in-place'
  let sourceSlots = nodeSlots[leg.from]
  let targetSlots = nodeSlots[leg.to]
  let free = nodeMemory[leg.to] - nodeUsed[leg.to]
  for (const k of placed) {
    const other = legs[k]
    const runs = members.includes(k)
    const otherInPlace = other.kind === 'save-in-place'
    if (runs) {
      if (other.from === leg.from || other.to === leg.from) sourceSlots--
      if (other.from === leg.to || other.to === leg.to) targetSlots--
      if (inPlace && otherInPlace && other.from === leg.from) return false
    }
    if (other.from === leg.to && !runs) free += vmMemory[other.vm]
    if (!otherInPlace && other.to === leg.to) free -= vmMemory[other.vm]
  }
  if (sourceSlots <= 0 || targetSlots <= 0) return false
  return inPlace || vmMemory[leg.vm] === 0 || free >= vmMemory[leg.vm]
}

/** The legs in the order in which those of the timeline start that they are; others come last. */
export function orderLike(legs: readonly Leg[], timeline: Timeline): Int32Array {
  const key = ({ wish, parking }: Leg) => `${wish} ${parking}`
  const start = new Map(timeline.legs.map((leg, i) => [key(leg), timeline.start[i]]))
  const at = legs.map((leg) => {
    const before = start.get(key(leg)) ?? -1
    return before < 0 ? Number.POSITIVE_INFINITY : before
  })
  return Int32Array.from(legs, (_, i) => i).sort((a, b) => (at[a] < at[b] ? -1 : at[a] > at[b] ? 1 : a - b))
}
