/** Options of `vmferry serve`. */
export interface ServeCommandOptions {
  port?: number
  open?: boolean
  quiet?: boolean
  api?: boolean
  tokenFile?: string
  jobs?: number
  /** MiB. */
  maxBody?: number
  /** Seconds. */
  maxTime?: number
  maxWaiting?: number
}

/** One port by default: what a page keeps in the browser is kept by origin, and the port is part of it. */
export const DEFAULT_PORT = 7420
