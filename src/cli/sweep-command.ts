/** `vmferry sweep`: one problem under many settings. */
import type { PlanRunner } from '../batch/runner.js'
import type { SweepFormatName } from '../io/format-names.js'
import { sweepToCsv, sweepToJson } from '../io/sweep.js'
import { formatCount } from '../io/table/clock.js'
import { sweepToTable } from '../io/table/sweep.js'
import type { TableOptions } from '../io/table/theme.js'
import { isPlanned, runSweep, type Sweep } from '../sweep/sweep.js'
import { BatchProgress, formatBatchProgress } from './batch-progress.js'
import { type CalendarCommandOptions, resolveWithCalendars, withoutUnusedZone } from './calendars.js'
import { CliError, EXIT, inDocument, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { outputFormat } from './output-format.js'
import type { ProgressLine } from './progress-line.js'
import { readDocument, STANDARD_INPUT } from './read.js'
import { type RunnerCommandOptions, startRunner } from './runner-options.js'
import { readSearchOptions, type SearchCommandOptions, withProgress } from './search.js'
import type { DisplayOptions } from './terminal.js'
import { tableOptions } from './terminal.js'
import { gridOf, notesOfSweep } from './vary.js'
import { prepareOutput, writeOutput } from './write.js'

export interface SweepCommandOptions
  extends DisplayOptions,
    Omit<SearchCommandOptions, 'threads'>,
    CalendarCommandOptions,
    Omit<RunnerCommandOptions, 'quiet'> {
  vary: string[]
  output?: string
  format?: SweepFormatName
}

interface SweepFormat {
  extensions: readonly string[]
  render(sweep: Sweep, options: TableOptions): string | Promise<string>
}

export const SWEEP_FORMATS = {
  table: { extensions: ['.txt', '.log'], render: sweepToTable },
  json: { extensions: ['.json'], render: (sweep) => sweepToJson(sweep) },
  csv: { extensions: ['.csv'], render: (sweep) => sweepToCsv(sweep) },
  svg: {
    extensions: ['.svg'],
    render: async (sweep) => (await import('../chart/sweep.js')).sweepToSvg(sweep),
  },
} as const satisfies Record<SweepFormatName, SweepFormat>

/** Returns the exit code. @throws CliError for bad input; nothing is planned then. */
export function sweepCommand(problemPath: string, options: SweepCommandOptions, io: CliIo): Promise<number> {
  return withProgress(io, options.quiet, problemPath, (watched, line) =>
    sweepWatched(problemPath, options, watched, line),
  )
}

async function sweepWatched(
  problemPath: string,
  options: SweepCommandOptions,
  io: CliIo,
  line: ProgressLine | undefined,
): Promise<number> {
  const quiet = options.quiet ?? false
  const file = options.output === STANDARD_INPUT ? undefined : options.output
  const format: SweepFormat = SWEEP_FORMATS[outputFormat(SWEEP_FORMATS, { format: options.format, file })]
  const planner = await io.loadPlanner()
  const own = await readDocument(problemPath, 'problem', io, { quiet, parseJson: planner.parseJson })
  // The zone is that of the times of --vary, too.
  const read = await resolveWithCalendars(own, [], withoutUnusedZone(options), io, planner, quiet)
  const search = await readSearchOptions(options, io, planner, read.inputs)
  const { dimensions, cells } = await gridOf(options.vary, read.document, options.zone)
  for (const { problem, settings } of cells) {
    const where = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    inDocument(`${own.label} with ${where.join(', ')}`, () => planner.resolveProblem(problem))
  }
  const target = file === undefined ? undefined : prepareOutput(file, read.inputs, io.fs)
  const say = async (message: string): Promise<void> => {
    if (!quiet) await io.stderr.write(`vmferry: ${safeLines(message)}\n`)
  }
  for (const note of notesOfSweep(dimensions, read.document)) await say(note)
  const stop = new AbortController()
  const release = io.onInterrupt(() => stop.abort())
  const counts = { planned: 0, failed: 0, unchanged: 0, failedBefore: 0, incomplete: 0 }
  const began = performance.now()
  const { ascii } = tableOptions({ color: false }, true, io)
  const shown = { total: cells.length, ascii }
  const progress =
    line &&
    new BatchProgress(line, () =>
      formatBatchProgress(counts, { ...shown, seconds: (performance.now() - began) / 1000 }),
    )
  let runner: PlanRunner | undefined
  let sweep: Sweep
  try {
    runner = await startRunner(options, planner, io)
    const name = read.problem.name
    sweep = await runSweep({ name, dimensions, cells }, runner, {
      options: { ...search, uncertainty: read.uncertainty },
      timeoutSeconds: options.timeout,
      signal: stop.signal,
      onRow(row) {
        if (isPlanned(row)) counts.planned++
        else counts.failed++
        progress?.update()
      },
    })
  } finally {
    progress?.end()
    release()
    await runner?.close()
  }
  if (sweep.rows.length === 0) throw new CliError('interrupted before the first plan: nothing is written')
  const text = await format.render(sweep, tableOptions(options, target !== undefined, io))
  if (target === undefined) await io.stdout.write(text)
  else {
    await writeOutput(target, text, io)
    await say(`wrote ${target.label}: ${formatCount(sweep.rows.length, 'plan')}`)
  }
  if (stop.signal.aborted) await say(`interrupted: ${sweep.rows.length} of ${cells.length} plans`)
  const whole =
    sweep.rows.length === cells.length && sweep.rows.every((row) => isPlanned(row) && row.unplaced === 0)
  return whole ? EXIT.done : EXIT.findings
}
