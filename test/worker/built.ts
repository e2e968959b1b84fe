/** The built package: worker threads of Node 20 cannot run the sources. `npm test` builds first. */
const load = (path: string) => import(new URL(`../../dist/${path}`, import.meta.url).href)

export const clientUrl = new URL('../../dist/worker/client.js', import.meta.url).href

export const { createWorkerLpService } = (await load(
  'worker/client.js',
)) as typeof import('../../src/worker/client.js')
export const { startNodeWorker } = (await load(
  'worker/node-worker.js',
)) as typeof import('../../src/worker/node-worker.js')
export const { createInlineLpService } = (await load(
  'lp/service.js',
)) as typeof import('../../src/lp/service.js')
