#!/usr/bin/env node
// How time and memory grow with the number of migrations: seeded estates through the command line, planned, written and checked.
// docs/performance.md shows what came of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './cases.mjs'
import { generate } from './families/index.mjs'
import { measure } from './scale/measure.mjs'

const HELP = `usage: node bench/scale.mjs [--sizes 100,1000,…] [--nodes N] [--family estate] [--seed 1] [--repeat 3] [--effort 3]
                           [--json FILE]

Plans problems of as many VMs as --sizes says, all of them moving, on one node for 125 VMs (at least 4) unless --nodes says
otherwise; medians of --repeat runs. The exponent is that of the line through log(time) over log(size), from 1,000 migrations on.`

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,300,1000,3000,10000,30000,100000' },
    nodes: { type: 'string' },
    family: { type: 'string', default: 'estate' },
    seed: { type: 'string', default: '1' },
    repeat: { type: 'string', default: '3' },
    effort: { type: 'string', default: '3' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

const integers = (name) => {
  const list = values[name].split(',').map(Number)
  if (list.every((value) => Number.isSafeInteger(value) && value >= 1)) return list
  console.error(`--${name}: ${values[name]} is no integer of at least 1, and no list of them\n\n${HELP}`)
  return process.exit(2)
}

/** Least squares over logarithms: the k of c·n^k; undefined for fewer than two sizes. */
function exponent(rows, field) {
  const points = rows.filter((row) => row.migrations >= 1000)
  if (points.length < 2) return undefined
  const x = points.map((row) => Math.log(row.migrations))
  const y = points.map((row) => Math.log(row[field]))
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length
  const [mx, my] = [mean(x), mean(y)]
  const covariance = x.reduce((sum, each, i) => sum + (each - mx) * (y[i] - my), 0)
  return covariance / x.reduce((sum, each) => sum + (each - mx) ** 2, 0)
}

const [seed] = integers('seed')
const [repeat] = integers('repeat')
const folder = mkdtempSync(join(tmpdir(), 'vmferry-scale-'))
const rows = []
try {
  console.log('| VMs, all moving | nodes | plan, s | CPU, s | check, s | peak, MB | gap, % | bound |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |')
  for (const vms of integers('sizes')) {
    const nodes = values.nodes === undefined ? Math.max(4, Math.round(vms / 125)) : integers('nodes')[0]
    const { problem } = generate(values.family, seed, 1, { nodes, vms })
    const file = join(folder, 'problem.json')
    writeFileSync(file, JSON.stringify(problem))
    const runs = Array.from({ length: repeat }, () => measure(file, folder, ['--effort', values.effort]))
    const row = { vms, nodes, ...runs[0] }
    for (const field of ['planSeconds', 'checkSeconds', 'cpuSeconds', 'peakMB'])
      row[field] = median(runs.map((each) => each[field]))
    rows.push(row)
    const cells = [
      vms,
      nodes,
      row.planSeconds.toFixed(2),
      row.cpuSeconds.toFixed(2),
      row.checkSeconds.toFixed(2),
      row.peakMB.toFixed(0),
      (100 * row.gap).toFixed(3),
      row.bound.split(' ')[0],
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const growth = { plan: exponent(rows, 'planSeconds'), cpu: exponent(rows, 'cpuSeconds') }
if (growth.plan !== undefined)
  console.log(`\ntime grows as n^${growth.plan.toFixed(2)}, CPU time as n^${growth.cpu.toFixed(2)}`)
if (values.json !== undefined) {
  const about = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    node: process.version,
    date: new Date().toISOString(),
  }
  const workload = { family: values.family, seed, effort: Number(values.effort), repeat }
  writeFileSync(values.json, `${JSON.stringify({ about, workload, growth, rows }, undefined, 2)}\n`)
}
