/**
 * An order of migrations in which each fits when its turn comes: depth-first search over states (where each VM stands), with a budget of
 * VMs that step aside (park, or are evicted). Complete: `exhausted` is a proof.
 *
 * - Alike VMs are one: a state is known by how many of each class stand where. States without a way on are kept and met once.
 * - An arrival on a node that has room for all that can still come is made at once: it hurts nothing.
 * - Groups of nodes that block each other (relaxation.ts) need one VM each to step aside; beyond the budget that is a dead end.
 * - VMs step aside as late as can be. Take an order with the fewest of them in which they come latest. Where one that steps aside from node
 *   i is followed by a migration that does not enter i, the two can trade places: the other's target holds no more than before, and the
 *   state after both is the same. So it comes right before something that enters i, or before others that step aside and are themselves
 *   entered in this way; `pending` are the nodes left so and not entered yet. And what then enters i for good does not fit without it.
 */
import { Random } from '../random.js'
import { alikeClasses, hasRoom, type Mover, type Places, type Step } from './places.js'
import { Relaxation, type Standing } from './relaxation.js'

/** States without a way on that are kept, over all budgets. */
const MOST_KNOWN = 400_000

/** What one problem's searches share: a state from which `parks` stop-overs are not enough, `Infinity`: no number is. */
export type DeadStates = Map<string, number>

/** A node that VMs have just left in order to make room there, and what those of them took that took least: none of these took as much as another. */
interface Pending {
  node: number
  least: readonly (readonly number[])[]
}

interface Move {
  mover: number
  to: number
  /** Stage after it. */
  stage: 1 | 2
  score: number
}

interface Frame {
  key: string
  moves: Move[]
  next: number
  /** Steps taken when it was entered; those beyond are undone. */
  depth: number
  pending: readonly Pending[]
  parks: number
  evictions: number
  /** Something below was given up for want of stop-overs. */
  cut: boolean
  /** What was done on the way here is harmless within this budget only. */
  tentative: boolean
}

export interface Budget {
  /** VMs that may stop over. */
  parks: number
  /** VMs that may be evicted. */
  evictions: number
}

export class SequenceSearch {
  readonly #places: Places
  readonly #classes: Int32Array
  /** Movers in the order of their classes. */
  readonly #byClass: Int32Array
  readonly #dead: DeadStates
  readonly #budget: Budget
  readonly #relaxation: Relaxation
  readonly #standing: Standing
  /** By space and place: what VMs bound for it alone still bring. */
  readonly #inflow: readonly Float64Array[]
  /** By space and place: what VMs may bring that step aside, were all to. */
  readonly #asideInflow: readonly Float64Array[]
  /** By space: the most that one takes. */
  readonly #largest: readonly number[]
  readonly #largestBulk: number
  readonly #key: Uint16Array
  readonly #steps: (Step & { before: number })[] = []
  #stack: Frame[] = []
  #last: 'found' | 'open' | 'dead' = 'dead'
  #random = new Random(0)
  #noise = 0
  #left = 0
  #parks = 0
  #evictions = 0
  /** After `exhausted`: a larger budget of stop-overs could find what this one did not. */
  cut = false
  /** States looked at. */
  states = 0

