/**
 * Small problems, exhausted: every assignment that could be better than the incumbent is scheduled exactly, whatever its kinds of migration
 * hold (slots, memory, time). First straight ways; stop-overs where these leave something unplaced; then VMs that make room.
 */
import { takesNothing } from '../../model/spaces.js'
import { COST_NOISE } from '../../model/ticks.js'
import { type Assignment, beats, type Cutoff, enumerateAssignments, waysOf } from '../assignment/enumerate.js'
import { earliestEnds } from '../bounds/plan-bound.js'
import { findSchedule, searchExactly } from '../exact/exact.js'
import { ALONE } from '../exact/pool.js'
import { searchRounds } from '../rounds/exact.js'
import { roundsProblemOf, timelineOf as roundsTimeline } from '../rounds/solve.js'
import { type Decision, type Leg, legsOf } from '../schedule/legs.js'
import { solveTimeline, type Timeline } from '../schedule/timeline.js'
import { endClash } from '../transit/leave-behind.js'
import type { Wish } from '../wishes/wishes.js'
import type { Bounding } from './bounding.js'
import { openWishes, type PlannerContext } from './context.js'
import { type Incumbent, incumbentOf, parks, uncoveredOf } from './incumbent.js'
import type { RoomMaking } from './room.js'
import type { Standing } from './standing.js'

interface Exhausted {
  /** The best that beats the cutoff, undefined: none was found. */
  best: Incumbent | undefined
  /** Nothing of the kind beats it, or, where there is none, the cutoff. */
  complete: boolean
}

export class Exhausting {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #room: RoomMaking
  /** Assignments that may still be scheduled. */
  #left: number

  constructor(context: PlannerContext, bounding: Bounding, room: RoomMaking) {
    this.#context = context
    this.#bounding = bounding
    this.#room = room
    this.#left = context.run.parameters.planner.exhaustAssignments
  }

