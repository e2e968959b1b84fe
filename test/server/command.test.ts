/** `vmferry serve` as a process of its own. It runs dist/: build first. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

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
function start(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [main, 'serve', ...args], { stdio: ['ignore', 'inherit', 'pipe'] })
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
