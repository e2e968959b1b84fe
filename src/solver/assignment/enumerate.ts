/**
 * All assignments of a few wishes that could be better than what is there: depth-first over ways to fulfil each wish, pruned by weight
 * unplaced, what nodes hold at the end, and a bound on the cost (nodes' work around their windows, each way by itself, penalties). Alike wishes are told apart by
 * nothing, so theirs are taken in one order only.
 */
import type { Instance } from '../../model/instance.js'
import { COST_NOISE } from '../../model/ticks.js'
import { isInPlace } from '../../model/ways.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import { type Decision, legsOf, penaltyOf, type Via, viasOf } from '../schedule/legs.js'
import { holdsSlots, workOf } from '../schedule/resources.js'
import { blackoutPenalty, type Choice, type Wish } from '../wishes/wishes.js'

/** One way to fulfil a wish, or to leave it. */
export interface Way {
  decision: Decision
  /** Ticks. */
  penalty: number
  /** Ticks: no schedule ends earlier. */
  end: number
  /** Node and ticks of each slot held, flat. */
  work: readonly number[]
  /** Where the VM ends, and by space what it takes there. */
  node: number
  sizes: readonly number[]
  /** Weight that it leaves unplaced. */
  left: number
}

export interface Assignment {
  decisions: Decision[]
  /** Tells it from all others. */
  key: string
  left: number
  penalty: number
  /** Ticks: no schedule of it ends earlier. */
  makespanBound: number
}

/** What an assignment has to be better than: less weight left, or as much at less cost (ticks). */
export interface Cutoff {
  left: number
  cost: number
}

export function beats(left: number, cost: number, cutoff: Cutoff): boolean {
  return left < cutoff.left || (left === cutoff.left && cost < cutoff.cost - COST_NOISE)
}

/** @param stopsOf nodes by way of which the wish's VM may go live; where none are given, it goes straight. */
export function waysOf(
  instance: Instance,
  wish: Wish,
  earliestEnd: Int32Array,
  stopsOf: (wish: Wish, target: number) => readonly number[] = () => [],
): Way[] {
  const ways: Way[] = []
  const add = (decision: { choice: Choice; parking: number; via?: Via }, end: number) => {
    const legs = legsOf(instance, [wish], [decision])
    const work = legs.flatMap((leg) => {
      const { atSource, atTarget } = workOf(leg)
      return holdsSlots(leg) ? [leg.from, atSource, leg.to, atTarget] : []
    })
    const { node, kind } = decision.choice
    // Of its own; what where all end costs together is at least nothing, and comes with the whole assignment.
    let penalty = decision.choice.penalty - instance.stayPenalty[wish.vm]
    if (decision.parking >= 0) {
      penalty -= blackoutPenalty(instance, decision.choice)
      for (const leg of legs) penalty += blackoutPenalty(instance, leg)
    }
    const sizes = instance.spaces.map(({ size, heldInAnyState }) =>
      isInPlace(kind) && !heldInAnyState ? 0 : size[wish.vm],
    )
    ways.push({ decision, penalty, end, work, node, sizes, left: 0 })
  }
  wish.choices.forEach((choice, c) => {
    add({ choice, parking: -1 }, earliestEnd[c])
    if (choice.kind !== 'live') return
    // Each of the target's choices stands for the node alone.
    if (wish.choices.find(({ node, kind }) => node === choice.node && kind === 'live') !== choice) return
    for (const parking of stopsOf(wish, choice.node)) {
      for (const via of viasOf(instance, wish, parking, choice.node)) add({ choice, parking, via }, 0)
    }
  })
  ways.sort((a, b) => a.penalty + a.end - b.penalty - b.end)
  const stays = {
    decision: { choice: undefined, parking: -1 },
    penalty: 0,
    end: 0,
    work: [],
    node: instance.vmNode[wish.vm],
    sizes: instance.spaces.map(({ size }) => size[wish.vm]),
    left: wish.makesRoom ? 0 : instance.vmWeight[wish.vm],
  }
  return [...ways, stays]
}

export interface Enumeration {
  /** Least weight left first, then least bound. */
  found: Assignment[]
  /** Nothing was given up for want of work. */
  complete: boolean
}

