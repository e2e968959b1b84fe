/** Problems and plans written by hand; the numbers are plausible, and the layout is what is tested. */
import type { Explanation } from '../../src/model/explanation.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { ResolvedProblem, ResolvedWindow } from '../../src/model/problem.js'
import { DEFAULT_POLICY } from '../../src/model/problem.js'
import type { Quiet } from '../../src/model/quiet.js'
import { type ProblemParts, planOf, problemOf } from '../check/fixture.js'
import { migrationOf } from '../problem.js'

export const node = (id: string) => ({ id, features: ['avx2'], memoryMiB: 786_432, migrationMbps: 10_000 })

export const vm = (id: string, on: string) => ({ id, node: on, memoryMiB: 32_768, features: ['avx2'] })

export function resolved(
  nodes: ProblemParts['nodes'],
  vms: ProblemParts['vms'],
  rest: Partial<ResolvedProblem> = {},
): ResolvedProblem {
  // Costs here are by hand.
  const policy = { ...DEFAULT_POLICY, blackoutPenaltySeconds: 0 }
  return { ...problemOf({ nodes, vms }), name: 'sample', policy, ...rest }
}

export function migration(
  id: string,
  from: string,
  to: string,
  startSeconds: number,
  endSeconds: number,
  rest: Partial<Migration> = {},
): Migration {
  return migrationOf({ vm: id, from, to, startSeconds, endSeconds, blackoutSeconds: 0.1, ...rest })
}

