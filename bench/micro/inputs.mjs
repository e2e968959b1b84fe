/** Seeded inputs of the micro-benchmarks, in the kernel's terms (src/kernel/types.ts): ticks, indices, masks. */
import { Random } from '../random.mjs'

/** Of every generator below. */
export const SEED = 1

/** `count` masks of `words` 32-bit words, each bit set with probability `density`. */
export function masks(count, words, density) {
  const random = new Random(SEED, `masks ${count} ${density}`)
  const list = new Uint32Array(count * words)
  for (let i = 0; i < list.length; i++)
    for (let bit = 0; bit < 32; bit++) if (random.chance(density)) list[i] |= 1 << bit
  return list
}

/** Each node has two windows of a tenth of the span; a task's list is the union of its two nodes' windows. */
function windowLists(random, nodeCount, ends, span) {
  const ofNode = Array.from({ length: nodeCount }, () =>
    [0.2, 0.7].map((at) => {
      const start = Math.round(span * at) + random.integer(0, Math.round(span / 10))
      return [start, start + Math.round(span / 10)]
    }),
  )
  const lists = ends.map((nodes) => {
    const all = nodes.flatMap((node) => ofNode[node]).sort((a, b) => a[0] - b[0])
    const merged = []
    for (const [start, end] of all) {
      const last = merged.at(-1)
      if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
      else merged.push([start, end])
    }
    return merged
  })
  const offsets = [0]
  for (const list of lists) offsets.push(offsets.at(-1) + list.length)
  return {
    forbiddenClass: Int32Array.from(lists.keys()),
    forbiddenOffset: Int32Array.from(offsets),
    forbidden: Int32Array.from(lists.flat(2)),
  }
}

function randomEnds(random, count, nodeCount) {
  return Array.from({ length: count }, () => {
    const from = random.integer(0, nodeCount - 1)
    return [from, (from + random.integer(1, nodeCount - 1)) % nodeCount]
  })
}

/** Tasks on `nodeCount` nodes; with `memory`, each node has room for about three arrivals before it sends. */
export function scheduleProblem({ tasks, nodes, memory = false, windows = true, longest = 60_000 }) {
  const random = new Random(SEED, `schedule ${tasks} ${nodes} ${memory}`)
  const ends = randomEnds(random, tasks, nodes)
  const duration = Int32Array.from(ends, () => random.integer(Math.ceil(longest / 10), longest))
  const size = Float64Array.from(ends, () => random.integer(1, 4))
  const span = Math.round((longest * tasks) / nodes)
  const none = {
    forbiddenClass: new Int32Array(tasks),
    forbiddenOffset: Int32Array.of(0, 0),
    forbidden: new Int32Array(0),
  }
  return {
    taskCount: tasks,
    resourceCount: nodes,
    capacity: new Int32Array(nodes).fill(1),
    resourceA: Int32Array.from(ends, ([from]) => from),
    resourceB: Int32Array.from(ends, ([, to]) => to),
    duration,
    predecessor: new Int32Array(tasks).fill(-1),
    ...(windows ? windowLists(random, nodes, ends, span) : none),
    memoryNodeCount: memory ? nodes : 0,
    freeMemory: new Float64Array(memory ? nodes : 0).fill(8),
    memoryFrom: Int32Array.from(ends, ([from]) => (memory ? from : -1)),
    memoryTo: Int32Array.from(ends, ([, to]) => (memory ? to : -1)),
    memory: size,
    weight: new Float64Array(tasks).fill(1),
    horizon: 2_000_000_000,
  }
}

/** An open shop of `size` jobs on `size` machines. */
export function openShop(size, longest) {
  const random = new Random(SEED, `open shop ${size}`)
  const tasks = size * size
  return {
    ...scheduleProblem({ tasks, nodes: 2 * size, windows: false }),
    resourceA: Int32Array.from({ length: tasks }, (_, i) => Math.floor(i / size)),
    resourceB: Int32Array.from({ length: tasks }, (_, i) => size + (i % size)),
    duration: Int32Array.from({ length: tasks }, () => random.integer(1, longest)),
    horizon: longest * tasks,
  }
}

export function permutation(count) {
  return Int32Array.from(new Random(SEED, `permutation ${count}`).shuffle(new Array(count).keys()))
}

/** Rounds of `stride` tasks at random: about as many valid as not. */
export function roundBatch({ rounds, stride, tasks, nodes }) {
  const random = new Random(SEED, 'rounds')
  const problem = scheduleProblem({ tasks, nodes })
  return {
    tasks: {
      nodeCount: nodes,
      slots: new Int32Array(nodes).fill(1),
      source: problem.resourceA,
      target: problem.resourceB,
      duration: problem.duration,
      penalty: Int32Array.from({ length: tasks }, () => 1000 * random.integer(0, 2)),
      forbiddenClass: problem.forbiddenClass,
      forbiddenOffset: problem.forbiddenOffset,
      forbidden: problem.forbidden,
    },
    batch: {
      count: rounds,
      stride,
      tasks: Int32Array.from({ length: rounds * stride }, () =>
        random.chance(0.8) ? random.integer(0, tasks - 1) : -1,
      ),
      start: Int32Array.from({ length: rounds }, () => random.integer(0, 400_000)),
    },
  }
}

/** A complete graph with random weights. */
export function completeGraph(vertexCount) {
  const random = new Random(SEED, `graph ${vertexCount}`)
  const ends = []
  for (let a = 0; a < vertexCount; a++) for (let b = a + 1; b < vertexCount; b++) ends.push([a, b])
  return {
    vertexCount,
    endA: Int32Array.from(ends, ([a]) => a),
    endB: Int32Array.from(ends, ([, b]) => b),
    weight: Int32Array.from(ends, () => random.integer(1, 100_000)),
  }
}

/** Jobs of classes with durations and windows of their own; `draw` picks one of many such problems. */
export function singleNodeJobs({ classes, perClass, draw }) {
  const random = new Random(SEED, `single node ${classes} ${perClass} ${draw}`)
  const duration = Int32Array.from({ length: classes }, () => random.integer(2000, 30_000))
  const span = perClass * duration.reduce((sum, ticks) => sum + ticks, 0)
  const between = (low, high) => random.integer(Math.round(span / low), Math.round(span / high))
  const lists = Array.from({ length: classes }, () => {
    const list = []
    for (let start = between(12, 5); start <= 1.3 * span; ) {
      const end = start + between(40, 15)
      list.push(start, end)
      start = end + between(12, 5)
    }
    return list
  })
  const offsets = [0]
  for (const list of lists) offsets.push(offsets.at(-1) + list.length / 2)
  return {
    classCount: classes,
    count: new Int32Array(classes).fill(perClass),
    duration,
    forbiddenClass: Int32Array.from(lists.keys()),
    forbiddenOffset: Int32Array.from(offsets),
    forbidden: Int32Array.from(lists.flat()),
    closed: new Int32Array(0),
    horizon: 2_000_000_000,
    lower: 0,
    upper: 2_000_000_000,
    maxExpanded: 20_000,
  }
}
