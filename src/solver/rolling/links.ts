/** What migrations take of the links between nodes, by class of link: what the model knows of its ends and of the networks between them. */
import { least } from '../../lists.js'
import type { Slots } from '../../model/duration.js'
import type { Instance } from '../../model/instance.js'
import { crosses } from '../../model/networks.js'
import { unitsOf } from '../schedule/resources.js'
import { blackoutPenalty } from '../wishes/maker.js'

/** N nodes, V VMs, C classes. */
export class Links {
  readonly #nodes: number
  /** [N × N] */
  readonly #class: Int32Array
  readonly #classes: number
  /** [V × C] ticks, of what this night takes of the links, and the least of all ways that the VM bears. */
  readonly #ticks: Int32Array
  readonly #least: Float64Array
  /** [V × C] the least of ticks times slots of one end. */
  readonly #content: Float64Array
  /** [V × C] 1: its blackout would be too long. */
  readonly #tooLong: Uint8Array
  readonly #blackout: Float64Array
  /** By network: [V × C] parts of it that a migration holds. */
  readonly #units: readonly Int32Array[]

  /** @param slotsOf what a migration takes of both ends in this night */
  constructor(instance: Instance, slotsOf: (v: number, from: number, to: number) => Slots) {
    const given = new Map(instance.moves.map(({ vm, given: duration }) => [vm, duration]))
    const { problem, nodeCount, vmCount, networks } = instance
    this.#nodes = nodeCount
    this.#class = new Int32Array(nodeCount * nodeCount)
    const pairs: [number, number][] = []
    const known = new Map<string, number>()
    const links = new Map<string, number>()
    const linkOf = problem.nodes.map(({ migrationMbps, slots, linkEfficiency, streamMbps }) => {
      const key = `${migrationMbps} ${slots} ${linkEfficiency} ${streamMbps}`
      if (!links.has(key)) links.set(key, links.size)
      return links.get(key)!
    })
    for (let a = 0; a < nodeCount; a++) {
      for (let b = 0; b < nodeCount; b++) {
        // What the model knows of a link: its ends, in any order, and what lies between.
        const ends = [linkOf[a], linkOf[b]].sort((x, y) => x - y)
        const key = [...ends, '', ...networks.map((network) => Number(crosses(network, a, b)))].join()
        if (!known.has(key)) {
          known.set(key, known.size)
          pairs.push([a, b])
        }
        this.#class[a * nodeCount + b] = known.get(key)!
      }
    }
    const size = vmCount * pairs.length
    this.#classes = pairs.length
    this.#ticks = new Int32Array(size)
    this.#least = new Float64Array(size)
    this.#content = new Float64Array(size)
    this.#tooLong = new Uint8Array(size)
    this.#blackout = new Float64Array(size)
    this.#units = networks.map(() => new Int32Array(size))
    for (let v = 0; v < vmCount; v++) {
      const most = problem.vms[v].maxBlackoutSeconds ?? Number.POSITIVE_INFINITY
      pairs.forEach(([a, b], c) => {
        const duration = instance.durations.live(v, a, b, slotsOf(v, a, b), given.get(v))
        const ways = instance.durations.bearableWays(v, a, b, given.get(v))
        const i = v * pairs.length + c
        this.#least[i] = least(ways.map(({ ticks }) => ticks))
        this.#content[i] = least(ways.map(({ ticks, slots }) => ticks * Math.min(slots.from, slots.to)))
        this.#ticks[i] = duration.ticks
        this.#tooLong[i] = duration.blackoutSeconds > most ? 1 : 0
        this.#blackout[i] = blackoutPenalty(instance, duration)
        networks.forEach((network, k) => {
          const migration = { mibps: duration.mibps, duration: duration.ticks, from: a, to: b }
          this.#units[k][i] = unitsOf(network, migration)
        })
      })
    }
  }

  #index(v: number, from: number, to: number): number {
    return v * this.#classes + this.#class[from * this.#nodes + to]
  }

  admits(v: number, from: number, to: number): boolean {
    return this.#tooLong[this.#index(v, from, to)] === 0
  }

  ticks(v: number, from: number, to: number): number {
    return this.#ticks[this.#index(v, from, to)]
  }

  /** Ticks of cost of its blackout. */
  blackout(v: number, from: number, to: number): number {
    return this.#blackout[this.#index(v, from, to)]
  }

  /** The least ticks of all ways; infinity: it bears none. */
  least(v: number, from: number, to: number): number {
    return this.#least[this.#index(v, from, to)]
  }

  content(v: number, from: number, to: number): number {
    return this.#content[this.#index(v, from, to)]
  }

  /** Parts of the network that it holds while it runs. */
  units(network: number, v: number, from: number, to: number): number {
    return this.#units[network][this.#index(v, from, to)]
  }
}
