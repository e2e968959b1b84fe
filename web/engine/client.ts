/** The page's end of the engine. */
import { type Remote, wrap } from 'comlink'
import type { Engine } from './api.js'

let engine: Remote<Engine> | undefined

/** @param onCrash told when the worker fails, so that nobody waits for its answer; the next call starts another */
export function startEngine(onCrash: (message: string) => void): Remote<Engine> {
  if (engine !== undefined) return engine
  const worker = new Worker(new URL('./engine.js', document.baseURI), { type: 'module' })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    worker.terminate()
    engine = undefined
    onCrash(event.message ?? '')
  })
  engine = wrap<Engine>(worker)
  return engine
}
