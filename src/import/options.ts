/** The options of an import. */
import { InvalidOptionError } from '../errors.js'
import { didYouMean, isArray, show } from '../model/issues.js'
import type { ProblemDrain } from '../model/problem.js'
import type { IgnoredColumns } from './csv/columns.js'
import type { InputFile, Inventory } from './inventory.js'
import type { FallbackEncoding } from './text.js'

/** What holds for one node, or, without `node`, for all of them. */
export interface ForNode<T> {
  /** Its id, an alias, or its host name with or without domain. */
  node?: string
  value: T
}

/** What becomes of VMs with disks on storage that other nodes do not reach. */
export type LocalDisks = 'stay' | 'move'

export interface ImportOptions {
  /** Name of the problem. Default: what the files call the cluster. */
  name?: string
  /** Second 0 of the plan: an ISO 8601 instant with an offset. Default none. */
  start?: string
  /** Nodes to empty. Default none. */
  drain?: readonly ProblemDrain[]
  /** Nodes to work on in a night of maintenance, or `all` that are there; with `workSeconds`. Default none. */
  maintain?: 'all' | readonly string[]
  /** How long the work on each of them takes, seconds, > 0. */
  workSeconds?: number
  /** Nodes to leave out, with the VMs on them. Default none. */
  exclude?: readonly string[]
  /** A CSV file of moves. Default none. */
  moves?: InputFile
  /** CSV files and calendars (`.ics`) of backup windows. Default none. */
  windows?: readonly InputFile[]
  /** Time zone of calendars' times without one: `Europe/Berlin`, `+01:00`. Default: the calendar's own. */
  zone?: string
  /** Refuse calendars of which an event cannot be understood; else such events are left out and reported. Default false. */
  strict?: boolean
  /**
   * CPU models, in any form that `cpuModel` takes. For one node: in place of what the files tell; without `node`: for every node whose
   * CPU the files do not tell.
   */
  cpu?: readonly ForNode<string>[]
  /** Bandwidth of the live-migration network, megabits per second, in place of what the files tell. Default: theirs, else 10,000. */
  mbps?: readonly ForNode<number>[]
  /** Migrations that a node takes part in at once, in place of what the files tell. Default: theirs, else 1. */
  slots?: readonly ForNode<number>[]
  /** Memory that every node keeps free of arriving VMs, MiB (`policy.reserveMiB`). Default 0. */
  reserveMiB?: number
  /** vCPUs that may run on a node for each of its logical processors (`policy.maxVcpusPerCore`). Default no limit. */
  maxVcpusPerCore?: number
  /** What VMs write to their memory, MiB/s, where the files do not tell it. Default nothing, and reported. */
  dirtyMiBps?: number
  /**
   * Whether VMs with disks on storage that other nodes do not reach stay where they are, or may move, since their disks are moved with
   * them. Default `stay`.
   */
  localDisks?: LocalDisks
  /** Columns of CSV that nobody knows: `true` ignores all of them, a list those of these names. Default: they are faults. */
  ignoreColumns?: IgnoredColumns
  /** What files are taken for that are neither UTF-8 nor UTF-16. Default: they are refused. */
  encoding?: FallbackEncoding
}

/** Those that readers need, since what a VM may do depends on them. */
export type ReaderOptions = Pick<ImportOptions, 'cpu' | 'localDisks' | 'ignoreColumns'>

/** Reads all files of one import; faults go to `issues`, never to an exception. */
export type InventoryReader = (
  files: readonly InputFile[],
  options?: ReaderOptions,
) => Inventory | Promise<Inventory>

const NAMES: readonly (keyof ImportOptions)[] = [
  'name',
  'start',
  'drain',
  'maintain',
  'workSeconds',
  'exclude',
  'moves',
  'windows',
  'zone',
  'strict',
  'cpu',
  'mbps',
  'slots',
  'reserveMiB',
  'maxVcpusPerCore',
  'dirtyMiBps',
  'localDisks',
  'ignoreColumns',
  'encoding',
]

function isFile(value: unknown): value is InputFile {
  if (typeof value !== 'object' || value === null) return false
  const { name, bytes } = value as Partial<InputFile>
  return typeof name === 'string' && bytes instanceof Uint8Array
}

function checkText(name: 'name' | 'start' | 'zone', value: unknown): void {
  if (value !== undefined && typeof value !== 'string')
    throw new InvalidOptionError(`${name} is ${show(value)}; it must be a text`)
}

