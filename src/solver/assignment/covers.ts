/**
 * Cover cuts (Balas 1975; Wolsey 1975). A VM is whole: of VMs that are too much for a node together, one at least is not there, where the LP
 * would send a part of each. The same holds for nodes together, of VMs that have only these to go to, and for the weight that may stay: where
 * it is enough for two VMs and a half, two stay. A cut follows from sizes alone, so that it holds in every master over the same classes.
 */
import type { Master } from './master.js'

/** What a cover must exceed its capacity by: more than float sums may lose. Sizes are some units of 2^10 MiB. */
const EXCESS = 1e-6
/** An LP's distribution breaks a cut that is worth having by more than this. */
const VIOLATION = 1e-4

/** Σ value·x ≤ limit, over the columns by class and choice. */
export interface CoverCut {
  limit: number
  /** By class: what a member counts that takes one of these choices. */
  terms: { class: number; choices: ReadonlySet<number>; value: number }[]
}

/** The members of a class before a capacity: what each adds to it by taking one of the choices that add the most. */
interface Items {
  class: number
  choices: ReadonlySet<number>
  count: number
  size: number
  /** Share of each member that takes one of them. */
  share: number
}

interface Capacity {
  capacity: number
  items: Items[]
}

/** Adds the cut to a master over the same classes. */
export function addCut(master: Master, { limit, terms }: CoverCut): void {
  const row = master.limit.push(limit) - 1
  master.makespanValue.push(0)
  master.workNode.push(-1)
  for (const { class: k, choices, value } of terms)
    for (const j of master.columnsOf[k]) {
      const column = master.columns[j]
      if (!choices.has(column.choice)) continue
      column.rows.push(row)
      column.values.push(value)
    }
}

/** Orders in which a cover is filled, the least first: by what is left of the share for its size, and by that alone, large or small ones first. */
const ORDERS: ((item: Items) => number)[] = [
  ({ share, size }) => (1 - share) / size,
  ({ share, size }) => 1 - share - 1e-9 * size,
  ({ share, size }) => 1 - share + 1e-9 * size,
]

export class CoverCuts {
  readonly #capacities: readonly Capacity[]

  /** @param widest a master with every column that any of those has to which cuts are added. */
  constructor(widest: Master) {
    this.#capacities = widest.capacities.map((rows) => capacityOf(widest, rows))
  }

  /** Cuts that a master's distribution breaks, some for each capacity. @param shares [columns] members that take each. */
  brokenBy({ columns, columnsOf }: Master, shares: Float64Array): CoverCut[] {
    const cuts = new Map<string, CoverCut>()
    for (const { capacity, items } of this.#capacities) {
      for (const item of items) {
        const taken = columnsOf[item.class].filter((j) => item.choices.has(columns[j].choice))
        item.share = taken.reduce((sum, j) => sum + shares[j], 0) / item.count
      }
      for (const order of ORDERS) {
        const cut = cutOf(items, coverOf(items, capacity, order))
        if (cut !== undefined) cuts.set(keyOf(cut), cut)
      }
    }
    return [...cuts.values()]
  }
}

/** The sum of the rows as a capacity for items: what a class adds in any case is taken from it. */
function capacityOf(
  { columns, columnsOf, sizes, limit, classes }: Master,
  rows: readonly number[],
): Capacity {
  const counted = new Set(rows)
  let capacity = rows.reduce((sum, r) => sum + limit[r], 0)
  const items: Items[] = []
  for (let k = 0; k < classes.length; k++) {
    if (columnsOf[k].length === 0) continue
    const added = columnsOf[k].map((j) =>
      columns[j].rows.reduce((sum, r, i) => (counted.has(r) ? sum + columns[j].values[i] : sum), 0),
    )
    const least = added.reduce((low, each) => Math.min(low, each))
    const size = added.reduce((high, each) => Math.max(high, each)) - least
    capacity -= sizes[k] * least
    if (size <= EXCESS) continue
    const most = columnsOf[k].filter((_, i) => added[i] - least >= size - EXCESS)
    const choices = new Set(most.map((j) => columns[j].choice))
    // A choice may stand in several columns; one of them that adds less would count too much.
    const less = columnsOf[k].some((j) => choices.has(columns[j].choice) && !most.includes(j))
    if (!less) items.push({ class: k, choices, count: sizes[k], size: size - EXCESS, share: 0 })
  }
  return { capacity, items }
}

/** How many members of each of the items are in a cover that needs all of them; undefined: all together fit. */
function coverOf(
  items: readonly Items[],
  capacity: number,
  order: (item: Items) => number,
): Map<Items, number> | undefined {
  const cover = new Map<Items, number>()
  let sum = 0
  for (const item of [...items].sort((a, b) => order(a) - order(b) || a.class - b.class)) {
    const missing = Math.floor((capacity + EXCESS - sum) / item.size) + 1
    const taken = Math.min(item.count, Math.max(0, missing))
    if (taken > 0) cover.set(item, taken)
    sum += taken * item.size
    if (sum > capacity + EXCESS) break
  }
  if (sum <= capacity + EXCESS) return undefined
  for (const item of [...cover.keys()].sort((a, b) => a.share - b.share || a.class - b.class)) {
    const spare = Math.min(cover.get(item) ?? 0, Math.ceil((sum - capacity - EXCESS) / item.size) - 1)
    if (spare <= 0) continue
    sum -= spare * item.size
    const left = (cover.get(item) ?? 0) - spare
    if (left > 0) cover.set(item, left)
    else cover.delete(item)
  }
  return cover
}

/**
 * The cut of a cover, where the distribution breaks it. Outside of the cover a member counts as many as there are of the largest of the cover that
 * it is as large as together (Balas 1975). Which members of a class are in the cover is all the same: the mean over all ways to pick them.
 */
function cutOf(items: readonly Items[], cover: ReadonlyMap<Items, number> | undefined): CoverCut | undefined {
  if (cover === undefined) return undefined
  const largest: number[] = []
  for (const [{ size }, count] of cover) for (let i = 0; i < count; i++) largest.push(size)
  largest.sort((a, b) => b - a)
  const limit = largest.length - 1
  const reach = [0]
  for (const size of largest) reach.push(reach[reach.length - 1] + size)
  const terms: CoverCut['terms'] = []
  let sum = 0
  for (const item of items) {
    const inside = cover.get(item) ?? 0
    let outside = 0
    while (outside < limit && reach[outside + 1] <= item.size) outside++
    const value = (inside + (item.count - inside) * outside) / item.count
    if (value === 0) continue
    sum += value * item.count * item.share
    terms.push({ class: item.class, choices: item.choices, value })
  }
  return sum > limit + VIOLATION ? { limit, terms } : undefined
}

function keyOf({ limit, terms }: CoverCut): string {
  return [limit, ...terms.map((t) => `${t.class}:${t.value}:${[...t.choices].join()}`)].join(';')
}
