/** JSON output: two spaces of indent, keys in the order of docs/format.md, one newline at the end. */
import type { CpuComparison } from '../model/cpu/compare.js'
import type { CpuModel } from '../model/cpu/table.js'
import type { Explanation } from '../model/explanation.js'
import type { Plan, Violation } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { Quiet } from '../model/quiet.js'
import { escapeJson } from './controls.js'
import type { CpuPage } from './table/cpu.js'

const PLAN_KEYS = [
  'version',
  'problem',
  'status',
  'proven',
  'schedule',
  'makespanSeconds',
  'lowerBoundSeconds',
  'gap',
  'cost',
  'costLowerBound',
  'migrations',
  'unplaced',
  'drained',
  'maintenance',
  'notMaintained',
  'notHome',
  'balance',
  'warnings',
  'statistics',
]
const PROBLEM_KEYS = ['version', 'name', 'start', 'nodes', 'vms', 'windows', 'request', 'policy']
const MIGRATION_KEYS = [
  'vm',
  'from',
  'to',
  'kind',
  'startSeconds',
  'endSeconds',
  'round',
  'blackoutSeconds',
  'lostOffloads',
  'lostFeatures',
  'parking',
  'makesRoom',
]
const UNPLACED_KEYS = ['vm', 'reason', 'detail', 'nodes', 'remedies']
const DRAINED_KEYS = ['node', 'atSeconds']
const WARNING_KEYS = ['code', 'vm', 'node', 'missingMiB', 'message']
const STATISTICS_KEYS = [
  'runtimeSeconds',
  'seed',
  'lpSolves',
  'columns',
  'roundsScored',
  'evaluations',
  'bound',
]
const EXPLANATION_KEYS = [
  'version',
  'problem',
  'schedule',
  'seed',
  'effort',
  'vm',
  'node',
  'complete',
  'bound',
  'relaxations',
  'ruledOut',
  'notComputed',
  'vms',
  'nodes',
  'plan',
]
const CPU_KEYS = [
  'name',
  'vendor',
  'generation',
  'year',
  'signatures',
  'aliases',
  'foundBy',
  'featureCount',
  'features',
  'mayHave',
  'groups',
  'hidden',
  'source',
]
const CPU_COMPARISON_KEYS = ['from', 'to', 'forward', 'backward', 'lost', 'gained', 'common']
const QUIET_KEYS = ['version', 'problem', 'durationSeconds', 'untilSeconds', 'best', 'common', 'nodes', 'vms']
const VIOLATION_KEYS = ['rule', 'subject', 'atSeconds', 'excess', 'message']

/** The named keys first, in that order; whatever else the object carries after them, sorted. */
function ordered(value: object, keys: readonly string[]): Record<string, unknown> {
  const source = value as Record<string, unknown>
  const rest = Object.keys(source)
    .filter((key) => !keys.includes(key))
    .sort()
  const result: Record<string, unknown> = {}
  for (const key of [...keys, ...rest]) {
    if (source[key] !== undefined) result[key] = source[key]
  }
  return result
}

/** JSON knows neither NaN nor Infinity and would write `null`: a plan that holds one is wrong and must not look right. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`"${key}" is ${value}`)
  return value
}

function serialise(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, refuseNonFinite, 2))}\n`
}

/**
 * The same plan gives the same text, whatever order its keys were set in. Keys that the format does not name come last.
 * @throws Error where a number is NaN or infinite.
 */
export function planToJson(plan: Plan): string {
  return serialise(orderedPlan(plan))
}

/** A problem as docs/format.md orders it; what is in its objects stands as it was given. */
export function problemToJson(problem: Problem): string {
  return serialise(ordered(problem, PROBLEM_KEYS))
}

function orderedPlan(plan: Plan): Record<string, unknown> {
  return ordered(
    {
      ...plan,
      migrations: plan.migrations.map((m) => ordered(m, MIGRATION_KEYS)),
      unplaced: plan.unplaced.map((u) => ordered(u, UNPLACED_KEYS)),
      drained: plan.drained.map((d) => ordered(d, DRAINED_KEYS)),
      warnings: plan.warnings.map((w) => ordered(w, WARNING_KEYS)),
      statistics: ordered(plan.statistics, STATISTICS_KEYS),
    },
    PLAN_KEYS,
  )
}

/**
 * What is short and asked for most comes first, the plan itself last. Below that, keys stand as `explain()` sets them.
 * @throws Error where a number is NaN or infinite.
 */
export function explanationToJson(explanation: Explanation): string {
  return serialise(ordered({ ...explanation, plan: orderedPlan(explanation.plan) }, EXPLANATION_KEYS))
}

/** An array, `[]` where the plan is right; fields as in `Violation`. */
export function violationsToJson(violations: readonly Violation[]): string {
  return serialise(violations.map((v) => ordered(v, VIOLATION_KEYS)))
}

/** An array in the order of the table. */
export function cpuListToJson(models: readonly CpuModel[]): string {
  return serialise(
    models.map((model) => ordered({ ...model, featureCount: model.features.length }, CPU_KEYS)),
  )
}

export function cpuToJson({ found, groups, hidden }: CpuPage): string {
  const { model, by } = found
  return serialise(
    ordered({ ...model, foundBy: by, featureCount: model.features.length, groups, hidden }, CPU_KEYS),
  )
}

export function cpuComparisonToJson(comparison: CpuComparison): string {
  return serialise(ordered(comparison, CPU_COMPARISON_KEYS))
}

/** The answer first, then what it rests on. @throws Error where a number is NaN or infinite. */
export function quietToJson(report: Quiet): string {
  return serialise(ordered(report, QUIET_KEYS))
}