function checkList(name: keyof ImportOptions, value: unknown, wanted: string, good: (x: unknown) => boolean) {
  if (value === undefined) return
  if (!isArray(value)) throw new InvalidOptionError(`${name} is ${show(value)}; it must be an array`)
  const bad = value.find((each) => !good(each))
  if (bad !== undefined || value.some((each) => each === undefined))
    throw new InvalidOptionError(`${name} has ${show(bad)}; each element must be ${wanted}`)
}

function isForNode(type: 'string' | 'number'): (x: unknown) => boolean {
  return (x) => {
    if (typeof x !== 'object' || x === null) return false
    const { node, value } = x as Partial<ForNode<unknown>>
    return (node === undefined || typeof node === 'string') && typeof value === type
  }
}

/** The files of an import. @throws InvalidOptionError */
export function checkFiles(files: unknown): asserts files is readonly InputFile[] {
  if (!isArray(files) || files.length === 0 || !files.every(isFile))
    throw new InvalidOptionError(
      'the files must be an array of { name: string, bytes: Uint8Array }, and not empty',
    )
}

/** Whether the options have the shape that they must have; what they say is judged later. @throws InvalidOptionError */
export function checkImportOptions(options: unknown): asserts options is ImportOptions {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(`the options are ${show(options)}; they must be an object`)
  for (const name of Object.keys(options)) {
    if (!(NAMES as readonly string[]).includes(name))
      throw new InvalidOptionError(`${show(name)} is not an option${didYouMean(name, NAMES)}`)
  }
  const {
    name,
    start,
    drain,
    maintain,
    workSeconds,
    exclude,
    moves,
    windows,
    zone,
    strict,
    cpu,
    mbps,
    slots,
    reserveMiB,
    maxVcpusPerCore,
    dirtyMiBps,
    localDisks,
    ignoreColumns,
    encoding,
  } = options as ImportOptions
  checkText('name', name)
  checkText('start', start)
  checkText('zone', zone)
  if (strict !== undefined && typeof strict !== 'boolean')
    throw new InvalidOptionError(`strict is ${show(strict)}; it must be true or false`)
  checkList('drain', drain, 'the id of a node, or { node, mode }', (x) => {
    const node = typeof x === 'object' && x !== null ? (x as { node?: unknown }).node : x
    return typeof node === 'string'
  })
  if (maintain !== 'all') checkList('maintain', maintain, 'the id of a node', (x) => typeof x === 'string')
  if (workSeconds !== undefined && !(Number.isFinite(workSeconds) && workSeconds > 0))
    throw new InvalidOptionError(`workSeconds is ${show(workSeconds)}; it must be a number above 0`)
  if ((maintain === undefined) !== (workSeconds === undefined)) {
    const [one, other] = maintain === undefined ? ['workSeconds', 'maintain'] : ['maintain', 'workSeconds']
    throw new InvalidOptionError(`${one} is given without ${other}; give both`)
  }
  checkList('exclude', exclude, 'the name of a node', (x) => typeof x === 'string')
  if (moves !== undefined && !isFile(moves))
    throw new InvalidOptionError(`moves is ${show(moves)}; it must be { name: string, bytes: Uint8Array }`)
  checkList('windows', windows, '{ name: string, bytes: Uint8Array }', isFile)
  checkList('cpu', cpu, '{ node?: string, value: string }', isForNode('string'))
  checkList('mbps', mbps, '{ node?: string, value: number }', isForNode('number'))
  checkList('slots', slots, '{ node?: string, value: number }', isForNode('number'))
  if (reserveMiB !== undefined && !(Number.isFinite(reserveMiB) && reserveMiB >= 0))
    throw new InvalidOptionError(`reserveMiB is ${show(reserveMiB)}; it must be a number of at least 0`)
  if (maxVcpusPerCore !== undefined && !(Number.isFinite(maxVcpusPerCore) && maxVcpusPerCore > 0))
    throw new InvalidOptionError(`maxVcpusPerCore is ${show(maxVcpusPerCore)}; it must be a number above 0`)
  if (dirtyMiBps !== undefined && !(Number.isFinite(dirtyMiBps) && dirtyMiBps >= 0))
    throw new InvalidOptionError(`dirtyMiBps is ${show(dirtyMiBps)}; it must be a number of at least 0`)
  if (localDisks !== undefined && localDisks !== 'stay' && localDisks !== 'move')
    throw new InvalidOptionError(`localDisks is ${show(localDisks)}; it must be "stay" or "move"`)
  if (ignoreColumns !== true)
    checkList('ignoreColumns', ignoreColumns, 'the name of a column', (x) => typeof x === 'string')
  if (encoding !== undefined && encoding !== 'windows-1252')
    throw new InvalidOptionError(`encoding is ${show(encoding)}; it must be "windows-1252"`)
}
