/**
 * Among schedules of the same choices that end no later, one in which drained nodes are empty as early as can be: local search over lists,
 * for a share of the work that the plan has taken so far. Nothing is proven of it.
 */

import type { ScheduleProblem, ScheduleResult, Scheduler } from '../../kernel/types.js'
import { append } from '../../lists.js'
import type { Instance } from '../../model/instance.js'
import { Random } from '../random.js'
import { type Leg, scheduleProblemOf } from '../schedule/legs.js'
import { memoryHolds } from '../schedule/memory-posting.js'
import { workOf } from '../schedule/resources.js'
import type { Timeline } from '../schedule/timeline.js'
import type { PlannerContext } from './context.js'
import { type Incumbent, retimed } from './incumbent.js'

/** Tasks placed between two looks at the clock. */
const SLICE_WORK = 60_000

export async function preferEarlyEmptying(context: PlannerContext, incumbent: Incumbent): Promise<Incumbent> {
  const { instance, kernel, forbidden, run } = context
  const { timeline } = incumbent
  const { legs } = timeline
  const emptying = new Emptying(instance, legs)
  const least = emptying.least(context)
  if (legs.length < 2 || emptying.sum(timeline.start) <= least || run.stopped) return incumbent
  const { tieShare, tieLeastWork } = run.parameters.planner
  const share = tieShare * run.counters.evaluations
  let left = Math.floor(Math.min(mostEvaluations(legs.length), Math.max(share, tieLeastWork / legs.length)))
  const { schedule, seed } = run.options
  const problem = scheduleProblemOf(instance, forbidden, legs, schedule)
  const scheduler = kernel.createScheduler(problem)
  const random = new Random(seed ^ 0x7e5)
  const slice = Math.max(1, Math.floor(SLICE_WORK / legs.length))
  let best = timeline
  let order = byStart(timeline)
  let now: [makespan: number, sum: number] = [timeline.makespan, emptying.sum(timeline.start)]
  const take = (list: Int32Array): boolean => {
    left--
    run.count('evaluations')
    const result = evaluate(scheduler, problem, list, schedule)
    if (result.unscheduledWeight > 0 || result.makespan > now[0]) return false
    const sum = emptying.sum(result.start)
    if (result.makespan === now[0] && sum > now[1]) return false
    const { start, round, makespan, unscheduledWeight } = result
    best = { legs, order: list, start, round, makespan, unscheduledWeight }
    now = [makespan, sum]
    order = list
    return true
  }
  try {
    const lists = [order, ...emptying.lists(timeline)]
    for (let i = 0; left > 0 && now[1] > least; i++) {
      take(i < lists.length ? lists[i] : moved(order, random, emptying.last(best.start)))
      if (left % slice === 0 && (await run.breathe())) break
    }
  } finally {
    scheduler.dispose()
  }
  return best === timeline ? incumbent : retimed(incumbent, best)
}

/** Evaluations beyond this many times the lists that there are find nothing new. */
const REPEATS = 4

function mostEvaluations(legs: number): number {
  let lists = REPEATS
  for (let n = 2; n <= legs && lists < Number.MAX_SAFE_INTEGER; n++) lists *= n
  return lists
}

/** In gaps wherever memory admits that, else as the scheme that heeds it has it. */
function evaluate(
  scheduler: Scheduler,
  problem: ScheduleProblem,
  list: Int32Array,
  schedule: 'timeline' | 'rounds',
): ScheduleResult {
  if (schedule === 'rounds') return scheduler.evaluate(list, 'rounds')
  const serial = scheduler.evaluate(list, 'serial')
  return memoryHolds(problem, serial.start) ? serial : scheduler.evaluate(list, 'event')
}

function byStart({ start }: Timeline): Int32Array {
  return Int32Array.from(start.keys()).sort((a, b) => start[a] - start[b] || a - b)
}

/** The list with one leg in another place: as often as not one that empties its node, earlier than it was. */
function moved(order: Int32Array, random: Random, last: readonly number[]): Int32Array {
  const list = [...order]
  const hurry = random.below(2) === 0
  const from = hurry ? order.indexOf(last[random.below(last.length)]) : random.below(list.length)
  const [leg] = list.splice(from, 1)
  list.splice(random.below(hurry ? from + 1 : list.length + 1), 0, leg)
  return Int32Array.from(list)
}

/** When the drained nodes of some legs are empty. */
class Emptying {
  readonly #legs: readonly Leg[]
  /** By drained node that something leaves: its departures and saves. */
  readonly #departures = new Map<number, number[]>()

  constructor({ drained }: Instance, legs: readonly Leg[]) {
    this.#legs = legs
    legs.forEach(({ from }, i) => {
      if (drained[from] === 0) return
      append(this.#departures, from, i)
    })
  }

  #end(i: number, start: Int32Array): number {
    return start[i] + this.#legs[i].duration
  }

  sum(start: Int32Array): number {
    let sum = 0
    for (const own of this.#departures.values())
      sum += own.reduce((latest, i) => Math.max(latest, this.#end(i, start)), 0)
    return sum
  }

  /** Of each node, what leaves it last. */
  last(start: Int32Array): number[] {
    return [...this.#departures.values()].map((own) =>
      own.reduce((last, i) => (this.#end(i, start) > this.#end(last, start) ? i : last)),
    )
  }

  /** No schedule of these legs has a smaller sum. */
  least({ availability }: PlannerContext): number {
    let sum = 0
    for (const [node, own] of this.#departures) {
      let work = 0
      let longest = 0
      for (const i of own) {
        const { duration } = this.#legs[i]
        work += workOf(this.#legs[i]).atSource
        longest = Math.max(longest, duration)
      }
      sum += Math.max(longest, availability.earliest(node, work))
    }
    return sum
  }

  /** Node by node, each in its old order: those first that have the least to send, and those that are empty first already. */
  lists({ start }: Timeline): Int32Array[] {
    const old = [...start.keys()].sort((a, b) => start[a] - start[b] || a - b)
    const work = (own: readonly number[]) => own.reduce((sum, i) => sum + this.#legs[i].duration, 0)
    const end = (own: readonly number[]) =>
      own.reduce((latest, i) => Math.max(latest, this.#end(i, start)), 0)
    return [work, end].map((key) => {
      const nodes = [...this.#departures].sort(([a, own], [b, other]) => key(own) - key(other) || a - b)
      const rank = new Map(nodes.map(([node], r) => [node, r]))
      const rankOf = (i: number) => rank.get(this.#legs[i].from) ?? nodes.length
      return Int32Array.from(old).sort((a, b) => rankOf(a) - rankOf(b) || start[a] - start[b] || a - b)
    })
  }
}
