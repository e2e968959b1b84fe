/**
 * What a night does to a plan: its migrations take longer or shorter than planned, by a part of their time that is drawn, and the plan is carried
 * out by dependency. When it ends, which windows it meets, what has to wait for one, and on which migrations its end hangs.
 */

import { checkResolved, parsePlan } from '../check/check.js'
import { InvalidOptionError, InvalidProblemError } from '../errors.js'
import type { Plan } from '../model/plan.js'
import type { ResolvedProblem, ResolvedWindow } from '../model/problem.js'
import { Random } from '../solver/random.js'
import { drawSeconds, type Uncertainty } from './draws.js'
import { type CarriedOut, Night } from './night.js'

/** Nights that are drawn: as many as this many migrations make, between the least and the most. */
const MIGRATIONS = 400_000
const LEAST_NIGHTS = 25
const MOST_NIGHTS = 500
/** Seconds. Two instants nearer than this are one. */
const TOLERANCE = 1e-6

/** When the night ends, seconds from the plan's start: at least so many nights of a hundred end by then. */
export interface LikelyEnds {
  makespanAt50Seconds: number
  makespanAt90Seconds: number
}

export function likelyEnds(
  problem: ResolvedProblem,
  plan: Plan,
  uncertainty: Uncertainty,
  seed: number,
): LikelyEnds {
  const night = new Night(problem, plan)
  const random = new Random(seed)
  const nodes = new Map(problem.nodes.map(({ id }, n) => [id, n]))
  const drawn = plan.migrations.map(({ from, to }, i) => {
    return { seconds: night.planned[i], from: nodes.get(from)!, to: nodes.get(to)! }
  })
  const draws = Array.from({ length: nightsFor(plan) }, () => {
    // Of a work nobody knows how long it takes but who asked for it.
    const seconds = night.planned.slice()
    seconds.set(drawSeconds(drawn, nodes.size, uncertainty, random))
    return night.carryOut(seconds).makespanSeconds
  })
  return endsOf(draws)
}

function nightsFor({ migrations }: Plan): number {
  const nights = Math.floor(MIGRATIONS / Math.max(1, migrations.length))
  return Math.min(MOST_NIGHTS, Math.max(LEAST_NIGHTS, nights))
}

function endsOf(draws: number[]): LikelyEnds {
  const sorted = Float64Array.from(draws).sort()
  const at = (share: number) => toTheMillisecond(sorted[Math.ceil(share * sorted.length) - 1])
  return { makespanAt50Seconds: at(0.5), makespanAt90Seconds: at(0.9) }
}

type Met = Omit<ResolvedWindow, 'kind' | 'source'>

/** A migration or the work on a node, and in which part of the nights, 0 to 1. */
export type Often = ({ vm: string; from: string; to: string } | { work: string }) & {
  /** As planned, seconds from the plan's start. */
  startSeconds: number
  share: number
}

export interface Rehearsal {
  /** Name of the problem. */
  problem: string
  /** Relative: every migration takes up to that much longer or shorter. */
  spread: number
  /** Drawn. */
  nights: number
  plannedSeconds: number
  /** When all takes as long as planned: earlier than the plan where that waits for nothing. */
  asPlannedSeconds: number
  /** When all takes that much shorter, and longer. */
  shorterSeconds: number
  longerSeconds: number
  makespanAt50Seconds: number
  makespanAt90Seconds: number
  /** Windows in which a migration is still under way, most often first. */
  met: (Often & { window: { vm?: string; node?: string; startSeconds: number; endSeconds: number } })[]
  /** Migrations that wait for the end of a window which they end before as planned, most often first. */
  late: Often[]
  /** Migrations on whose end that of the night hangs, most often first. */
  decisive: Often[]
}

export interface RehearseOptions {
  /** Relative, 0 to 0.99, default 0.2: times are drawn evenly between that much less and that much more than planned. */
  spread?: number | undefined
  /** Unsigned 32-bit integer, default 0. */
  seed?: number | undefined
}

/**
 * @param plan of the problem
 * @throws InvalidProblemError where the plan is none, or breaks a rule of the problem
 * @throws InvalidOptionError where an option is out of its range
 */
export function rehearseResolved(
  problem: ResolvedProblem,
  document: unknown,
  options: RehearseOptions = {},
): Rehearsal {
  const { spread = 0.2, seed = 0 } = options
  if (!(spread >= 0 && spread <= 0.99))
    throw new InvalidOptionError(`spread is ${JSON.stringify(spread)}; it must be a number from 0 to 0.99`)
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw new InvalidOptionError(
      `seed is ${JSON.stringify(seed)}; it must be an integer from 0 to 4294967295`,
    )
  const plan = parsePlan(document)
  const [broken] = checkResolved(problem, plan)
  if (broken !== undefined) {
    const message = `breaks the rule ${broken.rule}: ${broken.message}; check() and "vmferry check" list all`
    throw new InvalidProblemError([{ path: 'migrations', message }], 'plan')
  }
  return rehearsePlan(problem, plan, spread, seed)
}

