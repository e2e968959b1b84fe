/** Where VMs go that have to leave: the best node for one, other VMs that step aside for it, and all VMs of a node or none. */
import type { Random } from '../random.js'
import { LEAVES, type Night, ROAMS } from './night.js'
import type { Settings } from './settings.js'
import { ACTIVE, DONE, DROPPED, NONE, PENDING, type State, WORKING } from './state.js'
import { CARRY, LIVE, RESTART } from './ways.js'

/** Classes of commitments, the more urgent first. */
export const DRAIN = 1
export const RETURN = 2
export const ASKED = 4

export class Targets {
  readonly #night: Night
  readonly #state: State
  readonly #settings: Settings
  readonly #random: Random
  /** [N] place in the order of those that are still to be worked on, 0 the next; only of PENDING nodes. */
  readonly position: Int32Array
  /** Ticks: a migration of middle length, in which weights without unit are told. */
  readonly #usual: number
  /** [N] ticks of migrations that are committed and have not started. */
  readonly #backlog: Float64Array
  #sequence = 0
  /** Looks at pairs of VM and node. */
  work = 0

  constructor(state: State, settings: Settings, random: Random, usual: number) {
    this.#night = state.night
    this.#state = state
    this.#settings = settings
    this.#random = random
    this.#usual = usual
    this.position = new Int32Array(state.night.nodes)
    this.#backlog = new Float64Array(state.night.nodes)
  }

  commit(v: number, to: number, kind: number): void {
    const { retFirst, small } = this.#settings
    const way = Math.max(LIVE, this.wayTo(v, to))
    const ticks = this.#night.ticks(v, this.#state.at[v], to, way)
    const urgent = kind === RETURN && retFirst ? 0 : kind
    const within = small === 0 ? 1 - ticks / 2 ** 32 : ticks / 2 ** 32
    this.#state.commit(v, to, urgent * 2 ** 20 + this.#sequence + within, way)
    this.#backlog[to] += ticks
  }

  /** From now on commitments come behind those before. */
  nextBatch(): void {
    this.#sequence++
  }

  /** The commitment has started, or been taken back. */
  settle(v: number, from: number, to: number): void {
    this.#backlog[to] -= this.#night.ticks(v, from, to, this.#state.way[v])
  }

