/** Problems and plans written by hand; the numbers are plausible, and the layout is what is tested. */
import type { Migration, Plan } from '../../src/model/plan.js'
import type { ResolvedNode, ResolvedProblem, ResolvedVm, ResolvedWindow } from '../../src/model/problem.js'
import { DEFAULT_POLICY } from '../../src/model/problem.js'

export function node(id: string): ResolvedNode {
  return {
    id,
    vendor: 'Intel',
    features: ['avx2'],
    memoryMiB: 786_432,
    migrationMbps: 10_000,
    slots: 1,
    offloads: [],
    state: 'up',
  }
}

export function vm(id: string, on: string): ResolvedVm {
  return {
    id,
    node: on,
    memoryMiB: 32_768,
    dirtyMiBps: 0,
    workingSetMiB: 32_768,
    bootNode: on,
    compatibility: 'off',
    offloads: [],
    state: 'running',
    allowedNodes: undefined,
    antiAffinity: [],
    affinity: [],
    priority: 2000,
    restartable: false,
    features: ['avx2'],
    vendor: 'Intel',
  }
}

export function resolved(
  nodes: readonly ResolvedNode[],
  vms: readonly ResolvedVm[],
  rest: Partial<ResolvedProblem> = {},
): ResolvedProblem {
  return {
    name: 'sample',
    start: undefined,
    nodes,
    vms,
    nodeById: new Map(nodes.map((n) => [n.id, n])),
    vmById: new Map(vms.map((v) => [v.id, v])),
    windows: [],
    moves: [],
    drains: [],
    policy: DEFAULT_POLICY,
    ...rest,
  }
}

export function migration(
  id: string,
  from: string,
  to: string,
  startSeconds: number,
  endSeconds: number,
  rest: Partial<Migration> = {},
): Migration {
  return {
    vm: id,
    from,
    to,
    kind: 'live',
    startSeconds,
    endSeconds,
    round: 0,
    blackoutSeconds: 0.1,
    lostOffloads: [],
    lostFeatures: [],
    ...rest,
  }
}

export function plan(migrations: Migration[], rest: Partial<Plan> = {}): Plan {
  const makespanSeconds = Math.max(0, ...migrations.map((m) => m.endSeconds))
  return {
    version: 1,
    problem: 'sample',
    status: 'optimal',
    proven: true,
    schedule: 'timeline',
    makespanSeconds,
    lowerBoundSeconds: makespanSeconds,
    gap: 0,
    cost: makespanSeconds,
    costLowerBound: makespanSeconds,
    migrations,
    unplaced: [],
    drained: [],
    warnings: [],
    statistics: {
      runtimeSeconds: 0.21,
      seed: 0,
      lpSolves: 12,
      columns: 340,
      roundsScored: 2_000_000,
      evaluations: 900_000,
      bound: 'matching-lp',
    },
    ...rest,
  }
}

/** Four nodes, a start, windows of every scope, one unplaced VM, one parking move, a drain that does not finish. */
export function maintenanceNight(): { problem: ResolvedProblem; plan: Plan } {
  const windows: ResolvedWindow[] = [
    { vm: 'sql-07', startSeconds: 3600, endSeconds: 7200, kind: 'backup', source: 0 },
    { node: 'HV02', startSeconds: 600, endSeconds: 900, kind: 'backup', source: 1 },
    { startSeconds: 0, endSeconds: 60, kind: 'blackout', source: 2 },
  ]
  const problem = resolved(
    ['HV01', 'HV02', 'HV03', 'HV04'].map(node),
    [
      vm('sql-07', 'HV01'),
      vm('web-01', 'HV01'),
      vm('web-02', 'HV03'),
      vm('ad-01', 'HV03'),
      vm('legacy-02', 'HV03'),
      vm('file-01', 'HV01'),
    ],
    {
      name: 'prod-cluster-01',
      start: { epochMs: Date.parse('2026-11-23T20:00:00+01:00'), offsetMinutes: 60 },
      windows,
      drains: [
        { node: 'HV01', mode: 'live' },
        { node: 'HV03', mode: 'live' },
      ],
    },
  )
  const migrations = [
    migration('sql-07', 'HV01', 'HV02', 60, 391.25, { blackoutSeconds: 1.4, lostOffloads: ['rdma'] }),
    migration('web-02', 'HV03', 'HV04', 60, 214.5, { parking: true }),
    migration('ad-01', 'HV03', 'HV04', 214.5, 394.5, {
      kind: 'restart',
      round: 1,
      blackoutSeconds: 180,
      lostFeatures: ['avx512f', 'avx512vl'],
    }),
    migration('web-01', 'HV01', 'HV04', 391.25, 700, { round: 1 }),
    migration('web-02', 'HV04', 'HV02', 900, 1054.567, { round: 2 }),
    migration('file-01', 'HV01', 'HV04', 1054.567, 1234.567, { round: 3, blackoutSeconds: 0.4 }),
  ]
  return {
    problem,
    plan: plan(migrations, {
      problem: 'prod-cluster-01',
      status: 'partial',
      proven: false,
      lowerBoundSeconds: 1190.5,
      gap: 44.067 / 1234.567,
      cost: 1884.567,
      costLowerBound: 1840.5,
      unplaced: [
        {
          vm: 'legacy-02',
          reason: 'cpu-features',
          detail: 'HV04 lacks avx512f',
          nodes: { HV02: 'memory', HV04: 'cpu-features' },
          remedies: ['restart in compatibility mode moves it to HV04'],
        },
      ],
      drained: [{ node: 'HV01', atSeconds: 1234.567 }],
      warnings: [
        {
          code: 'backup-missed',
          vm: 'web-01',
          node: 'HV01',
          message:
            'leaves HV01 before its backup at 23:00 and finds no later one on HV04: this run leaves it without a backup',
        },
      ],
    }),
  }
}

/** Three nodes, no start, everything placed: what a first try looks like. */
export function smallPlan(): { problem: ResolvedProblem; plan: Plan } {
  return {
    problem: resolved(['A', 'B', 'C'].map(node), [vm('vm-1', 'A'), vm('vm-2', 'B'), vm('vm-3', 'A')]),
    plan: plan([
      migration('vm-1', 'A', 'B', 0, 31.25),
      migration('vm-3', 'A', 'C', 31.25, 60),
      migration('vm-2', 'B', 'C', 60, 90.5, { round: 1 }),
    ]),
  }
}

/** `nodes` nodes of which the first `busy` send one VM each, longest first, to the last node; starts at 23:50. */
export function largePlan(nodes: number, busy: number): { problem: ResolvedProblem; plan: Plan } {
  const ids = Array.from({ length: nodes }, (_, i) => `HV${String(i + 1).padStart(3, '0')}`)
  const last = ids[nodes - 1]
  let at = 0
  const migrations = Array.from({ length: busy }, (_, i) => {
    const start = at
    at += 100 - i / 10
    return migration(`vm-${String(i + 1).padStart(4, '0')}`, ids[i % (nodes - 1)], last, start, at, {
      round: i,
    })
  })
  return {
    problem: resolved(
      ids.map(node),
      migrations.map((m) => vm(m.vm, m.from)),
      { start: { epochMs: Date.parse('2026-12-31T23:50:00-05:00'), offsetMinutes: -300 } },
    ),
    plan: plan(migrations),
  }
}
