/**
 * The order of the nodes and the settings of the decoder, searched for together: many of either at random, then annealing from the best, one
 * thing changed at a time. Less weight left undone counts first, then cost.
 */
import { Random } from '../random.js'
import type { Run } from '../run.js'
import { type Decoded, decode } from './decoder.js'
import { withoutLateReturns } from './late-returns.js'
import type { Night } from './night.js'
import { FIRST, type Settings, TIGHT } from './settings.js'

export interface Found {
  night: Night
  decoded: Decoded
  order: number[]
  settings: Settings
}

type Choices = { readonly [Key in keyof Settings]?: readonly Settings[Key][] }

const CHOICES: Choices = {
  lead: [0.6, 0.9, 1, 1.1, 1.3, 1.6, 2.5, 5, 1e6],
  skip: [0, 1, 2, 3],
  wait: [0.005, 0.02, 0.1, 0.5, 1],
  window: [0, 0.1, 0.5, 1, 2],
  busy: [0, 0.02, 0.2, 0.5, 1],
  again: [0, 0.2, 0.5, 1, 2],
  fit: [-2, -0.5, 0, 0.5, 2],
  noise: [0, 0.05, 0.2, 0.5, 1, 3],
  small: [0, 1],
  slowFirst: [0, 1, 1, 2],
  exchange: [true, true, false],
  retFirst: [false, true],
  homing: [1, 1, 0.5, 0, 0],
  calm: [false, true],
  noWork: [false, true],
  partial: [true, true, false],
  turn: [true, false],
  through: [false, false, true],
  width: [0, 1],
  asideNodes: [3, 6, 12],
}

/** Is a better than b? Of equals the one with fewer migrations is. */
export function isBetter(a: Decoded, b: Decoded): boolean {
  if (a.left !== b.left) return a.left < b.left
  if (a.uncovered !== b.uncovered) return a.uncovered < b.uncovered
  return a.cost !== b.cost ? a.cost < b.cost : a.state.legVm.length < b.state.legVm.length
}

/** Where settings come from: all drawn at random, or what has proved good, some of it drawn anew. */
type Way = 'any' | 'first' | 'tight' | 'best'
const WAYS: readonly Way[] = ['any', 'first', 'tight', 'best']

/** Share of the work that is left for annealing. */
const ANNEALED = 1 / 3

/** Before that many the best so far say little. */
const FIRST_LOOKS = 12

/** Plans that cost so much more than the best are not annealed, as a part of it. */
const POOLED = 0.1

/** Of steps up that many times the heat one in 400 is taken: steps beyond are not finished. */
const REACH = 6

/** A night that takes so many times the work of the first is not worth it. */
const OUTLIER = 5

export interface SearchTask {
  /** Looks that it may take. */
  work: number
  /** Nodes whose works some plan may do. */
  open: readonly number[]
  /** Is the plan good enough to stop? */
  meets: (found: Found) => boolean
  /** Hears of each plan that is better than those before. */
  tell: (found: Found) => void
}

/** @param nights in which migrations take more of the links, or less: of each kind one */
export async function search(
  nights: readonly Night[],
  run: Run,
  { work, open, meets, tell }: SearchTask,
): Promise<Found> {
  const [night] = nights
  const random = new Random(run.options.seed)
  const usual = nights.map(usualTicks)
  const orders = firstOrders(night, open)
  let left = work
  let most = work
  /** @param margin above that cost a plan is of no use, as a part of it */
  const evaluate = (order: number[], settings: Settings, from?: Decoded, margin = 0): Found => {
    const width = settings.width % nights.length
    const at = nights[width]
    const latest =
      from?.left === 0 && from.uncovered === 0 ? from.cost * (1 + margin) : Number.POSITIVE_INFINITY
    const decoded = withoutLateReturns(at, decode(at, order, settings, usual[width], most, latest))
    left -= decoded.work
    run.count('evaluations')
    return { decoded, order, settings, night: at }
  }
  let best = evaluate(orders[0], FIRST)
  const take = (found: Found) => {
    if (isBetter(found.decoded, best.decoded)) {
      best = found
      tell(best)
    }
    return found
  }
  // Where groups break, ones that surely are plans.
  for (const order of [orders[0], []])
    if (best.decoded.left >= night.allWeight) take(evaluate(order, { ...FIRST, timid: true }))
  // A wide look takes most of the work: no setting is best everywhere, and from a bad one annealing does not come back.
  const pool: Found[] = [best]
  let bestWay: Way = 'any'
  if (!meets(best)) pool.push(take(evaluate(orders[0], TIGHT)))
  most = OUTLIER * best.decoded.work + 20_000
  for (let i = 1; left > ANNEALED * work && !meets(best); i++) {
    if (await run.breathe()) return best
    const way: Way = random.below(2) === 0 ? bestWay : pick(WAYS, random)
    const elite = way === 'best' && i > FIRST_LOOKS ? pick(pool, random) : undefined
    const order =
      elite !== undefined
        ? shuffled([elite.order], random)
        : i < 3 * orders.length
          ? orders[i % orders.length]
          : shuffled(orders, random)
    const from = elite?.settings ?? (way === 'tight' ? TIGHT : FIRST)
    const share = way === 'any' ? 1 : pick([0.15, 0.5], random)
    const found = evaluate(order, randomSettings(night, from, share, random), best.decoded, POOLED)
    if (isBetter(found.decoded, best.decoded)) bestWay = way
    pool.push(take(found))
    if (pool.length > 12) {
      pool.sort((a, b) => (isBetter(a.decoded, b.decoded) ? -1 : 1))
      pool.length = 6
    }
  }
  pool.sort((a, b) => (isBetter(a.decoded, b.decoded) ? -1 : 1))
  const starts = pool.slice(0, 3)
  const share = left / starts.length
  for (const [s, start] of starts.entries()) {
    let current = s === 0 ? best : start
    const until = left - share
    const whole = left - until
    while (left > until && !meets(best)) {
      if (await run.breathe()) return best
      const heat = 0.02 * ((left - until) / whole) ** 2
      const next = take(evaluate(...changed(night, open, current, random), current.decoded, REACH * heat))
      const more = next.decoded.cost - current.decoded.cost
      const worse =
        next.decoded.left - current.decoded.left || next.decoded.uncovered - current.decoded.uncovered
      if (
        worse < 0 ||
        (worse === 0 && (more <= 0 || random.unit() < Math.exp(-more / (heat * current.decoded.cost))))
      )
        current = next
    }
  }
  return best
}

