/**
 * The assignment LP: least makespan + penalties over fractional choices, with each node's work against its time and its content at
 * the end. Its primal solution is what rounding starts from; the duals of the work rows are node prices, from which
 * `priceBound` computes bounds by itself.
 */
import type { LinearProgram, LpService, LpSolution } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import type { Run } from '../run.js'
import { networkWorkOf, workOf } from '../schedule/resources.js'
import type { Wish } from '../wishes/wish.js'
import { affinityRows } from './affinity-rows.js'

export interface AssignmentProposal {
  /** By wish and choice: share in [0, 1]; empty where the LP gave none. */
  shares: Float64Array[]
  /** [N] price of a slot-tick of each node in cost ticks, ≥ 0. */
  prices: Float64Array
}

interface LpShape {
  /** First column of each wish's choices. */
  firstColumn: Int32Array
  workRow: Int32Array
  lp: LinearProgram
}

/**
 * @param guess trial makespan, ticks: forbidden time before it counts as gone from each node.
 * @param integer asks for whole choices (a MIP).
 */
export async function proposeAssignment(
  instance: Instance,
  lp: LpService,
  run: Run,
  wishes: readonly Wish[],
  availability: NodeAvailability,
  guess: number,
  integer: boolean,
): Promise<AssignmentProposal | undefined> {
  const shape = assignmentLp(instance, wishes, availability, guess, integer)
  const solution = await lp.solve(shape.lp, integer ? { maxNodes: run.parameters.assignment.mipNodes } : {})
  run.countLp(solution)
  if (solution.x.length === 0) return undefined
  return readSolution(wishes, instance, shape, solution)
}

function readSolution(
  wishes: readonly Wish[],
  instance: Instance,
  shape: LpShape,
  solution: LpSolution,
): AssignmentProposal {
  const shares = wishes.map((wish, w) =>
    solution.x.slice(shape.firstColumn[w], shape.firstColumn[w] + wish.choices.length),
  )
  const prices = new Float64Array(instance.nodeCount)
  if (solution.dual.length > 0) {
    for (let n = 0; n < prices.length; n++) {
      const row = shape.workRow[n]
      if (row < 0) continue
      // Row: work/slots − T ≤ −closed time, in seconds; its price is ≤ 0 in a minimisation.
      prices[n] = Math.max(0, -solution.dual[row]) / instance.nodeSlots[n]
    }
  }
  return { shares, prices }
}

/** Seconds keep the coefficients near the costs. */
const SECOND = 1000

