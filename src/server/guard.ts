/** What every request has to pass: it is meant for this server, and was sent by no page of another. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { refuse } from './refusal.js'

export interface ServerEnv {
  Bindings: HttpBindings
  Variables: {
    /** Gives back the room that the body takes; who keeps the body longer than its request takes this away. */
    release: (() => void) | undefined
  }
}

const MOST_HEADERS = 100

/**
 * Refuses requests whose `Host` names another server, as one does whose name was pointed at this machine (DNS rebinding), and those that a page of
 * another origin sends.
 */
export function ownRequests(): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    // Names and values.
    if (c.env.incoming.rawHeaders.length > 2 * MOST_HEADERS)
      return refuse(c, {
        status: 431,
        code: 'TOO_MANY_HEADERS',
        detail: `there are more than ${MOST_HEADERS} headers`,
      })
    const port = c.env.incoming.socket.localPort
    const names = ['127.0.0.1', 'localhost']
    const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
    // The target of a request may be a whole URL, with a host of its own.
    const own = hosts.includes(c.req.header('host') ?? '') && hosts.includes(new URL(c.req.url).host)
    if (!own)
      return refuse(c, {
        status: 403,
        code: 'FOREIGN_HOST',
        detail: `the header Host names another server; this one is ${hosts[0]}`,
      })
    const origin = c.req.header('origin')
    if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`))
      return refuse(c, {
        status: 403,
        code: 'FOREIGN_ORIGIN',
        detail: 'the header Origin names another origin; pages of others are not answered',
      })
    await next()
  }
}

/** Refuses bodies where nothing reads one. */
export function withoutBody(): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const announced = c.req.header('transfer-encoding') ?? c.req.header('content-length') ?? '0'
    if ((c.req.method === 'GET' || c.req.method === 'HEAD') && announced !== '0')
      return refuse(c, {
        status: 413,
        code: 'TOO_LARGE',
        detail: `a ${c.req.method} has no body`,
        // The rest of it is not waited for.
        headers: { connection: 'close' },
      })
    await next()
  }
}

/** @param token compared in a time that does not depend on what of it is right. */
export function bearerToken(token: string): MiddlewareHandler<ServerEnv> {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const wanted = digest(token)
  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), wanted))
      return refuse(c, {
        status: 401,
        code: 'UNAUTHORIZED',
        detail: 'the header Authorization has to be "Bearer " and the token of this server',
        headers: { 'www-authenticate': 'Bearer' },
      })
    await next()
  }
}

/** The engine is WebAssembly, in a worker; all else is plain files of this origin. */
export function securityHeaders(): MiddlewareHandler {
  const self = ["'self'"]
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: self,
      styleSrc: self,
      fontSrc: self,
      connectSrc: self,
      manifestSrc: self,
      imgSrc: ["'self'", 'data:', 'blob:'],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Loopback has no TLS.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
  })
}
