#!/usr/bin/env node
// One thread beside several, in turns, over the given problems: makespan, bound, and how soon each reached the better of the last gaps. Wall-clock time is
// for machines that do nothing else; CPU time of the calling thread, which is always among those that search, for all others.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { check, plan } from '../dist/node/index.js'
import { casesOf } from './cases.mjs'

const HELP = `usage: node bench/threads.mjs PATH… [--threads 1,2] [--seeds 1] [--effort 3] [--time-limit SECONDS] [--filter TEXT]
                             [--json FILE]

PATH is a problem, a folder of problems, or a JSON array of open-shop instances. Prints a table in Markdown.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1,2' },
    seeds: { type: 'string', default: '1' },
    effort: { type: 'string', default: '3' },
    'time-limit': { type: 'string' },
    filter: { type: 'string', default: '' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help || positionals.length === 0) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const counts = values.threads.split(',').map(Number)

/** Seconds of CPU by thread, by its id; none where the system has no /proc. */
function cpuByThread() {
  const seconds = new Map()
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const [nanoseconds] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')
      seconds.set(thread, Number(nanoseconds) / 1e9)
    }
  } catch {
    // Another system, or a thread that has just ended: what is read is read.
  }
  return seconds
}

async function measure(problem, seed, threads) {
  const main = String(process.pid)
  const before = cpuByThread().get(main)
  const cpu = () => {
    const now = cpuByThread().get(main)
    return now === undefined || before === undefined ? null : now - before
  }
  const steps = []
  const result = await plan(problem, {
    seed,
    threads,
    effort: Number(values.effort),
    ...(values['time-limit'] === undefined ? {} : { timeLimitSeconds: Number(values['time-limit']) }),
    onProgress({ gap, elapsedSeconds }) {
      if (gap === undefined || gap >= (steps.at(-1)?.gap ?? Number.POSITIVE_INFINITY)) return
      steps.push({ gap, seconds: elapsedSeconds, cpuSeconds: cpu() })
    },
  })
  return {
    threads: result.statistics.threads,
    makespanSeconds: result.makespanSeconds,
    lowerBoundSeconds: result.lowerBoundSeconds,
    gap: result.gap,
    proven: result.proven,
    failures: result.statistics.failures,
    seconds: result.statistics.runtimeSeconds,
    cpuSeconds: cpu(),
    steps,
    violations: check(problem, result).length,
  }
}

const rows = []
for (const { name, problem } of casesOf(positionals, values.filter)) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const runs = []
    // Who goes first changes from seed to seed.
    const order = seed % 2 === 0 ? counts : counts.toReversed()
    for (const threads of order) runs.push(await measure(problem, seed, threads))
    runs.sort((a, b) => a.threads - b.threads)
    // The gap that all of them reached.
    const gap = Math.max(...runs.map((run) => run.gap))
    for (const run of runs) {
      const reached = run.steps.find((step) => step.gap <= gap + 1e-9)
      rows.push({ name, seed, ...run, commonGap: gap, toGap: reached ?? null })
    }
  }
}

const number = (x, digits = 2) => (typeof x === 'number' ? x.toFixed(digits) : '')
const columns = [
  ['case', (r) => r.name],
  ['seed', (r) => r.seed],
  ['threads', (r) => r.threads],
  ['makespan', (r) => r.makespanSeconds],
  ['bound', (r) => r.lowerBoundSeconds],
  ['common gap', (r) => `${number(100 * r.commonGap, 3)} %`],
  ['CPU s to it', (r) => number(r.toGap?.cpuSeconds)],
  ['s to it', (r) => number(r.toGap?.seconds)],
  ['CPU s', (r) => number(r.cpuSeconds)],
  ['s', (r) => number(r.seconds)],
  ['dead ends', (r) => r.failures],
]
const line = (cells) => `| ${cells.join(' | ')} |`
console.log(line(columns.map(([title]) => title)))
console.log(line(columns.map(() => '---')))
for (const row of rows) console.log(line(columns.map(([, cell]) => cell(row))))
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ options: values, rows }, null, 2)}\n`)
if (rows.some((row) => row.violations > 0)) process.exitCode = 1
