/** The planner page from a dropped inventory to a plan that `check` takes: each step is judged by the plan that comes of it. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { check, plan as planHere } from '../../dist/index.js'
import type { Problem } from '../../src/model/problem.js'
import { launchChromium, NO_CHROMIUM } from '../browser/chromium.js'
import { HOSTILE_IDS } from '../io/hostile.js'
import { INTEL } from '../problem.js'
import {
  downloaded,
  drop,
  fileOf,
  onChart,
  planned,
  problemFile,
  type Served,
  serve,
  settled,
  stable,
  visit,
} from './served.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser | undefined
let served: Served | undefined
beforeAll(async () => {
  browser = await launchChromium()
  if (browser !== undefined) served = await serve()
})
afterAll(async () => {
  await browser?.close()
  served?.stop()
})
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close()
})

const open = (options = {}) => visit(browser!, served!.url, options)

/** What axe finds that keeps people out. */
async function barriers(page: Page): Promise<string[]> {
  // By the protocol: the page's policy lets no script in.
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)
  })
}

const INVENTORY = 'examples/import/vmferry-inventory.json'

async function openInventory(page: Page): Promise<void> {
  await drop(page, fileOf(INVENTORY))
  await page.getByLabel('Start of the night').fill('2026-11-23T20:30')
  await page.getByRole('button', { name: 'Read again' }).click()
  await page.locator('#hosts').waitFor()
}

/** Every job visits every machine: a search that is not over soon. */
function openShop(size: number): Problem {
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size])
  const node = (id: string) => ({ id, cpu: INTEL, memoryMiB: 1e6, migrationMbps: 10000 })
  return {
    version: 1,
    name: 'open-shop',
    nodes: ['job', 'machine'].flatMap((kind) => Array.from({ length: size }, (_, i) => node(`${kind}-${i}`))),
    vms: pairs.map(([j, m]) => ({ id: `${j}-${m}`, node: `job-${j}`, memoryMiB: 1 })),
    request: {
      moves: pairs.map(([j, m]) => ({
        vm: `${j}-${m}`,
        to: `machine-${m}`,
        durationSeconds: 10 + 7 * ((j + m) % size) + 5 * ((j + 2 * m) % size) + 3 * ((j * m) % size),
      })),
    },
  }
}

