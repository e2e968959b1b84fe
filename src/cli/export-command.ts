/** `vmferry export`: problem and plan in, the plan in another format out. */
import type { PlanFormatName } from '../io/format-names.js'
import { PLAN_FORMATS, type PlanFormat } from '../io/formats.js'
import { violationsToTable } from '../io/table/violations.js'
import type { Plan } from '../model/plan.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { outputFormat } from './output-format.js'
import { summarise } from './plan-command.js'
import { readProblemAndPlan, STANDARD_INPUT } from './read.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface ExportCommandOptions extends DisplayOptions, CalendarCommandOptions {
  output?: string
  format?: PlanFormatName
}

/** Of `vmferry report`, which is an export to HTML. */
export type ReportCommandOptions = Omit<ExportCommandOptions, 'format' | keyof DisplayOptions> &
  Pick<DisplayOptions, 'quiet'>

/** Returns the exit code. A plan that breaks a rule is not written. @throws CliError for bad input; nothing is written then. */
export async function exportCommand(
  problemPath: string,
  planPath: string,
  options: ExportCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format: PlanFormat = PLAN_FORMATS[outputFormat(PLAN_FORMATS, { format: options.format, file })]
  const planner = await io.loadPlanner()
  const { problem: own, plan } = await readProblemAndPlan(problemPath, planPath, io, {
    quiet,
    parseJson: planner.parseJson,
  })
  const { problem, inputs } = await resolveWithCalendars(own, [plan], options, io, planner, quiet)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  inDocument(own.label, () => format.require?.(problem))
  const violations = inDocument(plan.label, () => planner.check(problem, plan.value))
  const checked = plan.value as Plan
  const display = tableOptions(options, target !== undefined, io)
  if (violations.length > 0) {
    const list = violationsToTable(violations, checked.migrations.length, problem, {
      ...display,
      color: false,
    })
    await io.stderr.write(`${list}vmferry: nothing written: the plan does not fit the problem\n`)
    return EXIT.findings
  }
  const text = await format.render(checked, problem, display)
  if (target === undefined) await io.stdout.write(text)
  else await writeOutput(target, text, io)
  if (!quiet) {
    const notes = format.notes?.(problem) ?? []
    if (target !== undefined) notes.push(summarise(checked, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  return EXIT.done
}
