/** The server's answers, without its sockets. */
import { Hono, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { ownRequests, type ServerEnv, securityHeaders, withoutBody } from './guard.js'
import { type Page, servePage } from './page.js'
import { refusalOf, refuse } from './refusal.js'

export interface ServerParts {
  /** The planner page; undefined: this copy has none. */
  page: Page | undefined
  /** `--api`. */
  api?: Hono<ServerEnv> | undefined
  /** Gets a line for each request, of which nothing is in it that a client could choose. */
  log?: ((line: string) => void) | undefined
  /** Gets every error that is a fault of vmferry. */
  internal?: ((error: unknown) => void) | undefined
}

export function createApp({ page, api, log, internal }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>()
  if (log !== undefined) app.use(logged(log))
  app.use(securityHeaders())
  app.use(ownRequests())
  app.use(withoutBody())
  app.use(servePage(page))
  if (api !== undefined) app.route('/', api)
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
  app.onError((error, c) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'INTERNAL') internal?.(error)
    return refuse(c, refusal)
  })
  return app
}

function logged(log: (line: string) => void): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const startMs = performance.now()
    await next()
    const route = routePath(c, -1)
    const took = Math.round(performance.now() - startMs)
    log(`${new Date().toISOString()} ${c.req.method} ${route} ${c.res.status} ${took} ms`)
  }
}
