/**
 * The exact single-node problem as a bound: a node with one slot carries its migrations one after another, each around the windows
 * of the VM, of both nodes and of the cluster. The kernel finds the least time by which all of them can be done.
 */
import type { SingleNodeProblem } from '../../kernel/types.js'
import { append, least } from '../../lists.js'
import type { Instance, Intervals } from '../../model/instance.js'
import { intersectIntervals } from '../../model/intervals.js'
import type { SearchContext } from '../context.js'
import { flatLists } from '../schedule/interval-classes.js'
import type { ForbiddenIntervals } from '../wishes/forbidden.js'
import type { Choice, Wish } from '../wishes/wish.js'
import { closeShortGaps, type NodeAvailability } from './node-availability.js'
import { type Share, sharedNodeBound } from './shared-node.js'

/** Pessimistic, for time limits only. */
const MS_A_STATE = 0.004

/** A migration that the node carries whatever is chosen, relaxed to what all its choices have in common. */
interface Job {
  wish: number
  /** The least of its choices, ticks. */
  duration: number
  /** Forbidden whatever is chosen. */
  forbidden: Intervals
}

export interface SingleNodeBounds {
  /** Ticks, at least `known`. */
  makespan: number
  /** The node that decides, −1: none raised the bound. */
  node: number
  /**
   * By node: indices into `wishes` of the migrations that it must carry, in an order in which it alone is done by `makespan`; earlier
   * than any other order where that is later than `known`. Only nodes for which the search ended with one.
   */
  sequences: Map<number, number[]>
}

/**
 * Makespan bounds of single nodes, the most loaded first. Valid only for plans that leave none
 * of `wishes` unplaced and send none by way of a parking node (a parked VM's legs have durations and windows of their own).
 *
 * @param wishes all with a choice; those that only make room are passed over.
 * @param known a bound that holds already, ticks: nodes that can be done by then are not looked at closer.
 * @param upper a makespan that was reached, or the horizon, ticks: no bound above it is needed.
 */
export async function singleNodeBounds(
  { instance, kernel, run, forbidden }: SearchContext,
  availability: NodeAvailability,
  wishes: readonly Wish[],
  known: number,
  upper: number,
): Promise<SingleNodeBounds> {
  const result: SingleNodeBounds = { makespan: known, node: -1, sequences: new Map() }
  const jobs = jobsByNode(instance, forbidden, wishes)
  const nodes: number[] = []
  for (const [n, list] of jobs) {
    if (instance.nodeSlots[n] !== 1) continue
    if (list.some((job) => before(job.forbidden, upper).length > 0)) {
      nodes.push(n)
      continue
    }
    // Without forbidden intervals any order is as good as another: the node's load says it all.
    const load = Math.min(
      list.reduce((sum, job) => sum + job.duration, 0),
      upper,
    )
    if (load > result.makespan) {
      result.makespan = load
      result.node = n
    }
  }
  const load = new Map(
    nodes.map((n) => [
      n,
      availability.earliest(
        n,
        (jobs.get(n) ?? []).reduce((s, j) => s + j.duration, 0),
      ),
    ]),
  )
  nodes.sort((a, b) => (load.get(b) ?? 0) - (load.get(a) ?? 0) || a - b)

  const { singleNodeStates, singleNodeShare, singleNodeFirstStates, singleNodeGrowth } = run.parameters.bounds
  const raise = (makespan: number, node: number) => {
    if (makespan <= result.makespan) return
    result.makespan = makespan
    result.node = node
  }
  let shareStates = run.parameters.bounds.sharedNodeStates
  for (const [node, shares] of sharesByNode(instance, wishes)) {
    if (result.makespan >= upper || shareStates <= 0 || (await run.breathe())) break
    const slots = instance.nodeSlots[node]
    const freeBefore = (tick: number) => availability.freeBefore(node, tick) / slots
    const task = { low: result.makespan, high: upper, states: Math.ceil(shareStates * singleNodeShare) }
    const { bound, states } = sharedNodeBound(slots, shares, freeBefore, task)
    shareStates -= states
    raise(bound, node)
  }
  let budget = singleNodeStates
  for (const node of nodes) {
    if (result.makespan >= upper || (await run.breathe())) break
    const { problem, members } = problemOf(jobs.get(node) ?? [], upper)
    const bounds = { horizon: instance.horizon, lower: result.makespan, upper }
    // Searches that are begun again, larger, may have taken more than there was.
    const share = Math.max(0, Math.ceil(budget * singleNodeShare))
    let states = Math.min(singleNodeFirstStates, share)
    let found = kernel.singleNode({ ...problem, ...bounds, maxExpanded: states })
    budget -= found.expanded
    while (!found.optimal && found.bound < upper && found.expanded > 0 && states < share) {
      states = Math.min(share, Math.ceil(states * singleNodeGrowth))
      if ((await run.breathe()) || run.remainingMs < states * MS_A_STATE) break
      found = kernel.singleNode({ ...problem, ...bounds, maxExpanded: states })
      budget -= found.expanded
    }
    const { bound, optimal, order } = found
    raise(bound, node)
    if (optimal) {
      const taken = new Int32Array(members.length)
      result.sequences.set(
        node,
        Array.from(order, (c) => members[c][taken[c]++]),
      )
    }
  }
  return result
}

