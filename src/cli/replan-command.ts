/** `vmferry replan`: problem, plan and journal in, a plan for what is left out. */

import { InvalidProblemError } from '../errors.js'
import { defaultPlanFormat, PLAN_FORMATS, type PlanFormat } from '../io/formats.js'
import { problemToJson } from '../io/json.js'
import { formatCount } from '../io/table/clock.js'
import { runToTable } from '../io/table/run.js'
import { addAll } from '../lists.js'
import type { Instant, ResolvedProblem } from '../model/problem.js'
import type { Remaining } from '../replan/remaining.js'
import type { Rest } from '../replan/replan.js'
import { resolveWithCalendars, withoutUnusedZone } from './calendars.js'
import { CliError, EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo, Planner } from './io.js'
import { isLocalTime, readLocalTime } from './local-time.js'
import { type DocumentKind, kindOfText, kindOfValue, refuseMisplaced } from './misplaced.js'
import { type PlanCommandOptions, summarise } from './plan-command.js'
import { readProblemAndPlan, readText, STANDARD_INPUT } from './read.js'
import { readSearchOptions, watchSearch } from './search.js'
import { tableOptions } from './terminal.js'
import { type Output, type OutputTarget, prepareOutput, writeOutputs } from './write.js'

export interface ReplanCommandOptions extends PlanCommandOptions {
  journal: string
  now: Instant
  skip?: string[]
  problemOut?: string
}

/** A journal has an object a line: a text that is one document as a whole is something else, unless it is a journal of one line. */
export function kindOfJournal(text: string, { parseJson }: Planner): DocumentKind | undefined {
  const kind = kindOfText(text)
  if (kind !== undefined) return kind
  try {
    return kindOfValue(parseJson(text))
  } catch {
    return undefined
  }
}

async function readNow({ now, zone }: ReplanCommandOptions, { start }: ResolvedProblem): Promise<Instant> {
  if (!isLocalTime(now)) return now
  return await readLocalTime('--now', now, { start, zone })
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function replanCommand(
  problemPath: string,
  planPath: string,
  options: ReplanCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const formatName = options.format ?? defaultPlanFormat(file)
  const format: PlanFormat = PLAN_FORMATS[formatName]
  if (options.journal === STANDARD_INPUT && [problemPath, planPath].includes(STANDARD_INPUT))
    throw new CliError('--journal -: only one of problem, plan and journal can come from standard input')
  const planner = await io.loadPlanner()
  const { problem: own, plan: old } = await readProblemAndPlan(problemPath, planPath, io, {
    quiet,
    parseJson: planner.parseJson,
  })
  const journal = await readText(options.journal, 'journal', io, quiet, 'a journal')
  refuseMisplaced(journal.label, kindOfJournal(journal.text, planner), 'journal')
  const others = [old, { ...journal, value: undefined }]
  const calendars = isLocalTime(options.now) ? withoutUnusedZone(options) : options
  const { document, problem, inputs } = await resolveWithCalendars(own, others, calendars, io, planner, quiet)
  const search = await readSearchOptions(options, io, planner, inputs)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  const problemTarget = prepareProblemOutput(options, target, inputs, io)
  const labels = { problem: own.label, plan: old.label, journal: journal.label }

  const now = await readNow(options, problem)
  const rest = await inOneOf(labels, async () => {
    const entries = planner.parseJournal(journal.text)
    const skip = options.skip ?? []
    return planner.remaining(document, problem, old.value, entries, { now, skip })
  })
  const left = rest.remaining
  inDocument(own.label, () => format.require?.(rest.problem))
  const { result: plan, interrupted } = await watchSearch(io, quiet, (hooks) =>
    planner.planRemaining(rest, { ...hooks, ...search }),
  )

  const display = tableOptions(options, target !== undefined, io)
  const head = formatName === 'table' ? `${runToTable(left, display)}\n` : ''
  const text = head + format.render(plan, rest.problem, display)
  const outputs: Output[] = []
  if (problemTarget !== undefined) outputs.push({ target: problemTarget, text: problemToJson(left.problem) })
  if (target !== undefined) outputs.push({ target, text })
  await writeOutputs(outputs, io)
  if (target === undefined) await io.stdout.write(text)
  if (!quiet) {
    const notes = left.warnings.map((warning) => `${journal.label}: ${warning}`)
    addAll(notes, format.notes?.(rest.problem) ?? [])
    if (formatName !== 'table' || target !== undefined) notes.push(describe(left))
    if (plan.statistics.kept === 1)
      notes.push('the rest of the old plan is kept: the search found nothing better')
    if (interrupted) notes.push('interrupted: this is the best plan found so far')
    if (problemTarget !== undefined) notes.push(`wrote ${problemTarget.label}: what is left, as a problem`)
    if (target !== undefined) notes.push(summarise(plan, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  return plan.unplaced.length > 0 ? EXIT.findings : EXIT.done
}

function prepareProblemOutput(
  { problemOut }: ReplanCommandOptions,
  target: OutputTarget | undefined,
  inputs: Parameters<typeof prepareOutput>[1],
  io: CliIo,
): OutputTarget | undefined {
  if (problemOut === undefined) return undefined
  if (problemOut === STANDARD_INPUT) throw new CliError('--problem-out -: name a file')
  const other = prepareOutput(problemOut, inputs, io.fs, '--problem-out')
  if (other.path === target?.path)
    throw new CliError(`--problem-out ${problemOut}: the same file as that of -o; name another`)
  return other
}

/** Names the file in which the faults are. */
async function inOneOf(labels: Readonly<Record<string, string>>, read: () => Promise<Rest>): Promise<Rest> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    return inDocument(labels[error.what] ?? `the ${error.what}`, () => {
      throw error
    })
  }
}

function describe({ ended, running, halted, failed, left }: Remaining): string {
  const restarts = halted.length === 0 ? '' : ` (${formatCount(halted.length, 'restart')} half done)`
  const old = `${formatCount(left.length, 'migration')} of the old plan left${restarts}`
  return `${ended.length} ended, ${running.length} running, ${failed.length} failed, ${old}`
}
