/** Migrations that start now: of those that have targets, of what moves and drains ask for, and saves and resumes in place. */
import type { Course } from './course.js'
import { STEP_WORK } from './course.js'
import type { Gathering } from './gathering.js'
import { LEAVES, ROAMS } from './night.js'
import { ACTIVE, RESUME, SAVE } from './state.js'
import { ASKED, DRAIN } from './targets.js'

export class Starts {
  readonly #course: Course
  readonly #gathering: Gathering
  #triedAsked = -1

  constructor(course: Course, gathering: Gathering) {
    this.#course = course
    this.#gathering = gathering
  }

  /** What moves and drains ask for, behind the works. */
  ask(): void {
    const { night, state, targets, stamp } = this.#course
    if (this.#triedAsked === stamp) return
    this.#triedAsked = stamp
    const { instance, role, vms } = night
    for (const company of night.ends.companies) this.#gathering.ask(company)
    for (let v = 0; v < vms; v++) {
      if (role[v] !== LEAVES || state.to[v] >= 0 || state.at[v] !== instance.vmNode[v]) continue
      if (night.ends.companyOf[v] >= 0) continue
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
      if (state.busy[v] === 1 || state.slots[from] >= lanes[from] || state.slots[to] >= lanes[to]) continue
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
    const ticks = night.ticks(v, from, to)
    const start = night.start(v, from, to, state.now, ticks)
    if (start > state.now) state.wake(start)
    return start === state.now && state.shares.admit(v, from, to, ticks)
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

  /** On nodes whose VMs are saved, one after another. */
  saveAndResume(): boolean {
    const { night, state } = this.#course
    const { saves, worked, saveTicks } = night
    let any = false
    for (const n of worked) {
      if (saves[n] === 0) continue
      const saving = state.status[n] === ACTIVE
      if (!saving && state.resuming[n] === 0) continue
      if (saving && state.arriving[n] > 0) continue
      const own = state.savedOf(n)
      if (own.some((v) => state.busy[v] === 1)) continue
      const next = own.find((v) => state.saved[v] === (saving ? 0 : 1))
      if (next === undefined || state.others >= this.#most(false)) continue
      const start = night.start(next, n, n, state.now, saveTicks[next])
      if (start < 0) continue
      if (start > state.now) state.wake(start)
      else if (state.shares.admit(next, n, n, saveTicks[next])) {
        state.inPlace(next, saving ? SAVE : RESUME)
        any = true
      }
    }
    return any
  }
}