/** What each node must carry: as the source of a VM that moves live in any case, or as its only target. */
function jobsByNode(
  instance: Instance,
  forbidden: ForbiddenIntervals,
  wishes: readonly Wish[],
): Map<number, Job[]> {
  const jobs = new Map<number, Job[]>()
  const add = (node: number, job: Job) => {
    append(jobs, node, job)
  }
  wishes.forEach((wish, w) => {
    if (wish.makesRoom || wish.choices.some((c) => c.kind !== 'live')) return
    const from = instance.vmNode[wish.vm]
    const lists = new Set(wish.choices.map((c) => forbidden.of(wish.vm, from, c.node)))
    const job: Job = {
      wish: w,
      duration: wish.choices.reduce((least, c) => Math.min(least, c.duration), Number.POSITIVE_INFINITY),
      forbidden: [...lists].reduce(intersectIntervals),
    }
    if (job.duration === 0) return
    add(from, job)
    const to = wish.choices[0].node
    if (wish.choices.every((c) => c.node === to)) add(to, job)
  })
  return jobs
}

/** By node with several slots what each must carry, relaxed to the shortest of its choices with either width there; the most work first. */
function sharesByNode(instance: Instance, wishes: readonly Wish[]): [node: number, Share[]][] {
  const shares = new Map<number, Share[]>()
  const add = (node: number, choices: readonly Choice[], taken: (choice: Choice) => number) => {
    if (instance.nodeSlots[node] === 1) return
    const ticks = (wide: boolean) =>
      least(choices.map((choice) => (taken(choice) > 1 === wide ? choice.duration : Infinity)))
    append(shares, node, { one: ticks(false), all: ticks(true) })
  }
  for (const { vm, choices, makesRoom } of wishes) {
    if (makesRoom || choices.some((c) => c.kind !== 'live' || c.duration === 0)) continue
    add(instance.vmNode[vm], choices, ({ slots }) => slots.from)
    const to = choices[0].node
    if (choices.every((c) => c.node === to)) add(to, choices, ({ slots }) => slots.to)
  }
  const work = ([node, list]: [number, Share[]]) =>
    list.reduce((sum, { one, all }) => sum + Math.min(one / instance.nodeSlots[node], all), 0)
  return [...shares].sort((a, b) => work(b) - work(a) || a[0] - b[0])
}

/** The part of a list that begins before `upper`: the rest cannot matter, and lists that differ only there are one. */
function before(intervals: Intervals, upper: number): Intervals {
  let length = 0
  while (length < intervals.length && intervals[length] < upper) length += 2
  return intervals.subarray(0, length)
}

/** Classes of equal jobs, and by class the wishes that they are. */
function problemOf(
  jobs: readonly Job[],
  upper: number,
): {
  problem: Pick<
    SingleNodeProblem,
    'classCount' | 'count' | 'duration' | 'forbiddenClass' | 'forbiddenOffset' | 'forbidden' | 'closed'
  >
  members: number[][]
} {
  const lists: Intervals[] = []
  const listByContent = new Map<string, number>()
  const listOf = (intervals: Intervals): number => {
    const cut = before(intervals, upper)
    const content = cut.join()
    let list = listByContent.get(content)
    if (list === undefined) {
      list = lists.push(cut) - 1
      listByContent.set(content, list)
    }
    return list
  }
  const classes = new Map<string, { duration: number; list: number; wishes: number[] }>()
  for (const { wish, duration, forbidden } of jobs) {
    const list = listOf(forbidden)
    const key = `${duration},${list}`
    const known = classes.get(key)
    if (known === undefined) classes.set(key, { duration, list, wishes: [wish] })
    else known.wishes.push(wish)
  }
  const made = [...classes.values()]
  const shortest = made.reduce((least, c) => Math.min(least, c.duration), Number.POSITIVE_INFINITY)
  // What is too short for a job is closed to it before lists are intersected: more stays closed that way.
  const closed = made.map((c) => closeShortGaps(lists[c.list], c.duration)).reduce(intersectIntervals)
  return {
    problem: {
      classCount: made.length,
      count: Int32Array.from(made, (c) => c.wishes.length),
      duration: Int32Array.from(made, (c) => c.duration),
      forbiddenClass: Int32Array.from(made, (c) => c.list),
      ...flatLists(lists),
      closed: closeShortGaps(closed, shortest),
    },
    members: made.map((c) => c.wishes),
  }
}
