// Failure-directed search's ratings (Vilím, Laborie, Shaw 2015): a side that fails, or settles many other choices, rates low, and the
// search takes the choice of lowest sum, its lower side first. Guided by an incumbent it looks for a schedule instead, and takes the
// choice whose tasks have least room.
import {
  CHOICES,
  CHOICE_BYTES,
  CHOICE_COUNT,
  DEPTH_MEANS,
  EST,
  FLAGS,
  HINT,
  LST,
  OPEN,
  OPEN_COUNT,
  OWN_FLAGS,
  PICKS,
  PICK_A,
  PICK_B,
  PICK_BYTES,
  PICK_RATING,
  RATING,
  RATING_SUM,
  SLACKS,
  TASKS,
  TASK_BYTES,
  TASK_COUNT,
} from './exact-layout'
import { choiceOf } from './exact-state'

const KEPT = 0.98
const MEAN_KEPT = 0.99
const LEAST_MEAN = 0.05

export function resetRatings(search: usize): void {
  const count = <usize>load<u32>(search, CHOICE_COUNT)
  const means = load<usize>(search, DEPTH_MEANS)
  for (let d: usize = 0; d < count + 2; d++) store<f64>(means + (d << 3), 1)
  const end = load<usize>(search, CHOICES) + count * CHOICE_BYTES
  for (let choice = load<usize>(search, CHOICES); choice < end; choice += CHOICE_BYTES) {
    store<f64>(choice, 1, RATING)
    store<f64>(choice + 8, 1, RATING)
    store<f64>(choice, 2, RATING_SUM)
  }
  let pick = load<usize>(search, PICKS)
  for (let k: usize = 0; k < count; k++, pick += PICK_BYTES) store<f64>(pick, 2, PICK_RATING)
}

/** Rates the side that `flag` took at that depth; `local`: 0 where it failed, else 1 + the share of choices left open. */
export function rate(search: usize, choice: usize, side: usize, depth: u32, local: f64): void {
  const mean = load<usize>(search, DEPTH_MEANS) + ((<usize>depth) << 3)
  const average = MEAN_KEPT * load<f64>(mean) + (1 - MEAN_KEPT) * local
  store<f64>(mean, average)
  const at = choice + (side << 3)
  const rating = KEPT * load<f64>(at, RATING) + ((1 - KEPT) * local) / max(average, LEAST_MEAN)
  store<f64>(at, rating, RATING)
  const sum = load<f64>(choice, RATING) + load<f64>(choice + 8, RATING)
  store<f64>(choice, sum, RATING_SUM)
  const index = (choice - load<usize>(search, CHOICES)) / CHOICE_BYTES
  store<f64>(load<usize>(search, PICKS) + index * PICK_BYTES, sum, PICK_RATING)
}

/** Choices by least room, and the incumbent's side of each first (solution-guided search; Beck 2007). */
let guided: bool = false

export function guide(by: bool): void {
  guided = by
}

/** Flag to set next: the better side of the open choice of lowest rating. There is one. */
export function pickFlag(search: usize): usize {
  if (guided) return pickTight(search)
  const open = load<usize>(search, OPEN)
  const end = open + ((<usize>load<u32>(search, OPEN_COUNT)) << 2)
  let best = load<usize>(open)
  let bestSum = load<f64>(best, RATING_SUM)
  for (let p = open + 4; p < end; p += 4) {
    const choice = load<usize>(p)
    const sum = load<f64>(choice, RATING_SUM)
    if (sum < bestSum) {
      best = choice
      bestSum = sum
    }
  }
  const first = load<f64>(best, RATING)
  const second = load<f64>(best + 8, RATING)
  const side = first == second ? load<usize>(best, HINT) : <usize>(second < first)
  return load<usize>(best, OWN_FLAGS) + (side << 2)
}

/**
 * The incumbent's side of the open choice whose tasks have least room, weighed by its rating: domain over weighted degree (Boussemart et al.
 * 2004; for disjunctive pairs Grimes & Hebrard 2009) with the rating in the place of the weight. Where many schedules meet a target it
 * dives to one in a few dead ends, where the ratings alone wander. All choices are gone through, in the order of their records: that is
 * faster than following the list of the open ones.
 */
function pickTight(search: usize): usize {
  let slack = load<usize>(search, SLACKS)
  let task = load<usize>(search, TASKS)
  const lastTask = task + <usize>load<u32>(search, TASK_COUNT) * TASK_BYTES
  // Half of the one tick that keeps a pair without room from weighing nothing.
  for (; task < lastTask; task += TASK_BYTES, slack += 8) {
    store<f64>(slack, <f64>load<i32>(task, LST) - <f64>load<i32>(task, EST) + 0.5)
  }
  const flags = load<usize>(search, FLAGS)
  const end = flags + ((<usize>load<u32>(search, CHOICE_COUNT)) << 3)
  let pick = load<usize>(search, PICKS)
  let best: usize = 0
  let least: f64 = Infinity
  for (let flag = flags; flag < end; flag += 8, pick += PICK_BYTES) {
    if (load<u64>(flag)) continue
    const both = load<f64>(load<usize>(pick, PICK_A)) + load<f64>(load<usize>(pick, PICK_B))
    const key = both * load<f64>(pick, PICK_RATING)
    if (key < least) {
      best = flag
      least = key
    }
  }
  return best + (load<usize>(choiceOf(search, best), HINT) << 2)
}
