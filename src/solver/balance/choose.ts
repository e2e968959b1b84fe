/**
 * Which VMs to migrate so that loads are even: fewest first. A local search over single moves and swaps, then an exact search over sets of
 * migrations, which begins with the fewest that the bound admits: as long as a spread is too wide, a VM has to leave its highest node or to come to its lowest.
 */
import type { Instance } from '../../model/instance.js'
import { leastMigrations, type Movers } from './bound.js'
import type { Loads } from './loads.js'

/** A VM that may be migrated, and where to. */
export interface Mover {
  vm: number
  /** By node: what the migration costs by itself, ticks; only nodes where the VM may go. */
  targets: ReadonlyMap<number, number>
}

export interface Wanted {
  within: number
  /** Infinity: no limit. */
  maxMigrations: number
}

export interface Chosen {
  /** Where each VM goes that is migrated. */
  moves: ReadonlyMap<number, number>
  excess: number
  /** No plan has a smaller excess. */
  excessProven: boolean
  /** None with that excess has fewer migrations. */
  numberProven: boolean
}

/** Migrations that are made at once, and what comes of them. */
interface Step {
  step: (readonly [number, number])[]
  excess: number
  unevenness: number
  cost: number
}

/** Shares nearer than this are the same. */
const TOLERANCE = 1e-9

/** A set of migrations, and whether it may grow by one. */
class Choice {
  readonly loads: Loads
  readonly moves = new Map<number, number>()
  readonly #instance: Instance
  readonly #home: Int32Array
  /** By space: [N] what is taken of it. */
  readonly #used: readonly Float64Array[]
  /** [N] VMs that have come. */
  readonly #arrived: Int32Array
  /** By group: VMs of it at each place. */
  readonly #members: readonly Map<number, number>[]

  constructor(instance: Instance, loads: Loads) {
    const { spaces, groups, nodeCount, vmCount, vmNode } = instance
    this.#instance = instance
    this.loads = loads
    this.#home = loads.end.slice()
    this.#used = spaces.map(() => new Float64Array(nodeCount))
    this.#arrived = new Int32Array(nodeCount)
    this.#members = groups.map(() => new Map())
    for (let vm = 0; vm < vmCount; vm++) {
      this.#take(vm, loads.end[vm], 1)
      if (loads.end[vm] !== vmNode[vm]) this.#arrived[loads.end[vm]]++
    }
  }

