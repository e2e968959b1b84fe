/** `vmferry batch`: problems in, a result for each out. */
import { extname } from 'node:path'
import { type BatchOutcome, runBatch } from '../batch/batch.js'
import { ResultFolder } from '../batch/folder.js'
import { FolderInUse } from '../batch/lock.js'
import type { JobOptions, PlanRunner } from '../batch/runner.js'
import { escapeJson } from '../io/controls.js'
import { kindOfText, kindOfValue } from '../io/document-kind.js'
import { formatCount } from '../io/table/clock.js'
import { formatInteger } from '../io/table/text.js'
import { listInputs } from './batch-inputs.js'
import { type BatchCounts, BatchProgress, doneOf, formatBatchProgress } from './batch-progress.js'
import { CliError, describeSystemError, EXIT, safeLines } from './failure.js'
import type { CliIo } from './io.js'
import { refuseMisplaced } from './misplaced.js'
import { packageInfo } from './package-info.js'
import type { ProgressLine } from './progress-line.js'
import { STANDARD_INPUT } from './read.js'
import { type RunnerCommandOptions, startRunner } from './runner-options.js'
import { readSearchOptions, type SearchCommandOptions, withProgress } from './search.js'
import { tableOptions } from './terminal.js'
import { prepareOutput, writeOutput } from './write.js'

export interface BatchCommandOptions extends Omit<SearchCommandOptions, 'threads'>, RunnerCommandOptions {
  output?: string
  quiet?: boolean
}

/** Problems that failed, each in a line of its own on standard error. */
const TOLD = 20

/** Returns the exit code. @throws CliError for bad usage; nothing is planned then. */
export function batchCommand(
  paths: readonly string[],
  options: BatchCommandOptions,
  io: CliIo,
): Promise<number> {
  return withProgress(io, options.quiet, STANDARD_INPUT, (watched, line) =>
    batchWatched(paths, options, watched, line),
  )
}

async function batchWatched(
  paths: readonly string[],
  options: BatchCommandOptions,
  io: CliIo,
  line: ProgressLine | undefined,
): Promise<number> {
  const planner = await io.loadPlanner()
  const target = outputOf(options.output)
  const jobOptions: JobOptions = await readSearchOptions(options, io, planner, [])
  const inputs = await listInputs(paths, target.folder, io)
  const lines = target.file === undefined ? undefined : prepareOutput(target.file, [], io.fs)
  const folder = target.folder === undefined ? undefined : await openFolder(target.folder)
  const stop = new AbortController()
  const release = io.onInterrupt(() => stop.abort())
  const counts: BatchCounts = {
    planned: 0,
    failed: 0,
    unchanged: 0,
    failedBefore: 0,
    incomplete: 0,
  }
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const { ascii } = tableOptions({ color: false }, true, io)
  const progress =
    line &&
    new BatchProgress(line, () =>
      formatBatchProgress(counts, { total: inputs.total, seconds: seconds(), ascii }),
    )
  const written: string[] = []
  let told = 0
  let runner: PlanRunner | undefined
  try {
    runner = await startRunner(options, planner, io)
    const outcomes = runBatch(inputs.each(), runner, {
      options: jobOptions,
      version: packageInfo().version,
      timeoutSeconds: options.timeout,
      folder,
      parse(text, label) {
        refuseMisplaced(label, kindOfText(text), 'problem')
        const value = planner.parseJson(text)
        refuseMisplaced(label, kindOfValue(value), 'problem')
        return value
      },
      signal: stop.signal,
    })
    for await (const outcome of outcomes) {
      count(counts, outcome)
      if (folder === undefined) {
        const text = lineOf(outcome, doneOf(counts) - 1)
        if (lines === undefined) await io.stdout.write(text)
        else written.push(text)
      }
      if (outcome.reason !== '' && options.quiet !== true && ++told <= TOLD)
        await io.stderr.write(`vmferry: ${safeLines(`${outcome.name}: ${outcome.reason}`)}\n`)
      progress?.update()
    }
    if (lines !== undefined && !stop.signal.aborted) await writeOutput(lines, written.join(''), io)
  } catch (error) {
    throw asCliError(error, target.folder)
  } finally {
    progress?.end()
    release()
    await runner?.close()
    await folder?.close()
  }
  if (options.quiet !== true)
    await io.stderr.write(
      `vmferry: ${safeLines(summary(counts, { seconds: seconds(), output: options.output, interrupted: stop.signal.aborted, resumes: folder !== undefined, hidden: told - TOLD }))}\n`,
    )
  const complete = counts.failed + counts.failedBefore + counts.incomplete === 0 && !stop.signal.aborted
  return complete ? EXIT.done : EXIT.findings
}

