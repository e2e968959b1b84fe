/** What each file is that was dropped. */

import type { InputFile } from '../../src/import/inventory.js'
import type { ImportSource } from '../../src/import/sources.js'
import { decodeInput } from '../../src/import/text.js'
import { kindOfText, kindOfValue } from '../../src/io/document-kind.js'
import { parseJson } from '../../src/model/parse.js'

export interface Sorted {
  problem: { file: InputFile; value: unknown } | undefined
  plan: { file: InputFile; value: unknown } | undefined
  /** iCalendar files, and tables of windows. */
  windows: InputFile[]
  moves: InputFile | undefined
  inventory: InputFile[]
  /** By what the inventory looks like. */
  source: ImportSource
}

const columnsOf = (text: string) =>
  (
    text
      .replace(/^\ufeff/, '')
      .replace(/^sep=.\r?\n/i, '')
      .split(/\r?\n/, 1)[0] ?? ''
  )
    .split(/[,;\t]/)
    .map((cell) => cell.replace(/["'\s_-]/g, '').toLowerCase())

function kindOfTable(columns: readonly string[]): 'moves' | 'windows' | 'rvtools' | 'csv' {
  const has = (...names: string[]) => names.some((name) => columns.includes(name))
  if (has('powerstate') && has('vm', 'host')) return 'rvtools'
  if (has('currentevc', 'maxevc', 'inmaintenancemode')) return 'rvtools'
  const sized = has('memorymib', 'memory', 'memorygib', 'memorymb', 'memorygb', 'cpu')
  if (!sized && has('to', 'target') && has('vm', 'id', 'name')) return 'moves'
  if (!sized && has('start')) return 'windows'
  return 'csv'
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of JSON that is neither problem nor plan. */
function sourceOfValue(value: unknown): ImportSource {
  const unwrapped = isObject(value) && Array.isArray(value.data) ? value.data : value
  const first: unknown = Array.isArray(unwrapped) ? unwrapped[0] : unwrapped
  if (!isObject(first)) return 'hyperv'
  if ('lscpu' in first) return 'libvirt'
  const ofProxmox = ['vmid', 'maxmem', 'digest', 'cpuinfo', 'rule', 'pveversion']
  if (isObject(value) && 'data' in value && !('Format' in value)) return 'proxmox'
  return ofProxmox.some((key) => key in first) ? 'proxmox' : 'hyperv'
}

/** @throws ImportError where a file is no text, InvalidProblemError where it is broken JSON */
export function sortFiles(files: readonly InputFile[], encoding?: 'windows-1252'): Sorted {
  const sorted: Sorted = {
    problem: undefined,
    plan: undefined,
    windows: [],
    moves: undefined,
    inventory: [],
    source: 'csv',
  }
  const sources = new Set<ImportSource>()
  const inventory = (file: InputFile, source: ImportSource) => {
    sorted.inventory.push(file)
    sources.add(source)
  }
  for (const file of files) {
    // A workbook is an archive.
    if (file.bytes[0] === 0x50 && file.bytes[1] === 0x4b) {
      inventory(file, 'rvtools')
      continue
    }
    const text = encoding === undefined ? decodeInput(file) : new TextDecoder(encoding).decode(file.bytes)
    const kind = kindOfText(text)
    if (kind === 'calendar') sorted.windows.push(file)
    else if (/\.conf$/i.test(file.name)) inventory(file, 'proxmox')
    else if (/^\s*</.test(text)) inventory(file, 'libvirt')
    else if (/^\s*[[{]/.test(text.replace(/^\ufeff/, ''))) {
      const value = parseJson(text)
      const document = kindOfValue(value)
      if (document === 'problem') sorted.problem = { file, value }
      else if (document === 'plan') sorted.plan = { file, value }
      else inventory(file, sourceOfValue(value))
    } else {
      const table = kindOfTable(columnsOf(text))
      if (table === 'windows') sorted.windows.push(file)
      else if (table === 'moves') sorted.moves = file
      else inventory(file, /^[ \t]*Architecture:/m.test(text) ? 'libvirt' : table)
    }
  }
  // What lscpu prints goes with either.
  for (const source of ['proxmox', 'libvirt', 'rvtools', 'hyperv'] as const)
    if (sources.has(source)) return { ...sorted, source }
  return sorted
}
