/**
 * From an order of nodes and settings to a schedule of the whole night, event by event: nodes are emptied just in time behind the works,
 * VMs come home as room is made, works start on empty nodes. At each instant, until nothing changes, works start, nodes begin to be
 * emptied, migrations start that can.
 */
import { penaltyToTicks } from '../../model/ticks.js'
import type { Standing } from '../assignment/node-failure.js'
import { Course, STEP_WORK } from './course.js'
import { Emptying } from './emptying.js'
import { Exchange } from './exchange.js'
import { Gathering } from './gathering.js'
import { Homecoming } from './homecoming.js'
import { type Night, RESTS, ROAMS } from './night.js'
import type { Settings } from './settings.js'
import { Starts } from './starts.js'
import { ACTIVE, DONE, DROPPED, type State } from './state.js'
import { DRAIN } from './targets.js'
import { Works } from './works.js'

export interface Decoded {
  /** Weight of works not done and VMs unplaced; of no plan, where a hard group is broken, more than that of all. */
  left: number
  /** MiB that would find no place, were a node to fail at the end; only where that is asked for. */
  uncovered: number
  /** Ticks. */
  cost: number
  makespan: number
  state: State
  /** [N] ticks; −1: not done. */
  workStart: Int32Array
  /** What it took: looks at pairs of VM and node, or at what waits. */
  work: number
}

/**
 * @param order of the nodes to be worked on; what `after` and `position` ask is kept whatever it says.
 * @param usual ticks of a migration of middle length.
 * @param most work; a night that takes more is given up, and is worse than any other.
 * @param latest ticks; where given, one that would end later, or does not all works, is given up too, as soon as that is certain.
 */
export function decode(
  night: Night,
  order: readonly number[],
  settings: Settings,
  usual: number,
  most = Number.POSITIVE_INFINITY,
  latest = Number.POSITIVE_INFINITY,
): Decoded {
  return new Decoder(new Course(night, order, settings, usual)).run(most, latest)
}

/** Where VMs are, and which run. */
export function standingOf({ instance }: Night, { at, saved }: Pick<State, 'at' | 'saved'>): Standing {
  const running = Uint8Array.from(instance.problem.vms, ({ state }, v) =>
    Number(state === 'running' && saved[v] === 0),
  )
  return { end: at, running }
}

class Decoder {
  readonly #course: Course
  readonly #homecoming: Homecoming
  readonly #works: Works
  readonly #emptying: Emptying
  readonly #gathering: Gathering
  readonly #starts: Starts
  readonly #exchange: Exchange

  constructor(course: Course) {
    this.#course = course
    this.#homecoming = new Homecoming(course)
    this.#works = new Works(course, this.#homecoming)
    this.#emptying = new Emptying(course, this.#works)
    this.#gathering = new Gathering(course)
    this.#starts = new Starts(course, this.#gathering)
    this.#exchange = new Exchange(course)
  }

  run(most: number, latest: number): Decoded {
    const { state, night } = this.#course
    const ended: number[] = []
    // Whose home is not to be worked on may go there at once.
    if (night.displaced)
      for (let n = 0; n < night.nodes; n++) if (night.workOf[n] < 0) this.#homecoming.call(n)
    this.#settle()
    for (;;) {
      if (!state.advance(ended)) {
        if (!state.sequence.loosen() && !this.#works.unblock() && !this.#finish()) break
        this.#settle()
        continue
      }
      if (this.#course.work > most || this.#isLate(latest))
        return { ...this.#result(), left: Number.POSITIVE_INFINITY }
      for (const code of ended) {
        if (code === 0) continue
        if (code <= night.vms) this.#landed(code - 1)
        else this.#works.ended(code - 1 - night.vms)
      }
      this.#settle()
    }
    return this.#result()
  }

  /** Is it certain by now that the night ends later, or leaves works? What is left of works takes all crews to the end. */
  #isLate(latest: number): boolean {
    if (latest === Number.POSITIVE_INFINITY) return false
    const { night, state, workStart } = this.#course
    let left = 0
    for (const n of night.worked) {
      if (state.status[n] === DROPPED) return true
      left +=
        workStart[n] < 0 ? night.workTicks[n] : Math.max(0, workStart[n] + night.workTicks[n] - state.now)
    }
    return state.now + left / night.crews > latest
  }

  /** The works are over: what is left to be done for where VMs end. */
  #finish(): boolean {
    return (
      this.#gathering.gather() || this.#starts.fulfil(true) || this.#starts.rest() || this.#starts.prefer()
    )
  }

  #landed(v: number): void {
    const course = this.#course
    const { night, state, targets } = course
    const wasSaved = state.to[v] < 0
    state.land(v)
    course.hasLanded()
    const n = state.at[v]
    if (wasSaved) {
      if (state.saved[v] === 0) state.resuming[n]--
      else if (state.status[n] === DROPPED) state.resuming[n]++
      if (state.resuming[n] === 0 && state.status[n] === DONE) course.changed()
      return
    }
    if (night.role[v] !== ROAMS) return
    this.#homecoming.landed(v)
    // It has come to a node that is being emptied by now.
    if (state.to[v] < 0 && state.status[n] === ACTIVE && !targets.assign(v, DRAIN) && course.partial < 0)
      course.partial = n
  }

  /** All that can happen at this instant. */
  #settle(): void {
    for (let changed = true; changed; ) {
      changed = false
      this.#course.spend(STEP_WORK)
      this.#homecoming.goOn()
      if (this.#works.start()) changed = true
      if (this.#emptying.begin()) changed = true
      if (this.#emptying.complete()) changed = true
      if (this.#exchange.trade()) changed = true
      this.#starts.ask()
      if (this.#starts.launch()) changed = true
      if (this.#starts.restAndWake()) changed = true
    }
  }

  #result(): Decoded {
    const { night, state, workStart, work } = this.#course
    const { instance, returnHome, role, weight, worked } = night
    let left = night.ends.broken(state.at) * night.allWeight
    for (const n of worked) if (workStart[n] < 0) left += weight[n]
    let penalty = state.penalty
    const notHome = penaltyToTicks(instance.problem.policy.notHomePenaltySeconds)
    for (let v = 0; v < night.vms; v++) {
      if (night.isAsked(v))
        left += night.isPlaced(v, state.at[v], state.saved[v] === 1) ? 0 : instance.vmWeight[v]
      // What rests for a work is to run in the end.
      else if (state.saved[v] === 1) left += night.allWeight
      const returns = returnHome && role[v] === ROAMS && night.ways.wanted[v] === undefined
      if (returns && state.at[v] !== night.home[v]) penalty += notHome
    }
    const moved = new Uint8Array(night.vms)
    for (const v of state.legVm) moved[v] = role[v] === RESTS ? 0 : 1
    penalty += night.endPenalty(state.at, (v) => moved[v] === 1)
    const { atMost: uncovered } = night.failures.uncovered(standingOf(night, state))
    return { left, uncovered, cost: state.lastEnd + penalty, makespan: state.lastEnd, state, workStart, work }
  }
}
