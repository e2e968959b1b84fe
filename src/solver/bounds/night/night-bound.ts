/** Lower bounds on a night of maintenance. docs/algorithm.md has the arguments. */
import { least } from '../../../lists.js'
import type { LpService } from '../../../lp/types.js'
import { doneBy, intersectIntervals } from '../../../model/intervals.js'
import { penaltyToTicks } from '../../../model/ticks.js'
import { type Night, RESTS, ROAMS } from '../../rolling/night.js'
import type { RollingParameters } from '../../rolling/parameters.js'
import { CARRY, RESTART, SAVE, STOP } from '../../rolling/ways.js'
import { configurationBound } from './configurations.js'
import { crewBound, type Job, segmentBound } from './crews.js'
import { endsOf } from './ends.js'
import { crewsByMemory, Gaps, type Memory, memoryBound, memoryOf } from './memory.js'
import { sequenceBound } from './sequence.js'
import { timeIndexedBound } from './time-indexed.js'

export interface NightBound {
  /** Ticks. */
  makespan: number
  cost: number
  /** Name of the bound that decides the cost. */
  by: string
}

/**
 * @param nodes whose works are done in every plan that is looked at.
 * @param work steps between configurations that may be looked at.
 */
export function boundNight(night: Night, nodes: readonly number[], work = 0): NightBound {
  const memory = memoryOf(night)
  const time = strongest(night, nodes, memory, false, work)
  const withReturns = night.returnHome ? strongest(night, nodes, memory, true, work) : time
  return { makespan: time.value, cost: withReturns.value + leastPenalty(night, nodes), by: withReturns.by }
}

/**
 * The same bound, raised by `timeIndexedBound` towards what has been found.
 *
 * @param found ticks of a plan that does these works and leaves nothing else
 */
export async function raiseNightBound(
  night: Night,
  nodes: readonly number[],
  bound: NightBound,
  found: Pick<NightBound, 'makespan' | 'cost'>,
  lp: LpService,
  { boundVariables, boundInstants, boundPrograms }: RaisingParameters,
): Promise<NightBound> {
  const memory = memoryOf(night)
  const crews = crewsOf(night, memory, nodes)
  const penalty = leastPenalty(night, nodes)
  const limits = { variables: boundVariables, steps: boundInstants, programs: boundPrograms }
  const raised = (home: boolean, low: number, high: number) =>
    timeIndexedBound(night, endsOf(night, nodes, home), memory, crews, lp, { ...limits, low, high })
  const cost = penalty + (await raised(true, bound.cost - penalty, found.cost - penalty))
  const makespan = night.returnHome
    ? await raised(false, bound.makespan, found.makespan)
    : Math.max(bound.makespan, Math.min(found.makespan, cost - penalty))
  return { makespan, cost, by: cost > bound.cost ? 'starts' : bound.by }
}

function crewsOf(night: Night, memory: Memory | undefined, nodes: readonly number[]): number {
  return Math.min(night.crews, memory === undefined ? nodes.length : crewsByMemory(memory, nodes))
}

type RaisingParameters = Pick<RollingParameters, 'boundVariables' | 'boundInstants' | 'boundPrograms'>

interface Named {
  value: number
  by: string
}

/** @param home VMs return or pay for it */
function strongest(
  night: Night,
  nodes: readonly number[],
  memory: Memory | undefined,
  home: boolean,
  work: number,
): Named {
  const ends = endsOf(night, nodes, home)
  const { head, tail, finish } = ends
  let best: Named = { value: 0, by: 'none' }
  const raise = (value: number, by: string) => {
    if (value > best.value) best = { value, by }
  }
  if (nodes.length === 0) return best
  for (const n of nodes) raise(finish(n, head[n] + night.workTicks[n]), 'node')
  const jobs = nodes.map((n): Job => ({ head: head[n], length: night.workTicks[n], tail: tail[n] }))
  const crews = crewsOf(night, memory, nodes)
  raise(crewBound(jobs, crews), 'crew')
  const { horizon, clusterWindows } = night.instance
  const closed = nodes.map((n) => night.workClosed[n]).reduce(intersectIntervals)
  raise(segmentBound(jobs, crews, closed, horizon), 'segment')
  if (memory === undefined) return best
  const works = nodes.map((node, i) => ({ node, ...jobs[i] }))
  raise(memoryBound(night, memory, works, crews), 'memory')
  if (crews > 1 || nodes.length < 2) return best
  // One work after another: each but the first waits for its gap.
  const gaps = new Gaps(night, memory)
  const changed = nodes.map((m, i): Job => {
    // Infinity: it is the first, and the horizon is as long as any gap.
    const gap = Math.min(horizon, least(nodes.filter((n) => n !== m).map((n) => gaps.between(n, m))))
    return { head: jobs[i].head - gap, length: jobs[i].length + gap, tail: jobs[i].tail }
  })
  raise(crewBound(changed, 1), 'gap')
  // Works and migrations of gaps alike wait for windows of the cluster; what comes before the first work is its head.
  const all = changed.reduce((sum, { length }) => sum + length, 0)
  const endings = jobs.map(({ head: from, length }, i) =>
    doneBy(clusterWindows, from, all - (changed[i].length - length)),
  )
  raise(least(endings) + least(jobs.map((job) => job.tail)), 'gap')
  raise(
    sequenceBound(night, ends, (n, m) => gaps.between(n, m)),
    'gap',
  )
  raise(configurationBound(night, memory, ends, home, work), 'gap')
  return best
}

/** What every plan pays besides its makespan: a migration, or a save, of each VM of the nodes, its way back, and where it ends. */
function leastPenalty(night: Night, nodes: readonly number[]): number {
  const { instance, role, returnHome } = night
  const { policy, nodes: all } = instance.problem
  const one = penaltyToTicks(policy.migrationPenaltySeconds)
  const away = returnHome ? penaltyToTicks(policy.notHomePenaltySeconds) : 0
  const emptied = new Set(nodes)
  const leaving = new Map<number, number>()
  let sum = 0
  for (let v = 0; v < night.vms; v++) {
    const n = instance.vmNode[v]
    const ending = night.ending(v)
    if (ending !== undefined) sum += ending.reduce((least, x) => Math.min(least, x), instance.stayPenalty[v])
    if (!emptied.has(n)) continue
    const { live, carry, restart, rest, stops } = night.ways
    const stopping = stops[v] === 1 ? night.ways.penalty(STOP) : Number.POSITIVE_INFINITY
    if (role[v] === RESTS) sum += rest[v] === SAVE ? Math.min(night.ways.penalty(SAVE), stopping) : stopping
    if (role[v] !== ROAMS) continue
    const leave = [
      live[v] === 1 && night.goesLive(v, n) ? one : Number.POSITIVE_INFINITY,
      carry[v] === 1 ? night.ways.penalty(CARRY) : Number.POSITIVE_INFINITY,
      restart[v] === 1 ? night.ways.penalty(RESTART) : Number.POSITIVE_INFINITY,
    ]
    const returns = night.ways.wanted[v] === undefined
    const back = !returns ? 0 : night.isBarredFromHome(v) ? away : Math.min(one, away)
    sum += Math.min(least(leave) + back, stopping)
    if (stops[v] === 0) leaving.set(n, (leaving.get(n) ?? 0) + 1)
  }
  // Where all nodes are worked on, those that leave the first leave again.
  const again =
    nodes.length > 0 && !returnHome && all.every(({ state }, n) => emptied.has(n) || state === 'down')
  if (again)
    sum += one * nodes.reduce((least, n) => Math.min(least, leaving.get(n) ?? 0), Number.POSITIVE_INFINITY)
  return sum
}
