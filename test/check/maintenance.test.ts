import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { MaintainedNode } from '../../src/model/plan.js'
import { leg } from '../problem.js'
import { planOf, problemOf } from './fixture.js'
import { type Change, testWrongPlans, violationsOf, wrong } from './mutate.js'
import type { Case } from './right-plans.js'

const worked = (node: string, startSeconds: number, slackSeconds = 0): MaintainedNode => ({
  node,
  startSeconds,
  endSeconds: startSeconds + 100,
  slackSeconds,
})

/** A, then B; a1 and b1 wait on C meanwhile, and go home. */
const night = (): Case => ({
  problem: problemOf({
    nodes: ['A', 'B', 'C'],
    vms: ['a1@A', 'b1@B', { id: 'c1', node: 'C', state: 'off' }],
    works: [
      { node: 'A', durationSeconds: 100 },
      { node: 'B', durationSeconds: 100 },
    ],
    policy: { returnHome: true, migrationPenaltySeconds: 1 },
  }),
  plan: planOf({
    migrations: [
      leg('a1 A>C 0-12'),
      leg('b1 B>C 12-24', { round: 1 }),
      leg('a1 C>A 112-124', { round: 2 }),
      leg('b1 C>B 212-224', { round: 3 }),
    ],
    makespanSeconds: 224,
    cost: 228,
    maintenance: [worked('A', 12), worked('B', 112)],
    notMaintained: [],
    notHome: [],
  }),
})

/** D with its VMs saved; e1 comes from E, which is not to be worked on. */
const saved = (): Case => ({
  problem: problemOf({
    nodes: ['D', 'E'],
    vms: ['d1@D', 'd2@D', 'e1@E'],
    works: [{ node: 'D', durationSeconds: 100, mode: 'save' }],
    moves: ['e1>D'],
  }),
  plan: planOf({
    migrations: [
      leg('d1 D>D 0-2.5', { kind: 'save-in-place', blackoutSeconds: 2.5 }),
      leg('d2 D>D 2.5-5', { kind: 'save-in-place', round: 1, blackoutSeconds: 2.5 }),
      leg('d1 D>D 105-107.5', { kind: 'resume-in-place', round: 2, blackoutSeconds: 2.5 }),
      leg('d2 D>D 107.5-110', { kind: 'resume-in-place', round: 3, blackoutSeconds: 2.5 }),
      leg('e1 E>D 110-122', { round: 4 }),
    ],
    makespanSeconds: 122,
    cost: 722,
    maintenance: [worked('D', 5)],
    notMaintained: [],
    notHome: [],
  }),
})

/** The work on B left undone: b1 stays. */
const dropped: Change['change'] = (plan) => {
  plan.migrations = [leg('a1 A>C 0-12'), leg('a1 C>A 112-124', { round: 1 })]
  plan.maintenance = [worked('A', 12)]
  plan.notMaintained = [{ node: 'B', reason: 'memory', detail: 'because', vms: ['b1'] }]
  Object.assign(plan, {
    makespanSeconds: 124,
    cost: 126,
    lowerBoundSeconds: 124,
    costLowerBound: 126,
    status: 'partial',
  })
}

describe('right plans with works', () => {
  const rows: Record<string, Change> = {
    'VMs that go home': { from: night },
    'VMs that are saved': { from: saved },
    'a work that is left undone': { from: night, change: dropped },
    'owners that do not name home': { from: night, vms: { a1: { allowedNodes: new Set(['C']) } } },
    'a group that met at home from the start': {
      from: night,
      vms: { a1: { antiAffinity: ['g'] }, c1: { antiAffinity: ['g'], node: 'A', home: 'A' } },
    },
    'a paused node after its work': { from: night, nodes: { A: { state: 'paused' } } },
    'features that nobody needs': {
      from: night,
      change: (_, { problem }) => Object.assign(problem.works![0]!, { featuresAfter: ['a', 'b', 'c'] }),
    },
    'a VM of a node to be worked on that goes on, twice aside': {
      from: night,
      change: (plan) => {
        plan.migrations = [
          leg('a1 A>B 0-12'),
          leg('a1 B>C 12-24', { round: 1 }),
          leg('b1 B>C 24-36', { round: 2 }),
          leg('a1 C>A 112-124', { round: 3 }),
          leg('b1 C>B 212-224', { round: 4 }),
        ]
        Object.assign(plan, { cost: 229, costLowerBound: 229 })
      },
    },
  }

  it.each(Object.entries(rows))('%s', (_, change) => {
    expect(violationsOf(change)).toEqual([])
  })

  it('a plan that keeps a reserve, which what is resumed need not', () => {
    const { problem, plan } = saved()
    Object.assign(problem, { moves: [] })
    plan.migrations.pop()
    Object.assign(plan, { makespanSeconds: 110, cost: 710, lowerBoundSeconds: 110, costLowerBound: 710 })
    problem.policy.reserveMiB = 9000
    expect(checkResolved(problem, plan)).toEqual([])
  })
})

