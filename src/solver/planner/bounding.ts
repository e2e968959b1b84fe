/** The bounds of a plan together, and whether an incumbent meets them. */

import { ONE_SLOT } from '../../model/duration.js'
import { COST_NOISE } from '../../model/ticks.js'
import { deadlineFloors } from '../bounds/deadline.js'
import { timeGrid } from '../bounds/grid.js'
import { type MatchingLpResult, matchingLpBound } from '../bounds/matching-lp.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import type { Floors } from '../bounds/node-load.js'
import { loadsSayAsMuch, type OddSetGroup, oddSetBound, oddSetGroups, oddSetName } from '../bounds/odd-set.js'
import { fixedLegs, makespanAndCostBound, type PlanBound } from '../bounds/plan-bound.js'
import { roundsThresholdBound } from '../bounds/rounds-threshold.js'
import { type SingleNodeBounds, singleNodeBounds } from '../bounds/single-node.js'
import { type Decision, viasOf } from '../schedule/legs.js'
import { workOf } from '../schedule/resources.js'
import { blackoutPenalty } from '../wishes/maker.js'
import { dropRivals } from '../wishes/rivals.js'
import type { Wish } from '../wishes/wish.js'
import { isNearEnough } from './budget.js'
import { openWishes, type PlannerContext } from './context.js'
import { coversMost, parks } from './incumbent.js'
import type { Reached, Standing } from './standing.js'

/** No plan that leaves at most `spare` unplaced, and neither makes room nor parks, ends earlier, or costs less. Ticks. */
interface ProvenOfAssignments {
  spare: number
  makespan: number
  cost: number
  /** Only plans that cost less than this were looked at. */
  cutoff: number
  /** Columns that the proof could solve. */
  work: number
}

export class Bounding {
  readonly #context: PlannerContext
  /** Ticks: the least makespan is a multiple of it. */
  readonly grid: number
  /** What became of the LPs of the bounds. */
  readonly lpNotes: string[] = []
  #leastUnplaced = 0
  /** What deadlines leave unplaced in any case. */
  readonly #floors: Floors | undefined
  readonly #proven: ProvenOfAssignments[] = []
  /** Ticks: no plan by way of stop-overs costs less that leaves at most `spare` unplaced, where no straight one leaves as little. */
  #parked = { spare: -1, cost: 0 }
  /** Of the wishes that were bounded last. */
  #groups: { wishes: readonly Wish[]; groups: readonly OddSetGroup[] } | undefined