  constructor(places: Places, dead: DeadStates, budget: Budget) {
    const { free, movers } = places
    this.#places = places
    this.#dead = dead
    this.#budget = budget
    this.#classes = alikeClasses(movers)
    this.#byClass = Int32Array.from(movers, (_, m) => m).sort((a, b) => this.#classes[a] - this.#classes[b])
    this.#relaxation = new Relaxation(places)
    this.#standing = {
      free: free.map((each) => each.slice()),
      at: Int32Array.from(movers, (m) => m.home),
      stage: new Uint8Array(movers.length),
    }
    this.#inflow = free.map((each) => new Float64Array(each.length))
    this.#asideInflow = free.map((each) => new Float64Array(each.length))
    for (const { sizes, targets, stops, evictable } of movers) {
      for (const n of evictable ? targets : stops) add(this.#asideInflow, sizes, n, 1)
      if (evictable) continue
      this.#left++
      if (targets.length === 1) add(this.#inflow, sizes, targets[0], 1)
    }
    this.#largest = free.map((_, s) => movers.reduce((most, m) => Math.max(most, m.sizes[s]), 0))
    this.#largestBulk = movers.reduce((most, m) => Math.max(most, m.bulk), 0)
    this.#key = new Uint16Array(movers.length)
  }

  get steps(): Step[] {
    return this.#steps.map(({ mover, from, to }) => ({ mover, from, to }))
  }

  /** Back to the start. @param restart the choices' order changes with it. */
  begin(restart: number): void {
    this.#undoTo(0)
    this.#random = new Random(restart)
    this.#noise = restart === 0 ? 0 : 0.5 * this.#largestBulk * (1 + (restart % 4))
    this.#parks = this.#budget.parks
    this.#evictions = this.#budget.evictions
    this.#stack = []
    this.#last = this.#enter([])
  }

  /** Goes on for at most `states` states. */
  run(states: number): 'found' | 'exhausted' | 'limit' {
    const until = this.states + states
    while (this.#last !== 'found') {
      const frame = this.#stack.at(-1)
      if (frame === undefined) return 'exhausted'
      if (frame.next === frame.moves.length) {
        this.#leave(frame)
        continue
      }
      if (this.states >= until) return 'limit'
      this.#restore(frame)
      const move = frame.moves[frame.next++]
      this.#last = this.#enter(this.#take(move, frame.pending))
    }
    return 'found'
  }

  #restore(frame: Frame): void {
    this.#undoTo(frame.depth)
    this.#parks = frame.parks
    this.#evictions = frame.evictions
  }

  /** A frame without a way on. */
  #leave(frame: Frame): void {
    this.#stack.pop()
    const value = frame.cut ? frame.parks : Number.POSITIVE_INFINITY
    if (this.#dead.size < MOST_KNOWN || this.#dead.has(frame.key)) this.#dead.set(frame.key, value)
    if (frame.cut || frame.tentative) this.#cutHere()
  }

