// Failure-directed search's ratings (Vilím, Laborie, Shaw 2015): a side that fails, or settles many other choices, rates low, and the
// search takes the choice of lowest sum, its lower side first. Guided by an incumbent it looks for a schedule instead, and takes the
// choice whose tasks have least room.
import { choiceOf } from './exact-state'
import { Choice, Search } from './records'

const KEPT = 0.98
const MEAN_KEPT = 0.99
const LEAST_MEAN = 0.05

export function resetRatings(search: Search): void {
  const count = <usize>search.choiceCount
  const means = search.depthMeans
  for (let d: usize = 0; d < count + 2; d++) store<f64>(means + (d << 3), 1)
  const end = search.choices.at(count)
  for (let choice = search.choices; choice != end; choice = choice.at(1)) {
    choice.ratingsSet(0, 1)
    choice.ratingsSet(8, 1)
    choice.ratingSum = 2
  }
  let pick = search.picks
  for (let k: usize = 0; k < count; k++, pick = pick.at(1)) pick.rating = 2
}

/** Rates the side that `flag` took at that depth; `local`: 0 where it failed, else 1 + the share of choices left open. */
export function rate(search: Search, choice: Choice, side: usize, depth: u32, local: f64): void {
  const mean = search.depthMeans + (depth << 3)
  const average = MEAN_KEPT * load<f64>(mean) + (1 - MEAN_KEPT) * local
  store<f64>(mean, average)
  const rated = side << 3
  const rating = KEPT * choice.ratingsAt(rated) + ((1 - KEPT) * local) / max(average, LEAST_MEAN)
  choice.ratingsSet(rated, rating)
  const sum = choice.ratingsAt(0) + choice.ratingsAt(8)
  choice.ratingSum = sum
  search.picks.at(choice.placesAfter(search.choices)).rating = sum
}

/** Choices by least room, and the incumbent's side of each first (solution-guided search; Beck 2007). */
let guided: bool = false

export function guide(by: bool): void {
  guided = by
}

/** Flag to set next: the better side of the open choice of lowest rating. There is one. */
export function pickFlag(search: Search): usize {
  if (guided) return pickTight(search)
  const open = search.open
  const end = open + (search.openCount << 2)
  let best = load<Choice>(open)
  let bestSum = best.ratingSum
  for (let p = open + 4; p < end; p += 4) {
    const choice = load<Choice>(p)
    const sum = choice.ratingSum
    if (sum < bestSum) {
      best = choice
      bestSum = sum
    }
  }
  const first = best.ratingsAt(0)
  const second = best.ratingsAt(8)
  const side = first == second ? best.hint : <u32>(second < first)
  return best.flags + (side << 2)
}

/**
 * The incumbent's side of the open choice whose tasks have least room, weighed by its rating: domain over weighted degree (Boussemart et al.
 * 2004; for disjunctive pairs Grimes & Hebrard 2009) with the rating in the place of the weight. Where many schedules meet a target it
 * dives to one in a few dead ends, where the ratings alone wander. All choices are gone through, in the order of their records: that is
 * faster than following the list of the open ones.
 */
function pickTight(search: Search): usize {
  let slack = search.slacks
  let task = search.tasks
  const lastTask = task.at(search.taskCount)
  // Half of the one tick that keeps a pair without room from weighing nothing.
  for (; task != lastTask; task = task.at(1), slack += 8) {
    store<f64>(slack, <f64>task.lst - <f64>task.est + 0.5)
  }
  const flags = search.flags
  const end = flags + (search.choiceCount << 3)
  let pick = search.picks
  let best: usize = 0
  let least: f64 = Infinity
  for (let flag = flags; flag < end; flag += 8, pick = pick.at(1)) {
    if (load<u64>(flag)) continue
    const both = load<f64>(pick.slackA) + load<f64>(pick.slackB)
    const key = both * pick.rating
    if (key < least) {
      best = flag
      least = key
    }
  }
  return best + (choiceOf(search, best).hint << 2)
}
