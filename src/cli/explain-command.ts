/** `vmferry explain`: problem in, explanation out. */
import type { ExplainOptions, ExplainProgress } from '../explain/options.js'
import type { PageFormatName } from '../io/format-names.js'
import { EXPLANATION_FORMATS } from '../io/formats.js'
import { formatCount } from '../io/table/clock.js'
import { describeStatus } from '../io/table/header.js'
import type { Explanation } from '../model/explanation.js'
import type { Progress } from '../solver/progress.js'
import { type CalendarCommandOptions, resolveWithCalendars } from './calendars.js'
import { EXIT, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { outputFormat } from './output-format.js'
import type { ProgressLine } from './progress-line.js'
import { readDocument, STANDARD_INPUT } from './read.js'
import { readSearchOptions, type SearchCommandOptions, watchSearch, withProgress } from './search.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface ExplainCommandOptions extends DisplayOptions, SearchCommandOptions, CalendarCommandOptions {
  output?: string
  format?: PageFormatName
  vm?: string
  node?: string
  relaxations?: number
}

/** `change 3 of 12: timeline`. */
function withStep(progress: ExplainProgress): Progress {
  const { step, steps, phase } = progress
  return { ...progress, phase: step === 0 ? phase : `change ${step} of ${steps - 1}: ${phase}` }
}

function summarise(explanation: Explanation, file: string): string {
  const { plan, relaxations } = explanation
  const helpful = relaxations.filter((relaxation) => relaxation.helps).length
  const changes = `${helpful} of ${formatCount(relaxations.length, 'change')} would help`
  return `wrote ${file}: the plan is ${describeStatus(plan)}; ${changes}`
}

/** Returns the exit code. @throws CliError for bad input; nothing is written then. */
export function explainCommand(
  problemPath: string,
  options: ExplainCommandOptions,
  io: CliIo,
): Promise<number> {
  return withProgress(io, options.quiet, problemPath, (watched, line) =>
    explainWatched(problemPath, options, watched, line),
  )
}

async function explainWatched(
  problemPath: string,
  options: ExplainCommandOptions,
  io: CliIo,
  line: ProgressLine | undefined,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format = outputFormat(EXPLANATION_FORMATS, { format: options.format, file })
  const planner = await io.loadPlanner()
  const { parseJson } = planner
  const own = await readDocument(problemPath, 'problem', io, { quiet, parseJson })
  const { document, problem, inputs } = await resolveWithCalendars(own, [], options, io, planner, quiet)
  const given: ExplainOptions = await readSearchOptions(options, io, planner, inputs)
  const target = file === undefined ? undefined : prepareOutput(file, inputs, io.fs)
  if (options.vm !== undefined) given.vm = options.vm
  if (options.node !== undefined) given.node = options.node
  if (options.relaxations !== undefined) given.relaxations = options.relaxations
  const { result: explanation, interrupted } = await watchSearch<ExplainProgress, Explanation>(
    io,
    line,
    (hooks) => planner.explain(document, problem, { ...hooks, ...given }),
    withStep,
  )
  const display = tableOptions(options, target !== undefined, io)
  const text = EXPLANATION_FORMATS[format].render(explanation, problem, display)
  if (target === undefined) await io.stdout.write(text)
  else await writeOutput(target, text, io)
  if (!quiet) {
    const notes: string[] = []
    if (interrupted) notes.push('interrupted: this is what was found so far')
    if (target !== undefined) notes.push(summarise(explanation, target.label))
    for (const note of notes) await io.stderr.write(`vmferry: ${safeLines(note)}\n`)
  }
  const { unplaced, notMaintained = [] } = explanation.plan
  return unplaced.length + notMaintained.length > 0 ? EXIT.findings : EXIT.done
}