  /** True: nothing is left to search. */
  async exhaust(standing: Standing): Promise<boolean> {
    const { instance, run } = this.#context
    const asked = [...openWishes(this.#context).filter((w) => !w.makesRoom), ...this.#mayGoElsewhere()]
    if (this.#bounding.meetsProven(standing) || asked.length > run.parameters.planner.exhaustMostWishes)
      return false
    run.enter('targets')
    const { allowParking, allowMakeRoom } = instance.problem.policy
    // Bounds know nothing of what a node's failure would leave uncovered: the searches to come may prove what this one does not.
    let complete = (await this.#straight(standing, asked)) && this.#context.tolerance === undefined
    if (isPlain(standing)) return complete
    if (allowParking) complete = (await this.#byWayOfOthers(standing, asked, complete)) && complete
    const sure = complete && !allowMakeRoom && !(allowParking && this.#isShortOfTime())
    if (sure) this.#bounding.learnUnplaced(standing.incumbent.unplacedWeight)
    if (allowMakeRoom) complete = (await this.#makingRoom(standing, asked)) && complete
    return complete
  }

  /** A straight plan goes before one with stop-overs that leaves as much unplaced, and before one that makes room. */
  async #straight(standing: Standing, asked: readonly Wish[]): Promise<boolean> {
    const { incumbent } = standing
    const reached = isStraight(standing) ? incumbent : undefined
    const cutoff = { left: incumbent.unplacedWeight, cost: reached?.cost ?? Infinity }
    const { best, complete } = await this.#search(asked, false, cutoff, reached)
    if (best !== undefined) this.#room.adopt(standing, asked, best)
    const now = best ?? reached
    const sure = complete && now !== undefined && this.#context.tolerance === undefined
    if (sure && (await this.#roomIsNoHelp(asked, now))) {
      const bound = this.#bounding.bound(asked, standing.prices, now.unplacedWeight)
      // What all plans pay alike, they do not trade for time.
      const fixed =
        now.unplacedWeight === 0 &&
        asked.every(({ choices, makesRoom }) => choices.length === 1 && !makesRoom)
      const makespan = fixed && this.#mayMakeRoom().length === 0 ? now.timeline.makespan : bound.makespan
      const proven = { spare: now.unplacedWeight, makespan, cost: now.cost, cutoff: now.cost, work: 0 }
      this.#bounding.learn(proven)
      this.#bounding.rebound(standing)
    }
    return complete
  }

  async #byWayOfOthers(standing: Standing, asked: readonly Wish[], straight: boolean): Promise<boolean> {
    const { best, complete } = await this.#search(asked, true, ...beyondStraight(standing))
    if (best !== undefined) this.#room.adopt(standing, asked, best)
    const { incumbent } = standing
    const sure = straight && complete && !this.#isShortOfTime() && this.#context.tolerance === undefined
    if (sure && parks(incumbent)) this.#bounding.learnParked(incumbent.unplacedWeight, incumbent.cost)
    return complete
  }

  /** What has no time for a straight way may have some for one by way of others, which nobody looks at. */
  #isShortOfTime(): boolean {
    return this.#context.request.wishes.some(({ refusals }) =>
      [...refusals.values()].some(({ reason }) => reason === 'window' || reason === 'horizon'),
    )
  }

  /** VMs that were not asked for may leave, live. */
  async #makingRoom(standing: Standing, asked: readonly Wish[]): Promise<boolean> {
    const wishes = [...asked, ...this.#mayMakeRoom()]
    if (wishes.length === asked.length) return true
    if (wishes.length > this.#context.run.parameters.planner.exhaustMostWishes) return false
    const { best, complete } = await this.#search(wishes, false, ...beyondStraight(standing))
    if (best !== undefined) this.#room.adopt(standing, wishes, best)
    return complete
  }

  /** Even a plan that makes room without need would cost no less: bounds hold for those as well. */
  async #roomIsNoHelp(asked: readonly Wish[], { unplacedWeight, cost }: Incumbent): Promise<boolean> {
    const others = this.#mayMakeRoom()
    if (others.length === 0) return true
    const wishes = [...asked, ...others]
    if (wishes.length > this.#context.run.parameters.planner.exhaustMostWishes) return false
    const { best, complete } = await this.#search(wishes, false, { left: unplacedWeight, cost }, undefined)
    return best === undefined && complete
  }

  /** VMs that are on one of several nodes where they may end, to the others of these. */
  #mayGoElsewhere(): Wish[] {
    const { instance, maker } = this.#context
    return instance.moves
      .filter(({ vm }) => instance.mayStay[vm] === 1)
      .map(({ vm, to, given }) => maker.wish(vm, to, given, true))
      .filter(({ choices }) => choices.length > 0)
  }

  #mayMakeRoom(): Wish[] {
    const { instance, maker, request } = this.#context
    const others: Wish[] = []
    if (!instance.problem.policy.allowMakeRoom) return others
    for (let vm = 0; vm < instance.vmCount; vm++) {
      const w = request.wishOf[vm]
      if ((w >= 0 && !request.wishes[w].makesRoom) || request.alreadyThere.includes(vm)) continue
      const wish = maker.wish(vm, undefined, undefined, true)
      wish.choices = wish.choices.filter((c) => c.kind === 'live')
      if (wish.choices.length > 0) others.push(wish)
    }
    return others
  }

  /** @param reached an incumbent of the same kind: the cutoff's, whose uncovered memory counts too. */
  async #search(
    wishes: readonly Wish[],
    parking: boolean,
    first: Cutoff,
    reached: Incumbent | undefined,
  ): Promise<Exhausted> {
    const { instance, run, forbidden, tolerance } = this.#context
    const { exhaustMostCombinations, exhaustLooks, exhaustFound, exhaustFirst } = run.parameters.planner
    const ends = earliestEnds(instance, forbidden, wishes)
    const stopsOf = parking ? (wish: Wish, target: number) => this.#stops(wish, target) : undefined
    const ways = wishes.map((wish, w) => waysOf(instance, wish, ends[w], stopsOf))
    const combinations = ways.reduce((product, list) => product * list.length, 1)
    if (combinations > exhaustMostCombinations) return { best: undefined, complete: false }
    const { vmGroups, affinityOf, domainSetsOf } = instance
    const tied = wishes.some(
      ({ vm }) => vmGroups[vm].length > 0 || affinityOf[vm] >= 0 || domainSetsOf[vm].length > 0,
    )
    const holds = (decisions: readonly Decision[]) =>
      !tied || endClash(instance, wishes, decisions) === undefined
    let best: Incumbent | undefined
    let unsure = false
    const tried = new Set<string>()
    const cutoffNow = (): Cutoff =>
      best === undefined ? { ...first } : { left: best.unplacedWeight, cost: best.cost }
    // A look at the first few makes a better cutoff for all.
    for (const share of [exhaustFirst, 1]) {
      const known = cutoffNow()
      // Memory that a node's failure would leave uncovered goes before cost: then no cost rules out a plan.
      const uncovered = tolerance === undefined ? 0 : ((best ?? reached)?.uncovered.atMost ?? 1)
      if (uncovered > 0 && known.cost > -Infinity) known.cost = Infinity
      const limits = { looks: Math.ceil(exhaustLooks * share), found: Math.ceil(exhaustFound * share) }
      const breathe = () => run.breathe()
      const { found, complete } = await enumerateAssignments(
        instance,
        wishes,
        ways,
        known,
        holds,
        limits,
        breathe,
      )
      for (const assignment of found) {
        if (tried.has(assignment.key)) continue
        const { decisions, left, penalty, makespanBound } = assignment
        const uncovered = uncoveredOf(this.#context, wishes, decisions)
        const against = best ?? reached
        const cutoff = cutoffNow()
        if (against !== undefined && left === cutoff.left) {
          if (uncovered.atMost > against.uncovered.atMost) continue
          if (uncovered.atMost < against.uncovered.atMost) cutoff.cost = Infinity
        }
        if (!beats(left, makespanBound + penalty, cutoff)) continue
        if (this.#left-- <= 0 || (await run.breathe())) return { best, complete: false }
        tried.add(assignment.key)
        const cost = left < cutoff.left ? Infinity : cutoff.cost
        const target = Math.min(instance.horizon, Math.ceil(cost - COST_NOISE - penalty) - 1)
        const { timeline, exact } = await this.#schedule(wishes, assignment, target)
        if (!exact) unsure = true
        if (timeline !== undefined) best = incumbentOf(this.#context, wishes, decisions, timeline, uncovered)
      }
      if (complete) return { best, complete: !unsure }
    }
    return { best, complete: false }
  }

  #stops({ vm, given }: Wish, target: number): number[] {
    const { instance, maker } = this.#context
    if (takesNothing(instance, vm)) return []
    const nodes = Array.from({ length: instance.nodeCount }, (_, n) => n)
    return nodes.filter(
      (n) => n !== instance.vmNode[vm] && n !== target && maker.canStopOver(vm, n, target, given),
    )
  }

  /** Its best times, if they end by the target; `exact`: none are better, or none end by then. */
  async #schedule(
    wishes: readonly Wish[],
    { decisions, makespanBound }: Assignment,
    target: number,
  ): Promise<{ timeline: Timeline | undefined; exact: boolean }> {
    const { instance, run } = this.#context
    const { schedule, seed } = run.options
    const legs = legsOf(instance, wishes, decisions)
    if (legs.length === 0)
      return {
        timeline: await solveTimeline(this.#context, legs, { schedule, target, work: 1, seed }),
        exact: true,
      }
    if (schedule === 'rounds') return this.#scheduleRounds(legs, target)
    const failures = run.parameters.planner.exhaustFailures
    const hint = new Int32Array(legs.length).fill(-1)
    const first = await findSchedule(this.#context, legs, hint, failures, target)
    if (first.timeline === undefined) return { timeline: undefined, exact: first.status === 'refuted' }
    const task = { timeline: first.timeline, low: makespanBound, grid: 1, failures }
    const { timeline, bound } = await searchExactly(this.#context, ALONE, task, () => {})
    return { timeline, exact: bound >= timeline.makespan }
  }

  async #scheduleRounds(
    legs: readonly Leg[],
    target: number,
  ): Promise<{ timeline: Timeline | undefined; exact: boolean }> {
    const { instance, run, forbidden } = this.#context
    const problem = roundsProblemOf(instance, forbidden, legs)
    const search = (relaxed: boolean) =>
      searchRounds(problem, {
        upper: target + 1,
        steps: run.parameters.planner.exhaustRoundSteps,
        relaxed,
        pause: () => run.breathe(),
      })
    const plain = await search(false)
    const timeline = plain.status === 'found' ? roundsTimeline(problem, legs, plain.rounds) : undefined
    if (!problem.roomWithinRound) return { timeline, exact: plain.status !== 'limit' }
    // What leaves within a round may make room for what arrives in it: then only the relaxed search proves anything.
    const { bound } = await search(true)
    return { timeline, exact: bound >= (timeline?.makespan ?? target + 1) }
  }
}

function isStraight({ state, incumbent }: Standing): boolean {
  return !parks(incumbent) && state.wishes.every((w) => !w.makesRoom || state.instance.mayStay[w.vm] === 1)
}

/** Nothing is left that stop-overs or room could place. */
function isPlain(standing: Standing): boolean {
  return standing.incumbent.unplacedWeight === 0 && isStraight(standing)
}

/** What a plan with stop-overs, or one that makes room, has to beat: a straight one in weight, another one of them in cost as well. */
function beyondStraight(standing: Standing): [Cutoff, Incumbent | undefined] {
  const { incumbent } = standing
  const left = incumbent.unplacedWeight
  return isStraight(standing)
    ? [{ left, cost: -Infinity }, undefined]
    : [{ left, cost: incumbent.cost }, incumbent]
}
