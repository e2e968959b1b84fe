/** An order of single migrations as a schedule: each starts as early as it can, but none before those that come before it. */
import { usesOf } from '../../kernel/uses.js'
import type { Instance } from '../../model/instance.js'
import { firstGap } from '../../model/intervals.js'
import type { ScheduleKind } from '../../model/plan.js'
import { placeIn } from '../../model/spaces.js'
import { changesPlace, freesInPlace, type Leg, spacesOf } from '../schedule/legs.js'
import { legsBefore } from '../schedule/order.js'
import { type Holdings, holdingsOf } from '../schedule/resources.js'
import type { Timeline } from '../schedule/timeline.js'
import type { ForbiddenIntervals } from '../wishes/wishes.js'

/**
 * @param order [legs] in which each leg fits when its turn comes, all before it having ended.
 * @returns undefined where windows and horizon leave no time for it, or the request orders otherwise.
 */
export function scheduleInOrder(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  legs: readonly Leg[],
  order: Int32Array,
  schedule: ScheduleKind,
): Timeline | undefined {
  const before = legsBefore(instance, legs)
  const spaces = spacesOf(instance, legs)
  const beside = { instance, legs, before, spaces, ...holdingsOf(instance, legs, schedule) }
  const start = new Int32Array(legs.length).fill(-1)
  const round = new Int32Array(legs.length)
  const placed: number[] = []
  let from = 0
  let makespan = 0
  for (const i of order) {
    const leg = legs[i]
    const latest = placed.at(-1)
    if (before[i].some((k) => start[k] < 0)) return undefined
    if (schedule === 'rounds' && latest !== undefined) {
      const members = placed.filter((k) => round[k] === round[latest])
      round[i] = round[latest]
      if (!joins(beside, placed, members, i)) {
        round[i]++
        from = makespan
      }
    }
    const at = earliestStart(beside, forbidden, start, placed, i, from)
    if (at < 0) return undefined
    start[i] = at
    if (schedule === 'timeline') from = at
    makespan = Math.max(makespan, at + leg.duration)
    placed.push(i)
  }
  return { legs, order, start, round, makespan, unscheduledWeight: 0 }
}

/** The legs, what they hold and take, and which of other VMs go before each. */
type Held = Holdings & {
  instance: Instance
  legs: readonly Leg[]
  before: readonly (readonly number[])[]
  spaces: Instance['spaces']
}

/** Earliest instant ≥ `from` at which the leg can start beside those placed, −1 none. All placed ones start no later than `from`. */
function earliestStart(
  held: Held,
  forbidden: ForbiddenIntervals,
  start: Int32Array,
  placed: readonly number[],
  i: number,
  from: number,
): number {
  const { instance, legs, before } = held
  const leg = legs[i]
  const closed = forbidden.ofMigration(leg.vm, leg.from, leg.to, leg.duration)
  const endOf = (k: number) => start[k] + legs[k].duration
  const ends = placed.map(endOf).sort((a, b) => a - b)
  let at = Math.max(from, leg.predecessor < 0 ? 0 : endOf(leg.predecessor))
  for (const k of before[i]) at = Math.max(at, endOf(k))
  for (;;) {
    at = firstGap(closed, at, leg.duration, instance.horizon)
    const running = placed.filter((k) => start[k] <= at && endOf(k) > at)
    const left = placed.filter((k) => endOf(k) <= at)
    if (at < 0 || (hasRoom(held, running, i) && hasSpace(held, placed, left, i))) return at
    const next = ends.find((end) => end > at)
    if (next === undefined) return -1
    at = next
  }
}

/** Can the leg be part of the round of `members`, whose migrations may all run at once? */
function joins(held: Held, placed: readonly number[], members: readonly number[], i: number): boolean {
  if ([held.legs[i].predecessor, ...held.before[i]].some((k) => members.includes(k))) return false
  const left = placed.filter((k) => !members.includes(k))
  return hasRoom(held, members, i) && hasSpace(held, placed, left, i)
}

/** Have all resources of the leg room for it beside those that run? */
function hasRoom(held: Held, running: readonly number[], i: number): boolean {
  const used = new Int32Array(held.resourceCount)
  for (const k of running) for (const [r, units] of usesOf(held, k)) used[r] += units
  return usesOf(held, i).every(([r, units]) => used[r] + units <= held.capacity[r])
}

/** Has its target space for it? All that were placed have begun to arrive, `left` have left. */
function hasSpace(
  { spaces, legs }: Held,
  placed: readonly number[],
  left: readonly number[],
  i: number,
): boolean {
  const { vm, to } = legs[i]
  return spaces.every((space) => {
    const { capacity, used, size } = space
    if (size[vm] === 0 || !changesPlace(space, legs[i])) return true
    const at = placeIn(space, to)
    let free = capacity[at] - used[at]
    for (const k of left) {
      const leaves = changesPlace(space, legs[k]) || freesInPlace(space, legs[k])
      if (leaves && placeIn(space, legs[k].from) === at) free += size[legs[k].vm]
    }
    for (const k of placed)
      if (changesPlace(space, legs[k]) && placeIn(space, legs[k].to) === at) free -= size[legs[k].vm]
    return free >= size[vm]
  })
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
