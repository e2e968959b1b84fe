/** VMs that windows hold where they are, and the works that their nodes cannot have meanwhile. */
import { greatest, least } from '../../../lists.js'
import { type Night, ROAMS } from '../../rolling/night.js'
import { CARRY, RESTART } from '../../rolling/ways.js'

/** Works under way at some instant of (from, until) add up to `most`, by their shares. */
export interface HeldRow {
  from: number
  until: number
  /** [works] */
  shares: Float64Array
  most: number
}

/** Spans that are looked at, the longest first. */
const SPANS = 40

/**
 * From the start of a VM's window to its end the VM is on one node, which has no work then; nor as long before as it takes to come after one, or behind as
 * it takes to leave for one. What VMs hold in one span takes so many nodes, by memory or since they are kept apart, and so much of their memory.
 *
 * @param nodes whose works are done in every plan that is looked at
 */
export function heldRows(night: Night, nodes: readonly number[]): HeldRow[] {
  const { instance, role } = night
  const { vmWindows } = instance
  // Whoever may rest may be down in its window.
  const { stops } = night.ways
  const runs = (v: number) => instance.problem.vms[v].state === 'running'
  const vms = [...role.keys()].filter(
    (v) => role[v] === ROAMS && runs(v) && vmWindows[v].length > 0 && stops[v] === 0,
  )
  const spans = new Map<string, { a: number; b: number }>()
  for (const v of vms)
    for (let i = 0; i < vmWindows[v].length; i += 2) {
      const [a, b] = [vmWindows[v][i], vmWindows[v][i + 1]]
      spans.set(`${a} ${b}`, { a, b })
    }
  return [...spans.values()]
    .sort((one, other) => other.b - other.a - (one.b - one.a) || one.a - other.a)
    .slice(0, SPANS)
    .flatMap(({ a, b }) => {
      const held = vms.filter((v) =>
        vmWindows[v].some((from, i) => i % 2 === 0 && from <= a && vmWindows[v][i + 1] >= b),
      )
      return rowsOf(night, nodes, held, a, b)
    })
}

function rowsOf(
  night: Night,
  nodes: readonly number[],
  held: readonly number[],
  a: number,
  b: number,
): HeldRow[] {
  const { instance, capacity, held: holds } = night
  const worked = new Set(nodes)
  const passing = Math.min(instance.horizon, least(held.map((v) => quickest(night, v))))
  const span = { from: a - passing, until: b + passing }
  const size = (n: number) => Math.max(capacity[n], holds[n])
  const others = Array.from({ length: night.nodes }, (_, n) => n).filter(
    (n) => !worked.has(n) && held.some((v) => instance.vmNode[v] === n || night.mayBe(v, n)),
  )
  const memory = held.reduce((sum, v) => sum + instance.vmMemory[v], 0)
  const room = nodes.reduce((sum, n) => sum + size(n), 0)
  const elsewhere = others.reduce((sum, n) => sum + size(n), 0)
  const rows: HeldRow[] = []
  if (memory > elsewhere) {
    const most = room + elsewhere - memory
    rows.push({ ...span, shares: Float64Array.from(nodes, (n) => size(n) / room), most: most / room })
  }
  const free = Math.max(apart(night, held), nodesFor(memory, [...nodes, ...others].map(size))) - others.length
  if (free > 0)
    rows.push({ ...span, shares: new Float64Array(nodes.length).fill(1), most: nodes.length - free })
  return rows
}

/** Ticks that the VM is under way at least, from wherever to wherever. */
function quickest({ ways, links, nodes }: Night, v: number): number {
  let ticks = Number.POSITIVE_INFINITY
  if (ways.carry[v] === 1) ticks = ways.ticks(v, CARRY)
  if (ways.restart[v] === 1) ticks = Math.min(ticks, ways.ticks(v, RESTART))
  if (ways.live[v] === 0) return ticks
  for (let m = 0; m < nodes; m++)
    for (let n = 0; n < nodes; n++) if (m !== n) ticks = Math.min(ticks, links.least(v, m, n))
  return ticks
}

/** Least number of nodes by memory. */
function nodesFor(memory: number, sizes: readonly number[]): number {
  let left = memory
  let count = 0
  for (const size of [...sizes].sort((x, y) => y - x)) {
    if (left <= 0) break
    left -= size
    count++
  }
  return count
}

/** Most of them that are of one group, and lie apart from the start: a partner that was there at the start would not be in the way of who comes home. */
function apart({ instance, home }: Night, vms: readonly number[]): number {
  const places = new Map<number, Set<number>>()
  for (const v of vms) {
    if (home[v] !== instance.vmNode[v]) continue
    for (const group of instance.vmGroups[v]) {
      const of = places.get(group) ?? new Set<number>()
      places.set(group, of.add(instance.groupPlaces[group][instance.vmNode[v]]))
    }
  }
  return greatest(
    [...places.values()].map(({ size }) => size),
    1,
  )
}
