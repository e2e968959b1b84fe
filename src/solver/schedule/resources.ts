/**
 * What migrations hold while they run, memory aside. This is the one place that says so: schedules of legs, the search that chooses targets, the
 * exact search, rounds and orders in transit all take it from here, so that a limit of the cluster is a resource more and nothing else.
 */
import type { ScheduleProblem } from '../../kernel/types.js'
import type { Instance } from '../../model/instance.js'
import type { MigrationKind, ScheduleKind } from '../../model/plan.js'

/** As much of a leg, or of a choice, as says what it holds. */
interface Migration {
  kind: MigrationKind
  from: number
  to: number
  /** Ticks. */
  duration: number
}

/** In a timeline: does the migration take a slot of its nodes? One of no time occupies no instant. */
export function holdsSlots({ kind, duration }: Pick<Migration, 'kind' | 'duration'>): boolean {
  return kind === 'live' && duration > 0
}

export type Holdings = Pick<
  ScheduleProblem,
  'resourceCount' | 'capacity' | 'resourceA' | 'resourceB' | 'held'
>

/**
 * Resources are the nodes, which have slots, and after them one of capacity 1 for each node that saves VMs in place, which it does one
 * after another. Only live migrations hold slots; in rounds those count that a node takes part in, whatever their kind, saves in place too.
 */
export function holdingsOf(
  { nodeCount, nodeSlots }: Instance,
  migrations: readonly Migration[],
  schedule: ScheduleKind,
): Holdings {
  const savers = [...new Set(migrations.filter((m) => m.kind === 'save-in-place').map((m) => m.from))]
  const saver = new Map(savers.map((node, i) => [node, nodeCount + i]))
  const saverOf = ({ from }: Migration) => saver.get(from) ?? -1
  const inPlace = ({ kind }: Migration) => kind === 'save-in-place'
  const takesPart = (m: Migration) => schedule === 'rounds' || holdsSlots(m)
  return {
    resourceCount: nodeCount + savers.length,
    capacity: Int32Array.from([...nodeSlots, ...savers.map(() => 1)]),
    resourceA: Int32Array.from(migrations, (m) => (takesPart(m) ? m.from : inPlace(m) ? saverOf(m) : -1)),
    resourceB: Int32Array.from(migrations, (m) => (!takesPart(m) ? -1 : inPlace(m) ? saverOf(m) : m.to)),
  }
}
