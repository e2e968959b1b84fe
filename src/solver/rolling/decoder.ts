/**
 * From an order of nodes and settings to a schedule of the whole night, event by event: nodes are emptied just in time behind the works,
 * VMs come home as room is made, works start on empty nodes. At each instant, until nothing changes, works start, nodes begin to be
 * emptied, migrations start that can.
 */
import { least } from '../../lists.js'
import { penaltyToTicks } from '../../model/ticks.js'
import { Random } from '../random.js'
import { LEAVES, type Night, ROAMS, SAVED, STAYS } from './night.js'
import type { Settings } from './settings.js'
import { ACTIVE, DONE, DROPPED, PENDING, RESUME, SAVE, State, WORKING } from './state.js'
import { ASKED, DRAIN, RETURN, Targets } from './targets.js'

/** What an instant and a migration cost, in looks at pairs. */
const STEP_WORK = 30

export interface Decoded {
  /** Weight of works not done and VMs unplaced. */
  left: number
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
 */
export function decode(
  night: Night,
  order: readonly number[],
  settings: Settings,
  usual: number,
  most = Number.POSITIVE_INFINITY,
): Decoded {
  return new Decoder(night, order, settings, usual).run(most)
}

class Decoder {
  readonly #night: Night
  readonly #settings: Settings
  readonly #state: State
  readonly #targets: Targets
  /** Nodes that are still to be worked on, the next first. */
  #order: number[]
  readonly #workStart: Int32Array
  /** Nodes being emptied, in the order in which that began. */
  #active: number[] = []
  /** The one of them that is emptied in part. */
  #partial = -1
  /** What has failed is tried again only when this has changed. */
  #stamp = 0
  #lastLanded = 0
  /** [N] */
  readonly #tried: Int32Array
  #triedPartial = -1
  /** With this stamp there is nothing to empty before that instant. */
  #idleSince = -1
  #idleUntil = 0
  #triedAsked = -1
  /** VMs on their way home for which there was no room yet. */
  #homeless: number[] = []
  /** Migrations that had ended when they were last tried. */
  #homelessTried = -1
  #settledUntil = 0
  #firsts = 0
  #middles = 0
  #allEmptied = false
  readonly #random: Random
  #work = 0
  /** No node may be given up a second time. */
  readonly #givenUp: Uint8Array

  constructor(night: Night, order: readonly number[], settings: Settings, usual: number) {
    this.#night = night
    this.#settings = settings
    this.#state = new State(night, night.returnHome && settings.homing === 1)
    this.#random = new Random(settings.seed)
    this.#targets = new Targets(this.#state, settings, this.#random, usual)
    this.#order = [...order]
    this.#workStart = new Int32Array(night.nodes).fill(-1)
    this.#tried = new Int32Array(night.nodes).fill(-1)
    this.#givenUp = new Uint8Array(night.nodes)
    for (const n of order) {
      if (night.rank[n] === 0) this.#firsts++
      if (night.rank[n] === 1) this.#middles++
    }
    for (const n of night.worked) if (!order.includes(n)) this.#state.status[n] = DROPPED
    this.#number()
  }

