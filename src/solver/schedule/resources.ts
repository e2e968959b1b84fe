/**
 * What migrations hold while they run, memory aside. This is the one place that says so: schedules of legs, the search that chooses targets, the
 * exact search, rounds and orders in transit all take it from here, so that a limit of the cluster is a resource more and nothing else.
 */
import type { ScheduleProblem, Uses } from '../../kernel/types.js'
import type { Instance, Limit } from '../../model/instance.js'
import type { MigrationKind, ScheduleKind } from '../../model/plan.js'

/** As much of a leg, or of a choice, as says what it holds. */
interface Migration {
  vm: number
  kind: MigrationKind
  from: number
  to: number
}

export type Holdings = Pick<
  ScheduleProblem,
  'resourceCount' | 'capacity' | 'resourceA' | 'resourceB' | 'held'
>

/**
 * Resources are the nodes, which have slots, and after them one of capacity 1 for each node that saves VMs in place, which it does one
 * after another. Only live migrations hold slots; in rounds those count that a node takes part in, whatever their kind. Behind them is one for
 * each limit of the cluster that can bind.
 */
export function holdingsOf(
  { nodeCount, nodeSlots, limits }: Instance,
  migrations: readonly Migration[],
  schedule: ScheduleKind,
): Holdings {
  const savers = [...new Set(migrations.filter((m) => m.kind === 'save-in-place').map((m) => m.from))]
  const saver = new Map(savers.map((node, i) => [node, nodeCount + i]))
  const holdsSlots = ({ kind }: Migration) =>
    kind === 'live' || (schedule === 'rounds' && kind !== 'save-in-place')
  const shared = limits.filter((limit) => {
    const vms = new Set(migrations.filter((m) => countsTowards(limit, m)).map(({ vm }) => vm))
    return vms.size > limit.most
  })
  const own = nodeCount + savers.length
  return {
    resourceCount: own + shared.length,
    capacity: Int32Array.from([...nodeSlots, ...savers.map(() => 1), ...shared.map(({ most }) => most)]),
    resourceA: Int32Array.from(migrations, (m) =>
      holdsSlots(m) ? m.from : m.kind === 'save-in-place' ? (saver.get(m.from) ?? -1) : -1,
    ),
    resourceB: Int32Array.from(migrations, (m) => (holdsSlots(m) ? m.to : -1)),
    ...(shared.length === 0 ? {} : { held: usesOfLimits(shared, migrations, own) }),
  }
}

export function countsTowards({ live }: Limit, { kind }: Pick<Migration, 'kind'>): boolean {
  return live === (kind === 'live')
}

/** One unit of each limit that a migration counts towards; `first` is the resource of the first limit. */
function usesOfLimits(limits: readonly Limit[], migrations: readonly Migration[], first: number): Uses {
  const held = migrations.map((m) =>
    limits.flatMap((limit, l) => (countsTowards(limit, m) ? [first + l] : [])),
  )
  const offset = new Int32Array(migrations.length + 1)
  held.forEach((of, i) => {
    offset[i + 1] = offset[i] + of.length
  })
  const of = Int32Array.from(held.flat())
  return { offset, of, amount: new Int32Array(of.length).fill(1) }
}
