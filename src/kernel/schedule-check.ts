/** Guards of the scheduler: the kernel indexes without bounds tests, so that nothing out of range may reach it. */
import { KernelError } from '../errors.js'
import { MAX_TICK } from '../model/ticks.js'
import type { ForbiddenLists } from './schedule-tables.js'
import type { ScheduleProblem, Uses } from './types.js'
import { predecessorsOf, transfersOf } from './uses.js'

export function fail(message: string): never {
  throw new KernelError(`schedule problem: ${message}`)
}

export function checkLength(name: string, data: { length: number }, length: number): void {
  if (data.length !== length) fail(`${name} has ${data.length} entries where ${length} are due`)
}

/** From 0, never down, up to `end`. */
export function checkOffsets(name: string, offsets: Int32Array, end: number): void {
  if (offsets[0] !== 0 || offsets[offsets.length - 1] !== end) fail(`${name} does not lead from 0 to ${end}`)
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i] < offsets[i - 1]) fail(`${name} decreases at ${i}`)
  }
}

/** min ≤ every entry < below */
export function checkRange(name: string, data: Int32Array, min: number, below: number): void {
  for (let i = 0; i < data.length; i++) {
    if (data[i] < min || data[i] >= below)
      fail(`${name}[${i}] is ${data[i]}; it must be in [${min}, ${below})`)
  }
}

export function checkIntervals(problem: ForbiddenLists): void {
  const { forbidden, forbiddenOffset } = problem
  const classes = forbiddenOffset.length - 1
  if (classes < 0 || forbiddenOffset[0] !== 0 || 2 * forbiddenOffset[classes] !== forbidden.length) {
    fail('forbiddenOffset does not cover forbidden')
  }
  for (let c = 0; c < classes; c++) {
    if (forbiddenOffset[c] > forbiddenOffset[c + 1]) fail(`forbiddenOffset decreases at ${c + 1}`)
    for (let i = forbiddenOffset[c]; i < forbiddenOffset[c + 1]; i++) {
      const touches = i > forbiddenOffset[c] && forbidden[2 * i] <= forbidden[2 * i - 1]
      if (touches || forbidden[2 * i] >= forbidden[2 * i + 1]) {
        fail(`interval ${i} of forbidden is empty, or not after the one before it`)
      }
    }
  }
}

function checkPrecedences(problem: ScheduleProblem): void {
  const { taskCount: n, predecessor, precedences } = problem
  checkRange('predecessor', predecessor, -1, n)
  if (precedences !== undefined) {
    checkLength('precedences.offset', precedences.offset, n + 1)
    checkOffsets('precedences.offset', precedences.offset, precedences.of.length)
    checkRange('precedences.of', precedences.of, 0, n)
  }
  const before = Array.from({ length: n }, (_, i) => predecessorsOf(problem, i))
  // 0 unseen, 1 on the path being followed, 2 known to end
  const seen = new Uint8Array(n)
  const looked = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const path = seen[i] === 0 ? [i] : []
    while (path.length > 0) {
      const task = path[path.length - 1]
      seen[task] = 1
      const next = before[task][looked[task]++]
      if (next === undefined) {
        seen[task] = 2
        path.pop()
      } else if (seen[next] === 1) fail(`task ${next} is its own predecessor, by way of others`)
      else if (seen[next] === 0) path.push(next)
    }
  }
}

interface Holdings {
  resourceA: Int32Array
  resourceB: Int32Array
  held?: Uses
  /** Of each resource. */
  capacity: Int32Array
}