/** Ticks of a migration of middle length. */
export function usualTicks(night: Night): number {
  let sum = 0
  let count = 0
  const { vmNode } = night.instance
  for (let v = 0; v < night.vms; v++) {
    if (night.role[v] === 0 || night.nodes < 2) continue
    sum += night.ticks(v, vmNode[v], vmNode[v] === 0 ? 1 : 0)
    count++
  }
  return count === 0 ? 1000 : sum / count
}

/** Orders that are good for one reason or another: as asked, emptiest first, longest work first, first to be closed first. */
function firstOrders(night: Night, open: readonly number[]): number[][] {
  const { capacity, held, workTicks, workClosed, earliest } = night
  const nodes = [...open]
  const by = (key: (n: number) => number) => [...nodes].sort((a, b) => key(a) - key(b))
  const closes = (n: number) => {
    const i = workClosed[n].findIndex((t, k) => k % 2 === 0 && t > 0)
    return i < 0 ? Number.MAX_SAFE_INTEGER : workClosed[n][i]
  }
  return [
    nodes,
    by((n) => held[n]),
    by((n) => -held[n]),
    by((n) => -workTicks[n]),
    by((n) => workTicks[n]),
    by((n) => held[n] - capacity[n]),
    by(closes),
    by((n) => earliest[n]),
  ]
}

function shuffled(orders: readonly number[][], random: Random): number[] {
  const order = [...orders[random.below(orders.length)]]
  const swaps = random.below(3) === 0 ? order.length : 1 + random.below(3)
  for (let i = 0; i < swaps && order.length > 1; i++) {
    const [a, b] = [random.below(order.length), random.below(order.length)]
    ;[order[a], order[b]] = [order[b], order[a]]
  }
  return order
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)]
}

function randomAhead(night: Night, random: Random): number {
  return 1 + random.below(Math.min(2 * night.crews + 2, night.worked.length + 1))
}

/** @param share of what is drawn anew */
function randomSettings(night: Night, from: Settings, share: number, random: Random): Settings {
  const settings: Settings = { ...from, seed: random.u32() }
  if (random.unit() < share) settings.ahead = randomAhead(night, random)
  for (const [key, list] of Object.entries(CHOICES))
    if (random.unit() < share) Object.assign(settings, { [key]: pick<unknown>(list, random) })
  return settings
}

function changed(
  night: Night,
  open: readonly number[],
  { decoded, order, settings }: Found,
  random: Random,
): [number[], Settings] {
  const next = { ...settings }
  const moved = [...order]
  // Where not all works can be done, others may be left out than the decoder gives up.
  if (decoded.left > 0 && open.length > 0 && random.below(5) === 0) {
    const n = open[random.below(open.length)]
    const i = moved.indexOf(n)
    if (i >= 0) moved.splice(i, 1)
    else moved.splice(random.below(moved.length + 1), 0, n)
    return [moved, next]
  }
  const what = random.below(10)
  if (what < 5 && order.length > 1) {
    const a = random.below(order.length)
    const near = random.below(2) === 0
    const b = near
      ? Math.min(order.length - 1, Math.max(0, a + random.below(7) - 3))
      : random.below(order.length)
    if (random.below(2) === 0) [moved[a], moved[b]] = [moved[b], moved[a]]
    else moved.splice(b, 0, ...moved.splice(a, 1))
  } else if (what < 8) {
    next.seed = random.u32()
    if (next.noise === 0) next.noise = 0.05
  } else if (what === 8) next.ahead = randomAhead(night, random)
  else {
    const keys = Object.keys(CHOICES)
    const key = keys[random.below(keys.length)] as keyof Choices
    Object.assign(next, { [key]: pick<unknown>(CHOICES[key]!, random) })
  }
  return [moved, next]
}