  constructor(context: PlannerContext) {
    this.#context = context
    const { instance } = context
    this.grid = instance.othersMayMove ? 1 : timeGrid(instance, openWishes(context))
    this.#floors = deadlineFloors(instance, context.maker, openWishes(context))
    this.learnUnplaced(this.#floors?.sum ?? 0)
  }

  /** No plan leaves less weight unplaced among the wishes that have a choice. */
  get leastUnplaced(): number {
    return this.#leastUnplaced
  }

  /** The decisions without as little as deadlines leave behind in any case; undefined where that is nothing. */
  withoutLate(wishes: readonly Wish[], decisions: readonly Decision[]): Decision[] | undefined {
    const stays = this.#floors?.stays
    if (stays === undefined) return undefined
    const fewer = decisions.map((each, w) =>
      stays[wishes[w].vm] === 1 ? { choice: undefined, parking: -1 } : each,
    )
    dropRivals(this.#context.instance, wishes, fewer)
    return fewer
  }

  /** Remembers a proof of it. */
  learnUnplaced(weight: number): void {
    this.#leastUnplaced = Math.max(this.#leastUnplaced, weight)
  }

  /** Remembers a proof about assignments: `bound` heeds it from now on. */
  learn(proven: ProvenOfAssignments): void {
    this.#proven.push(proven)
  }

  /** Remembers a proof about plans that park because they have to. */
  learnParked(spare: number, cost: number): void {
    this.#parked = { spare, cost }
  }

  /** Has such a proof been made already? */
  knows(spare: number, cutoff: number, work: number): boolean {
    return this.#proven.some(
      (known) => known.spare === spare && known.cutoff === cutoff && known.work === work,
    )
  }

  /** @param spare weight that may stay unplaced. */
  bound(wishes: readonly Wish[], prices: readonly Float64Array[], spare: number): PlanBound {
    const { instance, run, forbidden, availability } = this.#context
    const asked = wishes.filter((w) => !w.makesRoom)
    const bound = makespanAndCostBound(instance, forbidden, availability, asked, prices, spare, this.#floors)
    const plain = this.raised(bound, bound.makespan, bound.by, bound.nodes)
    let raised = plain
    const groups = this.#groupsOf(wishes, asked)
    if (spare > 0 || !loadsSayAsMuch(instance, groups)) {
      const odd = oddSetBound(instance, groups, spare, plain.makespan, run.parameters.bounds)
      raised = this.raised(plain, odd.makespan, oddSetName(instance, odd.nodes), odd.nodes)
    }
    for (const known of this.#proven) {
      if (known.spare < spare) continue
      raised = this.raised(raised, known.makespan, 'assignment')
      if (known.cost > raised.cost) raised = { ...raised, cost: known.cost }
    }
    return this.#roundsBound(raised, asked, false)
  }

  /** The bound of what the incumbent leaves unplaced, made anew. */
  rebound(standing: Standing): void {
    const { state, prices, incumbent } = standing
    standing.bound = this.bound(state.wishes, prices, incumbent.unplacedWeight)
    standing.bounded = state.wishes
  }

  #groupsOf(wishes: readonly Wish[], asked: readonly Wish[]): readonly OddSetGroup[] {
    if (this.#groups?.wishes !== wishes) {
      const { instance, forbidden, run } = this.#context
      this.#groups = { wishes, groups: oddSetGroups(instance, forbidden, asked, run.parameters.bounds) }
    }
    return this.#groups.groups
  }

  /** The bound raised by what holds for rounds only. */
  #roundsBound(bound: PlanBound, asked: readonly Wish[], parked: boolean): PlanBound {
    if (this.#context.run.options.schedule !== 'rounds') return bound
    const makespan = roundsThresholdBound(this.#context.instance, asked, bound.spare, parked)
    return this.raised(bound, makespan, 'rounds-threshold')
  }

  /** A bound with its makespan part raised, up to the grid, and the cost part with it. */
  raised(bound: PlanBound, value: number, by: string, nodes: readonly number[] = []): PlanBound {
    const makespan = Math.ceil(value / this.grid) * this.grid
    if (makespan <= bound.makespan) return bound
    return { ...bound, makespan, cost: Math.max(bound.cost, makespan + bound.leastPenalty), by, nodes }
  }

  /** Nothing is left to prove either. */
  meetsProven(reached: Reached): boolean {
    if (this.#context.run.stopped) return true
    return reached.incumbent.unplacedWeight <= this.leastUnplaced && this.meets(reached)
  }

  meets({ incumbent, bound }: Reached): boolean {
    if (this.#context.run.stopped) return true
    if (incumbent.unplacedWeight !== bound.spare || incumbent.cost > bound.cost + COST_NOISE) return false
    return coversMost(this.#context, incumbent)
  }

  /** Holds only for plans that place everything and park nothing. */
  async singleNodeBound({ state, bound, incumbent }: Standing): Promise<SingleNodeBounds | undefined> {
    if (incumbent.unplacedWeight > 0 || parks(incumbent)) return undefined
    const { instance, run, availability } = this.#context
    run.enter('bound')
    const { wishes } = state
    // Where targets can be chosen, a plan that costs less may end later: the bound may rise above this makespan.
    const fixed = wishes.every((w) => w.choices.length === 1)
    const upper = fixed ? incumbent.timeline.makespan : instance.horizon
    return singleNodeBounds(this.#context, availability, wishes, bound.makespan, upper)
  }

  /** The matching LP over what has to happen in just one way. */
  async matchingBound({ state, bound, incumbent }: Standing): Promise<MatchingLpResult | undefined> {
    if (incumbent.unplacedWeight > 0 || parks(incumbent)) {
      this.lpNotes.push('matching LP left out: the plan parks VMs or leaves some unplaced')
      return undefined
    }
    const { instance, run, lp } = this.#context
    const { makespan } = incumbent.timeline
    if (!run.parameters.planner.patient && isNearEnough(run, { incumbent, bound })) {
      const percent = (100 * (1 - bound.makespan / makespan)).toPrecision(2)
      this.lpNotes.push(`matching LP left out: so many migrations, and only ${percent} % above the bound`)
      return undefined
    }
    const legs = fixedLegs(instance, state.wishes)
    if (legs.length < 2) return undefined
    run.enter('bound')
    const wantsRounds = run.options.schedule === 'rounds'
    const task = { legs, known: bound.makespan, enough: makespan, wantsRounds }
    const result = await matchingLpBound(this.#context, lp, task)
    this.lpNotes.push(`matching LP ${result.note || 'solved'}`)
    return result
  }

  /** The bound that holds for what the incumbent turned out to be: parked, or with VMs left unplaced. */
  finalBound({ state, prices, incumbent, bound }: Standing): PlanBound {
    if (parks(incumbent)) {
      const parked = this.#parkedBound(state.wishes, incumbent.unplacedWeight)
      const known = this.#parked.spare >= incumbent.unplacedWeight ? this.#parked.cost : 0
      return { ...parked, cost: Math.max(parked.cost, known) }
    }
    if (incumbent.unplacedWeight === bound.spare) return bound
    return this.bound(state.wishes, prices, incumbent.unplacedWeight)
  }

  /**
   * Plans that park may be needed, so the bound must hold for them: a VM then occupies its source only as long as the fastest first leg
   * takes, its target as long as the fastest last one.
   */
  #parkedBound(wishes: readonly Wish[], spare: number): PlanBound {
    const asked = wishes.filter((w) => !w.makesRoom)
    const instance = this.#context.instance
    const relaxed = asked.map((wish): Wish => {
      const own = instance.vmNode[wish.vm]
      const choices = wish.choices.map((choice) => {
        if (choice.kind !== 'live') return choice
        let { duration, blackoutSeconds } = choice
        let { atSource, atTarget } = workOf(choice)
        const others = choice.penalty - blackoutPenalty(instance, choice)
        for (let n = 0; n < instance.nodeCount; n++) {
          if (n === own || n === choice.node || !this.#context.maker.canStand(wish.vm, n)) continue
          for (const [first, last] of viasOf(instance, wish, n, choice.node)) {
            duration = Math.min(duration, first.ticks, last.ticks)
            atSource = Math.min(atSource, first.ticks * first.slots.from)
            atTarget = Math.min(atTarget, last.ticks * last.slots.to)
            blackoutSeconds = Math.min(blackoutSeconds, first.blackoutSeconds + last.blackoutSeconds)
          }
        }
        const penalty = others + blackoutPenalty(instance, { blackoutSeconds })
        // Its least work at either end, each by a way of its own: slots are then no whole numbers.
        const slots = duration === 0 ? ONE_SLOT : { from: atSource / duration, to: atTarget / duration }
        // By way of other nodes it may cross networks at other rates.
        return { ...choice, duration, slots, mibps: 0, penalty }
      })
      return { ...wish, choices }
    })
    const open = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
    const bound = makespanAndCostBound(instance, undefined, open, relaxed, [], spare, this.#floors)
    return this.#roundsBound(bound, relaxed, true)
  }
}
