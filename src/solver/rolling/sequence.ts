/**
 * The request's order of VMs: one begins to migrate when all that go before it have migrated for the last time. So whoever goes before one that
 * has begun stays where it is from then on, and none begins while another before it still has to leave its node, or to come home.
 */
import type { Night } from './night.js'
import type { State } from './state.js'
import { LEAVES, RESTS, ROAMS } from './ways.js'

export class Sequence {
  readonly #state: State
  readonly #night: Night
  /** [V] lists that it is in; VMs before its place there go before it. */
  readonly #lists: readonly (readonly { list: Int32Array; place: number }[])[] | undefined
  /** [V] 1: it has migrated, or begun to. */
  readonly #begun: Uint8Array
  /** [V] 1: it stays where it is. */
  readonly frozen: Uint8Array
  /** Who has to come home may stay away. */
  #loose = false

  constructor(state: State) {
    const { night } = state
    const { order } = night.instance
    this.#state = state
    this.#night = night
    this.#begun = new Uint8Array(night.vms)
    this.frozen = new Uint8Array(night.vms)
    if (order.length === 0) return
    const lists: { list: Int32Array; place: number }[][] = Array.from({ length: night.vms }, () => [])
    for (const list of order) for (const [place, v] of list.entries()) lists[v].push({ list, place })
    this.#lists = lists
  }

  /** May the VM, which is to migrate, begin? */
  admits(v: number): boolean {
    if (this.frozen[v] === 1) return false
    if (this.#lists === undefined || this.#begun[v] === 1) return true
    for (const { list, place } of this.#lists[v])
      for (let i = 0; i < place; i++) if (!this.#isOver(list[i])) return false
    return true
  }

  begin(v: number): void {
    if (this.#lists === undefined || this.#begun[v] === 1) return
    this.#begun[v] = 1
    for (const { list, place } of this.#lists[v]) for (let i = 0; i < place; i++) this.frozen[list[i]] = 1
  }

  /** Nothing is under way, and some wait for others in vain: those stay where they are. False: none does. */
  loosen(): boolean {
    if (this.#lists === undefined || this.#loose) return false
    const { pending, night } = this.#state
    const waits = (v: number) => this.#begun[v] === 0 && !this.admits(v)
    this.#loose = pending.some(waits) || night.role.some((role, v) => role === RESTS && waits(v))
    return this.#loose
  }

  /** It has migrated for the last time, as far as anything asks for it. */
  #isOver(u: number): boolean {
    const { at, to, busy, saved } = this.#state
    const { role, home, returnHome, workOf, instance } = this.#night
    if (busy[u] === 1 || to[u] >= 0) return false
    const open = !this.#state.isClosed(at[u])
    if (role[u] === LEAVES) return this.#loose || at[u] !== instance.vmNode[u] || saved[u] === 1
    if (role[u] === RESTS) return workOf[at[u]] < 0 ? this.#loose || saved[u] === 1 : open && saved[u] === 0
    if (role[u] !== ROAMS) return true
    if (saved[u] === 1 || !open) return false
    return this.#loose || !returnHome || at[u] === home[u]
  }
}
