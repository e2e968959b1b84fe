/** The server's sockets: on loopback alone, and with limits that no client passes. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'

export interface ListenOptions {
  /** 0: any that is free. */
  port: number
  /** In which the head of a request has to arrive, > 0. Default 10. */
  headSeconds?: number
  /** In which all of it has to arrive, > 0. Default 60. */
  requestSeconds?: number
  /** Clients beyond so many are hung up on. Default 256. */
  connections?: number
}

export interface Listening {
  /** `http://127.0.0.1:7420/`. */
  url: string
  /** Takes no request more, and waits for those under way: at most so many seconds. */
  stop(graceSeconds: number): Promise<void>
}

/** The only address: what comes from other machines never arrives. */
const LOOPBACK = '127.0.0.1'
/** Bytes of a request's head. */
const MOST_HEAD = 16 * 1024
const KEEP_ALIVE_MS = 5_000
const IDLE_MS = 120_000

/** @throws the system's error where the port is taken or forbidden. */
export async function listen(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  options: ListenOptions,
): Promise<Listening> {
  const { port, headSeconds = 10, requestSeconds = 60, connections = 256 } = options
  const server = createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: MOST_HEAD,
      headersTimeout: headSeconds * 1000,
      requestTimeout: requestSeconds * 1000,
      connectionsCheckingInterval: Math.min(1000, headSeconds * 500),
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Two of Host are then none that is known.
      joinDuplicateHeaders: true,
    },
  }) as Server
  server.maxConnections = connections
  // Who neither sends nor takes anything is hung up on; answers that go on for longer say now and then that they are still there.
  server.setTimeout(IDLE_MS)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    stop: (graceSeconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
