/** The exact search over typed arrays, by the method of assembly/exact.ts: failure-directed search with restarts. */
import type { ExactRun, ScheduleProblem } from '../../../src/kernel/types.js'
import {
  clearQueues,
  createState,
  decide,
  type ExactState,
  LINK,
  lower,
  raise,
  restore,
  saveLevel,
  wake,
} from './exact-state.js'
import { UnaryRule } from './exact-unary.js'

const FIRST_RESTART = 300
const RESTART_GROWTH = 2.5
const MAX_RESTART = 1e9
const UNARY_RUNS = 200
const KEPT = 0.98
const MEAN_KEPT = 0.99
const LEAST_MEAN = 0.05

/** The task's est has risen: those decided to follow it follow, and those that can no longer follow come first. */
function carryEst(s: ExactState, task: number): boolean {
  const { links, flags } = s
  const est = s.est[task]
  const chain = s.estChain[task] + 1
  const end = s.linkFirst[task + 1]
  for (let p = s.linkFirst[task]; p < end; p += LINK) {
    const flag = links[p]
    const other = links[p + 1]
    const follow = est + links[p + 2]
    if (flags[flag] !== 0) {
      if (follow > s.est[other] && !raise(s, other, follow, chain)) return false
    } else if (follow > s.lst[other] && flags[flag ^ 1] === 0) {
      if (!decide(s, flag ^ 1)) return false
    }
  }
  return true
}

function carryLst(s: ExactState, task: number): boolean {
  const { links, flags } = s
  const lst = s.lst[task]
  const chain = s.lstChain[task] + 1
  const end = s.linkFirst[task + 1]
  for (let p = s.linkFirst[task]; p < end; p += LINK) {
    const flag = links[p]
    const other = links[p + 1]
    const precede = lst - links[p + 3]
    if (flags[flag ^ 1] !== 0) {
      if (precede < s.lst[other] && !lower(s, other, precede, chain)) return false
    } else if (precede < s.est[other] && flags[flag] === 0) {
      if (!decide(s, flag)) return false
    }
  }
  return true
}

function carryTasks(s: ExactState): boolean {
  const mask = s.taskRing.length - 1
  while (s.taskHead !== s.taskTail) {
    const task = s.taskRing[s.taskHead]
    s.taskHead = (s.taskHead + 1) & mask
    const queued = s.queued[task]
    s.queued[task] = 0
    if ((queued & 1) !== 0 && !carryEst(s, task)) return false
    if ((queued & 2) !== 0 && !carryLst(s, task)) return false
  }
  return true
}

export class ExactTwin {
  readonly #state: ExactState
  readonly #rule: UnaryRule
  #status: 'limit' | 'found' | 'refuted' = 'limit'
  #failed = false
  #sinceRestart = 0
  #restartAfter = FIRST_RESTART
  #failures = 0
  #nodes = 0

  /** @throws RangeError where the problem is no open shop */
  constructor(problem: ScheduleProblem) {
    this.#state = createState(problem)
    this.#rule = new UnaryRule(this.#state.members.reduce((most, list) => Math.max(most, list.length), 0))
  }

  #propagate(consistent: boolean): boolean {
    const s = this.#state
    let runs = UNARY_RUNS * s.resourceCount
    while (consistent && carryTasks(s)) {
      if (s.resourceHead === s.resourceTail) return true
      const resource = s.resourceRing[s.resourceHead]
      s.resourceHead = (s.resourceHead + 1) & (s.resourceRing.length - 1)
      s.waiting[resource] = 0
      if (runs === 0) continue
      runs--
      if (!this.#rule.propagate(s, resource)) break
    }
    clearQueues(s)
    return false
  }

