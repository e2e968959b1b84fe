// Moves in the list that an annealing works on, and how to take the last one back.
import { nextRandom, randomBelow } from './random'

let order: usize = 0
let places: usize = 0
let count: u32 = 0
// The last move: its two places, equal where there was none, and whether it was a swap.
let moveFrom: u32 = 0
let moveTo: u32 = 0
let swapped: bool = false

function at(list: usize, index: u32): usize {
  return list + (<usize>index << 2)
}

function taskAt(place: u32): u32 {
  return load<u32>(at(order, place))
}

function put(place: u32, task: u32): void {
  store<u32>(at(order, place), task)
  store<u32>(at(places, task), place)
}

/** The moves to come are in the list of `taskCount` tasks at `list`; `scratch` has room for the place of each task. */
export function beginMoves(list: usize, scratch: usize, taskCount: u32): void {
  order = list
  places = scratch
  count = taskCount
  for (let place: u32 = 0; place < count; place++) put(place, taskAt(place))
}

export function placeOf(task: u32): u32 {
  return load<u32>(at(places, task))
}

function swap(from: u32, to: u32): void {
  const task = taskAt(from)
  put(from, taskAt(to))
  put(to, task)
}

function shift(from: u32, to: u32): void {
  const task = taskAt(from)
  for (let place = from; place < to; place++) put(place, taskAt(place + 1))
  for (let place = from; place > to; place--) put(place, taskAt(place - 1))
  put(to, task)
}

/** Swaps the tasks at two places, or takes one out and puts it in at the other. */
export function moveInList(from: u32, to: u32, swapping: bool): void {
  moveFrom = from
  moveTo = to
  swapped = swapping
  if (swapping) swap(from, to)
  else shift(from, to)
}

/** Says that the last move changed nothing in the list. */
export function leaveList(): void {
  moveFrom = 0
  moveTo = 0
}

export function undoInList(): void {
  if (swapped) swap(moveFrom, moveTo)
  else shift(moveTo, moveFrom)
}

/** A place other than `from`, near ones more often: the distance is log-uniform. At least two tasks. */
export function placeNear(from: u32): u32 {
  const doublings: u32 = 32 - clz(count - 1)
  const reach: u32 = min((<u32>1) << (1 + randomBelow(doublings)), count)
  const distance: u32 = 1 + randomBelow(reach - 1)
  const after = count - 1 - from
  const forward = (nextRandom() & 1) != 0 ? after > 0 : from == 0
  return forward ? from + min(distance, after) : from - min(distance, from)
}
