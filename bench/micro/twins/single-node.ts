/** The exact single-node search over typed arrays, by the method of assembly/single-node*.ts; keys are numbers below 2^53. */
import type { SingleNodeProblem, SingleNodeResult } from '../../../src/kernel/types.js'
import { earliestFinish, prepareStretches, type Stretch } from './single-node-time.js'
import { StateTable, UNSEEN } from './state-table.js'

const STATES_PER_EXPANDED = 8
const MAX_STATES = 2 ** 22

interface Search {
  problem: SingleNodeProblem
  stretches: Stretch[]
  /** [classes] step of the class in a state's key. */
  radix: Float64Array
  left: Int32Array
  starts: Int32Array
  finishes: Int32Array
  /** [stretches] work left. */
  works: Int32Array
  table: StateTable
}

/** The earliest start ≥ `from` outside the class's forbidden intervals. */
function earliestStart(problem: SingleNodeProblem, cls: number, from: number): number {
  const { forbidden, forbiddenOffset, forbiddenClass, duration } = problem
  const list = forbiddenClass[cls]
  const end = forbiddenOffset[list + 1]
  let low = forbiddenOffset[list]
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if (forbidden[2 * middle + 1] > from) high = middle
    else low = middle + 1
  }
  let start = from
  for (; low < end; low++) {
    if (forbidden[2 * low] >= start + duration[cls]) break
    start = forbidden[2 * low + 1]
  }
  return start
}

/** Takes the key apart: jobs left by class, work left by stretch. */
function readKey(search: Search, key: number): void {
  const { problem, radix, left, works } = search
  works.fill(0)
  let rest = key
  for (let c = left.length - 1; c >= 0; c--) {
    const jobs = Math.floor(rest / radix[c])
    rest -= jobs * radix[c]
    left[c] = jobs
    const work = jobs * problem.duration[c]
    works[problem.forbiddenClass[c] + 1] += work
    works[0] += work
  }
}

/** Start and finish of each class's job as the next one from `now` on. Returns the f of the state. */
function lookAhead(search: Search, now: number, known: number): number {
  const { problem, left, starts, finishes, stretches, works } = search
  let f = known
  for (let c = 0; c < left.length; c++) {
    if (left[c] === 0) continue
    const start = earliestStart(problem, c, now)
    const finish = start + problem.duration[c]
    starts[c] = start
    finishes[c] = finish
    if (finish > f) f = finish
  }
  for (let s = 1; s < stretches.length; s++) f = Math.max(f, earliestFinish(stretches[s], now, works[s]))
  return f
}

/** Puts the state's successors in the queue. False: there was no room for one of them. */
function expand(search: Search, key: number, f: number, upper: number): boolean {
  const { problem, left, starts, finishes, stretches, works, radix, table } = search
  let before = UNSEEN
  for (let c = 0; c < left.length; c++) if (left[c] > 0 && finishes[c] < before) before = finishes[c]
  for (let c = 0; c < left.length; c++) {
    if (left[c] === 0 || starts[c] >= before) continue
    const finish = finishes[c]
    const work = works[0] - problem.duration[c]
    const next = Math.max(f, earliestFinish(stretches[0], finish, work))
    if (next >= upper) continue
    const state = table.find(key - radix[c])
    if (state < 0) return false
    if (table.finish[state] <= finish) continue
    table.finish[state] = finish
    table.last[state] = c
    table.queue(state, next, work)
  }
  return true
}

function orderOf({ table, radix }: Search, root: number): Int32Array {
  const order: number[] = []
  for (let key = 0; key !== root; ) {
    const c = table.last[table.find(key)]
    order.push(c)
    key += radix[c]
  }
  return Int32Array.from(order.reverse())
}

/** @throws RangeError where a key does not fit into a double */
export function singleNode(problem: SingleNodeProblem): SingleNodeResult {
  const { classCount, count, duration, horizon, lower, maxExpanded } = problem
  const upper = Math.min(problem.upper, horizon + 1)
  const radix = new Float64Array(classCount)
  let keys = 1
  let work = 0
  let root = 0
  for (let c = 0; c < classCount; c++) {
    radix[c] = keys
    root += count[c] * keys
    keys *= count[c] + 1
    work += count[c] * duration[c]
  }
  if (keys > Number.MAX_SAFE_INTEGER) throw new RangeError('the twin takes keys below 2^53')
  const result = (
    bound: number,
    optimal: boolean,
    expanded: number,
    order: Int32Array = new Int32Array(0),
  ): SingleNodeResult => ({
    bound: bound === upper ? problem.upper : bound,
    optimal,
    expanded,
    order,
  })
  if (Math.max(work, lower) >= upper) return result(upper, false, 0)
  const stretches = prepareStretches(problem, upper)
  const first = Math.max(lower, earliestFinish(stretches[0], 0, work))
  const room = Math.min(keys, MAX_STATES, STATES_PER_EXPANDED * maxExpanded + classCount + 1)
  if (first >= upper || maxExpanded === 0) return result(Math.min(first, upper), false, 0)

  const table = new StateTable(room)
  const search: Search = {
    problem,
    stretches,
    radix,
    left: count.slice(),
    starts: new Int32Array(classCount),
    finishes: new Int32Array(classCount),
    works: new Int32Array(stretches.length),
    table,
  }
  const start = table.find(root)
  table.finish[start] = 0
  table.queue(start, first, work)
  let expanded = 0
  while (table.queued > 0) {
    const known = table.leastFinish
    const state = table.take()
    const key = table.key[state]
    if (key === 0) return result(known, true, expanded, orderOf(search, root))
    if (expanded === maxExpanded) return result(known, false, expanded)
    expanded++
    readKey(search, key)
    const f = lookAhead(search, table.finish[state], known)
    if (f >= upper) continue
    if (f > known) table.queue(state, f, search.works[0])
    else if (!expand(search, key, f, upper)) return result(known, false, expanded)
  }
  return result(upper, false, expanded)
}
