/**
 * Learns durations from the journals of nights that were run (docs/learn.md): how much of its links the cluster uses, what a migration
 * takes to set up, which nodes are slow and which VMs take longer or shorter than their size says. Nothing is written that does not
 * say better what was left out while it was learned.
 */
import { parsePlan } from '../check/plan-schema.js'
import { InvalidOptionError } from '../errors.js'
import { greatest } from '../lists.js'
import type { Journal } from '../model/journal.js'
import type { Plan } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { resolveProblem } from '../model/validate.js'
import {
  actualSeconds,
  type Effects,
  type Fit,
  fitDurations,
  median,
  predict,
  quantile,
  unlearned,
} from './fit.js'
import type { Learned, LearnedFigure } from './learned.js'
import { type Night, type Observation, observationsOf, pollOf } from './observations.js'

/** Fewer migrations are reported, and nothing is learned from them. */
export const LEAST_MIGRATIONS = 5
/** From so many on, nodes may differ; and VMs, which they may on a second night too. */
const FOR_NODES = 20
const FOR_VMS = 40
/** Parts that are left out in turn where there is one night only. */
const FOLDS = 10
/** Of what was seen, so many have to keep the runbook's margin. */
const MARGIN_QUANTILE = 0.99

/** How far what is said is from what was seen: medians, relative. */
export interface LearnReport {
  /** Live migrations that were seen from start to end, and nights that had one. */
  migrations: number
  nights: number
  /** Of the figures that the problem has. */
  before: number | undefined
  /** Of what was learned without the part that it is held against; undefined where nothing was tried. */
  after: number | undefined
  /** Why there is no `learned`; undefined where there is. */
  nothing: 'few' | 'no better' | undefined
  /** What was tried, from the simplest on, each with its error. */
  tried: { effects: Effects; error: number }[]
  /** Of the runbook: `-MarginPercent` that all but one in a hundred of them would have kept; undefined where nothing was learned. */
  marginPercent: number | undefined
}

/** A night as the library takes it. */
export interface LearnedNight {
  problem: Problem | unknown
  plan: Plan | unknown
  /** At least one. */
  journals: readonly Journal[]
}

export interface Lesson {
  /** Undefined where too little was seen, or nothing says it better. */
  learned: Learned | undefined
  report: LearnReport
}

/** @throws InvalidProblemError as `learnNights`, and for what is no problem or plan */
export function learnDocuments(nights: readonly LearnedNight[]): Lesson {
  if (nights.length === 0) throw new InvalidOptionError('nights is empty; name one night')
  return learnNights(
    nights.map(({ problem, plan, journals }) => ({
      problem: resolveProblem(problem),
      plan: parsePlan(plan),
      journals,
    })),
  )
}

/**
 * @param nights at least one; VMs and nodes are those of the last one's problem, which is what the result is for
 * @throws InvalidProblemError where a journal is of another plan, or contradicts it
 */
export function learnNights(nights: readonly Night[]): Lesson {
  const last = nights.at(-1)!.problem
  const { policy } = last
  const seen = nights.flatMap(observationsOf).filter(({ vm, from, to }) => {
    return last.vmById.has(vm.id) && last.nodeById.has(from.id) && last.nodeById.has(to.id)
  })
  const nightsSeen = new Set(seen.map(({ night }) => night)).size
  const report: LearnReport = {
    migrations: seen.length,
    nights: nightsSeen,
    before: undefined,
    after: undefined,
    nothing: undefined,
    tried: [],
    marginPercent: undefined,
  }
  if (seen.length < LEAST_MIGRATIONS) return { learned: undefined, report: { ...report, nothing: 'few' } }
  const setup = policy.setupSeconds
  const plain = unlearned(setup)
  report.before = median(seen.map((each) => missOf(each, predict(each, plain, policy))))

  const left = leftOut(seen, nightsSeen)
  const errorOf = (effects: Effects) =>
    median(
      left.flatMap((part) => {
        const fitted = fitDurations(part.rest, effects, setup, policy)
        return part.held.map((each) => missOf(each, predict(each, fitted, policy)))
      }),
    )
  let best: { effects: Effects; error: number } | undefined
  for (const effects of candidates(seen.length, nightsSeen)) {
    const tried = { effects, error: errorOf(effects) }
    report.tried.push(tried)
    if (best === undefined || tried.error < best.error) best = tried
  }
  report.after = best!.error
  if (best!.error >= report.before) return { learned: undefined, report: { ...report, nothing: 'no better' } }
  // One night moves a VM once: whether its own factor comes again, only the next night could say. By its shrinkage it does little harm.
  const vms = nightsSeen > 1 ? best!.effects.vms : seen.length >= FOR_VMS
  const found = fitDurations(seen, { ...best!.effects, vms }, setup, policy)
  const beyond = seen.map((each) => actualSeconds(each) / predict(each, found, policy) - 1)
  report.marginPercent = Math.max(0, Math.ceil(100 * quantile(beyond, MARGIN_QUANTILE)))
  return { learned: asPatch(found, last.nodes, seen, nights, report), report }
}