function rehearsePlan(problem: ResolvedProblem, plan: Plan, spread: number, seed: number): Rehearsal {
  const night = new Night(problem, plan)
  const random = new Random(seed)
  const all = (factor: number) => night.carryOut(night.planned.map((seconds) => seconds * factor))
  const asPlanned = all(1)
  const nights = nightsFor(plan)
  const late = new Map<number, number>()
  const decisive = new Map<number, number>()
  const met = new Map<number, Map<Met, number>>()
  const makespans: number[] = []
  for (let n = 0; n < nights; n++) {
    const seconds = night.planned.map((planned) => planned * (1 + spread * (2 * random.unit() - 1)))
    const run = night.carryOut(seconds)
    makespans.push(run.makespanSeconds)
    for (const i of chainOf(run)) add(decisive, i)
    run.ends.forEach((end, i) => {
      if (night.forbidden[i].length === 0) return
      if (waitsLonger(night, run, asPlanned, i)) add(late, i)
      if (!meets(night.forbidden[i], run.starts[i], end)) return
      for (const window of windowsOf(problem, plan, i)) {
        if (window.startSeconds >= end - TOLERANCE || window.endSeconds <= run.starts[i] + TOLERANCE) continue
        const of = met.get(i) ?? new Map<Met, number>()
        met.set(i, of)
        add(of, window)
      }
    })
  }
  const often = (i: number, times: number): Often => {
    const share = times / nights
    const { length } = plan.migrations
    if (i >= length) {
      const { node, startSeconds } = plan.maintenance![i - length]
      return { work: node, startSeconds, share }
    }
    const { vm, from, to, startSeconds } = plan.migrations[i]
    return { vm, from, to, startSeconds, share }
  }
  const list = (counts: ReadonlyMap<number, number>) =>
    mostFirst([...counts].map(([i, times]) => often(i, times)))
  return {
    problem: problem.name,
    spread,
    nights,
    plannedSeconds: plan.makespanSeconds,
    asPlannedSeconds: toTheMillisecond(asPlanned.makespanSeconds),
    shorterSeconds: toTheMillisecond(all(1 - spread).makespanSeconds),
    longerSeconds: toTheMillisecond(all(1 + spread).makespanSeconds),
    ...endsOf(makespans),
    met: mostFirst(
      [...met].flatMap(([i, of]) =>
        [...of].map(([{ vm, node, startSeconds, endSeconds }, times]) => ({
          ...often(i, times),
          window: {
            ...(vm === undefined ? {} : { vm }),
            ...(node === undefined ? {} : { node }),
            startSeconds,
            endSeconds,
          },
        })),
      ),
    ),
    late: list(late),
    decisive: list(decisive),
  }
}

function toTheMillisecond(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

function add<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function mostFirst<T extends Often>(list: T[]): T[] {
  return list.sort((a, b) => b.share - a.share || a.startSeconds - b.startSeconds)
}

/** The migration that ends last, and back from each to the one that it waited for. */
function chainOf({ after, last }: CarriedOut): number[] {
  const chain: number[] = []
  for (let i = last; i >= 0; i = after[i]) chain.push(i)
  return chain
}

/** It starts after a window that it ends before when all goes as planned. */
function waitsLonger({ forbidden }: Night, run: CarriedOut, asPlanned: CarriedOut, i: number): boolean {
  return forbidden[i].some(
    (until, k) =>
      k % 2 === 1 &&
      run.starts[i] >= until - TOLERANCE &&
      asPlanned.starts[i] < forbidden[i][k - 1] - TOLERANCE,
  )
}

function meets(windows: Float64Array, start: number, end: number): boolean {
  return windows.some(
    (from, k) => k % 2 === 0 && from < end - TOLERANCE && windows[k + 1] > start + TOLERANCE,
  )
}

function windowsOf(problem: ResolvedProblem, plan: Plan, i: number): Met[] {
  const { length } = plan.migrations
  if (i < length) {
    const { vm, from, to } = plan.migrations[i]
    return problem.windows.filter(
      (w) =>
        (w.vm === undefined || w.vm === vm) && (w.node === undefined || w.node === from || w.node === to),
    )
  }
  const { node } = plan.maintenance![i - length]
  return [...problem.windows.filter((w) => w.vm === undefined), ...problem.noWorkWindows].filter(
    (w) => w.node === undefined || w.node === node,
  )
}