/** What tasks, or modes, hold: every entry in range, and no resource twice. */
export function checkHoldings(what: string, { resourceA, resourceB, held, capacity }: Holdings): void {
  const n = resourceA.length
  checkRange('capacity', capacity, 1, 2 ** 31)
  checkRange('resourceA', resourceA, -1, capacity.length)
  checkRange('resourceB', resourceB, -1, capacity.length)
  if (held !== undefined) {
    checkLength('held.offset', held.offset, n + 1)
    checkOffsets('held.offset', held.offset, held.of.length)
    checkLength('held.amount', held.amount, held.of.length)
    checkRange('held.of', held.of, 0, capacity.length)
  }
  for (let i = 0; i < n; i++) {
    const [a, b] = [resourceA[i], resourceB[i]]
    if (a >= 0 && a === b) fail(`${what} ${i} holds resource ${a} twice`)
    if (held === undefined) continue
    const known = new Set([a, b])
    const { offset, of, amount } = held
    for (let k = offset[i]; k < offset[i + 1]; k++) {
      if (known.has(of[k])) fail(`${what} ${i} holds resource ${of[k]} twice`)
      known.add(of[k])
      if (!(amount[k] >= 1 && amount[k] <= capacity[of[k]]))
        fail(`held.amount[${k}] is ${amount[k]}; it must be in [1, ${capacity[of[k]]}]`)
    }
  }
}

/** What tasks take and give back: every entry in range, and no reservoir twice the same way. */
function checkTransfers(problem: ScheduleProblem): void {
  const { taskCount: n, memoryNodeCount, transfers } = problem
  checkRange('memoryFrom', problem.memoryFrom, -1, memoryNodeCount)
  checkRange('memoryTo', problem.memoryTo, -1, memoryNodeCount)
  for (let i = 0; i < n; i++)
    if (!(problem.memory[i] >= 0)) fail(`memory[${i}] is ${problem.memory[i]}; it must be ≥ 0`)
  if (transfers === undefined) return
  checkLength('transfers.offset', transfers.offset, n + 1)
  checkOffsets('transfers.offset', transfers.offset, transfers.of.length)
  checkLength('transfers.amount', transfers.amount, transfers.of.length)
  checkRange('transfers.of', transfers.of, 0, memoryNodeCount)
  const faulty = transfers.amount.findIndex((amount) => !(Math.abs(amount) > 0 && Number.isFinite(amount)))
  if (faulty >= 0) fail(`transfers.amount[${faulty}] is ${transfers.amount[faulty]}; it must not be 0`)
  for (let i = 0; i < n; i++) {
    const { taken, given } = transfersOf(problem, i)
    for (const list of [taken, given]) {
      const twice = list.find(([r], k) => list.findIndex(([q]) => q === r) < k)
      if (twice !== undefined) fail(`task ${i} takes from or gives back to reservoir ${twice[0]} twice`)
    }
  }
}

/** @throws KernelError naming the first array that breaks the contract of `ScheduleProblem`. */
export function checkScheduleProblem(problem: ScheduleProblem): void {
  const { taskCount: n, resourceCount, memoryNodeCount, horizon } = problem
  for (const name of [
    'resourceA',
    'resourceB',
    'duration',
    'predecessor',
    'forbiddenClass',
    'memoryFrom',
    'memoryTo',
    'memory',
    'weight',
  ] as const) {
    checkLength(name, problem[name], n)
  }
  checkLength('capacity', problem.capacity, resourceCount)
  checkLength('freeMemory', problem.freeMemory, memoryNodeCount)
  if (!(horizon >= 0 && horizon <= MAX_TICK)) fail(`horizon is ${horizon}; it must be in [0, ${MAX_TICK}]`)
  checkRange('duration', problem.duration, 0, MAX_TICK + 1)
  checkTransfers(problem)
  checkIntervals(problem)
  checkRange('forbiddenClass', problem.forbiddenClass, 0, problem.forbiddenOffset.length - 1)
  checkPrecedences(problem)
  checkHoldings('task', problem)
  for (let i = 0; i < n; i++) {
    if (!(problem.weight[i] > 0)) fail(`weight[${i}] is ${problem.weight[i]}; it must be > 0`)
  }
}

/** @throws KernelError where the list is not a permutation of 0 … n − 1. */
export function checkOrder(order: Int32Array, n: number): void {
  const seen = new Uint8Array(n)
  if (order.length !== n) throw new KernelError(`the list has ${order.length} entries where ${n} are due`)
  for (let i = 0; i < n; i++) {
    const task = order[i]
    if (task < 0 || task >= n || seen[task] === 1) {
      throw new KernelError(`the list is no permutation: entry ${i} is ${task}`)
    }
    seen[task] = 1
  }
}
