/** `vmferry serve`: the planner page, for this machine alone. */
import { spawn } from 'node:child_process'
import { createApp } from '../server/app.js'
import { type Listening, listen } from '../server/listen.js'
import { ownPage } from '../server/own-page.js'
import { coreCount } from '../solver/exact/cores.js'
import { CliError, describeSystemError, EXIT, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { packageFile } from './package-file.js'
import { packageInfo } from './package-info.js'
import { readText } from './read.js'
import { refuseQueueOptions, startQueueRunner } from './runner-options.js'
import { DEFAULT_PORT, type ServeCommandOptions } from './serve-options.js'

/** For jobs that run, and then for answers that are under way, when the server is stopped. */
const GRACE_SECONDS = 10

/** Serves until it is interrupted. @throws CliError where the port cannot be had. */
export async function serveCommand(options: ServeCommandOptions, io: CliIo): Promise<number> {
  const { port = DEFAULT_PORT, open = false, quiet = false } = options
  // Who reads the log is not waited for.
  const say = (line: string) => void io.stderr.write(`${safeLines(line)}\n`)
  // Of what happened the kind alone, unless more is asked for: messages may hold names of the cluster.
  const internal = (error: unknown) => {
    const thrown = error instanceof Error ? error : new Error(String(error))
    say(`internal error: ${io.env.VMFERRY_DEBUG === '1' ? thrown.stack : thrown.constructor.name}`)
  }
  const api = options.api === true ? await openApi(options, io, internal) : refuseApiOptions(options)
  const app = createApp({
    page: ownPage(),
    api: api?.routes,
    log: quiet || api === undefined ? undefined : say,
    internal,
  })
  const interrupted = new Promise<void>((resolve) => io.onInterrupt(resolve))
  const server = await listenOn(port, app.fetch)
  if (!quiet) await io.stderr.write(`vmferry: the planner is at ${server.url} (stop it with Ctrl-C)\n`)
  if (open && !(await openInBrowser(server.url, io.platform)))
    await io.stderr.write(`vmferry: no browser could be started; open ${server.url} in one\n`)
  await interrupted
  await api?.stop(GRACE_SECONDS)
  await server.stop(GRACE_SECONDS)
  return EXIT.done
}

function refuseApiOptions(options: ServeCommandOptions): undefined {
  const { tokenFile, jobs, maxBody, maxTime, maxWaiting, queue, queueName, priority } = options
  const given = {
    queue,
    'queue-name': queueName,
    priority,
    'token-file': tokenFile,
    jobs,
    'max-body': maxBody,
    'max-time': maxTime,
    'max-waiting': maxWaiting,
  }
  const name = Object.entries(given).find(([, value]) => value !== undefined)?.[0]
  if (name !== undefined) throw new CliError(`--${name} is of the API; give --api too`)
}

async function openApi(options: ServeCommandOptions, io: CliIo, internal: (error: unknown) => void) {
  const token = await readToken(options.tokenFile, io)
  const [{ createApi, DEFAULT_LIMITS }, { createEngine }] = await Promise.all([
    import('../server/api.js'),
    import('../server/engine.js'),
  ])
  const { jobs = coreCount(), maxBody, maxTime, maxWaiting, queue } = options
  if (queue === undefined) refuseQueueOptions(options)
  return createApi({
    engine: createEngine(jobs, queue === undefined ? undefined : await startQueueRunner(queue, options, io)),
    token,
    version: packageInfo().version,
    internal,
    openapi: packageFile('dist/schema/openapi.json'),
    limits: {
      ...DEFAULT_LIMITS,
      ...(maxBody === undefined ? {} : { mostBytes: maxBody * 2 ** 20 }),
      ...(maxTime === undefined ? {} : { jobSeconds: maxTime }),
      ...(maxWaiting === undefined ? {} : { mostWaiting: maxWaiting }),
    },
  })
}

/** Messages say nothing of what it is. @throws CliError */
async function readToken(path: string | undefined, io: CliIo): Promise<string> {
  const where = path ?? 'VMFERRY_TOKEN'
  const token =
    path === undefined
      ? io.env.VMFERRY_TOKEN
      : (await readText(path, 'token', io, true, 'a token')).text.trim()
  if (token === undefined || token === '')
    throw new CliError('--api needs a token: give --token-file FILE, or set VMFERRY_TOKEN')
  if (!/^[\w.~+/=-]{16,512}$/.test(token))
    throw new CliError(`${where}: the token has to be 16 to 512 letters, digits and -._~+/=`)
  return token
}

async function listenOn(port: number, fetch: Parameters<typeof listen>[0]): Promise<Listening> {
  try {
    return await listen(fetch, { port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'EADDRINUSE' ? 'another program listens there' : describeSystemError(error)
    throw new CliError(`port ${port}: ${what}; --port takes another, 0 any that is free`, { cause: error })
  }
}

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Whether the system's program for it could be started. */
function openInBrowser(url: string, platform: string): Promise<boolean> {
  const [program, ...args] = OPENERS[platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => resolve(true))
    child.unref()
  })
}
