/** vmferry behind the interface of `one.mjs`. */
import { plan } from '../../dist/index.js'

const CPU = { vendor: 'Intel', features: [] }
const node = (id) => ({ id, cpu: CPU, memoryMiB: 10, migrationMbps: 1000 })
const SMALLEST = {
  version: 1,
  nodes: [node('a'), node('b')],
  vms: [{ id: 'v', node: 'a', memoryMiB: 1 }],
  request: { moves: [{ vm: 'v', to: 'b' }] },
}

/** Compiles the kernel, before any clock starts. The LP's worker starts when the first LP comes: that is part of the solve. */
export async function start() {
  await plan(SMALLEST)
}

export async function solve(input, { seconds, seed, effort }) {
  let best = Number.POSITIVE_INFINITY
  let secondsToBest = 0
  const result = await plan(input, {
    seed,
    effort,
    timeLimitSeconds: seconds,
    onProgress({ makespanSeconds, elapsedSeconds }) {
      if (makespanSeconds === undefined || makespanSeconds >= best) return
      best = makespanSeconds
      secondsToBest = elapsedSeconds
    },
  })
  return { state: 'plan', plan: result, secondsToBest }
}
