/** What an import throws: every fault of the files, each with file and place. */
import { PlannerError } from '../errors.js'
import type { ImportIssue, ImportQuestion, Origin } from './inventory.js'

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
export function importFault(file: string, message: string, place = '', asks?: ImportQuestion): ImportError {
  const issue = { origin: { file, place }, message }
  return new ImportError([asks === undefined ? issue : { ...issue, asks }])
}

/** Most faults that one import lists. */
const MAX_FAULTS = 1_000

/** Collects the faults of one import. */
export class FaultList {
  readonly items: ImportIssue[] = []

  add(origin: Origin, message: string, asks?: ImportQuestion): void {
    const issue = { origin, message }
    if (this.items.length < MAX_FAULTS) this.items.push(asks === undefined ? issue : { ...issue, asks })
    else if (this.items.length === MAX_FAULTS) {
      const text = `only the first ${MAX_FAULTS} faults are listed; there may be more`
      this.items.push({ origin: { file: origin.file, place: '' }, message: text })
    }
  }

  /** Takes those of an `ImportError`, and throws anything else. */
  take(error: unknown): void {
    if (!(error instanceof ImportError)) throw error
    for (const { origin, message, asks } of error.issues) this.add(origin, message, asks)
  }

  /** @throws ImportError with every fault, if there is one. */
  throwIfAny(): void {
    if (this.items.length > 0) throw new ImportError(this.items)
  }
}
