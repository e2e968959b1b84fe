/**
 * The planner, top-down: what is asked (wishes), to where (assignment), when (timeline), how far from the best (bounds), told as a
 * plan (report). docs/algorithm.md follows the same order; the parts are in this folder.
 */

import { loadKernel } from '../../kernel/kernel.js'
import type { Kernel } from '../../kernel/types.js'
import { addAll } from '../../lists.js'
import type { LpService } from '../../lp/types.js'
import { compileInstance } from '../../model/compile.js'
import type { Instance } from '../../model/instance.js'
import type { Plan, UnplacedVm } from '../../model/plan.js'
import type { ResolvedProblem } from '../../model/problem.js'
import { chooseTargets } from '../assignment/choose.js'
import type { AssignmentState } from '../assignment/state.js'
import { Tolerance } from '../assignment/tolerance.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import { shortestByNode } from '../bounds/node-load.js'
import type { PlanBound } from '../bounds/plan-bound.js'
import { ALONE, type SearchPool } from '../exact/pool.js'
import { type Alternatives, remediesFor } from '../report/remedies.js'
import { reportPlan } from '../report/report.js'
import { explainUnplaced } from '../report/unplaced.js'
import type { Run } from '../run.js'
import type { Leg } from '../schedule/legs.js'
import { readAsked } from '../wishes/asked.js'
import { whatBlocks } from './blocked.js'
import { Bounding } from './bounding.js'
import { openWishes, type PlannerContext } from './context.js'
import { Exhausting } from './exhausting.js'
import { coversMost, type Incumbent } from './incumbent.js'
import { ProgressReport } from './progress-report.js'
import { Proving } from './proving.js'
import { RemedyTrials } from './remedy-trials.js'
import { freshState, RoomMaking } from './room.js'
import { Settling } from './settling.js'
import type { Standing } from './standing.js'
import { Targeting } from './targeting.js'
import { preferEarlyEmptying } from './ties.js'

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
  if (problem.works !== undefined) {
    const { planNight } = await import('../rolling/plan.js')
    return { plan: await planNight(compileInstance(problem), await loadKernel(), run, lp), boundNodes: [] }
  }
  if (problem.balance !== undefined) {
    const { planBalanced } = await import('../balance/plan.js')
    const planOne = async (one: ResolvedProblem) => (await planProblem(one, run, lp, pool)).plan
    return { plan: await planBalanced(problem, run, planOne), boundNodes: [] }
  }
  const planner = new Planner(compileInstance(problem), await loadKernel(), run, lp, pool)
  return planner.plan()
}

class Planner {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #settling: Settling
  readonly #room: RoomMaking
  readonly #exhausting: Exhausting
  readonly #targeting: Targeting
  readonly #proving: Proving
  readonly #progress: ProgressReport

  constructor(instance: Instance, kernel: Kernel, run: Run, lp: LpService, pool: SearchPool) {
    const { forbidden, maker, request } = readAsked(instance, kernel)
    const availability = new NodeAvailability(instance, shortestByNode(instance, openWishes({ request })))
    const tolerance = instance.problem.policy.tolerateNodeFailure
      ? new Tolerance(instance, run.parameters.assignment)
      : undefined
    const search = { instance, kernel, run, forbidden }
    const context = { ...search, lp, pool, maker, request, availability, tolerance }
    this.#context = context
    this.#progress = new ProgressReport(context)
    this.#bounding = new Bounding(context)
    this.#settling = new Settling(context, this.#bounding, this.#progress)
    this.#room = new RoomMaking(context, this.#settling)
    this.#exhausting = new Exhausting(context, this.#bounding, this.#room)
    this.#targeting = new Targeting(context, this.#bounding, this.#settling, this.#progress)
    this.#proving = new Proving(context, this.#bounding, this.#progress)
  }

