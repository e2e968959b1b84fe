/**
 * The kernel's routines with their workloads. Of each: what the time is divided by, what goes in, the kernel through its
 * TypeScript interface (`kernel`), an image of the bare WebAssembly call (`image`), and of those that are in C too a twin (`twin`). `imageItems` says how many of the items
 * that one call has, where they are not all.
 */
import { missingCounts, subsetMatrix } from '../../dist/kernel/compatibility.js'
import { createExactSearch } from '../../dist/kernel/exact.js'
import { maximumWeightMatching } from '../../dist/kernel/matching.js'
import { createRoundScorer } from '../../dist/kernel/rounds.js'
import { createScheduler } from '../../dist/kernel/scheduler.js'
import { singleNode } from '../../dist/kernel/single-node.js'
import { capture } from './image.mjs'
import * as inputs from './inputs.mjs'
import { inputHash } from './workload.mjs'

/** Sizes of the workloads: those of the published figures, and tiny ones for tests. */
export const SIZES = {
  full: {
    masks: { vms: 8000, nodes: 64, words: 4 },
    rounds: { rounds: 1000, stride: 6, tasks: 200, nodes: 24 },
    matching: { vertices: 64 },
    schedule: { tasks: 400, nodes: 40 },
    anneal: { tasks: 400, nodes: 40, evaluations: 60 },
    exact: { size: 8, longest: 500, failures: 40 },
    singleNode: { classes: 6, perClass: 3, draw: 2 },
  },
  tiny: {
    masks: { vms: 20, nodes: 18, words: 4 },
    rounds: { rounds: 10, stride: 4, tasks: 12, nodes: 6 },
    matching: { vertices: 9 },
    schedule: { tasks: 24, nodes: 6 },
    anneal: { tasks: 24, nodes: 6, evaluations: 50 },
    exact: { size: 5, longest: 50, failures: 20 },
    singleNode: { classes: 3, perClass: 2, draw: 0 },
  },
}

const NEVER_EARLY = -1
/** Of the arguments of both mask routines. */
const ROW_COUNT = 1

function* maskRoutines({ vms, nodes, words }, { kernel, module, twins }) {
  const rows = inputs.masks(vms, words, 0.1)
  const columns = inputs.masks(nodes, words, 0.95)
  for (const [name, routine, title, resultBytes] of [
    ['subsetMatrix', subsetMatrix, 'compatibility matrix', 1],
    ['missingCounts', missingCounts, 'missing features', 2],
  ]) {
    yield {
      id: name,
      title,
      item: 'pair',
      items: vms * nodes,
      bytes: rows.byteLength + columns.byteLength + vms * nodes * resultBytes,
      sizes: { vms, nodes, words },
      input: { rows, columns },
      kernel: () => kernel[name](rows, columns, words),
      twin: () => twins.compatibility[name](rows, columns, words),
      image: () => capture(module, name, (wasm, arena) => routine(wasm, arena, rows, columns, words)),
      // The kernel is called for so many rows at a time; the image is of the last call.
      imageItems: (image) => image.arguments[ROW_COUNT] * nodes,
    }
  }
}

function roundRoutine(sizes, { kernel, module, twins }) {
  const { tasks, batch } = inputs.roundBatch(sizes)
  const scorer = kernel.createRoundScorer(tasks)
  return {
    id: 'scoreRounds',
    title: 'round scoring',
    item: 'round',
    items: batch.count,
    bytes: batch.count * (4 * batch.stride + 4 + 1 + 4 + 8 + 8),
    sizes,
    input: { tasks, batch },
    kernel: () => scorer.score(batch),
    twin: () => twins.rounds.scoreRounds(tasks, batch),
    image: () => capture(module, 'scoreRounds', (wasm) => createRoundScorer(wasm, tasks).score(batch)),
  }
}

function matchingRoutine(sizes, { kernel, module, twins }) {
  const graph = inputs.completeGraph(sizes.vertices)
  return {
    id: 'maximumWeightMatching',
    title: 'pricing: matching',
    item: 'edge',
    items: graph.weight.length,
    sizes,
    input: graph,
    kernel: () => kernel.maximumWeightMatching(graph),
    twin: () => twins.matching.maximumWeightMatching(graph),
    image: () =>
      capture(module, 'maximumWeightMatching', (wasm, arena) => maximumWeightMatching(wasm, arena, graph)),
  }
}

