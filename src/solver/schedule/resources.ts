/**
 * What migrations hold while they run, memory aside. This is the one place that says so: schedules of legs, the search that chooses targets, the
 * exact search, rounds and orders in transit all take it from here, so that a limit of the cluster is a resource more and nothing else.
 */
import type { ScheduleProblem, Uses } from '../../kernel/types.js'
import type { Slots } from '../../model/duration.js'
import type { Instance, Limit } from '../../model/instance.js'
import { crosses, type Network } from '../../model/networks.js'
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
  slots: Slots
  /** MiB per second that it holds of networks. */
  mibps: number
}

/** In a timeline: does the migration take a slot of its nodes? One of no time occupies no instant. */
export function holdsSlots({ kind, duration }: Pick<Migration, 'kind' | 'duration'>): boolean {
  return kind === 'live' && duration > 0
}

export type Holdings = Pick<
  ScheduleProblem,
  'resourceCount' | 'capacity' | 'resourceA' | 'resourceB' | 'held'
>

/** Slot-ticks that a migration takes of its source and of its target. */
export function workOf({ kind, duration, slots }: Pick<Migration, 'kind' | 'duration' | 'slots'>): {
  atSource: number
  atTarget: number
} {
  if (kind !== 'live') return { atSource: 0, atTarget: 0 }
  return { atSource: duration * slots.from, atTarget: duration * slots.to }
}

/**
 * Slots of both ends that a migration takes in pairs, each with one of the other end: for bounds that count pairs. What one end gives
 * beyond the other has no partner.
 */
export function pairsOf({ slots }: Pick<Migration, 'slots'>): number {
  return Math.min(slots.from, slots.to)
}

/**
 * Resources are the nodes, which have slots, and after them one of capacity 1 for each node that saves VMs in place, which it does one
 * after another. Only live migrations hold slots; in rounds those count that a node takes part in, whatever their kind, saves in place too.
 * Behind them is one for each limit of the cluster, each serial group and each network that can bind. What takes more than one unit of its
 * nodes is among what is `held` besides.
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
  const own = nodeCount + savers.length
  const shared = bindingShares(instance, migrations)
  const resource = new Map([...shared.keys()].map((share, i) => [share, own + i]))
  const networks = instance.networks.filter((network) => canBind(network, migrations))
  const behind = own + shared.size
  const uses = (m: Migration): [number, number][] => {
    const found: [number, number][] = []
    if (m.slots.from > 1 && takesPart(m)) found.push([m.from, m.slots.from])
    if (m.slots.to > 1 && takesPart(m)) found.push([m.to, m.slots.to])
    if (shared.size > 0) {
      for (const share of sharesOf(instance, m)) {
        const at = resource.get(share)
        if (at !== undefined) found.push([at, 1])
      }
    }
    networks.forEach((network, n) => {
      const units = unitsOf(network, m)
      if (units > 0) found.push([behind + n, units])
    })
    return found
  }
  const isHeld =
    shared.size + networks.length > 0 || migrations.some((m) => m.slots.from > 1 || m.slots.to > 1)
  const one = (slots: number, node: number) => (slots === 1 ? node : -1)
  return {
    resourceCount: behind + networks.length,
    capacity: Int32Array.from([
      ...nodeSlots,
      ...savers.map(() => 1),
      ...shared.values(),
      ...networks.map(() => NETWORK_UNITS),
    ]),
    resourceA: Int32Array.from(migrations, (m) => (takesPart(m) ? one(m.slots.from, m.from) : saverOf(m))),
    resourceB: Int32Array.from(migrations, (m) => {
      if (!takesPart(m)) return -1
      return isInPlace(m.kind) ? saverOf(m) : one(m.slots.to, m.to)
    }),
    ...(isHeld ? { held: usesFrom(migrations.map(uses)) } : {}),
  }
}

/** Parts in which a network is counted: so many that a task's share is exact to 10^-7 and sums of its energies stay within 64 bits. */
export const NETWORK_UNITS = 2 ** 24

/** Parts of the network that a migration holds: rounded down, so that streams which together just fill it fit. */
export function unitsOf(
  network: Network,
  { mibps, duration, from, to }: Pick<Migration, 'mibps' | 'duration' | 'from' | 'to'>,
): number {
  if (mibps === 0 || duration === 0 || !crosses(network, from, to)) return 0
  return Math.max(1, Math.min(NETWORK_UNITS, Math.floor((mibps / network.mibps) * NETWORK_UNITS)))
}

/** Ticks that a migration would hold the whole network for: its share times its time. */
export function networkWorkOf(network: Network, migration: Parameters<typeof unitsOf>[1]): number {
  return (unitsOf(network, migration) * migration.duration) / NETWORK_UNITS
}

function canBind(network: Network, migrations: readonly Migration[]): boolean {
  const most = new Map<number, number>()
  for (const m of migrations) most.set(m.vm, Math.max(most.get(m.vm) ?? 0, unitsOf(network, m)))
  let sum = 0
  for (const units of most.values()) sum += units
  return sum > NETWORK_UNITS
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

function usesFrom(held: readonly (readonly [resource: number, units: number][])[]): Uses {
  const offset = new Int32Array(held.length + 1)
  held.forEach((uses, i) => {
    offset[i + 1] = offset[i] + uses.length
  })
  const all = held.flat()
  return {
    offset,
    of: Int32Array.from(all, ([resource]) => resource),
    amount: Int32Array.from(all, ([, units]) => units),
  }
}
