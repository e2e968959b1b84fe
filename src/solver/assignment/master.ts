/**
 * The assignment master over one piece of time: how many of each class take each choice, at least makespan + penalties (or least weight
 * unplaced), where the makespan lies between two neighbouring boundaries of the nodes' windows. Within such a piece the time that a node
 * has grows linearly, so that work against time is one row a node: what the windows take away is exact, not averaged. Memory at the end of
 * the plan and anti-affinity are rows too. It relaxes the schedule to node loads, and memory in transit to the end of the plan: its
 * optimum bounds every plan.
 */
import { addAll } from '../../lists.js'
import type { LinearProgram } from '../../lp/types.js'
import type { Instance } from '../../model/instance.js'
import type { Network } from '../../model/networks.js'
import { isInPlace } from '../../model/ways.js'
import type { NodeAvailability } from '../bounds/node-availability.js'
import { holdsSlots, networkWorkOf, workOf } from '../schedule/resources.js'
import type { Choice } from '../wishes/wish.js'
import type { WishClass } from './classes.js'
import type { Gap, Packing } from './packing.js'
import { SoftColumns } from './soft-columns.js'

/** What is minimised: weight unplaced; makespan; makespan + penalties. */
export type MasterObjective = 'unplaced' | 'makespan' | 'cost'

/** Makespans considered, ticks. */
export interface Piece {
  from: number
  to: number
}

const SECOND = 1000
/** Weight of a VM of middle priority. */
const WEIGHT = 2001

export interface Column {
  class: number
  /** Index into the class's choices, −1: left unplaced. */
  choice: number
  /** In units of the objective: seconds, or weight ÷ WEIGHT. */
  cost: number
  /** Rows in which it stands, and its coefficients. */
  rows: number[]
  values: number[]
}

/**
 * Minimise makespan·`makespanCost` + Σ cost·x subject to `makespanValue`·makespan + Σ value·x ≤ `limit` in every row, the members of each
 * class distributed over its columns.
 */
export interface Master {
  objective: MasterObjective
  classes: readonly WishClass[]
  columns: Column[]
  /** By class: its columns. Behind the classes of wishes are those of soft groups. */
  columnsOf: number[][]
  /** By class: how many members are distributed over its columns. */
  sizes: number[]
  /** [rows] */
  limit: number[]
  makespanValue: number[]
  makespanCost: number
  /** Seconds. */
  makespanFrom: number
  makespanTo: number
  /** [rows] the node whose work the row bounds, −1 for all others. */
  workNode: number[]
  /** Rows each of which, and the sum of which, is a capacity that whole VMs use up. */
  capacities: number[][]
}

export interface MasterOptions {
  objective: MasterObjective
  /** Where weight is the objective: 0 to 0 for all the time in the world. */
  piece: Piece
  /** Weight that may stay unplaced; not asked where weight is the objective. */
  spare: number
  /** VMs that were not asked for may be moved out of the way: memory and groups bound nothing. */
  room: boolean
  /** Soft groups that cost by what is chosen, by index. */
  soft: readonly number[]
  /** Columns say in which gap between windows a live migration lies, too. */
  packing?: Packing
}

/** One way in which a choice can take time: when it would end were it alone, and the rows of the work that it does. */
interface Placement {
  /** Ticks. */
  end: number
  rows: number[]
}

/** Neighbouring boundaries of windows as pieces that cover [low, high]. */
export function piecesOf(availability: NodeAvailability, nodes: number, low: number, high: number): Piece[] {
  const cuts = new Set<number>([low, high])
  for (let n = 0; n < nodes; n++)
    for (const t of availability.boundaries(n)) if (t > low && t < high) cuts.add(t)
  const times = [...cuts].sort((a, b) => a - b)
  if (times.length === 1) return [{ from: low, to: high }]
  return times.slice(1).map((to, i) => ({ from: times[i], to }))
}