function missOf(seen: Observation, said: number): number {
  const actual = actualSeconds(seen)
  return Math.abs(said - actual) / actual
}

/** Simplest first. */
function candidates(migrations: number, nights: number): Effects[] {
  const list: Effects[] = [{ nodes: false, vms: false }]
  if (migrations >= FOR_NODES) list.push({ nodes: true, vms: false })
  return nights > 1 ? [...list, ...list.map(({ nodes }) => ({ nodes, vms: true }))] : list
}

/** One night after the other left out; of a single one, tenths, which hold every tenth migration. */
function leftOut(
  seen: readonly Observation[],
  nights: number,
): { held: Observation[]; rest: Observation[] }[] {
  const partOf =
    nights > 1 ? ({ night }: Observation) => night : (_: Observation, index: number) => index % FOLDS
  const parts = [...new Set(seen.map(partOf))]
  return parts.map((part) => ({
    held: seen.filter((each, index) => partOf(each, index) === part),
    rest: seen.filter((each, index) => partOf(each, index) !== part),
  }))
}

function asPatch(
  found: Fit,
  nodes: Night['problem']['nodes'],
  seen: readonly Observation[],
  nights: readonly Night[],
  report: LearnReport,
): Learned {
  const { policy, name } = nights.at(-1)!.problem
  const count = (id: string) => seen.filter(({ from, to }) => from.id === id || to.id === id).length
  const asked = new Map(seen.map(({ vm }) => [vm.id, vm]))
  const stream = policy.streamMbps === undefined ? {} : { streamMbps: round(policy.streamMbps * found.rate) }
  return {
    version: 1,
    learnedFrom: { problem: name, migrations: report.migrations, nights: report.nights },
    error: { before: round(report.before!), after: round(report.after!) },
    spread: round(found.spread),
    policy: {
      linkEfficiency: efficiency(policy.linkEfficiency * found.rate),
      setupSeconds: round(found.setupSeconds),
      ...stream,
    },
    nodes: Object.fromEntries(
      nodes
        .filter(({ id }) => count(id) > 0)
        .map(({ id, migrationMbps, slots, linkEfficiency, streamMbps }) => {
          const factor = found.rate * (found.nodes.get(id) ?? 1)
          const own = Number.isFinite(streamMbps) ? { streamMbps: round(streamMbps * factor) } : {}
          const error = found.errors.nodes.get(id)
          const figure: LearnedFigure = {
            migrations: count(id),
            relativeError: round(Math.hypot(found.errors.rate, error ?? 0)),
          }
          return [
            id,
            { migrationMbps, slots, linkEfficiency: efficiency(linkEfficiency * factor), ...own, ...figure },
          ]
        }),
    ),
    vms: Object.fromEntries(
      [...found.vms].map(([id, factor]) => {
        const { memoryMiB, durationFactor } = asked.get(id)!
        return [id, { memoryMiB, durationFactor: round(durationFactor * factor) }]
      }),
    ),
    relativeErrors: { linkEfficiency: round(found.errors.rate), setupSeconds: round(found.errors.setup) },
    pollSeconds: greatest(nights.flatMap(({ journals }) => journals.map(pollOf))),
    marginPercent: report.marginPercent!,
  }
}

/** As the format has it: above 0, at most 8. */
function efficiency(value: number): number {
  return Math.min(8, Math.max(1e-4, round(value)))
}

/** Four digits are more than is known. */
function round(value: number): number {
  return Number(value.toPrecision(4))
}
