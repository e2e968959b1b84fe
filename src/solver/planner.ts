/**
 * The planner, top-down: what is asked (wishes), to where (assignment), when (timeline), how far from the best (bounds), told as a
 * plan (report). docs/algorithm.md follows the same order.
 */
import { loadKernel } from '../kernel/kernel.js'
import type { Kernel } from '../kernel/types.js'
import type { LpService } from '../lp/types.js'
import { compileInstance } from '../model/compile.js'
import type { Instance } from '../model/instance.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem } from '../model/problem.js'
import { ticksToSeconds } from '../model/ticks.js'
import { readAsked } from './asked.js'
import { chooseTargets } from './assignment/choose.js'
import { jointSearch, legList } from './assignment/joint.js'
import { proveAssignment } from './assignment/prove.js'
import { refineBound } from './assignment/refine.js'
import { annealAssignment, eject, placeGreedily, relieve, restore } from './assignment/search.js'
import { AssignmentState } from './assignment/state.js'
import { legsAreForced } from './bounds/destructive.js'
import { timeGrid } from './bounds/grid.js'
import { type MatchingLpResult, matchingLpBound } from './bounds/matching-lp.js'
import { NodeAvailability } from './bounds/node-availability.js'
import { shortestByNode } from './bounds/node-load.js'
import { oddSetBound, oddSetName } from './bounds/odd-set.js'
import { earliestEnds, fixedLegs, makespanAndCostBound, type PlanBound } from './bounds/plan-bound.js'
import { roundsThresholdBound } from './bounds/rounds-threshold.js'
import { type SingleNodeBounds, singleNodeBounds } from './bounds/single-node.js'
import { pairCount } from './dead-ends.js'
import { exactSearchFits, findSchedule, searchExactly } from './exact.js'
import { bindingMemoryNodes, type Decision, type Leg, legsOf } from './legs.js'
import { roomMakers } from './make-room.js'
import { reportPlan } from './report.js'
import { dropRivals } from './rivals.js'
import { roundLists } from './rounds/lists.js'
import { solveRounds } from './rounds/solve.js'
import type { Run } from './run.js'
import { isBetter, solveTimeline, type Timeline, type TimelineSearch } from './timeline.js'
import { Tolerance, type Uncovered, uncoveredBy } from './tolerance.js'
import { cross } from './transit/cross.js'
import { makeRoomInTransit } from './transit/room.js'
import { orderLike, scheduleInOrder } from './transit/sequence-schedule.js'
import type { TransitContext } from './transit/transit.js'
import { explainUnplaced } from './unplaced.js'
import type { ForbiddenIntervals, Request, Wish, WishMaker } from './wishes.js'

/** What a dead end costs where memory binds, against one where it does not. */
const MEMORY_FACTOR = 4
/** Below so many pairs a dead end costs no less. */
const MIN_PAIRS = 50
/** Work units that a search before the bounds gets at most: what they say may spare the rest. */
const MOST_FIRST_WORK = 300_000
/** Share of the local search's work where the exact search follows, which finds more in the same time on few pairs … */
const POLISH_BEFORE_PROOF = 0.1
/** … and less on so many. */
const PAIRS_FOR_ALL_POLISH = 10_000
const MOST_POLISH_BEFORE_PROOF = 10_000_000
/** Share of the search work that is spent before the LP bound is asked for. */
const FIRST_SEARCH = 0.05
/** Assignments that are tried again because their nodes pack worse than their work says, by effort. */
const FEEDBACK_PASSES = { 1: 2, 2: 5, 3: 10, 4: 20, 5: 40 } as const
/** Share of the search work that each of them gets. */
const FEEDBACK_SEARCH = 0.02
/** Share of the search work for choosing targets and order at once, and how many of its plans are scheduled. */
const JOINT_SEARCH = 0.6
const JOINT_PLANS = 4
/** Share of a search for targets that tolerate a node's failure that each of them gets. */
const FEEDBACK_TOLERANCE = 0.1

/** MiB of float noise that sums of memories may carry. */
const MIB_NOISE = 1e-6

/** Looks at movers, as a share of the work, that a plan's searches for orders may take in all. */
const TRANSIT_SHARE = 0.5

/** On so many pairs a gap below this share of the makespan gets only this share of the search, and no other targets. */
const NEAR_PAIRS = 5000
const NEAR = 5e-4
const NEAR_SHARE = 0.1

/** Share of the exact search's budget that is spent before the long local search. */
const FIRST_PROOF = 0.02
/** Share of it that a hunt for any schedule at all may take. */
const FEASIBILITY = 0.05

/** An assignment to be scheduled. */
interface Candidate {
  /** [wishes] choice, −1 unplaced. */
  chosen: Int32Array
  /** List of the legs of all that is placed, where one is known. */
  list?: Int32Array
}

function candidatesOf(found: readonly Int32Array[] = []): Candidate[] {
  return found.map((chosen) => ({ chosen }))
}

/** An incumbent: what is chosen, when it happens, what it costs. Ticks. */
interface Incumbent {
  decisions: Decision[]
  /** By decision. */
  makesRoom: boolean[]
  timeline: Timeline
  unplacedWeight: number
  /** Wishes that were to be fulfilled, and for which no time was found. */
  leftOut: ReadonlySet<number>
  /** What a node's failure would leave without a place; 0 where nobody asks. */
  uncovered: Uncovered
  cost: number
}

