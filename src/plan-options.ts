/** The options of `plan()`: types, defaults, ranges. */
import { InvalidOptionError } from './errors.js'
import { IssueList } from './model/issues.js'
import type { ScheduleKind } from './model/plan.js'
import type { Uncertainty } from './rehearse/draws.js'
import type { Effort } from './solver/dials.js'
import { MOST_THREADS } from './solver/exact/cores.js'
import { overrideParameters, type ParameterOverrides } from './solver/parameters.js'
import type { Progress } from './solver/progress.js'
import type { RunOptions } from './solver/run.js'
import { Workers } from './workers.js'

export interface PlanOptions {
  /** Default `timeline`. */
  schedule?: ScheduleKind
  /** Unsigned 32-bit integer, default 0. The same problem, seed and effort give the same plan. */
  seed?: number
  /** Work budget, 1 (quickest) to 5, default 3; docs/algorithm.md has the numbers. */
  effort?: Effort
  /** Wall-clock limit, seconds > 0, default none. The best plan found by then is returned. */
  timeLimitSeconds?: number
  /** Aborting ends the search; the best plan found so far is returned. */
  signal?: AbortSignal
  /** Called a few times a second at most, and when incumbent or bound improve. What it throws ends the plan. */
  onProgress?: (progress: Progress) => void
  /**
   * Where linear programs are solved: `worker` (default), off the caller's thread, or `caller`. The plan is the same.
   * The kernel's search always runs in slices of some milliseconds in the calling thread, which stays responsive.
   */
  thread?: 'worker' | 'caller'
  /**
   * Threads that search, the calling one included: an integer from 0 to 64, default 1; 0: as many as there are cores. The same number gives the
   * same plan on every machine. Where no worker can be started one thread searches, and `statistics.threadsNote` says so.
   */
  threads?: number
  /**
   * Makes the plan in one of these, when its turn comes; with `threads` above 1, in the calling thread with helpers from there. They are kept for the next
   * plans. Default: the calling thread, and workers that start and end with the plan.
   */
  workers?: Workers
  /**
   * How far durations may be from what the problem says, as `applyLearned` tells it: `statistics` then have `makespanAt50Seconds` and
   * `makespanAt90Seconds`. Default: nothing is known of it.
   */
  uncertainty?: Uncertainty | undefined
  /** Parameters of the search in place of those of the effort, for experiments: `parametersAt` has them all. */
  parameters?: ParameterOverrides
}

export interface CheckedPlanOptions extends RunOptions {
  thread: 'worker' | 'caller'
  /** 0: as many as there are cores. */
  threads: number
  workers: Workers | undefined
  uncertainty: Uncertainty | undefined
}

export const DEFAULT_EFFORT = 3

const KNOWN = new Set([
  'schedule',
  'seed',
  'effort',
  'timeLimitSeconds',
  'signal',
  'onProgress',
  'thread',
  'threads',
  'workers',
  'uncertainty',
  'parameters',
])

/**
 * Fills in defaults.
 *
 * @param others options that the caller knows beside these, for the message about one that nobody knows.
 * @throws InvalidOptionError that names the option, its value and the range.
 */
export function checkPlanOptions(
  options: PlanOptions = {},
  others: readonly string[] = [],
): CheckedPlanOptions {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError(`the options are ${show(options)}; they must be an object`)
  }
  for (const key of Object.keys(options)) {
    if (!KNOWN.has(key))
      throw new InvalidOptionError(
        `unknown option ${JSON.stringify(key)}; known are ${[...new Set([...KNOWN, ...others])].join(', ')}`,
      )
  }
  const {
    schedule = 'timeline',
    seed = 0,
    effort = DEFAULT_EFFORT,
    timeLimitSeconds = Number.POSITIVE_INFINITY,
    thread = 'worker',
    threads = 1,
  } = options
  if (schedule !== 'timeline' && schedule !== 'rounds') {
    throw new InvalidOptionError(`schedule is ${show(schedule)}; it must be "timeline" or "rounds"`)
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new InvalidOptionError(`seed is ${show(seed)}; it must be an integer from 0 to 4294967295`)
  }
  if (![1, 2, 3, 4, 5].includes(effort)) {
    throw new InvalidOptionError(`effort is ${show(effort)}; it must be an integer from 1 (quickest) to 5`)
  }
  if (typeof timeLimitSeconds !== 'number' || !(timeLimitSeconds > 0)) {
    throw new InvalidOptionError(
      `timeLimitSeconds is ${show(timeLimitSeconds)}; it must be a number of seconds above 0`,
    )
  }
  if (thread !== 'worker' && thread !== 'caller') {
    throw new InvalidOptionError(`thread is ${show(thread)}; it must be "worker" or "caller"`)
  }
  if (!Number.isInteger(threads) || threads < 0 || threads > MOST_THREADS) {
    throw new InvalidOptionError(
      `threads is ${show(threads)}; it must be an integer from 1 to ${MOST_THREADS}, or 0 for as many as there are cores`,
    )
  }
  if (options.signal !== undefined && !isSignal(options.signal)) {
    throw new InvalidOptionError(`signal is ${show(options.signal)}; it must be an AbortSignal`)
  }
  if (options.onProgress !== undefined && typeof options.onProgress !== 'function') {
    throw new InvalidOptionError('onProgress must be a function')
  }
  if (options.workers !== undefined && !(options.workers instanceof Workers)) {
    throw new InvalidOptionError(`workers is ${show(options.workers)}; it must be made by new Workers()`)
  }
  return {
    ...checkParameters(effort, options.parameters),
    schedule,
    seed,
    effort,
    timeLimitSeconds,
    signal: options.signal,
    onProgress: options.onProgress,
    thread,
    threads,
    workers: options.workers,
    uncertainty: checkUncertainty(options.uncertainty),
  }
}

function checkUncertainty(given: Uncertainty | undefined): Uncertainty | undefined {
  if (given === undefined) return undefined
  for (const key of ['spread', 'common', 'node', 'lagSeconds'] as const) {
    const value = (given as Partial<Uncertainty> | null)?.[key]
    if (typeof value !== 'number' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new InvalidOptionError(`uncertainty.${key} is ${show(value)}; it must be a number of 0 or more`)
  }
  return given
}

function checkParameters(effort: Effort, overrides: ParameterOverrides = {}) {
  const issues = new IssueList()
  const checked = overrideParameters(effort, overrides, issues)
  if (issues.items.length === 0) return checked
  const faults = issues.items.map(
    ({ path, message }) => `parameters${path === '' ? '' : `.${path}`}: ${message}`,
  )
  throw new InvalidOptionError(faults.join('; '))
}

/** By what is used of it: other realms have an `AbortSignal` of their own. */
function isSignal(value: unknown): boolean {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  )
}

function show(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : (JSON.stringify(value) ?? String(value))
}
