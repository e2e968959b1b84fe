/** `vmferry plan`: problem in, plan out. */
import type { PlanFormat, PlanFormatName } from '../io/formats.js'
import { defaultPlanFormat, PLAN_FORMATS } from '../io/formats.js'
import { formatCount, formatSpan } from '../io/table/clock.js'
import { describeStatus } from '../io/table/header.js'
import type { Plan, ScheduleKind } from '../model/plan.js'
import type { PlanOptions } from '../solver/plan-options.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { readDocument, STANDARD_INPUT } from './read.js'
import { watchSearch } from './search.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface SearchCommandOptions {
  schedule?: ScheduleKind
  seed?: number
  effort?: 1 | 2 | 3 | 4 | 5
  timeLimit?: number
  threads?: number
}

export interface PlanCommandOptions extends DisplayOptions, SearchCommandOptions, CalendarCommandOptions {
  output?: string
  format?: PlanFormatName
}

/** What was written, in one line. */
export function summarise(plan: Plan, file: string): string {
  const moves = formatCount(plan.migrations.length, 'migration')
  return `wrote ${file}: ${moves}, makespan ${formatSpan(plan.makespanSeconds)}, ${describeStatus(plan)}`
}

/** What was given on the command line; the rest is the library's to decide. */
export function searchOptions(
  options: SearchCommandOptions,
): Pick<PlanOptions, 'schedule' | 'seed' | 'effort' | 'timeLimitSeconds' | 'threads'> {
  const given: ReturnType<typeof searchOptions> = {}
  if (options.schedule !== undefined) given.schedule = options.schedule
  if (options.seed !== undefined) given.seed = options.seed
  if (options.effort !== undefined) given.effort = options.effort
  if (options.timeLimit !== undefined) given.timeLimitSeconds = options.timeLimit
  if (options.threads !== undefined) given.threads = options.threads
  return given
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function planCommand(
  problemPath: string,
  options: PlanCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format: PlanFormat = PLAN_FORMATS[options.format ?? defaultPlanFormat(file)]
  const planner = await io.loadPlanner()
  const { parseJson } = planner
  const own = await readDocument(problemPath, 'problem', io, { quiet, parseJson })
  const { problem, inputs } = await resolveWithCalendars(own, [], options, io, planner, quiet)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  inDocument(own.label, () => format.require?.(problem))
  const { result: plan, interrupted } = await watchSearch(io, quiet, (hooks) =>
    planner.plan(problem, { ...hooks, ...searchOptions(options) }),
  )
  const text = format.render(plan, problem, tableOptions(options, target !== undefined, io))
  if (target === undefined) await io.stdout.write(text)
  else writeOutput(target, text, io.fs)
  if (!quiet) {
    const notes = format.notes?.(problem) ?? []
    if (interrupted) notes.push('interrupted: this is the best plan found so far')
    if (target !== undefined) notes.push(summarise(plan, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  return plan.unplaced.length > 0 ? EXIT.findings : EXIT.done
}
