/** The server's answers, without its sockets. */
import { Hono } from 'hono'
import { ownRequests, type ServerEnv, securityHeaders } from './guard.js'
import { type Page, servePage } from './page.js'
import { refuse } from './refusal.js'

export interface ServerParts {
  /** The planner page; undefined: this copy has none. */
  page: Page | undefined
}

export function createApp({ page }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>()
  app.use(securityHeaders())
  app.use(ownRequests())
  app.use(servePage(page))
  app.notFound((c) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD')
      return refuse(c, { status: 404, code: 'NOT_FOUND', detail: 'there is nothing at this path' })
    return refuse(c, {
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
      detail: 'at this path there is nothing but to GET',
      headers: { allow: 'GET, HEAD' },
    })
  })
  // Nothing of an error goes out: it may hold names of the cluster.
  app.onError((_, c) => refuse(c, { status: 500, code: 'INTERNAL', detail: 'an internal error of vmferry' }))
  return app
}
