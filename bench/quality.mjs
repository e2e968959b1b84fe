#!/usr/bin/env node
// Quality of plans: makespan, bound, gap, time to the best plan and to its proof, over a folder of problems (or a file of open-shop
// instances) and several seeds, beside best-known values where they are recorded. docs/benchmarking.md says how to read it.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { check, plan } from '../dist/index.js'
import { casesOf, median } from './cases.mjs'

const HELP = `usage: node bench/quality.mjs PATH… [--seeds 1] [--effort 3] [--time-limit SECONDS] [--schedule timeline|rounds]
                             [--filter TEXT] [--parameters FILE] [--json FILE]

PATH is a problem, a folder of problems, or a JSON array of open-shop instances ({ name, durations, optimum }).
Best-known values are read from NAME.best.json beside a problem, or from best.json in its folder, where they stand as
{ makespanSeconds | optimumSeconds | cost, bound | lowerBoundSeconds }.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    effort: { type: 'string', default: '3' },
    'time-limit': { type: 'string' },
    schedule: { type: 'string', default: 'timeline' },
    filter: { type: 'string', default: '' },
    parameters: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help || positionals.length === 0) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}

const parameters =
  values.parameters === undefined ? {} : { parameters: JSON.parse(readFileSync(values.parameters, 'utf8')) }

async function measure(problem, seed) {
  let toBest = 0
  let best = Number.POSITIVE_INFINITY
  const started = performance.now()
  const result = await plan(problem, {
    seed,
    schedule: values.schedule,
    effort: Number(values.effort),
    ...parameters,
    ...(values['time-limit'] === undefined ? {} : { timeLimitSeconds: Number(values['time-limit']) }),
    onProgress({ makespanSeconds, elapsedSeconds }) {
      if (makespanSeconds === undefined || makespanSeconds >= best) return
      best = makespanSeconds
      toBest = elapsedSeconds
    },
  })
  const seconds = (performance.now() - started) / 1000
  const violations = check(problem, result)
  return {
    seed,
    status: result.status,
    proven: result.proven,
    makespanSeconds: result.makespanSeconds,
    lowerBoundSeconds: result.lowerBoundSeconds,
    gap: result.gap,
    cost: result.cost,
    costLowerBound: result.costLowerBound,
    unplaced: result.unplaced.length,
    secondsToBest: toBest,
    secondsToProof: result.proven ? seconds : null,
    seconds,
    bound: result.statistics.bound,
    violations: violations.length,
  }
}

const percent = (x) => (x === undefined || Number.isNaN(x) ? '' : `${(100 * x).toFixed(3)} %`)
const columns = [
  ['case', 36, (r) => r.name],
  ['seed', 5, (r) => r.seed],
  ['status', 11, (r) => r.status],
  ['makespan', 11, (r) => r.makespanSeconds],
  ['bound', 11, (r) => r.lowerBoundSeconds],
  ['gap', 10, (r) => percent(r.gap)],
  ['cost', 11, (r) => r.cost],
  ['best known', 11, (r) => r.best.cost ?? ''],
  ['over it', 10, (r) => (r.best.cost ? percent((r.cost - r.best.cost) / r.best.cost) : '')],
  ['its bound', 11, (r) => r.best.bound ?? ''],
  ['unplaced', 9, (r) => r.unplaced],
  ['to best', 9, (r) => `${r.secondsToBest.toFixed(2)} s`],
  ['to proof', 9, (r) => (r.secondsToProof === null ? '' : `${r.secondsToProof.toFixed(2)} s`)],
  ['total', 9, (r) => `${r.seconds.toFixed(2)} s`],
  ['by', 0, (r) => r.bound + (r.violations > 0 ? `  ${r.violations} VIOLATIONS` : '')],
]
const line = (cells) =>
  cells
    .map((cell, i) => String(cell).padEnd(columns[i][1]))
    .join(' ')
    .trimEnd()

console.log(line(columns.map(([title]) => title)))
const rows = []
for (const { name, problem, best } of casesOf(positionals, values.filter)) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const row = { name, best, ...(await measure(problem, seed)) }
    rows.push(row)
    console.log(line(columns.map(([, , cell]) => cell(row))))
  }
}

const over = rows.filter((r) => r.best.cost > 0).map((r) => (r.cost - r.best.cost) / r.best.cost)
const summary = {
  runs: rows.length,
  proven: rows.filter((r) => r.proven).length,
  medianGap: median(rows.map((r) => r.gap)),
  worstGap: Math.max(...rows.map((r) => r.gap)),
  worseThanBestKnown: over.filter((x) => x > 1e-9).length,
  betterThanBestKnown: over.filter((x) => x < -1e-9).length,
  boundAboveBestKnown: rows.filter(
    (r) =>
      r.best.cost !== undefined &&
      r.unplaced === (r.best.unplaced ?? 0) &&
      r.costLowerBound > r.best.cost + 1e-3,
  ).length,
  medianSeconds: median(rows.map((r) => r.seconds)),
  worstSeconds: Math.max(...rows.map((r) => r.seconds)),
  violations: rows.reduce((sum, r) => sum + r.violations, 0),
}
console.log(
  `\n${rows.length} runs: ${summary.proven} proven; gap median ${percent(summary.medianGap)}, worst ${percent(summary.worstGap)}`,
)
console.log(
  `against best known: ${summary.betterThanBestKnown} better, ${summary.worseThanBestKnown} worse; bound above it: ${summary.boundAboveBestKnown}`,
)
console.log(
  `seconds: median ${summary.medianSeconds.toFixed(2)}, worst ${summary.worstSeconds.toFixed(2)}; violations: ${summary.violations}`,
)
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ machine, options: values, summary, rows }, null, 2)}\n`)
}
process.exitCode = summary.violations > 0 || summary.boundAboveBestKnown > 0 ? 1 : 0
