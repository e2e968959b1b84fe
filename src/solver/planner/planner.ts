/**
 * The planner, top-down: what is asked (wishes), to where (assignment), when (timeline), how far from the best (bounds), told as a
 * plan (report). docs/algorithm.md follows the same order; the parts are in this folder.
 */
import { loadKernel } from '../../kernel/kernel.js'
import type { Kernel } from '../../kernel/types.js'
import type { LpService } from '../../lp/types.js'
import { compileInstance } from '../../model/compile.js'
import type { Instance } from '../../model/instance.js'
import type { Plan } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { readAsked } from '../asked.js'
import { chooseTargets } from '../assignment/choose.js'
import type { AssignmentState } from '../assignment/state.js'
import { timeGrid } from '../bounds/grid.js'
import type { MatchingLpResult } from '../bounds/matching-lp.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import { shortestByNode } from '../bounds/node-load.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import { ALONE, type SearchPool } from '../lanes/pool.js'
import { bindingMemoryNodes, type Leg, legsOf } from '../legs.js'
import { reportPlan } from '../report.js'
import type { Run } from '../run.js'
import { Tolerance } from '../tolerance.js'
import { explainUnplaced } from '../unplaced.js'
import { Bounding } from './bounding.js'
import { openWishes, type PlannerContext } from './context.js'
import { coversMost, type Incumbent } from './incumbent.js'
import { ProgressReport } from './progress-report.js'
import { Proving } from './proving.js'
import { freshState, RoomMaking } from './room.js'
import { decisionsOf, Settling } from './settling.js'
import { Targeting } from './targeting.js'

export interface Planned {
  plan: Plan
  /** Indices of the nodes that its lower bound rests on; empty where it rests on no certain ones. */
  boundNodes: readonly number[]
}

/** @param pool threads that search; it and `lp` are the caller's to close. */
export async function planProblem(
  problem: ResolvedProblem,
  run: Run,
  lp: LpService,
  pool: SearchPool = ALONE,
): Promise<Planned> {
  const planner = new Planner(compileInstance(problem), await loadKernel(), run, lp, pool)
  return planner.plan()
}

class Planner {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #settling: Settling
  readonly #room: RoomMaking
  readonly #targeting: Targeting
  readonly #proving: Proving
  readonly #progress: ProgressReport

  constructor(instance: Instance, kernel: Kernel, run: Run, lp: LpService, pool: SearchPool) {
    const { forbidden, maker, request } = readAsked(instance, kernel)
    const tolerance = instance.problem.policy.tolerateNodeFailure
      ? new Tolerance(instance, run.parameters.search)
      : undefined
    const context: PlannerContext = { instance, kernel, run, lp, pool, forbidden, maker, request, tolerance }
    this.#context = context
    this.#progress = new ProgressReport(context)
    this.#bounding = new Bounding(context)
    this.#settling = new Settling(context, this.#bounding, this.#progress)
    this.#room = new RoomMaking(context, this.#settling)
    this.#targeting = new Targeting(context, this.#bounding, this.#settling, this.#progress)
    this.#proving = new Proving(context, this.#bounding, this.#progress)
  }

