/**
 * What any plan needs before and after each work, whatever else it does: the head, until the node can be empty, and the tail, until its VMs
 * can be home again. Ticks.
 */
import { doneBy, firstGap, unionIntervals } from '../../../model/intervals.js'
import { penaltyToTicks } from '../../../model/ticks.js'
import { type Night, RESTS, ROAMS } from '../../rolling/night.js'
import { RESUME, SAVE, START, STOP } from '../../rolling/ways.js'

export interface Ends {
  /** Nodes whose works are done in every plan that is looked at. */
  nodes: readonly number[]
  /** [N] earliest start of the work. */
  head: Float64Array
  /** [N] after the end of the work, at least. */
  tail: Float64Array
  /** [N] earliest end of the night by this node alone, its own windows counted. */
  finish: Float64Array
}

/**
 * @param home VMs return or pay for it: a tail is then cost, not only time. Of a VM that stays away what it pays takes the place of its return.
 */
export function endsOf(night: Night, nodes: readonly number[], home: boolean): Ends {
  const { instance, after, rank, workTicks } = night
  const head = new Float64Array(night.nodes)
  const tail = new Float64Array(night.nodes)
  const finish = new Float64Array(night.nodes)
  for (const n of nodes) head[n] = Math.max(0, night.workStart(n, emptiedBy(night, n)))
  // Each work waits for those that go before it; chains are at most as long as the list.
  for (let changed = true; changed; ) {
    changed = false
    for (const n of nodes) {
      for (const m of nodes) {
        if (!after[n].includes(m) && rank[m] >= rank[n]) continue
        const start = night.workStart(n, head[m] + workTicks[m])
        if (start <= head[n]) continue
        head[n] = start
        changed = true
      }
    }
  }
  for (const n of nodes) {
    const end = head[n] + workTicks[n]
    tail[n] = returned(night, n, home)
    finish[n] = doneBy(
      unionIntervals(instance.clusterWindows, instance.nodeWindows[n]),
      end,
      Math.max(1, tail[n]),
    )
    if (tail[n] === 0) finish[n] = end
  }
  return { nodes, head, tail, finish }
}

/** All running VMs of the node leave it first, or are put to rest, saves one after another; and each finds its own time. */
function emptiedBy(night: Night, n: number): number {
  const { instance, role, ways } = night
  const { clusterWindows, nodeWindows, vmWindows, horizon } = instance
  const closed = unionIntervals(clusterWindows, nodeWindows[n])
  let content = 0
  let saving = 0
  let alone = 0
  for (let v = 0; v < night.vms; v++) {
    if (instance.vmNode[v] !== n || (role[v] !== ROAMS && role[v] !== RESTS)) continue
    const ticks = role[v] === ROAMS ? night.fastest(v, n) : restTicks(night, v)
    if (role[v] === ROAMS) content += night.content(v, n)
    else if (ways.stops[v] === 0) saving += ticks
    const start = firstGap(unionIntervals(closed, vmWindows[v]), 0, ticks, horizon)
    alone = Math.max(alone, start < 0 ? 0 : start + ticks)
  }
  const needed = Math.max(content / instance.nodeSlots[n], saving)
  return Math.max(alone, needed > 0 ? Math.floor(doneBy(closed, 0, Math.floor(needed))) : 0)
}

/** To be saved or shut down, whichever is shorter. */
function restTicks({ ways }: Night, v: number): number {
  const stop = ways.stops[v] === 1 ? ways.ticks(v, STOP) : Number.POSITIVE_INFINITY
  return ways.rest[v] === SAVE ? Math.min(ways.ticks(v, SAVE), stop) : stop
}

function returned(night: Night, n: number, home: boolean): number {
  const { instance, role, returnHome, ways } = night
  const { policy } = instance.problem
  const stay = penaltyToTicks(Math.max(0, policy.notHomePenaltySeconds - policy.migrationPenaltySeconds))
  let sum = 0
  let resuming = 0
  let alone = 0
  for (let v = 0; v < night.vms; v++) {
    if (instance.vmNode[v] !== n) continue
    if (role[v] === RESTS) {
      const start = ways.stops[v] === 1 ? ways.ticks(v, START) : Number.POSITIVE_INFINITY
      const resume = ways.rest[v] === SAVE ? ways.ticks(v, RESUME) : Number.POSITIVE_INFINITY
      alone = Math.max(alone, Math.min(start, resume))
      if (ways.stops[v] === 0) resuming += resume
    } else if (role[v] === ROAMS && returnHome && home && !night.isBarredFromHome(v))
      sum += Math.min(night.content(v, n) / instance.nodeSlots[n], stay)
  }
  return Math.floor(Math.max(sum, resuming, alone))
}
