#!/usr/bin/env node
// Speed of the kernel's routines, one by one, beside their plain TypeScript twins on the same input: nanoseconds for each item.
// The twins are written to be evident, not to be fast: what the table shows is what the kernel saves over the definition.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { loadKernel } from '../dist/kernel/kernel.js'
import * as inputs from './micro/inputs.mjs'
import { loadTwins } from './micro/twins.mjs'

const HELP = `usage: node bench/micro.mjs [--time 300] [--filter TEXT] [--json FILE]

--time: milliseconds for each routine and each of the two.`

const { values } = parseArgs({
  options: {
    time: { type: 'string', default: '300' },
    filter: { type: 'string', default: '' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const time = Number(values.time)
if (values.help || !(time > 0)) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}

const kernel = await loadKernel()
const twins = await loadTwins()

/** `items`: of what the time is divided by; `same`: whether the two agree on this input, checked before anything is timed. */
function* routines() {
  const [vms, nodes, words] = [500, 64, 4]
  const rows = inputs.masks(vms, words, 0.1)
  const columns = inputs.masks(nodes, words, 0.95)
  for (const name of ['subsetMatrix', 'missingCounts']) {
    yield {
      name: `${name} ${vms} × ${nodes}, ${32 * words} bits`,
      item: 'pair',
      items: vms * nodes,
      kernel: () => kernel[name](rows, columns, words),
      twin: () => twins.compatibility.compatibilityTwin[name](rows, columns, words),
    }
  }

  const { tasks, batch } = inputs.roundBatch({ rounds: 1000, stride: 6, tasks: 200, nodes: 24 })
  yield {
    name: 'scoreRounds, 1,000 rounds of up to 6',
    item: 'round',
    items: batch.count,
    kernel: () => kernel.scoreRounds(tasks, batch),
    twin: () => twins.rounds.scoreRoundsTwin(tasks, batch),
  }

  const graph = inputs.completeGraph(12)
  yield {
    name: 'maximumWeightMatching, 12 vertices, 66 edges',
    item: 'edge',
    items: graph.weight.length,
    kernel: () => kernel.maximumWeightMatching(graph).weight,
    twin: () => twins.matching.heaviestByMasks(graph),
  }

  for (const [scheme, memory] of [
    ['serial', false],
    ['event', true],
    ['rounds', true],
  ]) {
    const problem = inputs.scheduleProblem({ tasks: 60, nodes: 8, memory })
    const order = inputs.permutation(60)
    const scheduler = kernel.createScheduler(problem)
    yield {
      name: `evaluate ${scheme}, 60 tasks on 8 nodes`,
      item: 'task',
      items: 60,
      kernel: () => scheduler.evaluate(order, scheme),
      twin: () => twins.scheduler.schedule(problem, order, scheme),
    }
    scheduler.dispose()
  }

  const choices = inputs.multiModeProblem({ tasks: 24, nodes: 10, left: 4 })
  const list = { order: inputs.permutation(24), fixed: new Int32Array(24).fill(-1) }
  const scheduler = kernel.createMultiModeScheduler(choices)
  yield {
    name: 'evaluate multi-mode, 24 tasks of 6 modes on 10 nodes',
    item: 'mode',
    items: 144,
    kernel: () => scheduler.evaluate(list),
    twin: () => twins['multi-mode'].multiMode(choices, list),
  }
  scheduler.dispose()

  const jobs = inputs.singleNodeJobs(2)
  yield {
    name: 'singleNode, 4 classes of 2 jobs, 3 windows',
    item: 'job',
    items: 8,
    kernel: () => kernel.singleNode(jobs).bound,
    twin: () => twins['single-node'].singleNodeTwin(jobs),
  }

  const tiny = inputs.openShop(2, 5)
  const least = twins.exact.leastMakespan(tiny)
  const search = kernel.createExactSearch(tiny)
  yield {
    name: 'exact search, 2 × 2 open shop, refuted below its optimum',
    item: 'task',
    items: tiny.taskCount,
    kernel: () => refute(search, tiny, least - 1),
    twin: () =>
      twins.exact.leastMakespan({ ...tiny, horizon: least - 1 }) === undefined ? 'refuted' : 'found',
  }
  search.dispose()
}

function refute(search, { taskCount }, target) {
  search.begin({ target, hint: new Int32Array(taskCount).fill(-1) })
  for (;;) {
    const { status } = search.run(1000)
    if (status !== 'limit') return status
  }
}

/** Nodes of the exact search in a second, on an open shop that it does not finish: no twin could. */
async function exactSpeed() {
  const problem = inputs.openShop(8, 500)
  const load = [...problem.duration].reduce((sum, ticks, i) => {
    for (const node of [problem.resourceA[i], problem.resourceB[i]]) sum[node] += ticks
    return sum
  }, new Array(problem.resourceCount).fill(0))
  const search = kernel.createExactSearch(problem)
  search.begin({ target: Math.max(...load), hint: new Int32Array(problem.taskCount).fill(-1) })
  let nodes = 0
  let status = 'limit'
  const began = performance.now()
  while (status === 'limit' && performance.now() - began < time) {
    const run = search.run(200)
    nodes += run.nodes
    status = run.status
  }
  const nanoseconds = ((performance.now() - began) * 1e6) / nodes
  search.dispose()
  return { name: 'exact search, 8 × 8 open shop', item: 'node', kernel: nanoseconds, status }
}

function agree(a, b) {
  const plain = (value) => JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v), 0)
  const [first, second] = [plain(a), plain(b)]
  if (first !== second)
    throw new Error(`kernel and twin differ: ${first.slice(0, 200)} against ${second.slice(0, 200)}`)
}

/** Median nanoseconds of one call. */
async function nanoseconds(work) {
  const bench = new Bench({ time, warmupTime: time / 3 })
  bench.add('it', work)
  await bench.run()
  const { result } = bench.tasks[0]
  if (result.state !== 'completed') throw new Error(`the benchmark ended as ${result.state}`)
  return result.latency.p50 * 1e6
}

const cell = (ns) => (ns === undefined ? '' : ns < 10 ? ns.toFixed(2) : ns.toFixed(ns < 100 ? 1 : 0))
const line = (cells) =>
  `${cells[0].padEnd(58)}${cells
    .slice(1)
    .map((c) => c.padStart(14))
    .join('')}`
console.log(line(['routine', 'per', 'kernel, ns', 'twin, ns', 'ratio']))
const rows = []
const show = (row) => {
  rows.push(row)
  const ratio = row.twin === undefined ? '' : (row.twin / row.kernel).toFixed(1)
  console.log(line([row.name, row.item, cell(row.kernel), cell(row.twin), ratio]))
}
for (const { name, item, items, kernel: fast, twin } of routines()) {
  if (!name.includes(values.filter)) continue
  agree(fast(), twin())
  show({ name, item, kernel: (await nanoseconds(fast)) / items, twin: (await nanoseconds(twin)) / items })
}
if ('exact search'.includes(values.filter)) show(await exactSpeed())
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version }
  writeFileSync(values.json, `${JSON.stringify({ machine, options: values, rows }, null, 2)}\n`)
}
