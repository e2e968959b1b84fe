/**
 * Soft groups in the assignment master. How many VMs break a rule is a distribution of its own: of an anti-affinity group, those that a place has
 * beyond the first; of an affinity group, those that are not at one place, which is chosen as well.
 */
import type { Instance, SoftGroup } from '../../model/instance.js'
import type { WishClass } from './classes.js'

/** The part of a master that is added to. */
export interface MasterRows {
  row(limit: number): number
  /** Adds a class of so many alike members; returns what adds its columns. */
  distribution(size: number): (cost: number, rows: number[], values: number[]) => void
}

export class SoftColumns {
  readonly #instance: Instance
  readonly #groups: readonly number[]
  /** By group: row of each place, and what the row gains where one of its VMs ends there. */
  readonly #rows = new Map<number, Map<number, { row: number; sign: 1 | -1 }>>()

  /**
   * @param groups indices of those of which some VM has a choice
   * @param staying VMs may be left unplaced
   * @param unit ticks in a unit of the master's costs
   */
  constructor(
    instance: Instance,
    groups: readonly number[],
    classes: readonly WishClass[],
    staying: boolean,
    unit: number,
    master: MasterRows,
  ) {
    this.#instance = instance
    this.#groups = groups
    const chosen = new Uint8Array(instance.vmCount)
    for (const { vms } of classes) for (const vm of vms) chosen[vm] = 1
    for (const g of groups) {
      const group = instance.softGroups[g]
      const [fixed, most] = counts(instance, g, classes, chosen, staying)
      const add = group.kind === 'affinity' ? addAffinity : addAntiAffinity
      this.#rows.set(g, add(group, fixed, most, unit, master))
    }
  }

  /** Rows in which a VM stands that ends on the node, and its coefficients. */
  of(vm: number, node: number): [row: number, value: number][] {
    const found: [number, number][] = []
    for (const g of this.#instance.vmSoftGroups[vm]) {
      if (!this.#groups.includes(g)) continue
      const at = this.#rows.get(g)?.get(this.#instance.softGroups[g].places[node])
      if (at !== undefined) found.push([at.row, at.sign])
    }
    return found
  }
}

/** By place: VMs of the group that end there whatever is chosen, and the most that can. */
function counts(
  { softGroups, vmNode, vmSoftGroups, nodeCount }: Instance,
  g: number,
  classes: readonly WishClass[],
  chosen: Uint8Array,
  staying: boolean,
): [Int32Array, Int32Array] {
  const { vms, places } = softGroups[g]
  const fixed = new Int32Array(nodeCount)
  for (const vm of vms) if (chosen[vm] === 0) fixed[places[vmNode[vm]]]++
  const most = fixed.slice()
  for (const { wish, vms: members } of classes) {
    if (!vmSoftGroups[wish.vm].includes(g)) continue
    const nodes = wish.choices.map((choice) => choice.node)
    if (staying) nodes.push(vmNode[wish.vm])
    for (const place of new Set(nodes.map((node) => places[node]))) most[place] += members.length
  }
  return [fixed, most]
}

type Rows = Map<number, { row: number; sign: 1 | -1 }>

function addAntiAffinity(
  { penalty }: SoftGroup,
  fixed: Int32Array,
  most: Int32Array,
  unit: number,
  master: MasterRows,
): Rows {
  const rows: Rows = new Map()
  most.forEach((count, place) => {
    if (count < 2) return
    const row = master.row(1 - fixed[place])
    rows.set(place, { row, sign: 1 })
    const add = master.distribution(count - 1)
    add(penalty / unit, [row], [-1])
    add(0, [], [])
  })
  return rows
}

function addAffinity(
  { penalty, vms }: SoftGroup,
  fixed: Int32Array,
  most: Int32Array,
  unit: number,
  master: MasterRows,
): Rows {
  const rows: Rows = new Map()
  const together = master.distribution(vms.length)
  const choose = master.distribution(1)
  most.forEach((count, place) => {
    if (count === 0) return
    // No more are counted here than there are, and none unless this is the place.
    const present = master.row(fixed[place])
    const here = master.row(0)
    rows.set(place, { row: present, sign: -1 })
    together(0, [present, here], [1, 1])
    choose(0, [here], [-count])
  })
  together(penalty / unit, [], [])
  return rows
}
