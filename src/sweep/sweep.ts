/** One problem under many settings: a plan for each, what it comes to, and which of them no other beats. */
import { pMapIterable } from 'p-map'
import type { JobOptions, PlanRunner } from '../batch/runner.js'
import { PlannerError } from '../errors.js'
import type { Plan, PlanStatus } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import { freeMemoryAfter } from './memory.js'

export interface SweepDimension {
  name: string
  values: string[]
}

/** One point of the grid. */
export interface SweepCell {
  /** Name of each dimension → its value. */
  settings: Record<string, string>
  problem: Problem
  options: JobOptions
}

export interface SweepRow {
  /** In the grid, from 0. */
  index: number
  settings: Record<string, string>
  /** Of the plan, where the problem has one. */
  start?: string
  status: PlanStatus
  proven: boolean
  makespanSeconds: number
  lowerBoundSeconds: number
  /** Cost less makespan. */
  penaltiesSeconds: number
  costSeconds: number
  migrations: number
  /** VMs that stay, and nodes that are not maintained. */
  unplaced: number
  /** After the plan, on the node in service that has least. */
  freeMiB: number
  /** No other is as good in everything and better in something. */
  frontier: boolean
}

/** One of which there is no plan. */
export interface FailedRow {
  index: number
  settings: Record<string, string>
  error: string
}

export interface Sweep {
  version: 1
  /** Name of the problem. */
  problem: string
  dimensions: SweepDimension[]
  /** Index of the best row: fewest VMs left, then the least cost, the least makespan, the first. Missing where there is no plan. */
  best?: number
  rows: (SweepRow | FailedRow)[]
}

/** What is better the less of it there is; fewer VMs left comes with each. */
export const OBJECTIVES = {
  unplaced: (row: SweepRow) => row.unplaced,
  makespanSeconds: (row: SweepRow) => row.makespanSeconds,
  penaltiesSeconds: (row: SweepRow) => row.penaltiesSeconds,
  migrations: (row: SweepRow) => row.migrations,
  freeMiB: (row: SweepRow) => -row.freeMiB,
} as const
export type Objective = keyof typeof OBJECTIVES

/**
 * Rows that no other dominates: none is at most equal in all of the objectives and less in one. Equal rows are all of them on the frontier.
 *
 * @param among in which it is judged; default all
 */
export function frontierOf(
  rows: readonly SweepRow[],
  among: readonly Objective[] = Object.keys(OBJECTIVES) as Objective[],
): SweepRow[] {
  const values = rows.map((row) => among.map((name) => OBJECTIVES[name](row)))
  return rows.filter((_, i) => {
    const mine = values[i]!
    return !values.some(
      (other) => other.every((value, k) => value <= mine[k]!) && other.some((value, k) => value < mine[k]!),
    )
  })
}

function bestOf(rows: readonly SweepRow[]): SweepRow | undefined {
  const keys = (row: SweepRow) => [row.unplaced, row.costSeconds, row.makespanSeconds, row.index]
  return [...rows].sort((a, b) => {
    const [left, right] = [keys(a), keys(b)]
    const k = left.findIndex((value, i) => value !== right[i])
    return k < 0 ? 0 : left[k]! - right[k]!
  })[0]
}

function rowOf(index: number, { settings, problem }: SweepCell, plan: Plan): SweepRow {
  return {
    index,
    settings,
    ...(problem.start === undefined ? {} : { start: problem.start }),
    status: plan.status,
    proven: plan.proven,
    makespanSeconds: plan.makespanSeconds,
    lowerBoundSeconds: plan.lowerBoundSeconds,
    penaltiesSeconds: Math.max(0, Math.round((plan.cost - plan.makespanSeconds) * 1000) / 1000),
    costSeconds: plan.cost,
    migrations: plan.migrations.length,
    unplaced: plan.unplaced.length + (plan.notMaintained?.length ?? 0),
    freeMiB: freeMemoryAfter(resolveProblem(problem), plan),
    frontier: false,
  }
}

export const isPlanned = (row: SweepRow | FailedRow): row is SweepRow => !('error' in row)

/**
 * @param options of every plan, beside those of its cell
 * @param onRow told of each in the order of the grid
 * @returns undefined rows where it is aborted
 */
export async function runSweep(
  grid: { name: string; dimensions: SweepDimension[]; cells: readonly SweepCell[] },
  runner: PlanRunner,
  {
    options,
    timeoutSeconds,
    signal,
    onRow,
  }: {
    options: JobOptions
    timeoutSeconds?: number | undefined
    signal: AbortSignal
    onRow(row: SweepRow | FailedRow): void
  },
): Promise<Sweep> {
  const rows: (SweepRow | FailedRow)[] = []
  const concurrency = 2 * runner.atOnce
  const results = pMapIterable(
    grid.cells,
    async (cell, index): Promise<SweepRow | FailedRow | undefined> => {
      if (signal.aborted) return undefined
      try {
        const plan = await runner.run(
          cell.problem,
          { ...options, ...cell.options },
          { signal, timeoutSeconds },
        )
        return rowOf(index, cell, plan)
      } catch (error) {
        if (signal.aborted) return undefined
        if (!(error instanceof PlannerError)) throw error
        return { index, settings: cell.settings, error: error.message }
      }
    },
    { concurrency, backpressure: Math.max(grid.cells.length, concurrency) },
  )
  for await (const row of results) {
    if (row === undefined) continue
    rows.push(row)
    onRow(row)
  }
  const planned = rows.filter(isPlanned)
  for (const row of frontierOf(planned)) row.frontier = true
  const best = bestOf(planned)
  return {
    version: 1,
    problem: grid.name,
    dimensions: grid.dimensions,
    ...(best === undefined ? {} : { best: best.index }),
    rows,
  }
}
