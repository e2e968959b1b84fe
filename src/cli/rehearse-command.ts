/** `vmferry rehearse`: problem and plan in, what nights of other durations would do to the plan out. */
import { escapeJson } from '../io/controls.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, inDocument } from './failure.js'
import type { CliIo } from './io.js'
import { readProblemAndPlan } from './read.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'

export interface RehearseCommandOptions extends DisplayOptions, CalendarCommandOptions {
  format?: 'table' | 'json'
  /** Relative. */
  spread?: number
  seed?: number
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function rehearseCommand(
  problemPath: string,
  planPath: string,
  options: RehearseCommandOptions,
  io: CliIo,
): Promise<number> {
  const planner = await io.loadPlanner()
  const reading = { quiet: options.quiet ?? false, parseJson: planner.parseJson }
  const { problem: own, plan } = await readProblemAndPlan(problemPath, planPath, io, reading)
  const { problem } = await resolveWithCalendars(own, [plan], options, io, planner, reading.quiet)
  const [{ rehearseResolved }, { rehearsalToTable }] = await Promise.all([
    import('../rehearse/rehearse.js'),
    import('../io/table/rehearsal.js'),
  ])
  const { spread, seed } = options
  const rehearsal = inDocument(plan.label, () => rehearseResolved(problem, plan.value, { spread, seed }))
  const text =
    options.format === 'json'
      ? `${escapeJson(JSON.stringify(rehearsal, undefined, 2))}\n`
      : rehearsalToTable(rehearsal, problem, tableOptions(options, false, io))
  await io.stdout.write(text)
  return EXIT.done
}
