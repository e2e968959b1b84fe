/** Workers that misbehave, for the client's `workerFactory`. Each is a port with a scripted other end. */
import { MessageChannel } from 'node:worker_threads'
import { expose } from 'comlink'
import type { WorkerFactory, WorkerHandle } from '../../src/worker/client.js'
import { nodeEndpoint } from '../../src/worker/node-endpoint.js'
import { PROTOCOL_VERSION } from '../../src/worker/protocol.js'

export interface Fake {
  factory: WorkerFactory
  started: number
  terminated: number
  /** What `setReferenced` was called with last. */
  referenced: boolean
  /** Ends the worker as a crash would. */
  crash(reason: string): void
}

/** Answers the greeting, and everything else by `respond` (which may never settle). */
export function fakeWorker(respond: (method: string, ...args: unknown[]) => unknown, greets = true): Fake {
  let end = (_reason: string): void => undefined
  const fake: Fake = {
    started: 0,
    terminated: 0,
    referenced: false,
    crash: (reason) => end(reason),
    factory(): WorkerHandle {
      fake.started++
      const { port1, port2 } = new MessageChannel()
      const api = Object.fromEntries(
        ['solve', 'createMaster', 'addRowsAndSolve', 'disposeMaster'].map((name) => [
          name,
          (...args: unknown[]) => respond(name, ...args),
        ]),
      )
      const hello = () => (greets ? { ok: true, value: PROTOCOL_VERSION } : respond('hello'))
      expose({ ...api, hello }, nodeEndpoint(port2))
      return {
        endpoint: nodeEndpoint(port1),
        onEnd(listener) {
          end = listener
        },
        setReferenced(referenced) {
          fake.referenced = referenced
        },
        terminate() {
          fake.terminated++
          port1.close()
        },
      }
    },
  }
  return fake
}

export const never = () => new Promise<never>(() => undefined)
