/** The worker's side of the search, in this thread. */
import { expect, it } from 'vitest'
import type { LaneTask } from '../../src/solver/exact/lane.js'
import { legsOf, scheduleProblemOf } from '../../src/solver/schedule/legs.js'
import { createSearchWorkerApi } from '../../src/worker/search-host.js'
import { PARAMETERS, partsOf } from '../solver/parts.js'
import { problemOf } from '../solver/problems.js'

it("a lane searches with its task's parameters", async () => {
  const { instance, forbidden, open } = partsOf(
    problemOf({
      nodes: ['A', 'B', 'C'],
      vms: ['A', 'B', 'C'].map((node) => ({ id: `on-${node}`, node })),
      request: { moves: [1, 2, 0].map((to, n) => ({ vm: `on-${'ABC'[n]}`, to: 'ABC'[to] })) },
    }),
  )
  const legs = legsOf(
    instance,
    open,
    open.map((wish) => ({ choice: wish.choices[0], parking: -1 })),
  )
  let read = 0
  const task: LaneTask = {
    role: 'scout',
    problem: scheduleProblemOf(instance, forbidden, legs),
    legs,
    seed: 1,
    grid: 1000,
    failures: 100,
    parameters: {
      ...PARAMETERS,
      get exact() {
        read++
        return PARAMETERS.exact
      },
    },
  }
  const api = createSearchWorkerApi()
  const first = { start: Int32Array.of(0, 20_000, 40_000), bound: 20_000 }
  expect(await api.openLane(0, task, first)).toEqual({ ok: true, value: null })
  await api.advanceLane(0, { ...first, failures: 100 })
  await api.endLane(0)
  expect(read).toBeGreaterThan(0)
})
