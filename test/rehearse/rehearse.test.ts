import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Migration, Plan, ScheduleKind } from '../../src/model/plan.js'
import type { Policy, ProblemMaintenance, ProblemWindow } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { plan } from '../../src/plan.js'
import { drawSeconds, exponential, studentQuantile } from '../../src/rehearse/draws.js'
import { Night } from '../../src/rehearse/night.js'
import { likelyEnds, rehearseResolved } from '../../src/rehearse/rehearse.js'
import { Random } from '../../src/solver/random.js'
import { row, seeds } from '../cases.js'
import { leg, problemOf } from '../problem.js'
import { QUICK } from '../solver/rolling/planned.js'
import { randomNight } from '../solver/rolling/problems.js'

const window = (text: string): ProblemWindow => {
  const [, id, start, end] = /^(\S+) ([\d.]+)-([\d.]+)$/.exec(text)!
  const of = id === '*' ? {} : /^[A-Z]$/.test(id!) ? { node: id! } : { vm: id! }
  return { ...of, start: Number(start), end: Number(end) }
}

interface Case {
  legs: (string | Migration)[]
  windows?: string[]
  policy?: Partial<Policy>
  schedule?: ScheduleKind
  /** As planned: `A 10-40`. */
  works?: string[]
  /** By node, what their request says. */
  asked?: Record<string, Partial<ProblemMaintenance>>
  notTogether?: string[][]
}

const legsOf = ({ legs }: Case) => legs.map((each) => (typeof each === 'string' ? leg(each) : each))

function nightOf(given: Case): Night {
  const migrations = legsOf(given)
  const works = (given.works ?? []).map(window).map(({ node, start, end }) => {
    return { node: node!, startSeconds: Number(start), endSeconds: Number(end), slackSeconds: 0 }
  })
  const problem = problemOf({
    nodes: ['A', 'B', 'C', 'D'].map((id) => ({
      id,
      slots: 2,
      domains: { rack: 'AB'.includes(id) ? 'r' : 's' },
    })),
    vms: [...new Map(migrations.map(({ vm, from }) => [vm, from]))].map(([vm, from]) => `${vm}@${from}`),
    windows: (given.windows ?? []).map((text) =>
      text.startsWith('!') ? { ...window(text.slice(1)), kind: 'no-work' } : window(text),
    ),
    request:
      works.length === 0
        ? { moves: [] }
        : {
            maintenance: works.map(({ node, startSeconds, endSeconds }) => {
              return { node, durationSeconds: endSeconds - startSeconds, ...given.asked?.[node] }
            }),
            notTogether: given.notTogether ?? [],
          },
    policy: given.policy ?? {},
  })
  const document = { migrations, maintenance: works, schedule: given.schedule ?? 'timeline' } as Plan
  return new Night(resolveProblem(problem), document)
}

