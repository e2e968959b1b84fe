/** Which node is emptied next, and when: just in time behind the works; all its VMs get targets, or those that can. */
import { least } from '../../lists.js'
import type { Course } from './course.js'
import { LEAVES, ROAMS, STAYS } from './night.js'
import { ACTIVE, PENDING } from './state.js'
import { DRAIN } from './targets.js'
import type { Works } from './works.js'

export class Emptying {
  readonly #course: Course
  readonly #works: Works
  /** [N] */
  readonly #tried: Int32Array
  #triedPartial = -1
  /** With this stamp there is nothing to empty before that instant. */
  #idleSince = -1
  #idleUntil = 0

  constructor(course: Course, works: Works) {
    this.#course = course
    this.#works = works
    this.#tried = new Int32Array(course.night.nodes).fill(-1)
  }

  /** Begins to empty a node if it is time. */
  begin(): boolean {
    const { night, state, settings, order, active, partial, stamp } = this.#course
    const { ahead, lead, skip } = settings
    if (order.length === 0 || active.length >= ahead || partial >= 0) return false
    if (this.#idleSince === stamp && this.#idleUntil > state.now) return false
    const free = this.#works.crewFree()
    const candidates: { n: number; begin: number; at: number; place: number }[] = []
    for (let i = 0; i < order.length && candidates.length <= skip; i++) {
      const n = order[i]
      if (!this.#course.isNext(n)) continue
      const drain = state.load[n] / night.lanes[n]
      const begin = night.workStart(n, Math.max(free, state.now + drain))
      if (begin < 0) {
        this.#works.drop(n)
        return true
      }
      candidates.push({
        n,
        begin,
        at: Math.min(begin, night.workStart(n, free)) - lead * drain,
        place: i,
      })
    }
    candidates.sort((a, b) => a.begin - b.begin || a.place - b.place)
    for (const { n, at } of candidates) {
      if (at > state.now) {
        state.wake(Math.ceil(at))
        continue
      }
      if (this.#tried[n] === stamp) continue
      this.#tried[n] = stamp
      if (this.#empty(n, false)) return true
    }
    this.#idleSince = stamp
    this.#idleUntil = least(candidates.filter(({ at }) => at > state.now).map(({ at }) => at))
    const first = candidates[0]
    if (!settings.partial || first === undefined || first.at > state.now) return false
    if (this.#triedPartial === stamp) return false
    this.#triedPartial = stamp
    return this.#empty(first.n, true)
  }

  /** VMs on the node that have to leave it, the largest first, or (`partly`) those that take long for their memory. */
  #leavers(n: number, partly: boolean): number[] {
    const { night, state, settings } = this.#course
    const { vmMemory } = night.instance
    const found = state.residents[n].filter((v) => state.isSettled(v))
    if (settings.slowFirst > (partly ? 0 : 1)) {
      const rate = (v: number) => night.usual[v] / vmMemory[v]
      return found.sort((a, b) => rate(b) - rate(a) || a - b)
    }
    return found.sort((a, b) => vmMemory[b] - vmMemory[a] || a - b)
  }

  /** All its VMs get targets, or (`partly`) those that can. */
  #empty(n: number, partly: boolean): boolean {
    const { state, targets } = this.#course
    const leavers = this.#leavers(n, partly)
    if (this.#stranded(n)) {
      this.#works.drop(n)
      return true
    }
    state.status[n] = ACTIVE
    targets.nextBatch()
    // VMs that were to come have to go elsewhere, or stay where they are.
    for (const v of [...state.queue[n]]) {
      targets.takeBack(v)
      if (state.status[state.at[v]] === ACTIVE) leavers.push(v)
    }
    const given: number[] = []
    let failed = 0
    for (const v of leavers) {
      if (state.to[v] >= 0) continue
      if (targets.assign(v, DRAIN)) given.push(v)
      else {
        failed++
        if (!partly) break
      }
    }
    if (failed > 0 && (!partly || given.length === 0)) {
      state.status[n] = PENDING
      for (const v of given.reverse()) targets.takeBack(v)
      return false
    }
    this.#course.activate(n, failed > 0)
    return true
  }

  /** A VM runs there that nothing can take away. */
  #stranded(n: number): boolean {
    const { night, state } = this.#course
    const { instance, role } = night
    return state.residents[n].some(
      (v) =>
        instance.problem.vms[v].state === 'running' &&
        (role[v] === STAYS ||
          (role[v] === LEAVES && state.to[v] < 0) ||
          (role[v] === ROAMS && (state.pinned[v] === 1 || state.sequence.frozen[v] === 1))),
    )
  }

  /** Those that could not leave before. */
  complete(): boolean {
    const course = this.#course
    if (course.partial < 0 || this.#triedPartial === course.stamp) return false
    this.#triedPartial = course.stamp
    let any = false
    let failed = false
    for (const v of this.#leavers(course.partial, true)) {
      if (course.targets.assign(v, DRAIN)) any = true
      else failed = true
    }
    if (!failed) course.partial = -1
    return any || !failed
  }
}