  #take(vm: number, node: number, by: 1 | -1): void {
    const { spaces, vmGroups, groupPlaces } = this.#instance
    spaces.forEach(({ size }, s) => {
      this.#used[s][node] += by * size[vm]
    })
    for (const group of vmGroups[vm]) {
      const place = groupPlaces[group][node]
      this.#members[group].set(place, (this.#members[group].get(place) ?? 0) + by)
    }
  }

  home(vm: number): number {
    return this.#home[vm]
  }

  /** Puts the VM there; home is no migration. */
  put(vm: number, node: number): void {
    const from = this.loads.end[vm]
    if (from !== this.#home[vm]) this.#arrived[from]--
    if (node !== this.#home[vm]) this.#arrived[node]++
    this.#take(vm, from, -1)
    this.#take(vm, node, 1)
    this.loads.move(vm, node)
    if (node === this.#home[vm]) this.moves.delete(vm)
    else this.moves.set(vm, node)
  }

  /** Nothing that something has come to holds more than arrivals may make it, and no VM that is migrated meets one of its groups. */
  fits(): boolean {
    const { spaces, vmGroups, groupPlaces } = this.#instance
    const isFull = (node: number) => spaces.some(({ capacity }, s) => this.#used[s][node] > capacity[node])
    if (this.#arrived.some((count, node) => count > 0 && isFull(node))) return false
    for (const [vm, node] of this.moves)
      for (const group of vmGroups[vm])
        if (this.#members[group].get(groupPlaces[group][node])! > 1) return false
    return true
  }
}

export class BalanceSearch {
  readonly #choice: Choice
  readonly #movers: ReadonlyMap<number, Mover>
  readonly #movable: readonly number[]
  readonly #asked: readonly number[]
  readonly #wanted: Wanted
  #looks: number

  /**
   * @param loads with the VMs that are asked for where they end.
   * @param asked VMs that are asked for: what is proven of the others holds only without them.
   * @param looks at sets of migrations that the exact search may take.
   */
  constructor(
    instance: Instance,
    loads: Loads,
    movers: readonly Mover[],
    asked: readonly number[],
    wanted: Wanted,
    looks: number,
  ) {
    this.#choice = new Choice(instance, loads)
    this.#movers = new Map(movers.map((mover) => [mover.vm, mover]))
    this.#movable = movers.map(({ vm }) => vm)
    this.#asked = asked
    this.#wanted = wanted
    this.#looks = looks
  }

  choose(): Chosen {
    this.#improve()
    this.#prune()
    let best = this.#snapshot()
    const alone = this.#asked.length === 0
    // What is still above the limit: less, with as many migrations as there may be.
    let excessProven = best.excess <= TOLERANCE
    const { maxMigrations, within } = this.#wanted
    while (!excessProven) {
      const found = this.#exact(within + best.excess - 10 * TOLERANCE, 0, maxMigrations)
      if (found === 'exhausted') excessProven = alone
      if (found === 'exhausted' || found === 'cut') break
      best = found
      excessProven = best.excess <= TOLERANCE
    }
    const spread = within + best.excess + TOLERANCE
    const bound = this.#bound(spread)
    let numberProven = bound >= best.moves.size
    if (!numberProven) {
      const found = this.#exact(spread, bound, best.moves.size - 1)
      if (found === 'exhausted') numberProven = alone
      else if (found !== 'cut') {
        best = { ...found, excess: Math.max(0, found.excess) }
        numberProven = alone
      }
    }
    this.#restore(best.moves)
    this.#cheapen(spread)
    return { moves: new Map(this.#choice.moves), excess: best.excess, excessProven, numberProven }
  }

  #snapshot(): { moves: Map<number, number>; excess: number } {
    const { loads, moves } = this.#choice
    return { moves: new Map(moves), excess: loads.excess(this.#wanted.within) }
  }

  #restore(moves: ReadonlyMap<number, number>): void {
    for (const vm of [...this.#choice.moves.keys()]) this.#choice.put(vm, this.#choice.home(vm))
    for (const [vm, node] of moves) this.#choice.put(vm, node)
  }

  #bound(spread: number): number {
    const movers: Movers = { movable: this.#movable, asked: this.#asked }
    const kept = new Map(this.#choice.moves)
    this.#restore(new Map())
    const least = leastMigrations(this.#choice.loads, movers, spread)
    this.#restore(kept)
    return least
  }

  /** Single moves between the ends of the worst spread, and swaps between them, as long as one helps. */
  #improve(): void {
    const { loads } = this.#choice
    for (let guard = 4 * this.#movable.length + 8; guard > 0; guard--) {
      const excess = loads.excess(this.#wanted.within)
      if (excess <= TOLERANCE) return
      const step = this.#bestStep(excess)
      if (step === undefined) return
      for (const [vm, node] of step) this.#choice.put(vm, node)
    }
  }

  #bestStep(excess: number): (readonly [number, number])[] | undefined {
    const choice = this.#choice
    const { loads } = choice
    const worst = this.#worstMetric()
    const { high, low } = loads.spread(worst)
    const found: { best: Step | undefined } = { best: undefined }
    const before = loads.unevenness()
    const consider = (step: (readonly [number, number])[], cost: number) => {
      const back = step.map(([vm]) => [vm, loads.end[vm]] as const)
      for (const [vm, node] of step) choice.put(vm, node)
      const isAllowed = choice.moves.size <= this.#wanted.maxMigrations && choice.fits()
      const after = { excess: loads.excess(this.#wanted.within), unevenness: loads.unevenness() }
      for (const [vm, node] of back) choice.put(vm, node)
      const helps =
        after.excess < excess - TOLERANCE ||
        (after.excess <= excess + TOLERANCE && after.unevenness < before - TOLERANCE)
      if (!isAllowed || !helps) return
      const { best } = found
      const isBetter =
        best === undefined ||
        after.excess < best.excess - TOLERANCE ||
        (after.excess <= best.excess + TOLERANCE &&
          (after.unevenness < best.unevenness - TOLERANCE ||
            (after.unevenness <= best.unevenness + TOLERANCE && cost < best.cost)))
      if (isBetter) found.best = { step, ...after, cost }
    }
    for (const vm of this.#movable) {
      const at = loads.end[vm]
      if (at === high) for (const [node, cost] of this.#waysOf(vm)) consider([[vm, node]], cost)
      if (at !== high && at !== low) {
        const cost = this.#waysOf(vm).get(low)
        if (cost !== undefined) consider([[vm, low]], cost)
      }
    }
    const single: Step | undefined = found.best
    if (single !== undefined) return single.step
    const there = this.#movable.filter((vm) => loads.end[vm] === high && this.#waysOf(vm).has(low))
    const here = this.#movable.filter((vm) => loads.end[vm] === low && this.#waysOf(vm).has(high))
    for (const a of there)
      for (const b of here)
        consider(
          [
            [a, low],
            [b, high],
          ],
          this.#waysOf(a).get(low)! + this.#waysOf(b).get(high)!,
        )
    return (found.best as Step | undefined)?.step
  }

  /** Where the VM may stand, home included. */
  #waysOf(vm: number): ReadonlyMap<number, number> {
    const { targets } = this.#movers.get(vm)!
    return this.#choice.moves.has(vm) ? new Map([...targets, [this.#choice.home(vm), 0]]) : targets
  }

  #worstMetric(): number {
    const { loads } = this.#choice
    let worst = 0
    loads.metrics.forEach((_, m) => {
      if (loads.spread(m).spread > loads.spread(worst).spread) worst = m
    })
    return worst
  }

  /** Takes back what is not needed. */
  #prune(): void {
    const { loads, moves } = this.#choice
    const allowed = Math.max(TOLERANCE, loads.excess(this.#wanted.within) + TOLERANCE)
    for (const [vm, node] of [...moves]) {
      this.#choice.put(vm, this.#choice.home(vm))
      if (loads.excess(this.#wanted.within) > allowed || !this.#choice.fits()) this.#choice.put(vm, node)
    }
  }

  /** One target for another of the same VM, or one VM for another, where that costs less and the spread allows it. */
  #cheapen(spread: number): void {
    const choice = this.#choice
    const { loads } = choice
    const isWithin = () => loads.metrics.every((_, m) => loads.spread(m).spread <= spread) && choice.fits()
    for (const [vm, node] of [...choice.moves]) {
      let best: { vm: number; node: number; cost: number } = {
        vm,
        node,
        cost: this.#movers.get(vm)!.targets.get(node)!,
      }
      choice.put(vm, choice.home(vm))
      for (const other of this.#movable) {
        if (choice.moves.has(other)) continue
        for (const [to, cost] of this.#movers.get(other)!.targets) {
          if (cost >= best.cost) continue
          choice.put(other, to)
          if (isWithin()) best = { vm: other, node: to, cost }
          choice.put(other, choice.home(other))
        }
      }
      choice.put(best.vm, best.node)
    }
  }

  /** A set of at least `least` and at most `most` migrations with that spread; fewest first. */
  #exact(
    spread: number,
    least: number,
    most: number,
  ): { moves: Map<number, number>; excess: number } | 'exhausted' | 'cut' {
    this.#restore(new Map())
    const limit = Math.min(most, this.#movable.length)
    for (let count = Math.max(least, this.#bound(spread)); count <= limit; count++) {
      const found = this.#extend(spread, count, new Set())
      if (found === 'found') return this.#snapshot()
      if (found === 'cut') {
        this.#restore(new Map())
        return 'cut'
      }
    }
    return 'exhausted'
  }

  /** @param settled VMs that stay where they are: sets with them have been looked at. */
  #extend(spread: number, left: number, settled: Set<number>): 'found' | 'none' | 'cut' {
    const choice = this.#choice
    const { loads } = choice
    const worst = loads.metrics.findIndex((_, m) => loads.spread(m).spread > spread)
    if (worst < 0) return choice.fits() ? 'found' : 'none'
    if (left === 0) return 'none'
    if (this.#looks-- <= 0) return 'cut'
    const free = this.#movable.filter((vm) => !choice.moves.has(vm) && !settled.has(vm))
    if (leastMigrations(loads, { movable: free, asked: [] }, spread) > left) return 'none'
    const { high, low } = loads.spread(worst)
    const tried: number[] = []
    for (const vm of free) {
      const at = loads.end[vm]
      const { targets } = this.#movers.get(vm)!
      const nodes = at === high ? [...targets.keys()] : at !== low && targets.has(low) ? [low] : []
      for (const node of nodes) {
        choice.put(vm, node)
        const found = this.#extend(spread, left - 1, settled)
        if (found === 'found') return found
        choice.put(vm, choice.home(vm))
        if (found === 'cut') {
          for (const each of tried) settled.delete(each)
          return found
        }
      }
      // All sets with this VM on its way have been looked at, but for those that bring one of the high node's elsewhere to the low one.
      if (at === high) {
        settled.add(vm)
        tried.push(vm)
      }
    }
    for (const each of tried) settled.delete(each)
    return 'none'
  }
}
