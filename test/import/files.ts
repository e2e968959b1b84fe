/** Imports from texts, for tests. */
import { ImportError } from '../../src/import/failure.js'
import { type ImportOptions, importProblem } from '../../src/index.js'

export const file = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) })

export const NODES = `id;cpu;memoryMiB;migrationMbps;slots
HV01;Icelake-Server;65536;10000;1
HV02;Icelake-Server;65536;10000;1
`
export const VMS = `id;node;memoryMiB;dirtyMiBps
web-01;HV01;8192;20
sql-01;HV02;16384;100
`

/** From a table of nodes and one of VMs. */
export function importCsv(nodes: string, vms: string, options: ImportOptions = {}) {
  return importProblem('csv', [file('n.csv', nodes), file('v.csv', vms)], options)
}

/** The faults of an import that has some, as `file: place: message`. */
export async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ImportError)) throw error ?? new Error('the import has no fault')
  return error.issues.map(({ origin, message }) =>
    [origin.file, origin.place, message].filter((part) => part !== '').join(': '),
  )
}

export const csvFaults = (nodes: string, vms: string, options: ImportOptions = {}): Promise<string[]> =>
  faultsOf(importCsv(nodes, vms, options))
