/** `vmferry check`: problem and plan in, violations out. */
import { violationsToJson } from '../io/json.js'
import { violationsToTable } from '../io/table/violations.js'
import type { Plan } from '../model/plan.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, inDocument } from './failure.js'
import type { CliIo } from './io.js'
import { readProblemAndPlan } from './read.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'

export interface CheckCommandOptions extends DisplayOptions, CalendarCommandOptions {
  format?: 'table' | 'json'
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function checkCommand(
  problemPath: string,
  planPath: string,
  options: CheckCommandOptions,
  io: CliIo,
): Promise<number> {
  const planner = await io.loadPlanner()
  const reading = { quiet: options.quiet ?? false, parseJson: planner.parseJson }
  const { problem: own, plan } = await readProblemAndPlan(problemPath, planPath, io, reading)
  const { problem } = await resolveWithCalendars(own, [plan], options, io, planner, reading.quiet)
  const violations = inDocument(plan.label, () => planner.check(problem, plan.value))
  const migrationCount = (plan.value as Plan).migrations.length
  const text =
    options.format === 'json'
      ? violationsToJson(violations)
      : violationsToTable(violations, migrationCount, problem, tableOptions(options, false, io))
  await io.stdout.write(text)
  return violations.length > 0 ? EXIT.findings : EXIT.done
}
