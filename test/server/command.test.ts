/** `vmferry serve` as a process of its own. It runs dist/: build first. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../dist/node/main.js', import.meta.url))
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

interface Served {
  url: string
  /** What it has said on standard error so far. */
  said(): string
  signal(name: NodeJS.Signals): void
  ended: Promise<number | null>
}

/** Resolves once it says where it listens, or has ended. */
function start(args: readonly string[], env: Record<string, string> = {}): Promise<Served> {
  const { VMFERRY_TOKEN: _, ...inherited } = process.env
  const child = spawn(process.execPath, [main, 'serve', ...args], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...inherited, ...env },
  })
  running.add(child)
  let said = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const served = { url: '', said: () => said, signal: (name: NodeJS.Signals) => child.kill(name), ended }
  return new Promise((resolve) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk
      served.url = /http:\S+/.exec(said)?.[0] ?? ''
      if (served.url !== '') resolve(served)
    })
    ended.then(() => resolve(served))
  })
}

describe('vmferry serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in order', async (signal) => {
    const served = await start(['--port', '0'])
    expect(served.said()).toBe(`vmferry: the planner is at ${served.url} (stop it with Ctrl-C)\n`)
    // A copy that was built has the page; a part of it does not.
    expect([200, 503]).toContain((await fetch(served.url)).status)
    served.signal(signal)
    expect(await served.ended).toBe(0)
  })

  it('a port that is taken is no place to listen', async () => {
    const first = await start(['--port', '0'])
    const { port } = new URL(first.url)
    const second = await start(['--port', port])
    expect(await second.ended).toBe(2)
    expect(second.said()).toBe(
      `vmferry: port ${port}: another program listens there; --port takes another, 0 any that is free\n`,
    )
  })
})

describe('vmferry serve --api', () => {
  const token = 'a-token-that-nobody-may-see'
  const folder = mkdtempSync(join(tmpdir(), 'vmferry-token-'))
  const file = (content: string) => {
    const path = join(folder, 'token.txt')
    writeFileSync(path, content)
    return path
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each<[string, string[], Record<string, string>, string]>([
    ['no token', ['--api'], {}, '--api needs a token: give --token-file FILE, or set VMFERRY_TOKEN'],
    [
      'a short one',
      ['--api'],
      { VMFERRY_TOKEN: 'short' },
      'VMFERRY_TOKEN: the token has to be 16 to 512 letters',
    ],
    ['one with a space', ['--api', '--token-file', file(`${token} x`)], {}, 'token.txt: the token has to be'],
    [
      'a file that is not there',
      ['--api', '--token-file', join(folder, 'none')],
      {},
      'none: cannot be read: no such file',
    ],
    ['an option of the API alone', ['--jobs', '2'], {}, '--jobs is of the API; give --api too'],
  ])('%s is refused', async (_, args, env, message) => {
    const served = await start(args, env)
    expect(await served.ended).toBe(2)
    expect(served.said()).toContain(message)
    expect(served.said()).not.toMatch(/short$|nobody/)
  })

  it('answers who knows the token, and tells no one; a stop lets jobs end', async () => {
    const served = await start(['--api', '--port', '0', '--jobs', '1', '--token-file', file(`${token}\n`)])
    const problem = readFileSync(
      new URL('../../examples/maintenance-night/problem.json', import.meta.url),
      'utf8',
    )
    const send = (bearer: string) =>
      fetch(new URL('/plan?effort=2', served.url), {
        method: 'POST',
        body: problem,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', prefer: 'wait=30' },
      })
    expect((await send(`${token}x`)).status).toBe(401)
    const planned = send(token)
    // By then it has got the request before.
    for (let i = 0; i < 3; i++) await (await fetch(new URL('/health', served.url))).text()
    served.signal('SIGTERM')
    expect((await planned).status).toBe(200)
    expect(await served.ended).toBe(0)
    const [where, ...log] = served.said().trimEnd().split('\n')
    expect(where).toMatch(/^vmferry: the planner is at /)
    expect(
      log.map((line) => line.replace(/^\S+ | \d+ ms$/g, '')).filter((line) => line !== 'GET /health 200'),
    ).toEqual(['POST /plan 401', 'POST /plan 200'])
  })
})
