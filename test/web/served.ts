/** The planner page as its users have it: `vmferry serve`, headless Chromium, files that are dropped and downloaded. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { check } from '../../dist/index.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Served {
  url: string
  stop(): void
}

/** At a port that is free. */
export async function serve(): Promise<Served> {
  const server: ChildProcess = spawn(process.execPath, [
    join(root, 'dist/node/main.js'),
    'serve',
    '--port',
    '0',
  ])
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer) => {
      said += text
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    }
    server.stdout!.on('data', hear)
    server.stderr!.on('data', hear)
    server.on('exit', () => reject(new Error(`vmferry serve ended: ${said}`)))
  })
  return { url, stop: () => server.kill() }
}

export interface Visit {
  page: Page
  /** Errors, refusals of the page's policy, and addresses outside of the origin that it asked for. */
  faults: string[]
  /** Every address that was asked for. */
  asked: string[]
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  })
  const page = await context.newPage()
  const faults: string[] = []
  const asked: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => faults.push(message.text()))
  context.on('request', (request) => {
    asked.push(request.url())
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url())) faults.push(request.url())
  })
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => console.log(event.violatedDirective)),
  )
  await page.goto(url)
  return { page, faults, asked }
}

export interface Dropped {
  name: string
  text: string
}

export const fileOf = (path: string): Dropped => ({
  name: basename(path),
  text: readFileSync(join(root, path), 'utf8'),
})

export const problemFile = (problem: Problem): Dropped => ({
  name: 'problem.json',
  text: JSON.stringify(problem),
})

/** As if dragged from a folder of the system. */
export async function drop(page: Page, ...files: Dropped[]): Promise<void> {
  const data = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer()
    for (const { name, text } of list) transfer.items.add(new File([text], name))
    return transfer
  }, files)
  await page.dispatchEvent('html', 'dragover', { dataTransfer: data })
  await page.dispatchEvent('html', 'drop', { dataTransfer: data })
}

/** No search runs, and what is shown is of the problem as it is. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#plan').waitFor({ timeout: 60_000 })
  await page.waitForFunction(
    () =>
      document.querySelector('.tiles:not(.stale)') !== null &&
      document.querySelector('#chart.stale') === null,
  )
}

/** Text of a file that the page gives. */
export async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#downloads').getByRole('button', { name: button, exact: true }).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}

/** Problem and plan of the page, of which the plan keeps every rule. */
export async function planned(page: Page): Promise<{ problem: Problem; plan: Plan }> {
  await settled(page)
  const problem = JSON.parse(await downloaded(page, 'Problem')) as Problem
  const plan = JSON.parse(await downloaded(page, 'Plan')) as Plan
  expect(check(problem, plan)).toEqual([])
  return { problem, plan }
}

/** Without what depends on the clock. */
export function stable({ statistics, ...plan }: Plan): unknown {
  return { ...plan, statistics: { ...statistics, runtimeSeconds: 0 } }
}

/** Where an instant is on the chart, in a lane. The plan is in view as the page shows it at first. */
export async function onChart(
  page: Page,
  seconds: number,
  lane: number,
  { nodes, plan }: { nodes: number; plan: Plan },
) {
  const box = (await page.locator('#chart').boundingBox())!
  const [left, right, top, below] = [24 + 4 * 7, 26, 34, 42 + 34]
  const share = seconds / (plan.makespanSeconds * 1.25)
  return {
    x: box.x + left + share * (box.width - left - right),
    y: box.y + top + ((lane + 0.5) * (box.height - top - below)) / nodes,
  }
}