/** Looks between two looks at the clock: some milliseconds. */
const SLICE = 10_000

/**
 * @param ways by wish
 * @param holds may everything end so?
 * @param limits looks at partial assignments, and assignments to return, at most
 * @param breathe looks at the clock; true: stop
 */
export async function enumerateAssignments(
  instance: Instance,
  wishes: readonly Wish[],
  ways: readonly (readonly Way[])[],
  cutoff: Cutoff,
  holds: (decisions: readonly Decision[]) => boolean,
  limits: { looks: number; found: number },
  breathe: () => Promise<boolean>,
): Promise<Enumeration> {
  const found: Assignment[] = []
  const walk = new Walk(instance, wishes, ways, cutoff)
  let complete = true
  for (let looks = 0; walk.step(); looks++) {
    const stop = looks >= limits.looks || found.length >= limits.found
    if (stop || (looks % SLICE === SLICE - 1 && (await breathe()))) {
      complete = false
      break
    }
    const assignment = walk.assignment()
    if (assignment !== undefined && holds(assignment.decisions)) found.push(assignment)
  }
  const cost = (a: Assignment) => a.makespanBound + a.penalty
  found.sort((a, b) => a.left - b.left || cost(a) - cost(b))
  return { found, complete }
}

/** Depth-first over partial assignments that may still become better than the cutoff; it can be left at any step. */
class Walk {
  readonly #instance: Instance
  readonly #wishes: readonly Wish[]
  readonly #ways: readonly (readonly Way[])[]
  readonly #cutoff: Cutoff
  readonly #availability: NodeAvailability
  readonly #before: Int32Array
  readonly #cheapest: Float64Array
  /** [N] slot-ticks. */
  readonly #work: Float64Array
  /** By space: [N] at the end of what is decided, and how many of those have arrived: it binds where one has. */
  readonly #used: readonly Float64Array[]
  readonly #arrived: readonly Int32Array[]
  /** [wishes] way taken. */
  readonly #taken: Int32Array
  /** [wishes + 1] of the wishes before each: weight left, penalty, and instant before which they cannot be done. */
  readonly #left: Float64Array
  readonly #penalty: Float64Array
  readonly #makespan: Float64Array
  /** Wishes decided; −1: nothing is left. */
  #depth = 0
  #isFresh = true

