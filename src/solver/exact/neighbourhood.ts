/**
 * Large neighbourhood search (Shaw 1998) around an incumbent's times: some legs are set free, all others keep their order, and the
 * exact search looks for a schedule that ends earlier. Neighbourhoods: the legs of a few nodes, those of a stretch of time, and
 * some at random; their sizes follow what the search can digest.
 */
import type { ExactSearch } from '../../kernel/types.js'
import type { Random } from '../random.js'
import type { Timeline } from '../schedule/timeline.js'
import type { ExactParameters } from './parameters.js'

const SHAPES = ['nodes', 'time', 'random'] as const
type Shape = (typeof SHAPES)[number]

export class Neighbourhoods {
  readonly #random: Random
  readonly #parameters: ExactParameters
  readonly #share: Record<Shape, number>
  #turn = 0

  constructor(random: Random, parameters: ExactParameters) {
    const first = parameters.freeAtFirst
    this.#random = random
    this.#parameters = parameters
    this.#share = { nodes: first, time: first, random: first }
  }

  /** Begins the exact search of the next neighbourhood; tell `digest` how it went. */
  begin(search: ExactSearch, timeline: Timeline, target: number): Shape {
    const shape = SHAPES[this.#turn++ % SHAPES.length]
    const { legs } = timeline
    const wanted = Math.max(2, Math.ceil(this.#share[shape] * legs.length))
    const keep = new Uint8Array(legs.length).fill(1)
    if (shape === 'nodes') this.#freeNodes(timeline, wanted, keep)
    else if (shape === 'time') this.#freeStretch(timeline, wanted, keep)
    else for (let i = 0; i < wanted; i++) keep[this.#random.below(legs.length)] = 0
    search.begin({ target, hint: timeline.start, keep, guided: true })
    return shape
  }

  /** Neighbourhoods that are searched to the end may grow, those that are not must shrink. */
  digest(shape: Shape, status: 'found' | 'refuted' | 'limit'): void {
    const { freeAtLeast, freeAtMost, freeGrowth, freeShrink } = this.#parameters
    const factor = status === 'refuted' ? freeGrowth : status === 'limit' ? freeShrink : 1
    this.#share[shape] = Math.min(freeAtMost, Math.max(freeAtLeast, this.#share[shape] * factor))
  }

  #freeNodes({ legs }: Timeline, wanted: number, keep: Uint8Array): void {
    let free = 0
    const seen = new Set<number>()
    for (let tries = 0; free < wanted && tries < legs.length; tries++) {
      const leg = legs[this.#random.below(legs.length)]
      const node = this.#random.below(2) === 0 ? leg.from : leg.to
      if (seen.has(node)) continue
      seen.add(node)
      legs.forEach(({ from, to }, i) => {
        if ((from === node || to === node) && keep[i] === 1) {
          keep[i] = 0
          free++
        }
      })
    }
  }

  #freeStretch({ legs, start, makespan }: Timeline, wanted: number, keep: Uint8Array): void {
    const middle = this.#random.below(makespan + 1)
    const distance = (i: number) => Math.abs(start[i] + legs[i].duration / 2 - middle)
    const near = legs.map((_, i) => i).sort((a, b) => distance(a) - distance(b) || a - b)
    for (let i = 0; i < wanted && i < near.length; i++) keep[near[i]] = 0
  }
}