  async plan(): Promise<Planned> {
    const open = openWishes(this.#context)
    const availability = new NodeAvailability(
      this.#context.instance,
      shortestByNode(this.#context.instance, open),
    )
    if (!this.#context.instance.problem.policy.allowMakeRoom)
      this.#bounding.grid = timeGrid(this.#context.instance, open)
    let state = freshState(this.#context, open, availability)
    // The forbidden time that the assignment LP takes from each node is that before its trial makespan: the better the first, the fewer.
    const trial = () => this.#bounding.bound(open, availability, [], 0).makespan
    const prices = await chooseTargets(state, availability, this.#context.lp, this.#context.run, trial)
    await this.#context.tolerance?.improve(state, this.#context.run, this.#context.run.options.seed)
    const asked = state
    if (state.unplacedWeight > 0 && this.#context.instance.problem.policy.allowMakeRoom) {
      state = (await this.#room.makeRoom(state, availability)) ?? state
    }
    const { firstSearch } = this.#context.run.parameters.planner
    let wishes = state.wishes
    let bound = this.#bounding.bound(wishes, availability, prices, state.unplacedWeight)
    this.#progress.announce(undefined, bound)

    let incumbent = await this.#settling.schedule(state, bound, firstSearch)
    if (state !== asked) {
      // Room that was made in vain must not be made.
      const without = this.#bounding.bound(asked.wishes, availability, prices, asked.unplacedWeight)
      const plain = await this.#settling.schedule(asked, without, firstSearch)
      if (plain.unplacedWeight <= incumbent.unplacedWeight) {
        state = asked
        wishes = asked.wishes
        bound = without
        incumbent = plain
      }
    }
    const bounded = wishes
    if (incumbent.unplacedWeight > 0 && this.#context.instance.problem.policy.allowMakeRoom) {
      this.#room.withdrawRoom(state)
      const roomier = await this.#room.makeRoomInTransit(state, availability, bound, incumbent)
      if (roomier !== undefined) {
        ;({ state, incumbent } = roomier)
        wishes = state.wishes
      }
    }
    const orders: Int32Array[] = []
    if (!this.#bounding.meets(incumbent, bound)) {
      if (wishes !== bounded || incumbent.unplacedWeight !== bound.spare)
        bound = this.#bounding.bound(wishes, availability, prices, incumbent.unplacedWeight)
      const single = await this.#bounding.singleNodeBound(wishes, availability, bound, incumbent)
      if (single !== undefined) {
        bound = this.#bounding.raised(
          bound,
          single.makespan,
          `single-node ${this.#context.instance.problem.nodes[single.node]?.id}`,
          [single.node],
        )
        orders.push(...sequenceLists(incumbent.timeline.legs, single.sequences))
      }
      this.#progress.announce(incumbent, bound)
    }
    ;[incumbent, bound] = await this.#targeting.improve(state, availability, prices, incumbent, bound)
    let lpRounds: MatchingLpResult | undefined
    if (!this.#bounding.meets(incumbent, bound)) {
      lpRounds = await this.#bounding.matchingBound(wishes, bound, incumbent)
      if (lpRounds !== undefined) bound = this.#bounding.raised(bound, lpRounds.bound, 'matching-lp')
      this.#progress.announce(incumbent, bound)
    }
    if (!this.#bounding.meets(incumbent, bound)) {
      ;[incumbent, bound] = await this.#proving.prove(wishes, incumbent, bound, true)
    }
    if (!this.#bounding.meets(incumbent, bound))
      incumbent = await this.#proving.polish(incumbent, bound, lpRounds, orders)
    if (!this.#bounding.meets(incumbent, bound)) {
      ;[incumbent, bound] = await this.#proving.prove(wishes, incumbent, bound, false)
    }
    bound = this.#bounding.finalBound(wishes, availability, prices, incumbent, bound)
    this.#progress.announce(incumbent, bound)
    return { plan: this.#report(state, incumbent, bound), boundNodes: bound.nodes }
  }

  #report(state: AssignmentState, incumbent: Incumbent, bound: PlanBound): Plan {
    const instance = this.#context.instance
    const { decisions, timeline } = incumbent
    // Legs know wishes by their place in the state's list; the report needs the request's.
    const indexOf = new Map(this.#context.request.wishes.map((wish, i) => [wish, i]))
    const legs = timeline.legs.map((leg) => ({ ...leg, wish: indexOf.get(state.wishes[leg.wish]) ?? -1 }))
    const decided = new Map(state.wishes.map((wish, w) => [wish, decisions[w]]))
    const unplaced = this.#context.request.wishes
      .filter((wish) => !wish.makesRoom && decided.get(wish)?.choice === undefined)
      .map((wish) => {
        const w = state.wishes.indexOf(wish)
        const wasChosen = w >= 0 && state.chosen[w] >= 0
        const followed = wasChosen && !incumbent.leftOut.has(w) && instance.affinityOf[wish.vm] >= 0
        const timed =
          wasChosen &&
          !bindingMemoryNodes(instance, legsOf(instance, state.wishes, decisionsOf(state))).includes(1)
        return explainUnplaced(instance, state, wish, followed ? 'affinity' : timed ? 'window' : 'memory')
      })
    let penalty = 0
    for (const { choice } of decisions) penalty += choice?.penalty ?? 0
    const notes = [this.#bounding.lpStory, ...this.#context.run.lpNotes].filter((s) => s !== '')
    return reportPlan(instance, this.#context.request, this.#context.run, {
      timeline: { ...timeline, legs },
      unplaced,
      penalty,
      makespanBound: bound.makespan,
      costBound: bound.cost,
      bound: bound.by,
      unplacedProven:
        incumbent.unplacedWeight <= this.#bounding.leastUnplaced && coversMost(this.#context, incumbent),
      shortages: this.#context.tolerance?.shortages(state.wishes, (w) => decisions[w].choice) ?? [],
      lp: notes.join('; '),
      threads: this.#context.pool.threads,
      threadsNote: this.#context.pool.note,
    })
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
