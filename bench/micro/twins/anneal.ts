/** Annealing of lists, by the method of assembly/anneal.ts, over the serial scheme. */
import type { AnnealOptions, AnnealResult } from '../../../src/kernel/types.js'
import { NEVER } from './gaps.js'
import { Xorshift } from './random.js'
import { finishOf, generate, type Serial } from './serial.js'

const TAIL = 0.05
const HOT = 0.003
const COLD = 0.00002
const LEAVING_OUT = 10

/** A list, the place of each task in it, and the last move. */
class List {
  readonly order: Int32Array
  readonly place: Int32Array
  readonly #random: Xorshift
  #from = 0
  #to = 0
  #swapped = false

  constructor(order: Int32Array, random: Xorshift) {
    this.order = order.slice()
    this.place = new Int32Array(order.length)
    this.#random = random
    for (let k = 0; k < order.length; k++) this.place[order[k]] = k
  }

  #swap(from: number, to: number): void {
    const { order, place } = this
    const task = order[from]
    order[from] = order[to]
    place[order[from]] = from
    order[to] = task
    place[task] = to
  }

  #shift(from: number, to: number): void {
    const { order, place } = this
    const task = order[from]
    const step = from < to ? 1 : -1
    for (let k = from; k !== to; k += step) {
      const moved = order[k + step]
      order[k] = moved
      place[moved] = k
    }
    order[to] = task
    place[task] = to
  }

  move(from: number, to: number, swapping: boolean): void {
    this.#from = from
    this.#to = to
    this.#swapped = swapping
    if (swapping) this.#swap(from, to)
    else this.#shift(from, to)
  }

  undo(): void {
    if (this.#swapped) this.#swap(this.#from, this.#to)
    else this.#shift(this.#to, this.#from)
  }

  /** A place other than `from`, near ones more often. */
  near(from: number): number {
    const random = this.#random
    const count = this.order.length
    const reach = Math.min(2 ** (1 + random.below(32 - Math.clz32(count - 1))), count)
    const distance = 1 + random.below(reach - 1)
    const after = count - 1 - from
    const forward = (random.next() & 1) !== 0 ? after > 0 : from === 0
    return forward ? from + Math.min(distance, after) : from - Math.min(distance, from)
  }
}

interface Members {
  first: Int32Array
  tasks: Int32Array
}

function membersOf({ problem }: Serial): Members {
  const { taskCount, resourceCount, resourceA, resourceB } = problem
  const lists = Array.from({ length: resourceCount }, (): number[] => [])
  for (let i = 0; i < taskCount; i++) for (const r of [resourceA[i], resourceB[i]]) lists[r].push(i)
  const first = new Int32Array(resourceCount + 1)
  for (let r = 0; r < resourceCount; r++) first[r + 1] = first[r] + lists[r].length
  return { first, tasks: Int32Array.from(lists.flat()) }
}

class Annealing {
  readonly #serial: Serial
  readonly #random: Xorshift
  readonly #list: List
  readonly #members: Members
  readonly #finish: Int32Array
  readonly #leftOut: Int32Array
  readonly #target: number
  readonly #weightCost: number
  readonly scale: number
  #leftOutCount = 0
  #latest = 0

  constructor(serial: Serial, list: List, random: Xorshift, target: number) {
    const { taskCount, resourceCount, duration, weight } = serial.problem
    this.#serial = serial
    this.#random = random
    this.#list = list
    this.#members = membersOf(serial)
    this.#finish = new Int32Array(resourceCount)
    this.#leftOut = new Int32Array(taskCount)
    this.#target = target
    const { first, tasks } = this.#members
    let scale = 1
    for (let i = 0; i < taskCount; i++) scale = Math.max(scale, duration[i])
    for (let r = 0; r < resourceCount; r++) {
      let work = 0
      for (let k = first[r]; k < first[r + 1]; k++) work += duration[tasks[k]]
      scale = Math.max(scale, work)
    }
    this.scale = scale
    this.#weightCost = (LEAVING_OUT * scale) / weight.reduce((a, b) => Math.min(a, b), Number.MAX_VALUE)
  }

