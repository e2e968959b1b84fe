/**
 * What any plan needs before and after each work, whatever else it does: the head, until the node can be empty, and the tail, until its VMs
 * can be home again. Ticks.
 */
import type { Intervals } from '../../../model/instance.js'
import { doneBy, firstGap, freeTimeBefore, unionIntervals } from '../../../model/intervals.js'
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
  /** Earliest end of the night by this node alone once its work has ended, its own windows counted; what is paid for VMs that stay away is added. */
  finish: (n: number, end: number) => number
}

/**
 * @param home VMs return or pay for it: a tail is then cost, not only time. Of a VM that stays away what it pays takes the place of its return.
 */
export function endsOf(night: Night, nodes: readonly number[], home: boolean): Ends {
  const { instance, after, rank, workTicks } = night
  const head = new Float64Array(night.nodes)
  const tail = new Float64Array(night.nodes)
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
  const returns = new Map(nodes.map((n) => [n, returnsOf(night, n, home)]))
  for (const [n, { ways, resuming }] of returns) {
    const sum = ways.reduce((all, { content, stay }) => all + Math.min(content, stay), 0)
    tail[n] = Math.floor(Math.max(sum, resuming))
  }
  const finish = (n: number, end: number) => {
    const { ways, resuming } = returns.get(n)!
    const closed = unionIntervals(instance.clusterWindows, instance.nodeWindows[n])
    const resumed = resuming > 0 ? doneBy(closed, end, resuming) : end
    return Math.floor(Math.max(resumed, leastReturn(ways, closed, end)))
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

interface Way {
  /** Ticks that the VM's way home takes of the node, and ticks of cost where it stays away. */
  content: number
  stay: number
}

/** @returns ways, those first for which staying away costs most for the time that it saves; and ticks in which what rested runs again. */
function returnsOf(night: Night, n: number, home: boolean): { ways: Way[]; resuming: number } {
  const { instance, role, returnHome, ways: kinds } = night
  const { policy } = instance.problem
  const stay = penaltyToTicks(Math.max(0, policy.notHomePenaltySeconds - policy.migrationPenaltySeconds))
  const ways: Way[] = []
  let resuming = 0
  let alone = 0
  for (let v = 0; v < night.vms; v++) {
    if (instance.vmNode[v] !== n) continue
    if (role[v] === RESTS) {
      const start = kinds.stops[v] === 1 ? kinds.ticks(v, START) : Number.POSITIVE_INFINITY
      const resume = kinds.rest[v] === SAVE ? kinds.ticks(v, RESUME) : Number.POSITIVE_INFINITY
      alone = Math.max(alone, Math.min(start, resume))
      if (kinds.stops[v] === 0) resuming += resume
    } else if (role[v] === ROAMS && returnHome && home && returns(night, v)) {
      const content = night.content(v, n) / instance.nodeSlots[n]
      ways.push({ content: Math.min(content, instance.horizon + 1), stay })
    }
  }
  ways.sort((a, b) => b.stay * a.content - a.stay * b.content)
  return { ways, resuming: Math.max(resuming, alone) }
}

/** Does it come home, or pay for it? */
function returns(night: Night, v: number): boolean {
  return !night.isBarredFromHome(v) && night.ways.wanted[v] === undefined
}

/**
 * The least T + what is paid for VMs whose ways do not fit into the open time from `end` to T, the last of them in part. Where the node is closed
 * T need not lie; where it is open T grows slower than the payment shrinks as long as staying costs more than it saves. So T is the end, the
 * start of a window, or where what is worth its way is done.
 */
function leastReturn(ways: readonly Way[], closed: Intervals, end: number): number {
  const worth = ways
    .filter(({ content, stay }) => stay > content)
    .reduce((sum, { content }) => sum + content, 0)
  const finish = worth > 0 ? doneBy(closed, end, worth) : end
  let least = finish + unpaid(ways, worth)
  const before = freeTimeBefore(closed, end)
  for (let i = 0; i < closed.length; i += 2)
    if (closed[i] >= end && closed[i] < finish)
      least = Math.min(least, closed[i] + unpaid(ways, freeTimeBefore(closed, closed[i]) - before))
  return Math.min(least, end + unpaid(ways, 0))
}

/** What has to be paid at least where so much open time goes to ways home. */
function unpaid(ways: readonly Way[], open: number): number {
  let left = open
  let sum = 0
  for (const { content, stay } of ways) {
    const done = Math.min(left, content)
    left -= done
    if (content > 0) sum += (stay * (content - done)) / content
  }
  return sum
}
