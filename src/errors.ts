/** One fault of a problem, a plan or an option. */
export interface Issue {
  /** Where it is, as in `vms[3].memoryMiB`; `''` for the whole document. */
  path: string
  /** What is wrong, with the offending value, and what would be right. */
  message: string
}

/** Base of everything that the library throws on purpose. `code` is stable; messages are not. */
export class PlannerError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The problem (or a plan given to `check`) breaks the format. Carries all issues, not only the first. */
export class InvalidProblemError extends PlannerError {
  readonly issues: readonly Issue[]
  /** In what: `problem`, `plan`, `journal`, … */
  readonly what: string
  constructor(issues: readonly Issue[], what = 'problem') {
    const shown = issues.slice(0, 20).map((i) => `  ${i.path || '(document)'}: ${i.message}`)
    if (issues.length > shown.length) shown.push(`  … and ${issues.length - shown.length} more`)
    super(
      'INVALID_PROBLEM',
      `the ${what} has ${issues.length} ${issues.length === 1 ? 'fault' : 'faults'}:\n${shown.join('\n')}`,
    )
    this.issues = issues
    this.what = what
  }
}

/** An option of `plan()` or of the command line is out of its range. */
export class InvalidOptionError extends PlannerError {
  constructor(message: string) {
    super('INVALID_OPTION', message)
  }
}

/** A CPU that the built-in table does not have, or that the text does not tell apart. Carries what it may be. */
export class UnknownCpuError extends PlannerError {
  /** Names of models, the likeliest first; empty where nothing is near. */
  readonly candidates: readonly string[]
  constructor(message: string, candidates: readonly string[]) {
    super('UNKNOWN_CPU', message)
    this.candidates = candidates
  }
}

/** The kernel could not be loaded, or ran out of memory. Never the user's fault. */
export class KernelError extends PlannerError {
  constructor(message: string, options?: ErrorOptions) {
    super('KERNEL', message, options)
  }
}
