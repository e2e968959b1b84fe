// Propagation to the fixpoint: links between pairs first, then one unary resource, then, when those rest, one of the others.
import { propagateCumulative } from './exact-cumulative'
import {
  CUMULATIVE,
  EST,
  EST_CHAIN,
  FLAG,
  KIND,
  LAG_IN,
  LAG_OUT,
  LINKS,
  LINKS_END,
  LINK_BYTES,
  LST,
  LST_CHAIN,
  OTHER,
  OTHER_HEAD,
  OTHER_RING,
  OTHER_TAIL,
  PROPAGATOR_COUNT,
  PROPAGATOR_RING_MASK,
  QUEUED,
  TASK_HEAD,
  TASK_RING,
  TASK_RING_MASK,
  TASK_TAIL,
  UNARY_HEAD,
  UNARY_RING,
  UNARY_TAIL,
  WAITING,
} from './exact-layout'
import { propagateReservoir } from './exact-memory'
import { clearQueues, decide, lower, raise } from './exact-state'
import { propagateUnary } from './exact-unary'

/** The task's est has risen: those decided to follow it follow, and those that can no longer follow come first. */
function carryEst(search: usize, task: usize): bool {
  const est = <i64>load<i32>(task, EST)
  const chain = load<u32>(task, EST_CHAIN) + 1
  const end = load<usize>(task, LINKS_END)
  for (let p = load<usize>(task, LINKS); p < end; p += LINK_BYTES) {
    const flag = load<usize>(p, FLAG)
    const other = load<usize>(p, OTHER)
    const follow = est + <i64>load<i32>(p, LAG_OUT)
    if (load<u32>(flag)) {
      if (follow > <i64>load<i32>(other, EST) && !raise(search, other, follow, chain)) return false
    } else if (follow > <i64>load<i32>(other, LST) && !load<u32>(flag ^ 4)) {
      if (!decide(search, flag ^ 4)) return false
    }
  }
  return true
}

function carryLst(search: usize, task: usize): bool {
  const lst = <i64>load<i32>(task, LST)
  const chain = load<u32>(task, LST_CHAIN) + 1
  const end = load<usize>(task, LINKS_END)
  for (let p = load<usize>(task, LINKS); p < end; p += LINK_BYTES) {
    const flag = load<usize>(p, FLAG)
    const other = load<usize>(p, OTHER)
    const precede = lst - <i64>load<i32>(p, LAG_IN)
    if (load<u32>(flag ^ 4)) {
      if (precede < <i64>load<i32>(other, LST) && !lower(search, other, precede, chain)) return false
    } else if (precede < <i64>load<i32>(other, EST) && !load<u32>(flag)) {
      if (!decide(search, flag)) return false
    }
  }
  return true
}

function carryTasks(search: usize): bool {
  const ring = load<usize>(search, TASK_RING)
  const mask = load<u32>(search, TASK_RING_MASK)
  while (true) {
    const head = load<u32>(search, TASK_HEAD)
    if (head == load<u32>(search, TASK_TAIL)) return true
    store<u32>(search, (head + 1) & mask, TASK_HEAD)
    const task = load<usize>(ring + ((<usize>head) << 2))
    const queued = load<u32>(task, QUEUED)
    store<u32>(task, 0, QUEUED)
    if (queued & 1 && !carryEst(search, task)) return false
    if (queued & 2 && !carryLst(search, task)) return false
  }
}

function shiftUnary(search: usize): usize {
  const head = load<u32>(search, UNARY_HEAD)
  store<u32>(search, (head + 1) & load<u32>(search, PROPAGATOR_RING_MASK), UNARY_HEAD)
  const propagator = load<usize>(load<usize>(search, UNARY_RING) + ((<usize>head) << 2))
  store<u32>(propagator, 0, WAITING)
  return propagator
}

function shiftOther(search: usize): usize {
  const head = load<u32>(search, OTHER_HEAD)
  store<u32>(search, (head + 1) & load<u32>(search, PROPAGATOR_RING_MASK), OTHER_HEAD)
  const propagator = load<usize>(load<usize>(search, OTHER_RING) + ((<usize>head) << 2))
  store<u32>(propagator, 0, WAITING)
  return propagator
}

function propagateOther(search: usize, propagator: usize): bool {
  return load<u32>(propagator, KIND) == CUMULATIVE
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
export function propagate(search: usize, consistent: bool): bool {
  let unaryRuns = UNARY_RUNS * load<u32>(search, PROPAGATOR_COUNT)
  let otherRuns = OTHER_RUNS * load<u32>(search, PROPAGATOR_COUNT)
  while (consistent && carryTasks(search)) {
    if (load<u32>(search, UNARY_HEAD) != load<u32>(search, UNARY_TAIL)) {
      const resource = shiftUnary(search)
      if (unaryRuns == 0) continue
      unaryRuns--
      if (!propagateUnary(search, resource)) break
    } else if (load<u32>(search, OTHER_HEAD) != load<u32>(search, OTHER_TAIL)) {
      const propagator = shiftOther(search)
      if (otherRuns == 0) continue
      otherRuns--
      if (!propagateOther(search, propagator)) break
    } else return true
  }
  clearQueues(search)
  return false
}
