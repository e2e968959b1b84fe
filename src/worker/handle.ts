/** A worker as the client sees it, whatever started it. */
import type { Endpoint } from 'comlink'

export interface WorkerHandle {
  endpoint: Endpoint
  /** Calls `listener` once the worker has failed or ended; at most one listener, possibly called more than once. */
  onEnd(listener: (reason: string) => void): void
  /** Makes the worker keep the process alive, or not. It does not when handed over. */
  setReferenced(referenced: boolean): void
  terminate(): void
}

/** Starts a worker; throws, or answers undefined, where there can be none. */
export type WorkerFactory = () => WorkerHandle | undefined
