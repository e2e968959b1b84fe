/**
 * The LP over rounds (set covering by column generation): every task in a round, every round paid for with the time that it takes,
 * which is at least its longest member's. At a trial makespan T the master asks by what factor θ all time before T (and the right
 * to cross a window's edge) would have to be stretched to hold rounds for all tasks; θ > 1 refutes T. Its dual prices are π of a task,
 * μ of a tick in each cell of time, σ of crossing a cut, and by weak duality *any* of them give
 *
 *     Σ π  >  ρ · (∫₀ᵀ μ dt + Σ σ)   refutes T,   where no round is worth more than ρ times its time,
 *
 * and, with one cell, makespan ≥ Σ π ÷ (ρ · μ). Only that counts: the LP proposes prices, the kernel finds ρ exactly, in integers.
 * (Weighted colouring by set covering: Malaguti, Monaci & Toth 2009, there of vertices.)
 */
import type { Kernel } from '../../kernel/types.js'
import type { LpService } from '../../lp/types.js'
import { MAX_TICK } from '../../model/ticks.js'
import type { Rounds, RoundsProblem } from '../rounds/problem.js'
import type { Run } from '../run.js'
import { Cells, cutsOf, ends } from './rounds-cells.js'
import { ColumnPool } from './rounds-columns.js'
import { type PricedRound, RoundsPricer } from './rounds-pricing.js'

/** Largest integer price; the kernel's matching takes up to 2^29. */
const PRICE_SCALE = 2 ** 28
/** One in this many is more than what a comparison of two products of doubles can be wrong by. */
const COMPARED = 2n ** 44n

export interface RoundsLpOptions {
  /** Ticks, > 0: a bound that holds. */
  known: number
  /** Ticks: a makespan that was reached; no bound above it is needed. */
  enough: number
  /** Cells of time, ≥ 1; 1 leaves windows out. */
  cells: number
  /** Masters solved over cells, in all; each round of column generation is one. */
  maxSolves: number
  /** Rounds to begin with. */
  rounds: Rounds
}

export interface RoundsLpResult {
  /** Ticks, certified: no schedule of rounds for these tasks ends earlier. */
  bound: number
  /** [tasks] ticks: no round's sum exceeds its longest member, windows or not. Undefined where there was no LP without windows. */
  prices: Float64Array | undefined
  /** Rounds (classes, with repeats) that the last master without windows used, most used first. */
  used: number[][]
  /** `''`, or why it was left out or ended early. */
  note: string
}

/** Certified bounds from the LP over rounds; first without windows, then cell by cell between `known` and `enough`. */
export async function roundsLpBound(
  kernel: Kernel,
  lp: LpService,
  run: Run,
  problem: RoundsProblem,
  options: RoundsLpOptions,
): Promise<RoundsLpResult> {
  const limits = run.parameters.bounds
  const result: RoundsLpResult = { bound: options.known, prices: undefined, used: [], note: '' }
  if (problem.classes.length > limits.roundsMostClasses) {
    result.note = `left out: ${problem.classes.length} kinds of migration`
    return result
  }
  const pricer = new RoundsPricer(kernel, problem)
  if (pricer.edgeCount > limits.roundsMostEdges) {
    result.note = `left out: ${pricer.edgeCount} pairs of slots`
    return result
  }
  const over = { lp, run, problem, pricer }
  const pool = new ColumnPool(problem)
  for (const round of options.rounds) pool.add({ first: 0, last: 0 }, round)
  const always = new Cells(problem, [0], MAX_TICK)
  const solvesByClasses = Math.ceil(limits.roundsFreeSolvesByClasses / problem.classes.length)
  const free = { solves: Math.min(limits.roundsFreeSolves, solvesByClasses) }
  const whole = await solveMaster(over, pool, always, options.known, options.enough, free)
  result.note = whole.note
  result.used = whole.used
  if (whole.prices !== undefined) {
    result.prices = certifiedPrices(kernel, problem, whole.prices)
    result.bound = Math.max(result.bound, Math.min(whole.bound, options.enough))
  }
  const grid = options.cells > 1 ? cutsOf(problem, options.enough, options.cells) : [0]
  run.count('columns', pool.size)
  if (grid.length > 1) await refuteTrials(over, grid, options.enough, result, { solves: options.maxSolves })
  return result
}