  async plan(): Promise<Planned> {
    const standing = await this.#firstPlan()
    await this.#room.makeRoomInTransit(standing)
    await this.#boundByNodes(standing)
    if (!(await this.#exhausting.exhaust(standing))) {
      await this.#targeting.improve(standing)
      await this.#boundByMatchings(standing)
      await this.#proving.prove(standing, true)
      await this.#proving.polish(standing)
      await this.#proving.prove(standing, false)
    }
    standing.incumbent = await preferEarlyEmptying(this.#context, standing.incumbent)
    standing.bound = this.#bounding.finalBound(standing)
    this.#progress.announce(standing.incumbent, standing.bound)
    return { plan: await this.#report(standing), boundNodes: standing.bound.nodes }
  }

  /** Targets, with room made for them where they need it, and a first schedule. */
  async #firstPlan(): Promise<Standing> {
    const { instance, run, lp, availability, tolerance } = this.#context
    const { allowMakeRoom } = instance.problem.policy
    const open = openWishes(this.#context)
    const asked = freshState(this.#context, open)
    // The forbidden time that the assignment LP takes from each node is that before its trial makespan: the better the first, the fewer.
    const trial = () => this.#bounding.bound(open, [], 0).makespan
    const prices = await chooseTargets(asked, availability, lp, run, trial)
    await tolerance?.improve(asked, run, run.options.seed)
    const wider = asked.unplacedWeight > 0 && allowMakeRoom ? await this.#room.makeRoom(asked) : undefined
    const bound = this.#bounding.bound((wider ?? asked).wishes, prices, (wider ?? asked).unplacedWeight)
    this.#progress.announce(undefined, bound)
    const first = await this.#scheduled(wider ?? asked, prices, bound)
    if (wider === undefined) return first
    // Room that was made in vain must not be made.
    const without = this.#bounding.bound(open, prices, asked.unplacedWeight)
    const plain = await this.#scheduled(asked, prices, without)
    return plain.incumbent.unplacedWeight <= first.incumbent.unplacedWeight ? plain : first
  }

  async #scheduled(
    state: AssignmentState,
    prices: readonly Float64Array[],
    bound: PlanBound,
  ): Promise<Standing> {
    const { firstSearch } = this.#context.run.parameters.planner
    const incumbent = await this.#settling.schedule(state, bound, firstSearch)
    return { state, prices, incumbent, bound, bounded: state.wishes, lists: [], matching: undefined }
  }

  async #boundByNodes(standing: Standing): Promise<void> {
    if (this.#bounding.meets(standing)) return
    const { state, bounded, incumbent, bound } = standing
    if (state.wishes !== bounded || incumbent.unplacedWeight !== bound.spare) this.#bounding.rebound(standing)
    const single = await this.#bounding.singleNodeBound(standing)
    if (single !== undefined) {
      const name = `single-node ${this.#context.instance.problem.nodes[single.node]?.id}`
      standing.bound = this.#bounding.raised(standing.bound, single.makespan, name, [single.node])
      addAll(standing.lists, sequenceLists(incumbent.timeline.legs, single.sequences))
    }
    this.#progress.announce(incumbent, standing.bound)
  }

  async #boundByMatchings(standing: Standing): Promise<void> {
    if (this.#bounding.meets(standing)) return
    standing.matching = await this.#bounding.matchingBound(standing)
    if (standing.matching !== undefined)
      standing.bound = this.#bounding.raised(standing.bound, standing.matching.bound, 'matching-lp')
    this.#progress.announce(standing.incumbent, standing.bound)
  }

  async #report({ state, incumbent, bound }: Standing): Promise<Plan> {
    const { instance, request, run, lp, pool, tolerance } = this.#context
    const { decisions, timeline } = incumbent
    // Legs know wishes by their place in the state's list; the report needs the request's.
    const indexOf = new Map(request.wishes.map((wish, i) => [wish, i]))
    const legs = timeline.legs.map((leg) => ({ ...leg, wish: indexOf.get(state.wishes[leg.wish]) ?? -1 }))
    const unplaced = await this.#unplaced(state, incumbent)
    const plan = reportPlan(instance, request, run, {
      timeline: { ...timeline, legs },
      unplaced: unplaced.map(({ entry }) => entry),
      penalty: incumbent.penalty,
      makespanBound: bound.makespan,
      costBound: bound.cost,
      bound: bound.by,
      unplacedProven: this.#isMostPlaced(incumbent),
      shortages: tolerance?.shortages(state.wishes, (w) => decisions[w].choice) ?? [],
      lp: [...this.#bounding.lpNotes, ...run.lpNotes].join('; '),
      threads: pool.threads,
      threadsNote: pool.note,
    })
    if (unplaced.length === 0 || !run.parameters.planner.remedies) return plan
    const trials = new RemedyTrials(instance.problem, plan, run, async (problem, quick) => {
      const planned = await planProblem(problem, quick, lp)
      return planned.plan
    })
    const told = await trials.tell(unplaced.map(({ entry, remedies }) => ({ vm: entry.vm, remedies })))
    for (const entry of plan.unplaced) entry.remedies = told.get(entry.vm) ?? []
    plan.statistics.runtimeSeconds = run.runtimeSeconds
    return plan
  }

  /** Does no plan leave less unplaced, and does none survive a node's failure better? */
  #isMostPlaced(incumbent: Incumbent): boolean {
    const { unplacedWeight } = incumbent
    return unplacedWeight <= this.#bounding.leastUnplaced && coversMost(this.#context, incumbent)
  }

  async #unplaced(
    state: AssignmentState,
    incumbent: Incumbent,
  ): Promise<{ entry: UnplacedVm; remedies: Alternatives[] }[]> {
    const { instance, request, run } = this.#context
    const decided = new Map(state.wishes.map((wish, w) => [wish, incumbent.decisions[w]]))
    const left = request.wishes.filter((w) => !w.makesRoom && decided.get(w)?.choice === undefined)
    if (left.length === 0) return []
    const blocked = await whatBlocks(this.#context, state, incumbent)
    const ended = this.#isMostPlaced(incumbent) ? undefined : run.cut
    return left.map((wish) => {
      const on = (node: number) => blocked.get(wish)?.get(node) ?? instance.spaces[0]
      const { entry, refusals } = explainUnplaced(instance, state, wish, on, ended)
      return { entry, remedies: remediesFor(instance, wish, refusals) }
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
