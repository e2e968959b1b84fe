/**
 * Larger problems, a few wishes at a time: those that are left out or end last, with some that share their nodes, are assigned anew in every
 * way that could be better while all others keep their places (large neighbourhood search; Shaw 1998). Each assignment is scheduled with
 * memory and horizon in view, which the search for targets leaves out.
 */
import { beats, enumerateAssignments, type Way, waysOf } from '../assignment/enumerate.js'
import { earliestEnds } from '../bounds/plan-bound.js'
import { Random } from '../random.js'
import { bindingMemoryNodes, type Decision, legsOf } from '../schedule/legs.js'
import { solveTimeline } from '../schedule/timeline.js'
import { endClash } from '../transit/leave-behind.js'
import { orderLike } from '../transit/sequence-schedule.js'
import type { Bounding } from './bounding.js'
import type { PlannerContext } from './context.js'
import { incumbentOf, isBetterPlan, parks, uncoveredOf } from './incumbent.js'
import type { RoomMaking } from './room.js'
import type { Standing } from './standing.js'

export class Reassigning {
  readonly #context: PlannerContext
  readonly #bounding: Bounding
  readonly #room: RoomMaking

  constructor(context: PlannerContext, bounding: Bounding, room: RoomMaking) {
    this.#context = context
    this.#bounding = bounding
    this.#room = room
  }

  async improve(standing: Standing): Promise<void> {
    const { instance, run, forbidden } = this.#context
    if (!this.#isOfUse(standing)) return
    run.enter('targets')
    const { reassignTries, reassignLooks, reassignFound } = run.parameters.planner
    const { schedule, seed } = run.options
    const { wishes } = standing.state
    const ends = earliestEnds(instance, forbidden, wishes)
    const ways = wishes.map((wish, w) => waysOf(instance, wish, ends[w]))
    const random = new Random(seed ^ 0x3c6ef372)
    for (let tries = reassignTries; tries > 0 && !this.#bounding.meetsProven(standing); ) {
      const { incumbent } = standing
      const { decisions, unplacedWeight: left, cost } = incumbent
      const free = new Set(this.#neighbourhood(standing, random))
      const some = ways.map((list, w) => (free.has(w) ? list : [wayOf(list, decisions[w])]))
      const holds = (ends: readonly Decision[]) => endClash(instance, wishes, ends) === undefined
      const limits = { looks: reassignLooks, found: reassignFound }
      const { found } = enumerateAssignments(instance, wishes, some, { left, cost }, holds, limits)
      tries--
      for (const assignment of found) {
        const { incumbent } = standing
        const known = { left: incumbent.unplacedWeight, cost: incumbent.cost }
        if (!beats(assignment.left, assignment.makespanBound + assignment.penalty, known)) continue
        if (tries-- <= 0 || (await run.breathe())) return
        const legs = legsOf(instance, wishes, assignment.decisions)
        const target = assignment.makespanBound
        const orders = [orderLike(legs, incumbent.timeline)]
        const timeline = await solveTimeline(this.#context, legs, { schedule, target, work: 1, seed, orders })
        if (timeline.unscheduledWeight > 0) continue
        const uncovered = uncoveredOf(this.#context, wishes, assignment.decisions)
        const now = incumbentOf(this.#context, wishes, assignment.decisions, timeline, uncovered)
        if (isBetterPlan(now, incumbent)) this.#room.adopt(standing, wishes, now)
      }
    }
  }

  /** Is there something to choose that the search for targets does not see: kinds that hold no slot, memory on the way, who stays. */
  #isOfUse({ state: { wishes }, incumbent }: Standing): boolean {
    if (parks(incumbent) || wishes.some((w) => w.makesRoom)) return false
    if (incumbent.unplacedWeight > 0) return true
    if (wishes.every(({ choices }) => choices.length === 1)) return false
    if (wishes.some(({ choices }) => choices.some(({ kind }) => kind !== choices[0].kind))) return true
    return bindingMemoryNodes(this.#context.instance, incumbent.timeline.legs).includes(1)
  }

  /** One that is left out or ends late, and some that share a node with it. */
  #neighbourhood({ state: { wishes }, incumbent }: Standing, random: Random): number[] {
    const { vmNode } = this.#context.instance
    const { decisions, timeline } = incumbent
    const { reassignWishes } = this.#context.run.parameters.planner
    const left = decisions.flatMap(({ choice }, w) => (choice === undefined ? [w] : []))
    const last = timeline.legs
      .map((leg, i) => ({ wish: leg.wish, end: timeline.start[i] + leg.duration }))
      .sort((a, b) => b.end - a.end)
      .slice(0, reassignWishes)
      .map(({ wish }) => wish)
    const seeds = left.length > 0 && random.below(2) === 0 ? left : last
    const first = seeds[random.below(seeds.length)] ?? random.below(wishes.length)
    const nodesOf = (w: number) => [vmNode[wishes[w].vm], ...wishes[w].choices.map((c) => c.node)]
    const own = new Set(nodesOf(first))
    const near = wishes.map((_, w) => w).filter((w) => w !== first && nodesOf(w).some((n) => own.has(n)))
    const picked = [first]
    while (picked.length < reassignWishes && near.length > 0)
      picked.push(...near.splice(random.below(near.length), 1))
    return picked
  }
}

function wayOf(ways: readonly Way[], { choice }: Decision): Way {
  return ways.find((way) => way.decision.choice === choice) ?? ways[ways.length - 1]
}
