#!/usr/bin/env node
// How smoothly a report's chart moves, and how long the report takes to open: time of the page's thread in headless Chromium, from traces. It reads a
// report as `vmferry report` writes it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const HELP = 'usage: node bench/chart.mjs REPORT.html [--chromium /usr/bin/chromium] [--frames 60]'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    frames: { type: 'string', default: '60' },
    help: { type: 'boolean', short: 'h' },
  },
})
const frames = Number(values.frames)
if (values.help || positionals.length !== 1 || !Number.isInteger(frames) || frames < 1) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}

/** Milliseconds of the page's thread in its tasks: longest first. */
function tasks(trace) {
  const { traceEvents } = JSON.parse(trace)
  const threads = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  )
  const isPage = ({ pid, tid }) => threads.some((thread) => thread.pid === pid && thread.tid === tid)
  const times = traceEvents
    .filter((event) => event.name === 'RunTask' && isPage(event))
    .map(({ tdur }) => (tdur ?? 0) / 1000)
  return times.sort((a, b) => b - a)
}

const sum = (times) => times.reduce((total, time) => total + time, 0)
const round = (ms) => Math.round(ms * 10) / 10

const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const traced = async (work) => {
    await browser.startTracing(page)
    await work()
    return tasks((await browser.stopTracing()).toString())
  }
  const opening = await traced(() => page.goto(pathToFileURL(resolve(positionals[0])).href))
  await page.locator('#chart').focus()
  for (let i = 0; i < 3; i++) await page.keyboard.press('+')
  await page.waitForTimeout(500)
  const moving = await traced(() =>
    page.evaluate(async (count) => {
      const chart = document.getElementById('chart')
      for (let i = 0; i < count; i++) {
        const key = i % 20 < 10 ? 'ArrowLeft' : 'ArrowRight'
        chart.dispatchEvent(new KeyboardEvent('keydown', { key }))
        await new Promise(requestAnimationFrame)
      }
    }, frames),
  )
  const bytes = readFileSync(positionals[0]).length
  console.log(
    JSON.stringify({ bytes, openMs: round(sum(opening)), frames, msPerFrame: round(sum(moving) / frames) }),
  )
} finally {
  await browser.close()
}
