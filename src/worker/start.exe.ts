/** Starts a worker in the executable, whose modules are in itself: its loader, started with another entry. */
import { getAsset } from 'node:sea'
import type { WorkerHandle } from './handle.js'
import { startNodeWorker } from './node-worker.js'

export function startWorker(url?: URL | string): WorkerHandle | undefined {
  return startNodeWorker(
    url ?? new URL(`data:text/javascript,${encodeURIComponent(getAsset('worker', 'utf8'))}`),
  )
}