export async function planProblem(problem: ResolvedProblem, run: Run, lp: LpService): Promise<Plan> {
  const planner = new Planner(compileInstance(problem), await loadKernel(), run, lp)
  return planner.plan()
}

class Planner {
  readonly #instance: Instance
  readonly #kernel: Kernel
  readonly #run: Run
  readonly #lp: LpService
  readonly #forbidden: ForbiddenIntervals
  readonly #maker: WishMaker
  readonly #request: Request
  /** Undefined where the policy does not ask for it. */
  readonly #tolerance: Tolerance | undefined
  /** Ticks: the least makespan is a multiple of it. */
  #grid = 1
  /** No plan leaves less weight unplaced among the wishes that have a choice. */
  #leastUnplaced = 0
  /** What was proven of assignments, below a cost of `cutoff`: no plan that leaves at most `spare` unplaced ends earlier, or costs less. */
  readonly #proven: { spare: number; makespan: number; cost: number; cutoff: number }[] = []
  #lpStory = ''
  /** Looks at movers that searches for orders may still take. */
  readonly #transit: { states: number }
  /** What progress has been told of. */
  #told: Incumbent | undefined
  #toldSpare = 0

  constructor(instance: Instance, kernel: Kernel, run: Run, lp: LpService) {
    this.#instance = instance
    this.#kernel = kernel
    this.#run = run
    this.#lp = lp
    this.#transit = { states: run.work * TRANSIT_SHARE }
    const asked = readAsked(instance, kernel)
    this.#forbidden = asked.forbidden
    this.#maker = asked.maker
    this.#request = asked.request
    if (instance.problem.policy.tolerateNodeFailure)
      this.#tolerance = new Tolerance(instance, asked.request.drained)
  }

