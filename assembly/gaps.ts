// The free time of a resource of capacity 1, as gaps in order of time. A long list has mostly gaps too short for the task at hand,
// so there is one list per class of durations, which only has the gaps that take that class's shortest: a search walks hardly
// any gap in vain. Time only fills up; a gap loses classes and never gains any.
import {
  CLASS_SHORTEST,
  DURATION_CLASSES,
  FINISH,
  FIRSTS,
  GAPS,
  GAP_BYTES,
  G_CLASS,
  G_END,
  G_NEXT,
  G_PREVIOUS,
  G_START,
  NEVER,
  SHORTEST,
} from './schedule-layout'

let classes: usize = 0
/** First node of the pool that was never in use. */
let fresh: usize = 0
/** Nodes given back, linked through G_NEXT. */
let spare: usize = 0
/** Stands behind the last gap of every list: written to, never read. */
let beyond: usize = 0

/** Empties the pool. */
export function resetGaps(schedule: usize): void {
  classes = load<usize>(schedule, CLASS_SHORTEST)
  beyond = load<usize>(schedule, GAPS)
  fresh = beyond + GAP_BYTES
  spare = 0
}

/** The same address for each of the DURATION_CLASSES from `at` on. */
@inline
export function fillClasses(at: usize, address: usize): void {
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
export function openGap(resource: usize): void {
  const gap = fresh
  fresh += GAP_BYTES
  store<u32>(gap, 0, G_START)
  store<u32>(gap, NEVER, G_END)
  store<usize>(gap, (DURATION_CLASSES - 1) << 2, G_CLASS)
  fillClasses(gap + G_NEXT, beyond)
  fillClasses(gap + G_PREVIOUS, resource + FIRSTS - G_NEXT)
  fillClasses(resource + FIRSTS, gap)
}

function allocate(): usize {
  let gap = spare
  if (gap) {
    spare = load<usize>(gap, G_NEXT)
  } else {
    gap = fresh
    fresh += GAP_BYTES
  }
  return gap
}

function classOf(length: u32, highest: isize): isize {
  while (highest > 0 && load<u32>(classes + highest) > length) highest -= 4
  return highest
}

/** Takes the gap out of the lists above `kept`. */
function demote(gap: usize, highest: isize, kept: isize): void {
  for (; highest > kept; highest -= 4) {
    const next = load<usize>(gap + highest, G_NEXT)
    const previous = load<usize>(gap + highest, G_PREVIOUS)
    store<usize>(previous + highest, next, G_NEXT)
    store<usize>(next + highest, previous, G_PREVIOUS)
  }
  store<isize>(gap, kept, G_CLASS)
}

/** Cuts the gap into [from, start), which it remains, and [end, until). */
function split(gap: usize, highest: isize, start: u32, end: u32): void {
  const until = load<u32>(gap, G_END)
  const other = allocate()
  const kept = classOf(start - load<u32>(gap, G_START), highest)
  const given = classOf(until - end, highest)
  store<u32>(gap, start, G_END)
  store<isize>(gap, kept, G_CLASS)
  store<u32>(other, end, G_START)
  store<u32>(other, until, G_END)
  store<isize>(other, given, G_CLASS)
  // Above what remains of it the new gap stands in its place; below, right after it.
  let k = highest
  for (; k > given; k -= 4) {
    if (k <= kept) continue
    const next = load<usize>(gap + k, G_NEXT)
    const previous = load<usize>(gap + k, G_PREVIOUS)
    store<usize>(previous + k, next, G_NEXT)
    store<usize>(next + k, previous, G_PREVIOUS)
  }
  for (; k > kept; k -= 4) {
    const next = load<usize>(gap + k, G_NEXT)
    const previous = load<usize>(gap + k, G_PREVIOUS)
    store<usize>(other + k, next, G_NEXT)
    store<usize>(other + k, previous, G_PREVIOUS)
    store<usize>(previous + k, other, G_NEXT)
    store<usize>(next + k, other, G_PREVIOUS)
  }
  for (; k >= 0; k -= 4) {
    const next = load<usize>(gap + k, G_NEXT)
    store<usize>(other + k, next, G_NEXT)
    store<usize>(other + k, gap, G_PREVIOUS)
    store<usize>(gap + k, other, G_NEXT)
    store<usize>(next + k, other, G_PREVIOUS)
  }
}

/** Takes [start, end) out of a gap that has it. What is left counts only where a task of the resource could fit in. */
export function takeFromGap(resource: usize, gap: usize, start: u32, end: u32): void {
  const shortest = load<u32>(resource, SHORTEST)
  const from = load<u32>(gap, G_START)
  const until = load<u32>(gap, G_END)
  const highest = load<isize>(gap, G_CLASS)
  assert(from <= start && start < end && end <= until)
  if (start - from >= shortest) {
    if (until - end >= shortest) {
      split(gap, highest, start, end)
    } else {
      store<u32>(gap, start, G_END)
      demote(gap, highest, classOf(start - from, highest))
    }
  } else if (until - end >= shortest) {
    store<u32>(gap, end, G_START)
    demote(gap, highest, classOf(until - end, highest))
  } else {
    demote(gap, highest, -4)
    store<usize>(gap, spare, G_NEXT)
    spare = gap
  }
  if (end > load<u32>(resource, FINISH)) store<u32>(resource, end, FINISH)
}
