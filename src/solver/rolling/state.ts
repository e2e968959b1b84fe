/**
 * A night as it runs: where VMs are and are to go, what nodes hold and will hold, what is under way. A VM that has a target is committed to
 * it: the target's room is taken, and that which it will leave behind counts as room already. Rooms are told apart from memory in use so
 * that departures make room for arrivals which wait for them; that no two wait for each other follows from the order of the commitments.
 */
import { type Night, RESTS, ROAMS } from './night.js'
import { Rooms } from './rooms.js'
import { Sequence } from './sequence.js'
import { Shares } from './shares.js'
import { LIVE, RESTART } from './ways.js'

export const PENDING = 0
/** Being emptied. */
export const ACTIVE = 1
export const WORKING = 2
export const DONE = 3
/** No work on it. */
export const NONE = 4
export const DROPPED = 5

/** Times are ticks; more than that many codes, and a key would lose its time. */
const CODES = 2 ** 21

export class State {
  readonly night: Night
  now = 0
  readonly at: Int32Array
  /** [N] VMs that are there, off or running, and not yet elsewhere. */
  readonly residents: number[][]
  /** [V] −1: stays for now. */
  readonly to: Int32Array
  /** [V] 1: on its way, or being saved or resumed. */
  readonly busy: Uint8Array
  /** [V] 1: where it is to end. */
  readonly pinned: Uint8Array
  /** Groups that end together are left alone. */
  readonly timid: boolean
  /** [V] 1: is put to rest where it is, and woken there. */
  readonly rests: Uint8Array
  /** [N] how many of them are there. */
  readonly resters: Int32Array
  /** [V] 1: saved or shut down by the plan. */
  readonly saved: Uint8Array
  /** [V] kind of the migration to `to`. */
  readonly way: Uint8Array
  /** [V] the vendor on whose node the night has restarted it, −1 none. */
  readonly startedOn: Int8Array
  /** [V] ticks of what it does. */
  readonly #doing: Int32Array
  /** Memory first. */
  readonly rooms: readonly Rooms[]
  readonly shares: Shares
  readonly sequence: Sequence
  readonly slots: Int32Array
  /** [N] running VMs there, those that arrive and leave included. */
  readonly occupants: Int32Array
  /** [N] ticks that it would take to send away what runs there and may leave, one after another. */
  readonly load: Float64Array
  /** [N] VMs on their way to it. */
  readonly arriving: Int32Array
  readonly status: Uint8Array
  /** [N] ticks; −1 before its work. */
  readonly workEnd: Int32Array
  /** [N] VMs still to be resumed. */
  readonly resuming: Int32Array
  /** Committed and not started, by key. */
  pending: number[] = []
  readonly key: Float64Array
  /** [N] committed arrivals that have not started, in the order in which they were committed. */
  readonly queue: number[][]
  live = 0
  others = 0
  crews = 0
  lastEnd = 0
  penalty = 0
  /** Migrations that have ended. */
  landed = 0
  readonly legVm: number[] = []
  readonly legFrom: number[] = []
  readonly legTo: number[] = []
  readonly legStart: number[] = []
  readonly legTicks: number[] = []
  readonly legKind: number[] = []
  readonly #heap: number[] = []
  readonly #keepsHomes: boolean
  #nextWake = Number.POSITIVE_INFINITY

  /**
   * @param keepsHomes memory of VMs that are away is kept free for them once their node is being worked on
   * @param timid groups that end together are left alone
   */
  constructor(night: Night, keepsHomes: boolean, timid: boolean) {
    this.night = night
    this.timid = timid
    this.pinned = Uint8Array.from(night.ends.companyOf, (c) => (timid && c >= 0 ? 1 : 0))
    this.#keepsHomes = keepsHomes
    const { instance, nodes, vms } = night
    this.at = instance.vmNode.slice()
    this.residents = Array.from({ length: nodes }, () => [])
    for (let v = 0; v < vms; v++) this.residents[this.at[v]].push(v)
    this.to = new Int32Array(vms).fill(-1)
    this.busy = new Uint8Array(vms)
    this.rests = Uint8Array.from(night.role, (role) => Number(role === RESTS))
    this.resters = new Int32Array(nodes)
    for (let v = 0; v < vms; v++) this.resters[this.at[v]] += this.rests[v]
    this.saved = new Uint8Array(vms)
    this.way = new Uint8Array(vms)
    this.startedOn = new Int8Array(vms).fill(-1)
    this.#doing = new Int32Array(vms)
    this.rooms = instance.spaces.map((space) => new Rooms(space))
    this.shares = new Shares(night)
    this.sequence = new Sequence(this)
    this.slots = new Int32Array(nodes)
    this.occupants = new Int32Array(nodes)
    this.arriving = new Int32Array(nodes)
    this.load = new Float64Array(nodes)
    for (let v = 0; v < vms; v++) this.load[this.at[v]] += night.usual[v]
    if (night.displaced)
      for (const rooms of this.rooms)
        for (let v = 0; v < vms; v++)
          if (night.role[v] === ROAMS) rooms.destine(v, night.home[v], night.home[v], this.at[v])
    this.status = Uint8Array.from(night.workOf, (w) => (w < 0 ? NONE : PENDING))
    this.workEnd = new Int32Array(nodes).fill(-1)
    this.resuming = new Int32Array(nodes)
    this.key = new Float64Array(vms)
    this.queue = Array.from({ length: nodes }, () => [])
    for (let v = 0; v < vms; v++)
      if (instance.problem.vms[v].state === 'running') this.occupants[this.at[v]]++
  }

