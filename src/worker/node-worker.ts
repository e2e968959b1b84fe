/**
 * Starts a worker in Node. `process.getBuiltinModule` instead of an import, and the entry's URL made from a variable: bundlers
 * for the browser then find nothing here to follow, warn about or copy.
 */
import type { WorkerHandle } from './handle.js'
import { nodeEndpoint } from './node-endpoint.js'

const base = import.meta.url

/** What `worker_threads` takes: a `file:` URL as an object, a path as text. */
function codeOf(url: URL | string | undefined): URL | string {
  if (url === undefined) return new URL('./node-entry.js', base)
  return typeof url === 'string' && url.startsWith('file:') ? new URL(url) : url
}

/** Node loses the files that a worker has open when it is ended, and its first calls load modules: none is ended younger than this. */
const LOADING_MS = 1_000

/** Undefined where this is not Node (≥ 20.16). */
export function startNodeWorker(url?: URL | string): WorkerHandle | undefined {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads')
  if (threads?.Worker === undefined) return undefined
  const worker = new threads.Worker(codeOf(url), {
    name: 'vmferry',
    // Inherited flags such as --input-type forbid a worker that is started from a file.
    execArgv: [],
  })
  const startedMs = performance.now()
  let ended = (_reason: string): void => undefined
  worker.on('error', (error) =>
    ended(`the worker failed: ${error instanceof Error ? error.message : String(error)}`),
  )
  worker.on('messageerror', () => ended('the worker sent what cannot be read'))
  worker.on('exit', (code) => ended(`the worker ended with code ${code}`))
  worker.unref()
  return {
    endpoint: nodeEndpoint(worker),
    onEnd(listener) {
      ended = listener
    },
    setReferenced(referenced) {
      if (referenced) worker.ref()
      else worker.unref()
    },
    terminate() {
      const young = LOADING_MS - (performance.now() - startedMs)
      if (young <= 0) void worker.terminate()
      else setTimeout(() => void worker.terminate(), young).unref()
    },
  }
}
