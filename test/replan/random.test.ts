/**
 * Random problems, planned and cut at random: what is left is a problem, its plan keeps every rule of it, and what has happened with what
 * is planned behind it keeps every rule of the first problem.
 */
import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import { compareMigrations } from '../../src/check/replay.js'
import { planFingerprint } from '../../src/model/fingerprint.js'
import type { Plan, ViolationRule } from '../../src/model/plan.js'
import type { Problem, ResolvedProblem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { betterOf } from '../../src/replan/candidate.js'
import type { Remaining } from '../../src/replan/remaining.js'
import { remaining } from '../../src/replan/replan.js'
import { Random } from '../../src/solver/random.js'
import { cases } from '../cases.js'
import { type Flavour, flavourOf, planOf, randomProblem } from '../solver/problems.js'
import { cut, START_MS } from './simulate.js'

const flavours: Record<string, Flavour> = {
  moves: flavourOf(6, 'moves'),
  drains: flavourOf(6, 'drain'),
  windows: flavourOf(6, 'both', 'windows'),
  memory: flavourOf(6, 'both', 'memory', 'parking'),
  tight: flavourOf(6, 'moves', 'memory', 'parking', 'tight'),
  rules: flavourOf(6, 'both', 'rules', 'windows'),
  everything: flavourOf(6, 'both', 'memory', 'rules', 'windows', 'parking', 'makeRoom'),
  time: flavourOf(6, 'both', 'windows', 'parking', 'memory', 'time'),
  'time and rules': flavourOf(6, 'both', 'rules', 'time'),
  limits: flavourOf(6, 'moves', 'windows', 'rules', 'limits'),
  spaces: flavourOf(6, 'both', 'rules', 'spaces', 'tight', 'parking'),
  lag: flavourOf(6, 'both', 'rules', 'durations'),
  width: flavourOf(6, 'both', 'windows', 'width'),
  networks: flavourOf(6, 'both', 'rules', 'networks', 'width'),
  policies: flavourOf(6, 'drain', 'memory', 'policies', 'groups'),
}

/** What an instant can break; whether a VM got all that was asked is for the second plan alone. */
const PHYSICAL = new Set<ViolationRule>([
  ...([
    'order',
    'horizon',
    'slots',
    'width',
    'network',
    'limit',
    'window',
    'memory',
    'vcpus',
    'devices',
  ] as const),
  ...(['serial', 'sequence', 'deadline'] as const),
  ...(['cpu-vendor', 'cpu-features', 'allowed-nodes', 'node-state'] as const),
])

/** What has happened, what is expected of what is under way, and the new plan, from the first second 0. */
function whole(left: Remaining, second: Plan): Plan {
  const shift = left.nowSeconds
  const at = (seconds: number) => Math.round((seconds + shift) * 1e6) / 1e6
  const migrations = [
    ...left.ended,
    ...left.running.map(({ migration, leftSeconds }) => ({ ...migration, endSeconds: at(leftSeconds) })),
    ...second.migrations.map((m) => ({
      ...m,
      startSeconds: at(m.startSeconds),
      endSeconds: at(m.endSeconds),
    })),
  ]
  return { ...second, migrations: migrations.sort(compareMigrations) }
}

async function replanned(left: Remaining): Promise<Plan> {
  return betterOf(await planOf(left.problem), left, resolveProblem(left.problem))
}

const withStart = (problem: Problem): Problem => ({ ...problem, start: '2026-11-23T20:00:00+01:00' })

describe.each(Object.entries(flavours))('%s', (_, flavour) => {
  it('on time, ends no later than the first plan would', async () => {
    let cuts = 0
    for (let seed = 1; cuts < cases(44); seed++) {
      const random = new Random(seed)
      const dated = random.below(2) === 0
      const problem = dated ? withStart(randomProblem(seed, flavour)) : randomProblem(seed, flavour)
      const first = await planOf(problem)
      if (first.makespanSeconds === 0 || first.unplaced.length > 0) continue
      const nowSeconds = Math.round(first.makespanSeconds * (random.below(95) + 1) * 10) / 1000
      const run = cut(problem, first, nowSeconds, random, { late: 0, failures: 0 })
      const left = remaining(problem, first, run.journal, { now: nowSeconds })
      expect(left.failed).toEqual([])
      expect(left.ended.length + left.running.length + left.left.length).toBe(first.migrations.length)
      const resolved = resolveProblem(left.problem)
      const second = await replanned(left)
      expect(checkResolved(resolved, second), `seed ${seed}`).toEqual([])
      const all = whole(left, second)
      const rules = checkResolved(resolveProblem(problem), all).filter(({ rule }) => PHYSICAL.has(rule))
      expect(rules, `seed ${seed}`).toEqual([])
      cuts++
      if (mayHaveToWait(left, resolved) || problem.policy?.tolerateNodeFailure === true) continue
      expect(second.unplaced, `seed ${seed}`).toEqual([])
      const paid = [...left.ended, ...left.running.map(({ migration }) => migration)]
      const penalties = penaltiesOf(paid, problem)
      const end = Math.max(0, ...paid.map((m) => m.endSeconds))
      const before = first.cost
      const after = Math.max(end, second.makespanSeconds === 0 ? 0 : left.nowSeconds + second.makespanSeconds)
      const cost = after + penalties + (second.cost - second.makespanSeconds)
      expect(cost, `seed ${seed}`).toBeLessThanOrEqual(before + 1e-6)
    }
  }, 120_000)

  it('with delays and failures, keeps every rule', async () => {
    let troubled = 0
    for (let seed = 1001; troubled < cases(33); seed++) {
      const random = new Random(seed)
      const problem = randomProblem(seed, flavour)
      const first = await planOf(problem)
      if (first.migrations.length === 0) continue
      const nowSeconds = Math.round(first.makespanSeconds * (random.below(110) + 1) * 10) / 1000
      if (nowSeconds >= (problem.policy?.horizonSeconds ?? 1e9)) continue
      const run = cut(problem, first, nowSeconds, random, { late: 30, failures: 40 })
      troubled += run.late.size + run.failed.size
      const skip = [...run.failed].filter(() => random.below(3) === 0).map(({ vm }) => vm)
      const left = remaining(problem, first, run.journal, { now: nowSeconds, skip })
      expect(new Set(left.failed.map(({ migration }) => migration))).toEqual(run.failed)
      const second = await replanned(left)
      expect(checkResolved(resolveProblem(left.problem), second), `seed ${seed}`).toEqual([])
      for (const { vm, from, to } of left.halted) {
        const again = second.migrations.filter((m) => m.vm === vm)
        const placed = second.unplaced.every((each) => each.vm !== vm)
        expect(again, `seed ${seed}`).toMatchObject(placed ? [{ from, to }] : [])
      }
      for (const vm of skip)
        expect(second.migrations.filter((m) => m.vm === vm && m.makesRoom !== true)).toEqual([])
      const begun = new Set([...left.ended, ...left.running.map((r) => r.migration)].map(({ vm }) => vm))
      const rules = checkResolved(resolveProblem(problem), whole(left, second)).filter(
        // Whoever had gone before one that was late, or failed, has gone. One that is late may run into a window, and past the horizon: nobody can help that now.
        ({ rule, subject, atSeconds = Infinity }) =>
          PHYSICAL.has(rule) &&
          // The run that is cut goes by nodes alone: what is late may have met its serial group there.
          !(rule === 'serial' && run.late.size > 0 && atSeconds < left.nowSeconds) &&
          !(rule === 'sequence' && begun.has(subject)) &&
          ![...run.late].some(({ vm }) => vm === subject && ['window', 'horizon', 'deadline'].includes(rule)),
      )
      expect(rules, `seed ${seed}`).toEqual([])

      // And once more: the second run is cut as well.
      if (second.makespanSeconds < 0.02) continue
      const again = Math.round(second.makespanSeconds * 500) / 1000
      const next = cut(left.problem, second, again, random, { late: 0, failures: 0 })
      const last = remaining(left.problem, second, next.journal, { now: again })
      expect(checkResolved(resolveProblem(last.problem), await replanned(last)), `seed ${seed}`).toEqual([])
    }
  }, 120_000)
})

/**
 * A window takes the whole node: its other slots, and what needs none. The rest of the first plan then has to wait as well. A restart
 * begins anew.
 */
function mayHaveToWait(
  { running, halted, left, problem }: Remaining,
  { nodeById }: ResolvedProblem,
): boolean {
  if (halted.length > 0) return true
  // All of it where a limit of the cluster could be exceeded.
  if (problem.windows?.some((w) => w.start === 0 && w.vm === undefined && w.node === undefined)) return true
  return running.some(({ migration: { from, to, kind } }) =>
    [from, to].some((id) => {
      const needNone = left.some((m) => m.kind !== 'live' && (m.from === id || m.to === id))
      return kind !== 'live' || needNone || (nodeById.get(id)?.slots ?? 1) > 1
    }),
  )
}

function penaltiesOf(migrations: Plan['migrations'], problem: Problem): number {
  const policy = resolveProblem(problem).policy
  return migrations.reduce((sum, m) => {
    const own =
      m.kind === 'restart'
        ? policy.restartPenaltySeconds
        : m.kind.startsWith('save')
          ? policy.savePenaltySeconds
          : 0
    const lost =
      m.lostOffloads.length * policy.offloadPenaltySeconds +
      m.lostFeatures.length * policy.featureLossPenaltySeconds
    return sum + own + lost
  }, 0)
}

it('does not change its arguments', async () => {
  const problem = randomProblem(3, flavours.everything!)
  const first = await planOf(problem)
  const before = JSON.stringify([problem, first])
  const run = cut(problem, first, first.makespanSeconds / 2, new Random(1), { late: 0, failures: 0 })
  remaining(problem, first, run.journal, {
    now: new Date(START_MS + first.makespanSeconds * 500).toISOString(),
  })
  expect(JSON.stringify([problem, first])).toBe(before)
  expect(planFingerprint(first)).toMatch(/^[0-9a-f]{16}$/)
})