describe('a night', () => {
  it.each(
    Object.entries<[seconds: number[], starts: number[], given: Case]>({
      'goes on as soon as what is before on a node has ended': row([15, 10], [0, 15], {
        legs: ['a A>B 0-10', 'b B>C 10-20'],
      }),
      'goes on early too': row([4, 10], [0, 4], { legs: ['a A>B 0-10', 'b B>C 10-20'] }),
      'does not wait for what is elsewhere': row([15, 10], [0, 0], { legs: ['a A>B 0-10', 'b C>D 10-20'] }),
      'takes a VM on from where it has come': row([15, 10], [0, 15], { legs: ['a A>B 0-10', 'a B>C 12-20'] }),
      'waits until a window is over that it would not end before': row([16, 10], [0, 60], {
        legs: ['a A>B 0-10', 'b B>C 10-20'],
        windows: ['b 25-60'],
      }),
      'starts where the planned time fits, however long it takes': row([15, 99], [0, 15], {
        legs: ['a A>B 0-10', 'b B>C 10-20'],
        windows: ['C 25-60'],
      }),
      'counts windows of VM, both nodes and the cluster, and takes the gap between two': row([10], [40], {
        legs: ['a A>B 0-10'],
        windows: ['a 5-10', '* 8-20', 'B 25-40', 'A 50-60'],
      }),
      'does not count those of others': row([10], [0], {
        legs: ['a A>B 0-10'],
        windows: ['C 5-10', 'z 5-10'],
      }),
      'keeps a limit of the cluster, by the first that ends': row([30, 20, 10], [0, 0, 30], {
        legs: ['a A>B 0-10', 'b C>D 0-20', 'c A>B 10-20'],
        policy: { concurrentMigrations: 2 },
      }),
      'counts live migrations and others apart': row([30, 25, 20], [0, 0, 25], {
        legs: ['a A>B 0-10', leg('b C>D 0-20', { kind: 'restart' }), leg('c C>D 20-40', { kind: 'restart' })],
        policy: { concurrentMigrations: 1, concurrentRestarts: 1 },
      }),
      'waits in rounds for all of the round before': row([15, 10], [0, 15], {
        legs: ['a A>B 0-10', leg('b C>D 10-20', { round: 1 })],
        schedule: 'rounds',
      }),
    }),
  )('%s', (_, [seconds, starts, given]) => {
    const named = { ...given, windows: given.windows?.filter((text) => !text.startsWith('z')) ?? [] }
    const run = nightOf(named).carryOut(Float64Array.from(seconds))
    expect([...run.starts]).toEqual(starts)
    expect([...run.ends]).toEqual(starts.map((start, i) => start + seconds[i]!))
    expect(run.makespanSeconds).toBe(Math.max(...run.ends))
  })

  // Seconds and starts of the migrations, then of the works.
  it.each(
    Object.entries<[seconds: number[], starts: number[], given: Case]>({
      'has a work wait until its node is empty, and who comes back for the work': row(
        [15, 5, 20],
        [0, 35, 15],
        {
          legs: ['a A>B 0-10', 'a B>A 30-40'],
          works: ['A 10-30'],
        },
      ),
      'has works wait for each other by their number': row([30, 20, 20], [0, 0, 20], {
        legs: [],
        works: ['A 0-20', 'B 0-20', 'C 20-40'],
        policy: { maintenanceAtOnce: 2 },
      }),
      'knows of no order among works where the request has none': row([10, 30, 20], [0, 10, 0], {
        legs: ['a A>B 0-10'],
        works: ['A 10-40', 'C 10-30'],
        policy: { maintenanceAtOnce: 2 },
      }),
      'keeps after': row([30, 20], [0, 30], {
        legs: [],
        works: ['A 0-20', 'C 20-40'],
        asked: { C: { after: ['A'] } },
        policy: { maintenanceAtOnce: 2 },
      }),
      'keeps positions': row([30, 20, 20], [0, 30, 50], {
        legs: [],
        works: ['A 0-20', 'B 20-40', 'C 40-60'],
        asked: { A: { position: 'first' }, C: { position: 'last' } },
        policy: { maintenanceAtOnce: 3 },
      }),
      'keeps apart what may not be together': row([30, 20, 20], [0, 0, 30], {
        legs: [],
        works: ['A 0-20', 'B 0-20', 'C 20-40'],
        notTogether: [['A', 'C']],
        policy: { maintenanceAtOnce: 3 },
      }),
      'keeps domains apart': row([30, 25, 20], [0, 0, 30], {
        legs: [],
        works: ['A 0-20', 'B 0-20', 'C 20-40'],
        policy: { maintenanceAtOnce: 3, maintenanceDomain: 'rack' },
      }),
      'lets a node settle, and begins beside a work that is under way': row([20, 30, 20, 20], [0, 0, 0, 25], {
        legs: ['a C>D 0-20'],
        works: ['A 0-30', 'B 0-20', 'C 25-45'],
        asked: { B: { settleSeconds: 5 } },
        policy: { maintenanceAtOnce: 3 },
      }),
      'keeps instants and windows, those of its own kind too': row([20, 20, 20], [7, 50, 60], {
        legs: [],
        works: ['A 7-27', 'B 50-70', 'C 60-80'],
        asked: { A: { earliestStart: 7 } },
        windows: ['!B 10-50', 'C 0-10', '!C 10-60'],
        policy: { maintenanceAtOnce: 3 },
      }),
    }),
  )('%s', (_, [seconds, starts, given]) => {
    const run = nightOf(given).carryOut(Float64Array.from(seconds))
    expect([...run.starts]).toEqual(starts)
  })

  it('with works starts nothing later than planned where all takes as long as planned', async () => {
    for (const seed of seeds(40)) {
      const problem = randomNight(seed)
      const planned = await plan(problem, QUICK)
      const night = new Night(resolveProblem(problem), planned)
      const { starts } = night.carryOut(night.planned)
      ;[...planned.migrations, ...planned.maintenance!].forEach(({ startSeconds }, i) => {
        expect(starts[i]).toBeLessThanOrEqual(startSeconds + 1e-3)
      })
    }
  })

  it('without migrations ends at once', () => {
    expect(nightOf({ legs: [] }).carryOut(new Float64Array(0))).toMatchObject({
      last: -1,
      makespanSeconds: 0,
    })
  })

  it('as planned starts nothing later than the plan, and no longer time ends anything earlier', async () => {
    for (const seed of seeds(20)) {
      const random = new Random(seed)
      const problem = problemOf({
        nodes: ['A', 'B', 'C', 'D'].map((id) => ({ id, slots: 1 + random.below(2), memoryMiB: 100_000 })),
        vms: Array.from({ length: 12 }, (_, i) => ({
          id: `v${i}`,
          node: 'ABC'[random.below(3)]!,
          memoryMiB: 500 + random.below(2000),
        })),
        windows: Array.from({ length: 3 }, () => {
          const start = random.below(60)
          return { node: 'ABCD'[random.below(4)]!, start, end: start + 1 + random.below(30) }
        }),
        request: { drain: ['A', 'B'] },
        policy: seed % 2 === 0 ? { concurrentMigrations: 1 + random.below(2) } : {},
      })
      const resolved = resolveProblem(problem)
      const planned = await plan(problem, {
        effort: 1,
        thread: 'caller',
        schedule: seed % 3 === 0 ? 'rounds' : 'timeline',
      })
      const night = new Night(resolved, planned)
      const run = night.carryOut(night.planned)
      planned.migrations.forEach((m, i) => {
        expect(run.starts[i]).toBeLessThanOrEqual(m.startSeconds + 1e-6)
      })
      const shorter = night.planned.map((seconds) => seconds * (0.5 + random.unit()))
      const longer = shorter.map((seconds) => seconds * (1 + random.unit()))
      const [early, late] = [night.carryOut(shorter), night.carryOut(longer)]
      early.ends.forEach((end, i) => {
        expect(late.ends[i]).toBeGreaterThanOrEqual(end - 1e-9)
      })
    }
  })
})

