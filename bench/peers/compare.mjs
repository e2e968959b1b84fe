#!/usr/bin/env node
// vmferry beside general solvers, case by case in the same run: each in a process of its own, one at a time, in rotating order.
// docs/benchmarking.md says how to read it.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { casesOf } from '../cases.mjs'
import { contradictions, summarise, versus } from './judge.mjs'

const HELP = `usage: node bench/peers/compare.mjs PATH… [--peers cp-sat,chuffed] [--time-limit 20] [--seed 0] [--effort 5]
                                    [--repeats 1] [--filter TEXT] [--json FILE]

PATH is a problem, a folder of problems, or a JSON array of open-shop instances. Build the project first (npm run -s build), and
install the peers (npm ci --prefix bench/peers). vmferry gets the same time limit, and an effort that leaves it something to do.`

const PEERS = ['cp-sat', 'chuffed']
const ONE = fileURLToPath(new URL('./one.mjs', import.meta.url))
/** Seconds beyond the limit after which a solver's process is ended: loading, building a model, checking. */
const GRACE = 60

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'string', default: PEERS.join(',') },
    'time-limit': { type: 'string', default: '20' },
    seed: { type: 'string', default: '0' },
    effort: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '1' },
    filter: { type: 'string', default: '' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const peers = values.peers.split(',').filter((name) => name !== '')
const unknown = peers.filter((name) => !PEERS.includes(name))
if (values.help || positionals.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no such peer: ${unknown.join(', ')}\n`)
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const limit = Number(values['time-limit'])
const repeats = Number(values.repeats)
const effort = Number(values.effort)
const firstSeed = Number(values.seed)
if (![limit, repeats, effort, firstSeed].every(Number.isFinite) || limit <= 0 || repeats < 1) {
  console.error('--time-limit, --repeats, --effort and --seed are numbers')
  process.exit(2)
}
const solvers = ['vmferry', ...peers]

/** One solver on one problem. A process that fails is an outcome, not the end of the run. */
function run(solver, input, seed) {
  return new Promise((resolve) => {
    const began = performance.now()
    const child = spawn(process.execPath, [ONE, solver], { stdio: ['pipe', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), (limit + GRACE) * 1000)
    let out = ''
    let complaint = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      complaint += chunk
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      const processSeconds = (performance.now() - began) / 1000
      // A solver may write lines of its own; the answer is the last one.
      const answer = code === 0 ? JSON.parse(out.trimEnd().split('\n').at(-1)) : undefined
      const failed = { state: 'failed', detail: complaint.trim().split('\n').slice(0, 12).join('\n') }
      resolve({ solver, processSeconds, ...(answer ?? failed) })
    })
    // A process that ends before it has read everything says why by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify({ input, seconds: limit, seed, effort }))
  })
}

const percent = (x) => `${(100 * x).toFixed(2)} %`
const time = (x) => (x === undefined ? '' : `${x.toFixed(2)} s`)
const gap = ({ cost, bound }) => (cost > 0 ? (cost - bound) / cost : 0)
const ifPlan = (cell) => (r) => (r.state === 'plan' ? cell(r) : '')
const columns = [
  ['case', 26, (r) => r.name],
  ['solver', 9, (r) => r.solver],
  [
    'makespan',
    11,
    (r) => (r.state === 'plan' ? r.makespanSeconds : r.state) + (r.scope === undefined ? '' : ' *'),
  ],
  ['cost', 11, ifPlan((r) => r.cost)],
  ['bound', 11, ifPlan((r) => (r.bound > 0 || r.cost === 0 ? r.bound : '-'))],
  ['gap', 9, ifPlan((r) => (r.bound > 0 || r.cost === 0 ? percent(gap(r)) : '-'))],
  ['proven', 7, ifPlan((r) => (r.proven ? 'yes' : 'no'))],
  ['unplaced', 9, ifPlan((r) => r.unplaced)],
  ['to best', 9, ifPlan((r) => time(r.secondsToBest))],
  ['to proof', 9, ifPlan((r) => (r.proven ? time(r.seconds) : ''))],
  ['solve', 9, (r) => time(r.seconds)],
  ['start-up', 9, (r) => time(r.startSeconds)],
  ['', 0, (r) => (r.violations?.length > 0 ? `${r.violations.length} VIOLATIONS: ${r.violations[0]}` : '')],
]
const line = (cells) =>
  cells
    .map((cell, i) => String(cell).padEnd(columns[i][1]))
    .join(' ')
    .trimEnd()

console.log(line(columns.map(([title]) => title)))
const cases = []
for (const { name, problem } of casesOf(positionals, values.filter)) {
  for (let repeat = 0; repeat < repeats; repeat++) {
    const outcomes = []
    for (let i = 0; i < solvers.length; i++) {
      const solver = solvers[(i + cases.length) % solvers.length]
      outcomes.push({ name, ...(await run(solver, problem, firstSeed + repeat)) })
    }
    outcomes.sort((a, b) => solvers.indexOf(a.solver) - solvers.indexOf(b.solver))
    for (const outcome of outcomes) console.log(line(columns.map(([, , cell]) => cell(outcome))))
    for (const { solver, detail } of outcomes.filter(({ detail }) => detail !== undefined))
      console.log(`  ${solver}: ${detail}`)
    const against = contradictions(outcomes)
    for (const text of against) console.log(`  CONTRADICTION: ${text}`)
    cases.push({ name, repeat, outcomes, contradictions: against })
  }
}

const summary = {
  runs: cases.length,
  solvers: solvers.map((solver) => summarise(cases, solver, limit)),
  versus: peers.map((peer) => versus(cases, peer, limit)),
  contradictions: cases.reduce((sum, each) => sum + each.contradictions.length, 0),
  violations: cases
    .flatMap(({ outcomes }) => outcomes)
    .reduce((sum, { violations = [] }) => sum + violations.length, 0),
}
console.log(
  `\n${cases.length} runs, ${limit} s each; medians over all of them, a run without proof counts as the limit`,
)
for (const s of summary.solvers) {
  console.log(
    `${s.solver.padEnd(9)} plans ${s.plans}, proven ${s.proven}, failed ${s.failed}, not modelled ${s.notModelled}; ` +
      `to best ${time(s.medianToBest)}, to proof ${time(s.medianToProof)}, start-up ${time(s.medianStart)}`,
  )
}
for (const v of summary.versus) {
  console.log(
    `vmferry against ${v.peer}: better on ${v.better}, equal on ${v.equal}, worse on ${v.worse}; higher bound on ${v.tighter}, lower on ${v.looser}; ` +
      `median time to proof ${v.timesToProof}, to best ${v.timesToBest} of the peer's (vmferry ÷ peer)`,
  )
}
if (cases.some(({ outcomes }) => outcomes.some(({ scope }) => scope !== undefined)))
  console.log(
    '* memory binds: the general models know no parking, their bound and proof hold among plans without it',
  )
console.log(`contradictions: ${summary.contradictions}; violations: ${summary.violations}`)
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }
  const date = new Date().toISOString()
  writeFileSync(
    values.json,
    `${JSON.stringify({ date, machine, options: values, summary, cases }, null, 2)}\n`,
  )
}
process.exitCode = summary.contradictions + summary.violations > 0 ? 1 : 0
