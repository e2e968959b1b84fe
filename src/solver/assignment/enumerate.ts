/**
 * All assignments of a few wishes that could be better than what is there: depth-first over ways to fulfil each wish, pruned by weight
 * unplaced, memory at the end, and a bound on the cost (nodes' work around their windows, each way by itself, penalties). Alike wishes are told apart by
 * nothing, so theirs are taken in one order only.
 */
import type { Instance } from '../../model/instance.js'
import { COST_NOISE } from '../../model/ticks.js'
import { NodeAvailability } from '../bounds/node-availability.js'
import { type Decision, legsOf, penaltyOf } from '../schedule/legs.js'
import { holdsSlots } from '../schedule/resources.js'
import { blackoutPenalty, type Choice, type Wish } from '../wishes/wishes.js'

/** One way to fulfil a wish, or to leave it. */
export interface Way {
  decision: Decision
  /** Ticks. */
  penalty: number
  /** Ticks: no schedule ends earlier. */
  end: number
  /** Node and ticks of each slot held, flat. */
  work: readonly number[]
  /** Where the VM ends, and KiB that it takes there. */
  node: number
  memory: number
  /** Weight that it leaves unplaced. */
  left: number
}

export interface Assignment {
  decisions: Decision[]
  /** Tells it from all others. */
  key: string
  left: number
  penalty: number
  /** Ticks: no schedule of it ends earlier. */
  makespanBound: number
}

/** What an assignment has to be better than: less weight left, or as much at less cost (ticks). */
export interface Cutoff {
  left: number
  cost: number
}

export function beats(left: number, cost: number, cutoff: Cutoff): boolean {
  return left < cutoff.left || (left === cutoff.left && cost < cutoff.cost - COST_NOISE)
}

/** @param stopsOf nodes by way of which the wish's VM may go live; where none are given, it goes straight. */
export function waysOf(
  instance: Instance,
  wish: Wish,
  earliestEnd: Int32Array,
  stopsOf: (wish: Wish, target: number) => readonly number[] = () => [],
): Way[] {
  const ways: Way[] = []
  const add = (decision: { choice: Choice; parking: number }, end: number) => {
    const legs = legsOf(instance, [wish], [decision])
    const work = legs.flatMap((leg) =>
      holdsSlots(leg) ? [leg.from, leg.duration, leg.to, leg.duration] : [],
    )
    const { node, kind } = decision.choice
    // The choice has the blackout of going straight.
    const detour = (sum: number) =>
      legs.reduce(
        (all, leg) => all + blackoutPenalty(instance, leg),
        sum - blackoutPenalty(instance, decision.choice),
      )
    const penalty = decision.parking < 0 ? decision.choice.penalty : detour(decision.choice.penalty)
    const memory = kind === 'save-in-place' ? 0 : instance.vmMemory[wish.vm]
    ways.push({ decision, penalty, end, work, node, memory, left: 0 })
  }
  wish.choices.forEach((choice, c) => {
    add({ choice, parking: -1 }, earliestEnd[c])
    if (choice.kind !== 'live') return
    for (const parking of stopsOf(wish, choice.node)) add({ choice, parking }, 0)
  })
  ways.sort((a, b) => a.penalty + a.end - b.penalty - b.end)
  const stays = {
    decision: { choice: undefined, parking: -1 },
    penalty: instance.stayPenalty[wish.vm],
    end: 0,
    work: [],
    node: instance.vmNode[wish.vm],
    memory: instance.vmMemory[wish.vm],
    left: wish.makesRoom ? 0 : instance.vmWeight[wish.vm],
  }
  return [...ways, stays]
}

export interface Enumeration {
  /** Least weight left first, then least bound. */
  found: Assignment[]
  /** Nothing was given up for want of work. */
  complete: boolean
}

/**
 * @param ways by wish
 * @param holds may everything end so?
 * @param limits looks at partial assignments, and assignments to return, at most
 */
