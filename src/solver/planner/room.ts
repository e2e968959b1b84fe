/** VMs that were not asked for move out of the way, where one of the request would stay unplaced. */
import { eject, placeGreedily, restoreDecisions } from '../assignment/search.js'
import { AssignmentState } from '../assignment/state.js'
import { earliestEnds } from '../bounds/plan-bound.js'
import { roomMakers } from '../transit/make-room.js'
import { makeRoomInTransit } from '../transit/room.js'
import type { Wish } from '../wishes/wish.js'
import type { PlannerContext } from './context.js'
import type { Incumbent } from './incumbent.js'
import type { Settling } from './settling.js'
import type { Standing } from './standing.js'

/** An assignment of the wishes in which nothing is chosen yet. */
export function freshState(
  { instance, forbidden, availability }: PlannerContext,
  wishes: readonly Wish[],
): AssignmentState {
  return new AssignmentState(instance, wishes, availability, earliestEnds(instance, forbidden, wishes))
}

export class RoomMaking {
  readonly #context: PlannerContext
  readonly #settling: Settling

  constructor(context: PlannerContext, settling: Settling) {
    this.#context = context
    this.#settling = settling
  }

  /** Adds VMs that make room to the request and chooses anew; undefined where that places no more. */
  async makeRoom(state: AssignmentState): Promise<AssignmentState | undefined> {
    const { instance, run, request, maker } = this.#context
    run.enter('room')
    const evictions = roomMakers(instance, request, maker, state, run.parameters.transit.makeRoomEvictions)
    if (evictions.length === 0) return undefined
    const weightBefore = state.unplacedWeight
    this.#ask(evictions)
    const wider = freshState(this.#context, [...state.wishes, ...evictions])
    // Evictions first: what they free must be free before anything is chosen.
    for (let w = state.wishes.length; w < wider.wishes.length; w++) {
      const c = wider.wishes[w].choices.findIndex((_, i) => wider.admits(w, i))
      if (c >= 0) wider.set(w, c)
    }
    for (let w = 0; w < state.wishes.length; w++) {
      const c = state.chosen[w]
      if (c >= 0 && wider.admits(w, c)) wider.set(w, c)
    }
    await placeGreedily(wider, run)
    await eject(wider, run)
    const unplaced = wider.wishes.reduce(
      (sum, wish, w) => sum + (wider.chosen[w] < 0 && !wish.makesRoom ? instance.vmWeight[wish.vm] : 0),
      0,
    )
    return unplaced < weightBefore ? wider : undefined
  }

  /** The same for VMs that wait for memory only while others move. */
  async makeRoomInTransit(standing: Standing): Promise<void> {
    const { instance, run, request } = this.#context
    const { state, incumbent, bound } = standing
    if (incumbent.unplacedWeight === 0 || !instance.problem.policy.allowMakeRoom) return
    this.#withdraw(state)
    run.enter('room')
    const { firstSearch } = run.parameters.planner
    const context = this.#settling.transitContext(state.wishes, this.#settling.searchFor(bound, firstSearch))
    const made = await makeRoomInTransit(context, request, incumbent.decisions, this.#settling.transit)
    if (made === undefined) return
    const { evictions, decisions } = made
    const wider = freshState(this.#context, [...state.wishes, ...evictions])
    decisions.forEach(({ choice }, w) => {
      if (choice !== undefined) wider.set(w, state.wishes[w].choices.indexOf(choice))
    })
    for (let w = decisions.length; w < wider.wishes.length; w++) wider.set(w, 0)
    const roomier = await this.#settling.schedule(wider, bound, firstSearch)
    if (roomier.unplacedWeight >= incumbent.unplacedWeight) return
    this.#ask(evictions)
    standing.state = wider
    standing.incumbent = roomier
  }

  /** Makes an incumbent over these wishes that of the standing; those among them that do not make room after all are not asked. */
  adopt(standing: Standing, wishes: readonly Wish[], incumbent: Incumbent): void {
    const used = wishes.map((_, w) => w).filter((w) => !wishes[w].makesRoom || incumbent.decisions[w].choice)
    const place = new Map(used.map((w, i) => [w, i]))
    const legs = incumbent.timeline.legs.map((leg) => ({ ...leg, wish: place.get(leg.wish) ?? -1 }))
    const state = freshState(
      this.#context,
      used.map((w) => wishes[w]),
    )
    const decisions = used.map((w) => incumbent.decisions[w])
    restoreDecisions(state, decisions)
    this.#withdraw(state)
    this.#ask(state.wishes.filter((w) => w.makesRoom))
    standing.state = state
    standing.incumbent = {
      ...incumbent,
      decisions,
      makesRoom: state.wishes.map((w) => w.makesRoom),
      timeline: { ...incumbent.timeline, legs },
    }
    standing.lists.length = 0
  }

  #ask(wishes: readonly Wish[]): void {
    const { request } = this.#context
    for (const wish of wishes) {
      request.wishOf[wish.vm] = request.wishes.length
      request.wishes.push(wish)
    }
  }

  /** Takes VMs out of the request that were to make room and do not in this state. */
  #withdraw(state: AssignmentState): void {
    const { wishes, wishOf } = this.#context.request
    for (let w = wishes.length - 1; w >= 0 && wishes[w].makesRoom && !state.wishes.includes(wishes[w]); w--) {
      wishOf[wishes[w].vm] = -1
      wishes.pop()
    }
  }
}
