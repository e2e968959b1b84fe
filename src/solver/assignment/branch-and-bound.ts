/**
 * Branch and bound over assignment masters, best first (Land & Doig 1960). The LP of a node proposes row prices and a distribution; what the
 * prices prove is recomputed (`weak-duality.ts`), and only that counts. An LP that is wrong, stuck or calls a feasible node infeasible costs
 * work, never truth.
 */
import { addAll } from '../../lists.js'
import type { LpService } from '../../lp/types.js'
import type { Run } from '../run.js'
import { addCut, type CoverCut, type CoverCuts } from './covers.js'
import { type ColumnBounds, type Master, rootBounds, toLinearProgram } from './master.js'
import { dualBound, usablePrices } from './weak-duality.js'

/** Farther than this from whole is a fraction. */
const FRACTION = 1e-6

export interface SearchNode {
  /** Index into the masters. */
  master: number
  bounds: ColumnBounds
  /** Certified: no assignment within the bounds costs less, in units as `roundUp` gives them. */
  bound: number
  /** [columns] the LP's distribution; undefined as long as the node has not been looked at, or where the LP had none. */
  shares: Float64Array | undefined
}

export interface BranchAndBound {
  /** Certified least value over all masters, at most `cutoff`. */
  bound: number
  /** Whole distributions that the LPs came upon, best bound first: by master and column. */
  found: { master: number; shares: Float64Array }[]
  /** By master: [columns] 1 where an assignment below the cutoff may use the column; undefined: the master has none such at all. */
  open: (Uint8Array | undefined)[]
}

export interface BranchAndBoundOptions {
  /** Values at or above this are of no interest. */
  cutoff: number
  /** By master: a bound that holds already. */
  known: readonly number[]
  /** A certified real bound in the objective's unit as the least value of a plan that it admits. */
  roundUp: (bound: number) => number
  /** Columns of LPs to spend: an LP costs as many as it has. */
  work: number
  /** What tightens the masters: they are over the same classes. Undefined: nothing does. */
  covers?: CoverCuts | undefined
}

export async function branchAndBound(
  masters: readonly Master[],
  lp: LpService,
  run: Run,
  options: BranchAndBoundOptions,
): Promise<BranchAndBound> {
  const { cutoff, known, roundUp } = options
  const result: BranchAndBound = { bound: cutoff, found: [], open: masters.map(() => undefined) }
  const queue: SearchNode[] = masters.map((master, m) => ({
    master: m,
    bounds: rootBounds(master),
    bound: known[m],
    shares: undefined,
  }))
  const roots = new Set(queue)
  const usable = (node: SearchNode) =>
    Uint8Array.from(node.bounds.upper, (most, j) => (most > 0 || node.bounds.lower[j] > 0 ? 1 : 0))
  let work = options.work
  const cuts: CoverCut[] = []
  const { cutRounds, cutWorth, cutVain } = run.parameters.assignment
  const tightened = async (node: SearchNode, master: Master) => {
    const most = options.covers === undefined ? 0 : roots.has(node) ? cutRounds : 1
    // What a cut says is true of all masters: those that are looked at later have it from the start.
    if (roots.has(node)) for (const cut of cuts) addCut(master, cut)
    let vain = 0
    for (let round = 0; ; round++) {
      const before = node.bound
      work -= master.columns.length
      await lookAt(node, master, lp, run, cutoff, roundUp)
      // As long as they bring it nearer to what is to be shown.
      if (round > 0 && node.bound - before < cutWorth * (cutoff - before)) vain++
      if (node.bound >= cutoff || node.shares === undefined || branchColumn(node.shares) < 0) return
      if (round >= most || vain >= cutVain || work <= 0 || (await run.breathe())) return
      const broken = options.covers?.brokenBy(master, node.shares) ?? []
      if (broken.length === 0) return
      for (const cut of broken) addCut(master, cut)
      addAll(cuts, broken)
    }
  }
  while (queue.length > 0) {
    let at = 0
    for (let i = 1; i < queue.length; i++) if (queue[i].bound < queue[at].bound) at = i
    const node = queue[at]
    if (node.bound >= cutoff) break
    const master = masters[node.master]
    if (node.shares === undefined || branchColumn(node.shares) < 0) {
      // A whole distribution of least bound: nothing below it is left to find.
      if (node.shares !== undefined || work <= 0 || (await run.breathe())) {
        result.bound = Math.min(result.bound, node.bound)
        break
      }
    }
    queue.splice(at, 1)
    if (node.shares === undefined) {
      await tightened(node, master)
      if (roots.has(node) && node.bound < cutoff) result.open[node.master] = usable(node)
      if (node.bound >= cutoff) continue
      if (node.shares !== undefined && branchColumn(node.shares) < 0)
        result.found.push({ master: node.master, shares: node.shares })
      // Without an answer of the LP there is nothing to branch on: the node's bound stands.
      node.shares ??= new Float64Array(0)
      queue.push(node)
      continue
    }
    const column = branchColumn(node.shares)
    const below = Math.floor(node.shares[column] + FRACTION)
    const { lower, upper } = node.bounds
    for (const side of [0, 1]) {
      const bounds = { lower: lower.slice(), upper: upper.slice() }
      if (side === 0) bounds.upper[column] = below
      else bounds.lower[column] = below + 1
      queue.push({ master: node.master, bounds, bound: node.bound, shares: undefined })
    }
  }
  // Roots that were not looked at may hold anything that their known bound admits.
  for (const node of queue)
    if (roots.has(node) && node.bound < cutoff && result.open[node.master] === undefined)
      result.open[node.master] = usable(node)
  return result
}

