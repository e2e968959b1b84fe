/** What ends an evaluation early: errors that a script can catch, flow of control, and the errors of this interpreter itself. */
import type { Position } from '../parse.js'
import type { Value } from './values.js'
import { type ErrorRecord, makeErrorRecord } from './values.js'

/** Something outside the subset. A script cannot catch it. */
export class UnsupportedError extends Error {
  override name = 'UnsupportedError'
  constructor(what: string, pos?: Position) {
    super(`not in the PowerShell subset${pos ? `, line ${pos.line}:${pos.column}` : ''}: ${what}`)
  }
}

/** More steps or more virtual time than allowed: most likely a loop that never ends. A script cannot catch it. */
export class LimitError extends Error {
  override name = 'LimitError'
}

/**
 * A terminating error, which `try` catches. `scope`: a `statement` error (of a cmdlet or an operator) only ends its statement where no `try` is
 * around it and `$ErrorActionPreference` is not `Stop`; a `script` error (of `throw`, or through `-ErrorAction Stop`) ends the script.
 */
export class PSThrow extends Error {
  override name = 'PSThrow'
  readonly record: ErrorRecord
  readonly scope: 'statement' | 'script'
  constructor(record: ErrorRecord, scope: 'statement' | 'script' = 'statement') {
    super(record.exception.message)
    this.record = record
    this.scope = scope
  }
}

/** A `PSThrow` from operators, conversions and .NET methods. */
export function raise(
  message: string,
  errorId = 'RuntimeException',
  exceptionType = 'System.Management.Automation.RuntimeException',
): never {
  throw new PSThrow(makeErrorRecord(message, { errorId, exceptionType }))
}

export class LoopFlow {
  readonly kind: 'break' | 'continue'
  readonly label: string
  constructor(kind: 'break' | 'continue', label: string) {
    this.kind = kind
    this.label = label
  }
}

export class ReturnFlow {}

export class ExitFlow {
  readonly code: number
  constructor(code: number) {
    this.code = code
  }
}

/** `Select-Object -First` has enough: what stands before it in the pipeline ends. */
export class StopUpstream {
  readonly pipeline: object
  constructor(pipeline: object) {
    this.pipeline = pipeline
  }
}

export type Emit = (value: Value) => void