describe('drawn durations', () => {
  const sample = (uncertainty: Parameters<typeof drawSeconds>[2], count = 20_000) => {
    const random = new Random(7)
    const one = [{ seconds: 100, from: 0, to: 1 }]
    return Float64Array.from({ length: count }, () => drawSeconds(one, 2, uncertainty, random)[0]!).sort()
  }
  const none = { spread: 0, common: 0, node: 0, lagSeconds: 0 }

  it('are as planned where nothing is uncertain', () => {
    expect(new Set(sample(none, 10))).toEqual(new Set([100]))
  })

  // Quantiles of the standard normal and of Student's t with 4 degrees of freedom, by the tables.
  it.each([
    ['by the night', { ...none, common: 0.1 }, 1.2816],
    ['by the nodes', { ...none, node: 0.1 }, 1.2816],
    ['each by itself', { ...none, spread: 0.1 }, 1.5332],
  ])('spread %s as the uncertainty says', (_, uncertainty, quantile) => {
    const found = sample(uncertainty)
    expect(found[10_000]! / 100).toBeCloseTo(1, 1)
    expect(Math.log(found[18_000]! / 100) / 0.1).toBeCloseTo(quantile, 1)
    expect(Math.log(found[2_000]! / 100) / 0.1).toBeCloseTo(-quantile, 1)
  })

  it('have the lag on top', () => {
    const found = sample({ ...none, lagSeconds: 5 })
    expect([found[0]! >= 100, found.at(-1)! <= 105]).toEqual([true, true])
    expect(found[10_000]).toBeCloseTo(102.5, 0)
  })

  it('have an exponential, and quantiles, to six digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (x) => {
        expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 6)
      }),
    )
    const table = [0.5, 0.75, 0.9, 0.95, 0.99].map((q) => studentQuantile(q))
    ;[0, 0.740697, 1.533206, 2.131847, 3.746947].forEach((t, i) => {
      expect(table[i]).toBeCloseTo(t, 5)
      expect(studentQuantile(1 - [0.5, 0.75, 0.9, 0.95, 0.99][i]!)).toBeCloseTo(-t, 5)
    })
  })
})

