#!/usr/bin/env node
// What a start takes, with a small problem (default: 10 nodes, 40 moves): the command line with Node's own start, the library in a fresh process
// (import, first plan), and its further plans. Medians as JSON. docs/benchmarking.md says how to read it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from './cases.mjs'

const HELP = `usage: node bench/startup.mjs [PROBLEM.json] [--runs 11] [--dist DIR]

Without a problem it makes one: family moves, seed 1, 10 nodes, 40 moves. DIR is a built dist/ (default: this checkout's), so that
two builds can be compared.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '11' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    help: { type: 'boolean', short: 'h' },
  },
})
const runs = Number(values.runs)
if (values.help || positionals.length > 1 || !Number.isInteger(runs) || runs < 1) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}

/** Runs in a process of its own; CPU time is that of all its threads. */
const LIBRARY = `
import { readFileSync } from 'node:fs'
const problem = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const now = () => {
  const { user, system } = process.cpuUsage()
  return { ms: performance.now(), cpu: (user + system) / 1000 }
}
const since = (then) => { const t = now(); return { ms: t.ms - then.ms, cpu: t.cpu - then.cpu } }
const started = now()
const { plan } = await import(process.argv[3])
const imported = since(started)
await plan(problem)
const cold = since(started)
const warm = []
for (let i = 0; i < 15; i++) {
  const before = now()
  await plan(problem)
  warm.push(since(before))
}
console.log(JSON.stringify({ imported, cold, warm }))
`

/** Wall-clock milliseconds of a whole process. */
function commandLine(file) {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, file, { stdio: 'ignore' })
  const ms = performance.now() - started
  if (status !== 0 && status !== 3) throw new Error(`${file.join(' ')} ended with code ${status}`)
  return ms
}

const folder = mkdtempSync(join(tmpdir(), 'vmferry-startup-'))
try {
  let problem = positionals[0]
  if (problem === undefined) {
    const generate = fileURLToPath(new URL('generate.mjs', import.meta.url))
    const sizes = ['--family', 'moves', '--nodes', '10', '--vms', '40', '--count', '1', '--seed', '1']
    execFileSync(process.execPath, [generate, ...sizes, '--out', folder])
    problem = join(folder, 'moves-s1-1.json')
  }
  const { nodes, request } = JSON.parse(readFileSync(problem, 'utf8'))
  const main = join(values.dist, 'node/main.js')
  const library = join(values.dist, 'node/index.js')
  const samples = { node: [], cli: [], imported: [], cold: [], warm: [] }
  for (let run = 0; run < runs; run++) {
    samples.node.push(commandLine(['-e', '0']))
    samples.cli.push(commandLine([main, 'plan', problem, '-q']))
    const text = execFileSync(process.execPath, ['--input-type=module', '-', problem, library], {
      input: LIBRARY,
    })
    const { imported, cold, warm } = JSON.parse(text)
    samples.imported.push(imported)
    samples.cold.push(cold)
    samples.warm.push(...warm)
  }
  const both = (list) => ({
    medianMs: round(median(list.map((s) => s.ms))),
    medianCpuMs: round(median(list.map((s) => s.cpu))),
  })
  const result = {
    problem: { nodes: nodes.length, moves: request.moves?.length ?? 0, drains: request.drain?.length ?? 0 },
    node: process.version,
    runs,
    emptyNode: { medianMs: round(median(samples.node)) },
    commandLine: { medianMs: round(median(samples.cli)) },
    libraryImport: both(samples.imported),
    libraryCold: both(samples.cold),
    libraryWarm: both(samples.warm),
  }
  console.log(JSON.stringify(result, null, 2))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function round(ms) {
  return Math.round(ms * 10) / 10
}
