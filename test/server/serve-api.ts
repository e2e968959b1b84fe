/** The API of the built package, in this process. */
import { readFileSync } from 'node:fs'
import type { ApiLimits } from '../../src/server/api.js'
import type { ListenOptions } from '../../src/server/listen.js'

const load = (path: string) => import(new URL(`../../dist/server/${path}`, import.meta.url).href)
const { createApi, DEFAULT_LIMITS, ROUTES } = (await load(
  'api.js',
)) as typeof import('../../src/server/api.js')
const { createApp } = (await load('app.js')) as typeof import('../../src/server/app.js')
const { createEngine } = (await load('engine.js')) as typeof import('../../src/server/engine.js')
const { listen } = (await load('listen.js')) as typeof import('../../src/server/listen.js')

const root = new URL('../../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
const openapi = readFileSync(new URL('dist/schema/openapi.json', root), 'utf8')

export const TOKEN = 'a-token-of-the-tests-0123456789'

export async function serveApi(limits: Partial<ApiLimits> = {}, sockets: Partial<ListenOptions> = {}) {
  const log: string[] = []
  const api = createApi({
    engine: createEngine(2),
    token: TOKEN,
    version,
    openapi,
    limits: { ...DEFAULT_LIMITS, ...limits },
  })
  const app = createApp({ page: undefined, api: api.routes, log: (line) => log.push(line) })
  const server = await listen(app.fetch, { port: 0, ...sockets })
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    log,
    ROUTES,
    async stop(graceSeconds = 0) {
      await api.stop(graceSeconds)
      await server.stop(graceSeconds)
    },
  }
}
