/** What an import throws: every fault of the files, each with file and place. */
import { PlannerError } from '../errors.js'
import type { ImportIssue, Origin } from './inventory.js'

/** Faults that one message shows. `ImportError.issues` has all of them. */
const SHOWN = 20

/** `file: place`, or the file alone where the fault is of all of it. */
export function describeOrigin({ file, place }: Origin): string {
  return place === '' ? file : `${file}: ${place}`
}

/** The files, or the options given for them, do not make a problem. Carries every fault; `code` is `INVALID_IMPORT`. */
export class ImportError extends PlannerError {
  /** At least one. */
  readonly issues: readonly ImportIssue[]
  constructor(issues: readonly ImportIssue[], options?: ErrorOptions) {
    const lines = issues.map(({ origin, message }) => `${describeOrigin(origin)}: ${message}`)
    const shown = lines.slice(0, SHOWN)
    if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`)
    const head = `the import has ${lines.length} faults`
    super('INVALID_IMPORT', lines.length === 1 ? lines[0] : `${head}\n  ${shown.join('\n  ')}`, options)
    this.issues = issues
  }
}

/** An error with one fault, of the whole file unless `place` says where. */
export function importFault(file: string, message: string, place = ''): ImportError {
  return new ImportError([{ origin: { file, place }, message }])
}