/** The column that is farthest from whole, weighed by what it does; −1 where all are whole. */
function branchColumn(shares: Float64Array): number {
  let best = -1
  let most = FRACTION
  for (let j = 0; j < shares.length; j++) {
    const fraction = Math.abs(shares[j] - Math.round(shares[j]))
    if (fraction > most) {
      most = fraction
      best = j
    }
  }
  return best
}

/** Solves a node's LP, certifies what its prices prove, and closes columns that no assignment below the cutoff can use. */
async function lookAt(
  node: SearchNode,
  master: Master,
  lp: LpService,
  run: Run,
  cutoff: number,
  roundUp: (bound: number) => number,
): Promise<void> {
  const program = toLinearProgram(master, node.bounds)
  const solution = await lp.solve(program, {})
  run.countLp(solution)
  if (solution.status === 'infeasible') {
    if (await rowsCannotBeMet(node, master, lp, run)) node.bound = Number.POSITIVE_INFINITY
    return
  }
  if (solution.status !== 'optimal') return
  const prices = usablePrices(master, solution.dual)
  const { bound, rise } = dualBound(master, node.bounds, prices)
  node.bound = Math.max(node.bound, roundUp(bound))
  if (node.bound >= cutoff) return
  const { lower, upper } = node.bounds
  rise.forEach((by, j) => {
    if (by > 0 && upper[j] > 0 && roundUp(bound + by) >= cutoff) upper[j] = lower[j]
  })
  if (solution.x.length === program.columnCount && solution.x.every((v) => v >= -FRACTION && v < 1e9))
    node.shares = Float64Array.from(master.columns, (_, j) => solution.x[j + 1] + lower[j])
}

/** Proves by prices that no distribution meets the rows: all rows loosened by one variable, which is minimised. */
async function rowsCannotBeMet(node: SearchNode, master: Master, lp: LpService, run: Run): Promise<boolean> {
  const costless: Master = {
    ...master,
    makespanCost: 0,
    columns: master.columns.map((c) => ({ ...c, cost: 0 })),
  }
  if (
    dualBound(costless, node.bounds, new Float64Array(master.limit.length)).bound === Number.POSITIVE_INFINITY
  )
    return true
  const program = toLinearProgram(costless, node.bounds)
  const rows = master.limit.length
  const last = program.columnStart[program.columnCount]
  const loosened = {
    ...program,
    columnCount: program.columnCount + 1,
    cost: Float64Array.from([...program.cost, 1]),
    columnStart: Int32Array.from([...program.columnStart, last + rows]),
    rowIndex: Int32Array.from([...program.rowIndex.subarray(0, last), ...master.limit.keys()]),
    value: Float64Array.from([...program.value.subarray(0, last), ...master.limit.map(() => -1)]),
    upper: Float64Array.from([...program.upper, Number.POSITIVE_INFINITY]),
  }
  const solution = await lp.solve(loosened, {})
  run.count('lpSolves')
  if (solution.status !== 'optimal') return false
  return dualBound(costless, node.bounds, usablePrices(master, solution.dual), true).bound > 0
}
