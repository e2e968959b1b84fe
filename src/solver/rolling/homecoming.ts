/** The way home: VMs return as soon as their node takes VMs again, where that is worth the room. */
import type { Course } from './course.js'
import { ROAMS } from './night.js'
import { ACTIVE, PENDING, WORKING } from './state.js'
import { DRAIN, RETURN } from './targets.js'

/** Migrations that have to end before it is tried again to make room for a VM at home. */
const PATIENCE = 8

export class Homecoming {
  readonly #course: Course
  /** VMs on their way home for which there was no room yet. */
  #homeless: number[] = []
  /** Migrations that had ended when they were last tried. */
  #tried = -1
  #calmTried = -1
  /** [V] so many migrations have to have ended. */
  readonly #noRoom: Int32Array
  #allEmptied = false

  constructor(course: Course) {
    this.#course = course
    this.#noRoom = new Int32Array(course.night.vms)
  }

  /** The VM has come somewhere. */
  landed(v: number): void {
    if (this.#course.night.returnHome && this.#isTime()) this.#goHome(v)
  }

  /** Everybody that belongs there is sent home, the largest first. */
  call(n: number): void {
    const { night, state, targets } = this.#course
    const { instance, role, returnHome, vms } = night
    if (!returnHome) return
    const own: number[] = []
    for (let v = 0; v < vms; v++)
      if (role[v] === ROAMS && night.home[v] === n && state.at[v] !== n) own.push(v)
    own.sort((a, b) => instance.vmMemory[b] - instance.vmMemory[a] || a - b)
    targets.nextBatch()
    for (const v of own) if (this.#isTime()) this.#goHome(v)
  }

  /** Whoever can go now, and could not before. */
  goOn(): void {
    this.#sendAll()
    this.#useCalm()
    const { landed } = this.#course.state
    if (this.#homeless.length === 0 || this.#tried === landed) return
    this.#tried = landed
    const waiting = this.#homeless
    this.#homeless = []
    for (const v of waiting) this.#goHome(v)
  }

  /** Between two changes there is time to come home, the largest first, each as soon as both nodes are idle. */
  #useCalm(): void {
    const { night, state, settings, targets, order } = this.#course
    if (!settings.calm || !night.returnHome || order.length === 0) return
    if (this.#calmTried === state.landed || state.crews < night.crews) return
    this.#calmTried = state.landed
    const { instance, role, vms } = night
    let until = Number.POSITIVE_INFINITY
    for (const n of night.worked) if (state.status[n] === WORKING) until = Math.min(until, state.workEnd[n])
    this.#course.spend(2 * vms)
    const away: number[] = []
    for (let v = 0; v < vms; v++) {
      const home = night.home[v]
      if (role[v] !== ROAMS || state.at[v] === home || this.#noRoom[v] > state.landed) continue
      if (!state.isSettled(v) || !state.inService(home) || state.status[home] === PENDING) continue
      if (state.now + 2 * night.ticks(v, state.at[v], home) > until) continue
      away.push(v)
    }
    away.sort((a, b) => instance.vmMemory[b] - instance.vmMemory[a] || a - b)
    for (const v of away) {
      const home = night.home[v]
      const from = state.at[v]
      if (state.slots[home] + state.queue[home].length >= night.lanes[home]) continue
      if (state.slots[from] >= night.lanes[from] || !state.isSettled(v) || !this.#mayGoHome(v)) continue
      targets.nextBatch()
      if (state.hasRoom(v, home) || targets.makeRoomAtHome(v)) targets.commit(v, home, RETURN)
      else this.#noRoom[v] = state.landed + PATIENCE
    }
  }

  /** Room at home may be worth more to others, until all nodes have been emptied. */
  #isTime(): boolean {
    return this.#allEmptied || this.#course.random.unit() < this.#course.settings.homing
  }

  /** Nothing more needs room: all go home. */
  #sendAll(): void {
    const { night, order, partial } = this.#course
    if (this.#allEmptied || order.length > 0 || partial >= 0) return
    this.#allEmptied = true
    for (let n = 0; n < night.nodes; n++) this.call(n)
  }

  /** Sends the VM home if its home takes VMs again. */
  #goHome(v: number): void {
    const { night, state, targets } = this.#course
    const home = night.home[v]
    const status = state.status[home]
    if (state.busy[v] === 1 || state.at[v] === home || state.to[v] === home) return
    if (state.pinned[v] === 1 || state.sequence.frozen[v] === 1) return
    if (status === PENDING || status === ACTIVE || status === WORKING) return
    if (!this.#mayGoHome(v)) return
    const before = state.to[v]
    if (before >= 0) targets.takeBack(v)
    if (state.hasRoom(v, home)) {
      targets.commit(v, home, RETURN)
      return
    }
    if (before >= 0) targets.commit(v, before, DRAIN)
    this.#homeless.push(v)
  }

  #mayGoHome(v: number): boolean {
    const { night, state } = this.#course
    const { instance } = night
    const home = night.home[v]
    const done = state.isDone(home)
    const way = this.#course.targets.wayTo(v, home)
    if (way < 0) return false
    if (
      instance.problem.policy.neverBackwards &&
      state.isDone(state.at[v]) &&
      !done &&
      night.workOf[home] >= 0
    )
      return false
    return night.start(v, state.at[v], home, state.now, night.ticks(v, state.at[v], home, way)) >= 0
  }
}