  takeBack(v: number): void {
    if (this.#state.to[v] < 0) {
      this.#state.setRests(v, 0)
      return
    }
    this.settle(v, this.#state.at[v], this.#state.to[v])
    this.#state.uncommit(v)
  }

  /** Could the VM be sent there, memory aside? */
  #allows(v: number, n: number): boolean {
    const state = this.#state
    const status = state.status[n]
    const from = state.at[v]
    if (n === from || status === ACTIVE) return false
    const role = this.#night.role[v]
    // What was asked for goes once, and must not be in the way of a work.
    if (role === LEAVES && status !== DONE && status !== NONE && status !== DROPPED) return false
    if (this.#settings.noWork && !state.inService(n)) return false
    return this.suits(v, n)
  }

  /** Do CPU, owners, groups and the direction admit the VM there? */
  suits(v: number, n: number): boolean {
    const state = this.#state
    const status = state.status[n]
    const done = status === DONE || status === WORKING
    return this.wayTo(v, n) >= 0 && !this.#isBackwards(state.at[v], n, done) && !state.meets(v, n, true)
  }

  /** The kind of migration by which the VM best goes there, as far as CPU, owners, state and its ways admit any; −1: none. */
  wayTo(v: number, n: number): number {
    const night = this.#night
    const { status, at, startedOn } = this.#state
    const done = status[n] === DONE || status[n] === WORKING
    const { plain, live, carry, restart } = night.ways
    const open = (may: number) => may === 1 || (may === 2 && night.home[v] === n)
    const keeps = open(
      startedOn[v] < 0 ? night.may(v, n, done) : night.mayOnceStarted(v, n, done, startedOn[v]),
    )
    if (plain[v] === 1) return keeps && night.admits(v, at[v], n) ? LIVE : -1
    let best = -1
    let least = Number.POSITIVE_INFINITY
    const consider = (kind: number) => {
      const cost = night.ticks(v, at[v], n, kind) + night.penalty(v, at[v], n, kind)
      if (cost >= least) return
      least = cost
      best = kind
    }
    if (keeps && live[v] === 1 && night.admits(v, at[v], n)) consider(LIVE)
    if (keeps && carry[v] === 1) consider(CARRY)
    if (restart[v] === 1 && open(night.mayStart(v, n, done))) consider(RESTART)
    return best
  }

  #isBackwards(from: number, to: number, done: boolean): boolean {
    if (!this.#night.instance.problem.policy.neverBackwards) return false
    return this.#state.status[from] === DONE && this.#night.workOf[to] >= 0 && !done
  }

  /** When the node takes VMs, as far as that is known. */
  #freeFrom(n: number): number {
    const state = this.#state
    const working = state.status[n] === WORKING
    if (!working && state.resuming[n] === 0) return state.now
    let free = working ? state.workEnd[n] : state.now
    if (this.#night.saves[n] === 1) for (const v of state.restersOf(n)) free += this.#night.restTicks(v)
    return free
  }

  /** Less is better; infinity where it cannot go. */
  #score(v: number, n: number): number {
    const state = this.#state
    const { wait, busy, again, fit, noise, window } = this.#settings
    const night = this.#night
    const from = state.at[v]
    const way = Math.max(LIVE, this.wayTo(v, n))
    const ticks = night.ticks(v, from, n, way)
    const free = this.#freeFrom(n)
    const start = night.start(v, from, n, free, ticks)
    if (start < 0) return Number.POSITIVE_INFINITY
    const slots = night.lanes[n]
    let score =
      ticks + wait * (free - state.now) + window * (start - free) + (busy * this.#backlog[n]) / slots
    if (state.status[n] === PENDING) score += again * ticks * (1 + 1 / (1 + this.position[n]))
    if (way !== LIVE) score += night.penalty(v, from, n, way)
    if (night.ways.wanted[v]?.has(n) === false) score += 2 * this.#usual
    const ending = state.status[n] === PENDING ? undefined : night.ending(v)
    if (ending !== undefined) score += ending[n]
    if (night.ends.companyOf[v] >= 0 && !night.returnHome && this.#isApart(v, n)) score += 3 * this.#usual
    const goesHome = night.returnHome && state.status[n] === DONE && n === night.home[v]
    if (goesHome) score -= 4 * this.#usual
    if (fit !== 0) score += (fit * this.#usual * (state.room(n) - night.instance.vmMemory[v])) / night.size[n]
    if (noise > 0) score += noise * this.#usual * this.#random.unit()
    return score
  }

  /** VMs that end together with it are to be elsewhere, on nodes that they need not leave any more. */
  #isApart(v: number, n: number): boolean {
    const { at, to, status } = this.#state
    const { companies, companyOf } = this.#night.ends
    return companies[companyOf[v]].sets.some(
      ({ vms, places }) =>
        vms.has(v) &&
        [...vms].some((u) => {
          const there = to[u] >= 0 ? to[u] : at[u]
          if (u === v || status[there] === PENDING || status[there] === ACTIVE) return false
          return places === undefined ? there !== n : places[there] !== places[n]
        }),
    )
  }

  /** Could the VM end there, as things are? */
  mayEnd(v: number, n: number): boolean {
    const goals = this.#night.goals[v]
    if (goals?.includes(n) === false || this.#state.status[n] === PENDING) return false
    return this.#state.hasRoom(v, n) && this.#allows(v, n) && this.#score(v, n) < Number.POSITIVE_INFINITY
  }

  /** The best of these nodes for the VM to end on, −1: none. */
  bestOf(v: number, nodes: readonly number[]): number {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    this.work += nodes.length
    for (const n of nodes) {
      if (!this.mayEnd(v, n)) continue
      const score = this.#score(v, n)
      if (score >= least) continue
      least = score
      best = n
    }
    return best
  }

  /** The best node with room for the VM, −1: none. */
  best(v: number, except = -1): number {
    const state = this.#state
    let best = -1
    let least = Number.POSITIVE_INFINITY
    const consider = (n: number) => {
      if (n === except || !state.hasRoom(v, n) || !this.#allows(v, n)) return
      const score = this.#score(v, n)
      if (score >= least) return
      least = score
      best = n
    }
    const goals = this.#night.goals[v]
    this.work += goals?.length ?? this.#night.nodes
    if (goals === undefined) for (let n = 0; n < this.#night.nodes; n++) consider(n)
    else for (const n of goals) consider(n)
    return best
  }

  /** A node that the VM, which waits for another, could start for at once; −1: none. */
  bestNow(v: number): number {
    const { nodes } = this.#night
    const state = this.#state
    const from = state.at[v]
    const old = state.to[v]
    this.takeBack(v)
    let best = -1
    let least = Number.POSITIVE_INFINITY
    this.work += nodes
    for (let n = 0; n < nodes; n++) {
      if (n === old || !state.inService(n) || state.slots[n] >= this.#night.lanes[n]) continue
      if (!state.hasRoom(v, n) || !state.fitsNow(v, n)) continue
      if (!this.#allows(v, n)) continue
      const ticks = this.#night.ticks(v, from, n, this.wayTo(v, n))
      if (this.#night.start(v, from, n, state.now, ticks) !== state.now) continue
      const score = this.#score(v, n)
      if (score >= least) continue
      least = score
      best = n
    }
    return best
  }

  /** Gives the VM a target, where need be by sending others aside, or else has it put to rest where it is, if that may be. */
  assign(v: number, kind: number): boolean {
    const direct = this.best(v)
    if (direct >= 0) {
      this.commit(v, direct, kind)
      return true
    }
    if (this.#night.role[v] === ROAMS && this.#stepAside(v, kind)) return true
    const { ways, instance } = this.#night
    if (kind !== DRAIN || ways.rest[v] === 0 || this.#state.at[v] !== instance.vmNode[v]) return false
    this.#state.setRests(v, 1)
    return true
  }

  /** Nodes on which little is missing are tried first: on each the smallest VM that is enough goes, or the largest until it is. */
  #stepAside(v: number, kind: number): boolean {
    const state = this.#state
    const { nodes, instance } = this.#night
    const memory = instance.vmMemory[v]
    const candidates: { n: number; missing: number }[] = []
    const { largest, all } = this.#roomElsewhere()
    for (let n = 0; n < nodes; n++) {
      const room = state.room(n)
      const missing = memory - room
      if (missing <= 0 ? state.hasRoom(v, n) : all - Math.max(0, room) < missing) continue
      if (!this.#allows(v, n) || this.#score(v, n) === Number.POSITIVE_INFINITY) continue
      candidates.push({ n, missing: Math.max(0, missing) })
    }
    candidates.sort((a, b) => a.missing - b.missing || a.n - b.n)
    for (const { n } of candidates.slice(0, this.#settings.asideNodes)) {
      if (!this.#clear(n, v, Math.min(memory - 1, largest), kind)) continue
      this.commit(v, n, kind)
      return true
    }
    return false
  }

  /** Sends VMs that do not belong there from the home of v. */
  makeRoomAtHome(v: number): boolean {
    const { home, instance } = this.#night
    const { vmMemory } = instance
    const { largest, all } = this.#roomElsewhere()
    if (all < this.#state.missing(0, v, home[v])) return false
    return this.#clear(home[v], v, Math.min(vmMemory[v] - 1, largest), DRAIN, true)
  }

  /** The most room that there is on one node and on all, but for those that are being emptied: what does not fit there steps aside nowhere. */
  #roomElsewhere(): { largest: number; all: number } {
    const state = this.#state
    const { nodes } = this.#night
    let largest = 0
    let all = 0
    this.work += nodes
    for (let n = 0; n < nodes; n++) {
      if (state.status[n] === ACTIVE && !this.#settings.through) continue
      const room = state.room(n)
      largest = Math.max(largest, room)
      all += Math.max(0, room)
    }
    return { largest, all }
  }

  /**
   * Sends VMs off the node, those of at most so much memory for memory, until there is room for v, or (`strangers`) of those only that do not belong there;
   * false, and nothing is changed, where that cannot be.
   */
  #clear(n: number, v: number, most: number, kind: number, strangers = false): boolean {
    const { rooms } = this.#state
    const sent: number[] = []
    const done = rooms.every((_, s) =>
      this.#clearSpace(s, n, v, s === 0 ? most : Number.POSITIVE_INFINITY, kind, strangers, sent),
    )
    if (!done) for (const w of sent.reverse()) this.takeBack(w)
    return done
  }

  #clearSpace(
    s: number,
    n: number,
    v: number,
    most: number,
    kind: number,
    strangers: boolean,
    sent: number[],
  ): boolean {
    const state = this.#state
    let left = state.missing(s, v, n)
    if (left <= 0) return true
    const { size } = state.rooms[s]
    const { home } = this.#night
    const own: number[] = []
    let sum = 0
    for (const w of state.residents[n]) {
      if (size[w] === 0 || size[w] > most || !state.isSettled(w) || (strangers && home[w] === n)) continue
      own.push(w)
      sum += size[w]
    }
    if (sum < left) return false
    own.sort((a, b) => size[a] - size[b] || a - b)
    // What is as large as one that fitted nowhere is not tried, unless that one is confined.
    let tooLarge = Number.POSITIVE_INFINITY
    const send = (k: number): boolean => {
      const w = own[k]
      if (size[w] >= tooLarge) return false
      if (!this.#sendAside(w, state.at[v], kind)) {
        if (s === 0 && this.#isFree(w)) tooLarge = size[w]
        return false
      }
      left -= size[w]
      sent.push(w)
      own.splice(k, 1)
      return true
    }
    while (left > 0 && own.length > 0) {
      // The smallest that is enough by itself and fits somewhere, else the largest that does.
      const enough = own.findIndex((w) => size[w] >= left)
      let found = false
      for (let k = enough < 0 ? own.length : enough; k < own.length && !found; k++) found = send(k)
      for (let k = (enough < 0 ? own.length : enough) - 1; k >= 0 && !found; k--) found = send(k)
      if (!found) break
    }
    return left <= 0
  }

  /** Nothing but room keeps it from other nodes. */
  #isFree(w: number): boolean {
    const { instance, nodes } = this.#night
    if (instance.problem.vms[w].allowedNodes !== undefined || instance.vmGroups[w].length > 0) return false
    this.work += nodes
    for (let n = 0; n < nodes; n++) if (this.#allows(w, n)) return true
    return false
  }

  /** @param source the node that is being emptied */
  #sendAside(w: number, source: number, kind: number): boolean {
    const state = this.#state
    const to = this.best(w, source)
    const waits = to < 0 || state.status[to] === WORKING
    const through =
      waits &&
      this.#settings.through &&
      state.hasRoom(w, source) &&
      this.wayTo(w, source) >= 0 &&
      this.#night.mayStart(w, source, false) === 1 &&
      !this.#isBackwards(state.at[w], source, false) &&
      !state.meets(w, source, true)
    if (to < 0 && !through) return false
    this.commit(w, through ? source : to, kind)
    return true
  }
}