describe('works', () => {
  testWrongPlans('work', {
    'one that is told of and not asked for': wrong(night, 'B', (plan, { problem }) => {
      problem.works = [problem.works![0]!, { ...problem.works![1]!, node: 'C' }]
      plan.maintenance![1]!.node = 'C'
      plan.notMaintained = [{ node: 'B', reason: 'memory', detail: 'because', vms: [] }]
      plan.migrations = [leg('a1 A>B 0-12'), leg('a1 B>A 112-124', { round: 1 })]
      Object.assign(plan, {
        makespanSeconds: 212,
        cost: 214,
        lowerBoundSeconds: 212,
        costLowerBound: 214,
        status: 'partial',
      })
    }),
    'one that is told of twice': wrong(night, 'B', (plan) => {
      plan.notMaintained = [{ node: 'B', reason: 'memory', detail: 'because', vms: [] }]
      plan.status = 'partial'
    }),
    'one that is not told of': wrong(night, 'B', (plan) => {
      plan.maintenance!.pop()
      plan.migrations[1]!.stepsAside = true
    }),
    'one that is kept from by a VM that leaves': wrong(night, 'B', (plan, parts) => {
      dropped(plan, parts)
      plan.notMaintained![0]!.vms = ['a1']
    }),
    'one that is too short': wrong(night, 'A -1', (plan) => {
      plan.maintenance![0]!.endSeconds = 111
    }),
    'one that starts too early': wrong(night, 'B @112 +3', (_, { problem }) =>
      Object.assign(problem.works![1]!, { earliestStartSeconds: 115 }),
    ),
    'one that ends too late': wrong(night, 'B @212 +2', (_, { problem }) =>
      Object.assign(problem.works![1]!, { latestEndSeconds: 210 }),
    ),
    'one in a backup of its node': wrong(night, 'A @30 +20', (_, { windows }) =>
      windows.push({ node: 'A', startSeconds: 30, endSeconds: 50, kind: 'backup', source: 0 }),
    ),
    'one in a window without works': wrong(night, 'B @211 +1', (_, { problem }) => {
      problem.noWorkWindows = [{ startSeconds: 211, endSeconds: 220, source: 0 }]
    }),
    'a slack beyond the end': wrong(night, 'A +0.5', (plan) => {
      plan.maintenance![0]!.slackSeconds = 112.5
    }),
    'a VM that runs there': wrong(night, 'B @112 +1', (plan) => {
      plan.migrations[1] = leg('b1 B>C 101-113', { round: 1, stepsAside: true })
      plan.migrations[2] = leg('a1 C>A 113-125', { round: 2 })
    }),
    'a VM that arrives there': wrong(night, 'A @111 +1', {
      legs: { 2: { startSeconds: 111, endSeconds: 123 } },
    }),
    'a VM that is off and on its way': wrong(night, 'A @30 +2', {
      problem: { moves: [{ vm: 'c1', to: ['A'] }] },
      change: (plan) => {
        plan.migrations.splice(2, 0, leg('c1 C>A 30-32', { round: 2 }))
        plan.migrations[3]!.round = 3
        plan.migrations[4]!.round = 4
        Object.assign(plan, { cost: 229, costLowerBound: 229 })
      },
    }),
    'mode save: a VM that leaves': wrong(saved, 'D', {
      problem: { moves: [] },
      change: (plan) => {
        plan.migrations = [leg('d1 D>E 0-12'), leg('d2 D>E 12-24', { round: 1 })]
        plan.maintenance = [worked('D', 24)]
        Object.assign(plan, { makespanSeconds: 124, cost: 124, lowerBoundSeconds: 124, costLowerBound: 124 })
      },
    }),
    'mode save: a VM that is not resumed': wrong(saved, 'D', (plan) => {
      plan.migrations.splice(3, 1)
      plan.migrations[3]!.round = 3
    }),
    'mode save: a VM that arrives in between': wrong(saved, 'D @108', (plan) => {
      plan.migrations[4] = leg('e1 E>D 108-120', { round: 3 })
      Object.assign(plan, { makespanSeconds: 120, cost: 720, lowerBoundSeconds: 120, costLowerBound: 720 })
    }),
  })

  testWrongPlans('horizon', {
    'a work': wrong(night, 'B +1', {
      policy: { horizonSeconds: 211 },
      change: (plan) => {
        plan.migrations.pop()
        plan.notHome = [{ vm: 'b1', reason: 'horizon' }]
        Object.assign(plan, { makespanSeconds: 212, cost: 515, lowerBoundSeconds: 212, costLowerBound: 515 })
      },
    }),
  })

  testWrongPlans('work-order', {
    'after one that has not ended': wrong(night, 'B @102 +10', {
      policy: { maintenanceAtOnce: 2 },
      change: (plan, { problem }) => {
        Object.assign(problem.works![1]!, { after: ['A'] })
        plan.maintenance = [worked('A', 12), worked('B', 102)]
      },
    }),
    'after one that is left undone': wrong(night, 'A', (plan, parts) => {
      Object.assign(parts.problem.works![0]!, { after: ['B'] })
      dropped(plan, parts)
    }),
    'one that is to be the first': wrong(night, 'A +200', (_, { problem }) =>
      Object.assign(problem.works![1]!, { position: 'first' }),
    ),
    'one that is to be the last': wrong(night, 'A +200', (_, { problem }) =>
      Object.assign(problem.works![0]!, { position: 'last' }),
    ),
    'while another settles': wrong(night, 'B @112 +7', (_, { problem }) =>
      Object.assign(problem.works![0]!, { settleSeconds: 7 }),
    ),
    'a VM that goes back': wrong(night, 'a1 @124', {
      policy: { neverBackwards: true },
      change: (plan) => {
        plan.migrations[2] = leg('a1 C>A 112-124', { round: 2 })
        plan.migrations.splice(3, 1, leg('a1 A>B 124-136', { round: 3, stepsAside: true }))
        plan.maintenance![1] = worked('B', 136)
        plan.migrations.push(leg('a1 B>A 236-248', { round: 4 }))
        plan.notHome = [{ vm: 'b1', reason: 'window' }]
        plan.maintenance = [worked('A', 12), worked('B', 136)]
        plan.migrations[4] = leg('a1 B>A 124-136', { round: 4 })
        plan.migrations = [
          leg('a1 A>C 0-12'),
          leg('b1 B>C 12-24', { round: 1 }),
          leg('a1 C>A 112-124', { round: 2 }),
          leg('a1 A>B 124-136', { round: 3, stepsAside: true }),
          leg('a1 B>A 136-148', { round: 4 }),
        ]
        plan.maintenance = [worked('A', 12), worked('B', 148)]
        Object.assign(plan, { makespanSeconds: 248, cost: 553, lowerBoundSeconds: 248, costLowerBound: 553 })
      },
    }),
  })

  const together: Change = {
    from: night,
    change: (plan) => {
      plan.maintenance = [worked('A', 12), worked('B', 24)]
      plan.migrations[3] = leg('b1 C>B 124-136', { round: 3 })
      Object.assign(plan, { makespanSeconds: 136, cost: 140, lowerBoundSeconds: 136, costLowerBound: 140 })
    },
  }

  testWrongPlans('work-limit', {
    'two at once': { ...together, found: 'maintenanceAtOnce @24 +1' },
    'two that are kept apart': {
      ...together,
      policy: { maintenanceAtOnce: 2 },
      problem: { notTogether: [['C', 'B', 'A']] },
      found: 'A @24 +88',
    },
    'two domains': {
      ...together,
      policy: { maintenanceAtOnce: 2, maintenanceDomain: 'rack' },
      nodes: { A: { domains: new Map([['rack', 'r']]) } },
      found: 'B @24 +88',
    },
  })

  it('two works of one domain may be under way together', () => {
    const domains = new Map([['rack', 'r']])
    const policy = { maintenanceAtOnce: 2, maintenanceDomain: 'rack' }
    expect(violationsOf({ ...together, policy, nodes: { A: { domains }, B: { domains } } })).toEqual([])
  })

  testWrongPlans('home', {
    'one that is not home, and not told of': wrong(night, 'b1 @24', (plan) => {
      plan.migrations.pop()
      Object.assign(plan, { makespanSeconds: 212, cost: 215, lowerBoundSeconds: 212, costLowerBound: 215 })
    }),
    'one that is told of and home': wrong(night, 'b1', (plan) => {
      plan.notHome = [{ vm: 'b1', reason: 'window' }]
      Object.assign(plan, { cost: 528, costLowerBound: 528 })
    }),
    'one that has no home to go to': wrong(night, 'b1', {
      policy: { returnHome: false },
      change: (plan) => {
        plan.migrations.pop()
        plan.notHome = [{ vm: 'b1', reason: 'window' }]
        Object.assign(plan, { makespanSeconds: 212, cost: 515, lowerBoundSeconds: 212, costLowerBound: 515 })
      },
    }),
    'one that steps aside without a mark': wrong(night, 'b1 @112', (plan) => {
      plan.migrations = [
        leg('a1 A>C 0-12'),
        leg('b1 B>C 12-24', { round: 1 }),
        leg('b1 C>A 112-124', { round: 2 }),
        leg('a1 C>A 124-136', { round: 3 }),
        leg('b1 A>B 212-224', { round: 4 }),
      ]
      Object.assign(plan, { cost: 229, costLowerBound: 229 })
    }),
  })
})