export function makeMaster(
  instance: Instance,
  classes: readonly WishClass[],
  availability: NodeAvailability,
  { objective, piece, spare, room, soft, packing }: MasterOptions,
): Master {
  const weighs = objective === 'unplaced'
  const timed = !weighs || piece.to > 0
  const master: Master = {
    objective,
    classes,
    columns: [],
    columnsOf: classes.map(() => []),
    sizes: classes.map((k) => k.members.length),
    limit: [],
    makespanValue: [],
    makespanCost: weighs ? 0 : 1,
    makespanFrom: piece.from / SECOND,
    makespanTo: piece.to / SECOND,
    workNode: [],
    capacities: [],
  }
  const row = (limit: number, makespanValue = 0, node = -1) => {
    master.workNode.push(node)
    master.makespanValue.push(makespanValue)
    return master.limit.push(limit) - 1
  }
  const spareRow = weighs ? -1 : row(spare / WEIGHT)
  const workRows = new Map<number, number>()
  const workRow = (n: number) => {
    let r = workRows.get(n)
    if (r === undefined) {
      // Time before t in the piece: free(from) + slope · (t − from).
      const free = availability.freeBefore(n, piece.from)
      const slope =
        piece.to > piece.from ? (availability.freeBefore(n, piece.to) - free) / (piece.to - piece.from) : 0
      r = row((free - slope * piece.from) / SECOND, -slope, n)
      workRows.set(n, r)
    }
    return r
  }
  // Of networks only what is under way at once is looked at, not the windows around it.
  const networkRows = new Map<Network, number>()
  const networkRow = (network: Network) => {
    const r = networkRows.get(network) ?? row(0, -1)
    networkRows.set(network, r)
    return r
  }
  const gapRows = new Map<string, number>()
  const gapRow = (n: number, gap: Gap) => {
    const key = `${n},${gap.start}`
    let r = gapRows.get(key)
    if (r === undefined) {
      const slots = instance.nodeSlots[n]
      // A gap that is over by the piece holds what fills it; the one in which the makespan lies, what ends by then.
      if (gap.end <= piece.from && packing !== undefined) r = row(packing.fill(n, gap) / SECOND, 0, n)
      else r = row((-slots * gap.start) / SECOND, -slots, n)
      gapRows.set(key, r)
    }
    return r
  }
  const placements = (vm: number, choice: Choice, earliestEnd: number): Placement[] => {
    const { node, duration } = choice
    const from = instance.vmNode[vm]
    if (!timed || !holdsSlots(choice)) return [{ end: earliestEnd, rows: [] }]
    if (packing === undefined) return [{ end: earliestEnd, rows: [workRow(from), workRow(node)] }]
    return packing
      .gapsOf(vm, node, duration)
      .filter((gap) => gap.start + duration <= piece.to)
      .map((gap) => ({
        end: gap.start + duration,
        rows: [from, node].map((n) => gapRow(n, packing.around(n, gap.start))),
      }))
  }
  const spaceRows = instance.spaces.map(() => new Map<number, number>())
  const spaceRow = (s: number, n: number) => {
    let r = spaceRows[s].get(n)
    if (r === undefined) {
      const { capacity, used, unit } = instance.spaces[s]
      // A node that is overfull from the start need not be relieved: it only may not get fuller.
      r = Number.isFinite(capacity[n]) ? row(Math.max(0, capacity[n] - used[n]) / unit) : -1
      spaceRows[s].set(n, r)
    }
    return r
  }
  const groupRows = new Map<string, number>()
  const groupRow = (group: number, n: number) => {
    const key = `${instance.groupPlaces[group][n]}:${group}`
    let r = groupRows.get(key)
    if (r === undefined) {
      r = row(1)
      groupRows.set(key, r)
    }
    return r
  }
  const receives = new Set(classes.flatMap((k) => k.wish.choices.map((c) => c.node)))
  const addColumn = (k: number, choice: number, cost: number, rows: number[], values: number[]) => {
    master.columnsOf[k].push(master.columns.push({ class: k, choice, cost, rows, values }) - 1)
  }
  const softColumns = new SoftColumns(instance, soft, classes, spare > 0, SECOND, {
    row,
    distribution(size) {
      const k = master.sizes.push(size) - 1
      master.columnsOf.push([])
      return (cost, rows, values) => addColumn(k, -1, cost, rows, values)
    },
  })

  classes.forEach(({ wish, members, earliestEnd, groups }, k) => {
    const add = (choice: number, cost: number, rows: number[], values: number[]) => {
      for (const [r, value] of softColumns.of(wish.vm, wish.choices[choice]?.node ?? from)) {
        rows.push(r)
        values.push(value)
      }
      addColumn(k, choice, cost, rows, values)
    }
    const from = instance.vmNode[wish.vm]
    wish.choices.forEach((choice, c) => {
      if (timed && earliestEnd[c] > piece.to) return
      for (const { end, rows: workRows } of placements(wish.vm, choice, earliestEnd[c])) {
        const rows: number[] = []
        const values: number[] = []
        const put = (r: number, value: number) => {
          if (r < 0 || value === 0) return
          rows.push(r)
          values.push(value)
        }
        const { atSource, atTarget } = workOf(choice)
        workRows.forEach((r, end) => {
          put(r, (end === 0 ? atSource : atTarget) / SECOND)
        })
        for (const network of timed ? instance.networks : []) {
          const work = networkWorkOf(network, { ...choice, from, to: choice.node })
          if (work > 0) put(networkRow(network), work / SECOND)
        }
        // The makespan is no earlier than the migration's own end; of a class of several that is said in part only.
        const late = (end - piece.from) / SECOND
        if (timed && late > 0) put(row(-piece.from / SECOND, -1), late / members.length)
        const inPlace = isInPlace(choice.kind)
        instance.spaces.forEach(({ size, unit, heldInAnyState }, s) => {
          const own = size[wish.vm] / unit
          if (room) return
          if (receives.has(from) && (!inPlace || !heldInAnyState)) put(spaceRow(s, from), -own)
          if (!inPlace) put(spaceRow(s, choice.node), own)
        })
        if (!room && !inPlace) {
          for (const group of groups) put(groupRow(group, choice.node), 1)
        }
        add(c, objective === 'cost' ? choice.penalty / SECOND : 0, rows, values)
      }
    })
    const weight = instance.vmWeight[wish.vm] / WEIGHT
    if (weighs) add(-1, weight, [], [])
    else if (spare > 0) {
      const stay = objective === 'cost' ? instance.stayPenalty[wish.vm] / SECOND : 0
      add(-1, stay, [spareRow], [weight])
    }
  })
  if (!weighs && spare > 0) master.capacities.push([spareRow])
  for (const rows of spaceRows) addAll(master.capacities, capacitiesOf(classes, rows))
  return master
}

