/** Chuffed by way of npm `minizinc` (its browser build, see minizinc-worker.cjs): lazy clause generation on the model of schedule.mzn. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { firstSchedule } from './greedy.mjs'
import { allowedStarts, gcd } from './model.mjs'

const MODEL = readFileSync(new URL('./schedule.mzn', import.meta.url), 'utf8')
const dist = dirname(createRequire(import.meta.url).resolve('minizinc/minizinc-worker.js'))
/** Chuffed looks at its limit seldom; what is not over so long after it is ended from outside. Seconds. */
const GRACE = 1

let prepared

/** Loads the module, before any clock starts. */
export async function start() {
  prepared = await newWorker()
}

async function newWorker() {
  const file = join(dist, 'minizinc-worker.js')
  const made = new Worker(fileURLToPath(new URL('./minizinc-worker.cjs', import.meta.url)), {
    workerData: { file },
  })
  const ready = new Promise((resolve, reject) => {
    made.once('message', resolve)
    made.once('error', reject)
  })
  made.postMessage({ wasmURL: join(dist, 'minizinc.wasm'), dataURL: join(dist, 'minizinc.data') })
  await ready
  return made
}

/** Resolves to the last status, `LIMIT` where the grace ran out. A worker serves once: Chuffed does not clean up behind it. */
async function run(data, seconds, onMessage) {
  const worker = prepared ?? (await newWorker())
  prepared = undefined
  return new Promise((resolve, reject) => {
    let status = 'UNKNOWN'
    let complaint = ''
    const timer = setTimeout(() => finish('LIMIT'), (seconds + GRACE) * 1000)
    const listener = (message) => {
      if (message.type === 'error') return fail(new Error(`MiniZinc: ${message.what}: ${message.message}`))
      if (message.type === 'status') status = message.status
      if (message.type === 'stderr') complaint += message.value
      onMessage(message)
      if (message.type !== 'exit') return
      if (message.code === 0) finish(status)
      else fail(new Error(`MiniZinc ended with ${message.code}: ${complaint}`))
    }
    const settle = () => {
      clearTimeout(timer)
      worker.off('message', listener)
      worker.off('error', fail)
      void worker.terminate()
    }
    const fail = (error) => {
      settle()
      reject(error)
    }
    const finish = (last) => {
      settle()
      resolve(last)
    }
    worker.on('message', listener)
    worker.on('error', fail)
    const options = {
      solver: 'chuffed',
      'time-limit': Math.round(seconds * 1000),
      'free-search': true,
      'random-seed': 1,
    }
    worker.postMessage({
      jsonStream: true,
      files: {
        'model.mzn': MODEL,
        'data.json': JSON.stringify(data),
        'options.mpc': JSON.stringify(options),
      },
      args: ['options.mpc', '-i', '-s', '--output-mode', 'json', 'model.mzn', 'data.json'],
    })
  })
}

/** As `solve` of cp-sat.mjs. */
export async function solve(model, { seconds }) {
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const first = firstSchedule(model)
  let best
  let secondsToBest = 0
  let flatSeconds
  const record = (message) => {
    if (message.type === 'statistics' && message.statistics.flatTime !== undefined)
      flatSeconds = message.statistics.flatTime
    // What comes in the grace is too late.
    if (message.type !== 'solution' || elapsed() > seconds) return
    best = message.output.json
    secondsToBest = elapsed()
  }
  const attempt = (stage) => run(dataOf(model, first, stage), Math.max(0.5, seconds - elapsed()), record)
  let status = await attempt({ mayLeaveOut: false, seekWeight: false, mostWeight: 0 })
  // Chuffed calls a problem without any solution solved to optimality.
  const refuted = () => best === undefined && ['UNSATISFIABLE', 'OPTIMAL_SOLUTION'].includes(status)
  if (refuted()) {
    const all = model.jobs.reduce((sum, { weight }) => sum + weight, 0)
    status = await attempt({ mayLeaveOut: true, seekWeight: true, mostWeight: all })
    if (status === 'OPTIMAL_SOLUTION' && best !== undefined) {
      const mostWeight = model.jobs.reduce((sum, { weight }, j) => sum + weight * best.left_out[j], 0)
      status = await attempt({ mayLeaveOut: true, seekWeight: false, mostWeight })
    } else status = 'UNKNOWN'
  }
  if (best === undefined)
    return { bound: 0, proven: false, infeasible: refuted(), secondsToBest, flatSeconds }
  const proven = status === 'OPTIMAL_SOLUTION' && elapsed() <= seconds
  // Chuffed reports no bound: it knows one only once it has proved an optimum.
  const bound = proven ? best.cost : 0
  return { ...read(model, best), bound, proven, infeasible: false, secondsToBest, flatSeconds }
}