function* scheduleRoutines(sizes, { kernel, module, twins }) {
  for (const [scheme, title, memory] of [
    ['serial', 'schedule evaluation, serial', false],
    ['event', 'schedule evaluation, event-driven', true],
  ]) {
    const problem = inputs.scheduleProblem({ ...sizes, memory })
    const order = inputs.permutation(sizes.tasks)
    const scheduler = kernel.createScheduler(problem)
    const twin =
      scheme === 'serial' ? twins.serial.createSerial(problem) : twins.event.createEventDriven(problem)
    const evaluateTwin = scheme === 'serial' ? twins.serial.evaluateSerial : twins.event.evaluateEvent
    yield {
      id: `evaluate ${scheme}`,
      title,
      item: 'migration',
      items: sizes.tasks,
      sizes,
      input: { problem, order },
      kernel: () => scheduler.evaluate(order, scheme),
      twin: () => evaluateTwin(twin, order),
      image: () =>
        capture(module, 'evaluateOrder', (wasm) => createScheduler(wasm, problem).evaluate(order, scheme)),
    }
  }
}

function annealRoutine({ evaluations, ...sizes }, { kernel, module }) {
  const problem = inputs.scheduleProblem(sizes)
  const order = inputs.permutation(sizes.tasks)
  const options = {
    scheme: 'serial',
    order,
    evaluations,
    spent: 0,
    total: evaluations,
    seed: 1,
    target: NEVER_EARLY,
  }
  const scheduler = kernel.createScheduler(problem)
  return {
    id: 'anneal serial',
    title: 'annealing step, serial',
    item: 'evaluation',
    items: evaluations,
    sizes: { ...sizes, evaluations },
    input: { problem, options },
    changesMemory: true,
    kernel: () => scheduler.anneal(options),
    image: () => capture(module, 'annealOrder', (wasm) => createScheduler(wasm, problem).anneal(options)),
  }
}

/** Busiest machine or job: a target that is rarely met, and never without work. */
function loadOf({ resourceA, resourceB, resourceCount, duration }) {
  const load = new Array(resourceCount).fill(0)
  duration.forEach((ticks, i) => {
    load[resourceA[i]] += ticks
    load[resourceB[i]] += ticks
  })
  return Math.max(...load)
}

function exactRoutine({ failures, ...sizes }, { kernel, module }) {
  const problem = inputs.openShop(sizes.size, sizes.longest)
  const options = { target: loadOf(problem), hint: new Int32Array(problem.taskCount).fill(-1) }
  const run = (search) => {
    search.begin(options)
    return search.run(failures)
  }
  const search = kernel.createExactSearch(problem)
  return {
    id: 'exact',
    title: 'exact search, propagation',
    item: 'node',
    items: run(search).nodes,
    sizes: { ...sizes, failures },
    input: { problem, options },
    changesMemory: true,
    kernel: () => run(search),
    image: () =>
      capture(module, 'runExact', (wasm) => {
        const recorded = createExactSearch(wasm, problem)
        // The first run extends the region of levels, so that the recorded one is a single call.
        run(recorded)
        run(recorded)
      }),
  }
}

function singleNodeRoutine(sizes, { kernel, module }) {
  const jobs = inputs.singleNodeJobs(sizes)
  return {
    id: 'singleNode',
    title: 'single node',
    item: 'state',
    items: kernel.singleNode(jobs).expanded,
    sizes,
    input: jobs,
    kernel: () => kernel.singleNode(jobs),
    image: () => capture(module, 'singleNode', (wasm, arena) => singleNode(wasm, arena, jobs)),
  }
}

/** @param {{ kernel: object, module: WebAssembly.Module, twins: object }} context */
export function* routines(sizes, context) {
  const all = [
    ...maskRoutines(sizes.masks, context),
    roundRoutine(sizes.rounds, context),
    matchingRoutine(sizes.matching, context),
    ...scheduleRoutines(sizes.schedule, context),
    annealRoutine(sizes.anneal, context),
    exactRoutine(sizes.exact, context),
    singleNodeRoutine(sizes.singleNode, context),
  ]
  for (const { input, sizes: size, ...routine } of all) {
    const workload = { name: routine.id, sizes: size, seed: inputs.SEED, hash: inputHash(input) }
    yield { ...routine, workload }
  }
}