describe('what works change of other rules', () => {
  testWrongPlans('anti-affinity', {
    'on arrival': wrong(night, 'b1 @12', {
      vms: { b1: { antiAffinity: ['g'] }, c1: { antiAffinity: ['g'] } },
    }),
    'on arrival, while another leaves': wrong(night, 'b1 @12', {
      vms: { a1: { antiAffinity: ['g'] }, b1: { antiAffinity: ['g'] } },
    }),
  })

  testWrongPlans('cpu-features', {
    'that a work takes away': wrong(night, 'a1 @112', (_, { problem }) =>
      Object.assign(problem.works![0]!, { featuresAfter: ['a'] }),
    ),
  })

  testWrongPlans('node-state', {
    'a paused node before its work': wrong(night, 'B @0', {
      nodes: { B: { state: 'paused' } },
      change: (plan) => {
        plan.migrations[0] = leg('a1 A>B 0-12')
        plan.migrations[1] = leg('a1 B>C 12-24', { round: 1 })
        plan.migrations.splice(2, 0, leg('b1 B>C 24-36', { round: 2 }))
        plan.migrations[3]!.round = 3
        plan.migrations[4]!.round = 4
        Object.assign(plan, { cost: 229, costLowerBound: 229 })
      },
    }),
  })

  testWrongPlans('request', {
    'a VM of no such node': wrong(night, 'c1 @224', {
      vms: { c1: { state: 'running' } },
      change: (plan) => {
        plan.migrations.push(leg('c1 C>A 224-236', { round: 4 }))
        plan.notHome = [{ vm: 'c1', reason: 'window' }]
        Object.assign(plan, { makespanSeconds: 236, cost: 541, lowerBoundSeconds: 236, costLowerBound: 541 })
      },
    }),
    'a mark of stepping aside on one that does not': wrong(saved, 'e1 @110', {
      legs: { 4: { stepsAside: true } },
    }),
    'VMs that are saved for a work of mode live': wrong(saved, 'd1,d2', (_, { problem }) =>
      Object.assign(problem.works![0]!, { mode: 'live' }),
    ),
  })

  testWrongPlans('rounds', {
    'with works': wrong(saved, 'schedule', { plan: { schedule: 'rounds' } }),
  })

  testWrongPlans('figures', {
    'a work after the last migration': wrong(night, 'makespanSeconds', {
      plan: { makespanSeconds: 124, lowerBoundSeconds: 124, cost: 427, costLowerBound: 427 },
      change: (plan) => {
        plan.migrations.pop()
        plan.migrations[1]!.vm = 'b1'
        plan.notHome = [{ vm: 'b1', reason: 'window' }]
      },
    }),
    'the penalty of a migration': wrong(night, 'cost -4', { policy: { migrationPenaltySeconds: 2 } }),
    'the penalty of one that is not home': wrong(night, 'cost,proven +300', { plan: { cost: 528 } }),
    'the status where a work is left undone': wrong(night, 'status', (plan, parts) => {
      dropped(plan, parts)
      plan.status = 'optimal'
    }),
  })
})