interface LpOverRounds {
  lp: LpService
  run: Run
  problem: RoundsProblem
  pricer: RoundsPricer
}

/** Raises `result.bound` by refuting trial makespans; nearer to the bound than to the incumbent, which resists at more cost. */
async function refuteTrials(
  over: LpOverRounds,
  grid: readonly number[],
  enough: number,
  result: RoundsLpResult,
  budget: { solves: number },
): Promise<void> {
  const { run, problem } = over
  const pool = new ColumnPool(problem)
  // From here on up, trials have resisted.
  let resisted = enough
  while (
    resisted - result.bound > run.parameters.bounds.roundsPrecision * resisted &&
    budget.solves > 0 &&
    !run.stopped
  ) {
    const trial = result.bound + Math.floor((resisted - result.bound - 1) / 3)
    const cells = new Cells(problem, grid, trial)
    const outcome = await solveMaster(over, pool, cells, result.bound, enough, budget)
    if (outcome.note !== '') result.note = outcome.note
    if (outcome.refuted) result.bound = trial + 1
    else resisted = trial
  }
  run.count('columns', pool.size)
}

interface MasterOutcome {
  /** One cell: certified bound, ticks. */
  bound: number
  /** [classes] π ÷ (ρ μ) of the best bound of one cell, ticks. */
  prices: Float64Array | undefined
  /** Several cells: nothing is done by their end. */
  refuted: boolean
  used: number[][]
  note: string
}

async function solveMaster(
  { lp, run, problem, pricer }: LpOverRounds,
  pool: ColumnPool,
  cells: Cells,
  known: number,
  enough: number,
  budget: { solves: number },
): Promise<MasterOutcome> {
  const outcome: MasterOutcome = { bound: 0, prices: undefined, refuted: false, used: [], note: '' }
  const single = cells.count === 1
  // Ticks that make coefficients near 1.
  const unit = single ? Math.max(1, enough) : cells.cuts[cells.count]
  const { classes } = problem
  if (classes.some((_, c) => !cells.fits(c, { first: 0, last: cells.count - 1 }))) {
    outcome.refuted = !single
    return outcome
  }
  pool.seed(cells)
  const profit = new Float64Array(classes.length + 2 * cells.count)
  classes.forEach(({ tasks }, c) => {
    profit[c] = tasks.length
  })
  const master = await lp.createDualMaster(profit, single ? {} : { backend: 'highs' })
  const { roundsSmoothing, roundsAdded } = run.parameters.bounds
  try {
    const sent: number[] = []
    let done = 0
    let centre: Float64Array | undefined
    let centreValue = 0
    let going = true
    while (going && budget.solves > 0) {
      budget.solves--
      const solution = await master.addRowsAndSolve(pool.asRows(cells, unit, done, sent))
      run.countLp(solution)
      if (solution.status !== 'optimal') {
        outcome.note = `ended early: the master was ${solution.status}`
        break
      }
      done = pool.size
      outcome.used = pool.used(sent, solution.dual)
      // More columns only lower the master's value: θ ≤ 1 can refute nothing, and one cell gives no bound above θ.
      const reachable = Math.ceil(solution.objective * unit - 1e-6)
      if (single ? Math.max(outcome.bound, known) >= reachable : solution.objective <= 1) break
      going = false
      for (const share of centre === undefined ? [0] : [roundsSmoothing, 0]) {
        const point = profit.map((_, i) => valid(solution.x[i]) * (1 - share) + (centre?.[i] ?? 0) * share)
        const certificate = certify(pricer, problem, cells, unit, point)
        const { need, have } = certificate
        if (!single && need > have) {
          outcome.refuted = true
          return outcome
        }
        if (single && have > 0n) {
          const bound = Number(ceilDivide(need * BigInt(unit), have))
          if (bound > outcome.bound) {
            outcome.bound = bound
            const ticks = unit / Number(have)
            outcome.prices = certificate.prices.map((p) => p * Number(certificate.grain) * ticks)
          }
        }
        const reached = have > 0n ? Number(need) / Number(have) : 0
        if (centre === undefined || reached > centreValue) {
          centre = point
          centreValue = reached
        }
        const { rounds } = certificate
        rounds.sort((a, b) => b.ratio - a.ratio)
        for (const { span, members, length } of rounds.slice(0, roundsAdded)) {
          const taken = ends(cells, span, length, certificate.cell)
          const early = taken === undefined || taken.last === 0 || taken.first === cells.length(span.first)
          going = pool.add(span, members, early) || going
        }
        if (going) break
      }
      if (single && outcome.bound >= enough) break
      if (await run.breathe()) break
    }
  } finally {
    await master.dispose()
  }
  return outcome
}

