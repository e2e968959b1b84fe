/** A search on the command line: its options, a progress line while it runs, and an interrupt that ends it with what it has found. */
import { given } from '../given.js'
import type { ScheduleKind } from '../model/plan.js'
import type { PlanOptions } from '../plan-options.js'
import type { Progress } from '../solver/progress.js'
import { CliError, inDocument } from './failure.js'
import type { CliIo, OutputStream, Planner } from './io.js'
import { ProgressLine } from './progress-line.js'
import { type InputDocument, readDocument, STANDARD_INPUT } from './read.js'

export interface SearchCommandOptions {
  schedule?: ScheduleKind
  seed?: number
  effort?: 1 | 2 | 3 | 4 | 5
  timeLimit?: number
  threads?: number
  /** A file of parameters of the search. */
  parameters?: string
}

/**
 * What was given on the command line; the rest is the library's to decide.
 *
 * @param inputs gets the file of parameters, so that no output overwrites it.
 * @throws CliError that names the file of parameters
 */
export async function readSearchOptions(
  { schedule, seed, effort, timeLimit, threads, parameters: path }: SearchCommandOptions,
  io: CliIo,
  planner: Planner,
  inputs: Pick<InputDocument, 'label' | 'identity'>[],
): Promise<
  Pick<PlanOptions, 'schedule' | 'seed' | 'effort' | 'timeLimitSeconds' | 'threads' | 'parameters'>
> {
  const read: Awaited<ReturnType<typeof readSearchOptions>> = given({
    schedule,
    seed,
    effort,
    timeLimitSeconds: timeLimit,
    threads,
  })
  if (path === undefined) return read
  if (path === STANDARD_INPUT) throw new CliError('--parameters -: name a file')
  const document = await readDocument(path, 'parameters', io, { quiet: true, parseJson: planner.parseJson })
  inputs.push(document)
  read.parameters = inDocument(path, () => planner.readParameters(document.value, effort))
  return read
}

/** What the command passes on to the library; without `onProgress` nobody watches. */
export interface SearchHooks<P extends Progress> {
  signal: AbortSignal
  onProgress?: (progress: P) => void
}

/** A stream that shares its terminal with a line, which goes before anything is written. */
function beside(line: ProgressLine, stream: OutputStream): OutputStream {
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    write: (text) => {
      line.clear()
      return stream.write(text)
    },
  }
}

/**
 * Runs a command that searches, with a line on the terminal where there is one to be seen: it tells at once what is read, since of a large
 * problem that takes a while.
 */
export async function withProgress<T>(
  io: CliIo,
  quiet: boolean | undefined,
  path: string,
  command: (io: CliIo, line: ProgressLine | undefined) => Promise<T>,
): Promise<T> {
  if (!io.stderr.isTTY || io.env.TERM === 'dumb' || quiet === true) return command(io, undefined)
  const line = new ProgressLine(io.stderr)
  try {
    if (path !== STANDARD_INPUT) line.say(`reading ${path}`)
    return await command({ ...io, stdout: beside(line, io.stdout), stderr: beside(line, io.stderr) }, line)
  } finally {
    line.clear()
  }
}

/** @param show what the line shows of a progress; the progress itself where it needs no words of its own. */
export async function watchSearch<P extends Progress, T>(
  io: CliIo,
  line: ProgressLine | undefined,
  search: (hooks: SearchHooks<P>) => Promise<T>,
  show: (progress: P) => Progress = (progress) => progress,
): Promise<{ result: T; interrupted: boolean }> {
  const controller = new AbortController()
  const stopListening = io.onInterrupt(() => controller.abort())
  const hooks: SearchHooks<P> = { signal: controller.signal }
  if (line !== undefined) hooks.onProgress = (progress) => line.update(show(progress))
  try {
    return { result: await search(hooks), interrupted: controller.signal.aborted }
  } finally {
    line?.clear()
    stopListening()
  }
}