describe('the planner page', () => {
  beforeEach((context) => {
    if (browser === undefined) context.skip(NO_CHROMIUM)
  })

  it('plans a dropped inventory, follows a dragged window, undoes, survives a reload: the plans are those of Node', async () => {
    const { page, faults, asked } = await open()
    await openInventory(page)
    await page.locator('#search summary').click()
    await page.getByLabel('Effort').selectOption('1')
    for (const host of ['HV01', 'HV02']) await page.getByLabel(`Tonight: ${host}`).selectOption('patch')
    const first = await planned(page)
    expect(first.problem.request.maintenance?.map(({ node }) => node)).toEqual(['HV01', 'HV02'])
    expect(first.plan.maintenance).toHaveLength(2)
    expect(stable(first.plan)).toEqual(stable(await planHere(first.problem, { effort: 1 })))

    // The work on HV02 waits for its backup, from 21:00 to 21:50.
    const at = (seconds: number) => onChart(page, seconds, 1, { nodes: 3, plan: first.plan })
    await page.locator('#chart').scrollIntoViewIfNeeded()
    const [from, to] = [await at(3300), await at(2100)]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move((from.x + to.x) / 2, from.y, { steps: 4 })
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await page.mouse.up()
    await expect
      .poll(async () => (await planned(page)).plan.makespanSeconds)
      .toBeLessThan(first.plan.makespanSeconds - 600)
    const second = await planned(page)
    const start = (problem: Problem) =>
      Date.parse(String(problem.windows?.find(({ node }) => node === 'HV02')?.start))
    const moved = (start(second.problem) - start(first.problem)) / 1000
    expect(moved).toBeGreaterThan(-1500)
    expect(moved).toBeLessThan(-900)
    expect(stable(second.plan)).toEqual(stable(await planHere(second.problem, { effort: 1 })))
    const row = page.locator('#changes tr', { hasText: 'Makespan' })
    const change = second.plan.makespanSeconds - first.plan.makespanSeconds
    expect(await row.locator('td').last().textContent()).toBe(
      `−${(-change).toLocaleString('en', { maximumFractionDigits: 1 })} s`,
    )

    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await planned(page)).toEqual(first)
    await page.keyboard.press('Control+y')
    expect(await planned(page)).toEqual(second)

    await page.reload()
    expect(await planned(page)).toEqual(second)
    expect(await page.locator('#assumed').count()).toBe(1)
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await planned(page)).toEqual(first)

    await page.locator('#migrations button').first().click()
    await page.locator('#why').getByText('is worked on, so it has to leave.').waitFor()
    await page.locator('#help').getByRole('button', { name: 'What would help?' }).click()
    await page.locator('#help .help li', { hasText: 'shorter' }).first().waitFor({ timeout: 60_000 })
    expect(faults).toEqual([])
    expect(asked.length).toBeGreaterThan(5)
  })

  it('stops a long search, and keeps the best that was found', async () => {
    const { page, faults } = await open()
    await drop(page, problemFile(openShop(12)))
    await page.getByText('plan after each change').click()
    await page.locator('#search summary').click()
    await page.getByLabel('Effort').selectOption('5')
    await page.locator('#plan').click()
    await page.locator('.convergence[data-best]').waitFor()
    await page.waitForTimeout(1500)
    const live = await page.locator('.progress p').first().textContent()
    expect(live).toMatch(/Incumbent \d+:\d\d:\d\d, bound \d+:\d\d:\d\d, gap [\d.<> ]+%/)
    await page.locator('#cancel').click()
    const { plan } = await planned(page)
    expect(plan.statistics.stopped).toBe('aborted')
    expect(plan.migrations).toHaveLength(144)
    expect(plan.gap).toBeGreaterThan(0)
    expect(await page.locator('#sure').textContent()).toContain('The search was stopped early.')
    expect(faults).toEqual([])
  })

  it('is worked by the keyboard: hosts, windows, rules; and the table asks why', async () => {
    const { page } = await open()
    await openInventory(page)
    await page.getByLabel('Tonight: HV02').focus()
    await page.keyboard.press('e')
    const first = await planned(page)
    expect(first.plan.drained.map(({ node }) => node)).toEqual(['HV02'])
    const window = page.getByRole('group', { name: 'Window 1: HV01' })
    await window.getByLabel('From').fill('2026-11-23T20:00')
    await window.getByLabel('From').press('Tab')
    const second = await planned(page)
    expect(second.problem.windows?.[0].start).toBe('2026-11-23T20:00:00+01:00')
    const onto = second.plan.migrations.filter(({ from, to }) => [from, to].includes('HV01'))
    expect(onto.every(({ startSeconds }) => startSeconds >= 1200)).toBe(true)
    await page.locator('#rules summary').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Memory kept free on each host (MiB)').fill('1024')
    await page.keyboard.press('Tab')
    expect((await planned(page)).problem.policy?.reserveMiB).toBe(1024)
    const { vm, to } = second.plan.migrations[0]
    await page.getByRole('button', { name: `Why: ${vm}` }).press('Enter')
    const why = page.locator('#why')
    await why.getByText('Where else').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('why-title')
    expect(await why.textContent()).toContain(to)
    expect(await why.textContent()).toContain('It starts with the night.')
  })

  it('says what would help, and does it', async () => {
    const { page } = await open()
    await openInventory(page)
    await page.getByLabel('Tonight: HV01').selectOption('empty')
    await page.getByLabel('Tonight: HV02').selectOption('empty')
    const before = await planned(page)
    expect(before.plan.unplaced.map(({ vm }) => vm)).toEqual(['sql-02'])
    await page.locator('#help').getByRole('button', { name: 'What would help?' }).click()
    await page.locator('#help .help li').first().getByRole('button').click({ timeout: 60_000 })
    await expect.poll(async () => (await planned(page)).plan.unplaced).toEqual([])
    expect(await page.locator('#changes').textContent()).toContain('Placed now: sql-02')
  })

  it('takes two tables with a calendar, and asks for the CPU that nothing tells', async () => {
    const { page } = await open()
    const nodes = fileOf('examples/import/nodes.csv')
    const lines = nodes.text.split('\n')
    const column = lines[0].split(';').indexOf('cpu')
    const blank = lines.map((line, i) =>
      i === 1
        ? line
            .split(';')
            .map((cell, c) => (c === column ? '' : cell))
            .join(';')
        : line,
    )
    const calendar = {
      name: 'backups.ics',
      text: 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261123T200000Z\r\nDTEND:20261123T210000Z\r\nLOCATION:node: HV02\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    }
    await drop(page, { ...nodes, text: blank.join('\n') }, fileOf('examples/import/vms.csv'), calendar)
    await page.getByLabel('CPU of HV01').fill('Cascadelake-Server')
    await page.getByLabel('Start of the night').fill('2026-11-23T20:30')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.locator('#hosts').waitFor()
    const problem = JSON.parse(await downloaded(page, 'Problem')) as Problem
    expect(problem.nodes[0].cpu).toMatchObject({ model: 'Cascadelake-Server' })
    expect(problem.windows).toMatchObject([{ node: 'HV02' }])
  })

  it('gives the files that the command line gives', async () => {
    const { page } = await open()
    await drop(page, fileOf('examples/maintenance-night/problem.json'))
    await page.locator('#plan').click()
    const { plan, problem } = await planned(page)
    expect(check(problem, plan)).toEqual([])
    const [runbook, calendar, report, table] = [
      await downloaded(page, 'Runbook'),
      await downloaded(page, 'Calendar'),
      await downloaded(page, 'Report'),
      await downloaded(page, 'CSV'),
    ]
    expect(runbook).toContain('#Requires')
    expect(calendar.match(/BEGIN:VEVENT/g)).toHaveLength(plan.migrations.length)
    expect(table.trim().split('\n')).toHaveLength(plan.migrations.length + 1)
    const other = await visit(browser!, served!.url)
    await other.page.setContent(report.replace(/<meta http-equiv[^>]*>/, ''))
    expect(await other.page.locator('.tile').count()).toBe(3)
  })

  it.each(['light', 'dark'] as const)(
    'has no barrier that axe calls serious, in %s, at any width',
    async (colorScheme) => {
      const { page, faults } = await open({ colorScheme })
      expect(await barriers(page)).toEqual([])
      await drop(page, fileOf('examples/maintenance-night/problem.json'))
      await page.locator('#plan').click()
      await settled(page)
      for (const fold of ['windows', 'rules', 'search']) await page.locator(`#${fold} summary`).click()
      await page.getByLabel('Tonight: HV02').selectOption('stay')
      await settled(page)
      await page.locator('#migrations tbody button').first().click()
      await page.locator('#why').getByText('Where else').waitFor()
      expect(await barriers(page)).toEqual([])
      await page.getByLabel('Language').selectOption('de')
      expect(await page.locator('html').getAttribute('lang')).toBe('de')
      await page.getByRole('heading', { name: 'Migrationen' }).waitFor()
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      expect(await barriers(page)).toEqual([])
      expect(faults).toEqual([])
    },
  )

  it('lets nothing out: its policy refuses even its own origin', async () => {
    const { page } = await open()
    const refused = await page.evaluate(async () => {
      const tries = [
        () => fetch('https://vmferry.example/'),
        () => fetch('/index.html'),
        () =>
          new Promise((_, reject) => {
            new WebSocket(`ws://${location.host}/`).onerror = reject
          }),
        () => {
          if (!navigator.sendBeacon('/x')) throw new Error('refused')
        },
        () =>
          new Promise((_, reject) => {
            const image = new Image()
            image.onerror = reject
            image.src = 'https://vmferry.example/x.png'
          }),
      ]
      const directives: string[] = []
      document.addEventListener('securitypolicyviolation', (event) =>
        directives.push(event.effectiveDirective),
      )
      for (const attempt of tries)
        await Promise.resolve()
          .then(attempt)
          .catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 200))
      return [...new Set(directives)].sort()
    })
    expect(refused).toEqual(['connect-src', 'img-src'])
  })

  it('lets no name do anything, or break out of its place', async () => {
    const names = [
      '<script>window.hit = 1</script>',
      '</style><img src=x onerror="window.hit = 1">',
      '"onload="window.hit = 1',
      '{{name}} $t(open) {{- x}}',
      '__proto__',
      'constructor',
      ...HOSTILE_IDS.filter((id) => !/[\ud800-\udbff](?![\udc00-\udfff])/.test(id)),
    ]
    const nodes = ['<b>host</b>', 'right\u202eleft', 'third'].map((id) => ({
      ...{ id, cpu: INTEL, memoryMiB: 262144, migrationMbps: 10000, domains: { '<i>rack</i>': '<i>1</i>' } },
    }))
    const problem: Problem = {
      version: 1,
      name: names.join(' '),
      nodes,
      vms: names.map((id) => ({ id, node: nodes[0].id, memoryMiB: 1024, antiAffinity: [id] })),
      windows: [{ vm: names[0], start: 0, durationSeconds: 30 }],
      request: { drain: [nodes[0].id] },
    }
    const { page, faults } = await open()
    await drop(page, problemFile(problem))
    await page.locator('#plan').click()
    const { plan } = await planned(page)
    expect(plan.migrations.map(({ vm }) => vm).sort()).toEqual([...names].sort())
    for (const button of await page.locator('#migrations tbody button').all()) await button.click()
    for (const grouping of ['vm', 'domain:<i>rack</i>', 'node'])
      await page.getByLabel('Lanes').selectOption(grouping)
    await page.getByLabel('Tonight: third').selectOption('empty')
    await settled(page)
    expect(await page.evaluate(() => 'hit' in window)).toBe(false)
    expect(
      await page.locator('img, #app script, #app style, #app i:not(.incumbent):not(.bound)').count(),
    ).toBe(0)
    expect(await page.evaluate(() => document.documentElement.textContent ?? '')).not.toMatch(
      /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
    )
    const first = page.locator('#migrations tbody th', { hasText: '{{name}}' })
    expect(await first.textContent()).toBe('{{name}} $t(open) {{- x}}')
    await page.getByRole('button', { name: 'Why: {{name}}' }).click()
    await page.locator('#why h2', { hasText: 'Why: {{name}} $t(open) {{- x}}' }).waitFor()
    expect(faults).toEqual([])
  })

  it('says what is wrong with files, each with its place, and goes on', async () => {
    const { page } = await open()
    await drop(page, { name: 'x.json', text: '{"nodes": [], "vms": [1}' })
    await page.locator('#questions').getByText('line 1, column').waitFor()
    await drop(page, {
      name: 'y.json',
      text: JSON.stringify({
        version: 1,
        nodes: [],
        vms: [{ id: 'a', node: 'b', memoryMiB: '8GB' }],
        request: {},
      }),
    })
    await page.locator('#questions').getByText('memoryMiB').waitFor()
    await drop(page, fileOf('examples/four-nodes/problem.json'))
    await page.locator('#plan').click()
    expect((await planned(page)).plan.makespanSeconds).toBe(105)
  })

  // Without a graphics card half of it is the painting of pixels; with one it is below 16 ms.
  it('pans 8,000 migrations on 64 nodes', async () => {
    const nodes = Array.from({ length: 64 }, (_, n) => `hv-${String(n).padStart(2, '0')}`)
    const problem: Problem = {
      version: 1,
      nodes: nodes.map((id) => ({ id, cpu: INTEL, memoryMiB: 4_000_000, migrationMbps: 10000 })),
      vms: Array.from({ length: 8000 }, (_, i) => ({ id: `vm-${i}`, node: nodes[i % 64], memoryMiB: 4096 })),
      request: {
        moves: Array.from({ length: 8000 }, (_, i) => ({
          vm: `vm-${i}`,
          to: nodes[(i + 1 + (Math.floor(i / 64) % 9)) % 64],
          durationSeconds: 20 + (i % 31),
        })),
      },
    }
    const { page } = await open()
    await drop(page, problemFile(problem))
    await page.locator('#plan').click()
    const { plan } = await planned(page)
    expect(plan.migrations).toHaveLength(8000)
    await page.locator('#chart').scrollIntoViewIfNeeded()
    await page.locator('#chart').focus()
    for (let i = 0; i < 6; i++) await page.keyboard.press('+')
    const box = (await page.locator('#chart').boundingBox())!
    const client = await page.context().newCDPSession(page)
    await client.send('Performance.enable', { timeDomain: 'threadTicks' })
    const busy = async () => {
      const { metrics } = await client.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration')!.value
    }
    const y = box.y + Math.min(box.height, 800) / 2
    await page.mouse.move(box.x + box.width * 0.8, y)
    await page.mouse.down()
    const before = await busy()
    const FRAMES = 60
    for (let i = 1; i <= FRAMES; i++) {
      await page.mouse.move(box.x + box.width * (0.8 - (0.6 * i) / FRAMES), y)
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))))
    }
    const each = (1000 * ((await busy()) - before)) / FRAMES
    await page.mouse.up()
    console.log(
      `8,000 migrations on 64 nodes: ${each.toFixed(1)} ms of the page's thread for each frame of panning`,
    )
    expect(each).toBeLessThan(40)
  })
})
