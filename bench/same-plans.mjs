#!/usr/bin/env node
// Are the plans still the same, byte for byte? A recorded set: every example and 200 generated problems, planned at every effort as
// timeline and in rounds, one thread, no time limit. What is written is a hash of each problem and of each plan.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from './families/index.mjs'
import { loadTiny } from './tiny.mjs'

const HELP = `usage: node bench/same-plans.mjs [--dist DIR] [--filter TEXT] --out FILE
       node bench/same-plans.mjs --compare A.json B.json

Plans the set with the build in DIR (default: dist of this checkout) and writes the hashes to FILE; --filter takes only problems whose name
has the text. --compare lists what differs between two such files; exit code 1 where something does, or where there is nothing to compare.`

const EFFORTS = [1, 2, 3, 4, 5]
const SCHEDULES = ['timeline', 'rounds']
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const EXAMPLES = [
  'four-nodes/problem',
  'maintenance-night/problem',
  'batch/drain-one',
  'batch/full-swap',
  'batch/triangle',
]
const TINY = 137
/** Cases of each family, 63 in all, so small that most are proven. */
const FAMILIES = {
  moves: { count: 8, nodes: 5, vms: 14 },
  odd: { count: 8, nodes: 3, vms: 10 },
  tight: { count: 8, nodes: 4, vms: 12 },
  drain: { count: 8, nodes: 5, vms: 14 },
  evacuate: { count: 7, nodes: 4, vms: 9 },
  swap: { count: 8, nodes: 3 },
  'edge-colouring': { count: 8, nodes: 5, edges: 14, multiplicity: 2 },
  slots: { count: 6, nodes: 4, vms: 12 },
  large: { count: 1, nodes: 4, vms: 14 },
  estate: { count: 1, nodes: 4, vms: 14 },
}

function* familyProblems() {
  for (const [family, { count, ...sizes }] of Object.entries(FAMILIES)) {
    for (let index = 1; index <= count; index++) yield generate(family, 13, index, sizes).problem
  }
}

async function problems() {
  const { soundnessCase } = await loadTiny()
  return [
    ...EXAMPLES.map((name) => ({
      ...JSON.parse(readFileSync(join(root, 'examples', `${name}.json`), 'utf8')),
      name,
    })),
    ...Array.from({ length: TINY }, (_, seed) => soundnessCase(seed).problem),
    ...familyProblems(),
  ]
}

const hash = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/** The plan without what the clock writes. */
function timeless(plan) {
  const { runtimeSeconds: _, ...statistics } = plan.statistics
  return { ...plan, statistics }
}

async function record(dist, filter) {
  const { plan } = await import(pathToFileURL(join(dist, 'index.js')).href)
  const recorded = {}
  for (const problem of await problems()) {
    if (!problem.name.includes(filter)) continue
    const plans = {}
    const started = performance.now()
    for (const schedule of SCHEDULES) {
      for (const effort of EFFORTS) {
        const made = await plan(problem, { schedule, effort, thread: 'caller' })
        plans[`${schedule} ${effort}`] = hash(timeless(made))
      }
    }
    recorded[problem.name] = { problem: hash(problem), plans }
    console.error(`${problem.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  return recorded
}

/** Problems of which only one file has plans are counted, not compared: it may be a part of the set. */
function compare(a, b) {
  const names = Object.keys(a).filter((name) => b[name] !== undefined)
  const differences = names.flatMap((name) => {
    if (a[name].problem !== b[name].problem) return [`${name}: another problem`]
    return Object.keys(a[name].plans)
      .filter((key) => a[name].plans[key] !== b[name].plans[key])
      .map((key) => `${name}, ${key}: another plan`)
  })
  for (const line of differences) console.log(line)
  const alone = Object.keys(a).length + Object.keys(b).length - 2 * names.length
  console.log(`${names.length} problems, ${differences.length} differences; in one file only: ${alone}`)
  return names.length > 0 && differences.length === 0
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        dist: { type: 'string', default: join(root, 'dist') },
        filter: { type: 'string', default: '' },
        out: { type: 'string' },
        compare: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`)
    process.exit(2)
  }
}

const { values, positionals } = readOptions()
const wanted = values.compare ? 2 : 0
if (values.help || positionals.length !== wanted || (!values.compare && values.out === undefined)) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
if (values.compare) {
  const [a, b] = positionals.map((path) => JSON.parse(readFileSync(path, 'utf8')))
  process.exitCode = compare(a, b) ? 0 : 1
} else {
  writeFileSync(values.out, `${JSON.stringify(await record(resolve(values.dist), values.filter), null, 1)}\n`)
}
