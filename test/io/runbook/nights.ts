/** Problems for simulated nights, and what really happened in one as a plan for the checker. */
import { checkResolved } from '../../../src/check/check-resolved.js'
import type { MaintainedNode, Migration, Plan, Violation } from '../../../src/model/plan.js'
import type { Instant, Problem, ResolvedProblem } from '../../../src/model/problem.js'
import type { TraceEntry } from '../../powershell/pwsh.js'
import { type Flavour, flavourOf, planOf, randomProblem } from '../../solver/problems.js'

export const NIGHTS_OF_EACH = 2

export const NIGHTS: Record<string, { flavour: Flavour; schedule?: 'rounds' }> = {
  timeline: { flavour: flavourOf(12, 'moves') },
  rounds: { flavour: flavourOf(12, 'both'), schedule: 'rounds' },
  windows: { flavour: flavourOf(12, 'both', 'windows') },
  'windows in rounds': { flavour: flavourOf(12, 'moves', 'windows'), schedule: 'rounds' },
  'memory and parking': { flavour: flavourOf(12, 'moves', 'memory', 'tight', 'parking', 'makeRoom') },
  drains: { flavour: flavourOf(12, 'drain', 'memory') },
  'restarts and saves': { flavour: flavourOf(12, 'both', 'rules') },
  limits: { flavour: flavourOf(12, 'both', 'rules', 'limits') },
  'vCPUs and devices': { flavour: flavourOf(12, 'both', 'tight', 'spaces', 'parking') },
  'order and serial groups': { flavour: flavourOf(12, 'both', 'rules', 'windows', 'time') },
  'width and networks': { flavour: flavourOf(12, 'both', 'width', 'networks') },
  groups: { flavour: flavourOf(12, 'drain', 'memory', 'tight', 'policies', 'groups') },
}

/** Seconds in the random problems are few: a minute for each leaves room for polls and margins. */
const SCALE = 60

/** The same problem, slower, without an end of the horizon. */
function slowed(problem: Problem): Problem {
  const policy = problem.policy ?? {}
  return {
    ...problem,
    nodes: problem.nodes.map((node) => ({ ...node, migrationMbps: node.migrationMbps / SCALE })),
    ...(problem.networks && {
      networks: problem.networks.map((network) => ({ ...network, mbps: network.mbps / SCALE })),
    }),
    vms: problem.vms.map((vm) =>
      vm.dirtyMiBps === undefined ? vm : { ...vm, dirtyMiBps: vm.dirtyMiBps / SCALE },
    ),
    windows: (problem.windows ?? []).map((window) => ({
      ...window,
      start: (window.start as number) * SCALE,
      end: (window.end as number) * SCALE,
    })),
    request: {
      ...problem.request,
      ...(problem.request.moves === undefined
        ? {}
        : {
            moves: problem.request.moves
              .map((move) =>
                move.durationSeconds === undefined
                  ? move
                  : { ...move, durationSeconds: move.durationSeconds * SCALE },
              )
              .map(slowedDeadline),
          }),
      ...(problem.request.drain === undefined
        ? {}
        : {
            drain: problem.request.drain.map((each) =>
              typeof each === 'string' ? each : slowedDeadline(each),
            ),
          }),
    },
    policy: {
      ...policy,
      setupSeconds: policy.setupSeconds! * SCALE,
      restartSeconds: policy.restartSeconds! * SCALE,
      saveMiBps: policy.saveMiBps! / SCALE,
      horizonSeconds: 604_800,
    },
  }
}

const slowedDeadline = <T extends { by?: Instant }>(asked: T): T =>
  asked.by === undefined ? asked : { ...asked, by: Number(asked.by) * SCALE }

export interface Night {
  problem: Problem
  plan: Plan
}

/** Undefined where the random problem gives nothing to do. */
export async function nightOf(kind: string, seed: number): Promise<Night | undefined> {
  const { flavour, schedule = 'timeline' } = NIGHTS[kind]
  const problem = slowed(randomProblem(seed * 7919 + 13, flavour))
  const plan = await planOf(problem, { schedule })
  return plan.migrations.length === 0 ? undefined : { problem, plan }
}

/** A migration that took place, in seconds of the plan. */
export type Done = Pick<Migration, 'vm' | 'from' | 'to' | 'kind' | 'startSeconds' | 'endSeconds'>

