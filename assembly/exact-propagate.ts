// Propagation to the fixpoint: links between pairs first, then one unary resource, then, when those rest, one of the others.
import { propagateCumulative } from './exact-cumulative'
import { propagateReservoir } from './exact-memory'
import { clearQueues, decide, lower, raise } from './exact-state'
import { propagateUnary } from './exact-unary'
import { KIND_CUMULATIVE, Propagator, Search, SearchTask } from './records'

/** The task's est has risen: those decided to follow it follow, and those that can no longer follow come first. */
function carryEst(search: Search, task: SearchTask): bool {
  const est = <i64>task.est
  const chain = task.estChain + 1
  const end = task.linksEnd
  for (let p = task.links; p != end; p = p.at(1)) {
    const flag = p.flag
    const other = p.other
    const follow = est + <i64>p.lagOut
    if (load<u32>(flag)) {
      if (follow > <i64>other.est && !raise(search, other, follow, chain)) return false
    } else if (follow > <i64>other.lst && !load<u32>(flag ^ 4)) {
      if (!decide(search, flag ^ 4)) return false
    }
  }
  return true
}

function carryLst(search: Search, task: SearchTask): bool {
  const lst = <i64>task.lst
  const chain = task.lstChain + 1
  const end = task.linksEnd
  for (let p = task.links; p != end; p = p.at(1)) {
    const flag = p.flag
    const other = p.other
    const precede = lst - <i64>p.lagIn
    if (load<u32>(flag ^ 4)) {
      if (precede < <i64>other.lst && !lower(search, other, precede, chain)) return false
    } else if (precede < <i64>other.est && !load<u32>(flag)) {
      if (!decide(search, flag)) return false
    }
  }
  return true
}

function carryTasks(search: Search): bool {
  const ring = search.taskRing
  const mask = search.taskRingMask
  while (true) {
    const head = search.taskHead
    if (head == search.taskTail) return true
    search.taskHead = (head + 1) & mask
    const task = load<SearchTask>(ring + (head << 2))
    const queued = task.queued
    task.queued = 0
    if (queued & 1 && !carryEst(search, task)) return false
    if (queued & 2 && !carryLst(search, task)) return false
  }
}

function shiftUnary(search: Search): Propagator {
  const head = search.unaryHead
  search.unaryHead = (head + 1) & search.propagatorRingMask
  const propagator = load<Propagator>(search.unaryRing + (head << 2))
  propagator.waiting = 0
  return propagator
}

function shiftOther(search: Search): Propagator {
  const head = search.otherHead
  search.otherHead = (head + 1) & search.propagatorRingMask
  const propagator = load<Propagator>(search.otherRing + (head << 2))
  propagator.waiting = 0
  return propagator
}

function propagateOther(search: Search, propagator: Propagator): bool {
  return propagator.kind == KIND_CUMULATIVE
    ? propagateCumulative(search, propagator)
    : propagateReservoir(search, propagator)
}

// Runs that a propagation grants to each unary resource and to each of the others, on average. Rules can drive bounds round in a circle a
// tick at a time; links cannot (raise), and only they must reach the fixpoint: rules save search, they are not what makes a
// schedule one.
const UNARY_RUNS: u32 = 200
const OTHER_RUNS: u32 = 20

/**
 * Carries what is queued to the fixpoint. False where no schedule is left, as where `consistent` says so beforehand. The queues are
 * empty either way.
 */
export function propagate(search: Search, consistent: bool): bool {
  let unaryRuns = UNARY_RUNS * search.propagatorCount
  let otherRuns = OTHER_RUNS * search.propagatorCount
  while (consistent && carryTasks(search)) {
    if (search.unaryHead != search.unaryTail) {
      const resource = shiftUnary(search)
      if (unaryRuns == 0) continue
      unaryRuns--
      if (!propagateUnary(search, resource)) break
    } else if (search.otherHead != search.otherTail) {
      const propagator = shiftOther(search)
      if (otherRuns == 0) continue
      otherRuns--
      if (!propagateOther(search, propagator)) break
    } else return true
  }
  clearQueues(search)
  return false
}
