/** The kinds of tiny problems that plans are audited on, and how well they must do on them. */
import { expect, it } from 'vitest'
import type { ScheduleKind } from '../../src/model/plan.js'
import { audit, newTally } from './audit.js'
import { type Flavour, planOf, randomProblem, withoutClock } from './problems.js'

interface Kind extends Flavour {
  name: string
  /** Problems. */
  count: number
  /** Least share of plans that leave as little unplaced as can be, and of plans of least cost. */
  placed: number
  least: number
}

const plain = { memory: false, windows: false, rules: false, parking: true, placed: 0.98, least: 0.95 }
const tight = { ...plain, memory: true, tight: true, placed: 0.96, least: 0.92 }

const kinds = { ...plain, vms: 3, request: 'both' as const, kinds: true, placed: 0.99, least: 0.99 }

const KINDS: Kind[] = [
  { ...plain, name: 'moves', count: 600, vms: 5, request: 'moves', placed: 1, least: 0.995 },
  { ...plain, name: 'moves around windows', count: 600, vms: 5, request: 'moves', windows: true },
  {
    ...plain,
    name: 'drains around windows',
    count: 200,
    vms: 4,
    request: 'drain',
    windows: true,
    least: 0.92,
  },
  {
    ...plain,
    name: 'moves in little memory',
    count: 600,
    vms: 4,
    request: 'moves',
    memory: true,
    windows: true,
    parking: false,
  },
  {
    ...plain,
    name: 'all rules',
    count: 700,
    vms: 3,
    request: 'both',
    memory: true,
    windows: true,
    rules: true,
  },
  { ...tight, name: 'moves in hardly any memory, with parking', count: 400, vms: 4, request: 'moves' },
  {
    ...tight,
    name: 'moves and drains in hardly any memory',
    count: 300,
    vms: 4,
    request: 'both',
    parking: false,
  },
  {
    ...tight,
    name: 'drains in hardly any memory',
    count: 60,
    vms: 4,
    request: 'drain',
    windows: true,
    parking: false,
  },
  { ...tight, name: 'all, with parking', count: 250, vms: 3, request: 'both', windows: true },
  { ...tight, name: 'making room', count: 300, vms: 3, request: 'both', makeRoom: true, parking: false },
  {
    ...plain,
    name: 'affinity, reserve, node failures',
    count: 400,
    vms: 4,
    request: 'both',
    memory: true,
    windows: true,
    policies: true,
  },
  {
    ...tight,
    name: 'the same under all rules in hardly any memory',
    count: 400,
    vms: 4,
    request: 'both',
    rules: true,
    policies: true,
  },
  {
    ...plain,
    name: 'drains of affinity groups',
    count: 200,
    vms: 4,
    request: 'drain',
    memory: true,
    policies: true,
    groups: true,
  },
  {
    ...plain,
    name: 'all rules and durations of their own, with parking',
    count: 300,
    vms: 3,
    request: 'both',
    memory: true,
    windows: true,
    rules: true,
    durations: true,
  },
  {
    ...tight,
    name: 'making room with affinity groups',
    count: 200,
    vms: 3,
    request: 'both',
    makeRoom: true,
    policies: true,
  },
  {
    ...tight,
    name: 'making room under all rules',
    count: 250,
    vms: 3,
    request: 'both',
    rules: true,
    makeRoom: true,
  },
  { ...kinds, name: 'every kind in hardly any memory', count: 120, memory: true, tight: true },
  { ...kinds, name: 'every kind before a short horizon', count: 120, windows: true, short: true },
  {
    ...kinds,
    name: 'every kind, nodes over their memory',
    count: 120,
    memory: true,
    tight: true,
    over: true,
  },
]

/** One test for each kind: no promise is broken, and the plans are nearly always the best there are. */
export function auditAllKinds(schedule: ScheduleKind): void {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', async (name, kind) => {
    const tally = newTally()
    const faults: string[] = []
    for (let seed = 1; seed <= kind.count; seed++) {
      const problem = randomProblem(seed * 7919, kind)
      const plan = await planOf(problem, { schedule })
      faults.push(...audit(problem, plan, tally).map((text) => `${problem.name}: ${text}`))
      if (seed % 10 === 0) {
        const again = await planOf(problem, { schedule })
        if (withoutClock(again) !== withoutClock(plan))
          faults.push(`${problem.name}: another plan the second time`)
      }
    }
    expect(faults).toEqual([])
    expect(tally.placedMost, JSON.stringify(tally)).toBeGreaterThanOrEqual(kind.placed * tally.plans)
    expect(tally.leastCost, JSON.stringify(tally)).toBeGreaterThanOrEqual(kind.least * tally.plans)
    if (kind.makeRoom === true) expect(tally.madeRoom, name).toBeGreaterThan(0)
    if (process.env.VMFERRY_TALLY !== undefined)
      process.stderr.write(`${schedule}, ${name}: ${JSON.stringify(tally)}\n`)
  })
}