function assignmentLp(
  instance: Instance,
  wishes: readonly Wish[],
  availability: NodeAvailability,
  guess: number,
  integer: boolean,
): LpShape {
  const nodes = instance.nodeCount
  const rowLower: number[] = []
  const rowUpper: number[] = []
  const row = (lower: number, upper: number) => {
    rowLower.push(lower)
    rowUpper.push(upper)
    return rowLower.length - 1
  }
  const touched = new Uint8Array(nodes)
  const receives = new Uint8Array(nodes)
  for (const wish of wishes) {
    touched[instance.vmNode[wish.vm]] = 1
    for (const { node } of wish.choices) {
      touched[node] = 1
      receives[node] = 1
    }
  }
  const wishRow = wishes.map(() => row(1, 1))
  const workRow = new Int32Array(nodes).fill(-1)
  const spaceRows = instance.spaces.map(() => new Int32Array(nodes).fill(-1))
  for (let n = 0; n < nodes; n++) {
    if (touched[n] === 0) continue
    const closed = guess - availability.freeBefore(n, guess) / instance.nodeSlots[n]
    workRow[n] = row(Number.NEGATIVE_INFINITY, -closed / SECOND)
    if (receives[n] === 0) continue
    instance.spaces.forEach(({ capacity, used, unit }, s) => {
      // Where it is used up from the start, at least as much has to leave as arrives: weaker than the truth, and linear.
      if (Number.isFinite(capacity[n]))
        spaceRows[s][n] = row(Number.NEGATIVE_INFINITY, Math.max(0, capacity[n] - used[n]) / unit)
    })
  }
  const networkRow = instance.networks.map(() => row(Number.NEGATIVE_INFINITY, 0))
  const groups = groupRows(instance, wishes, row)
  const ties = affinityRows(instance, wishes, row)

  const cost: number[] = []
  const columnStart: number[] = [0]
  const rowIndex: number[] = []
  const value: number[] = []
  const upper: number[] = []
  const integers: number[] = []
  const put = (r: number, v: number) => {
    if (r < 0 || v === 0) return
    rowIndex.push(r)
    value.push(v)
  }
  const close = (c: number, u: number, whole: boolean) => {
    cost.push(c)
    upper.push(u)
    integers.push(whole ? 1 : 0)
    columnStart.push(rowIndex.length)
  }
  // The makespan.
  for (let n = 0; n < nodes; n++) put(workRow[n], -1)
  for (const r of networkRow) put(r, -1)
  close(1, Number.POSITIVE_INFINITY, false)

  const firstColumn = new Int32Array(wishes.length)
  const leaveOut = unplacedCost(instance, wishes)
  wishes.forEach((wish, w) => {
    firstColumn[w] = cost.length
    const from = instance.vmNode[wish.vm]
    for (const choice of wish.choices) {
      put(wishRow[w], 1)
      if (choice.kind === 'live') {
        const { atSource, atTarget } = workOf(choice)
        put(workRow[from], atSource / SECOND / instance.nodeSlots[from])
        put(workRow[choice.node], atTarget / SECOND / instance.nodeSlots[choice.node])
      }
      instance.networks.forEach((network, n) => {
        put(networkRow[n], networkWorkOf(network, { ...choice, from, to: choice.node }) / SECOND)
      })
      if (choice.node !== from) {
        instance.spaces.forEach(({ size, unit }, s) => {
          put(spaceRows[s][from], -size[wish.vm] / unit)
          put(spaceRows[s][choice.node], size[wish.vm] / unit)
        })
        for (const r of groups(wish.vm, choice.node)) put(r, 1)
      }
      for (const [r, sign] of ties.of(w, choice.node)) put(r, sign)
      close(choice.penalty / SECOND, integer ? 1 : Number.POSITIVE_INFINITY, integer)
    }
    // Left where it is.
    put(wishRow[w], 1)
    for (const r of ties.home(w)) put(r, -1)
    close(leaveOut * instance.vmWeight[wish.vm], integer ? 1 : Number.POSITIVE_INFINITY, integer)
  })
  return {
    firstColumn,
    workRow,
    lp: {
      rowCount: rowLower.length,
      columnCount: cost.length,
      cost: Float64Array.from(cost),
      columnStart: Int32Array.from(columnStart),
      rowIndex: Int32Array.from(rowIndex),
      value: Float64Array.from(value),
      rowLower: Float64Array.from(rowLower),
      rowUpper: Float64Array.from(rowUpper),
      upper: Float64Array.from(upper),
      ...(integer ? { integer: Uint8Array.from(integers) } : {}),
    },
  }
}

/** Cost of one unit of unplaced weight, seconds: dearer than any makespan and penalty that placing could bring. */
function unplacedCost(instance: Instance, wishes: readonly Wish[]): number {
  let worst = 0
  let least = Number.POSITIVE_INFINITY
  for (const wish of wishes) {
    let most = 0
    for (const { duration, penalty } of wish.choices) most = Math.max(most, duration + penalty)
    worst += most
    least = Math.min(least, instance.vmWeight[wish.vm])
  }
  return Math.max(1, (2 * worst) / SECOND / least)
}

/** A row `≤ room` for each group and node that two wishes could share. */
function groupRows(
  instance: Instance,
  wishes: readonly Wish[],
  row: (lower: number, upper: number) => number,
) {
  const members = new Map<string, number>()
  for (const wish of wishes) {
    for (const group of instance.vmGroups[wish.vm]) {
      for (const place of new Set(wish.choices.map((c) => instance.groupPlaces[group][c.node]))) {
        const key = `${place}:${group}`
        members.set(key, (members.get(key) ?? 0) + 1)
      }
    }
  }
  const rows = new Map<string, number>()
  for (const [key, count] of members) if (count > 1) rows.set(key, row(Number.NEGATIVE_INFINITY, 1))
  return (vm: number, node: number): number[] => {
    const found: number[] = []
    for (const group of instance.vmGroups[vm]) {
      const r = rows.get(`${instance.groupPlaces[group][node]}:${group}`)
      if (r !== undefined) found.push(r)
    }
    return found
  }
}
