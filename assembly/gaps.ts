// The free time of a resource of capacity 1, as gaps in order of time. A long list has mostly gaps too short for the task at hand,
// so there is one list per class of durations, which only has the gaps that take that class's shortest: a search walks hardly
// any gap in vain. Time only fills up; a gap loses classes and never gains any.
import { DURATION_CLASSES, Gap, NEVER, none, Resource, Schedule } from './records'

let classes: usize = 0
/** First node of the pool that was never in use. */
let fresh = none<Gap>()
/** Behind the pool; known to the debug build's assertions alone. */
let poolEnd = none<Gap>()
/** Nodes given back, linked through their first lists. */
let spare = none<Gap>()
/** Stands behind the last gap of every list: written to, never read. */
let beyond = none<Gap>()

/** Empties the pool. */
export function resetGaps(schedule: Schedule): void {
  classes = schedule.classShortest
  beyond = schedule.gaps
  fresh = beyond.at(1)
  poolEnd = fresh.at(schedule.resourceCount + schedule.useCount)
  spare = none<Gap>()
}

/** The same address for each of the DURATION_CLASSES from `at` on. */
@inline
export function fillClasses(at: usize, address: usize): void {
  if (DURATION_CLASSES != 6) ERROR('six entries of four bytes are written')
  const pair = <u64>address | (<u64>address << 32)
  if (ASC_FEATURE_SIMD) {
    v128.store(at, i32x4.splat(<i32>address))
  } else {
    store<u64>(at, pair)
    store<u64>(at, pair, 8)
  }
  store<u64>(at, pair, 16)
}

/** One gap for ever. */
export function openGap(resource: Resource): void {
  const gap = takeFresh()
  gap.start = 0
  gap.end = NEVER
  gap.klass = (DURATION_CLASSES - 1) << 2
  fillClasses(gap.nextsAddress(), changetype<usize>(beyond))
  // Written to as the gap before the first one: what follows that is what the resource has as its first.
  const before = resource.firstsAddress() - (gap.nextsAddress() - changetype<usize>(gap))
  fillClasses(gap.previousAddress(), before)
  fillClasses(resource.firstsAddress(), changetype<usize>(gap))
}

@inline
function takeFresh(): Gap {
  assert(fresh != poolEnd)
  const gap = fresh
  fresh = gap.at(1)
  return gap
}

function allocate(): Gap {
  const gap = spare
  if (!gap) return takeFresh()
  spare = gap.nextsAt(0)
  return gap
}

function classOf(length: u32, highest: i32): i32 {
  while (highest > 0 && load<u32>(classes + highest) > length) highest -= 4
  return highest
}

/** Takes the gap out of the lists above `kept`. */
function demote(gap: Gap, highest: i32, kept: i32): void {
  for (; highest > kept; highest -= 4) {
    const next = gap.nextsAt(highest)
    const previous = gap.previousAt(highest)
    previous.nextsSet(highest, next)
    next.previousSet(highest, previous)
  }
  gap.klass = kept
}

/** Cuts the gap into [from, start), which it remains, and [end, until). */
function split(gap: Gap, highest: i32, start: u32, end: u32): void {
  const until = gap.end
  const other = allocate()
  const kept = classOf(start - gap.start, highest)
  const given = classOf(until - end, highest)
  gap.end = start
  gap.klass = kept
  other.start = end
  other.end = until
  other.klass = given
  // Above what remains of it the new gap stands in its place; below, right after it.
  let k = highest
  for (; k > given; k -= 4) {
    if (k <= kept) continue
    const next = gap.nextsAt(k)
    const previous = gap.previousAt(k)
    previous.nextsSet(k, next)
    next.previousSet(k, previous)
  }
  for (; k > kept; k -= 4) {
    const next = gap.nextsAt(k)
    const previous = gap.previousAt(k)
    other.nextsSet(k, next)
    other.previousSet(k, previous)
    previous.nextsSet(k, other)
    next.previousSet(k, other)
  }
  for (; k >= 0; k -= 4) {
    const next = gap.nextsAt(k)
    other.nextsSet(k, next)
    other.previousSet(k, gap)
    gap.nextsSet(k, other)
    next.previousSet(k, other)
  }
}

/** Takes [start, end) out of a gap that has it. What is left counts only where a task of the resource could fit in. */
export function takeFromGap(resource: Resource, gap: Gap, start: u32, end: u32): void {
  const shortest = resource.shortest
  const from = gap.start
  const until = gap.end
  const highest = gap.klass
  assert(from <= start && start < end && end <= until)
  if (start - from >= shortest) {
    if (until - end >= shortest) {
      split(gap, highest, start, end)
    } else {
      gap.end = start
      demote(gap, highest, classOf(start - from, highest))
    }
  } else if (until - end >= shortest) {
    gap.start = end
    demote(gap, highest, classOf(until - end, highest))
  } else {
    demote(gap, highest, -4)
    gap.nextsSet(0, spare)
    spare = gap
  }
  if (end > resource.finish) resource.finish = end
}