function count(counts: BatchCounts, { kind, unchanged, unplaced }: BatchOutcome): void {
  if (unchanged) counts.unchanged++
  else if (kind === 'plan') counts.planned++
  else counts.failed++
  if (unchanged && kind === 'error') counts.failedBefore++
  if (unplaced > 0) counts.incomplete++
}

function lineOf({ name, kind, result }: BatchOutcome, index: number): string {
  return `${escapeJson(JSON.stringify({ index, name, [kind]: result }))}\n`
}

/** A folder, a file of JSON Lines, or standard output. */
function outputOf(output: string | undefined): { folder?: string; file?: string } {
  if (output === undefined || output === STANDARD_INPUT) return {}
  const ending = extname(output).toLowerCase()
  if (ending === '.jsonl' || ending === '.ndjson') return { file: output }
  if (ending === '.json')
    throw new CliError(
      `-o ${output}: a batch writes a file for each problem into a folder, as in -o plans/, or JSON Lines, as in -o plans.jsonl`,
    )
  return { folder: output }
}

async function openFolder(folder: string): Promise<ResultFolder> {
  try {
    return await ResultFolder.open(folder)
  } catch (error) {
    throw asCliError(error, folder)
  }
}

function asCliError(error: unknown, folder: string | undefined): unknown {
  if (error instanceof FolderInUse)
    return new CliError(`-o ${folder}: another batch writes into this folder: ${error.message}`, {
      cause: error,
    })
  const { code, path } = error as NodeJS.ErrnoException
  if (folder === undefined || path === undefined || code === undefined) return error
  return new CliError(`-o ${folder}: cannot be written: ${describeSystemError(error)}`, { cause: error })
}

function summary(
  counts: BatchCounts,
  {
    seconds,
    output,
    interrupted,
    resumes,
    hidden,
  }: { seconds: number; output: string | undefined; interrupted: boolean; resumes: boolean; hidden: number },
): string {
  const { planned, failed, unchanged, failedBefore, incomplete } = counts
  const made = planned + failed
  const parts = [
    `${formatInteger(planned)} planned`,
    ...(unchanged > 0
      ? [
          `${formatInteger(unchanged)} unchanged${failedBefore > 0 ? `, ${formatInteger(failedBefore)} of which failed` : ''}`,
        ]
      : []),
    ...(failed > 0 ? [`${formatInteger(failed)} failed`] : []),
    ...(incomplete > 0 ? [`${formatCount(incomplete, 'plan')} with VMs left`] : []),
  ]
  const rate = made > 0 ? `, ${(made / seconds).toFixed(1)}/s` : ''
  const where = output === undefined || output === STANDARD_INPUT ? '' : `${output}: `
  const more = hidden > 0 ? `and ${formatInteger(hidden)} more that failed\nvmferry: ` : ''
  const end = interrupted ? `\ninterrupted${resumes ? ': the same command goes on where it was' : ''}` : ''
  return `${more}${where}${formatCount(doneOf(counts), 'problem')}: ${parts.join(', ')}; ${seconds.toFixed(1)} s${rate}${end}`
}
