/** Works: when one may start, when a crew is free for the next, what follows from its end, and giving one up. */
import type { Course } from './course.js'
import type { Homecoming } from './homecoming.js'
import { ROAMS } from './night.js'
import { DONE, DROPPED, WORKING } from './state.js'

export class Works {
  readonly #course: Course
  readonly #homecoming: Homecoming
  #settledUntil = 0
  /** Works of those positions that are neither done nor given up. */
  #firsts = 0
  #middles = 0
  /** [N] no node may be given up a second time. */
  readonly #givenUp: Uint8Array

  constructor(course: Course, homecoming: Homecoming) {
    this.#course = course
    this.#homecoming = homecoming
    const { night, order } = course
    this.#givenUp = new Uint8Array(night.nodes)
    for (const n of order) {
      if (night.rank[n] === 0) this.#firsts++
      if (night.rank[n] === 1) this.#middles++
    }
  }

  /** On nodes that are empty. */
  start(): boolean {
    const course = this.#course
    const { night, state, active, workStart } = course
    let any = false
    for (const n of [...active]) {
      if (n === course.partial || state.occupants[n] > 0 || state.arriving[n] > 0) continue
      if (!this.#mayWork(n)) continue
      const start = night.workStart(n, Math.max(state.now, this.#settledUntil))
      if (start < 0) {
        this.drop(n)
        any = true
      } else if (start > state.now) state.wake(start)
      else {
        state.startWork(n)
        workStart[n] = state.now
        active.splice(active.indexOf(n), 1)
        any = true
      }
    }
    return any
  }

  /** Crews, order and company allow the work now; windows and settling are looked at apart. */
  #mayWork(n: number): boolean {
    const { night, state } = this.#course
    const { after, apart, crews, rank } = night
    if (state.crews >= crews) return false
    if (after[n].some((before) => !state.isDone(before))) return false
    if ((rank[n] > 0 && this.#firsts > 0) || (rank[n] > 1 && this.#middles > 0)) return false
    for (const other of apart[n]) if (state.status[other] === WORKING) return false
    return true
  }

  /** When a crew is free for one more node beyond those that are being emptied. */
  crewFree(): number {
    const { night, state, active } = this.#course
    const { crews, worked, workTicks } = night
    const free: number[] = []
    for (const n of worked) if (state.status[n] === WORKING) free.push(state.workEnd[n])
    while (free.length < crews) free.push(state.now)
    free.sort((a, b) => a - b)
    for (const n of active) {
      free[0] += workTicks[n]
      free.sort((a, b) => a - b)
    }
    return free[0]
  }

  /** The work is over. */
  ended(n: number): void {
    const { night, state } = this.#course
    const { settle } = night
    state.status[n] = DONE
    state.crews--
    this.#count(n)
    this.#settledUntil = Math.max(this.#settledUntil, state.now + settle[n])
    state.resuming[n] = state.resters[n]
    this.#course.changed()
    this.#homecoming.call(n)
  }

  #count(n: number): void {
    const { rank } = this.#course.night
    if (rank[n] === 0) this.#firsts--
    if (rank[n] === 1) this.#middles--
  }

  /** Nothing is under way: a node is given up, so that others go on. False: there is none. */
  unblock(): boolean {
    const { active, order, partial } = this.#course
    const stuck = partial >= 0 ? partial : (active[0] ?? order.find((n) => this.#course.isNext(n)))
    if (stuck === undefined) return false
    if (this.#givenUp[stuck] === 0 && active.length === 0) {
      // With all that may be tried, once.
      this.#givenUp[stuck] = 1
      this.#course.changed()
      return true
    }
    this.drop(stuck)
    return true
  }

  drop(n: number): void {
    const course = this.#course
    const { night, state, targets } = course
    this.#count(n)
    course.leaveOut(n)
    state.status[n] = DROPPED
    // Those that wait to leave stay.
    for (const v of [...state.pending]) if (state.at[v] === n && night.role[v] === ROAMS) targets.takeBack(v)
    for (const v of state.restersOf(n)) {
      if (state.saved[v] === 1) state.resuming[n]++
      else if (state.busy[v] === 0 && night.role[v] === ROAMS) state.setRests(v, 0)
    }
    course.changed()
    this.#homecoming.call(n)
    for (const m of [...course.order, ...course.active]) if (night.after[m].includes(n)) this.drop(m)
  }
}
