/** What migrations hold of the cluster while they run, slots of nodes and the policy's limits aside: networks, and turns of serial groups. */
import { NETWORK_UNITS } from '../schedule/resources.js'
import type { Night } from './night.js'

export class Shares {
  readonly #night: Night
  /** Parts of each network that are held. */
  readonly #held: Int32Array
  /** By serial group, 1: one of its VMs is under way. */
  readonly #taken: Uint8Array
  readonly #any: boolean

  constructor(night: Night) {
    const { networks, serials } = night.instance
    this.#night = night
    this.#held = new Int32Array(networks.length)
    this.#taken = new Uint8Array(serials.length)
    this.#any = networks.length > 0 || serials.length > 0
  }

  /**
   * @param ticks that it takes; what takes none holds nothing
   * @param live it holds networks
   */
  admit(v: number, from: number, to: number, ticks: number, live: boolean): boolean {
    if (!this.#any || ticks === 0) return true
    for (const group of this.#night.instance.vmSerials[v]) if (this.#taken[group] === 1) return false
    if (!live) return true
    for (let k = 0; k < this.#held.length; k++)
      if (this.#held[k] + this.#night.links.units(k, v, from, to) > NETWORK_UNITS) return false
    return true
  }

  /** @param more 1: it starts, −1: it has ended */
  change(v: number, from: number, to: number, ticks: number, more: 1 | -1, live: boolean): void {
    if (!this.#any || ticks === 0) return
    for (const group of this.#night.instance.vmSerials[v]) this.#taken[group] += more
    if (!live) return
    for (let k = 0; k < this.#held.length; k++)
      this.#held[k] += more * this.#night.links.units(k, v, from, to)
  }
}
