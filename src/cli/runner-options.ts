/** Where a command that makes many plans has them made, and its options for that. */
import type { Command } from 'commander'
import { Option } from 'commander'
import type { PlanRunner } from '../batch/runner.js'
import { MOST_THREADS } from '../solver/exact/cores.js'
import type { Planner } from './io.js'
import { integerOption, secondsOption } from './numbers.js'

export interface RunnerCommandOptions {
  jobs?: number
  timeout?: number
}

export function addRunnerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--jobs <n>', 'plans that are made at once (default: as many as there are cores)').argParser(
        integerOption(1, MOST_THREADS),
      ),
    )
    .addOption(
      new Option('--timeout <seconds>', 'give up a problem that takes longer (default: none)').argParser(
        secondsOption,
      ),
    )
}

export function startRunner({ jobs }: RunnerCommandOptions, planner: Planner): Promise<PlanRunner> {
  return planner.createRunner(jobs)
}