  #cutHere(): void {
    const above = this.#stack.at(-1)
    if (above === undefined) this.cut = true
    else above.cut = true
  }

  /** Opens the state reached: a frame with its moves, unless it is known, or seen, to have no way on. */
  #enter(pending: readonly Pending[]): 'found' | 'open' | 'dead' {
    this.states++
    const spare = this.#parks + this.#evictions
    if (pending.length > spare + 1) {
      this.#cutHere()
      return 'dead'
    }
    const tentative = pending.length === 0 && this.#takeHarmless()
    if (this.#left === 0) return 'found'
    const key = this.#keyOf(pending)
    const known = this.#dead.get(key)
    if (known !== undefined && known >= this.#parks) {
      if (tentative || known !== Number.POSITIVE_INFINITY) this.#cutHere()
      return 'dead'
    }
    const { asked, evictable } = this.#unfinished()
    const groups = this.#relaxation.deadlocks(this.#standing, asked, evictable)
    if (groups > spare) {
      if (tentative || groups !== Number.POSITIVE_INFINITY) this.#cutHere()
      return 'dead'
    }
    const { frames, cut } = this.#moves(pending, asked, evictable)
    this.#stack.push({
      key,
      moves: frames,
      next: 0,
      depth: this.#steps.length,
      pending,
      parks: this.#parks,
      evictions: this.#evictions,
      cut,
      tentative,
    })
    return 'open'
  }

  #unfinished(): { asked: number[]; evictable: number[] } {
    const asked: number[] = []
    const evictable: number[] = []
    const { movers } = this.#places
    for (let m = 0; m < movers.length; m++) {
      if (this.#standing.stage[m] === 2) continue
      if (movers[m].evictable) evictable.push(m)
      else asked.push(m)
    }
    return { asked, evictable }
  }

  /** Makes arrivals on nodes that have room for all that may still come. True: more VMs stepping aside could make one of them harmful. */
  #takeHarmless(): boolean {
    const { movers } = this.#places
    const { free, stage } = this.#standing
    const spare = this.#parks + this.#evictions
    let tentative = false
    for (let again = true; again; ) {
      again = false
      for (let m = 0; m < movers.length; m++) {
        const { sizes, targets, evictable } = movers[m]
        if (stage[m] === 2 || evictable || targets.length !== 1 || !this.#mayBegin(m)) continue
        const to = targets[0]
        // Of a space that it takes nothing of it leaves what there is.
        const hasFree = (s: number, aside: number) =>
          sizes[s] === 0 || free[s][to] >= this.#inflow[s][to] + aside
        const most = (s: number) => Math.min(spare * this.#largest[s], this.#asideInflow[s][to])
        if (!sizes.every((_, s) => hasFree(s, most(s)))) continue
        if (!sizes.every((_, s) => hasFree(s, this.#asideInflow[s][to]))) tentative = true
        this.#take({ mover: m, to, stage: 2, score: 0 }, [])
        again = true
      }
    }
    return tentative
  }

  /** Are those where they shall be that have to go before it? */
  #mayBegin(m: number): boolean {
    return this.#places.movers[m].after.every((other) => this.#standing.stage[other] === 2)
  }

  /** All moves worth a try, best first, one for VMs that are alike. */
  #moves(
    pending: readonly Pending[],
    asked: readonly number[],
    evictable: readonly number[],
  ): { frames: Move[]; cut: boolean } {
    const { movers } = this.#places
    const { free, at, stage } = this.#standing
    const moves: Move[] = []
    const waiting = this.#waitingByTarget(asked)
    const seen = new Set<number>()
    let cut = false
    const isNew = (m: number) => {
      const kind = (this.#classes[m] * 3 + stage[m]) * free[0].length + at[m]
      if (seen.has(kind)) return false
      seen.add(kind)
      return true
    }
    const consider = (mover: number, to: number, after: 1 | 2, bonus: number) => {
      const { sizes, bulk } = movers[mover]
      const opened = this.#changed(waiting[at[mover]], at[mover], sizes, 1)
      const shut = -this.#changed(waiting[to], to, sizes, -1) - (after === 2 ? bulk : 0)
      const noise = this.#noise === 0 ? 0 : this.#noise * this.#random.unit()
      moves.push({ mover, to, stage: after, score: opened - 0.5 * shut + bonus + noise })
    }
    const spare = this.#parks + this.#evictions
    const wanted = free.map((_, s) => waiting.map((list) => wantedBy(list.map((m) => movers[m].sizes[s]))))
    /** Could what this one frees on its node let something in that does not fit? */
    const isWanted = ({ sizes }: Mover, node: number) => {
      for (let s = 0; s < sizes.length; s++) {
        if (sizes[s] === 0) continue
        const { total, largest } = wanted[s][node]
        if (total + this.#asideInflow[s][node] <= free[s][node]) continue
        const most = spare === 1 ? largest : total + (spare - 1) * this.#largest[s]
        if (most > free[s][node]) return true
        cut = true
      }
      return false
    }
    for (const m of asked) {
      if (!isNew(m) || !this.#mayBegin(m)) continue
      const { sizes, bulk, targets, stops } = movers[m]
      for (const to of targets) {
        if (!hasRoom(free, sizes, to)) continue
        const last = pending[0]
        if (
          last !== undefined &&
          (pending.length > 1 || last.node !== to || fitsWithoutOne(free, sizes, last))
        )
          continue
        consider(m, to, 2, 0.1 * bulk)
      }
      if (stage[m] !== 0 || stops.length === 0) continue
      if (this.#parks === 0) cut = true
      else if (isWanted(movers[m], at[m])) {
        for (const to of stops) if (hasRoom(free, sizes, to)) consider(m, to, 1, -bulk)
      }
    }
    for (const m of evictable) {
      if (this.#evictions === 0 || !isNew(m) || !isWanted(movers[m], at[m])) continue
      const { sizes, bulk, targets } = movers[m]
      for (const to of targets) if (hasRoom(free, sizes, to)) consider(m, to, 2, -2 * bulk)
    }
    return { frames: moves.sort((a, b) => b.score - a.score), cut }
  }

  /** By place: movers that wait for it. */
  #waitingByTarget(asked: readonly number[]): number[][] {
    const waiting: number[][] = Array.from(this.#inflow[0], () => [])
    for (const m of asked) for (const t of this.#places.movers[m].targets) waiting[t].push(m)
    return waiting
  }

  /** Bulk of the waiting that get room on the place where so much is freed there; below 0: that lose it where it is taken. */
  #changed(waiting: readonly number[], place: number, sizes: readonly number[], sign: 1 | -1): number {
    const { free } = this.#standing
    const { movers } = this.#places
    let sum = 0
    for (const m of waiting) {
      const own = movers[m].sizes
      if (hasRoom(free, own, place) !== hasRoomAfter(free, own, place, sizes, sign))
        sum += sign * movers[m].bulk
    }
    return sum
  }

  /** Makes the move; returns what is pending after it. */
  #take({ mover, to, stage }: Move, pending: readonly Pending[]): readonly Pending[] {
    const { sizes, targets, evictable } = this.#places.movers[mover]
    const { free, at } = this.#standing
    const from = at[mover]
    const aside = evictable || stage === 1
    this.#steps.push({ mover, from, to, before: this.#standing.stage[mover] })
    add(free, sizes, from, 1)
    add(free, sizes, to, -1)
    at[mover] = to
    this.#standing.stage[mover] = stage
    if (evictable) this.#evictions--
    else if (stage === 1) this.#parks--
    else {
      this.#left--
      if (targets.length === 1) add(this.#inflow, sizes, to, -1)
    }
    const rest = pending.filter((p) => p.node !== to)
    if (!aside) return rest
    const there = rest.find((p) => p.node === from)
    if (there === undefined) return [...rest, { node: from, least: [sizes] }]
    return rest.map((p) => (p === there ? { node: from, least: withLeast(p.least, sizes) } : p))
  }

  /** Takes steps back; the budget is the caller's to restore. */
  #undoTo(depth: number): void {
    const { free, at, stage } = this.#standing
    while (this.#steps.length > depth) {
      const step = this.#steps.pop()
      if (step === undefined) return
      const { mover, from, to, before } = step
      const { sizes, targets, evictable } = this.#places.movers[mover]
      add(free, sizes, from, -1)
      add(free, sizes, to, 1)
      at[mover] = from
      if (stage[mover] === 2 && !evictable) {
        this.#left++
        if (targets.length === 1) add(this.#inflow, sizes, to, 1)
      }
      stage[mover] = before
    }
  }

  /** How many of each class stand where, what is pending, and how many may still be evicted. */
  #keyOf(pending: readonly Pending[]): string {
    const { at, stage } = this.#standing
    const places = this.#inflow[0].length
    const key = this.#key
    for (let i = 0; i < key.length; i++) {
      const m = this.#byClass[i]
      const code = stage[m] * places + at[m]
      // Insertion among those of its class, so that it does not matter which of them stands where.
      let j = i
      while (j > 0 && this.#classes[this.#byClass[j - 1]] === this.#classes[m] && key[j - 1] > code) {
        key[j] = key[j - 1]
        j--
      }
      key[j] = code
    }
    let text = ''
    for (let i = 0; i < key.length; i++) text += String.fromCharCode(key[i] + 1)
    for (const { node, least } of pending) text += `|${node}:${least}`
    return `${text}|${this.#evictions}`
  }
}

function add(to: readonly Float64Array[], sizes: readonly number[], place: number, sign: number): void {
  for (let s = 0; s < sizes.length; s++) to[s][place] += sign * sizes[s]
}

/** The same as `hasRoom` once so much has been freed there, or taken. */
function hasRoomAfter(
  free: readonly Float64Array[],
  own: readonly number[],
  place: number,
  sizes: readonly number[],
  sign: number,
): boolean {
  for (let s = 0; s < own.length; s++)
    if (own[s] > 0 && free[s][place] + sign * sizes[s] < own[s]) return false
  return true
}

function wantedBy(sizes: readonly number[]): { total: number; largest: number } {
  return {
    total: sizes.reduce((sum, size) => sum + size, 0),
    largest: sizes.reduce((most, size) => Math.max(most, size), 0),
  }
}

/** Would it fit even had one of those that made room for it not left? */
function fitsWithoutOne(
  free: readonly Float64Array[],
  sizes: readonly number[],
  { node, least }: Pending,
): boolean {
  return least.some((left) => sizes.every((size, s) => size === 0 || size <= free[s][node] - left[s]))
}

/** The least ones of these and one more, in an order of their own. */
function withLeast(least: Pending['least'], sizes: readonly number[]): Pending['least'] {
  const isNoLess = (a: readonly number[], b: readonly number[]) => a.every((size, s) => size >= b[s])
  if (least.some((known) => isNoLess(sizes, known))) return least
  const kept = [...least.filter((known) => !isNoLess(known, sizes)), sizes]
  return kept.sort((a, b) => (a.join() < b.join() ? -1 : 1))
}
