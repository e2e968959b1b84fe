/** Starts a worker in a browser. */
import type { WorkerHandle } from './handle.js'

/** Undefined where there is no `Worker`. Throws where the page's policy forbids it at once; else the policy's refusal comes as an error event. */
export function startBrowserWorker(url?: URL | string): WorkerHandle | undefined {
  if (typeof Worker === 'undefined') return undefined
  const worker =
    url === undefined
      ? // Bundlers look for exactly this expression.
        new Worker(new URL('./browser-entry.js', import.meta.url), { type: 'module' })
      : new Worker(url, { type: 'module' })
  let ended = (_reason: string): void => undefined
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    ended(`the worker failed${event.message ? `: ${event.message}` : ''}`)
  })
  worker.addEventListener('messageerror', () => ended('the worker sent what cannot be read'))
  return {
    endpoint: worker,
    onEnd(listener) {
      ended = listener
    },
    setReferenced() {
      // A page's worker never keeps anything alive.
    },
    terminate() {
      worker.terminate()
    },
  }
}
