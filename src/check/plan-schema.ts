/** The plan's shape (docs/format.md, version 1). What the numbers mean, and whether they are right, is for the rules. */
import * as v from 'valibot'
import { InvalidProblemError } from '../errors.js'
import { isArray } from '../model/issues.js'
import { described } from '../model/json-schema.js'
import type { Plan } from '../model/plan.js'
import { schemaIssue } from '../model/shape.js'

/** As `strictObject`, which names only the first unknown key of an object; this one names all. */
function closed<const E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, undefined> {
  return v.objectWithRest(entries, v.never()) as unknown as v.StrictObjectSchema<E, undefined>
}

const id = v.pipe(v.string(), v.nonEmpty())
/** So far beyond anything that a problem can make, that differences and sums stay finite. */
const MOST = 1e15
const amount = v.pipe(
  v.number(),
  v.minValue(-MOST, `expected a number from ${-MOST} to ${MOST}`),
  v.maxValue(MOST, `expected a number from ${-MOST} to ${MOST}`),
)
const taken = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const integer = v.pipe(v.number(), v.safeInteger())
const reasons = [
  'cpu-vendor',
  'cpu-features',
  'memory',
  'vcpus',
  'devices',
  'anti-affinity',
  'affinity',
  'allowed-nodes',
  'horizon',
  'window',
  'node-state',
  'blackout',
  'ways',
  'deadline',
] as const
const reason = v.picklist(reasons)

const migration = closed({
  vm: id,
  from: id,
  to: id,
  kind: v.picklist([
    'live',
    'restart',
    'save',
    'save-in-place',
    'stop-in-place',
    'resume-in-place',
    'start-in-place',
  ]),
  startSeconds: amount,
  endSeconds: amount,
  round: integer,
  slots: v.exactOptional(closed({ from: taken, to: taken })),
  blackoutSeconds: amount,
  lostOffloads: v.array(v.string()),
  lostFeatures: v.array(v.string()),
  parking: v.exactOptional(v.literal(true)),
  makesRoom: v.exactOptional(v.literal(true)),
  stepsAside: v.exactOptional(v.literal(true)),
})

const unplaced = closed({
  vm: id,
  reason,
  detail: v.string(),
  // A list would pass for an object without keys.
  nodes: v.pipe(
    described(
      v.custom<Record<string, (typeof reasons)[number]>>((value) => !isArray(value), 'expected an object'),
      { type: 'object', additionalProperties: { enum: reasons } },
    ),
    v.record(v.string(), reason),
  ),
  remedies: v.array(v.string()),
})

const warning = closed({
  code: v.picklist([
    'backup-missed',
    'backup-tight',
    'makes-room',
    'node-failure',
    'horizon-clamped',
    'soft-rule',
    'blackout-long',
    'not-converging',
    'dirty-unknown',
    'fixed-offset',
    'cut-short',
    'at-once',
    'balance',
  ]),
  vm: v.exactOptional(id),
  node: v.exactOptional(id),
  missingMiB: v.exactOptional(amount),
  message: v.string(),
})

const statistics = v.objectWithRest(
  {
    runtimeSeconds: amount,
    seed: amount,
    lpSolves: amount,
    columns: amount,
    roundsScored: amount,
    evaluations: amount,
    bound: v.optional(v.string(), ''),
    stopped: v.exactOptional(v.picklist(['budget', 'proven', 'time-limit', 'aborted'])),
  },
  v.union([v.number(), v.string()]),
)

const spreads = closed({ before: amount, after: amount, least: amount })

export const planSchema = closed({
  // Any number will do here: rule `figures` says which one is right.
  version: described(
    v.custom<1>((value) => typeof value === 'number', 'expected a number'),
    { type: 'number' },
  ),
  problem: v.string(),
  status: v.picklist(['optimal', 'feasible', 'partial', 'infeasible']),
  proven: v.boolean(),
  schedule: v.picklist(['timeline', 'rounds']),
  makespanSeconds: amount,
  lowerBoundSeconds: amount,
  gap: amount,
  cost: amount,
  costLowerBound: amount,
  migrations: v.array(migration),
  unplaced: v.array(unplaced),
  drained: v.array(closed({ node: id, atSeconds: amount })),
  maintenance: v.exactOptional(
    v.array(closed({ node: id, startSeconds: amount, endSeconds: amount, slackSeconds: amount })),
  ),
  notMaintained: v.exactOptional(
    v.array(
      closed({
        node: id,
        reason: v.picklist([...reasons, 'after', 'deadline']),
        detail: v.string(),
        vms: v.array(id),
      }),
    ),
  ),
  notHome: v.exactOptional(v.array(closed({ vm: id, reason }))),
  balance: v.exactOptional(
    v.pipe(
      closed({ memory: v.exactOptional(spreads), cpu: v.exactOptional(spreads) }),
      v.minEntries(1, 'expected "memory", "cpu" or both'),
    ),
  ),
  warnings: v.array(warning),
  statistics,
})

/**
 * The plan, typed. Keys beyond the format are an error everywhere but in `statistics`.
 *
 * @throws InvalidProblemError with every issue and its path, as `migrations[3].startSeconds`
 */
export function parsePlan(input: unknown): Plan {
  const result = v.safeParse(planSchema, input)
  if (result.success) return result.output
  throw new InvalidProblemError(result.issues.map(schemaIssue), 'plan')
}
