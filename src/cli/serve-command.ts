/** `vmferry serve`: the planner page, for this machine alone. */
import { spawn } from 'node:child_process'
import { createApp } from '../server/app.js'
import { type Listening, listen } from '../server/listen.js'
import { ownPage } from '../server/own-page.js'
import { CliError, describeSystemError, EXIT } from './failure.js'
import type { CliIo } from './io.js'
import { DEFAULT_PORT, type ServeCommandOptions } from './serve-options.js'

/** For answers that are under way when the server is stopped. */
const GRACE_SECONDS = 10

/** Serves until it is interrupted. @throws CliError where the port cannot be had. */
export async function serveCommand(options: ServeCommandOptions, io: CliIo): Promise<number> {
  const { port = DEFAULT_PORT, open = false, quiet = false } = options
  const app = createApp({ page: ownPage() })
  const interrupted = new Promise<void>((resolve) => io.onInterrupt(resolve))
  const server = await listenOn(port, app.fetch)
  if (!quiet) await io.stderr.write(`vmferry: the planner is at ${server.url} (stop it with Ctrl-C)\n`)
  if (open && !(await openInBrowser(server.url, io.platform)))
    await io.stderr.write(`vmferry: no browser could be started; open ${server.url} in one\n`)
  await interrupted
  await server.stop(GRACE_SECONDS)
  return EXIT.done
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
