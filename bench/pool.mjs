#!/usr/bin/env node
// Many plans one after another beside as many by shared workers, in turns: seconds, CPU seconds, and memory. Wall-clock time is for machines that do nothing
// else; where CPU time is the same and the threads are busy, time falls as their number.
import { parseArgs } from 'node:util'
import { plan, Workers } from '../dist/node/index.js'
import { casesOf } from './cases.mjs'

const HELP = `usage: node bench/pool.mjs PATH… [--size 2] [--rounds 5] [--copies 4] [--effort 3] [--filter TEXT]

PATH is a problem or a folder of problems; each is planned with as many seeds as there are copies. Prints a table in Markdown.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    copies: { type: 'string', default: '4' },
    effort: { type: 'string', default: '3' },
    filter: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help || positionals.length === 0) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const effort = Number(values.effort)
const jobs = [...casesOf(positionals, values.filter)].flatMap(({ problem }) =>
  Array.from({ length: Number(values.copies) }, (_, seed) => ({ problem, seed })),
)

async function measure(run) {
  const started = performance.now()
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 }
}

const one = new Workers({ size: 1 })
const workers = new Workers({ size: Number(values.size) })
const WAYS = {
  'one after another': async () => {
    for (const { problem, seed } of jobs) await plan(problem, { seed, effort })
  },
  'one kept worker': async () => {
    for (const { problem, seed } of jobs) await plan(problem, { seed, effort, workers: one })
  },
  [`${workers.size} workers`]: () =>
    Promise.all(jobs.map(({ problem, seed }) => plan(problem, { seed, effort, workers }))),
}

const ways = Object.keys(WAYS)
const line = (cells) => console.log(`| ${cells.join(' | ')} |`)
const columns = [
  'round',
  ...ways.flatMap((way) => [`${way}, s`, 'CPU s']),
  'times as fast',
  'as one worker',
  'memory, MB',
]
line(columns)
line(columns.map(() => '---'))
for (let round = 0; round < Number(values.rounds); round++) {
  const result = {}
  // Who goes first changes from round to round.
  for (const way of round % 2 === 0 ? ways : ways.toReversed()) result[way] = await measure(WAYS[way])
  const [plain, kept, shared] = ways.map((way) => result[way])
  line([
    round,
    ...[plain, kept, shared].flatMap(({ seconds, cpuSeconds }) => [
      seconds.toFixed(2),
      cpuSeconds.toFixed(2),
    ]),
    ...[plain, kept].map(({ seconds }) => (seconds / shared.seconds).toFixed(2)),
    Math.round(process.memoryUsage().rss / 1e6),
  ])
}
one.close()
workers.close()