/** Least number above all that has ended on the nodes of each: the numbering of a timeline. */
function withRounds(done: readonly Done[], plan: Plan): Migration[] {
  const sorted = [...done].sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
  const numbered: Migration[] = []
  for (const each of sorted) {
    const nodes = [each.from, each.to]
    const above = numbered
      .filter((o) => o.endSeconds <= each.startSeconds && (nodes.includes(o.from) || nodes.includes(o.to)))
      .map((o) => o.round + 1)
    const planned = plan.migrations.find((m) => m.vm === each.vm && m.from === each.from && m.to === each.to)
    numbered.push({
      ...each,
      ...(planned?.slots === undefined ? {} : { slots: planned.slots }),
      ...(planned?.parking === true ? { parking: true } : {}),
      ...(planned?.makesRoom === true ? { makesRoom: true } : {}),
      ...(planned?.stepsAside === true ? { stepsAside: true } : {}),
      round: Math.max(0, ...above),
      blackoutSeconds: 0,
      lostOffloads: [],
      lostFeatures: [],
    })
  }
  return numbered
}

/** Rules that speak of figures and of the request, not of what was done to the cluster; and deadlines, which a night that is late passes. */
const SET_ASIDE = new Set(['duration', 'width', 'figures', 'request', 'deadline'])

/** Slots and windows, which attempts that come to nothing have to respect as well. `untilSeconds`: of those that are under way. */
export function judgeAttempts(
  { nodes, windows }: ResolvedProblem,
  attempts: readonly TraceEntry[],
  untilSeconds: number,
): string[] {
  const faults: string[] = []
  const overlap = (a: { start: number; end: number }, b: { start: number; end: number }) =>
    a.start < b.end && b.start < a.end
  const spans = attempts.map((each) => ({
    ...each,
    start: each.startSeconds,
    end: each.endSeconds ?? untilSeconds,
  }))
  for (const each of spans) {
    const met = windows.find(
      (w) =>
        (w.vm ?? each.vm) === each.vm &&
        (w.node === undefined || w.node === each.from || w.node === each.to) &&
        overlap(each, { start: w.startSeconds, end: w.endSeconds }),
    )
    if (met !== undefined) faults.push(`${each.kind} of ${each.vm} meets the window at ${met.startSeconds} s`)
    if (each.kind !== 'live') continue
    for (const { id, slots } of nodes) {
      const there = spans.filter((o) => o.kind === 'live' && (o.from === id || o.to === id))
      const together = there.filter((o) => o.start <= each.start && each.start < o.end)
      if (there.includes(each) && together.length > slots) faults.push(`${id} carries ${together.length}`)
    }
  }
  return faults
}

/** A work that was done, in seconds of the plan. */
export type WorkDone = Pick<MaintainedNode, 'node' | 'startSeconds' | 'endSeconds'>

/**
 * What the checker says of a night as it was: all rules but those of figures, durations and the request. Works last as long as they lasted; what
 * is not home, and not worked on, is told as such.
 */
export function judge(
  problem: ResolvedProblem,
  plan: Plan,
  done: readonly Done[],
  works: readonly WorkDone[] = [],
): Violation[] {
  const real: Plan = { ...plan, schedule: 'timeline', migrations: withRounds(done, plan), drained: [] }
  if (problem.works === undefined)
    return checkResolved(problem, real).filter(({ rule }) => !SET_ASIDE.has(rule))
  const spans = new Map(works.map((work) => [work.node, work]))
  const at = new Map(problem.vms.map(({ id, node }) => [id, node]))
  for (const { vm, to } of real.migrations) at.set(vm, to)
  const asItWas: Plan = {
    ...real,
    maintenance: works.map((work) => ({ ...work, slackSeconds: 0 })),
    notMaintained: problem.works
      .filter(({ node }) => !spans.has(node))
      .map(({ node }) => ({ node, reason: 'window', detail: '', vms: [] })),
    notHome: problem.policy.returnHome
      ? problem.vms
          .filter(({ id, node }) => at.get(id) !== node)
          .map(({ id }) => ({ vm: id, reason: 'memory' }))
      : [],
  }
  const lasted = problem.works.map((work) => {
    const span = spans.get(work.node)
    return span === undefined ? work : { ...work, durationSeconds: span.endSeconds - span.startSeconds }
  })
  // What steps aside is told by the plan, in which every work was done.
  const marks = / not marked as stepping aside$/
  return checkResolved({ ...problem, works: lasted }, asItWas).filter(
    ({ rule, message }) => !SET_ASIDE.has(rule) && !marks.test(message),
  )
}
