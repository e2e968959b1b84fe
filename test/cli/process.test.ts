/** The compiled program in a process of its own; only its planner is replaced, by one that waits to be interrupted. */
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallPlan } from '../io/fixtures.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Inside the checkout, so that the program finds its dependencies; `build` is under no version control, and is not linted.
const folder = join(root, 'test', 'build', `cli-${process.pid}`)
const main = join(folder, 'dist', 'cli', 'main.js')
const input = join(folder, 'p.json')
const planned = join(folder, 'plan.json')

/** Waits for an abort, or forever where the problem says `deaf`; answers at once where it says `now`. */
const PLANNER = `
import fs from 'node:fs'
const { plan, problem } = JSON.parse(fs.readFileSync(new URL('../../sample.json', import.meta.url), 'utf8'))
export const planner = {
    parseJson: JSON.parse,
    resolveProblem: (document) => ({ ...problem, ...document }),
    check: () => Array.from({ length: 20000 }, () => ({ rule: 'slots', subject: 'A', message: 'x'.repeat(50) })),
    plan: (wish, { signal }) => new Promise((resolve) => {
      const awake = setInterval(() => {}, 1000)
      signal.addEventListener('abort', () => {
        fs.writeSync(2, 'aborted\\n')
        if (wish.deaf) return
        clearInterval(awake)
        resolve(plan)
      })
      fs.writeSync(2, 'searching\\n')
      if (wish.now) { clearInterval(awake); resolve(plan) }
    }),
}
`

beforeAll(() => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  fs.mkdirSync(folder, { recursive: true })
  const flags = ['--noCheck', '--incremental', 'false', '--tsBuildInfoFile', 'null', '--declaration', 'false']
  const project = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]
  execFileSync(process.execPath, [tsc, ...project, ...flags])
  fs.copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  fs.writeFileSync(join(folder, 'dist', 'cli', 'planner.js'), PLANNER)
  fs.writeFileSync(join(folder, 'sample.json'), JSON.stringify(smallPlan()))
}, 60_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Ended {
  code: number | null
  signal: string | null
  out: string
  err: string
}

/** `onError` sees standard error as it grows; `input` is what the program finds on standard input. */
function start(
  argv: string[],
  settings: { input?: string; onError?: (text: string, child: ReturnType<typeof spawn>) => void } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...argv], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
      settings.onError?.(err, child)
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
    child.stdin.end(settings.input ?? '')
  })
}

describe('the program', () => {
  it('answers --version', async () => {
    const { version } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'))
    expect(await start(['--version'])).toEqual({ code: 0, signal: null, out: `${version}\n`, err: '' })
  })

  it('reads standard input and writes a plan', async () => {
    const { code, out } = await start(['plan', '-', '--format', 'json'], { input: '{"now":true}' })
    expect(code).toBe(0)
    expect(JSON.parse(out).migrations).toHaveLength(3)
  })

  it('ends with 2 for a file that is not there', async () => {
    const { code, out, err } = await start(['plan', 'none.json'])
    expect([code, out]).toEqual([2, ''])
    expect(err).toBe('vmferry: none.json: cannot be read: no such file\n')
  })

  it('writes all of a long answer into a pipe', async () => {
    fs.writeFileSync(input, '{}')
    fs.writeFileSync(planned, '{"migrations":[]}')
    const { code, out } = await start(['check', input, planned, '--all'])
    expect(code).toBe(3)
    // Title, what all rows have in common, headings, and the end of the last line.
    expect(out.split('\n')).toHaveLength(20_004)
  })

  it('is quiet when its reader has seen enough', async () => {
    fs.writeFileSync(input, '{}')
    fs.writeFileSync(planned, '{"migrations":[]}')
    const ended = await new Promise<Ended>((resolve) => {
      const child = spawn(process.execPath, [main, 'check', input, planned, '--all'])
      let err = ''
      child.stdout.once('data', () => child.stdout.destroy())
      child.stderr.on('data', (chunk) => {
        err += chunk
      })
      child.on('close', (code, signal) => resolve({ code, signal, out: '', err }))
    })
    expect(ended).toEqual({ code: 3, signal: null, out: '', err: '' })
  })
})

describe('a full device', () => {
  /** Exit code with one of the standard streams on a device that takes nothing. */
  function exitCode(argv: string[], full: 1 | 2): Promise<number | null> {
    const device = fs.openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [main, ...argv], {
      stdio: ['ignore', full === 1 ? device : 'ignore', full === 2 ? device : 'ignore'],
    })
    fs.closeSync(device)
    return new Promise((resolve) => child.on('close', resolve))
  }

  it('is told as what it is on standard output, and ignored on standard error', async () => {
    fs.writeFileSync(input, '{}')
    fs.writeFileSync(planned, '{"migrations":[]}')
    expect(await exitCode(['check', input, planned], 1)).toBe(2)
    expect(await exitCode(['check', input, planned], 2)).toBe(3)
    expect(await exitCode(['plan', 'none.json'], 2)).toBe(2)
  })
})

describe('signals', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('writes the best plan so far on the first %s', async (signal) => {
    fs.writeFileSync(input, '{}')
    const output = join(folder, 'o.json')
    const { code, err } = await start(['plan', input, '-o', output], {
      onError: (text, child) => {
        if (text === 'searching\n') child.kill(signal)
      },
    })
    expect(code).toBe(0)
    expect(err).toContain('interrupted: this is the best plan found so far\n')
    expect(JSON.parse(fs.readFileSync(output, 'utf8')).migrations).toHaveLength(3)
    fs.rmSync(output)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('quits on the second %s, and leaves nothing behind', async (signal, exit) => {
    fs.writeFileSync(input, '{"deaf":true}')
    const before = fs.readdirSync(folder)
    const { code, out } = await start(['plan', input, '-o', join(folder, 'o.json')], {
      onError: (text, child) => {
        if (text === 'searching\n' || text === 'searching\naborted\n') child.kill(signal)
      },
    })
    expect([code, out]).toEqual([exit, ''])
    expect(fs.readdirSync(folder)).toEqual(before)
  })
})