  async plan(): Promise<Plan> {
    const open = this.#open()
    const availability = new NodeAvailability(this.#instance, shortestByNode(this.#instance, open))
    if (!this.#instance.problem.policy.allowMakeRoom) this.#grid = timeGrid(this.#instance, open)
    let state = this.#freshState(open, availability)
    // The forbidden time that the assignment LP takes from each node is that before its trial makespan: the better the first, the fewer.
    const trial = this.#bound(open, availability, [], 0).makespan
    const prices = await chooseTargets(state, availability, this.#lp, this.#run, trial)
    await this.#tolerance?.improve(state, this.#run, this.#run.options.seed)
    const asked = state
    if (state.unplacedWeight > 0 && this.#instance.problem.policy.allowMakeRoom) {
      state = (await this.#makeRoom(state, availability)) ?? state
    }
    let wishes = state.wishes
    let bound = this.#bound(wishes, availability, prices, state.unplacedWeight)
    this.#announce(undefined, bound)

    let incumbent = await this.#schedule(state, bound, FIRST_SEARCH)
    if (state !== asked) {
      // Room that was made in vain must not be made.
      const without = this.#bound(asked.wishes, availability, prices, asked.unplacedWeight)
      const plain = await this.#schedule(asked, without, FIRST_SEARCH)
      if (plain.unplacedWeight <= incumbent.unplacedWeight) {
        state = asked
        wishes = asked.wishes
        bound = without
        incumbent = plain
      }
    }
    if (incumbent.unplacedWeight > 0 && this.#instance.problem.policy.allowMakeRoom) {
      this.#withdrawRoom(state)
      const roomier = await this.#makeRoomInTransit(state, availability, bound, incumbent)
      if (roomier !== undefined) {
        ;({ state, incumbent } = roomier)
        wishes = state.wishes
      }
    }
    const orders: Int32Array[] = []
    if (!this.#meets(incumbent, bound)) {
      bound = this.#bound(wishes, availability, prices, incumbent.unplacedWeight)
      const single = await this.#singleNodeBound(wishes, availability, bound, incumbent)
      if (single !== undefined) {
        bound = this.#raised(
          bound,
          single.makespan,
          `single-node ${this.#instance.problem.nodes[single.node]?.id}`,
          [single.node],
        )
        orders.push(...sequenceLists(incumbent.timeline.legs, single.sequences))
      }
      this.#announce(incumbent, bound)
    }
    incumbent = await this.#searchJointly(state, bound, incumbent)
    ;[incumbent, bound] = await this.#proveTargets(state, availability, prices, incumbent, bound)
    incumbent = await this.#improveTargets(state, bound, incumbent)
    ;[incumbent, bound] = await this.#proveTargets(state, availability, prices, incumbent, bound)
    let lpRounds: MatchingLpResult | undefined
    if (!this.#meets(incumbent, bound)) {
      lpRounds = await this.#matchingBound(wishes, bound, incumbent)
      if (lpRounds !== undefined) bound = this.#raised(bound, lpRounds.bound, 'matching-lp')
      this.#announce(incumbent, bound)
    }
    if (!this.#meets(incumbent, bound)) {
      ;[incumbent, bound] = await this.#prove(wishes, incumbent, bound, FIRST_PROOF)
    }
    if (!this.#meets(incumbent, bound)) incumbent = await this.#polish(incumbent, bound, lpRounds, orders)
    if (!this.#meets(incumbent, bound)) {
      ;[incumbent, bound] = await this.#prove(wishes, incumbent, bound, 1 - FIRST_PROOF)
    }
    bound = this.#finalBound(wishes, availability, prices, incumbent, bound)
    this.#announce(incumbent, bound)
    return this.#report(state, incumbent, bound)
  }

  /** Wishes that some plan could fulfil. */
  #open(): Wish[] {
    return this.#request.wishes.filter((w) => w.choices.length > 0)
  }

  #freshState(wishes: readonly Wish[], availability: NodeAvailability): AssignmentState {
    const ends = earliestEnds(this.#instance, this.#forbidden, wishes)
    return new AssignmentState(this.#instance, wishes, availability, ends)
  }

  /** Adds VMs that make room to the request and chooses anew; undefined where that places no more. */
  async #makeRoom(
    state: AssignmentState,
    availability: NodeAvailability,
  ): Promise<AssignmentState | undefined> {
    this.#run.phase = 'room'
    const evictions = roomMakers(this.#instance, this.#request, this.#maker, state)
    if (evictions.length === 0) return undefined
    const weightBefore = state.unplacedWeight
    for (const wish of evictions) {
      this.#request.wishOf[wish.vm] = this.#request.wishes.length
      this.#request.wishes.push(wish)
    }
    const wider = this.#freshState([...state.wishes, ...evictions], availability)
    // Evictions first: what they free must be free before anything is chosen.
    for (let w = state.wishes.length; w < wider.wishes.length; w++) {
      const c = wider.wishes[w].choices.findIndex((_, i) => wider.admits(w, i))
      if (c >= 0) wider.set(w, c)
    }
    for (let w = 0; w < state.wishes.length; w++) {
      const c = state.chosen[w]
      if (c >= 0 && wider.admits(w, c)) wider.set(w, c)
    }
    placeGreedily(wider)
    eject(wider)
    const unplaced = wider.wishes.reduce(
      (sum, wish, w) => sum + (wider.chosen[w] < 0 && !wish.makesRoom ? this.#instance.vmWeight[wish.vm] : 0),
      0,
    )
    return unplaced < weightBefore ? wider : undefined
  }

  /** Takes VMs out of the request that were to make room and do not in this state. */
  #withdrawRoom(state: AssignmentState): void {
    const { wishes, wishOf } = this.#request
    for (let w = wishes.length - 1; w >= 0 && wishes[w].makesRoom && !state.wishes.includes(wishes[w]); w--) {
      wishOf[wishes[w].vm] = -1
      wishes.pop()
    }
  }

  /** The same for VMs that wait for memory only while others move; undefined where that places no more. */
  async #makeRoomInTransit(
    state: AssignmentState,
    availability: NodeAvailability,
    bound: PlanBound,
    incumbent: Incumbent,
  ): Promise<{ state: AssignmentState; incumbent: Incumbent } | undefined> {
    this.#run.phase = 'room'
    const context = this.#transitContext(state.wishes, this.#searchFor(bound, FIRST_SEARCH))
    const made = await makeRoomInTransit(context, this.#request, incumbent.decisions, this.#transit)
    if (made === undefined) return undefined
    const { evictions, decisions } = made
    const wider = this.#freshState([...state.wishes, ...evictions], availability)
    decisions.forEach(({ choice }, w) => {
      if (choice !== undefined) wider.set(w, state.wishes[w].choices.indexOf(choice))
    })
    for (let w = decisions.length; w < wider.wishes.length; w++) wider.set(w, 0)
    const roomier = await this.#schedule(wider, bound, FIRST_SEARCH)
    if (roomier.unplacedWeight >= incumbent.unplacedWeight) return undefined
    for (const wish of evictions) {
      this.#request.wishOf[wish.vm] = this.#request.wishes.length
      this.#request.wishes.push(wish)
    }
    return { state: wider, incumbent: roomier }
  }

  #bound(
    wishes: readonly Wish[],
    availability: NodeAvailability,
    prices: readonly Float64Array[],
    spare: number,
  ): PlanBound {
    const asked = wishes.filter((w) => !w.makesRoom)
    const bound = makespanAndCostBound(this.#instance, this.#forbidden, availability, asked, prices, spare)
    const plain = this.#raised(bound, bound.makespan, bound.by, bound.nodes)
    const odd = oddSetBound(this.#instance, this.#forbidden, asked, spare, plain.makespan)
    let raised = this.#raised(plain, odd.makespan, oddSetName(this.#instance, odd.nodes), odd.nodes)
    for (const known of this.#proven) {
      if (known.spare < spare) continue
      raised = this.#raised(raised, known.makespan, 'assignment')
      if (known.cost > raised.cost) raised = { ...raised, cost: known.cost }
    }
    return this.#roundsBound(raised, asked, false)
  }

  /** The bound raised by what holds for rounds only. */
  #roundsBound(bound: PlanBound, asked: readonly Wish[], parked: boolean): PlanBound {
    if (this.#run.options.schedule !== 'rounds') return bound
    const makespan = roundsThresholdBound(this.#instance, asked, bound.spare, parked)
    return this.#raised(bound, makespan, 'rounds-threshold')
  }

  /** A bound with its makespan part raised, up to the grid, and the cost part with it. */
  #raised(bound: PlanBound, value: number, by: string, nodes: readonly number[] = []): PlanBound {
    const makespan = Math.ceil(value / this.#grid) * this.#grid
    if (makespan <= bound.makespan) return bound
    return { ...bound, makespan, cost: Math.max(bound.cost, makespan + bound.leastPenalty), by, nodes }
  }

  #decisionsOf(state: AssignmentState): Decision[] {
    return state.wishes.map((wish, w) => ({ choice: wish.choices[state.chosen[w]], parking: -1 }))
  }

  /** Times for the state's assignment, with stop-overs where memory needs them. */
  async #schedule(
    state: AssignmentState,
    bound: PlanBound,
    share: number,
    orders: readonly Int32Array[] = [],
  ): Promise<Incumbent> {
    this.#run.phase = this.#run.options.schedule
    const search = { ...this.#searchFor(bound, share), orders }
    return this.#settle(state.wishes, this.#decisionsOf(state), search, bound)
  }

  #searchFor(bound: PlanBound, share: number): TimelineSearch {
    const { schedule, seed } = this.#run.options
    const work = Math.min(this.#run.work * share, MOST_FIRST_WORK)
    return { schedule, target: bound.makespan, work, seed }
  }

  #transitContext(wishes: readonly Wish[], search: TimelineSearch): TransitContext {
    return {
      instance: this.#instance,
      kernel: this.#kernel,
      forbidden: this.#forbidden,
      maker: this.#maker,
      run: this.#run,
      wishes,
      search,
    }
  }

  /** Schedules decisions; parks where memory blocks; drops what still cannot move. */
  async #settle(
    wishes: readonly Wish[],
    decisions: Decision[],
    search: TimelineSearch,
    bound: PlanBound,
  ): Promise<Incumbent> {
    const instance = this.#instance
    const time = (some: Decision[], how: TimelineSearch) => {
      let uncovered: Uncovered | undefined
      return solveTimeline(
        instance,
        this.#kernel,
        this.#forbidden,
        this.#run,
        legsOf(instance, this.#maker, wishes, some),
        how,
        (t) => {
          if (t.unscheduledWeight > 0) return
          uncovered ??= this.#uncovered(wishes, some)
          this.#announce(this.#incumbent(wishes, some, t, uncovered), bound)
        },
      )
    }
    let timeline = await time(decisions, search)
    // Where not even one VM could move, none can be the first.
    const stuck = timeline.start.every((start) => start < 0)
    const whole = timeline.unscheduledWeight === 0
    if (!whole && !stuck && search.schedule === 'timeline' && exactSearchFits(timeline.legs)) {
      const found = await findSchedule(
        instance,
        this.#kernel,
        this.#forbidden,
        this.#run,
        timeline,
        this.#deadEnds(timeline.legs, FEASIBILITY),
      )
      timeline = found.timeline
    }
    const leftOut = new Set<number>()
    if (timeline.unscheduledWeight > 0 && bindingMemoryNodes(instance, timeline.legs).includes(1)) {
      this.#run.phase = 'parking'
      const context = this.#transitContext(wishes, search)
      const crossing = await cross(context, decisions, timeline, this.#transit)
      crossing.decisions.forEach((decision, w) => {
        if (decisions[w].choice !== undefined && decision.choice === undefined) leftOut.add(w)
        decisions[w] = decision
      })
      timeline = crossing.timeline
      this.#leastUnplaced = Math.max(this.#leastUnplaced, crossing.least)
      this.#run.phase = search.schedule
    }
    // What could not be scheduled stays; its parked half must not happen either.
    while (timeline.unscheduledWeight > 0) {
      timeline.legs.forEach((leg, i) => {
        if (timeline.start[i] >= 0) return
        leftOut.add(leg.wish)
        decisions[leg.wish] = { choice: undefined, parking: -1 }
      })
      dropRivals(instance, wishes, decisions)
      const legs = legsOf(instance, this.#maker, wishes, decisions)
      const order = orderLike(legs, timeline)
      const inOrder = scheduleInOrder(instance, this.#forbidden, legs, order, search.schedule)
      timeline = await time(decisions, { ...search, work: 1, orders: [order] })
      if (inOrder !== undefined && isBetter(inOrder, timeline)) timeline = inOrder
    }
    return { ...this.#incumbent(wishes, decisions, timeline, this.#uncovered(wishes, decisions)), leftOut }
  }

  #incumbent(
    wishes: readonly Wish[],
    decisions: Decision[],
    timeline: Timeline,
    uncovered: Uncovered,
  ): Incumbent {
    let unplacedWeight = 0
    let penalty = 0
    decisions.forEach(({ choice }, w) => {
      if (choice !== undefined) penalty += choice.penalty
      else if (!wishes[w].makesRoom) unplacedWeight += this.#instance.vmWeight[wishes[w].vm]
    })
    const makesRoom = wishes.map((w) => w.makesRoom)
    return {
      decisions: [...decisions],
      makesRoom,
      timeline,
      unplacedWeight,
      leftOut: new Set(),
      uncovered,
      cost: timeline.makespan + penalty,
    }
  }

  #isBetter(a: Incumbent, b: Incumbent): boolean {
    if (a.unplacedWeight !== b.unplacedWeight) return a.unplacedWeight < b.unplacedWeight
    const more = a.uncovered.atMost - b.uncovered.atMost
    return more !== 0 ? more < 0 : a.cost < b.cost
  }

  /** Nothing is left to prove either. */
  #meetsProven(incumbent: Incumbent, bound: PlanBound): boolean {
    return (
      this.#run.stopped || (incumbent.unplacedWeight <= this.#leastUnplaced && this.#meets(incumbent, bound))
    )
  }

  #meets(incumbent: Incumbent, bound: PlanBound): boolean {
    if (this.#run.stopped) return true
    if (incumbent.unplacedWeight !== bound.spare || incumbent.cost > bound.cost) return false
    return this.#coversMost(incumbent)
  }

  #uncovered(wishes: readonly Wish[], decisions: readonly Decision[]): Uncovered {
    return uncoveredBy(this.#tolerance?.shortages(wishes, (w) => decisions[w].choice) ?? [])
  }

  /**
   * Is it certain that no plan which places as much survives a node's failure better? Where nothing is missing, where what is missing is so
   * wherever VMs go, and where all ends are given.
   */
  #coversMost({ uncovered, unplacedWeight }: Incumbent): boolean {
    if (uncovered.atMost === 0) return true
    const open = this.#open()
    if (unplacedWeight > 0 || open.some((wish) => wish.makesRoom)) return false
    return (
      uncovered.atMost <= uncovered.least + MIB_NOISE ||
      open.every((wish) => new Set(wish.choices.map((c) => c.node)).size === 1)
    )
  }

  /**
   * What no choice of targets can better, in weight unplaced, makespan and cost; assignments that the proofs come upon are scheduled.
   * Nothing is said of plans that make room or park.
   */
  async #proveTargets(
    state: AssignmentState,
    availability: NodeAvailability,
    prices: readonly Float64Array[],
    first: Incumbent,
    firstBound: PlanBound,
  ): Promise<[Incumbent, PlanBound]> {
    let incumbent = first
    let bound = firstBound
    const { wishes } = state
    const instance = this.#instance
    if (this.#meetsProven(incumbent, bound) || wishes.some((w) => w.makesRoom)) return [incumbent, bound]
    const earliestEnd = earliestEnds(instance, this.#forbidden, wishes)
    if (incumbent.unplacedWeight > this.#leastUnplaced && !instance.problem.policy.allowMakeRoom) {
      this.#run.phase = 'targets'
      const proof = await proveAssignment(
        { instance, wishes, availability, earliestEnd },
        this.#lp,
        this.#run,
        { objective: 'unplaced', spare: 0, low: 0, cutoff: incumbent.unplacedWeight },
      )
      this.#leastUnplaced = Math.max(this.#leastUnplaced, proof?.bound ?? 0)
      incumbent = await this.#tryAssignments(state, bound, incumbent, candidatesOf(proof?.found))
    }
    if (incumbent.unplacedWeight !== bound.spare)
      bound = this.#bound(wishes, availability, prices, incumbent.unplacedWeight)
    const parks = incumbent.decisions.some((d) => d.parking >= 0)
    if (parks || this.#meets(incumbent, bound)) return [incumbent, bound]
    if (incumbent.unplacedWeight === 0 && wishes.every((w) => w.choices.length === 1))
      return [incumbent, bound]
    this.#run.phase = 'targets'
    const refinement = {
      instance,
      kernel: this.#kernel,
      lp: this.#lp,
      run: this.#run,
      forbidden: this.#forbidden,
      wishes,
      spare: incumbent.unplacedWeight,
    }
    const free = wishes.every((w) => w.choices.every((c) => c.penalty === 0))
    const { spare } = refinement
    // Nothing new is to be had where the incumbent is as good as it was.
    if (this.#proven.some((known) => known.spare === spare && known.cutoff === incumbent.cost))
      return [incumbent, bound]
    const cost = await refineBound(refinement, 'cost', bound.makespan, incumbent.cost)
    const makespan = free
      ? cost.bound
      : (await refineBound(refinement, 'makespan', bound.makespan, incumbent.timeline.makespan)).bound
    this.#proven.push({ spare, makespan, cost: cost.bound, cutoff: incumbent.cost })
    bound = this.#bound(wishes, availability, prices, spare)
    this.#announce(incumbent, bound)
    incumbent = await this.#tryAssignments(state, bound, incumbent, candidatesOf(cost.candidates))
    if (incumbent.unplacedWeight !== bound.spare)
      bound = this.#bound(wishes, availability, prices, incumbent.unplacedWeight)
    return [incumbent, bound]
  }

  /** Targets and order at once (`assignment/joint.ts`); what it finds is scheduled like any other choice. */
  async #searchJointly(state: AssignmentState, bound: PlanBound, first: Incumbent): Promise<Incumbent> {
    const { schedule, seed } = this.#run.options
    const { wishes } = state
    if (this.#meets(first, bound) || schedule === 'rounds' || wishes.some((w) => w.makesRoom)) return first
    if (wishes.every((w) => w.choices.length <= 1)) return first
    this.#run.phase = 'targets'
    const plans = await jointSearch(this.#instance, this.#kernel, this.#forbidden, this.#run, wishes, {
      work: this.#run.work * JOINT_SEARCH,
      seed: seed ^ 0x6a09e667,
      makespanBound: bound.makespan,
      costBound: bound.cost,
      keep: JOINT_PLANS,
      first: [state.chosen.slice()],
    })
    const candidates = plans.map((plan) => ({ chosen: plan.chosen, list: legList(plan) }))
    return this.#tryAssignments(state, bound, first, candidates)
  }

  /** Schedules assignments as long as there is something to gain. The state ends at that of the best. */
  async #tryAssignments(
    state: AssignmentState,
    bound: PlanBound,
    first: Incumbent,
    candidates: readonly Candidate[],
  ): Promise<Incumbent> {
    let best = first
    let bestChosen: Int32Array = state.chosen.slice()
    const passes = FEEDBACK_PASSES[this.#run.options.effort]
    for (const { chosen, list } of candidates.slice(0, passes)) {
      if (this.#meets(best, bound)) break
      restore(state, chosen)
      // What a candidate leaves out of account (who stays where it is, room to be made, affinity) may be in its way.
      relieve(state)
      placeGreedily(state)
      await this.#tolerance?.improve(state, this.#run, this.#run.options.seed, FEEDBACK_TOLERANCE)
      const asIs = list !== undefined && chosen.every((c, w) => c === state.chosen[w])
      const now = await this.#schedule(state, bound, FEEDBACK_SEARCH, asIs ? [list] : [])
      if (!this.#isBetter(now, best)) continue
      best = now
      bestChosen = state.chosen.slice()
    }
    restore(state, bestChosen)
    return best
  }

  /**
   * Where nodes pack worse around their windows than their work says, the loss is written to their account and targets are chosen
   * again: a cut for the eye of the search only, not for the bound.
   */
  async #improveTargets(state: AssignmentState, bound: PlanBound, first: Incumbent): Promise<Incumbent> {
    if (state.wishes.every((w) => w.choices.length <= 1)) return first
    let best = first
    let now = first
    let bestChosen = state.chosen.slice()
    const passes = FEEDBACK_PASSES[this.#run.options.effort]
    for (let pass = 0; pass < passes && !this.#meets(best, bound); pass++) {
      if (this.#isNearEnough(best, bound)) break
      this.#run.phase = 'targets'
      const finish = this.#finishByNode(now.timeline)
      for (let n = 0; n < finish.length; n++) {
        const loss = finish[n] - (state.finish[n] - state.allowance[n])
        if (loss > 0 && finish[n] >= now.timeline.makespan) state.allow(n, Math.max(state.allowance[n], loss))
      }
      const moves = Math.min(60_000, Math.max(2000, Math.floor(this.#run.work / 400)))
      await annealAssignment(state, this.#run, moves, (this.#run.options.seed + pass + 1) ^ 0x2545f491)
      await this.#tolerance?.improve(state, this.#run, this.#run.options.seed + pass + 1, FEEDBACK_TOLERANCE)
      now = await this.#schedule(state, bound, FEEDBACK_SEARCH)
      if (this.#isBetter(now, best)) {
        best = now
        bestChosen = state.chosen.slice()
      }
    }
    restore(state, bestChosen)
    return best
  }

  #finishByNode(timeline: Timeline): Float64Array {
    const finish = new Float64Array(this.#instance.nodeCount)
    timeline.legs.forEach((leg, i) => {
      if (leg.kind !== 'live') return
      const end = timeline.start[i] + leg.duration
      if (end > finish[leg.from]) finish[leg.from] = end
      if (end > finish[leg.to]) finish[leg.to] = end
    })
    return finish
  }

  /** Holds only for plans that place everything and park nothing. */
  async #singleNodeBound(
    wishes: readonly Wish[],
    availability: NodeAvailability,
    bound: PlanBound,
    incumbent: Incumbent,
  ): Promise<SingleNodeBounds | undefined> {
    if (incumbent.unplacedWeight > 0 || incumbent.decisions.some((d) => d.parking >= 0)) return undefined
    this.#run.phase = 'bound'
    const upper = incumbent.timeline.makespan
    return singleNodeBounds(
      this.#instance,
      this.#kernel,
      this.#run,
      this.#forbidden,
      availability,
      wishes,
      bound.makespan,
      // Where targets can be chosen, a plan that costs less may end later: the bound may rise above this makespan.
      wishes.every((w) => w.choices.length === 1) ? upper : this.#instance.horizon,
    )
  }

  /** The matching LP over what has to happen in just one way. */
  async #matchingBound(
    wishes: readonly Wish[],
    bound: PlanBound,
    incumbent: Incumbent,
  ): Promise<MatchingLpResult | undefined> {
    if (incumbent.unplacedWeight > 0 || incumbent.decisions.some((d) => d.parking >= 0)) {
      this.#lpStory = 'matching LP left out: the plan parks VMs or leaves some unplaced'
      return undefined
    }
    const legs = fixedLegs(this.#instance, this.#maker, wishes)
    if (legs.length < 2) return undefined
    this.#run.phase = 'bound'
    const forbidden = legs.map((l) => this.#forbidden.of(l.vm, l.from, l.to))
    const result = await matchingLpBound(
      this.#kernel,
      this.#lp,
      this.#run,
      legs,
      forbidden,
      this.#instance.nodeSlots,
      bound.makespan,
      incumbent.timeline.makespan,
      this.#instance.horizon,
      this.#run.options.schedule === 'rounds',
    )
    this.#lpStory = result.note === '' ? 'matching LP solved' : `matching LP ${result.note}`
    return result
  }

  /** The rest of the search work, on the incumbent's decisions. */
  async #polish(
    incumbent: Incumbent,
    bound: PlanBound,
    lpRounds: MatchingLpResult | undefined,
    lists: readonly Int32Array[],
  ): Promise<Incumbent> {
    const { schedule, seed } = this.#run.options
    this.#run.phase = schedule
    const { timeline, decisions } = incumbent
    const { legs } = timeline
    const orders: Int32Array[] = [timeline.order, ...lists.filter((list) => list.length === legs.length)]
    if (schedule === 'rounds') {
      const forbidden = legs.map((l) => this.#forbidden.of(l.vm, l.from, l.to))
      const sameLegs = lpRounds !== undefined && lpRounds.rowOfLeg.length === legs.length
      orders.push(
        ...(await roundLists(
          this.#instance,
          this.#kernel,
          this.#run,
          legs,
          forbidden,
          sameLegs ? lpRounds.rounds : [],
          sameLegs ? lpRounds.rowOfLeg : undefined,
        )),
      )
    }
    // The incumbent's wishes are those of its legs: only `wish` indices into the same list are needed.
    const search: TimelineSearch = {
      schedule,
      target: bound.makespan,
      work: this.#polishWork(incumbent) * (this.#isNearEnough(incumbent, bound) ? NEAR_SHARE : 1),
      seed: seed ^ 0x9e3779b9,
      orders,
    }
    const polished = await solveTimeline(
      this.#instance,
      this.#kernel,
      this.#forbidden,
      this.#run,
      legs,
      search,
      (t) => {
        if (t.unscheduledWeight === 0)
          this.#announce(
            { ...incumbent, timeline: t, cost: incumbent.cost - timeline.makespan + t.makespan },
            bound,
          )
      },
    )
    if (!isBetter(polished, timeline)) return incumbent
    return {
      ...incumbent,
      decisions,
      timeline: polished,
      cost: incumbent.cost - timeline.makespan + polished.makespan,
    }
  }

  /** Exact search over the times of what is chosen. What it refutes bounds the plan only where nothing else could be chosen. */
  async #prove(
    wishes: readonly Wish[],
    incumbent: Incumbent,
    bound: PlanBound,
    share: number,
  ): Promise<[Incumbent, PlanBound]> {
    if (this.#run.options.schedule === 'rounds')
      return this.#proveRounds(wishes, incumbent, bound, share === FIRST_PROOF)
    const { timeline } = incumbent
    if (!this.#canProve(incumbent)) return [incumbent, bound]
    this.#run.phase = 'exact'
    const fixed = legsAreForced(wishes, timeline.legs)
    const at = (t: Timeline): Incumbent => ({
      ...incumbent,
      timeline: t,
      cost: incumbent.cost - timeline.makespan + t.makespan,
    })
    const within = (value: number) => (fixed ? this.#raised(bound, value, 'exact-search') : bound)
    const outcome = await searchExactly(
      this.#instance,
      this.#kernel,
      this.#forbidden,
      this.#run,
      timeline,
      bound.makespan,
      this.#grid,
      this.#deadEnds(timeline.legs, this.#isNearEnough(incumbent, bound) ? share * NEAR_SHARE : share),
      (t, value) => this.#announce(at(t), within(value)),
    )
    return [at(outcome.timeline), within(outcome.bound)]
  }

  /** The same for rounds: bounds, repacking and exact search of their own. */
  async #proveRounds(
    wishes: readonly Wish[],
    incumbent: Incumbent,
    bound: PlanBound,
    quick: boolean,
  ): Promise<[Incumbent, PlanBound]> {
    const { timeline } = incumbent
    const prove = incumbent.unplacedWeight === 0 && incumbent.decisions.every((d) => d.parking < 0)
    const fixed = prove && wishes.every((w) => w.choices.length === 1 && !w.makesRoom)
    const at = (t: Timeline): Incumbent => ({
      ...incumbent,
      timeline: t,
      cost: incumbent.cost - timeline.makespan + t.makespan,
    })
    const within = (value: number, by: string) => (fixed ? this.#raised(bound, value, by) : bound)
    const outcome = await solveRounds({
      instance: this.#instance,
      kernel: this.#kernel,
      lp: this.#lp,
      run: this.#run,
      forbidden: this.#forbidden,
      timeline,
      known: bound.makespan,
      prove,
      quick,
      onBetter: (t, value, by) => this.#announce(at(t), within(value, by)),
    })
    if (outcome.note !== '') this.#lpStory = [this.#lpStory, outcome.note].filter((s) => s !== '').join('; ')
    return [at(outcome.timeline), within(outcome.bound, outcome.by)]
  }

  /** Work units of the long local search. */
  #polishWork(incumbent: Incumbent): number {
    const { work } = this.#run
    if (!this.#canProve(incumbent)) return work
    const share = POLISH_BEFORE_PROOF + pairCount(incumbent.timeline.legs) / PAIRS_FOR_ALL_POLISH
    return Math.min(work * Math.min(1, share), MOST_POLISH_BEFORE_PROOF)
  }

  /** Is the exact search of use for an incumbent: timelines of moderate size. */
  #canProve({ timeline }: Incumbent): boolean {
    return this.#run.options.schedule === 'timeline' && exactSearchFits(timeline.legs)
  }

  /** So large and so near its bound that what is left is not worth a night's waiting. */
  #isNearEnough({ timeline, cost, unplacedWeight }: Incumbent, bound: PlanBound): boolean {
    if (unplacedWeight !== bound.spare || cost - bound.cost >= NEAR * cost) return false
    return pairCount(timeline.legs) > NEAR_PAIRS
  }

  /** Dead ends that the exact search of these legs may meet with a share of its budget. */
  #deadEnds(legs: readonly Leg[], share: number): number {
    const pairs = Math.max(MIN_PAIRS, pairCount(legs))
    const binding = bindingMemoryNodes(this.#instance, legs).includes(1)
    return Math.ceil((share * this.#run.proofWork) / (pairs * (binding ? MEMORY_FACTOR : 1)))
  }

  /** The bound that holds for what the incumbent turned out to be: parked, or with VMs left unplaced. */
  #finalBound(
    wishes: readonly Wish[],
    availability: NodeAvailability,
    prices: readonly Float64Array[],
    incumbent: Incumbent,
    bound: PlanBound,
  ): PlanBound {
    if (incumbent.decisions.some((d) => d.parking >= 0))
      return this.#parkedBound(wishes, incumbent.unplacedWeight)
    if (incumbent.unplacedWeight === bound.spare) return bound
    return this.#bound(wishes, availability, prices, incumbent.unplacedWeight)
  }

  /**
   * Plans that park may be needed, so the bound must hold for them: a VM then occupies its source only as long as the fastest first leg
   * takes, its target as long as the fastest last one.
   */
  #parkedBound(wishes: readonly Wish[], spare: number): PlanBound {
    const asked = wishes.filter((w) => !w.makesRoom)
    const instance = this.#instance
    const relaxed = asked.map((wish): Wish => {
      const own = instance.vmNode[wish.vm]
      const choices = wish.choices.map((choice) => {
        if (choice.kind !== 'live') return choice
        let { duration } = choice
        for (let n = 0; n < instance.nodeCount; n++) {
          if (n === own || n === choice.node || !this.#maker.canStand(wish.vm, n)) continue
          const first = this.#maker.liveLeg(wish.vm, own, n).ticks
          const last =
            wish.givenDuration >= 0 ? wish.givenDuration : this.#maker.liveLeg(wish.vm, n, choice.node).ticks
          duration = Math.min(duration, first, last)
        }
        return { ...choice, duration }
      })
      return { ...wish, choices }
    })
    const open = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
    const bound = makespanAndCostBound(instance, undefined, open, relaxed, [], spare)
    return this.#roundsBound(bound, relaxed, true)
  }

  /** What is told never gets worse: an incumbent that loses against one told before is not told. */
  #announce(incumbent: Incumbent | undefined, bound: PlanBound): void {
    const run = this.#run
    const lowerBound = ticksToSeconds(bound.makespan)
    const wider = bound.spare > this.#toldSpare
    run.lowerBoundSeconds = wider ? lowerBound : Math.max(run.lowerBoundSeconds, lowerBound)
    this.#toldSpare = bound.spare
    if (incumbent !== undefined && (this.#told === undefined || this.#isBetter(incumbent, this.#told))) {
      this.#told = incumbent
      run.makespanSeconds = ticksToSeconds(incumbent.timeline.makespan)
      const asked = this.#request.wishes.filter((w) => !w.makesRoom).length
      const placed = incumbent.decisions.filter(
        (d, w) => d.choice !== undefined && !incumbent.makesRoom[w],
      ).length
      run.unplaced = asked - placed
    }
    run.report(true)
  }

  #report(state: AssignmentState, incumbent: Incumbent, bound: PlanBound): Plan {
    const instance = this.#instance
    const { decisions, timeline } = incumbent
    // Legs know wishes by their place in the state's list; the report needs the request's.
    const indexOf = new Map(this.#request.wishes.map((wish, i) => [wish, i]))
    const legs = timeline.legs.map((leg) => ({ ...leg, wish: indexOf.get(state.wishes[leg.wish]) ?? -1 }))
    const decided = new Map(state.wishes.map((wish, w) => [wish, decisions[w]]))
    const unplaced = this.#request.wishes
      .filter((wish) => !wish.makesRoom && decided.get(wish)?.choice === undefined)
      .map((wish) => {
        const w = state.wishes.indexOf(wish)
        const wasChosen = w >= 0 && state.chosen[w] >= 0
        const followed = wasChosen && !incumbent.leftOut.has(w) && instance.affinityOf[wish.vm] >= 0
        const timed = wasChosen && !bindingMemoryNodes(instance, this.#chosenLegs(state)).includes(1)
        return explainUnplaced(instance, state, wish, followed ? 'affinity' : timed ? 'window' : 'memory')
      })
    let penalty = 0
    for (const { choice } of decisions) penalty += choice?.penalty ?? 0
    this.#run.boundNodes = bound.nodes
    const notes = [this.#lpStory, ...this.#run.lpNotes].filter((s) => s !== '')
    return reportPlan(instance, this.#request, this.#run, {
      timeline: { ...timeline, legs },
      unplaced,
      penalty,
      makespanBound: bound.makespan,
      costBound: bound.cost,
      bound: bound.by,
      unplacedProven: incumbent.unplacedWeight <= this.#leastUnplaced && this.#coversMost(incumbent),
      shortages: this.#tolerance?.shortages(state.wishes, (w) => decisions[w].choice) ?? [],
      lp: notes.join('; '),
    })
  }

  #chosenLegs(state: AssignmentState) {
    return legsOf(this.#instance, this.#maker, state.wishes, this.#decisionsOf(state))
  }
}

/** Lists that begin with a node's own best sequence; the rest follows by how busy its nodes are. At most four. */
function sequenceLists(
  legs: readonly Leg[],
  sequences: ReadonlyMap<number, readonly number[]>,
): Int32Array[] {
  const load = new Map<number, number>()
  for (const leg of legs) {
    load.set(leg.from, (load.get(leg.from) ?? 0) + leg.duration)
    load.set(leg.to, (load.get(leg.to) ?? 0) + leg.duration)
  }
  const busy = (leg: Leg) => (load.get(leg.from) ?? 0) + (load.get(leg.to) ?? 0)
  const legOf = new Map(legs.map((leg, i) => [leg.wish, i]))
  return [...sequences.values()].slice(0, 4).map((sequence) => {
    const first = sequence.map((wish) => legOf.get(wish)).filter((i) => i !== undefined)
    const taken = new Set(first)
    const rest = legs.map((_, i) => i).filter((i) => !taken.has(i))
    rest.sort((a, b) => busy(legs[b]) - busy(legs[a]) || legs[b].duration - legs[a].duration || a - b)
    return Int32Array.from([...first, ...rest])
  })
}
