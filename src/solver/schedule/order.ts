/** The request's order, among what a plan moves: a VM that does not migrate binds nobody. */
import type { Precedences } from '../../kernel/types.js'
import type { Instance } from '../../model/instance.js'
import { deadlineOf } from '../wishes/forbidden.js'

/** As much of a leg as its place in the order needs. */
interface Ordered {
  vm: number
  from: number
  /** Ticks. */
  duration: number
  /** Index of the VM's own leg before this one, −1 none. */
  predecessor: number
  parking: boolean
}

/**
 * By VM, those among the moving ones that come right before it in some list: whoever is done before these is done before it.
 *
 * @param moving VMs that migrate
 */
export function goesAfter(
  { order }: Pick<Instance, 'order'>,
  moving: ReadonlySet<number>,
): ReadonlyMap<number, readonly number[]> {
  const after = new Map<number, number[]>()
  for (const list of order) {
    let before = -1
    for (const vm of list) {
      if (!moving.has(vm)) continue
      if (before >= 0) {
        const known = after.get(vm)
        if (known === undefined) after.set(vm, [before])
        else if (!known.includes(before)) known.push(before)
      }
      before = vm
    }
  }
  return after
}

/** By leg, those of other VMs that have to have ended before it. */
export function legsBefore(instance: Pick<Instance, 'order'>, legs: readonly Ordered[]): readonly number[][] {
  const after = goesAfter(instance, new Set(legs.map(({ vm }) => vm)))
  const last = new Map<number, number>()
  legs.forEach(({ vm, parking }, i) => {
    if (!parking) last.set(vm, i)
  })
  return legs.map(({ vm, predecessor }) =>
    predecessor >= 0 ? [] : (after.get(vm) ?? []).flatMap((before) => last.get(before) ?? []),
  )
}

/** The same as the kernel wants it, as a property; none where nothing is ordered. */
export function orderOf(
  instance: Pick<Instance, 'order'>,
  legs: readonly Ordered[],
): { precedences?: Precedences } {
  if (instance.order.length === 0) return {}
  const before = legsBefore(instance, legs)
  const offset = new Int32Array(legs.length + 1)
  before.forEach((list, i) => {
    offset[i + 1] = offset[i] + list.length
  })
  const of = Int32Array.from(before.flat())
  return of.length === 0 ? {} : { precedences: { offset, of } }
}

/**
 * The legs by when they have to have ended, earliest first; one that others wait for as early as these need it. None where nothing has a
 * deadline.
 */
export function byDueDate(instance: Instance, legs: readonly Ordered[]): Int32Array[] {
  const due = Float64Array.from(legs, ({ vm, from }) => deadlineOf(instance, vm, from))
  if (due.every((tick) => tick >= instance.horizon)) return []
  const before = legsBefore(instance, legs).map((list, i) =>
    legs[i].predecessor < 0 ? list : [...list, legs[i].predecessor],
  )
  const open = legs.map((_, i) => i)
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    for (const k of before[i]) {
      const earlier = due[i] - legs[i].duration
      if (earlier >= due[k]) continue
      due[k] = earlier
      open.push(k)
    }
  }
  const order = Int32Array.from(legs, (_, i) => i)
  return [order.sort((a, b) => due[a] - due[b] || legs[b].duration - legs[a].duration || a - b)]
}
