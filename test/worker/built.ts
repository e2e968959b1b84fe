/** The built package: worker threads of Node 20 cannot run the sources. `npm test` builds first. */
import { execFile } from 'node:child_process'

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

/** The planner of the built package, and what puts it together. */
export const built = {
  libraryUrl: new URL('../../dist/index.js', import.meta.url).href,
  library: (await load('index.js')) as typeof import('../../src/index.js'),
  ...((await load('worker/search-pool.js')) as typeof import('../../src/worker/search-pool.js')),
  ...((await load('kernel/kernel.js')) as typeof import('../../src/kernel/kernel.js')),
  ...((await load(
    'solver/assignment/joint-restarts.js',
  )) as typeof import('../../src/solver/assignment/joint-restarts.js')),
  ...((await load('solver/planner/planner.js')) as typeof import('../../src/solver/planner/planner.js')),
  ...((await load('model/validate.js')) as typeof import('../../src/model/validate.js')),
  ...((await load('solver/run.js')) as typeof import('../../src/solver/run.js')),
  ...((await load('plan-options.js')) as typeof import('../../src/plan-options.js')),
}

/** Runs an ES module in a process of its own, to its exit code and output; ends it where it does not end by itself. */
export function run(code: string, seconds = 25): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const args = ['--input-type=module', '-e', code]
    const options = { timeout: seconds * 1000, killSignal: 'SIGKILL' } as const
    const child = execFile(process.execPath, args, options, (_, out, err) =>
      resolve({ code: child.exitCode, output: out + err }),
    )
  })
}
