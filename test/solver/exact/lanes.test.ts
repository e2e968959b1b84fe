import { describe, expect, it } from 'vitest'
import { pairCount } from '../../../src/solver/exact/dead-ends.js'
import { Lane, type LaneRole, type LaneTask, timelineOf } from '../../../src/solver/exact/lane.js'
import { searchInLanes } from '../../../src/solver/exact/lanes.js'
import { EpochMeter } from '../../../src/solver/exact/meter.js'
import { ALONE, HelperLost, type SearchPool } from '../../../src/solver/exact/pool.js'
import { LocalLane } from '../../../src/solver/exact/stepped-lane.js'
import { legsOf, scheduleProblemOf } from '../../../src/solver/schedule/legs.js'
import { solveTimeline } from '../../../src/solver/schedule/timeline.js'
import { kernel, newRun, partsOf } from '../parts.js'

/** So many senders and receivers, a migration between each pair, all nodes with about equally much to do. */
async function shop(size = 5) {
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size])
  const moves = pairs.map(([j, m]) => ({
    vm: `${j}-${m}`,
    to: `M${m}`,
    durationSeconds: 5 + 7 * ((j + m) % size) + 3 * ((j + 2 * m) % size) + ((3 * j + m * m) % 4),
  }))
  const { instance, forbidden, open } = partsOf({
    nodes: ['J', 'M'].flatMap((kind) => Array.from({ length: size }, (_, i) => `${kind}${i}`)),
    vms: pairs.map(([j, m]) => ({ id: `${j}-${m}`, node: `J${j}`, memoryMiB: 1 })),
    request: { moves },
  })
  const legs = legsOf(
    instance,
    open,
    open.map((wish) => ({ choice: wish.choices[0], parking: -1 })),
  )
  const run = newRun()
  const search = { schedule: 'timeline' as const, target: 0, work: 1, seed: 0 }
  const timeline = await solveTimeline({ instance, kernel, forbidden, run }, legs, search)
  const task: Omit<LaneTask, 'role'> = {
    problem: scheduleProblemOf(instance, forbidden, legs),
    legs,
    seed: 1,
    parameters: run.parameters,
    grid: 1000,
    failures: 20_000,
  }
  return { task, timeline, low: 1000 }
}

/** Helpers in this thread; `losesAt`: the epoch in which the first is lost. */
function poolOf(threads: number, losesAt = Number.POSITIVE_INFINITY): SearchPool & { lost: string } {
  const pool = {
    ...ALONE,
    threads,
    lost: '',
    helpers: async () =>
      Array.from({ length: threads - 1 }, () => ({
        lane: (task: LaneTask, first: ConstructorParameters<typeof LocalLane>[3]) => {
          const lane = new LocalLane(kernel, task, newRun(), first, () => undefined)
          let epoch = 0
          return {
            end: () => lane.end(),
            advance: async (update: Parameters<LocalLane['advance']>[0]) => {
              if (++epoch >= losesAt) throw new HelperLost('gone')
              return lane.advance(update)
            },
          }
        },
        restart: () => Promise.reject(new HelperLost('not asked for')),
      })),
    giveUp(cause: HelperLost) {
      pool.lost = cause.message
    },
  }
  return pool
}

async function searched(pool: SearchPool, size = 5) {
  const { task, timeline, low } = await shop(size)
  const state = { timeline, bound: low, failures: 0 }
  const told: [number, number][] = []
  await searchInLanes(kernel, newRun(), pool, task, pairCount(task.legs), state, (t, bound) =>
    told.push([t.makespan, bound]),
  )
  return { state, told }
}

describe('lanes', () => {
  it('prove what one thread proves, in any number', async () => {
    const { state } = await searched(ALONE)
    expect(state.bound).toBe(state.timeline.makespan)
    for (const threads of [2, 3, 4]) {
      const { state: shared, told } = await searched(poolOf(threads))
      expect([shared.bound, shared.timeline.makespan]).toEqual([state.bound, state.timeline.makespan])
      expect(told.length).toBeGreaterThan(0)
    }
  }, 60_000)

  it('one that is lost leaves the rest to one thread, which ends', async () => {
    for (const epoch of [1, 2]) {
      const pool = poolOf(2, epoch)
      const { state, told } = await searched(pool, 7)
      expect(pool.lost).toBe('gone')
      const last = told.at(-1)
      expect(last).toEqual([state.timeline.makespan, state.bound])
    }
  }, 60_000)

  it.each<LaneRole>(['prove', 'scout', 'roam'])('%s ends once its meter is closed', async (role) => {
    const { task, timeline } = await shop()
    const meter = new EpochMeter()
    const state = { timeline, bound: 0, failures: 0 }
    const lane = new Lane(kernel, { ...task, role }, newRun(), state, meter, () => undefined)
    const search = lane.search()
    await meter.epoch(30)
    expect(state.failures).toBeGreaterThan(0)
    meter.close()
    await search
    lane.dispose()
  })
})

describe('an epoch', () => {
  it('is over when its dead ends are spent; what is overspent the next one lacks', async () => {
    const meter = new EpochMeter()
    const granted: number[] = []
    const lane = (async () => {
      for (;;) {
        const portion = await meter.grant(8)
        if (portion === 0) return
        granted.push(portion)
        meter.spent(portion + 1)
      }
    })()
    await meter.epoch(10)
    expect(granted).toEqual([8, 1])
    await meter.epoch(10)
    expect(granted).toEqual([8, 1, 8])
    await meter.epoch(1)
    expect(granted).toEqual([8, 1, 8, 1])
    await meter.epoch(1)
    expect(granted).toEqual([8, 1, 8, 1])
    meter.close()
    await lane
    expect(await meter.grant(5)).toBe(0)
  })

  it('of a lane whose schedule another has bettered goes on from the better one', async () => {
    const { task, timeline } = await shop()
    const start = timeline.start
    const worse = start.map((s) => s + 5000)
    const run = newRun()
    const lane = new LocalLane(
      kernel,
      { ...task, role: 'prove' },
      run,
      { start: worse, bound: 0 },
      () => undefined,
    )
    const report = await lane.advance({ start, bound: 0, failures: 1 })
    const known = report.start.length > 0 ? timelineOf(task.legs, report.start) : timeline
    expect(known.makespan).toBeLessThanOrEqual(timeline.makespan)
    lane.end()
  })
})