function dataOf({ nodes, jobs, groups, scarce }, { end }, { mayLeaveOut, seekWeight, mostWeight }) {
  const options = []
  const firstOf = []
  jobs.forEach((job, j) => {
    firstOf.push(options.length + 1)
    job.options.forEach((option, o) => {
      options.push({ j, o, job, option })
    })
  })
  const number = (j, o) => firstOf[j] + o
  const blocks = options.flatMap(({ option }, k) => gaps(allowedStarts(option, end), end, k + 1))
  const windows = nodes.flatMap(({ windows: list }, n) => {
    const cut = []
    for (let i = 0; i < list.length && list[i] < end; i += 2)
      cut.push({ n, from: list[i], until: Math.min(list[i + 1], end) })
    return cut
  })
  const pairs = groups.map(({ arrivals }) => arrivals.map(([j, o]) => number(j, o)))
  const staying = groups.flatMap(({ arrivals, stays }) =>
    stays.flatMap((s) => arrivals.map(([j, o]) => [s + 1, number(j, o)])),
  )
  const unit = options.reduce((a, { job }) => gcd(a, job.memory), 0) || 1
  return {
    horizon: end,
    may_leave_out: mayLeaveOut,
    seek_weight: seekWeight,
    most_weight: mostWeight,
    jobs: jobs.length,
    weight: jobs.map(({ weight }) => weight),
    job_memory: jobs.map(({ memory }) => memory / unit),
    nodes: nodes.length,
    slots: nodes.map(({ slots }) => slots),
    options: options.length,
    job: options.map(({ j }) => j + 1),
    source: options.map(({ job }) => job.from + 1),
    target: options.map(({ option }) => option.to + 1),
    duration: options.map(({ option }) => option.duration),
    penalty: options.map(({ option }) => option.penalty),
    blocks: blocks.length,
    block_option: blocks.map(({ k }) => k),
    block_from: blocks.map(({ from }) => from),
    block_until: blocks.map(({ until }) => until),
    windows: windows.length,
    window_node: windows.map(({ n }) => n + 1),
    window_from: windows.map(({ from }) => from),
    window_until: windows.map(({ until }) => until),
    groups: pairs.length,
    group: pairs.map((list) => ({ set: list })),
    stays: staying.length,
    stay_job: staying.map(([s]) => s),
    stay_option: staying.map(([, k]) => k),
    scarce: scarce.length,
    scarce_node: scarce.map(({ node }) => node + 1),
    scarce_free: scarce.map(({ node }) => Math.floor(nodes[node].free / unit)),
    scarce_departs: scarce.map(({ departs }) => departs),
  }
}

/** Starts in [0, end] that are not allowed, as closed ranges. */
function gaps(ranges, end, k) {
  const list = []
  let from = 0
  for (const [first, last] of ranges) {
    if (first > from) list.push({ k, from, until: first - 1 })
    from = last + 1
  }
  if (from <= end) list.push({ k, from, until: end })
  return list
}

function read({ jobs }, { taken, job_start }) {
  let k = 0
  const chosen = jobs.map(({ options }) => {
    const found = taken.slice(k, k + options.length).indexOf(true)
    k += options.length
    return found
  })
  return { chosen, start: chosen.map((o, j) => (o < 0 ? -1 : job_start[j])) }
}