  /** One of the tasks of a resource that finishes late, or any task. */
  #lateTask(): number {
    const random = this.#random
    const { first, tasks } = this.#members
    const { resourceCount, taskCount } = this.#serial.problem
    const choice = random.next() & 7
    let resource = this.#latest
    if (choice >= 3) {
      resource = random.below(resourceCount)
      const other = random.below(resourceCount)
      if (this.#finish[other] > this.#finish[resource]) resource = other
    }
    if (choice < 6) {
      const count = first[resource + 1] - first[resource]
      if (count > 0) return tasks[first[resource] + random.below(count)]
    }
    return random.below(taskCount)
  }

  propose(): void {
    const list = this.#list
    const random = this.#random
    if (this.#leftOutCount > 0 && (random.next() & 3) === 0) {
      const from = list.place[this.#leftOut[random.below(this.#leftOutCount)]]
      if (from > 0) {
        list.move(from, random.below(from), (random.next() & 1) === 0)
        return
      }
    }
    const from = list.place[this.#lateTask()]
    if ((random.next() & 1) !== 0) {
      const to = list.place[this.#lateTask()]
      if (to !== from) {
        list.move(from, to, true)
        return
      }
    }
    list.move(from, list.near(from), (random.next() & 3) === 0)
  }

  cost(): number {
    const serial = this.#serial
    let tail = 0
    for (let r = 0; r < serial.problem.resourceCount; r++) {
      tail += Math.max(0, finishOf(serial, r) - this.#target)
    }
    return serial.unscheduledWeight * this.#weightCost + serial.makespan + TAIL * tail
  }

  /** The search now stands at the list evaluated last. */
  settle(): void {
    const serial = this.#serial
    const finish = this.#finish
    let last = 0
    this.#latest = 0
    for (let r = 0; r < finish.length; r++) {
      finish[r] = finishOf(serial, r)
      if (finish[r] > last) {
        last = finish[r]
        this.#latest = r
      }
    }
    this.#leftOutCount = 0
    if (serial.unscheduledWeight === 0) return
    for (let i = 0; i < serial.start.length; i++) {
      if (serial.start[i] < 0) this.#leftOut[this.#leftOutCount++] = i
    }
  }
}

export function anneal(serial: Serial, options: AnnealOptions): AnnealResult {
  const { evaluations, spent, total, seed } = options
  const target = Math.max(0, options.target)
  const random = new Xorshift(seed, spent)
  const list = new List(options.order, random)
  const annealing = new Annealing(serial, list, random, target)
  generate(serial, list.order, NEVER)
  annealing.settle()
  let cost = annealing.cost()
  let { makespan, unscheduledWeight } = serial
  const bestOrder = list.order.slice()
  const bestStart = serial.start.slice()
  const hottest = HOT * annealing.scale
  const cooling = Math.log(COLD / HOT)
  let used = 1
  while (used < evaluations && list.order.length > 1) {
    if (unscheduledWeight === 0 && makespan <= target) break
    annealing.propose()
    const temperature = hottest * Math.exp(cooling * Math.min(1, (spent + used) / total))
    const threshold = cost - temperature * Math.log(random.fraction())
    used++
    if (!generate(serial, list.order, threshold < NEVER ? Math.floor(threshold) : NEVER)) {
      list.undo()
      continue
    }
    const reached = annealing.cost()
    if (
      serial.unscheduledWeight < unscheduledWeight ||
      (serial.unscheduledWeight === unscheduledWeight && serial.makespan < makespan)
    ) {
      makespan = serial.makespan
      unscheduledWeight = serial.unscheduledWeight
      bestOrder.set(list.order)
      bestStart.set(serial.start)
    }
    if (reached <= threshold) {
      cost = reached
      annealing.settle()
    } else {
      list.undo()
    }
  }
  return {
    start: bestStart,
    round: new Int32Array(bestStart.length),
    makespan,
    unscheduledWeight,
    order: bestOrder,
    current: list.order,
    evaluations: used,
  }
}
