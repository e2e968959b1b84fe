/** `vmferry import`: an inventory as other tools export it in, problem out. */

import { given } from '../given.js'
import { ImportError } from '../import/failure.js'
import type { InputFile } from '../import/inventory.js'
import type { ImportOptions } from '../import/options.js'
import type { ImportReport } from '../import/report.js'
import type { ImportSource } from '../import/sources.js'
import { type DocumentKind, kindOfDocument } from '../io/document-kind.js'
import { isLocalTime } from '../io/local-time.js'
import { escapeText } from '../io/table/text.js'
import { withLearned } from './calendars.js'
import { CliError, EXIT } from './failure.js'
import type { ImportCommandOptions } from './import-options.js'
import type { CliIo } from './io.js'
import { readLocalOption } from './local-option.js'
import { refuseMisplaced } from './misplaced.js'
import { requireJsonName } from './output-format.js'
import { decodeText, type InputBytes, readBytes, STANDARD_INPUT } from './read.js'
import { type Output, type OutputTarget, prepareOutput, writeOutputs } from './write.js'

/** Assumptions that go to standard error unasked. */
const SHOWN_ASSUMPTIONS = 20
/** Reads every file once, at most one of them from standard input. */
class Inputs {
  readonly read: InputBytes[] = []
  readonly #io: CliIo
  readonly #quiet: boolean

  constructor(io: CliIo, quiet: boolean) {
    this.#io = io
    this.#quiet = quiet
  }

  async file(path: string, what: string): Promise<InputFile> {
    if (path === STANDARD_INPUT && this.read.some(({ label }) => label === 'standard input'))
      throw new CliError('"-" is given twice: only one file can come from standard input')
    const input = await readBytes(path, what, this.#io, this.#quiet)
    this.read.push(input)
    return { name: input.label, bytes: input.bytes }
  }

  async files(paths: readonly string[], what: string): Promise<InputFile[]> {
    const files: InputFile[] = []
    for (const path of paths) files.push(await this.file(path, what))
    return files
  }
}

async function importOptions(options: ImportCommandOptions, inputs: Inputs): Promise<ImportOptions> {
  const { name, start, zone, strict, drain, exclude, cpu, mbps, slots, reserve, localDisks, encoding } =
    options
  const isLocal = isLocalTime(start)
  if (zone !== undefined && options.windows === undefined && !isLocal)
    throw new CliError('--zone is for the calendars of --windows; there are none')
  if ((options.maintain === undefined) !== (options.work === undefined))
    throw new CliError(
      options.work === undefined
        ? '--maintain needs --work: how long the work on each node takes, as in 25m'
        : '--work is for the nodes of --maintain; there are none',
    )
  const local = { start: undefined, zone }
  const read: ImportOptions = given({
    name,
    start: isLocal ? await readLocalOption('--start', start, local) : start,
    zone,
    strict,
    drain,
    maintain: options.maintain,
    workSeconds: options.work,
    exclude,
    cpu,
    mbps,
    slots,
    reserveMiB: reserve,
    maxVcpusPerCore: options.maxVcpusPerCore,
    dirtyMiBps: options.dirty,
    localDisks,
    ignoreColumns: options.ignoreColumns === true ? (true as const) : options.ignoreColumn,
    encoding,
    moves: options.moves === undefined ? undefined : await inputs.file(options.moves, 'moves'),
    windows: options.windows && (await inputs.files(options.windows, 'windows')),
  })
  if (read.moves !== undefined) refuseDocument(read.moves, ['table'])
  for (const file of read.windows ?? []) refuseDocument(file, ['calendar', 'table'])
  return read
}

/** @throws CliError where the file is something else than `wanted`, of the first of which messages speak */
function refuseDocument(
  { name, bytes }: InputFile,
  wanted: readonly [DocumentKind, ...DocumentKind[]],
): void {
  let kind: DocumentKind | undefined
  try {
    kind = kindOfDocument(decodeText(bytes, name))
  } catch {
    return
  }
  if (kind !== undefined && !wanted.includes(kind)) refuseMisplaced(name, kind, wanted[0])
}

function prepare(
  file: string | undefined,
  inputs: Inputs,
  io: CliIo,
  option = '-o',
): OutputTarget | undefined {
  return file === undefined || file === STANDARD_INPUT
    ? undefined
    : prepareOutput(file, inputs.read, io.fs, option)
}

/** Returns the exit code. @throws CliError, ImportError, InvalidOptionError for bad input; nothing is written then. */
export async function importCommand(
  source: ImportSource,
  paths: readonly string[],
  options: ImportCommandOptions,
  io: CliIo,
): Promise<number> {
  const quiet = options.quiet ?? false
  const inputs = new Inputs(io, quiet)
  const files = await inputs.files(paths, 'inventory')
  const given = await importOptions(options, inputs)
  const target = prepare(options.output, inputs, io)
  if (target !== undefined) requireJsonName('-o', target.label)
  const reportTarget = prepare(options.report, inputs, io, '--report')
  if (target !== undefined && target.path === reportTarget?.path)
    throw new CliError(`-o and --report name the same file, ${target.label}`)
  const [{ importFiles }, { problemToJson }, { reportLines, summariseReport }] = await Promise.all([
    import('../import/import.js'),
    import('../import/problem-text.js'),
    import('../import/report.js'),
  ])
  const { problem: imported, report } = await importFiles(source, files, given).catch((error: unknown) => {
    // What else a file may be is looked at only where it is none of the source.
    if (error instanceof ImportError) for (const file of files) refuseDocument(file, ['inventory', 'table'])
    throw error
  })
  const applied = await withLearned(imported, options, inputs.read, io, await io.loadPlanner(), quiet)
  const problem = applied?.problem ?? imported
  const summary = `${target === undefined ? '' : `wrote ${target.label}: `}${summariseReport(report)}`
  const lines = reportLines(report).map(escapeText)
  const text = problemToJson(problem)
  const outputs: Output[] = []
  if (target !== undefined) outputs.push({ target, text })
  if (reportTarget !== undefined)
    outputs.push({
      target: reportTarget,
      text: [escapeText(summary), ...lines].map((line) => `${line}\n`).join(''),
    })
  await writeOutputs(outputs, io)
  if (target === undefined) await io.stdout.write(text)
  const most = options.report === STANDARD_INPUT ? lines.length : SHOWN_ASSUMPTIONS
  if (!quiet) await io.stderr.write(notes(summary, lines.slice(0, most), reportTarget, report))
  return EXIT.done
}

function notes(
  summary: string,
  lines: readonly string[],
  reportTarget: OutputTarget | undefined,
  { assumptions }: ImportReport,
): string {
  const where = reportTarget === undefined || assumptions.length === 0 ? '' : `, in ${reportTarget.label}`
  const shown = reportTarget === undefined ? lines : []
  const hidden = assumptions.length - shown.length
  const text = [`vmferry: ${escapeText(summary + where)}`, ...shown.map((line) => `  ${line}`)]
  if (reportTarget === undefined && hidden > 0)
    text.push(`  and ${hidden} more; --report FILE has all of them`)
  return text.map((line) => `${line}\n`).join('')
}