  #forgetChains(): void {
    this.#state.estChain.fill(0)
    this.#state.lstChain.fill(0)
  }

  /** Starts over, with ratings forgotten, for a target ≥ 0. */
  begin(target: number): void {
    const s = this.#state
    s.rating.fill(1)
    s.ratingSum.fill(2)
    s.depthMeans.fill(1)
    s.flags.set(s.initialFlags)
    s.cells.set(s.initialCells)
    s.open.set(s.initialOpen)
    for (let k = 0; k < s.open.length; k++) s.slot[s.open[k]] = k
    s.openCount = s.initialOpenCount
    s.decidedCount = 0
    s.levelTop = 0
    s.depth = 0
    this.#failed = false
    this.#sinceRestart = 0
    this.#restartAfter = FIRST_RESTART
    this.#forgetChains()
    let fits = true
    for (let i = 0; i < s.taskCount; i++) {
      s.est[i] = -1
      s.lst[i] = target - s.duration[i]
      fits = fits && s.lst[i] >= 0 && raise(s, i, 0, 0)
      if (fits) {
        s.lst[i]++
        fits = lower(s, i, s.lst[i] - 1, 0)
      }
    }
    for (let r = 0; r < s.resourceCount; r++) wake(s, r)
    this.#forgetChains()
    this.#status = this.#propagate(fits) ? 'limit' : 'refuted'
  }

  #rate(flag: number, depth: number, local: number): void {
    const { depthMeans, rating, ratingSum } = this.#state
    const average = MEAN_KEPT * depthMeans[depth] + (1 - MEAN_KEPT) * local
    depthMeans[depth] = average
    rating[flag] = KEPT * rating[flag] + ((1 - KEPT) * local) / Math.max(average, LEAST_MEAN)
    ratingSum[flag >> 1] = rating[flag & ~1] + rating[flag | 1]
  }

  /** The better side of the open choice of lowest rating. */
  #pick(): number {
    const { open, openCount, ratingSum, rating } = this.#state
    let best = open[0]
    let bestSum = ratingSum[best]
    for (let k = 1; k < openCount; k++) {
      const sum = ratingSum[open[k]]
      if (sum < bestSum) {
        best = open[k]
        bestSum = sum
      }
    }
    return 2 * best + (rating[2 * best + 1] < rating[2 * best] ? 1 : 0)
  }

  #fail(): void {
    this.#failed = true
    this.#failures++
    this.#sinceRestart++
  }

  /** Takes a side at the present depth, and goes one deeper. */
  #take(flag: number): void {
    const s = this.#state
    const before = s.openCount
    const depth = s.depth++
    this.#nodes++
    this.#forgetChains()
    const open = this.#propagate(decide(s, flag))
    this.#rate(flag, depth, open ? 1 + s.openCount / before : 0)
    if (open) this.#failed = false
    else this.#fail()
  }

  /** Leaves a failed node: takes the other side of the last choice, or restarts, or has refuted the target. */
  #retreat(): void {
    const s = this.#state
    if (s.levelTop === 0) {
      this.#status = 'refuted'
    } else if (this.#sinceRestart >= this.#restartAfter) {
      restore(s, 0)
      this.#failed = false
      this.#sinceRestart = 0
      this.#restartAfter = Math.floor(Math.min(this.#restartAfter * RESTART_GROWTH, MAX_RESTART))
    } else {
      const level = s.levelTop - (4 + 2 * s.taskCount)
      restore(s, level)
      this.#take(s.levels[level] ^ 1)
    }
  }

  run(failures: number): ExactRun {
    const s = this.#state
    const mostNodes = 4 * failures + 200
    this.#failures = 0
    this.#nodes = 0
    while (this.#status === 'limit' && this.#failures < failures && this.#nodes < mostNodes) {
      if (this.#failed) {
        this.#retreat()
      } else if (s.openCount === 0) {
        this.#status = 'found'
      } else {
        const flag = this.#pick()
        saveLevel(s, flag)
        this.#take(flag)
      }
    }
    const start = this.#status === 'found' ? s.est.slice() : new Int32Array(0)
    return { status: this.#status, start, failures: this.#failures, nodes: this.#nodes }
  }
}