export function enumerateAssignments(
  instance: Instance,
  wishes: readonly Wish[],
  ways: readonly (readonly Way[])[],
  cutoff: Cutoff,
  holds: (decisions: readonly Decision[]) => boolean,
  limits: { looks: number; found: number },
): Enumeration {
  const availability = new NodeAvailability(instance, new Int32Array(instance.nodeCount))
  const before = alikeBefore(instance, wishes, ways)
  const cheapest = cheapestRest(ways, cutoff.left)
  const work = new Float64Array(instance.nodeCount)
  const taken = new Int32Array(wishes.length)
  // KiB at the end of what is decided, and how many of those have arrived: memory binds where one has.
  const memory = instance.nodeUsed.slice()
  const arrived = new Int32Array(instance.nodeCount)
  for (const { vm } of wishes) memory[instance.vmNode[vm]] -= instance.vmMemory[vm]
  const isOverfull = (node: number) => arrived[node] > 0 && memory[node] > instance.nodeMemory[node]
  const result: Enumeration = { found: [], complete: true }
  let looks = 0

  const visit = (w: number, left: number, penalty: number, makespan: number): void => {
    if (!beats(left, makespan + penalty + cheapest[w], cutoff)) return
    if (looks++ >= limits.looks || result.found.length >= limits.found) {
      result.complete = false
      return
    }
    if (w === wishes.length) {
      const decisions = ways.map((list, i) => list[taken[i]].decision)
      if (!holds(decisions)) return
      // With what soft rules add, which depends on all of them.
      const whole = penaltyOf(instance, wishes, decisions, legsOf(instance, wishes, decisions))
      if (beats(left, makespan + whole, cutoff))
        result.found.push({ decisions, key: taken.join(), left, penalty: whole, makespanBound: makespan })
      return
    }
    for (let i = before[w] < 0 ? 0 : taken[before[w]]; i < ways[w].length; i++) {
      const way = ways[w][i]
      taken[w] = i
      let end = Math.max(makespan, way.end)
      for (let k = 0; k < way.work.length; k += 2) {
        const node = way.work[k]
        work[node] += way.work[k + 1]
        end = Math.max(end, availability.earliest(node, work[node]))
      }
      const arrives = way.memory > 0 && way.node !== instance.vmNode[wishes[w].vm] ? 1 : 0
      memory[way.node] += way.memory
      arrived[way.node] += arrives
      if (end <= instance.horizon && !isOverfull(way.node))
        visit(w + 1, left + way.left, penalty + way.penalty, end)
      memory[way.node] -= way.memory
      arrived[way.node] -= arrives
      for (let k = 0; k < way.work.length; k += 2) work[way.work[k]] -= way.work[k + 1]
    }
  }
  // Of the VMs that nobody asks about.
  const asked = new Set(wishes.map(({ vm }) => vm))
  const others = instance.stayPenalty.reduce((sum, stay, vm) => (asked.has(vm) ? sum : sum + stay), 0)
  visit(0, 0, others, 0)
  const cost = (a: Assignment) => a.makespanBound + a.penalty
  result.found.sort((a, b) => a.left - b.left || cost(a) - cost(b))
  return result
}

/** [wishes + 1] ticks of penalty that the wishes from each on have at least, if no more than `most` may be left of each. */
function cheapestRest(ways: readonly (readonly Way[])[], most: number): Float64Array {
  const rest = new Float64Array(ways.length + 1)
  for (let w = ways.length - 1; w >= 0; w--) {
    const possible = ways[w].filter(({ left }) => left <= most)
    rest[w] = rest[w + 1] + possible.reduce((least, { penalty }) => Math.min(least, penalty), Infinity)
  }
  return rest
}

/** [wishes] the wish before it that is alike in everything, −1 none. Those in groups or affinity sets are not. */
function alikeBefore(
  { vmNode, vmMemory, vmWeight, vmWindows, vmGroups, vmSoftGroups, affinityOf }: Instance,
  wishes: readonly Wish[],
  ways: readonly (readonly Way[])[],
): Int32Array {
  const last = new Map<string, number>()
  return Int32Array.from(wishes, ({ vm, makesRoom }, w) => {
    if (vmGroups[vm].length > 0 || vmSoftGroups[vm].length > 0 || affinityOf[vm] >= 0) return -1
    const own = ways[w].map(({ decision: { choice, parking }, penalty, end, work }) =>
      [choice?.node, choice?.kind, choice?.duration, parking, penalty, end, ...work].join(),
    )
    const key = [vmNode[vm], vmMemory[vm], vmWeight[vm], vmWindows[vm].join(), makesRoom, ...own].join(';')
    const known = last.get(key) ?? -1
    last.set(key, w)
    return known
  })
}
