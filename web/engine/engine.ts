/** The worker: the library itself, and what the page shows of it. */
import { expose } from 'comlink'
import { nightOf } from '../../src/chart/night.js'
import { check } from '../../src/check/check.js'
import { peerNights } from '../../src/compare/peers.js'
import { InvalidOptionError, InvalidProblemError } from '../../src/errors.js'
import { explainResolved } from '../../src/explain/explain.js'
import { gatherFacts } from '../../src/explain/facts.js'
import { applyPatch } from '../../src/explain/patch.js'
import { VmExplainer } from '../../src/explain/vms.js'
import { describeOrigin, ImportError } from '../../src/import/failure.js'
import { PLAN_FORMATS, type PlanFormat } from '../../src/io/formats.js'
import { planToJson, problemToJson } from '../../src/io/json.js'
import { formatSpan } from '../../src/io/table/clock.js'
import { greatest } from '../../src/lists.js'
import { cpuModels } from '../../src/model/cpu/table.js'
import type { Plan } from '../../src/model/plan.js'
import type { Problem, ResolvedProblem } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { plan as makePlan } from '../../src/plan.js'
import { DEFAULT_EFFORT, type PlanOptions } from '../../src/plan-options.js'
import { losses, nodeFacts } from '../../src/report/facts.js'
import { parametersAt } from '../../src/solver/parameters.js'
import type { Answer, Engine, HostFacts, Look, Remark, SearchOptions, Written } from './api.js'
import { openFiles } from './open.js'

/** The chart goes on behind the plan for this part of it, so that windows can be drawn later. */
const BEHIND = 0.25
/** Of a problem without a plan the chart has so many seconds, or more where windows come later. */
const BEFORE_PLAN = 3600
const MOST_BEFORE_PLAN = 43_200

function remarksOf(error: unknown): Remark[] | undefined {
  if (error instanceof ImportError)
    return error.issues.map(({ origin, message, asks }) => ({
      place: describeOrigin(origin),
      text: message,
      ...(asks === undefined ? {} : { asks }),
    }))
  if (error instanceof InvalidProblemError)
    return error.issues.map(({ path, message }) => ({ place: path, text: message }))
  if (error instanceof InvalidOptionError) return [{ place: '', text: error.message }]
  return undefined
}

/** What is wrong with what was given is an answer; anything else is thrown. */
async function answer<T>(make: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await make() }
  } catch (error) {
    const faults = remarksOf(error)
    if (faults === undefined) throw error
    return { ok: false, faults }
  }
}

/** The plan of a problem for which none has been made. */
function emptyPlan(problem: ResolvedProblem): Plan {
  return {
    version: 1,
    problem: problem.name,
    status: 'feasible',
    proven: false,
    schedule: 'timeline',
    makespanSeconds: 0,
    lowerBoundSeconds: 0,
    gap: 0,
    cost: 0,
    costLowerBound: 0,
    migrations: [],
    unplaced: [],
    drained: [],
    warnings: [],
    statistics: {
      runtimeSeconds: 0,
      seed: 0,
      lpSolves: 0,
      columns: 0,
      roundsScored: 0,
      evaluations: 0,
      bound: 'none',
    },
  }
}

function endOfChart(problem: ResolvedProblem, plan: Plan | undefined): number {
  if (plan !== undefined && plan.makespanSeconds > 0) return plan.makespanSeconds * (1 + BEHIND)
  const windows = problem.windows.map(({ endSeconds }) => endSeconds).filter((end) => end <= MOST_BEFORE_PLAN)
  return greatest(windows, BEFORE_PLAN)
}

async function look(document: Problem, made: Plan | undefined, untilSeconds = Number.NaN): Promise<Look> {
  const problem = resolveProblem(document)
  const plan = made ?? emptyPlan(problem)
  const until = Number.isNaN(untilSeconds) ? endOfChart(problem, made) : untilSeconds
  const night = nightOf(plan, problem, Math.max(until, plan.makespanSeconds))
  const hosts = nodeFacts(plan, problem, night).map(
    ({ node, work, ...facts }): HostFacts => ({
      ...facts,
      node: node.id,
      slots: node.slots,
      state: node.state,
      memoryMiB: node.memoryMiB,
      work,
    }),
  )
  const peers = made === undefined ? [] : await peerNights(problem)
  return {
    night,
    hosts,
    start: problem.start,
    losses: losses(plan, formatSpan),
    peers: peers.map(({ stuck, ...peer }) => ({ ...peer, stuck: stuck.length })),
  }
}

function optionsOf(
  { timeLimitSeconds, ...rest }: SearchOptions,
  signal: AbortSignal,
): Omit<PlanOptions, 'onProgress'> {
  return { ...rest, signal, ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }) }
}

async function write(format: Written, problem: Problem, plan: Plan | undefined) {
  if (format === 'problem') return { text: problemToJson(problem), notes: [] }
  if (plan === undefined) throw new InvalidOptionError('there is no plan yet')
  if (format === 'plan') return { text: planToJson(plan), notes: [] }
  const resolved = resolveProblem(problem)
  const { require, notes, render }: PlanFormat = PLAN_FORMATS[format]
  require?.(resolved)
  const text = await render(plan, resolved, { color: false, width: 120, ascii: false, all: true })
  return { text, notes: notes?.(resolved) ?? [] }
}

let running: AbortController | undefined

/** One search at a time: another one ends it. */
async function searching<T>(search: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>> {
  running?.abort()
  const own = new AbortController()
  running = own
  try {
    return await answer(() => search(own.signal))
  } finally {
    if (running === own) running = undefined
  }
}

const engine: Engine = {
  open: (given, current) => answer(() => openFiles(given, current)),
  look: (problem, plan, untilSeconds) => answer(() => look(problem, plan, untilSeconds)),
  plan: (problem, options, onProgress) =>
    searching(async (signal) => {
      const plan = await makePlan(problem, { ...optionsOf(options, signal), onProgress })
      return { plan, violations: check(problem, plan).length }
    }),
  async cancel() {
    running?.abort()
  },
  explain: (document, plan, vm) =>
    answer(async () => {
      const problem = resolveProblem(document)
      const facts = await gatherFacts(problem, plan, parametersAt(DEFAULT_EFFORT).explain)
      return new VmExplainer(facts).explain(facts.instance.vmIndex.get(vm) ?? -1)
    }),
  help: (document, options, vm) =>
    searching(async (signal) => {
      const { relaxations } = await explainResolved(document, resolveProblem(document), {
        ...optionsOf(options, signal),
        ...(vm === undefined ? {} : { vm }),
      })
      return relaxations
        .filter(({ helps }) => helps)
        .map(({ change, makespanSeconds, gain, proven, patch }) => ({
          change,
          makespanSeconds,
          gainSeconds: gain.makespanSeconds,
          gainUnplaced: gain.unplaced,
          proven,
          problem: applyPatch(document, patch) as Problem,
        }))
    }),
  write: (format, problem, plan) => answer(() => write(format, problem, plan)),
  cpus: async () => cpuModels().map(({ name, generation }) => ({ name, generation })),
}

expose(engine)