  get cost(): number {
    return this.lastEnd + this.penalty
  }

  /** VMs may arrive. */
  inService(n: number): boolean {
    const status = this.status[n]
    return status !== ACTIVE && status !== WORKING && (this.resuming[n] === 0 || this.night.saves[n] === 0)
  }

  /** It is to be emptied, or is being, or under work. */
  isClosed(n: number): boolean {
    return this.status[n] < DONE
  }

  isDone(n: number): boolean {
    return this.status[n] === DONE
  }

  /** What can be promised to the VM is enough for it: what belongs to the node comes back, once its work has begun. */
  hasRoom(v: number, n: number): boolean {
    for (let s = 0; s < this.rooms.length; s++) if (this.missing(s, v, n) > 0) return false
    return true
  }

  /** How much of the space the VM lacks there. */
  missing(s: number, v: number, n: number): number {
    const { size } = this.rooms[s]
    if (size[v] === 0) return 0
    return size[v] - (this.night.home[v] === n ? this.rooms[s].free(n) : this.room(n, s))
  }

  /** What can be promised to a VM that does not belong there; of memory KiB. */
  room(n: number, s = 0): number {
    const rooms = this.rooms[s]
    return this.#keepsHomes && this.status[n] > ACTIVE ? rooms.freeOfOthers(n) : rooms.free(n)
  }

  /** Would it fit this very instant? */
  fitsNow(v: number, n: number): boolean {
    for (const rooms of this.rooms) if (!rooms.takes(v, n)) return false
    return true
  }