describe('a rehearsal', () => {
  const problem = problemOf({
    nodes: ['A', 'B', 'C'],
    vms: ['a@A', 'b@A', 'c@C 500'],
    windows: [{ vm: 'b', start: 21, end: 100 }],
    request: { moves: ['a>B', 'b>B', 'c>A'] },
  })
  const resolved = resolveProblem(problem)
  const document = (): Plan => ({
    ...({} as Plan),
    migrations: [leg('a A>B 0-10'), leg('b A>B 10-20', { round: 1 }), leg('c C>A 20-25', { round: 2 })],
  })

  it('says when it ends, what is met, what is late, and what it hangs on', async () => {
    const planned = await plan(problem, { thread: 'caller' })
    planned.migrations = document().migrations
    Object.assign(planned, { makespanSeconds: 25, cost: 25 })
    const found = rehearseResolved(resolved, planned, { spread: 0.2 })
    expect(found).toMatchObject({
      spread: 0.2,
      plannedSeconds: 25,
      asPlannedSeconds: 25,
      shorterSeconds: 20,
      // a ends at 12, so that b would end at 22, in its window: it waits until 100.
      longerSeconds: 118,
    })
    expect(found.makespanAt50Seconds).toBeLessThan(found.makespanAt90Seconds)
    const [late] = found.late
    const [met] = found.met
    // a beyond 11 s of 8 to 12: one night of four; b beyond 21 s without that: some more.
    expect(late).toMatchObject({ vm: 'b' })
    expect(met).toMatchObject({ vm: 'b', window: { vm: 'b', startSeconds: 21, endSeconds: 100 } })
    expect(late!.share).toBeCloseTo(0.25, 1)
    expect(found.decisive).toMatchObject(['a', 'b', 'c'].map((vm) => ({ vm, share: 1 })))
    expect(rehearseResolved(resolved, planned, { spread: 0.2 })).toEqual(found)
    expect(rehearseResolved(resolved, planned, { spread: 0.2, seed: 1 })).not.toEqual(found)
  })

  it('is nothing new where nothing spreads', async () => {
    const planned = await plan(problem, { thread: 'caller' })
    const { makespanSeconds } = planned
    expect(rehearseResolved(resolved, planned, { spread: 0 })).toMatchObject({
      shorterSeconds: makespanSeconds,
      makespanAt90Seconds: makespanSeconds,
      met: [],
      late: [],
    })
  })

  it.each([
    [{ spread: 1 }, 'spread is 1; it must be a number from 0 to 0.99'],
    [{ spread: Number.NaN }, 'spread is null'],
    [{ seed: -1 }, 'seed is -1; it must be an integer from 0 to 4294967295'],
  ])('refuses %j', (options, message) => {
    expect(() => rehearseResolved(resolved, document(), options)).toThrow(message)
  })

  it('refuses a plan that breaks a rule', async () => {
    const planned = await plan(problem, { thread: 'caller' })
    planned.migrations = planned.migrations.map((m) =>
      m.vm === 'b' ? { ...m, startSeconds: 25, endSeconds: 35 } : m,
    )
    expect(() => rehearseResolved(resolved, planned)).toThrow(/breaks the rule/)
  })

  it('tells of works, by their nodes', async () => {
    const night = problemOf({
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ node: 'A', kind: 'no-work', start: 31, end: 100 }],
      request: { maintenance: [{ node: 'A', durationSeconds: 20 }] },
    })
    const planned = await plan(night, { thread: 'caller' })
    const found = rehearseResolved(resolveProblem(night), planned, { spread: 0.5 })
    expect(found.decisive).toContainEqual({ work: 'A', startSeconds: 10, share: 1 })
    expect(found.late).toMatchObject([{ work: 'A' }])
    expect(found.met).toMatchObject([{ work: 'A', window: { node: 'A', startSeconds: 31, endSeconds: 100 } }])
    const uncertainty = { spread: 0.1, common: 0.05, node: 0.05, lagSeconds: 0 }
    const { statistics } = await plan(night, { thread: 'caller', uncertainty })
    expect(Number(statistics.makespanAt90Seconds)).toBeGreaterThan(Number(statistics.makespanAt50Seconds))
  })

  it('gives a plan its likely ends where it is asked with an uncertainty', async () => {
    const uncertainty = { spread: 0.1, common: 0.05, node: 0.05, lagSeconds: 0 }
    const planned = await plan(problem, { thread: 'caller', uncertainty })
    const ends = likelyEnds(resolved, planned, uncertainty, 0)
    expect(planned.statistics).toMatchObject(ends)
    expect(ends.makespanAt90Seconds).toBeGreaterThan(ends.makespanAt50Seconds)
    const bare = await plan(problem, { thread: 'caller' })
    expect(bare.statistics).not.toHaveProperty('makespanAt50Seconds')
    await expect(plan(problem, { uncertainty: { ...uncertainty, spread: -1 } })).rejects.toThrow(
      'uncertainty.spread is -1; it must be a number of 0 or more',
    )
  })
})
