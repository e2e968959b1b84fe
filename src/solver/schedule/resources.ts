/**
 * What migrations hold while they run, memory aside. This is the one place that says so: schedules of legs, the search that chooses targets, the
 * exact search, rounds and orders in transit all take it from here, so that a limit of the cluster is a resource more and nothing else.
 */
import type { ScheduleProblem, Uses } from '../../kernel/types.js'
import type { Instance, Limit } from '../../model/instance.js'
import type { MigrationKind, ScheduleKind } from '../../model/plan.js'
import { isInPlace } from '../../model/ways.js'

/** As much of a leg, or of a choice, as says what it holds. */
interface Migration {
  vm: number
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
 * Behind them is one for each limit of the cluster that can bind.
 */
export function holdingsOf(
  { nodeCount, nodeSlots, limits }: Instance,
  migrations: readonly Migration[],
  schedule: ScheduleKind,
): Holdings {
  const saves = ({ kind }: Migration) => kind === 'save-in-place'
  const savers = [...new Set(migrations.filter(saves).map((m) => m.from))]
  const saver = new Map(savers.map((node, i) => [node, nodeCount + i]))
  const saverOf = (m: Migration) => (saves(m) ? (saver.get(m.from) ?? -1) : -1)
  const takesPart = (m: Migration) => schedule === 'rounds' || holdsSlots(m)
  const shared = limits.filter((limit) => {
    const vms = new Set(migrations.filter((m) => occupies(limit, m)).map(({ vm }) => vm))
    return vms.size > limit.most
  })
  const own = nodeCount + savers.length
  return {
    resourceCount: own + shared.length,
    capacity: Int32Array.from([...nodeSlots, ...savers.map(() => 1), ...shared.map(({ most }) => most)]),
    resourceA: Int32Array.from(migrations, (m) => (takesPart(m) ? m.from : saverOf(m))),
    resourceB: Int32Array.from(migrations, (m) => {
      if (!takesPart(m)) return -1
      return isInPlace(m.kind) ? saverOf(m) : m.to
    }),
    ...(shared.length === 0 ? {} : { held: usesOfLimits(shared, migrations, own) }),
  }
}

export function countsTowards({ live }: Limit, { kind }: Pick<Migration, 'kind'>): boolean {
  return live === (kind === 'live')
}

/** What takes no time is never under way. */
function occupies(limit: Limit, migration: Migration): boolean {
  return migration.duration > 0 && countsTowards(limit, migration)
}

/** One unit of each limit that a migration counts towards; `first` is the resource of the first limit. */
function usesOfLimits(limits: readonly Limit[], migrations: readonly Migration[], first: number): Uses {
  const held = migrations.map((m) => limits.flatMap((limit, l) => (occupies(limit, m) ? [first + l] : [])))
  const offset = new Int32Array(migrations.length + 1)
  held.forEach((of, i) => {
    offset[i + 1] = offset[i] + of.length
  })
  const of = Int32Array.from(held.flat())
  return { offset, of, amount: new Int32Array(of.length).fill(1) }
}
