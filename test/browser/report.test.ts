/** The report in a real browser, from disk: what it shows, what its tables and its chart do, and that no name in it does anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PALETTES } from '../../src/chart/palette.js'
import type { Plan } from '../../src/model/plan.js'
import type { ResolvedProblem } from '../../src/model/problem.js'
import { planToReport } from '../../src/report/report.js'
import { maintenanceNight, migration, node, plan, resolved, smallPlan, vm } from '../io/fixtures.js'
import { HOSTILE_IDS } from '../io/hostile.js'
import { launchChromium, NO_CHROMIUM } from './chromium.js'

interface Night {
  problem: ResolvedProblem
  plan: Plan
}

interface Shown {
  page: Page
  /** Errors, refusals of the page's policy, and addresses that it asked for. */
  faults: string[]
}

const HOSTILE = [
  '<script>window.hit = 1</script>',
  '</script><script>window.hit = 1</script>',
  '</style><img src=x onerror="window.hit = 1">',
  '"onload="window.hit = 1',
  "' onmouseover='window.hit = 1",
  '<!-- <script>',
  ']]></text><script>window.hit = 1</script>',
  '&lt;b&gt;',
  '__proto__',
  'constructor',
  ...HOSTILE_IDS,
]

/** Names of all kinds wherever a plan and a problem have one. */
function hostileNight(): Night {
  const nodes = HOSTILE.map((name) => ({ ...node(name), domains: new Map([[name, name]]) }))
  const vms = HOSTILE.map((name) => ({ ...vm(name, name), antiAffinity: [name] }))
  const other = (i: number) => HOSTILE[(i + 1) % HOSTILE.length]
  const migrations = HOSTILE.map((name, i) =>
    migration(name, name, other(i), i * 10, i * 10 + 10, {
      kind: 'restart',
      blackoutSeconds: 10,
      lostOffloads: [name],
      lostFeatures: [name],
    }),
  )
  return {
    problem: resolved(nodes, vms, {
      name: HOSTILE.join(),
      drains: HOSTILE.map((id) => ({ node: id, mode: 'live' })),
    }),
    plan: plan(migrations, {
      problem: HOSTILE.join(),
      status: 'partial',
      unplaced: HOSTILE.map((name) => ({
        vm: name,
        reason: 'memory',
        detail: name,
        nodes: { [name]: 'memory' },
        remedies: [name],
      })),
      warnings: HOSTILE.map((name) => ({ code: 'backup-tight', vm: name, node: name, message: name })),
      statistics: { ...smallPlan().plan.statistics, bound: HOSTILE.join() },
    }),
  }
}

function bigNight(count: number): Night {
  const nodes = Array.from({ length: 64 }, (_, n) => node(`hv-host-${String(n).padStart(2, '0')}`))
  const ids = Array.from({ length: count }, (_, i) => `production-vm-${String(i).padStart(4, '0')}`)
  const at = (i: number) => nodes[i % nodes.length].id
  const start = { epochMs: Date.parse('2026-11-23T20:00:00+01:00'), offsetMinutes: 60 }
  return {
    problem: resolved(
      nodes,
      ids.map((id, i) => vm(id, at(i))),
      { start },
    ),
    plan: plan(
      ids.map((id, i) =>
        migration(id, at(i), at(i + 1), Math.floor(i / 32) * 71.125, Math.floor(i / 32) * 71.125 + 71),
      ),
    ),
  }
}

let browser: Browser | undefined
let folder = ''
beforeAll(async () => {
  browser = await launchChromium()
  folder = mkdtempSync(join(tmpdir(), 'vmferry-report-'))
}, 60_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function show(night: Night, options: BrowserContextOptions = {}): Promise<Shown> {
  const file = join(folder, 'night.html')
  writeFileSync(file, await planToReport(night.plan, night.problem))
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => faults.push(message.text()))
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith('file:') && !address.startsWith('data:')) faults.push(address)
  })
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => console.log(event.violatedDirective)),
  )
  await page.goto(pathToFileURL(file).href)
  return { page, faults }
}

/** Texts of a column of a table that are to be seen. */
async function column(page: Page, table: string, index: number): Promise<string[]> {
  return page.locator(`#${table}-table tbody tr:visible td:nth-child(${index + 1})`).allInnerTexts()
}