/** What the LP layer calls a price: nothing that is none. */
function valid(value: number | undefined): number {
  return value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY ? value : 0
}

interface Certificate {
  /** Σ π, and ρ times the price of all time (of `unit` ticks where there is one cell): what is needed, and what there is. Same unit. */
  need: bigint
  have: bigint
  /** [classes] integers; each stands for `grain` of `need`'s unit. */
  prices: Float64Array
  grain: bigint
  /** [cells] */
  cell: Float64Array
  rounds: PricedRound[]
}

/** Makes proposed prices exact and has the kernel find what they prove. */
function certify(
  pricer: RoundsPricer,
  problem: RoundsProblem,
  cells: Cells,
  unit: number,
  y: Float64Array,
): Certificate {
  const n = problem.classes.length
  let top = 0
  for (let c = 0; c < n; c++) top = Math.max(top, y[c])
  const scale = top > 0 ? PRICE_SCALE / top : 0
  const prices = Int32Array.from({ length: n }, (_, c) => Math.floor(y[c] * scale))
  let worth = 0n
  problem.classes.forEach(({ tasks }, c) => {
    worth += BigInt(prices[c]) * BigInt(tasks.length)
  })
  // Prices of time are whole multiples of a power of two so small that sums still fit a double exactly.
  let all = 1
  for (let k = 0; k < cells.count; k++) {
    all += ((y[n + k] * lengthOf(cells, k, unit)) / unit + y[n + cells.count + k]) * scale
  }
  const bits = Math.max(0, Math.min(40, 51 - Math.ceil(Math.log2(all))))
  if (!(all < 2 ** 51))
    return {
      need: 0n,
      have: 1n,
      prices: new Float64Array(n),
      grain: 0n,
      cell: new Float64Array(cells.count),
      rounds: [],
    }
  const fine = 2 ** bits
  const cell = new Float64Array(cells.count)
  const cut = new Float64Array(cells.count)
  let time = 0n
  for (let k = 0; k < cells.count; k++) {
    cell[k] = Math.ceil(((y[n + k] * scale) / unit) * fine) / fine
    if (k > 0) cut[k] = Math.ceil(y[n + cells.count + k] * scale)
    time += BigInt(cell[k] * fine) * BigInt(lengthOf(cells, k, unit)) + BigInt(cut[k]) * BigInt(fine)
  }
  const found = pricer.price(cells, prices, { cell, cut })
  // need / have = (worth / time) ÷ (found.worth / found.cost). Which round is the dearest was compared in doubles: a little more than
  // what they can lose is given away.
  const cost = BigInt(found.cost * fine) * COMPARED
  return {
    need: worth * cost,
    have: time * BigInt(found.worth) * (COMPARED + 1n),
    prices: Float64Array.from(prices),
    grain: cost,
    cell,
    rounds: found.rounds,
  }
}

function lengthOf(cells: Cells, k: number, unit: number): number {
  return cells.count === 1 ? unit : cells.length(k)
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}

/** Prices made exact in doubles, and certified once more as they are: no round's sum exceeds its longest member. */
function certifiedPrices(
  kernel: Kernel,
  problem: RoundsProblem,
  ticks: Float64Array,
): Float64Array | undefined {
  let top = 1
  for (const t of ticks) top = Math.max(top, t)
  const fine = 2 ** Math.max(0, Math.min(8, Math.floor(Math.log2(PRICE_SCALE / top))))
  const prices = Int32Array.from(ticks, (t) => Math.max(0, Math.floor(t * fine * (1 - 1e-12))))
  const pricer = new RoundsPricer(kernel, problem)
  const always = new Cells(problem, [0], MAX_TICK)
  const { rounds } = pricer.price(always, prices, {
    cell: Float64Array.of(fine),
    cut: new Float64Array(1),
  })
  if (rounds.length > 0) return undefined
  return Float64Array.from(problem.classOf, (c) => prices[c] / fine)
}
