/** What was learned, as a document: a patch of the durations in a problem, by the ids of nodes and VMs (docs/learn.md). */
import * as v from 'valibot'
import { InvalidOptionError, InvalidProblemError, type Issue } from '../errors.js'
import { quote } from '../model/issues.js'
import type { Problem } from '../model/problem.js'
import { schemaIssue } from '../model/shape.js'
import { exponential, studentQuantile, type Uncertainty } from '../rehearse/draws.js'

/** What a figure rests on. */
export interface LearnedFigure {
  /** Migrations from or to the node that were seen. */
  migrations: number
  /** Standard error of the efficiency, relative. */
  relativeError: number
}

const share = v.pipe(v.number(), v.minValue(0))
const positive = v.pipe(v.number(), v.gtValue(0))
const efficiency = v.pipe(positive, v.maxValue(8))
const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))

const schema = v.strictObject({
  version: v.literal(1),
  learnedFrom: v.strictObject({
    problem: v.string(),
    migrations: v.pipe(v.number(), v.integer(), v.minValue(1)),
    nights: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  /** Median errors, relative: of the figures before, and of these held against what they were not learned from. */
  error: v.strictObject({ before: share, after: share }),
  /** Of durations around what these figures say: a standard deviation, relative. */
  spread: share,
  policy: v.strictObject({
    linkEfficiency: efficiency,
    setupSeconds: seconds,
    streamMbps: v.optional(positive),
  }),
  nodes: v.record(
    v.string(),
    v.strictObject({
      /** Of the cluster that it was learned on: where these are others, it does not hold. */
      migrationMbps: positive,
      slots: v.pipe(v.number(), v.integer(), v.minValue(1)),
      linkEfficiency: efficiency,
      streamMbps: v.optional(positive),
      migrations: v.pipe(v.number(), v.integer(), v.minValue(1)),
      relativeError: share,
    }),
  ),
  vms: v.record(
    v.string(),
    v.strictObject({ memoryMiB: positive, durationFactor: v.pipe(positive, v.maxValue(1000)) }),
  ),
  relativeErrors: v.strictObject({ linkEfficiency: share, setupSeconds: share }),
  /** The longest that the runbook waited between two looks at the cluster. */
  pollSeconds: v.optional(seconds),
  /** `-MarginPercent` of the runbook that all but one in a hundred of the migrations would have kept. */
  marginPercent: v.pipe(v.number(), v.integer(), v.minValue(0)),
})

export type Learned = v.InferOutput<typeof schema>

/** @throws InvalidProblemError with every fault and its path */
export function parseLearned(input: unknown): Learned {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  throw new InvalidProblemError(result.issues.map(schemaIssue), 'learned')
}

export interface Applied {
  problem: Problem
  /** What could not be taken over and does no harm, in words. */
  notes: string[]
  /** What is still uncertain of the durations: an option of `plan()`. */
  uncertainty: Uncertainty
}

export interface ApplyOptions {
  /** Durations that hold in that part of all migrations, 0.5 to 0.99; default 0.5: as often too long as too short. */
  marginQuantile?: number | undefined
}

/**
 * The problem with what was learned. Nodes that it does not know get the figures of the cluster; VMs that it does not know, or that have
 * another size by now, stay as they are.
 *
 * @param problem valid; it is not changed
 * @throws InvalidProblemError where the cluster is another than the one that it was learned on: a node's network or slots have changed,
 * or none of its nodes is there
 */
export function applyLearned(problem: Problem, learned: Learned, options: ApplyOptions = {}): Applied {
  const margin = marginFactor(learned, options)
  const issues: Issue[] = []
  const notes: string[] = []
  const known = new Set(problem.nodes.map(({ id }) => id))
  const lost = Object.keys(learned.nodes).filter((id) => !known.has(id))
  if (lost.length === Object.keys(learned.nodes).length) {
    const message = `none of its nodes (${lost.slice(0, 3).map(quote).join(', ')}) is in the problem: it was learned on another cluster`
    throw new InvalidProblemError([{ path: 'nodes', message }], 'learned')
  }
  if (lost.length > 0)
    notes.push(`${lost.slice(0, 10).map(quote).join(', ')}: no node of the problem; left out`)

  const nodes = problem.nodes.map((node) => {
    const own = Object.hasOwn(learned.nodes, node.id) ? learned.nodes[node.id] : undefined
    if (own === undefined) {
      notes.push(`node ${quote(node.id)}: nothing was learned of it; it gets the figures of the cluster`)
      return node
    }
    for (const key of ['migrationMbps', 'slots'] as const) {
      const now = node[key] ?? 1
      if (now === own[key]) continue
      const message = `is ${own[key]}, and in the problem ${now}: what was learned no longer holds; learn again, or take the node out of the file`
      issues.push({ path: `nodes.${node.id}.${key}`, message })
    }
    const { linkEfficiency, streamMbps } = own
    return { ...node, linkEfficiency, ...(streamMbps === undefined ? {} : { streamMbps }) }
  })
  if (issues.length > 0) throw new InvalidProblemError(issues, 'learned')
  const grown: string[] = []
  const vms = problem.vms.map((vm) => {
    const own = Object.hasOwn(learned.vms, vm.id) ? learned.vms[vm.id] : undefined
    const known = own !== undefined && own.memoryMiB === vm.memoryMiB
    if (own !== undefined && !known) grown.push(vm.id)
    if (!known && margin === 1) return vm
    return {
      ...vm,
      durationFactor: rounded((known ? own.durationFactor : (vm.durationFactor ?? 1)) * margin),
    }
  })
  if (grown.length > 0) {
    const which = grown.slice(0, 10).map(quote).join(', ')
    notes.push(`${grown.length} VMs have another size by now, and keep their factor: ${which}`)
  }
  const setupSeconds = rounded(learned.policy.setupSeconds * margin)
  return {
    problem: { ...problem, nodes, vms, policy: { ...problem.policy, ...learned.policy, setupSeconds } },
    notes,
    uncertainty: uncertaintyOf(problem, learned),
  }
}

/** Nodes of one make differ by so much, relative, whatever was learned of them. */
const NODE_ERROR = 0.07

/** The poll is uncertain as far as the problem's own lag does not reckon with it. */
function uncertaintyOf(problem: Problem, learned: Learned): Uncertainty {
  const { relativeErrors, pollSeconds = 0 } = learned
  const lag = Math.max(0, pollSeconds - 2 * (problem.policy?.startLagSeconds ?? 0))
  return {
    spread: spreadOf(learned),
    common: relativeErrors.linkEfficiency,
    node: NODE_ERROR,
    lagSeconds: lag,
  }
}

/** What was fitted to looks closer to it than the next night will be: what was left out tells how far that is, by its median. */
function spreadOf({ spread, error }: Learned): number {
  return Math.max(spread, error.after / studentQuantile(0.75))
}

/** By how much a duration is multiplied so that it holds that often: errors of a night and of each migration together. */
function marginFactor(learned: Learned, { marginQuantile = 0.5 }: ApplyOptions): number {
  if (!(marginQuantile >= 0.5 && marginQuantile <= 0.99))
    throw new InvalidOptionError(
      `marginQuantile is ${JSON.stringify(marginQuantile)}; it must be a number from 0.5 to 0.99`,
    )
  const error = Math.hypot(spreadOf(learned), learned.relativeErrors.linkEfficiency)
  return rounded(exponential(studentQuantile(marginQuantile) * error))
}

/** To four digits behind the point, so that every engine finds the same. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
