/** `vmferry quiet`: problem and plan in, spans without migration out. */

import type { PageFormatName } from '../io/format-names.js'
import { QUIET_FORMATS } from '../io/formats.js'
import { isLocalTime } from '../io/local-time.js'
import { formatSpan } from '../io/table/clock.js'
import type { Instant } from '../model/problem.js'
import type { Quiet } from '../model/quiet.js'
import type { QuietOptions } from '../quiet/options.js'
import { type CalendarCommandOptions, resolveWithCalendars, withoutUnusedZone } from './calendars.js'
import { EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { readLocalOption } from './local-option.js'
import { outputFormat } from './output-format.js'
import { readProblemAndPlan, STANDARD_INPUT } from './read.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface QuietCommandOptions extends DisplayOptions, CalendarCommandOptions {
  output?: string
  format?: PageFormatName
  /** Seconds. */
  duration: number
  until?: Instant
  node?: string[]
  vm?: string[]
}

function summarise({ best, durationSeconds }: Quiet, file: string): string {
  const span = formatSpan(durationSeconds)
  const found =
    best === undefined ? `no common span of ${span}` : `quiet for ${span} from ${best.startSeconds} s`
  return `wrote ${file}: ${found}`
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export async function quietCommand(
  problemPath: string,
  planPath: string,
  options: QuietCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format = outputFormat(QUIET_FORMATS, { format: options.format, file })
  const planner = await io.loadPlanner()
  const { problem: own, plan } = await readProblemAndPlan(problemPath, planPath, io, {
    quiet,
    parseJson: planner.parseJson,
  })
  const { until } = options
  const calendars = isLocalTime(until) ? withoutUnusedZone(options) : options
  const { problem, inputs } = await resolveWithCalendars(own, [plan], calendars, io, planner, quiet)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  const given: QuietOptions = { durationSeconds: options.duration }
  if (isLocalTime(until))
    given.until = await readLocalOption('--until', until, { start: problem.start, zone: options.zone })
  else if (until !== undefined) given.until = until
  if (options.node !== undefined) given.nodes = options.node
  if (options.vm !== undefined) given.vms = options.vm
  const report = inDocument(plan.label, () => planner.quiet(problem, plan.value, given))
  const text = QUIET_FORMATS[format].render(report, problem, tableOptions(options, target !== undefined, io))
  if (target === undefined) await io.stdout.write(text)
  else {
    await writeOutput(target, text, io)
    if (!quiet) await io.stderr.write(`vmferry: ${safeLines(summarise(report, target.label))}\n`)
  }
  return report.best === undefined ? EXIT.findings : EXIT.done
}
