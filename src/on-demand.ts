/** Functions of the library that plans need nothing of: each is loaded by its first call. */

import { requireObject, requireObjects, requireText, requireTexts } from './arguments.js'
import type { PlanManyOptions, PlannedOne } from './batch/many.js'
import { InvalidOptionError } from './errors.js'
import type { ExplainOptions } from './explain/options.js'
import type { ImportedProblem } from './import/build.js'
import type { InputFile } from './import/inventory.js'
import type { ImportOptions } from './import/options.js'
import type { ImportSource } from './import/sources.js'
import type { CalendarOptions, CalendarWindows } from './io/calendar/options.js'
import type { LearnedNight, LearnReport } from './learn/learn.js'
import type { Applied, ApplyOptions, Learned } from './learn/learned.js'
import type { Explanation } from './model/explanation.js'
import { show } from './model/issues.js'
import type { Journal } from './model/journal.js'
import type { Plan } from './model/plan.js'
import type { Problem } from './model/problem.js'
import type { PlanOptions } from './plan-options.js'
import type { Rehearsal, RehearseOptions } from './rehearse/rehearse.js'
import type { BackOptions, WayBack } from './replan/back.js'
import type { Remaining, RemainingOptions } from './replan/remaining.js'

/**
 * Plans the problem, explains the plan, and plans changed problems to find what would help (docs/explain.md).
 *
 * A limit that is reached and an abort are results: see `complete` and `notComputed`.
 *
 * @param problem as parsed from JSON; it is validated and not changed.
 * @throws InvalidProblemError with every fault of the problem and its path.
 * @throws InvalidOptionError where an option is out of its range, or `vm` or `node` is not an id of the problem.
 * @throws KernelError where the engine cannot run the WASM kernel.
 */
export async function explain(problem: Problem, options?: ExplainOptions): Promise<Explanation> {
  const { explainProblem } = await import('./explain/explain.js')
  return explainProblem(problem, options)
}

/**
 * Makes a problem of what `source` exported (docs/import.md). It is valid, and `report` says what the files do not tell and was taken
 * for granted.
 *
 * @param files all files of one cluster; names are for messages, bytes are not changed
 * @throws ImportError with every fault, each with file and place, and with every question that only the user can answer
 * @throws InvalidOptionError for an unknown source or an option of the wrong shape
 */
export async function importProblem(
  source: ImportSource,
  files: readonly InputFile[],
  options?: ImportOptions,
): Promise<ImportedProblem> {
  const { importFiles } = await import('./import/import.js')
  return importFiles(source, files, options)
}

/**
 * Reads the events of an iCalendar file as windows (docs/calendars.md).
 *
 * @param text decoded; folded lines and any line ends will do.
 * @throws InvalidProblemError with every event that cannot be understood, its line and what is wrong; a start, a horizon or a zone
 * that is none
 * @throws InvalidOptionError for a text or an option of the wrong type
 */
export async function readCalendarWindows(text: string, options: CalendarOptions): Promise<CalendarWindows> {
  requireText('the calendar', text)
  requireCalendarOptions(options)
  const { readCalendar } = await import('./io/calendar/read.js')
  return readCalendar(text, options)
}

/**
 * What is left of a run: an ordinary problem, whose second 0 is now, and what became of every migration of the plan (docs/replan.md).
 *
 * @param problem the problem that was planned
 * @param oldPlan its plan, which was run
 * @param journal of that run, as `parseJournal` reads it
 * @throws InvalidProblemError where one of them has a fault, or they contradict each other; `what` says which
 * @throws InvalidOptionError where `now` or `skip` fit neither
 */
export async function remaining(
  problem: Problem,
  oldPlan: Plan,
  journal: Journal,
  options: RemainingOptions,
): Promise<Remaining> {
  requireJournal(journal)
  requireObject('the options', options)
  if (typeof options.now !== 'number') requireText('now', options.now)
  if (options.skip !== undefined) requireTexts('skip', options.skip)
  const replan = await import('./replan/replan.js')
  return replan.remaining(problem, oldPlan, journal, options)
}

/**
 * Plans what `remaining` found to be left. The rest of the old plan is a candidate: the result costs no more than going on with it,
 * where that still keeps every rule. `statistics.kept` is 1 where it was taken.
 *
 * @throws as `plan`; InvalidOptionError for what `remaining` did not make
 */
export async function planRemaining(left: Remaining, options?: PlanOptions): Promise<Plan> {
  requireObject('what is left', left, 'what remaining() gave')
  requireObjects('left of what is left', left.left)
  const replan = await import('./replan/replan.js')
  return replan.planRemaining(left, options)
}

