/** Starts a worker, in Node or in a browser. In Node's bundle `start.node.ts` takes the place of this module. */
import { startBrowserWorker } from './browser-worker.js'
import type { WorkerHandle } from './handle.js'
import { startNodeWorker } from './node-worker.js'

/**
 * Undefined where the platform has none; throws where it forbids them at once.
 * @param url of the worker's code; default: the package's own, beside this one.
 */
export function startWorker(url?: URL | string): WorkerHandle | undefined {
  return startNodeWorker(url) ?? startBrowserWorker(url)
}
