/** Where a command that makes many plans has them made. */
import type { PlanRunner } from '../batch/runner.js'
import type { Planner } from './io.js'

export interface RunnerCommandOptions {
  jobs?: number
  timeout?: number
}

export function startRunner({ jobs }: RunnerCommandOptions, planner: Planner): Promise<PlanRunner> {
  return planner.createRunner(jobs)
}