/** Pixels of the chart in a colour. */
async function pixels(page: Page, color: string): Promise<number> {
  return page.evaluate((hex) => {
    const canvas = document.querySelector('canvas')!
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
    let count = 0
    for (let i = 0; i < data.length; i += 4) if (wanted.every((value, c) => data[i + c] === value)) count++
    return count
  }, color)
}

/** What the pointer is told in the middle of the n-th node's lane, at a share of the night. */
async function hover(page: Page, lane: number, share: number, lanes = 4): Promise<string> {
  const box = (await page.locator('#chart').boundingBox())!
  const left = box.x + 60
  const height = (box.height - 34 - 42 - 34) / lanes
  await page.mouse.move(left + share * (box.width - 60 - 26), box.y + 34 + (lane + 0.3) * height)
  const tip = page.locator('.tip')
  return (await tip.isVisible()) ? ((await tip.textContent()) ?? '') : ''
}

describe('the report in headless Chromium', () => {
  beforeEach((context) => {
    if (browser === undefined) context.skip(NO_CHROMIUM)
  })

  it('begins with when it ends, how sure that is, and what is left; then all else', async () => {
    const { page, faults } = await show(maintenanceNight())
    expect(await page.locator('.tile strong').allInnerTexts()).toEqual([
      '20:20:35',
      'Gap 3.57 %',
      '1 VM unplaced',
    ])
    const tiles = (await page.locator('.tile').allInnerTexts()).join('\n')
    expect(tiles).toContain('no plan ends before 20:19:51')
    expect(tiles).toContain('Empty: HV01 at 20:20:35')
    expect(tiles).toContain('Not empty: HV03')
    expect(await page.locator('section h2').allInnerTexts()).toEqual([
      'The night',
      'What will be lost (650 s of penalties)',
      'Warnings',
      'What is left, and what would help',
      'Nodes',
      'Migrations',
    ])
    const all = await page.locator('main').textContent()
    expect(all).toContain('ad-01 is shut down, moved and started again: down for 0:03:00')
    expect(all).toContain('sql-07 stands still for 1.4 s')
    expect(all).toContain('restart in compatibility mode moves it to HV04')
    expect(await column(page, 'nodes', 0)).toEqual(['HV01', 'HV02', 'HV03', 'HV04'])
    expect(await column(page, 'nodes', 2)).toEqual(['3', '0', '3', '0'])
    expect(await column(page, 'nodes', 3)).toEqual(['0', '2', '1', '3'])
    expect((await column(page, 'nodes', 7))[3]).toMatch(/^96 GiB, 13 %/)
    expect(faults).toEqual([])
  })

  it('has tables that are sorted by a click, by numbers where they are numbers, and searched', async () => {
    const { page } = await show(maintenanceNight())
    const heading = page.locator('#migrations-table th', { hasText: 'Seconds' })
    await heading.getByRole('button').click()
    const seconds = (await column(page, 'migrations', 7)).map(Number)
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b))
    expect(new Set(seconds).size).toBeGreaterThan(4)
    expect(await heading.getAttribute('aria-sort')).toBe('ascending')
    await heading.getByRole('button').click()
    expect((await column(page, 'migrations', 7)).map(Number)).toEqual([...seconds].reverse())
    await page.getByLabel('Search: Migrations').fill('web HV02')
    expect(await column(page, 'migrations', 0)).toEqual(['web-02'])
    await page.getByLabel('Search: Migrations').fill('')
    expect(await column(page, 'migrations', 0)).toHaveLength(6)
  })

  it('has a chart that tells what the pointer is on, filters, groups, zooms and moves', async () => {
    const { page, faults } = await show(maintenanceNight())
    expect(await hover(page, 0, 0.2)).toBe('sql-07\nHV01 → HV02\nlive, 20:01 to 20:06:31 (0:05:31)')
    expect(await hover(page, 0, 0.7)).toBe('')
    expect(await hover(page, 3, 0.25)).toContain('ad-01')
    const sending = await pixels(page, PALETTES.light.send)
    expect(sending).toBeGreaterThan(1000)
    await page.locator('#filter').fill('ad-01')
    expect(await pixels(page, PALETTES.light.send)).toBe(0)
    expect(await pixels(page, PALETTES.light.dim)).toBeGreaterThan(1000)
    await page.locator('#filter').fill('')
    const legend = page.locator('.legend li:visible')
    expect(await legend.allTextContents()).not.toContain('migrates')
    await page.locator('#grouping').selectOption('vm')
    expect(await legend.allTextContents()).toContain('migrates')
    expect(await hover(page, 0, 0.2)).toContain('sql-07')
    await page.locator('#filter').fill('sql-07')
    expect(await hover(page, 0, 0.2, 1)).toContain('sql-07')
    await page.locator('#filter').fill('')
    await page.locator('#grouping').selectOption('node')
    await page.locator('#chart').focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('+')
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight')
    expect(await hover(page, 0, 0.95)).toContain('file-01')
    expect(await hover(page, 0, 0.05)).not.toContain('sql-07')
    await page.locator('#whole').click()
    await expect.poll(() => pixels(page, PALETTES.light.send)).toBe(sending)
    expect(faults).toEqual([])
  })

  it('lets no name do anything, or break out of its place', async () => {
    const { page, faults } = await show(hostileNight())
    expect(await page.evaluate(() => 'hit' in window)).toBe(false)
    expect(await column(page, 'migrations', 0)).toHaveLength(HOSTILE.length)
    expect((await column(page, 'migrations', 0)).slice(0, 5)).toEqual(HOSTILE.slice(0, 5))
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.locator('style').count()).toBe(1)
    expect(await page.locator('img').count()).toBe(1)
    expect(await page.locator('main ~ *:not(script)').count()).toBe(0)
    const handlers = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter(({ attributes }) =>
          [...attributes].some(({ name }) => name.startsWith('on')),
        ).length,
    )
    expect(handlers).toBe(0)
    const text = await page.evaluate(() => document.documentElement.textContent ?? '')
    expect(text).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
    for (const grouping of await page.locator('#grouping option').all())
      await page.locator('#grouping').selectOption(await grouping.getAttribute('value'))
    for (let lane = 0; lane < 9; lane++) await hover(page, lane, 0.02 * lane)
    expect(faults).toEqual([])
  })

  it('runs nothing that is put into it', async () => {
    const { page, faults } = await show(smallPlan())
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.hit = 1'
      document.body.append(script)
      const image = document.createElement('img')
      image.src = 'https://vmferry.example/pixel.png'
      document.body.append(image)
    })
    await expect.poll(() => faults.filter((fault) => /^(?:script-src|img-src)/.test(fault)).length).toBe(2)
    expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  })

  it.each(['light', 'dark'] as const)('is %s where the system is, on a phone too', async (colorScheme) => {
    const { page, faults } = await show(maintenanceNight(), {
      colorScheme,
      viewport: { width: 390, height: 844 },
    })
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(PALETTES[colorScheme].page.slice(at, at + 2), 16))
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(background).toBe(`rgb(${r}, ${g}, ${b})`)
    expect(await pixels(page, PALETTES[colorScheme].send)).toBeGreaterThan(100)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(faults).toEqual([])
  })

  it('prints on A4 landscape, with the chart as a picture; so it is without scripts', async () => {
    const { page } = await show(maintenanceNight(), { colorScheme: 'dark' })
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(pdf).toMatch(/\/MediaBox \[0 0 84[12](?:\.\d+)? 59[45](?:\.\d+)?\]/)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('#picture').isVisible()).toBe(true)
    expect(await page.locator('#chart').isVisible()).toBe(false)
    const drawn = await page
      .locator('#picture')
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))
    expect(drawn).toBe(1200)
    const { page: still } = await show(maintenanceNight(), { javaScriptEnabled: false })
    expect(await still.locator('#picture').isVisible()).toBe(true)
    expect(await column(still, 'migrations', 0)).toHaveLength(6)
  })

  it('of 4,000 migrations is under 3 MB and opens within 2 s', async () => {
    const night = bigNight(4000)
    expect(Buffer.byteLength(await planToReport(night.plan, night.problem))).toBeLessThan(3_000_000)
    const { page, faults } = await show(night)
    // Time of the page's thread: other tests may run beside this one.
    const client = await page.context().newCDPSession(page)
    await client.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.reload()
    const { metrics } = await client.send('Performance.getMetrics')
    expect(metrics.find(({ name }) => name === 'TaskDuration')!.value).toBeLessThan(2)
    expect(faults).toEqual([])
  })
})
