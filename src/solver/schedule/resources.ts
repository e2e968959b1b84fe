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
 * Behind them is one for each limit of the cluster, and for each serial group, that can bind.
 */
export function holdingsOf(
  instance: Instance,
  migrations: readonly Migration[],
  schedule: ScheduleKind,
): Holdings {
  const { nodeCount, nodeSlots } = instance
  const saves = ({ kind }: Migration) => kind === 'save-in-place'
  const savers = [...new Set(migrations.filter(saves).map((m) => m.from))]
  const saver = new Map(savers.map((node, i) => [node, nodeCount + i]))
  const saverOf = (m: Migration) => (saves(m) ? (saver.get(m.from) ?? -1) : -1)
  const takesPart = (m: Migration) => schedule === 'rounds' || holdsSlots(m)
  const shared = bindingShares(instance, migrations)
  const own = nodeCount + savers.length
  return {
    resourceCount: own + shared.size,
    capacity: Int32Array.from([...nodeSlots, ...savers.map(() => 1), ...shared.values()]),
    resourceA: Int32Array.from(migrations, (m) => (takesPart(m) ? m.from : saverOf(m))),
    resourceB: Int32Array.from(migrations, (m) => {
      if (!takesPart(m)) return -1
      return isInPlace(m.kind) ? saverOf(m) : m.to
    }),
    ...(shared.size === 0 ? {} : { held: usesOfShares(instance, shared, migrations, own) }),
  }
}

export function countsTowards({ live }: Pick<Limit, 'live'>, { kind }: Pick<Migration, 'kind'>): boolean {
  return live === (kind === 'live')
}

/** What a migration shares with others while it is under way: the limits of the cluster, by index, and behind them its serial groups. */
function sharesOf({ limits, vmSerials }: Instance, { vm, kind, duration }: Migration): number[] {
  if (duration === 0) return []
  const shares = limits.flatMap((limit, l) => (countsTowards(limit, { kind }) ? [l] : []))
  for (const group of vmSerials[vm]) shares.push(limits.length + group)
  return shares
}

/** Those shares that more VMs want than may have them at once, in order: how many may. */
function bindingShares(instance: Instance, migrations: readonly Migration[]): Map<number, number> {
  const vms = new Map<number, Set<number>>()
  for (const migration of migrations) {
    for (const share of sharesOf(instance, migration)) {
      const known = vms.get(share)
      if (known === undefined) vms.set(share, new Set([migration.vm]))
      else known.add(migration.vm)
    }
  }
  const { limits } = instance
  return new Map(
    [...vms]
      .map(([share, { size }]) => ({ share, size, most: limits[share]?.most ?? 1 }))
      .filter(({ size, most }) => size > most)
      .sort((a, b) => a.share - b.share)
      .map(({ share, most }) => [share, most]),
  )
}

/** One unit of each share that can bind; `first` is the resource of the first. */
function usesOfShares(
  instance: Instance,
  shared: ReadonlyMap<number, number>,
  migrations: readonly Migration[],
  first: number,
): Uses {
  const resource = new Map([...shared.keys()].map((share, i) => [share, first + i]))
  const held = migrations.map((m) => sharesOf(instance, m).flatMap((share) => resource.get(share) ?? []))
  const offset = new Int32Array(migrations.length + 1)
  held.forEach((of, i) => {
    offset[i + 1] = offset[i] + of.length
  })
  const of = Int32Array.from(held.flat())
  return { offset, of, amount: new Int32Array(of.length).fill(1) }
}
