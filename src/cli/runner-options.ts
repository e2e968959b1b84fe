/** Where a command that makes many plans has them made. */
import { setFlagsFromString } from 'node:v8'
import type { PlanRunner } from '../batch/runner.js'
import { CliError, safeLines } from './failure.js'
import type { CliIo, Planner } from './io.js'
import { DEFAULT_QUEUE_NAME } from './option-rows.js'
import { packageInfo } from './package-info.js'

export interface QueueCommandOptions {
  /** A URL; true: that of the environment. */
  queue?: string | true
  queueName?: string
}

export interface RunnerCommandOptions extends QueueCommandOptions {
  jobs?: number
  timeout?: number
  priority?: number
  quiet?: boolean
}

/** @throws CliError, InvalidOptionError where the queue cannot be had */
export async function startRunner(
  options: RunnerCommandOptions,
  planner: Planner,
  io: CliIo,
): Promise<PlanRunner> {
  const { queue, jobs } = options
  if (queue === undefined) {
    refuseQueueOptions(options)
    compileLater()
    return planner.createRunner(jobs)
  }
  if (jobs !== undefined)
    throw new CliError('--jobs is of the workers, with --queue: as in "vmferry worker --jobs 4"')
  return startQueueRunner(queue, options, io)
}

/**
 * For a process that makes plans by the hundred. V8 compiles what is called often in threads of its own, by default after 66 KB of bytecode; much of it in
 * vain here, since what one plan made hot is collected after it. Two jobs on two cores, 300 mixed problems: 24.6 s by default, 20.1 s so, 21.2 s at 2,500,000.
 */
export function compileLater(): void {
  // Of Node 20; later versions know no such option, and Bun has the module, not the engine.
  if ('bun' in process.versions || !process.versions.v8.startsWith('11.')) return
  setFlagsFromString('--interrupt-budget=1000000')
}

/** @throws CliError for what says nothing without a queue */
export function refuseQueueOptions({ queueName, priority }: RunnerCommandOptions): void {
  const orphan = priority !== undefined ? '--priority' : queueName !== undefined ? '--queue-name' : undefined
  if (orphan !== undefined) throw new CliError(`${orphan} is for a queue; give --queue`)
}

/** @throws CliError, InvalidOptionError where the queue cannot be had */
export async function startQueueRunner(
  queue: string | true,
  { queueName, priority, quiet }: RunnerCommandOptions,
  io: CliIo,
): Promise<PlanRunner> {
  const { version } = packageInfo()
  const [{ queueAddress }, { queueRunner }] = await Promise.all([
    import('../batch/queue/connection.js'),
    import('../batch/queue/runner.js'),
  ])
  const address = await queueAddress(queue, { env: io.env, name: queueName ?? DEFAULT_QUEUE_NAME, version })
  return queueRunner({
    address,
    version,
    priority,
    notify(message) {
      if (quiet !== true) void io.stderr.write(`vmferry: ${safeLines(message)}\n`)
    },
  })
}