/** Rows of a space: of each node, and of nodes together that some class has to choose from. */
function capacitiesOf(classes: readonly WishClass[], rows: ReadonlyMap<number, number>): number[][] {
  const sets = new Map<string, number[]>()
  const add = (nodes: readonly number[]) => {
    const known = nodes.map((n) => rows.get(n) ?? -1)
    if (known.every((r) => r >= 0)) sets.set(known.join(), known)
  }
  for (const n of [...rows.keys()].sort((a, b) => a - b)) add([n])
  for (const { wish } of classes) {
    const nodes = wish.choices.flatMap(({ node, kind }) => (isInPlace(kind) ? [] : [node]))
    if (nodes.length > 0) add([...new Set(nodes)].sort((a, b) => a - b))
  }
  return [...sets.values()]
}

/** Bounds on the columns at a node of the search: whole numbers of class members. */
export interface ColumnBounds {
  /** [columns] */
  lower: Int32Array
  upper: Int32Array
}

export function rootBounds(master: Master): ColumnBounds {
  const lower = new Int32Array(master.columns.length)
  const upper = Int32Array.from(master.columns, (column) => master.sizes[column.class])
  return { lower, upper }
}

/**
 * The master as a linear program: the makespan above its least value first, then the columns above their lower bounds. `workNode.length` rows of
 * the master, then one a class.
 */
export function toLinearProgram(master: Master, { lower, upper }: ColumnBounds): LinearProgram {
  const { columns, limit, sizes } = master
  const rows = limit.length
  const rowUpper = Float64Array.from([...limit, ...sizes])
  const columnStart = new Int32Array(columns.length + 2)
  const rowIndex: number[] = []
  const value: number[] = []
  const cost = new Float64Array(columns.length + 1)
  const width = new Float64Array(columns.length + 1)
  cost[0] = master.makespanCost
  width[0] = master.makespanTo - master.makespanFrom
  for (let r = 0; r < rows; r++) {
    if (master.makespanValue[r] === 0) continue
    rowIndex.push(r)
    value.push(master.makespanValue[r])
    rowUpper[r] -= master.makespanValue[r] * master.makespanFrom
  }
  columnStart[1] = rowIndex.length
  columns.forEach((column, j) => {
    cost[j + 1] = column.cost
    width[j + 1] = upper[j] - lower[j]
    column.rows.forEach((r, i) => {
      rowIndex.push(r)
      value.push(column.values[i])
      rowUpper[r] -= column.values[i] * lower[j]
    })
    rowIndex.push(rows + column.class)
    value.push(1)
    rowUpper[rows + column.class] -= lower[j]
    columnStart[j + 2] = rowIndex.length
  })
  const rowLower = new Float64Array(rowUpper.length).fill(Number.NEGATIVE_INFINITY)
  for (let k = 0; k < sizes.length; k++) rowLower[rows + k] = rowUpper[rows + k]
  return {
    rowCount: rowUpper.length,
    columnCount: columns.length + 1,
    cost,
    columnStart,
    rowIndex: Int32Array.from(rowIndex),
    value: Float64Array.from(value),
    rowLower,
    rowUpper,
    upper: width,
  }
}

/** In the objective's unit × this: ticks, or weight. */
export function unitOf(objective: MasterObjective): number {
  return objective === 'unplaced' ? WEIGHT : SECOND
}
