#!/usr/bin/env node
// planMany() with one job and with several, in turns, on mixed problems: seconds, CPU seconds, memory; and that the plans are those that plan() makes.
import { parseArgs } from 'node:util'
import { plan, planMany } from '../dist/node/index.js'
import { FAMILIES, generate } from './families/index.mjs'

const HELP = `usage: node bench/batch.mjs [--problems 1000] [--jobs 2] [--rounds 3] [--effort 1] [--check 50]

Prints a table in Markdown. --check: so many of the plans are compared with those of plan(), byte for byte but for runtimeSeconds.`

const { values } = parseArgs({
  options: {
    problems: { type: 'string', default: '1000' },
    jobs: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    effort: { type: 'string', default: '1' },
    check: { type: 'string', default: '50' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const [count, jobs, rounds, effort, checked] = ['problems', 'jobs', 'rounds', 'effort', 'check'].map((key) =>
  Number(values[key]),
)
const mixed = FAMILIES.filter((family) => !['large', 'estate'].includes(family))
const problemAt = (i) => generate(mixed[i % mixed.length], 1, 1 + Math.floor(i / mixed.length)).problem
function* problems() {
  for (let i = 0; i < count; i++) yield problemAt(i)
}
const text = ({ statistics, ...rest }) => JSON.stringify({ ...rest, ...statistics, runtimeSeconds: 0 })

async function measure(atOnce) {
  const memory = []
  const started = performance.now()
  const before = process.cpuUsage()
  const sample = new Map()
  let done = 0
  for await (const { index, plan: made, error } of planMany(problems(), { jobs: atOnce, effort })) {
    if (error !== undefined) throw error
    if (index % Math.ceil(count / checked) === 0) sample.set(index, text(made))
    if (++done % Math.ceil(count / 10) === 0) memory.push(Math.round(process.memoryUsage().rss / 1e6))
  }
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6, memory, sample }
}

const line = (cells) => console.log(`| ${cells.join(' | ')} |`)
const columns = [
  'round',
  '1 job, s',
  'CPU s',
  `${jobs} jobs, s`,
  'CPU s',
  'times as fast',
  'memory at each tenth, MB',
]
line(columns)
line(columns.map(() => '---'))
let sample = new Map()
for (let round = 0; round < rounds; round++) {
  const result = {}
  for (const atOnce of round % 2 === 0 ? [1, jobs] : [jobs, 1]) result[atOnce] = await measure(atOnce)
  const [one, many] = [result[1], result[jobs]]
  sample = many.sample
  line([
    round,
    ...[one, many].flatMap(({ seconds, cpu }) => [seconds.toFixed(1), cpu.toFixed(1)]),
    (one.seconds / many.seconds).toFixed(2),
    many.memory.join(' '),
  ])
}
let different = 0
for (const [index, got] of sample) if (text(await plan(problemAt(index), { effort })) !== got) different++
console.log(`\n${sample.size} plans compared with those of plan(): ${different} differ`)
process.exitCode = different > 0 ? 1 : 0
