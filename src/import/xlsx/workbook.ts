/** Tables of an Excel workbook (Office Open XML, ISO/IEC 29500): the sheets that are asked for, and of those the columns. */
import { quote } from '../../model/issues.js'
import { importFault } from '../failure.js'
import type { InputFile } from '../inventory.js'
import { localName, xmlReader } from '../xml/events.js'
import { Archive } from './archive.js'
import { readSheet, type SheetTable } from './sheet.js'
import { readSharedStrings } from './strings.js'

interface Relationship {
  /** Last part of the type's address, which is all that strict and transitional workbooks have in common. */
  type: string
  /** Part of the archive. */
  target: string
}

/**
 * The sheets for which `columnsOf` answers, each with the columns for which that answers true.
 * @param columnsOf by name of the sheet: which columns to keep, by name; undefined for a sheet that is not wanted
 * @throws ImportError where the file is no workbook, or what is read of it is broken.
 */
export async function readWorkbook(
  input: InputFile,
  columnsOf: (sheet: string) => ((column: string) => boolean) | undefined,
): Promise<SheetTable[]> {
  const archive = await Archive.open(input)
  try {
    const root = await relationships(archive, '_rels/.rels', '')
    const workbook = [...root.values()].find(({ type }) => type === 'officeDocument')?.target
    if (workbook === undefined || !archive.has(workbook))
      throw importFault(input.name, 'a ZIP archive, but no Excel workbook (.xlsx)')
    const slash = workbook.lastIndexOf('/') + 1
    const folder = workbook.slice(0, slash)
    const parts = await relationships(archive, `${folder}_rels/${workbook.slice(slash)}.rels`, folder)
    const wanted = (await sheetsOf(archive, workbook)).flatMap((sheet) => {
      const keep = columnsOf(sheet.name)
      return keep === undefined ? [] : [{ ...sheet, keep }]
    })
    if (wanted.length === 0) return []
    const shared = [...parts.values()].find(({ type }) => type === 'sharedStrings')
    const strings = shared === undefined ? [] : await readSharedStrings(archive, shared.target)
    const tables: SheetTable[] = []
    for (const { name, id, keep } of wanted) {
      const part = parts.get(id)
      if (part === undefined) throw importFault(input.name, `the sheet ${name} has no part`, workbook)
      tables.push(await readSheet(archive, part.target, name, strings, keep))
    }
    return tables
  } finally {
    archive.close()
  }
}

async function relationships(
  archive: Archive,
  part: string,
  folder: string,
): Promise<Map<string, Relationship>> {
  const found = new Map<string, Relationship>()
  if (!archive.has(part)) return found
  const reader = await xmlReader(archive.file, part, {
    open(name, attributes) {
      const { Id: id, Type: type, Target: target, TargetMode: mode } = attributes
      if (name !== 'Relationship' || id === undefined || type === undefined || target === undefined) return
      if (mode?.toLowerCase() === 'external') return
      found.set(id, { type: type.slice(type.lastIndexOf('/') + 1), target: resolve(folder, target) })
    },
    close() {},
  })
  await archive.read(part, reader.write)
  reader.end()
  return found
}

/** A part named from a folder of the archive: from its root where it begins with a slash. */
function resolve(folder: string, target: string): string {
  const path: string[] = []
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') path.pop()
    else if (step !== '' && step !== '.') path.push(step)
  }
  return path.join('/')
}

async function sheetsOf(archive: Archive, workbook: string): Promise<{ name: string; id: string }[]> {
  const sheets: { name: string; id: string }[] = []
  const names = new Set<string>()
  const reader = await xmlReader(archive.file, workbook, {
    open(element, attributes) {
      if (element !== 'sheet') return
      // `r:id`, under whatever prefix the writer chose.
      const key = Object.keys(attributes).find((name) => name.includes(':') && localName(name) === 'id')
      const { name } = attributes
      if (key === undefined || name === undefined) return
      const folded = name.toLowerCase()
      if (names.has(folded)) throw importFault(archive.file, `two sheets are named ${quote(name)}`, workbook)
      names.add(folded)
      sheets.push({ name, id: attributes[key] })
    },
    close() {},
  })
  await archive.read(workbook, reader.write)
  reader.end()
  return sheets
}