  constructor(
    instance: Instance,
    wishes: readonly Wish[],
    ways: readonly (readonly Way[])[],
    cutoff: Cutoff,
  ) {
    const n = wishes.length
    this.#instance = instance
    this.#wishes = wishes
    this.#ways = ways
    this.#cutoff = cutoff
    this.#availability = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
    this.#before = alikeBefore(instance, wishes, ways)
    this.#cheapest = cheapestRest(ways, cutoff.left)
    this.#work = new Float64Array(instance.nodeCount)
    this.#used = instance.spaces.map(({ used, size }) => {
      const others = used.slice()
      for (const { vm } of wishes) others[instance.vmNode[vm]] -= size[vm]
      return others
    })
    this.#arrived = instance.spaces.map(() => new Int32Array(instance.nodeCount))
    this.#taken = new Int32Array(n)
    this.#left = new Float64Array(n + 1)
    this.#penalty = new Float64Array(n + 1)
    for (const stay of instance.stayPenalty) this.#penalty[0] += stay
    this.#makespan = new Float64Array(n + 1)
  }

  /** To the next partial assignment; false: there is none. */
  step(): boolean {
    if (this.#isFresh) {
      this.#isFresh = false
      return beats(0, this.#penalty[0] + this.#cheapest[0], this.#cutoff)
    }
    if (this.#depth < this.#wishes.length && this.#descend(this.#firstWay())) return true
    while (this.#depth > 0) {
      this.#depth--
      this.#apply(this.#taken[this.#depth], -1)
      if (this.#descend(this.#taken[this.#depth] + 1)) return true
    }
    return false
  }

  /** Undefined: some wish is still open. */
  assignment(): Assignment | undefined {
    const n = this.#wishes.length
    if (this.#depth < n) return undefined
    const decisions = this.#ways.map((list, i) => list[this.#taken[i]].decision)
    return {
      decisions,
      key: this.#taken.join(),
      left: this.#left[n],
      penalty: penaltyOf(
        this.#instance,
        this.#wishes,
        decisions,
        legsOf(this.#instance, this.#wishes, decisions),
      ),
      makespanBound: this.#makespan[n],
    }
  }

  #firstWay(): number {
    const alike = this.#before[this.#depth]
    return alike < 0 ? 0 : this.#taken[alike]
  }

  /** Takes the first way from this one on that may still become better. */
  #descend(from: number): boolean {
    const w = this.#depth
    for (let i = from; i < this.#ways[w].length; i++) {
      const way = this.#ways[w][i]
      this.#apply(i, 1)
      const left = this.#left[w] + way.left
      const penalty = this.#penalty[w] + way.penalty
      const end = this.#endWith(way)
      const isOpen = end <= this.#instance.horizon && !this.#isOverfull(way.node)
      if (isOpen && beats(left, end + penalty + this.#cheapest[w + 1], this.#cutoff)) {
        this.#taken[w] = i
        this.#left[w + 1] = left
        this.#penalty[w + 1] = penalty
        this.#makespan[w + 1] = end
        this.#depth++
        return true
      }
      this.#apply(i, -1)
    }
    return false
  }

  #isOverfull(node: number): boolean {
    return this.#instance.spaces.some(
      ({ capacity }, s) => this.#arrived[s][node] > 0 && this.#used[s][node] > capacity[node],
    )
  }

  #endWith({ end, work }: Way): number {
    let latest = Math.max(this.#makespan[this.#depth], end)
    for (let k = 0; k < work.length; k += 2)
      latest = Math.max(latest, this.#availability.earliest(work[k], this.#work[work[k]]))
    return latest
  }

  #apply(i: number, sign: 1 | -1): void {
    const { work, node, sizes } = this.#ways[this.#depth][i]
    for (let k = 0; k < work.length; k += 2) this.#work[work[k]] += sign * work[k + 1]
    const arrives = node !== this.#instance.vmNode[this.#wishes[this.#depth].vm]
    sizes.forEach((size, s) => {
      this.#used[s][node] += sign * size
      if (arrives && size > 0) this.#arrived[s][node] += sign
    })
  }
}

/** [wishes + 1] ticks of penalty that the wishes from each on have at least, if no more than `most` may be left of each. */
function cheapestRest(ways: readonly (readonly Way[])[], most: number): Float64Array {
  const rest = new Float64Array(ways.length + 1)
  for (let w = ways.length - 1; w >= 0; w--) {
    const possible = ways[w].filter(({ left }) => left <= most)
    rest[w] = rest[w + 1] + possible.reduce((least, { penalty }) => Math.min(least, penalty), Infinity)
  }
  return rest
}

/** [wishes] the wish before it that is alike in everything, −1 none. Those in groups or affinity sets are not. */
function alikeBefore(
  { vmNode, spaces, vmWeight, vmWindows, vmGroups, vmSoftGroups, affinityOf, domainSetsOf }: Instance,
  wishes: readonly Wish[],
  ways: readonly (readonly Way[])[],
): Int32Array {
  const last = new Map<string, number>()
  return Int32Array.from(wishes, ({ vm, makesRoom }, w) => {
    if (vmGroups[vm].length > 0 || vmSoftGroups[vm].length > 0 || affinityOf[vm] >= 0) return -1
    if (domainSetsOf[vm].length > 0) return -1
    const own = ways[w].map(({ decision: { choice, parking, via }, penalty, end, work }) => {
      const taken = [choice, ...(via ?? [])].map((each) => [each?.slots.from, each?.slots.to, each?.mibps])
      const figures = [choice?.node, choice?.kind, choice?.duration, parking, penalty, end]
      return [...figures, ...taken, ...work].join()
    })
    const sizes = spaces.map(({ size }) => size[vm])
    const key = [vmNode[vm], ...sizes, vmWeight[vm], vmWindows[vm].join(), makesRoom, ...own].join(';')
    const known = last.get(key) ?? -1
    last.set(key, w)
    return known
  })
}