export function plan(migrations: Migration[], rest: Partial<Plan> = {}): Plan {
  const makespanSeconds = Math.max(0, ...migrations.map((m) => m.endSeconds))
  const statistics = { runtimeSeconds: 0.21, seed: 0, lpSolves: 12, columns: 340, bound: 'matching-lp' }
  return planOf({
    problem: 'sample',
    makespanSeconds,
    cost: makespanSeconds,
    migrations,
    statistics: { ...statistics, roundsScored: 2_000_000, evaluations: 900_000 },
    ...rest,
  })
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
      ...[vm('sql-07', 'HV01'), vm('web-01', 'HV01'), vm('web-02', 'HV03')],
      ...[vm('ad-01', 'HV03'), vm('legacy-02', 'HV03'), vm('file-01', 'HV01')],
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

/** Of the maintenance night: one VM, one node, one change that helps and one that does not. */
export function nightExplained(): Explanation {
  const night = maintenanceNight()
  const losses = { lostOffloads: ['rdma'], lostFeatures: [] }
  const unreached = { asked: true, possible: false, chosen: false, ways: [] }
  const none = { nodes: [], vms: [], windows: [] }
  const figures = {
    status: 'optimal' as const,
    proven: true,
    unplacedVms: [],
    lowerBoundSeconds: 1234.567,
    costLowerBound: 1884.567,
    complete: true,
    needsChange: true,
  }
  return {
    version: 1,
    problem: 'prod-cluster-01',
    schedule: 'timeline',
    seed: 0,
    effort: 3,
    plan: night.plan,
    complete: true,
    vms: [
      {
        vm: 'legacy-02',
        node: 'HV03',
        state: 'running',
        memoryMiB: 32_768,
        request: 'drain',
        outcome: 'unplaced',
        migrations: [],
        nodes: [
          {
            node: 'HV01',
            ...unreached,
            obstacles: [{ reason: 'node-state', detail: 'HV01 is being drained: it receives nothing' }],
          },
          {
            node: 'HV02',
            asked: true,
            possible: true,
            chosen: false,
            ways: [{ kind: 'live', durationSeconds: 31, blackoutSeconds: 0, penaltySeconds: 30, ...losses }],
            obstacles: [],
            blocked: { reason: 'memory', freeMiB: 32_000, missingMiB: 768, rivals: [] },
          },
          {
            node: 'HV04',
            ...unreached,
            obstacles: [
              { reason: 'cpu-features', detail: 'HV04 lacks avx512f', missingFeatures: ['avx512f'] },
            ],
          },
        ],
        compatibility: [
          {
            mode: 'minimum',
            lostFeatures: ['avx2', 'avx512f'],
            cpuFits: ['HV01', 'HV02', 'HV04'],
            reaches: ['HV02', 'HV04'],
          },
          { mode: 'cluster', lostFeatures: ['avx512f'], cpuFits: ['HV01', 'HV02'], reaches: ['HV02'] },
        ],
        reason: 'cpu-features',
        detail: 'HV04 lacks avx512f',
        remedies: ['restart in compatibility mode moves it to HV04'],
      },
    ],
    nodes: [
      {
        node: 'HV01',
        sendSeconds: 819.996,
        receiveSeconds: 0,
        sendReceiveSeconds: 0,
        otherSeconds: 0,
        workSeconds: 0,
        backupSeconds: 0,
        blackoutSeconds: 60,
        idleSeconds: 354.571,
        lastEndSeconds: 1234.567,
        drained: true,
        emptyAtSeconds: 1234.567,
        leftVms: [],
        migrations: [
          { vm: 'sql-07', role: 'send', other: 'HV02', kind: 'live', startSeconds: 60, endSeconds: 391.25 },
        ],
        segments: [
          { activity: 'blackout', startSeconds: 0, endSeconds: 60, vms: [] },
          { activity: 'send', startSeconds: 60, endSeconds: 391.25, vms: ['sql-07'] },
        ],
      },
    ],
    bound: {
      method: 'node-load',
      lowerBoundSeconds: 1190.5,
      costLowerBound: 1840.5,
      gap: night.plan.gap,
      proven: false,
      nodes: ['HV01'],
      vms: ['sql-07'],
      windows: [],
      lastNodes: ['HV01', 'HV04'],
      lastVms: ['file-01'],
      penalties: [],
      sentences: ['HV01 decides: whatever is chosen, it takes part in 3 migrations, one after another.'],
    },
    relaxations: [
      {
        kind: 'restart',
        change: 'legacy-02 may be restarted, with allowRestart',
        ...none,
        vms: ['legacy-02'],
        patch: [{ op: 'add', path: '/vms/4/restartable', value: true }],
        ...figures,
        unplaced: 0,
        makespanSeconds: 1234.567,
        cost: 1884.567,
        gain: { unplaced: 1, unplacedWeight: 2001, makespanSeconds: 0, cost: 0 },
        helps: true,
      },
      {
        kind: 'slot',
        change: 'one more slot on HV01 (2 instead of 1)',
        ...none,
        nodes: ['HV01'],
        patch: [{ op: 'add', path: '/nodes/0/slots', value: 2 }],
        ...figures,
        unplaced: 1,
        makespanSeconds: 1244.567,
        cost: 1894.567,
        gain: { unplaced: 0, unplacedWeight: 0, makespanSeconds: -10, cost: -10 },
        helps: false,
      },
    ],
    ruledOut: [
      {
        kind: 'save',
        change: 'VMs may be saved, moved and resumed (allowSave)',
        ...none,
        patch: [{ op: 'add', path: '/policy', value: { allowSave: true } }],
        gainAtMost: 0,
      },
    ],
    notComputed: [],
  }
}

/** Of the maintenance night: quiet for ten minutes in its first two hours, as far as HV02, HV03 and web-01 go. */
export function nightQuiet(): Quiet {
  return {
    version: 1,
    problem: 'prod-cluster-01',
    durationSeconds: 600,
    untilSeconds: 7200,
    nodes: [
      { node: 'HV02', spans: [{ startSeconds: 1054.567, endSeconds: 7200 }] },
      { node: 'HV03', spans: [{ startSeconds: 394.5, endSeconds: 7200 }] },
    ],
    vms: [{ vm: 'web-01', spans: [{ startSeconds: 700, endSeconds: 7200 }] }],
    common: [{ startSeconds: 1054.567, endSeconds: 7200 }],
    best: {
      startSeconds: 1054.567,
      endSeconds: 1654.567,
      quietUntilSeconds: 7200,
      windows: [{ node: 'HV02', kind: 'backup', startSeconds: 1600, endSeconds: 1900 }],
    },
  }
}
