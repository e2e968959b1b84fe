/** Options of `vmferry serve`. */
import type { QueueCommandOptions } from './runner-options.js'

export interface ServeCommandOptions extends QueueCommandOptions {
  port?: number
  open?: boolean
  quiet?: boolean
  api?: boolean
  tokenFile?: string
  jobs?: number
  priority?: number
  /** MiB. */
  maxBody?: number
  /** Seconds. */
  maxTime?: number
  maxWaiting?: number
}

/** One port by default: what a page keeps in the browser is kept by origin, and the port is part of it. */
export const DEFAULT_PORT = 7420