  run(most: number): Decoded {
    const state = this.#state
    const ended: number[] = []
    this.#settle()
    for (;;) {
      if (!state.advance(ended)) {
        if (!this.#unblock()) break
        this.#settle()
        continue
      }
      if (this.#work + this.#targets.work > most) return { ...this.#result(), left: Number.POSITIVE_INFINITY }
      for (const code of ended) {
        if (code === 0) continue
        if (code <= this.#night.vms) this.#landed(code - 1)
        else this.#worked(code - 1 - this.#night.vms)
      }
      this.#settle()
    }
    return this.#result()
  }

  #result(): Decoded {
    const { instance, returnHome, role, weight, worked } = this.#night
    const state = this.#state
    let left = 0
    for (const n of worked) if (this.#workStart[n] < 0) left += weight[n]
    let penalty = state.penalty
    const notHome = penaltyToTicks(instance.problem.policy.notHomePenaltySeconds)
    for (let v = 0; v < this.#night.vms; v++) {
      const away = state.at[v] !== instance.vmNode[v]
      if (role[v] === LEAVES && !away) left += instance.vmWeight[v]
      if (returnHome && role[v] === ROAMS && away) penalty += notHome
    }
    const moved = new Uint8Array(this.#night.vms)
    for (const v of state.legVm) moved[v] = role[v] === SAVED ? 0 : 1
    penalty += this.#night.endPenalty(state.at, (v) => moved[v] === 1)
    const cost = state.lastEnd + penalty
    const work = this.#work + this.#targets.work
    return { left, cost, makespan: state.lastEnd, state, workStart: this.#workStart, work }
  }

  #number(): void {
    this.#order.forEach((n, i) => {
      this.#targets.position[n] = i
    })
  }

  #landed(v: number): void {
    const state = this.#state
    const wasSaved = state.to[v] < 0
    state.land(v)
    if (state.landed - this.#lastLanded >= Math.max(1, Math.min(10, this.#night.vms / 20))) this.#changed()
    if (wasSaved) {
      const n = state.at[v]
      if (state.saved[v] === 0) state.resuming[n]--
      if (state.resuming[n] === 0 && state.status[n] === DONE) this.#changed()
      return
    }
    if (this.#night.role[v] !== ROAMS) return
    if (this.#night.returnHome && this.#isTimeToGoHome()) this.#goHome(v)
    // It has come to a node that is being emptied by now.
    const n = state.at[v]
    if (state.to[v] < 0 && state.status[n] === ACTIVE && !this.#targets.assign(v, DRAIN) && this.#partial < 0)
      this.#partial = n
  }

  #changed(): void {
    this.#stamp++
    this.#lastLanded = this.#state.landed
  }

  #worked(n: number): void {
    const state = this.#state
    const { rank, settle, saves, returnHome } = this.#night
    state.status[n] = DONE
    state.crews--
    if (rank[n] === 0) this.#firsts--
    if (rank[n] === 1) this.#middles--
    this.#settledUntil = Math.max(this.#settledUntil, state.now + settle[n])
    if (saves[n] === 1) state.resuming[n] = state.savedOf(n).length
    this.#changed()
    if (returnHome) this.#callHome(n)
  }

  /** Everybody that belongs there is sent home, the largest first. */
  #callHome(n: number): void {
    const { instance, role, vms } = this.#night
    const own: number[] = []
    for (let v = 0; v < vms; v++)
      if (role[v] === ROAMS && instance.vmNode[v] === n && this.#state.at[v] !== n) own.push(v)
    own.sort((a, b) => instance.vmMemory[b] - instance.vmMemory[a] || a - b)
    this.#targets.nextBatch()
    for (const v of own) if (this.#isTimeToGoHome()) this.#goHome(v)
  }

  /** Room at home may be worth more to others, until all nodes have been emptied. */
  #isTimeToGoHome(): boolean {
    return this.#allEmptied || this.#random.unit() < this.#settings.homing
  }

  /** Nothing more needs room: all go home. */
  #sendAllHome(): void {
    if (this.#allEmptied || this.#order.length > 0 || this.#partial >= 0) return
    this.#allEmptied = true
    if (this.#night.returnHome) for (let n = 0; n < this.#night.nodes; n++) this.#callHome(n)
  }

  /** Sends the VM home if its home takes VMs again. */
  #goHome(v: number): void {
    const state = this.#state
    const { instance } = this.#night
    const home = instance.vmNode[v]
    const status = state.status[home]
    if (state.busy[v] === 1 || state.at[v] === home || state.to[v] === home) return
    if (status === PENDING || status === ACTIVE || status === WORKING) return
    if (!this.#mayGoHome(v)) return
    const before = state.to[v]
    if (before >= 0) this.#targets.takeBack(v)
    if (state.roomAtHome(home) >= instance.vmMemory[v]) {
      this.#targets.commit(v, home, RETURN)
      return
    }
    if (before >= 0) this.#targets.commit(v, before, DRAIN)
    this.#homeless.push(v)
  }

  #mayGoHome(v: number): boolean {
    const state = this.#state
    const { instance } = this.#night
    const home = instance.vmNode[v]
    const done = state.isDone(home)
    if (this.#night.may(v, home, done) === 0 || !this.#night.admits(v, state.at[v], home)) return false
    if (
      instance.problem.policy.neverBackwards &&
      state.isDone(state.at[v]) &&
      !done &&
      this.#night.workOf[home] >= 0
    )
      return false
    return this.#night.start(v, state.at[v], home, state.now, this.#night.ticks(v, state.at[v], home)) >= 0
  }

  /** All that can happen at this instant. */
  #settle(): void {
    const state = this.#state
    for (let changed = true; changed; ) {
      changed = false
      this.#work += STEP_WORK
      this.#sendAllHome()
      if (this.#homeless.length > 0 && this.#homelessTried !== state.landed) {
        this.#homelessTried = state.landed
        const waiting = this.#homeless
        this.#homeless = []
        for (const v of waiting) this.#goHome(v)
      }
      if (this.#startWorks()) changed = true
      if (this.#activate()) changed = true
      if (this.#completePartial()) changed = true
      this.#askedFor()
      if (this.#launch()) changed = true
      if (this.#saveAndResume()) changed = true
    }
  }

  #startWorks(): boolean {
    const state = this.#state
    let any = false
    for (const n of [...this.#active]) {
      if (n === this.#partial || state.occupants[n] > 0 || state.arriving[n] > 0) continue
      if (!this.#mayWork(n)) continue
      const start = this.#night.workStart(n, Math.max(state.now, this.#settledUntil))
      if (start < 0) {
        this.#drop(n)
        any = true
      } else if (start > state.now) state.wake(start)
      else {
        state.startWork(n)
        this.#workStart[n] = state.now
        this.#active.splice(this.#active.indexOf(n), 1)
        any = true
      }
    }
    return any
  }

  /** Crews, order and company allow the work now; windows and settling are looked at apart. */
  #mayWork(n: number): boolean {
    const state = this.#state
    const { after, apart, crews, rank } = this.#night
    if (state.crews >= crews) return false
    if (after[n].some((before) => !state.isDone(before))) return false
    if ((rank[n] > 0 && this.#firsts > 0) || (rank[n] > 1 && this.#middles > 0)) return false
    for (const other of apart[n]) if (state.status[other] === WORKING) return false
    return true
  }

  /** When a crew is free for one more node beyond those that are being emptied. */
  #crewFree(): number {
    const state = this.#state
    const { crews, worked, workTicks } = this.#night
    const free: number[] = []
    for (const n of worked) if (state.status[n] === WORKING) free.push(state.workEnd[n])
    while (free.length < crews) free.push(state.now)
    free.sort((a, b) => a - b)
    for (const n of this.#active) {
      free[0] += workTicks[n]
      free.sort((a, b) => a - b)
    }
    return free[0]
  }

  #activate(): boolean {
    const state = this.#state
    const { ahead, lead, skip } = this.#settings
    if (this.#order.length === 0 || this.#active.length >= ahead || this.#partial >= 0) return false
    if (this.#idleSince === this.#stamp && this.#idleUntil > state.now) return false
    const free = this.#crewFree()
    const candidates: { n: number; begin: number; at: number; place: number }[] = []
    for (let i = 0; i < this.#order.length && candidates.length <= skip; i++) {
      const n = this.#order[i]
      if (!this.#isNext(n)) continue
      const drain = state.load[n] / this.#night.lanes[n]
      const begin = this.#night.workStart(n, Math.max(free, state.now + drain))
      if (begin < 0) {
        this.#drop(n)
        return true
      }
      candidates.push({
        n,
        begin,
        at: Math.min(begin, this.#night.workStart(n, free)) - lead * drain,
        place: i,
      })
    }
    candidates.sort((a, b) => a.begin - b.begin || a.place - b.place)
    for (const { n, at } of candidates) {
      if (at > state.now) {
        state.wake(Math.ceil(at))
        continue
      }
      if (this.#tried[n] === this.#stamp) continue
      this.#tried[n] = this.#stamp
      if (this.#empty(n, false)) return true
    }
    this.#idleSince = this.#stamp
    this.#idleUntil = least(candidates.filter(({ at }) => at > state.now).map(({ at }) => at))
    const first = candidates[0]
    if (!this.#settings.partial || first === undefined || first.at > state.now) return false
    if (this.#triedPartial === this.#stamp) return false
    this.#triedPartial = this.#stamp
    return this.#empty(first.n, true)
  }

  /** Those that go before it have at least begun to be emptied. */
  #isNext(n: number): boolean {
    const { after, rank } = this.#night
    const begun = (m: number) => this.#state.status[m] !== PENDING
    if (after[n].some((before) => !begun(before))) return false
    return rank[n] === 0 || !this.#order.some((m) => rank[m] < rank[n])
  }

  /** VMs on the node that have to leave it, the largest first. */
  #leavers(n: number): number[] {
    const { vmMemory } = this.#night.instance
    const found = this.#state.residents[n].filter((v) => this.#state.isSettled(v))
    return found.sort((a, b) => vmMemory[b] - vmMemory[a] || a - b)
  }

  /** Begins to empty the node: all its VMs get targets, or (`partly`) those that can. */
  #empty(n: number, partly: boolean): boolean {
    const state = this.#state
    const leavers = this.#leavers(n)
    const stay = this.#stranded(n)
    if (stay) {
      this.#drop(n)
      return true
    }
    state.status[n] = ACTIVE
    this.#targets.nextBatch()
    // VMs that were to come have to go elsewhere, or stay where they are.
    for (const v of [...state.queue[n]]) {
      this.#targets.takeBack(v)
      if (state.status[state.at[v]] === ACTIVE) leavers.push(v)
    }
    const given: number[] = []
    let failed = 0
    for (const v of leavers) {
      if (state.to[v] >= 0) continue
      if (this.#targets.assign(v, DRAIN)) given.push(v)
      else {
        failed++
        if (!partly) break
      }
    }
    if (failed > 0 && (!partly || given.length === 0)) {
      state.status[n] = PENDING
      for (const v of given.reverse()) this.#targets.takeBack(v)
      return false
    }
    this.#order.splice(this.#order.indexOf(n), 1)
    this.#number()
    this.#active.push(n)
    if (failed > 0) this.#partial = n
    return true
  }

  /** A VM runs there that nothing can take away. */
  #stranded(n: number): boolean {
    const { instance, role } = this.#night
    return this.#state.residents[n].some(
      (v) =>
        instance.problem.vms[v].state === 'running' &&
        (role[v] === STAYS || (role[v] === LEAVES && this.#state.to[v] < 0)),
    )
  }

  #completePartial(): boolean {
    if (this.#partial < 0 || this.#triedPartial === this.#stamp) return false
    this.#triedPartial = this.#stamp
    let any = false
    let failed = false
    for (const v of this.#leavers(this.#partial)) {
      if (this.#targets.assign(v, DRAIN)) any = true
      else failed = true
    }
    if (!failed) this.#partial = -1
    return any || !failed
  }

  /** What moves and drains ask for, behind the works. */
  #askedFor(): void {
    if (this.#triedAsked === this.#stamp) return
    this.#triedAsked = this.#stamp
    const { instance, role, vms } = this.#night
    const state = this.#state
    for (let v = 0; v < vms; v++) {
      if (role[v] !== LEAVES || state.to[v] >= 0 || state.at[v] !== instance.vmNode[v]) continue
      const to = this.#targets.best(v)
      if (to >= 0) this.#targets.commit(v, to, ASKED)
    }
  }

  #launch(): boolean {
    const state = this.#state
    const night = this.#night
    const { lanes } = night
    const most = this.#most(true)
    let any = false
    const started = new Uint8Array(night.nodes)
    const waiting = state.pending
    this.#work += waiting.length
    for (let i = 0; i < waiting.length && state.live < most; i++) {
      const v = waiting[i]
      const from = state.at[v]
      const to = state.to[v]
      if (state.busy[v] === 1 || state.slots[from] >= lanes[from] || state.slots[to] >= lanes[to]) continue
      if (!this.#mayStart(v, from, to)) continue
      waiting.splice(i--, 1)
      this.#targets.settle(v, from, to)
      state.launch(v)
      this.#work += STEP_WORK
      started[from] = 1
      any = true
    }
    if (this.#settings.turn && !any) any = this.#turn(most)
    return any
  }

  #mayStart(v: number, from: number, to: number): boolean {
    const state = this.#state
    if (!this.#receives(to) || !state.mayArrive(v) || state.meets(v, to, false)) return false
    const start = this.#night.start(v, from, to, state.now, this.#night.ticks(v, from, to))
    if (start > state.now) state.wake(start)
    return start === state.now
  }

  /** What makes room for the VMs of a node may wait there; for anything else none would be sent to it. */
  #receives(n: number): boolean {
    return this.#state.inService(n) || (this.#state.status[n] === ACTIVE && this.#night.saves[n] === 0)
  }

  /** A node that is being emptied stands idle: one of its VMs takes a target that is free now. */
  #turn(most: number): boolean {
    const state = this.#state
    const { lanes } = this.#night
    for (const n of this.#active) {
      if (state.slots[n] >= lanes[n] || state.live >= most) continue
      const waiting = state.pending.filter((v) => state.at[v] === n && this.#night.role[v] === ROAMS)
      for (const v of waiting.slice(0, 4)) {
        const before = state.to[v]
        const after = this.#targets.bestNow(v)
        this.#targets.commit(v, after < 0 ? before : after, DRAIN)
        if (after >= 0 && this.#mayStart(v, n, after)) return true
      }
    }
    return false
  }

  #most(live: boolean): number {
    const { concurrentMigrations, concurrentRestarts } = this.#night.instance.problem.policy
    return live ? (concurrentMigrations ?? Number.POSITIVE_INFINITY) : concurrentRestarts
  }

  /** On nodes whose VMs are saved, one after another. */
  #saveAndResume(): boolean {
    const { saves, worked, saveTicks } = this.#night
    const state = this.#state
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
      const start = this.#night.start(next, n, n, state.now, saveTicks[next])
      if (start < 0) continue
      if (start > state.now) state.wake(start)
      else {
        state.inPlace(next, saving ? SAVE : RESUME)
        any = true
      }
    }
    return any
  }

  /** Nothing is under way: a node is given up, so that others go on. False: there is none. */
  #unblock(): boolean {
    const stuck =
      this.#partial >= 0 ? this.#partial : (this.#active[0] ?? this.#order.find((n) => this.#isNext(n)))
    if (stuck === undefined) return false
    if (this.#givenUp[stuck] === 0 && this.#active.length === 0) {
      // With all that may be tried, once.
      this.#givenUp[stuck] = 1
      this.#changed()
      return true
    }
    this.#drop(stuck)
    return true
  }

  #drop(n: number): void {
    const state = this.#state
    if (this.#night.rank[n] === 0) this.#firsts--
    if (this.#night.rank[n] === 1) this.#middles--
    for (const list of [this.#order, this.#active]) {
      const i = list.indexOf(n)
      if (i >= 0) list.splice(i, 1)
    }
    if (this.#partial === n) this.#partial = -1
    state.status[n] = DROPPED
    // Those that wait to leave stay.
    for (const v of [...state.pending])
      if (state.at[v] === n && this.#night.role[v] === ROAMS) this.#targets.takeBack(v)
    for (const v of state.savedOf(n)) if (state.saved[v] === 1) state.resuming[n]++
    this.#number()
    this.#changed()
    if (this.#night.returnHome) this.#callHome(n)
    for (const m of [...this.#order, ...this.#active]) if (this.#night.after[m].includes(n)) this.#drop(m)
  }
}