/**
 * What brings every VM home that a plan has moved: the problem after the plan, with a move for each (docs/replan.md).
 *
 * @param problem the problem that was planned
 * @param plan its plan, which was run
 * @throws InvalidProblemError where one of them has a fault, the plan is not of the problem, or something is still under way
 * @throws InvalidOptionError where an option is unknown, or `start` is before the plan's end
 */
export async function back(problem: Problem, plan: Plan, options: BackOptions = {}): Promise<WayBack> {
  requireObject('the options', options)
  if (options.journal !== undefined) requireJournal(options.journal)
  const way = await import('./replan/back.js')
  return way.back(problem, plan, options)
}

/**
 * Learns from the journals of nights that were run how long migrations really take (docs/learn.md): `learned` is a patch for
 * `applyLearned`, undefined where too little was seen or nothing says it better.
 *
 * @param nights of one cluster, the newest last; journals as `parseJournal` reads them
 * @throws InvalidProblemError where a problem or plan has a fault, or a journal is of another plan or contradicts it; `what` says which
 * @throws InvalidOptionError where there is no night, or a journal is none that `parseJournal` gave
 */
export async function learn(
  nights: readonly LearnedNight[],
): Promise<{ learned: Learned | undefined; report: LearnReport }> {
  requireObjects('the nights', nights)
  for (const { journals } of nights) {
    requireObjects('journals of a night', journals)
    for (const journal of journals) requireJournal(journal)
  }
  const { learnDocuments } = await import('./learn/learn.js')
  return learnDocuments(nights)
}

/**
 * The problem with what was learned: efficiencies, set-up, factors of VMs; notes of what could not be taken over; and what is still
 * uncertain, an option of `plan()`.
 *
 * @param problem valid; it is not changed
 * @param learned as `learn` gave it, or parsed from its JSON
 * @throws InvalidProblemError where it is none, or is of another cluster than the problem's
 */
export async function applyLearned(
  problem: Problem,
  learned: Learned | unknown,
  options?: ApplyOptions,
): Promise<Applied> {
  const { applyLearned, parseLearned } = await import('./learn/learned.js')
  return applyLearned(problem, parseLearned(learned), options)
}

/**
 * Carries the plan out some hundred times with durations that are drawn: when the night ends, which windows are met, what goes late, on what
 * its end hangs (docs/learn.md).
 *
 * @param problem as in docs/format.md; it is not changed
 * @throws InvalidProblemError where the problem or the plan is none, or the plan breaks a rule of the problem
 * @throws InvalidOptionError where an option is out of its range
 */
export async function rehearse(problem: Problem, plan: Plan, options?: RehearseOptions): Promise<Rehearsal> {
  const [{ rehearseResolved }, { resolveProblem }] = await Promise.all([
    import('./rehearse/rehearse.js'),
    import('./model/validate.js'),
  ])
  return rehearseResolved(resolveProblem(problem), plan, options)
}

/**
 * Plans every problem, several at once, and gives what became of each: its plan, or the error that `plan` would throw for it (docs/batch.md). A problem
 * is taken only when there is room for its result, so that memory is bounded however many there are; who stops the iteration early (`break`) stops the
 * rest.
 *
 * @param problems any iterable, async or not; what it throws, the iteration throws after the results before
 * @throws InvalidOptionError where an option is unknown or out of its range
 */
export async function* planMany(
  problems: Iterable<Problem> | AsyncIterable<Problem>,
  options?: PlanManyOptions,
): AsyncGenerator<PlannedOne, void, undefined> {
  const { planEach } = await import('./batch/many.js')
  yield* planEach(problems, options)
}

function requireJournal(journal: Journal): void {
  requireObject('the journal', journal, 'what parseJournal gave')
  requireObject('begin of the journal', journal.begin, 'what parseJournal gave')
  requireObject('the first entry of the journal', journal.begin.entry, 'what parseJournal gave')
  requireObjects('entries of the journal', journal.entries)
}

function requireCalendarOptions(options: CalendarOptions): void {
  requireObject('the options', options)
  const { start, horizonSeconds, scope, zone } = options
  requireText('start', start)
  if (typeof horizonSeconds !== 'number' || !(horizonSeconds > 0))
    throw new InvalidOptionError(
      `horizonSeconds is ${show(horizonSeconds)}; it must be a number of seconds above 0`,
    )
  if (zone !== undefined) requireText('zone', zone)
  if (scope === undefined) return
  requireObject('scope', scope)
  requireTexts('scope.vms', scope.vms)
  requireTexts('scope.nodes', scope.nodes)
}
