/** `quiet()`: when nothing migrates, so that backups can be put there. */
import { parsePlan } from '../check/plan-schema.js'
import { InvalidProblemError, type Issue } from '../errors.js'
import { Hints, quote } from '../model/issues.js'
import type { Plan } from '../model/plan.js'
import type { Problem, ResolvedProblem } from '../model/problem.js'
import type { Quiet, QuietBest, QuietSpan, QuietWindow } from '../model/quiet.js'
import { resolveProblem } from '../model/validate.js'
import { type CheckedQuietOptions, checkQuietOptions, type QuietOptions } from './options.js'

/** Sums of decimal fractions are off by less than this, in seconds. */
const TOLERANCE = 1e-6

/**
 * Finds the spans in which the plan migrates nothing: of each node, of each VM, and those that all of the chosen ones share. A
 * migration counts for its VM and both of its nodes. Windows do not count; those that overlap the best span are named.
 *
 * The plan is taken at its word: `check()` judges whether it is right.
 *
 * @param problem as in docs/format.md, unresolved
 * @param plan as in docs/format.md, of that problem
 * @throws InvalidProblemError where the problem or the plan is not of the format, or the plan names what the problem does not have
 * @throws InvalidOptionError where an option is unknown or out of its range
 */
export function quiet(problem: Problem, plan: Plan, options: QuietOptions): Quiet {
  return quietResolved(resolveProblem(problem), plan, options)
}

/** The same for a problem that is validated. */
export function quietResolved(problem: ResolvedProblem, plan: unknown, options: QuietOptions): Quiet {
  const checked = checkQuietOptions(options, problem)
  const parsed = parsePlan(plan)
  checkReferences(problem, parsed)
  return quietSpans(problem, parsed, checked)
}

function checkReferences(problem: ResolvedProblem, plan: Plan): void {
  const issues: Issue[] = []
  const hints = new Hints()
  const refer = (path: string, id: string, what: string, known: ReadonlyMap<string, unknown>) => {
    if (known.has(id)) return
    const message = `${quote(id)} is not the id of ${what} of the problem${hints.for(id, known.keys())}`
    issues.push({ path, message })
  }
  plan.migrations.forEach((m, i) => {
    refer(`migrations[${i}].vm`, m.vm, 'a VM', problem.vmById)
    refer(`migrations[${i}].from`, m.from, 'a node', problem.nodeById)
    refer(`migrations[${i}].to`, m.to, 'a node', problem.nodeById)
    if (m.endSeconds < m.startSeconds) {
      const message = `${m.endSeconds} is before its start, ${m.startSeconds}`
      issues.push({ path: `migrations[${i}].endSeconds`, message })
    }
  })
  if (issues.length > 0) throw new InvalidProblemError(issues, 'plan')
}

function quietSpans(
  problem: ResolvedProblem,
  plan: Plan,
  { durationSeconds, untilSeconds, nodes, vms }: CheckedQuietOptions,
): Quiet {
  const nodeIds = nodes ?? problem.nodes.map(({ id }) => id)
  const vmIds = vms ?? problem.vms.map(({ id }) => id)
  const ofNode = new Map(nodeIds.map((id) => [id, [] as QuietSpan[]]))
  const ofVm = new Map(vmIds.map((id) => [id, [] as QuietSpan[]]))
  const ofAny: QuietSpan[] = []
  const byStart = [...plan.migrations].sort((a, b) => a.startSeconds - b.startSeconds)
  for (const { vm, from, to, startSeconds, endSeconds } of byStart) {
    const busy = { startSeconds, endSeconds }
    const touched = [ofNode.get(from), to === from ? undefined : ofNode.get(to), ofVm.get(vm)]
    for (const list of touched) list?.push(busy)
    if (touched.some((list) => list !== undefined)) ofAny.push(busy)
  }
  const gaps = (busy: readonly QuietSpan[]) => longEnough(gapsBetween(busy, untilSeconds), durationSeconds)
  const { spans: common, longest } = gaps(ofAny)
  const result: Quiet = {
    version: 1,
    problem: problem.name,
    durationSeconds,
    untilSeconds,
    nodes: nodeIds.map((node) => ({ node, ...gaps(ofNode.get(node)!) })),
    vms: vmIds.map((vm) => ({ vm, ...gaps(ofVm.get(vm)!) })),
    common,
  }
  if (longest !== undefined) result.longest = longest
  if (common.length > 0) result.best = bestOf(common[0]!, durationSeconds, problem, ofNode, ofVm)
  return result
}

/** Those of at least so many seconds; where there are none, the first of the longest. */
function longEnough(gaps: readonly QuietSpan[], least: number): { spans: QuietSpan[]; longest?: QuietSpan } {
  const length = ({ startSeconds, endSeconds }: QuietSpan) => endSeconds - startSeconds
  const spans = gaps.filter((gap) => length(gap) >= least - TOLERANCE)
  if (spans.length > 0 || gaps.length === 0) return { spans }
  const longest = gaps.reduce((best, gap) => (length(gap) > length(best) + TOLERANCE ? gap : best))
  return { spans, longest }
}

/** What `busy`, sorted by start, leaves of [0, until). */
function gapsBetween(busy: readonly QuietSpan[], until: number): QuietSpan[] {
  const gaps: QuietSpan[] = []
  let free = 0
  const gap = (endSeconds: number) => {
    if (endSeconds - free > TOLERANCE) gaps.push({ startSeconds: free, endSeconds })
  }
  for (const { startSeconds, endSeconds } of busy) {
    gap(Math.min(startSeconds, until))
    free = Math.max(free, endSeconds)
  }
  gap(until)
  return gaps
}

function bestOf(
  { startSeconds, endSeconds: quietUntilSeconds }: QuietSpan,
  durationSeconds: number,
  problem: ResolvedProblem,
  nodes: ReadonlyMap<string, unknown>,
  vms: ReadonlyMap<string, unknown>,
): QuietBest {
  const endSeconds = Math.min(startSeconds + durationSeconds, quietUntilSeconds)
  const windows: QuietWindow[] = []
  for (const { source: _, ...window } of problem.windows) {
    if (window.startSeconds >= endSeconds || window.endSeconds <= startSeconds) continue
    const { vm, node } = window
    if ((vm === undefined || vms.has(vm)) && (node === undefined || nodes.has(node))) windows.push(window)
  }
  return { startSeconds, endSeconds, quietUntilSeconds, windows }
}
