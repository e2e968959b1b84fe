/**
 * Where not all VMs of the next node find room before the work on another ends, what remains has to move between the two works. So as long as
 * that work lasts, VMs of the node that take long for their memory trade places with quick ones from elsewhere, which ride along.
 */
import type { Course } from './course.js'
import { WORKING } from './state.js'
import { DRAIN } from './targets.js'

/** VMs that are looked at closely, of all that could come. */
const CANDIDATES = 6

interface Trade {
  comes: number
  leave: number[]
  gain: number
}

export class Exchange {
  readonly #course: Course
  #tried = -1

  constructor(course: Course) {
    this.#course = course
  }

  /** Commits the best trade for the node that is emptied in part, if one pays. */
  trade(): boolean {
    const { state, settings, partial: m, targets } = this.#course
    if (!settings.exchange || m < 0 || this.#tried === state.landed) return false
    // One after another: what is under way shows what room there is.
    if (state.slots[m] > 0 || state.queue[m].length > 0) return false
    this.#tried = state.landed
    if (state.pending.some((v) => state.at[v] === m)) return false
    const best = this.#best(m, this.#timeLeft())
    if (best === undefined) return false
    const from = state.at[best.comes]
    targets.nextBatch()
    targets.commit(best.comes, m, DRAIN)
    for (const v of best.leave) if (state.hasRoom(v, from)) targets.commit(v, from, DRAIN)
    return true
  }

  /** Ticks until a crew is free. */
  #timeLeft(): number {
    const { night, state } = this.#course
    if (state.crews < night.crews && night.crews <= 1) return 0
    let free = Number.POSITIVE_INFINITY
    for (const n of night.worked) if (state.status[n] === WORKING) free = Math.min(free, state.workEnd[n])
    return free === Number.POSITIVE_INFINITY ? 0 : free - state.now
  }

  #best(m: number, time: number): Trade | undefined {
    const { night, state } = this.#course
    const { vmMemory } = night.instance
    const any = m === 0 ? 1 : 0
    const rate = (v: number) => night.ticks(v, m, any) / vmMemory[v]
    const leavers = state.residents[m].filter((v) => state.isSettled(v) && vmMemory[v] > 0)
    if (leavers.length === 0 || time <= 0) return undefined
    leavers.sort((a, b) => rate(b) - rate(a) || a - b)
    const room = state.room(m)
    const slowest = rate(leavers[0])
    const candidates: { v: number; promise: number }[] = []
    this.#course.spend(2 * night.vms)
    for (let p = 0; p < night.nodes; p++) {
      if (p === m || !state.inService(p)) continue
      for (const v of state.residents[p]) {
        if (vmMemory[v] === 0 || vmMemory[v] > room || !state.isSettled(v)) continue
        const promise = vmMemory[v] * slowest - night.ticks(v, p, m)
        if (promise > 0) candidates.push({ v, promise })
      }
    }
    candidates.sort((a, b) => b.promise - a.promise || a.v - b.v)
    let best: Trade | undefined
    let looked = 0
    for (const { v } of candidates) {
      if (looked >= CANDIDATES) break
      if (!state.hasRoom(v, m) || !this.#mayGo(v, m)) continue
      looked++
      const trade = this.#tradeFor(v, m, leavers, time)
      if (trade !== undefined && (best === undefined || trade.gain > best.gain)) best = trade
    }
    return best
  }

  /** The slowest VMs that find room where v leaves. */
  #tradeFor(v: number, m: number, leavers: readonly number[], time: number): Trade | undefined {
    const { night, state } = this.#course
    const { vmMemory, problem } = night.instance
    const p = state.at[v]
    let room = state.room(p) + vmMemory[v]
    const comes = night.ticks(v, p, m)
    let spent = comes
    let gain = -comes
    const leave: number[] = []
    this.#course.spend(4 * leavers.length)
    for (const u of leavers) {
      const ticks = night.ticks(u, m, p)
      if (vmMemory[u] > room || spent + ticks > time || !this.#mayGo(u, p)) continue
      leave.push(u)
      room -= vmMemory[u]
      spent += ticks
      gain += ticks
    }
    // v goes once more than before, and comes.
    gain -= night.penalty(v, p, m) + night.penalty(v, m, p)
    return gain > 0.02 * comes + problem.policy.migrationPenaltySeconds
      ? { comes: v, leave, gain }
      : undefined
  }

  /** At once, memory aside. */
  #mayGo(v: number, n: number): boolean {
    const { night, state, targets } = this.#course
    const from = state.at[v]
    return night.start(v, from, n, state.now, night.ticks(v, from, n)) === state.now && targets.suits(v, n)
  }
}
