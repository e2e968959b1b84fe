/** Works that no plan can do, each with what is in its way: these are proofs. */
import { firstGap } from '../../model/intervals.js'
import type { NotMaintainedReason } from '../../model/plan.js'
import { ticksToSeconds } from '../../model/ticks.js'
import { explainUnplaced } from '../report/unplaced.js'
import type { WishMaker } from '../wishes/maker.js'
import { type Night, RESTS, ROAMS, STAYS } from './night.js'
import { SAVE } from './ways.js'

export interface Obstacle {
  reason: NotMaintainedReason
  detail: string
  /** VMs that stay. */
  vms: number[]
}

export function impossibleWorks(night: Night, maker: WishMaker): Map<number, Obstacle> {
  const found = new Map<number, Obstacle>()
  for (const n of night.worked) {
    const obstacle = timeless(night, n) ?? stranded(night, maker, n)
    if (obstacle !== undefined) found.set(n, obstacle)
  }
  // What goes after one that is not done is not done either.
  for (let changed = true; changed; ) {
    changed = false
    for (const n of night.worked) {
      const before = night.after[n].find((m) => found.has(m))
      if (before === undefined || found.has(n)) continue
      const detail = `${night.instance.problem.nodes[before].id}, which goes before it, is not worked on`
      found.set(n, { reason: 'after', detail, vms: [] })
      changed = true
    }
  }
  return found
}

/** The work itself has no time. */
function timeless(night: Night, n: number): Obstacle | undefined {
  if (night.workStart(n, 0) >= 0) return undefined
  const { horizon } = night.instance
  const ticks = night.workTicks[n]
  const within = (latest: number) => firstGap(night.workClosed[n], night.earliest[n], ticks, latest) >= 0
  if (ticks + night.earliest[n] > horizon) {
    const work = night.instance.problem.works![night.workOf[n]]
    const from = work.earliestStartSeconds > 0 ? ` from ${work.earliestStartSeconds} s on` : ''
    const detail = `the work takes ${work.durationSeconds} s${from}, and the horizon is ${ticksToSeconds(horizon)} s`
    return { reason: 'horizon', detail, vms: [] }
  }
  if (night.latest[n] < horizon && within(horizon))
    return { reason: 'deadline', detail: 'it cannot have ended by its latestEnd', vms: [] }
  return { reason: 'window', detail: 'no time clear of windows is long enough for the work', vms: [] }
}

/** A VM runs there that can never leave, or be saved. */
function stranded(night: Night, maker: WishMaker, n: number): Obstacle | undefined {
  const { instance, role, vms } = night
  const staying: number[] = []
  let first: Omit<Obstacle, 'vms'> | undefined
  for (let v = 0; v < vms; v++) {
    if (instance.vmNode[v] !== n || instance.problem.vms[v].state !== 'running') continue
    const why =
      role[v] === RESTS
        ? unsavable(night, n, v)
        : role[v] === ROAMS
          ? stuck(night, maker, n, v)
          : role[v] === STAYS
            ? restless(night, v)
            : undefined
    if (why === undefined) continue
    first ??= why
    staying.push(v)
  }
  return first === undefined ? undefined : { ...first, vms: staying }
}

function stuck(night: Night, maker: WishMaker, n: number, v: number): Omit<Obstacle, 'vms'> | undefined {
  if (night.fastest(v, n) < Number.POSITIVE_INFINITY) return undefined
  const { reason, detail } = explainUnplaced(
    night.instance,
    undefined,
    maker.wish(v, undefined, undefined),
    () => night.instance.spaces[0],
  ).entry
  return { reason, detail: `${night.instance.problem.vms[v].id} stays: ${detail}` }
}

function restless({ instance }: Night, v: number): Omit<Obstacle, 'vms'> {
  const { id, ways } = instance.problem.vms[v]
  const have = ways === undefined || ways.size === 0 ? 'none' : [...ways].join(', ')
  return { reason: 'ways', detail: `${id} stays: its ways have no save, nor stop: they are ${have}` }
}

function unsavable(
  { instance, workOf, ways }: Night,
  n: number,
  v: number,
): Omit<Obstacle, 'vms'> | undefined {
  const { problem } = instance
  const after = ways.rest[v] === SAVE ? problem.works![workOf[n]].featuresAfter : undefined
  const lost =
    after === undefined ? [] : problem.vms[v].features.filter((feature) => !after.includes(feature))
  const { id } = problem.vms[v]
  if (lost.length > 0)
    return {
      reason: 'cpu-features',
      detail: `${id} could not be resumed: the work takes away ${lost.join(', ')}`,
    }
  if (problem.nodes[n].state === 'down')
    return { reason: 'node-state', detail: `${problem.nodes[n].id} is down: ${id} cannot be saved there` }
  return undefined
}
