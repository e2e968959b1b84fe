/** Migrations that start now: of those that have targets, of what moves and drains ask for, and saves and resumes in place. */
import type { Course } from './course.js'
import { STEP_WORK } from './course.js'
import type { Gathering } from './gathering.js'
import { LEAVES, ROAMS } from './night.js'
import { ACTIVE } from './state.js'
import { ASKED, DRAIN } from './targets.js'
import { LIVE, SAVE } from './ways.js'

export class Starts {
  readonly #course: Course
  readonly #gathering: Gathering
  #triedAsked = -1
  #hasPreferred = false
  #hasFulfilled = false

  constructor(course: Course, gathering: Gathering) {
    this.#course = course
    this.#gathering = gathering
  }

  /**
   * Moves of VMs that roam, when no node is to be emptied any more.
   *
   * @param last nothing else is to be done: it is tried once more
   */
  fulfil(last: boolean): boolean {
    const { night, state, targets, order, partial } = this.#course
    const { wanted } = night.ways
    if (order.length > 0 || partial >= 0 || (last && this.#hasFulfilled)) return false
    if (last) this.#hasFulfilled = true
    let any = false
    for (let v = 0; v < night.vms; v++) {
      const nodes = wanted[v]
      if (nodes === undefined || nodes.has(state.at[v]) || !state.isSettled(v)) continue
      const to = targets.bestOf(v, [...nodes])
      if (to < 0) continue
      targets.commit(v, to, ASKED)
      state.pinned[v] = 1
      any = true
    }
    return any
  }

  /** What moves and drains ask for, behind the works. */
  ask(): void {
    const { night, state, targets, stamp } = this.#course
    if (this.#triedAsked === stamp) return
    this.#triedAsked = stamp
    this.fulfil(false)
    const { instance, role, vms } = night
    for (const company of night.ends.companies) this.#gathering.ask(company)
    for (let v = 0; v < vms; v++) {
      if (role[v] !== LEAVES || state.to[v] >= 0 || state.at[v] !== instance.vmNode[v]) continue
      if (night.ends.companyOf[v] >= 0 || state.sequence.frozen[v] === 1) continue
      const to = targets.best(v)
      if (to >= 0) targets.commit(v, to, ASKED)
    }
  }

  launch(): boolean {
    const course = this.#course
    const { night, state, targets } = course
    const { lanes } = night
    const most = this.#most(true)
    let any = false
    const waiting = state.pending
    course.spend(waiting.length)
    for (let i = 0; i < waiting.length && state.live < most; i++) {
      const v = waiting[i]
      const from = state.at[v]
      const to = state.to[v]
      if (state.busy[v] === 1) continue
      if (state.way[v] !== LIVE) {
        if (state.others >= this.#most(false)) continue
      } else if (state.slots[from] >= lanes[from] || state.slots[to] >= lanes[to]) continue
      if (!this.#mayStart(v, from, to)) continue
      waiting.splice(i--, 1)
      targets.settle(v, from, to)
      state.launch(v)
      course.spend(STEP_WORK)
      any = true
    }
    return any || (course.settings.turn && this.#turn(most))
  }

  #mayStart(v: number, from: number, to: number): boolean {
    const { night, state } = this.#course
    if (!this.#receives(to) || !state.mayArrive(v) || state.meets(v, to, false)) return false
    if (!state.sequence.admits(v)) return false
    const way = state.way[v]
    const ticks = night.ticks(v, from, to, way)
    const start = night.start(v, from, to, state.now, ticks)
    if (start > state.now) state.wake(start)
    return start === state.now && state.shares.admit(v, from, to, ticks, way === LIVE)
  }

  /** What makes room for the VMs of a node may wait there; for anything else none would be sent to it. */
  #receives(n: number): boolean {
    const { night, state } = this.#course
    return state.inService(n) || (state.status[n] === ACTIVE && night.saves[n] === 0)
  }

  /** A node that is being emptied stands idle: one of its VMs takes a target that is free now. */
  #turn(most: number): boolean {
    const { night, state, targets, active } = this.#course
    for (const n of active) {
      if (state.slots[n] >= night.lanes[n] || state.live >= most) continue
      const waiting = state.pending.filter((v) => state.at[v] === n && night.role[v] === ROAMS)
      for (const v of waiting.slice(0, 4)) {
        const before = state.to[v]
        const after = targets.bestNow(v)
        targets.commit(v, after < 0 ? before : after, DRAIN)
        if (after >= 0 && this.#mayStart(v, n, after)) return true
      }
    }
    return false
  }

  #most(live: boolean): number {
    const { concurrentMigrations, concurrentRestarts } = this.#course.night.instance.problem.policy
    return live ? (concurrentMigrations ?? Number.POSITIVE_INFINITY) : concurrentRestarts
  }

  /** Who leaves no other way is shut down where it is, if that may be: when nothing else is to be done any more. */
  rest(): boolean {
    const { night, state } = this.#course
    const { instance, role, ways } = night
    let any = false
    for (let v = 0; v < night.vms; v++) {
      if (role[v] !== LEAVES || ways.rest[v] === 0 || state.rests[v] === 1) continue
      if (state.sequence.frozen[v] === 1) continue
      if (state.at[v] !== instance.vmNode[v] || state.to[v] >= 0) continue
      state.setRests(v, 1)
      any = true
    }
    return any
  }

  /** Who prefers another node by more than the way there costs goes, when nothing else is to be done any more. */
  prefer(): boolean {
    const { night, state, targets } = this.#course
    if (night.returnHome || this.#hasPreferred) return false
    this.#hasPreferred = true
    let any = false
    for (let v = 0; v < night.vms; v++) {
      const ending = night.ending(v)
      if (ending === undefined || !state.isSettled(v) || night.ends.companyOf[v] >= 0) continue
      const from = state.at[v]
      this.#course.spend(night.nodes)
      let best = -1
      let least = from === night.instance.vmNode[v] ? night.instance.stayPenalty[v] : ending[from]
      for (let n = 0; n < night.nodes; n++) {
        if (!targets.mayEnd(v, n)) continue
        const way = targets.wayTo(v, n)
        const cost = ending[n] + night.ticks(v, from, n, way) + night.penalty(v, from, n, way)
        if (cost >= least) continue
        least = cost
        best = n
      }
      if (best < 0) continue
      targets.commit(v, best, ASKED)
      any = true
    }
    return any
  }

  /** Puts VMs to rest where they are, and wakes them; saves and resumes of a node one after another. */
  restAndWake(): boolean {
    const { night, state } = this.#course
    const { saves, ways, instance } = night
    let any = false
    for (let n = 0; n < night.nodes; n++) {
      if (state.resters[n] === 0) continue
      const resting = state.status[n] === ACTIVE || instance.drained[n] !== 0
      if (!resting && state.resuming[n] === 0) continue
      if (resting && saves[n] === 1 && state.arriving[n] > 0) continue
      const own = state.restersOf(n)
      let saving = own.some((v) => state.busy[v] === 1 && ways.rest[v] === SAVE)
      for (const v of own) {
        if (state.busy[v] === 1 || state.saved[v] !== (resting ? 0 : 1)) continue
        if ((saving && ways.rest[v] === SAVE) || (resting && !state.sequence.admits(v))) continue
        if (state.others >= this.#most(false)) break
        const kind = resting ? ways.rest[v] : ways.waking(v)
        const ticks = ways.ticks(v, kind)
        const start = night.start(v, n, n, state.now, ticks)
        if (start > state.now) state.wake(start)
        else if (start === state.now && state.shares.admit(v, n, n, ticks, false)) {
          state.inPlace(v, kind)
          if (ways.rest[v] === SAVE) saving = true
          any = true
        }
      }
    }
    return any
  }
}
