/** Files of an inventory in, problem out. */
import { InvalidOptionError } from '../errors.js'
import { didYouMean, show } from '../model/issues.js'
import { buildProblem, type ImportedProblem } from './build.js'
import { FaultList } from './failure.js'
import type { InputFile, Inventory } from './inventory.js'
import {
  checkFiles,
  checkImportOptions,
  type ImportOptions,
  type InventoryReader,
  type ReaderOptions,
} from './options.js'
import { IMPORT_SOURCES, type ImportSource, SOURCES } from './sources.js'
import { recode } from './text.js'

/** `importProblem` of on-demand.ts. */
export async function importFiles(
  source: ImportSource,
  files: readonly InputFile[],
  options: ImportOptions = {},
): Promise<ImportedProblem> {
  if (!(IMPORT_SOURCES as readonly unknown[]).includes(source)) {
    const hint = typeof source === 'string' ? didYouMean(source, IMPORT_SOURCES) : ''
    throw new InvalidOptionError(
      `the source is ${show(source)}; it must be one of ${IMPORT_SOURCES.join(', ')}${hint}`,
    )
  }
  checkFiles(files)
  checkImportOptions(options)
  const { given, recoded } = inUtf8(files, options)
  const read = await SOURCES[source].load()
  const inventory = await readAll(read, given, options)
  return await buildProblem(inventory, given, recoded)
}

function inUtf8(
  files: readonly InputFile[],
  options: ImportOptions,
): { given: readonly InputFile[]; recoded: ImportOptions } {
  const { encoding, moves, windows } = options
  if (encoding === undefined) return { given: files, recoded: options }
  const faults = new FaultList()
  const each = (file: InputFile): InputFile => {
    try {
      return recode(file, encoding)
    } catch (error) {
      faults.take(error)
      return file
    }
  }
  const recoded = { ...options }
  const given = files.map(each)
  if (moves !== undefined) recoded.moves = each(moves)
  if (windows !== undefined) recoded.windows = windows.map(each)
  faults.throwIfAny()
  return { given, recoded }
}

async function readAll(
  read: InventoryReader,
  files: readonly InputFile[],
  options: ReaderOptions,
): Promise<Inventory> {
  try {
    return await read(files, options)
  } catch (error) {
    const faults = new FaultList()
    faults.take(error)
    return { nodes: [], vms: [], windows: [], assumptions: [], issues: faults.items }
  }
}
