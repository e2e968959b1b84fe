/**
 * Wishes that are alike to the assignment (same source, sizes, weight, and the same choices with the same durations, penalties and earliest
 * ends) are one class: a master over classes has no symmetry among them, and stays small where VM sizes repeat.
 */
import type { Instance } from '../../model/instance.js'
import type { Wish } from '../wishes/wish.js'

export interface WishClass {
  /** Indices of its wishes, ascending. */
  members: number[]
  /** The VMs of these. */
  vms: number[]
  /** One of them: its choices are those of all. */
  wish: Wish
  /** By choice: end of the choice were it alone, ticks. */
  earliestEnd: Int32Array
  /** Anti-affinity groups that another wish has too; a wish with any is a class of its own. */
  groups: Int32Array
}

/** @param earliestEnd by wish and choice, ticks. */
export function wishClasses(
  instance: Instance,
  wishes: readonly Wish[],
  earliestEnd: readonly Int32Array[],
): WishClass[] {
  const sharers = new Int32Array(instance.groups.length)
  const groupsOf = (wish: Wish) => instance.vmGroups[wish.vm]
  for (const wish of wishes) for (const g of groupsOf(wish)) sharers[g]++
  const classes = new Map<string, WishClass>()
  wishes.forEach((wish, w) => {
    const groups = groupsOf(wish).filter((g) => sharers[g] > 1)
    const { vmNode, spaces, vmWeight, vmWindows } = instance
    const choices = wish.choices.map((c, i) =>
      [c.node, c.kind, c.duration, c.slots.from, c.slots.to, c.mibps, c.penalty, earliestEnd[w][i]].join(),
    )
    const alone = groups.length > 0 ? w : -1
    const sizes = spaces.map(({ size }) => size[wish.vm])
    const vm = [vmNode[wish.vm], ...sizes, vmWeight[wish.vm], vmWindows[wish.vm].join()]
    const soft = instance.vmSoftGroups[wish.vm].join()
    const key = [...vm, alone, soft, ...choices].join(';')
    const known = classes.get(key)
    if (known === undefined)
      classes.set(key, { members: [w], vms: [wish.vm], wish, earliestEnd: earliestEnd[w], groups })
    else {
      known.members.push(w)
      known.vms.push(wish.vm)
    }
  })
  return [...classes.values()]
}
