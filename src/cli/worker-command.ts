/** `vmferry worker`: plans what is in a queue until it is stopped. */
import { queueAddress } from '../batch/queue/connection.js'
import { createFigures, listenForHealth } from '../batch/queue/health.js'
import { type QueueWorker, startQueueWorker } from '../batch/queue/worker.js'
import { CliError, describeSystemError, EXIT, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { DEFAULT_QUEUE_NAME } from './option-rows.js'
import { packageInfo } from './package-info.js'
import { compileLater, type QueueCommandOptions } from './runner-options.js'

export interface WorkerCommandOptions extends QueueCommandOptions {
  jobs?: number
  /** Seconds. */
  lock?: number
  grace?: number
  listen?: { host: string; port: number }
  quiet?: boolean
}

export const DEFAULT_LOCK_SECONDS = 30
const DEFAULT_GRACE_SECONDS = 600

/** Returns the exit code. @throws CliError, InvalidOptionError where it cannot begin */
export async function workerCommand(options: WorkerCommandOptions, io: CliIo): Promise<number> {
  const { version } = packageInfo()
  const address = await queueAddress(options.queue ?? true, {
    env: io.env,
    name: options.queueName ?? DEFAULT_QUEUE_NAME,
    version,
  })
  const say = async (message: string): Promise<void> => {
    if (options.quiet !== true) await io.stderr.write(`vmferry: ${safeLines(message)}\n`)
  }
  const stopped = new Promise<void>((resolve) => io.onInterrupt(resolve))
  let worker: QueueWorker | undefined
  const figures = options.listen && (await createFigures(() => worker))
  const health = options.listen && figures && (await listenOn(options.listen, () => worker, figures))
  compileLater()
  try {
    worker = await startQueueWorker({
      address,
      jobs: options.jobs,
      lockSeconds: options.lock ?? DEFAULT_LOCK_SECONDS,
      notify: (message) => void say(message),
      ...(figures && { onStart: figures.started, onEnd: figures.ended }),
    })
    const watched =
      health && options.listen ? `; health at http://${options.listen.host}:${health.port}/` : ''
    await say(
      `a worker of version ${version} with ${worker.atOnce} jobs listens to ${address.label}${watched}`,
    )
    await stopped
    await say('ends with the jobs that are under way; a second interrupt ends it at once')
    await worker.stop(options.grace ?? DEFAULT_GRACE_SECONDS)
  } finally {
    health?.close()
  }
  return EXIT.done
}

async function listenOn(
  ...args: Parameters<typeof listenForHealth>
): Promise<Awaited<ReturnType<typeof listenForHealth>>> {
  try {
    return await listenForHealth(...args)
  } catch (error) {
    const { host, port } = args[0]
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const why = taken ? 'another program listens there' : describeSystemError(error)
    throw new CliError(`--listen ${host}:${port}: ${why}`, { cause: error })
  }
}
