/** The kinds of tiny problems that plans are audited on, and how well they must do on them. */

import { expect, it } from 'vitest'
import type { ScheduleKind } from '../../src/model/plan.js'
import { quota, seeds } from '../cases.js'
import { audit, newTally } from './audit.js'
import { type Flavour, flavourOf, planOf, randomProblem, withoutClock } from './problems.js'

interface Kind {
  flavour: Flavour
  /** Problems. */
  count: number
  /** Least share of plans that leave as little unplaced as can be, and of plans of least cost. */
  placed: number
  least: number
}

function kind(count: number, flavour: Flavour, least?: Partial<Kind>): Kind {
  return {
    flavour,
    count,
    ...(flavour.tight ? { placed: 0.96, least: 0.92 } : { placed: 0.98, least: 0.95 }),
    ...least,
  }
}

const ALL_BUT_ONE = { placed: 0.99, least: 0.99 }

const KINDS: Record<string, Kind> = {
  moves: kind(600, flavourOf(5, 'moves', 'parking'), { placed: 1, least: 0.995 }),
  'moves around windows': kind(600, flavourOf(5, 'moves', 'windows', 'parking')),
  'drains around windows': kind(200, flavourOf(4, 'drain', 'windows', 'parking'), { least: 0.92 }),
  'moves in little memory': kind(600, flavourOf(4, 'moves', 'memory', 'windows')),
  'all rules': kind(700, flavourOf(3, 'both', 'memory', 'windows', 'rules', 'parking')),
  'moves in hardly any memory, with parking': kind(400, flavourOf(4, 'moves', 'memory', 'tight', 'parking')),
  'moves and drains in hardly any memory': kind(300, flavourOf(4, 'both', 'memory', 'tight')),
  'drains in hardly any memory': kind(60, flavourOf(4, 'drain', 'memory', 'windows', 'tight')),
  'all, with parking': kind(250, flavourOf(3, 'both', 'memory', 'windows', 'tight', 'parking')),
  'making room': kind(300, flavourOf(3, 'both', 'memory', 'tight', 'makeRoom')),
  'affinity, reserve, node failures': kind(
    400,
    flavourOf(4, 'both', 'memory', 'windows', 'parking', 'policies'),
  ),
  'the same under all rules in hardly any memory': kind(
    400,
    flavourOf(4, 'both', 'memory', 'rules', 'tight', 'parking', 'policies'),
  ),
  'drains of affinity groups': kind(200, flavourOf(4, 'drain', 'memory', 'parking', 'policies', 'groups')),
  'all rules and durations of their own, with parking': kind(
    300,
    flavourOf(3, 'both', 'memory', 'windows', 'rules', 'durations', 'parking'),
  ),
  'limits of migrations at once': kind(400, flavourOf(5, 'moves', 'windows', 'parking', 'limits')),
  'limits under all rules in hardly any memory, with parking': kind(
    300,
    flavourOf(3, 'both', 'memory', 'windows', 'rules', 'tight', 'parking', 'limits'),
  ),
  'width, moves': kind(300, flavourOf(4, 'moves', 'windows', 'parking', 'width')),
  'width, drains': kind(150, flavourOf(3, 'drain', 'width')),
  'networks, moves': kind(300, flavourOf(4, 'moves', 'windows', 'parking', 'networks')),
  'width and networks under all rules in hardly any memory': kind(
    250,
    flavourOf(3, 'both', 'memory', 'windows', 'rules', 'tight', 'parking', 'width', 'networks'),
  ),
  'width, networks, limits, soft rules': kind(
    200,
    flavourOf(3, 'both', 'width', 'networks', 'limits', 'soft', 'durations'),
  ),
  'width, affinity, reserve, node failures': kind(
    150,
    flavourOf(3, 'both', 'memory', 'windows', 'parking', 'policies', 'width'),
  ),
  'width, every kind in hardly any memory': kind(
    100,
    flavourOf(3, 'both', 'kinds', 'memory', 'tight', 'parking', 'width', 'networks'),
  ),
  'width, making room': kind(100, flavourOf(2, 'both', 'memory', 'tight', 'makeRoom', 'width'), {
    least: 0.9,
  }),
  'vCPUs and devices, moves, with parking': kind(500, flavourOf(4, 'moves', 'tight', 'spaces', 'parking')),
  'vCPUs and devices, drains around windows': kind(
    150,
    flavourOf(4, 'drain', 'windows', 'spaces', 'parking'),
  ),
  'vCPUs and devices under all rules in hardly any memory': kind(
    300,
    flavourOf(3, 'both', 'memory', 'rules', 'tight', 'parking', 'spaces'),
  ),
  'vCPUs and devices, making room': kind(200, flavourOf(3, 'both', 'spaces', 'makeRoom')),
  'vCPUs and devices of affinity groups, every kind': kind(
    200,
    flavourOf(3, 'both', 'kinds', 'memory', 'spaces', 'policies', 'groups'),
  ),
  'serial groups, orders, deadlines, moves': kind(300, flavourOf(5, 'moves', 'windows', 'parking', 'time')),
  'serial groups, orders, deadlines, drains': kind(150, flavourOf(4, 'drain', 'windows', 'parking', 'time')),
  'serial groups, orders, deadlines under all rules in hardly any memory': kind(
    250,
    flavourOf(3, 'both', 'memory', 'windows', 'rules', 'tight', 'parking', 'time'),
  ),
  'serial groups, orders, deadlines, every kind, making room': kind(
    150,
    flavourOf(3, 'both', 'kinds', 'memory', 'tight', 'makeRoom', 'over', 'time'),
  ),
  'soft rules and blackouts, moves': kind(250, flavourOf(4, 'moves', 'windows', 'parking', 'soft')),
  'soft rules and blackouts, drains': kind(120, flavourOf(3, 'drain', 'memory', 'parking', 'soft')),
  'soft rules and blackouts under all rules in hardly any memory': kind(
    250,
    flavourOf(3, 'both', 'memory', 'rules', 'tight', 'parking', 'soft'),
  ),
  'ways, stops, several targets': kind(300, flavourOf(4, 'both', 'windows', 'parking', 'ways')),
  'ways and stops under all rules in hardly any memory': kind(
    300,
    flavourOf(3, 'both', 'memory', 'rules', 'tight', 'parking', 'ways', 'limits'),
  ),
  'drains with ways, affinity groups and soft rules': kind(
    200,
    flavourOf(3, 'drain', 'memory', 'windows', 'policies', 'soft', 'parking', 'ways'),
  ),
  'affinity by domain': kind(300, flavourOf(4, 'both', 'windows', 'parking', 'domains')),
  'affinity by domain and by node in hardly any memory': kind(
    250,
    flavourOf(4, 'both', 'memory', 'tight', 'parking', 'policies', 'domains', 'ways'),
  ),
  'groups in transit': kind(300, flavourOf(4, 'both', 'windows', 'parking', 'transit')),
  'groups in transit in hardly any memory': kind(
    250,
    flavourOf(4, 'moves', 'memory', 'tight', 'parking', 'transit', 'ways'),
  ),
  'making room with affinity groups': kind(
    200,
    flavourOf(3, 'both', 'memory', 'tight', 'makeRoom', 'policies', 'parking'),
  ),
  'making room under all rules': kind(
    250,
    flavourOf(3, 'both', 'memory', 'tight', 'makeRoom', 'rules', 'parking'),
  ),
  'every kind in hardly any memory': kind(
    120,
    flavourOf(3, 'both', 'kinds', 'memory', 'tight', 'parking'),
    ALL_BUT_ONE,
  ),
  'every kind before a short horizon': kind(
    120,
    flavourOf(3, 'both', 'kinds', 'windows', 'short', 'parking'),
    ALL_BUT_ONE,
  ),
  'every kind, nodes over their memory': kind(
    120,
    flavourOf(3, 'both', 'kinds', 'memory', 'tight', 'over', 'parking'),
    ALL_BUT_ONE,
  ),
}

/** One test for each kind: no promise is broken, and the plans are nearly always the best there are. */
export function auditAllKinds(schedule: ScheduleKind): void {
  it.each(Object.entries(KINDS))('%s', async (name, { flavour, ...kind }) => {
    const tally = newTally()
    const faults: string[] = []
    for (const seed of seeds(kind.count)) {
      const problem = randomProblem(seed * 7919, flavour)
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
    if (flavour.makeRoom === true) expect(tally.madeRoom, name).toBeGreaterThanOrEqual(quota(1))
    if (process.env.VMFERRY_TALLY !== undefined)
      process.stderr.write(`${schedule}, ${name}: ${JSON.stringify(tally)}\n`)
  })
}
