/** The library in a real browser: bundled by Vite, run in headless Chromium, compared with Node byte for byte. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan, PlanOptions, Problem } from '../../dist/index.js'
import { plan } from '../../dist/index.js'
import { launchChromium, NO_CHROMIUM } from './chromium.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) => response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html').end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function problemOf(path: string): Promise<Problem> {
  return JSON.parse(await readFile(join(root, path), 'utf8'))
}

const CPU = { vendor: 'Intel' as const, features: ['sse2'] }
const NODE = { cpu: CPU, memoryMiB: 262144, migrationMbps: 10000 }

/** A ring of odd length in which every node also exchanges with the next but one: more rows than the small LP backend takes. */
function bigRing(nodeCount: number): Problem {
  const id = (n: number) => `N${n % nodeCount}`
  const vms: Problem['vms'] = []
  const moves: NonNullable<Problem['request']['moves']> = []
  for (let n = 0; n < nodeCount; n++) {
    for (let step = 1; step <= 5; step++) {
      const vm = `vm-${n}-${step}`
      vms.push({ id: vm, node: id(n), memoryMiB: 1024 })
      moves.push({ vm, to: id(n + step), durationSeconds: 20 + ((n * 7 + step * 13) % 17) })
    }
  }
  const nodes = Array.from({ length: nodeCount }, (_, n) => ({ ...NODE, id: id(n) }))
  return { version: 1, name: 'big-ring', nodes, vms, request: { moves } }
}

/** Every job has a migration to every machine, all nodes equally much to do: a search that is not over at once. */
function openShop(size: number): Problem {
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size])
  const moves = pairs.map(([j, m]) => ({
    vm: `${j}-${m}`,
    to: `machine-${m}`,
    durationSeconds: 10 + 7 * ((j + m) % size) + 5 * ((j + 2 * m) % size) + 3 * ((j + 4 * m) % size),
  }))
  return {
    version: 1,
    name: 'open-shop',
    nodes: ['job', 'machine'].flatMap((kind) =>
      Array.from({ length: size }, (_, i) => ({ ...NODE, id: `${kind}-${i}`, memoryMiB: 1e6 })),
    ),
    vms: pairs.map(([j, m]) => ({ id: `${j}-${m}`, node: `job-${j}`, memoryMiB: 1 })),
    request: { moves },
  }
}

/** Without what depends on the clock. */
function stable(result: Plan): Plan {
  return { ...result, statistics: { ...result.statistics, runtimeSeconds: 0 } }
}

describe('in headless Chromium', () => {
  let browser: Browser | undefined
  let server: Server | undefined
  let page: Page | undefined
  let folder = ''
  const faults: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
    if (browser === undefined) return
    folder = await mkdtemp(join(tmpdir(), 'vmferry-browser-'))
    await build({
      root: join(here, 'app'),
      configFile: false,
      logLevel: 'warn',
      worker: { format: 'es' },
      resolve: { alias: { vmferry: join(root, 'dist/index.js') } },
      build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
    })
    server = await serve(folder)
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction(() => 'planInPage' in globalThis)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    server?.close()
    if (folder !== '') await rm(folder, { recursive: true, force: true })
  })

  const cases: [string, () => Promise<Problem>, PlanOptions][] = [
    ['a triangle', () => problemOf('examples/batch/triangle.json'), {}],
    [
      'a drain, which needs the assignment LP in the worker',
      () => problemOf('examples/maintenance-night/problem.json'),
      { effort: 1 },
    ],
    ['a big ring, which needs HiGHS in the worker', async () => bigRing(61), { effort: 1 }],
    ['rounds', () => problemOf('examples/four-nodes/problem.json'), { schedule: 'rounds', effort: 1 }],
    ['an open shop, by two threads', async () => openShop(7), { effort: 1, threads: 2 }],
  ]
  for (const [name, make, options] of cases) {
    it(`${name}: the page, a worker of its own and Node make the same plan`, async (context) => {
      if (page === undefined) return context.skip(NO_CHROMIUM)
      const problem = await make()
      const inNode = stable(await plan(problem, options))
      const inPage = await page.evaluate(([p, o]) => window.planInPage(p, o as PlanOptions), [
        problem,
        options,
      ] as const)
      const inWorker = await page.evaluate(([p, o]) => window.planInWorker(p, o as PlanOptions), [
        problem,
        options,
      ] as const)
      expect(stable(inPage)).toEqual(inNode)
      expect(stable(inWorker)).toEqual(inNode)
      expect(inNode.statistics.threads).toBe(options.threads ?? 1)
      if (options.threads !== undefined) expect(inNode.statistics.failures).toBeGreaterThan(1000)
      if (name.includes('needs')) expect(inNode.statistics.lpSolves).toBeGreaterThan(0)
      expect(faults).toEqual([])
    }, 120_000)
  }
})

declare global {
  interface Window {
    planInPage(problem: Problem, options?: PlanOptions): Promise<Plan>
    planInWorker(problem: Problem, options?: PlanOptions): Promise<Plan>
  }
}
