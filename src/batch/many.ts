/** `planMany()`: plans of many problems, as they come, in threads that are kept. */
import { pMapIterable } from 'p-map'
import { InvalidOptionError, PlannerError } from '../errors.js'
import { show } from '../model/issues.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { checkPlanOptions, type PlanOptions } from '../plan-options.js'
import { MOST_THREADS } from '../solver/exact/cores.js'
import type { Workers } from '../workers.js'
import { localRunner } from './runner.js'

export interface PlanManyOptions
  extends Pick<
    PlanOptions,
    'schedule' | 'seed' | 'effort' | 'timeLimitSeconds' | 'uncertainty' | 'parameters'
  > {
  /** Plans that are made at once, each in a thread of its own. Integer from 1 to 64, default: the number of cores, or the size of `workers`. */
  jobs?: number
  /** Threads to share with other plans; they are not closed. Default: own ones, which end with the iteration. */
  workers?: Workers
  /**
   * Results that may be ahead of the one that is waited for, finished or under way: what is held in memory. Integer ≥ 1, at least twice the jobs is taken; default 16 times the jobs.
   */
  ahead?: number
  /** Results in the order of the problems (default), or each as soon as it is there. */
  ordered?: boolean
  /** Aborting ends what is under way, and the iteration throws the signal's reason. */
  signal?: AbortSignal
}

/** What became of one problem, by its place in what was given, from 0. */
export type PlannedOne =
  | { index: number; problem: Problem; plan: Plan; error?: undefined }
  | { index: number; problem: Problem; plan?: undefined; error: PlannerError }

/**
 * Plans every problem, several at once, and gives what became of each: its plan, or the error that `plan` would throw for it. A problem is taken only
 * when there is room for its result, so that memory is bounded however many there are; whoever stops the iteration early (`break`) stops the rest.
 *
 * @param problems any iterable, async or not; what it throws, the iteration throws after the results before
 * @throws InvalidOptionError where an option is unknown or out of its range
 */
export async function* planEach(
  problems: Iterable<Problem> | AsyncIterable<Problem>,
  options: PlanManyOptions = {},
): AsyncGenerator<PlannedOne, void, undefined> {
  checkManyOptions(problems, options)
  const { jobs, workers, ahead, ordered = true, signal, ...planOptions } = options
  const runner = localRunner(workers ?? (jobs === undefined ? {} : { size: jobs }))
  // One for each: of a signal to which so many listen, Node would warn.
  const running = new Set<AbortController>()
  let stopped = false
  const abort = (): void => {
    stopped = true
    for (const each of running) each.abort()
  }
  signal?.addEventListener('abort', abort)
  // The next ones wait at the threads already: none stands idle while a result is taken away.
  const concurrency = 2 * Math.min(runner.atOnce, jobs ?? runner.atOnce)
  const each = async (problem: Problem, index: number): Promise<PlannedOne> => {
    const stop = new AbortController()
    if (stopped) stop.abort()
    running.add(stop)
    try {
      return { index, problem, plan: await runner.run(problem, planOptions, { signal: stop.signal }) }
    } catch (error) {
      if (error instanceof PlannerError) return { index, problem, error }
      throw error
    } finally {
      running.delete(stop)
    }
  }
  try {
    signal?.throwIfAborted()
    for await (const result of pMapIterable(problems, each, {
      concurrency,
      backpressure: Math.max(concurrency, ahead ?? 8 * concurrency),
      preserveOrder: ordered,
    })) {
      signal?.throwIfAborted()
      yield result
    }
    signal?.throwIfAborted()
  } finally {
    abort()
    signal?.removeEventListener('abort', abort)
    await runner.close()
  }
}

function checkManyOptions(problems: unknown, options: PlanManyOptions): void {
  const iterable = problems as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined
  if (
    typeof problems === 'string' ||
    (iterable?.[Symbol.iterator] === undefined && iterable?.[Symbol.asyncIterator] === undefined)
  )
    refuse('the problems are', problems, 'an array, or something else to iterate over')
  const { jobs, ahead, ordered, ...others } = { ...options }
  for (const key of ['thread', 'threads', 'onProgress'])
    if (key in others)
      throw new InvalidOptionError(
        `${key} is no option of planMany: every plan is made in one thread of its own`,
      )
  checkPlanOptions(others, ['jobs', 'ahead', 'ordered'])
  if (jobs !== undefined && (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_THREADS))
    refuse('jobs is', jobs, `an integer from 1 to ${MOST_THREADS}`)
  if (ahead !== undefined && (!Number.isInteger(ahead) || ahead < 1))
    refuse('ahead is', ahead, 'an integer of 1 or more')
  if (ordered !== undefined && typeof ordered !== 'boolean') refuse('ordered is', ordered, 'true or false')
}

function refuse(what: string, value: unknown, wanted: string): never {
  throw new InvalidOptionError(`${what} ${show(value)}; it must be ${wanted}`)
}