  commit(v: number, to: number, key: number, way: number): void {
    const from = this.at[v]
    for (const rooms of this.rooms) {
      rooms.destine(v, this.night.home[v], from, to)
      rooms.promise(v, from, to)
    }
    this.to[v] = to
    this.way[v] = way
    this.key[v] = key
    this.queue[to].push(v)
    let low = 0
    let high = this.pending.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.key[this.pending[middle]] <= key) low = middle + 1
      else high = middle
    }
    this.pending.splice(low, 0, v)
  }

  /** Takes back a commitment that has not started. */
  uncommit(v: number): void {
    const to = this.to[v]
    for (const rooms of this.rooms) {
      rooms.destine(v, this.night.home[v], to, this.at[v])
      rooms.takeBack(v, this.at[v], to)
    }
    this.queue[to].splice(this.queue[to].indexOf(v), 1)
    this.pending.splice(this.pending.indexOf(v), 1)
    this.to[v] = -1
  }

  /** Is there room for it now, and left for all that were promised some before it? */
  mayArrive(v: number): boolean {
    const to = this.to[v]
    for (const rooms of this.rooms) if (!rooms.admits(v, to, this.queue[to])) return false
    return true
  }

  /** Starts the migration; the caller takes it out of `pending`. */
  launch(v: number): void {
    const { night, now } = this
    const from = this.at[v]
    const to = this.to[v]
    const way = this.way[v]
    const ticks = night.ticks(v, from, to, way)
    this.queue[to].splice(this.queue[to].indexOf(v), 1)
    for (const rooms of this.rooms) rooms.arrive(v, to)
    this.shares.change(v, from, to, ticks, 1, way === LIVE)
    if (way !== LIVE) this.others++
    else if (ticks > 0) {
      this.slots[from]++
      this.slots[to]++
      this.live++
    }
    if (way === RESTART) this.startedOn[v] = night.instance.nodeVendor[to]
    this.arriving[to]++
    if (night.instance.problem.vms[v].state === 'running') this.occupants[to]++
    this.penalty += night.penalty(v, from, to, way)
    this.#record(v, from, to, now, ticks, way)
  }

  /** Puts the VM to rest where it is, or wakes it. */
  inPlace(v: number, kind: number): void {
    const { ways } = this.night
    const n = this.at[v]
    this.penalty += ways.penalty(kind)
    this.others++
    this.shares.change(v, n, n, ways.ticks(v, kind), 1, false)
    this.#record(v, n, n, this.now, ways.ticks(v, kind), kind)
  }

  #record(v: number, from: number, to: number, start: number, ticks: number, kind: number): void {
    this.sequence.begin(v)
    this.busy[v] = 1
    this.#doing[v] = ticks
    this.#at(start + ticks, 1 + v)
    this.legVm.push(v)
    this.legFrom.push(from)
    this.legTo.push(to)
    this.legStart.push(start)
    this.legTicks.push(ticks)
    this.legKind.push(kind)
    this.lastEnd = Math.max(this.lastEnd, start + ticks)
  }

  /** The VM's migration is over. */
  land(v: number): void {
    this.busy[v] = 0
    this.landed++
    const to = this.to[v]
    const { night } = this
    if (to < 0) {
      this.others--
      this.shares.change(v, this.at[v], this.at[v], this.#doing[v], -1, false)
      this.saved[v] = 1 - this.saved[v]
      this.occupants[this.at[v]] += this.saved[v] === 1 ? -1 : 1
      return
    }
    const from = this.at[v]
    const ticks = this.#doing[v]
    const live = this.way[v] === LIVE
    for (const rooms of this.rooms) rooms.leave(v, from)
    this.shares.change(v, from, to, ticks, -1, live)
    if (!live) this.others--
    else if (ticks > 0) {
      this.slots[from]--
      this.slots[to]--
      this.live--
    }
    this.arriving[to]--
    if (night.instance.problem.vms[v].state === 'running') this.occupants[from]--
    const left = this.residents[from]
    left[left.indexOf(v)] = left[left.length - 1]
    left.pop()
    this.residents[to].push(v)
    this.at[v] = to
    this.to[v] = -1
    this.load[from] -= night.usual[v]
    this.load[to] += night.usual[v]
  }

  startWork(n: number): void {
    this.status[n] = WORKING
    this.crews++
    this.workEnd[n] = this.now + this.night.workTicks[n]
    this.lastEnd = Math.max(this.lastEnd, this.workEnd[n])
    this.#at(this.workEnd[n], 1 + this.night.vms + n)
  }

  /** VMs of the node that are at rest, or to be. */
  restersOf(n: number): number[] {
    if (this.resters[n] === 0) return []
    return this.residents[n].filter((v) => this.rests[v] === 1).sort((a, b) => a - b)
  }

  /** The VM, which stands still, is to be put to rest where it is, or no longer. */
  setRests(v: number, rests: 0 | 1): void {
    this.resters[this.at[v]] += rests - this.rests[v]
    this.rests[v] = rests
  }

  /** Something may be possible then that is not now. */
  wake(t: number): void {
    if (t <= this.now || t >= this.#nextWake) return
    this.#nextWake = t
    this.#at(t, 0)
  }

  #at(t: number, code: number): void {
    const heap = this.#heap
    const entry = t * CODES + code
    let i = heap.length
    heap.push(entry)
    for (; i > 0; ) {
      const up = (i - 1) >> 1
      if (heap[up] <= entry) break
      heap[i] = heap[up]
      i = up
    }
    heap[i] = entry
  }

  #pop(): number {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()!
    const size = heap.length
    if (size > 0) {
      let i = 0
      for (;;) {
        let child = 2 * i + 1
        if (child >= size) break
        if (child + 1 < size && heap[child + 1] < heap[child]) child++
        if (heap[child] >= last) break
        heap[i] = heap[child]
        i = child
      }
      heap[i] = last
    }
    return top
  }

  /** Goes on to the next instant at which something ends; false: there is none. Codes: 0, 1 + VM, 1 + V + node. */
  advance(ended: number[]): boolean {
    ended.length = 0
    const heap = this.#heap
    if (heap.length === 0) return false
    this.now = Math.floor(heap[0] / CODES)
    if (this.#nextWake <= this.now) this.#nextWake = Number.POSITIVE_INFINITY
    while (heap.length > 0 && Math.floor(heap[0] / CODES) === this.now) ended.push(this.#pop() % CODES)
    return true
  }

  /** Is another VM of a hard group of v there, or to be there? `planned`: by the time at which all commitments are kept. */
  meets(v: number, n: number, planned: boolean): boolean {
    const { night } = this
    const { vmGroups, groupPlaces, vmNode } = night.instance
    const groups = vmGroups[v]
    if (groups.length === 0) return false
    for (const g of groups) {
      const places = groupPlaces[g]
      const place = places[n]
      // Within a domain it was there already; but where it ends it must be alone.
      const ends = planned && n !== vmNode[v] && !(night.returnHome && night.role[v] === ROAMS)
      if (places[this.at[v]] === place && !ends) continue
      const returning = night.returnHome && places[night.home[v]] === place
      for (const u of night.ends.members[g]) {
        if (u === v || (returning && places[night.home[u]] === place)) continue
        const goes = this.to[u] >= 0
        if (places[this.at[u]] === place && !(planned && goes)) return true
        if (goes && places[this.to[u]] === place && (planned || this.busy[u] === 1)) return true
      }
    }
    return false
  }

  /** A roaming VM that stands still, and could be sent on. */
  isSettled(v: number): boolean {
    return (
      this.night.role[v] === ROAMS &&
      this.to[v] < 0 &&
      this.busy[v] === 0 &&
      this.pinned[v] === 0 &&
      this.rests[v] === 0 &&
      this.sequence.frozen[v] === 0
    )
  }
}
