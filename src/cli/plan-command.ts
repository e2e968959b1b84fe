/** `vmferry plan`: problem in, plan out. */
import type { PlanFormatName } from '../io/format-names.js'
import type { PlanFormat } from '../io/formats.js'
import { PLAN_FORMATS } from '../io/formats.js'
import { formatCount, formatSpan } from '../io/table/clock.js'
import { describeMakespan, describeStatus } from '../io/table/header.js'
import type { Plan } from '../model/plan.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { outputFormat } from './output-format.js'
import type { ProgressLine } from './progress-line.js'
import { readDocument, STANDARD_INPUT } from './read.js'
import { readSearchOptions, type SearchCommandOptions, watchSearch, withProgress } from './search.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface PlanCommandOptions extends DisplayOptions, SearchCommandOptions, CalendarCommandOptions {
  output?: string
  format?: PlanFormatName
  printParameters?: boolean
  compare?: boolean
}

/** What was written, in one line. */
export function summarise(plan: Plan, file: string): string {
  const moves = formatCount(plan.migrations.length, 'migration')
  const makespan = describeMakespan(plan, formatSpan(plan.makespanSeconds))
  return `wrote ${file}: ${moves}, makespan ${makespan}, ${describeStatus(plan)}`
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export function planCommand(problemPath: string, options: PlanCommandOptions, io: CliIo): Promise<number> {
  return withProgress(io, options.quiet, problemPath, (watched, line) =>
    planWatched(problemPath, options, watched, line),
  )
}

async function planWatched(
  problemPath: string,
  options: PlanCommandOptions,
  io: CliIo,
  line: ProgressLine | undefined,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format: PlanFormat = PLAN_FORMATS[outputFormat(PLAN_FORMATS, { format: options.format, file })]
  const planner = await io.loadPlanner()
  const { parseJson } = planner
  const own = await readDocument(problemPath, 'problem', io, { quiet, parseJson })
  const { problem, inputs, uncertainty } = await resolveWithCalendars(own, [], options, io, planner, quiet)
  const search = await readSearchOptions(options, io, planner, inputs)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  inDocument(own.label, () => format.require?.(problem))
  const { result: plan, interrupted } = await watchSearch(io, line, (hooks) =>
    planner.plan(problem, { ...hooks, ...search, uncertainty }),
  )
  const text = await format.render(plan, problem, tableOptions(options, target !== undefined, io))
  if (target === undefined) await io.stdout.write(text)
  else await writeOutput(target, text, io)
  if (options.compare === true) {
    const { compareLines } = await import('../compare/compare.js')
    for (const told of await compareLines(problem, plan)) await io.stderr.write(`${safeLines(told)}\n`)
  }
  if (!quiet) {
    const notes = format.notes?.(problem) ?? []
    if (interrupted) notes.push('interrupted: this is the best plan found so far')
    if (target !== undefined) notes.push(summarise(plan, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  const left = plan.unplaced.length + (plan.notMaintained?.length ?? 0)
  return left > 0 ? EXIT.findings : EXIT.done
}

/** `--print-parameters`. @throws CliError for a faulty file of parameters. */
export async function printParameters(options: SearchCommandOptions, io: CliIo): Promise<number> {
  const planner = await io.loadPlanner()
  const { effort, parameters } = await readSearchOptions(options, io, planner, [])
  await io.stdout.write(`${JSON.stringify(planner.readParameters(parameters ?? {}, effort), null, 2)}\n`)
  return EXIT.done
}
