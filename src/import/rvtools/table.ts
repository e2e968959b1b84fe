/** Tabs of RVTools as tables, from a workbook or from CSV files: one interface to both. */
import { type CsvRow, type CsvTable, foldHeader, readCsvTable } from '../csv/table.js'
import type { InputFile, Origin } from '../inventory.js'
import type { CellValue } from '../xlsx/sheet.js'
import { readWorkbook } from '../xlsx/workbook.js'

export interface Row {
  /** The cell under the first of these columns that the tab has; `''` where it is empty, undefined where it has none of them. */
  cell(...names: string[]): CellValue | undefined
  origin(...names: string[]): Origin
}

export type TabName = 'vInfo' | 'vHost'

export interface Tab {
  name: TabName
  file: string
  rows: readonly Row[]
  has(...names: string[]): boolean
}

/**
 * The names that a column goes by: as RVTools writes it, and with the tab in front, as its option `-DBColumnNames` makes it
 * (`vInfoMemory`). `prefixed` are further names behind the tab, where that is not just the name without spaces.
 */
const names = (tab: TabName, name: string, ...prefixed: string[]): readonly string[] => [
  name,
  ...[name.replace(/[^A-Za-z]/g, ''), ...prefixed].map((each) => tab + each),
]

export const INFO = {
  vm: names('vInfo', 'VM', 'VMName'),
  powerState: names('vInfo', 'Powerstate'),
  template: names('vInfo', 'Template'),
  placeholder: names('vInfo', 'SRM Placeholder'),
  connection: names('vInfo', 'Connection state'),
  memory: names('vInfo', 'Memory', 'MemoryMiB'),
  vcpus: names('vInfo', 'CPUs'),
  priority: names('vInfo', 'HA Restart Priority'),
  rules: names('vInfo', 'Cluster rule(s)'),
  ruleNames: names('vInfo', 'Cluster rule name(s)'),
  datacenter: names('vInfo', 'Datacenter'),
  cluster: names('vInfo', 'Cluster'),
  host: names('vInfo', 'Host'),
  id: names('vInfo', 'VM ID'),
  uuid: names('vInfo', 'VM UUID', 'UUID'),
} as const

export const HOST = {
  host: names('vHost', 'Host', 'Name'),
  datacenter: names('vHost', 'Datacenter'),
  cluster: names('vHost', 'Cluster'),
  maintenance: names('vHost', 'in Maintenance Mode'),
  cpu: names('vHost', 'CPU Model'),
  memory: names('vHost', '# Memory', 'MemorySize', 'MemorySizeMiB'),
  cores: names('vHost', '# Cores', 'NumCpuCores', 'NumCores'),
  threads: names('vHost', 'HT Active'),
  currentEvc: names('vHost', 'Current EVC'),
  maxEvc: names('vHost', 'Max EVC'),
} as const

const COLUMNS: { readonly [T in TabName]: ReadonlySet<string> } = {
  vInfo: new Set(Object.values(INFO).flat().map(foldHeader)),
  vHost: new Set(Object.values(HOST).flat().map(foldHeader)),
}

/** Columns without which a tab says too little. */
const NEEDED = {
  vInfo: [INFO.vm, INFO.powerState, INFO.memory, INFO.host],
  vHost: [HOST.host, HOST.cpu, HOST.memory],
} as const

/** The needed columns that the tab lacks, as RVTools names them without that option. */
export function missingColumns({ name, has }: Tab): string[] {
  return NEEDED[name].filter((each) => !has(...each)).map(([readable]) => readable)
}

export function isWorkbook({ bytes }: InputFile): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

/** @throws ImportError */
export async function readTabsOfWorkbook(file: InputFile): Promise<Tab[]> {
  const tabs = await readWorkbook(file, (sheet) => {
    const tab = tabNamed(sheet)
    return tab === undefined ? undefined : (column) => COLUMNS[tab].has(foldHeader(column))
  })
  return tabs.map((table) => ({
    name: tabNamed(table.sheet)!,
    file: table.file,
    rows: table.rows,
    has: (...columns) => table.has(...columns),
  }))
}

function tabNamed(sheet: string): TabName | undefined {
  const folded = sheet.toLowerCase()
  return folded === 'vinfo' ? 'vInfo' : folded === 'vhost' ? 'vHost' : undefined
}

/**
 * The tab that a CSV file holds, told by its columns; undefined where it is neither of the two.
 * @throws ImportError
 */
export async function readTabOfCsv(file: InputFile): Promise<Tab | undefined> {
  const table = await readCsvTable(file)
  const name = tabOf(table)
  if (name === undefined) return undefined
  return {
    name,
    file: file.name,
    rows: table.rows.map(rowOf),
    has: (...columns) => table.has(...columns),
  }
}

function tabOf(table: CsvTable): TabName | undefined {
  // Most tabs have VM and Powerstate; a column named plainly Memory has only this one.
  if (table.has(...INFO.vm) && table.has(...INFO.powerState) && table.has(...INFO.memory)) return 'vInfo'
  if (table.has(...HOST.cpu) && table.has(...HOST.host)) return 'vHost'
  return undefined
}

function rowOf(row: CsvRow): Row {
  return {
    cell: (...columns) => row.get(...columns),
    origin: (...columns) => row.origin(...columns),
  }
}
