/**
 * What memory asks of a night. All running VMs lie on the nodes at every instant, one under way on its source, on its target, or split
 * between them by its progress: the format counts it in full on both. With C_n the most that node n ever holds and H what all VMs take,
 * F = Σ C_n − H is free in all.
 */
import type { Night } from '../../rolling/night.js'
import { RESTS, ROAMS } from '../../rolling/ways.js'
import { divisor } from './crews.js'

export interface Memory {
  /** [N] KiB */
  most: Float64Array
  free: number
}

/** Undefined where VMs may be put to rest for a work, so that not all run at every instant. */
export function memoryOf(night: Night): Memory | undefined {
  const { instance, capacity, held, workOf, role, ways } = night
  const mayRest = (v: number, n: number) =>
    role[v] === RESTS ? workOf[n] >= 0 : role[v] === ROAMS && ways.stops[v] === 1
  if (instance.vmNode.some((n, v) => mayRest(v, n))) return undefined
  const most = Float64Array.from(instance.problem.nodes, ({ state }, n) => {
    const receives = instance.drained[n] === 0 && (state === 'up' || (state === 'paused' && workOf[n] >= 0))
    return receives ? Math.max(capacity[n], held[n]) : held[n]
  })
  let free = 0
  for (let n = 0; n < night.nodes; n++) free += most[n] - held[n]
  return { most, free }
}

/** So many of the works can be under way at once, by the sum: what their nodes could hold is free meanwhile. */
export function crewsByMemory({ most, free }: Memory, nodes: Iterable<number>): number {
  let left = free
  let count = 0
  for (const n of [...nodes].sort((a, b) => most[a] - most[b])) {
    if (most[n] > left) break
    left -= most[n]
    count++
  }
  return Math.max(1, count)
}

/** VMs that could be on a node, with their memory and what their migrations from there, or to there, take of its slots at least. */
export interface Load {
  memory: number
  content: number
}

export function loadsOf(night: Night, n: number): Load[] {
  const loads: Load[] = []
  for (let v = 0; v < night.vms; v++) {
    const memory = night.instance.vmMemory[v]
    if (memory === 0 || night.role[v] === 0) continue
    if (night.instance.vmNode[v] !== n && night.may(v, n, false) === 0 && night.may(v, n, true) === 0)
      continue
    const content = night.content(v, n)
    if (content < Number.POSITIVE_INFINITY) loads.push({ memory, content })
  }
  return loads
}

/** Steps in which memory is counted where VMs are chosen to cover some: at least so many, and more for few VMs. */
const LEAST_STEPS = 1000
const COVER_WORK = 2_000_000

/**
 * The gap between two works that are never under way together. When the work on n ends, VMs that have started to leave m lie in full on their
 * targets, and the others on nodes but n: those that are on m alone take at least C_n + C_m − F, and all start to leave after that. The
 * least that VMs of so much memory take of m's slots, a knapsack to be covered; memory in steps, rounded up, which makes it less.
 */
export class Gaps {
  readonly #night: Night
  readonly #memory: Memory
  readonly #known = new Map<string, number>()
  readonly #loads = new Map<number, Load[]>()

  constructor(night: Night, memory: Memory) {
    this.#night = night
    this.#memory = memory
  }

