/**
 * What crosses between the caller's thread and a worker, the same in Node and in browsers. Everything is structured-cloneable and
 * copied: the caller keeps its arrays. Errors travel as data, since comlink would strip their code.
 */
import { InvalidOptionError, InvalidProblemError, type Issue, KernelError, PlannerError } from '../errors.js'
import type { LinearProgram, LpOptions, LpSolution, SparseRows } from '../lp/types.js'
import type { Plan } from '../model/plan.js'
import type { Uncertainty } from '../rehearse/draws.js'
import type { RestartResult, RestartTask } from '../solver/assignment/joint-restart.js'
import type { LaneTask } from '../solver/exact/lane.js'
import type { LaneReport, LaneUpdate } from '../solver/exact/pool.js'
import type { ParameterOverrides } from '../solver/parameters.js'
import type { Progress } from '../solver/progress.js'
import type { RunOptions } from '../solver/run.js'

/** Raised whenever a message changes its shape; both ends are shipped together, so a mismatch means a stale bundle. */
export const PROTOCOL_VERSION = 4

export interface WireError {
  /** Code of a `PlannerError`; `''` for anything else, which is the worker's own failure. */
  code: string
  message: string
  /** Of an `InvalidProblemError`. */
  issues?: readonly Issue[]
  what?: string
}

export type Answer<T> = { ok: true; value: T } | { ok: false; error: WireError }

/** Its part that solves LPs. Masters are known by numbers that the client gives out. */
export interface LpWorkerApi {
  solve(lp: LinearProgram, options: LpOptions): Promise<Answer<LpSolution>>
  createMaster(id: number, profit: Float64Array, options: LpOptions): Promise<Answer<null>>
  addRowsAndSolve(id: number, rows: SparseRows): Promise<Answer<LpSolution>>
  disposeMaster(id: number): Promise<Answer<null>>
}

/** Its part that searches. Lanes are known by numbers, too. */
export interface SearchWorkerApi {
  openLane(id: number, task: LaneTask, first: Omit<LaneUpdate, 'failures'>): Promise<Answer<null>>
  advanceLane(id: number, update: LaneUpdate): Promise<Answer<LaneReport>>
  /** Also ends an epoch that is under way. */
  endLane(id: number): Promise<Answer<null>>
  restart(task: RestartTask): Promise<Answer<RestartResult>>
}

type Crossing = Partial<Pick<RunOptions, 'schedule' | 'seed' | 'effort' | 'timeLimitSeconds'>>

/** What of `plan()`'s options crosses, and what stands for the rest. */
export interface PlanTask extends Crossing {
  thread?: 'worker' | 'caller'
  uncertainty?: Uncertainty | undefined
  parameters?: ParameterOverrides
  /** The signal is aborted already. */
  aborted: boolean
  /** Somebody asks for progress. */
  watched: boolean
  /** Where workers of this one find their code. */
  url: string | undefined
}

/** Its part that makes whole plans, known by numbers as well. */
export interface PlanWorkerApi {
  plan(id: number, problem: unknown, task: PlanTask): Promise<Answer<Plan>>
  abortPlan(id: number): Promise<Answer<null>>
  /** What was told since the last call, once there is anything; null: the plan is made. */
  progressOf(id: number): Promise<Answer<Progress[] | null>>
}

/** The object that the worker exposes. */
export interface WorkerApi extends LpWorkerApi, SearchWorkerApi, PlanWorkerApi {
  /** First call after the start. */
  hello(): Promise<Answer<number>>
}

/** Settles as an answer whatever `work` does. */
export async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (cause) {
    return { ok: false, error: wireError(cause) }
  }
}

function wireError(cause: unknown): WireError {
  const code = cause instanceof PlannerError ? cause.code : ''
  const message = cause instanceof Error ? cause.message : String(cause)
  if (!(cause instanceof InvalidProblemError)) return { code, message }
  return { code, message, issues: cause.issues, what: cause.what }
}

/** The error again that was thrown on purpose; undefined: the worker's own failure. */
export function plannerErrorOf({ code, message, issues, what }: WireError): PlannerError | undefined {
  if (code === '') return undefined
  if (code === 'INVALID_PROBLEM' && issues !== undefined) return new InvalidProblemError(issues, what)
  if (code === 'INVALID_OPTION') return new InvalidOptionError(message)
  if (code === 'KERNEL') return new KernelError(message)
  return new PlannerError(code, message)
}

const STATUSES: ReadonlySet<unknown> = new Set(['optimal', 'infeasible', 'unbounded', 'limit', 'failed'])
const BACKENDS: ReadonlySet<unknown> = new Set(['javascript-lp-solver', 'highs'])

/** Whether `value` has the shape of a solution of a program with so many columns and rows. */
export function isLpSolution(value: unknown, columns: number, rows: number): value is LpSolution {
  if (typeof value !== 'object' || value === null) return false
  const s = value as Partial<Record<keyof LpSolution, unknown>>
  if (!STATUSES.has(s.status) || !BACKENDS.has(s.backend)) return false
  if (typeof s.objective !== 'number' || typeof s.bound !== 'number' || typeof s.note !== 'string')
    return false
  const fits = (array: unknown, length: number) =>
    array instanceof Float64Array && (array.length === 0 || array.length === length)
  if (!fits(s.x, columns) || !fits(s.dual, rows)) return false
  if (s.status !== 'optimal') return true
  return !Number.isNaN(s.objective) && (s.x as Float64Array).length === columns
}

/** An answer that is one, or undefined. */
export function asAnswer(value: unknown): Answer<unknown> | undefined {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return undefined
  if (value.ok === true && 'value' in value) return { ok: true, value: value.value }
  if (value.ok !== false || !('error' in value)) return undefined
  const error = value.error as Partial<WireError> | null
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') return undefined
  return { ok: false, error: error as WireError }
}
