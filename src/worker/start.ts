/** Starts a worker, in Node or in a browser. */
import { startBrowserWorker } from './browser-worker.js'
import type { WorkerHandle } from './handle.js'
import { startNodeWorker } from './node-worker.js'

/** Undefined where the platform has none; throws where it forbids them at once. */
export function startWorker(): WorkerHandle | undefined {
  return startNodeWorker() ?? startBrowserWorker()
}