  /** Ticks from the end of the work on n to the start of that on m, at least. */
  between(n: number, m: number): number {
    const { most, free } = this.#memory
    const needed = most[n] + most[m] - free
    if (needed <= 0) return 0
    const key = `${m} ${needed}`
    let gap = this.#known.get(key)
    if (gap === undefined) {
      let loads = this.#loads.get(m)
      if (loads === undefined) {
        loads = loadsOf(this.#night, m)
        this.#loads.set(m, loads)
      }
      gap = Math.ceil(leastCover(loads, needed) / this.#night.instance.nodeSlots[m] - 1e-6)
      this.#known.set(key, gap)
    }
    return gap
  }
}

/** The least content of loads that take so much memory together, or less where memory is counted in steps; infinity where all of them do not. */
export function leastCover(loads: readonly Load[], needed: number): number {
  // In what all sizes have in common, where that is few enough: then it is exact.
  const common = loads.reduce((unit, { memory }) => divisor(unit, memory), 0)
  const most = Math.max(LEAST_STEPS, Math.floor(COVER_WORK / Math.max(1, loads.length)))
  const unit = Math.max(common, needed / most)
  const steps = Math.ceil(needed / unit - 1e-9)
  const least = new Float64Array(steps + 1).fill(Number.POSITIVE_INFINITY)
  least[0] = 0
  for (const { memory, content } of loads) {
    const size = Math.min(steps, Math.ceil(memory / unit - 1e-9))
    for (let s = steps; s > 0; s--) {
      const before = least[Math.max(0, s - size)] + content
      if (before < least[s]) least[s] = before
    }
  }
  return least[steps]
}

/** Of a concave function of time. */
export interface Corner {
  ticks: number
  memory: number
}

/** Most memory that a node can send, or take, in so many ticks: the best rates first, the last VM in part. Concave, as corners. */
export function rampOf(loads: readonly Load[], slots: number): Corner[] {
  const sorted = [...loads].sort((a, b) => b.memory * a.content - a.memory * b.content)
  const corners = [{ ticks: 0, memory: 0 }]
  let [ticks, memory] = [0, 0]
  for (const load of sorted) {
    ticks += load.content / slots
    memory += load.memory
    corners.push({ ticks, memory })
  }
  return corners
}

/** ∫ (level − ramp(τ))⁺ dτ over [from, ∞). */
function areaUnder(corners: readonly Corner[], level: number, from: number): number {
  let area = 0
  for (let i = 1; i < corners.length; i++) {
    const [a, b] = [corners[i - 1], corners[i]]
    if (level <= a.memory) break
    const rate = b.ticks > a.ticks ? (b.memory - a.memory) / (b.ticks - a.ticks) : Number.POSITIVE_INFINITY
    let end = b.ticks
    let low = level - b.memory
    if (low < 0) {
      end = a.ticks + (level - a.memory) / rate
      low = 0
    }
    const start = Math.max(a.ticks, from)
    if (start >= end) continue
    const high = level - a.memory - rate * (start - a.ticks)
    area += ((high + low) / 2) * (end - start)
  }
  return area
}

/** Where the ramp reaches so much. */
function ticksFor(corners: readonly Corner[], memory: number): number {
  for (let i = 1; i < corners.length; i++) {
    const [a, b] = [corners[i - 1], corners[i]]
    if (b.memory >= memory)
      return a.ticks + ((b.ticks - a.ticks) * (memory - a.memory)) / (b.memory - a.memory)
  }
  return corners.at(-1)!.ticks
}

interface WorkOfMemory {
  node: number
  head: number
  length: number
  tail: number
}

/**
 * Memory times time. Of what is free on each node, what lies above a clip c adds up to at most M(c) = max over j of min(F, the j largest C) −
 * jc. A work needs C_n − c for its length, and before and after it what its slots cannot have sent or taken yet, with VMs under way
 * split by their progress. Ramps that would begin before second 0 or end after the plan are cut: of each crew one at either end, and more where
 * works are shorter than ramps.
 */
export function memoryBound(
  night: Night,
  { most, free }: Memory,
  works: readonly WorkOfMemory[],
  crews: number,
): number {
  if (works.length === 0) return 0
  const ramps = new Map<number, Corner[]>()
  for (const { node } of works) ramps.set(node, rampOf(loadsOf(night, node), night.instance.nodeSlots[node]))
  const shortest = works.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY)
  const sizes = [...most].sort((a, b) => b - a)
  const largest = works.reduce((size, { node }) => Math.max(size, most[node]), 0)
  let best = 0
  for (let step = 0; step < CLIPS; step++) {
    const clip = (largest * step) / CLIPS
    let highest = 0
    let together = 0
    sizes.forEach((size, j) => {
      together += size
      highest = Math.max(highest, Math.min(free, together) - (j + 1) * clip)
    })
    if (highest <= 0) continue
    let sum = 0
    let longest = 0
    const before: number[] = []
    const behind: number[] = []
    for (const { node, head, length, tail } of works) {
      const level = most[node] - clip
      if (level <= 0) continue
      const ramp = ramps.get(node)!
      sum += level * length + 2 * areaUnder(ramp, level, 0)
      before.push(areaUnder(ramp, level, head))
      behind.push(areaUnder(ramp, level, tail))
      longest = Math.max(longest, ticksFor(ramp, level))
    }
    const cuts = crews * (1 + Math.floor(longest / shortest))
    for (const lost of [before, behind]) {
      lost.sort((a, b) => b - a)
      for (const area of lost.slice(0, cuts)) sum -= area
    }
    best = Math.max(best, Math.floor(sum / highest))
  }
  return best
}

const CLIPS = 48
