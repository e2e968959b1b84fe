/** A Redis of one's own on loopback, and processes of the built command line beside it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutRuntime } from '../../src/batch/key.js'

const main = fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))

/** Undefined where there is one. */
export function whyNoRedis(): string | undefined {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no redis-server: the queue has not been tried'
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null)
      resolve(String(child.signalCode ?? child.exitCode))
    else child.once('exit', (code, signal) => resolve(String(signal ?? code)))
  })

export class Redis {
  readonly folder = mkdtempSync(join(tmpdir(), 'vmferry-redis-'))
  readonly #arguments: string[]
  #server: ChildProcess | undefined

  constructor(args: readonly string[]) {
    this.#arguments = [
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'yes',
      ...args,
    ]
  }

  async start(): Promise<void> {
    const server = spawn('redis-server', this.#arguments, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
      server.stdout?.on('data', (text) => /Ready to accept/.test(String(text)) && resolve())
    })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    server.kill(signal)
    await ended(server)
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Command {
  child: ChildProcess
  /** Exit code or signal. */
  end: Promise<string>
  /** What it has told by now. */
  output(): string
}

const running = new Set<ChildProcess>()

export function vmferry(cwd: string, env: Record<string, string>, ...args: string[]): Command {
  const child = spawn(process.execPath, [main, ...args], {
    ...{ cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as const },
  })
  running.add(child)
  const heard: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => heard.push(String(text)))
  const end = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve(String(signal ?? code))
    })
  })
  return { child, end, output: () => heard.join('') }
}

export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** One that listens for problems and for questions. */
export interface WorkerProcess extends Command {
  /** The value of a metric; undefined while it does not answer. */
  metric(name: string): Promise<number | undefined>
  get(path: string): Promise<{ status: number; text: string }>
}

export async function startWorker(
  cwd: string,
  env: Record<string, string>,
  ...args: string[]
): Promise<WorkerProcess> {
  const port = await freePort()
  const command = vmferry(cwd, env, 'worker', '--queue', '--jobs', '1', '--listen', String(port), ...args)
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, text: await response.text() }
  }
  return {
    ...command,
    get,
    async metric(name) {
      const { text } = await get('/metrics').catch(() => ({ text: '' }))
      const line = text.split('\n').find((each) => each.startsWith(`${name} `))
      return line === undefined ? undefined : Number(line.slice(name.length + 1))
    },
  }
}

/** Each file below, by its path, without how long its search took. */
export function contentOf(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true }).map(String).sort()
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(path, file)).isFile())
      .map((file) => [file, withoutRuntime(readFileSync(join(path, file), 'utf8'))]),
  )
}

export function makeFolder(...parts: string[]): string {
  const path = join(...parts)
  mkdirSync(path, { recursive: true })
  return path
}
