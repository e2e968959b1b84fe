/** `vmferry import`: an inventory as other tools export it in, problem out. */
import { InvalidArgumentError } from 'commander'
import type { InputFile } from '../import/inventory.js'
import type { ForNode, ImportOptions } from '../import/options.js'
import type { ImportReport } from '../import/report.js'
import type { ImportSource } from '../import/sources.js'
import type { FallbackEncoding } from '../import/text.js'
import { escapeText } from '../io/table/text.js'
import type { ProblemDrain } from '../model/problem.js'
import { parseQuantity } from '../model/units.js'
import { CliError, EXIT } from './failure.js'
import type { CliIo } from './io.js'
import { integerOption } from './numbers.js'
import { type InputBytes, readBytes, STANDARD_INPUT } from './read.js'
import { type OutputTarget, prepareOutput, writeOutput } from './write.js'

export interface ImportCommandOptions {
  output?: string
  name?: string
  start?: string
  drain?: ProblemDrain[]
  moves?: string
  windows?: string[]
  zone?: string
  cpu?: ForNode<string>[]
  mbps?: ForNode<number>[]
  slots?: ForNode<number>[]
  /** MiB. */
  reserve?: number
  encoding?: FallbackEncoding
  report?: string
  quiet?: boolean
}

/** Assumptions that go to standard error unasked. */
const SHOWN_ASSUMPTIONS = 20
/** Megabits per second: a petabit. */
const MAX_MBPS = 1_000_000_000

function forNode<T>(text: string, parse: (value: string) => T): ForNode<T> {
  const at = text.indexOf('=')
  if (at < 0) return { value: parse(text) }
  if (at === 0) throw new InvalidArgumentError('Before = it must have the name of a node.')
  return { node: text.slice(0, at), value: parse(text.slice(at + 1)) }
}

/** `MODEL` or `NODE=MODEL`, for an option that may be given several times. */
export function cpuOption(text: string, previous: readonly ForNode<string>[] = []): ForNode<string>[] {
  const parse = (value: string): string => {
    if (value.trim() !== '') return value
    throw new InvalidArgumentError('It must be a CPU model, or NODE=MODEL.')
  }
  return [...previous, forNode(text, parse)]
}

/** `N` or `NODE=N`. */
export function mbpsOption(text: string, previous: readonly ForNode<number>[] = []): ForNode<number>[] {
  const parse = (value: string): number => {
    const mbps = parseQuantity(value, 'Mbps')
    if (mbps !== undefined && mbps > 0 && mbps <= MAX_MBPS) return mbps
    throw new InvalidArgumentError('It must be megabits per second, as in 25000 or 25Gbps, or NODE=N.')
  }
  return [...previous, forNode(text, parse)]
}

/** `N` or `NODE=N`. */
export function slotsOption(text: string, previous: readonly ForNode<number>[] = []): ForNode<number>[] {
  return [...previous, forNode(text, integerOption(1, 1_000_000))]
}

/** `NODE`, or `NODE=save`. */
export function drainOption(text: string, previous: readonly ProblemDrain[] = []): ProblemDrain[] {
  const { node, value } = forNode(text, (mode) => mode)
  if (node === undefined) return [...previous, value]
  if (value !== 'save' && value !== 'live')
    throw new InvalidArgumentError(
      'It must be the name of a node, or NODE=save to save its VMs where they are.',
    )
  return [...previous, { node, mode: value }]
}

/** MiB, or a number with a unit. */
export function reserveOption(text: string): number {
  const mib = parseQuantity(text, 'MiB')
  if (mib !== undefined && mib >= 0) return mib
  throw new InvalidArgumentError('It must be a number of MiB, or one with a unit, as in 16GiB.')
}

/** Reads every file once, at most one of them from standard input. */
class Inputs {
  readonly read: InputBytes[] = []
  private readonly io: CliIo
  private readonly quiet: boolean

  constructor(io: CliIo, quiet: boolean) {
    this.io = io
    this.quiet = quiet
  }

  async file(path: string, what: string): Promise<InputFile> {
    if (path === STANDARD_INPUT && this.read.some(({ label }) => label === 'standard input'))
      throw new CliError('"-" is given twice: only one file can come from standard input')
    const input = await readBytes(path, what, this.io, this.quiet)
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
  const { name, start, zone, drain, cpu, mbps, slots, reserve, encoding } = options
  if (zone !== undefined && options.windows === undefined)
    throw new CliError('--zone is for the calendars of --windows; there are none')
  const given: ImportOptions = {}
  if (name !== undefined) given.name = name
  if (start !== undefined) given.start = start
  if (zone !== undefined) given.zone = zone
  if (drain !== undefined) given.drain = drain
  if (cpu !== undefined) given.cpu = cpu
  if (mbps !== undefined) given.mbps = mbps
  if (slots !== undefined) given.slots = slots
  if (reserve !== undefined) given.reserveMiB = reserve
  if (encoding !== undefined) given.encoding = encoding
  if (options.moves !== undefined) given.moves = await inputs.file(options.moves, 'moves')
  if (options.windows !== undefined) given.windows = await inputs.files(options.windows, 'windows')
  return given
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
  const reportTarget = prepare(options.report, inputs, io, '--report')
  if (target !== undefined && target.path === reportTarget?.path)
    throw new CliError(`-o and --report name the same file, ${target.label}`)
  const [{ importProblem }, { problemToJson }, { reportLines, summariseReport }] = await Promise.all([
    import('../import/import.js'),
    import('../import/problem-text.js'),
    import('../import/report.js'),
  ])
  const { problem, report } = await importProblem(source, files, given)
  const summary = `${target === undefined ? '' : `wrote ${target.label}: `}${summariseReport(report)}`
  const lines = reportLines(report).map(escapeText)
  const text = problemToJson(problem)
  if (target === undefined) await io.stdout.write(text)
  else writeOutput(target, text, io.fs)
  if (reportTarget !== undefined)
    writeOutput(reportTarget, [escapeText(summary), ...lines].map((line) => `${line}\n`).join(''), io.fs)
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
