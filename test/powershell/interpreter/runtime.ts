/** What an evaluation shares: scopes, streams, clock, files, commands, limits. */
import type { Block, TypeName, Validation } from './ast.js'
import type { Clock } from './clock.js'
import type { CommandDefinition } from './commands.js'
import { LimitError, UnsupportedError } from './errors.js'
import type { VirtualFiles } from './files.js'
import type { ErrorRecord, Value } from './values.js'

export interface Variable {
  name: string
  value: Value
  /** `[int] $x = …`: every later value is converted. */
  type: TypeName | undefined
  validations: Validation[]
  readOnly: boolean
}

export class Scope {
  readonly parent: Scope | undefined
  readonly variables = new Map<string, Variable>()
  readonly functions = new Map<string, Block>()
  /** Of `Set-StrictMode` in this scope: 0 is off. */
  strict: number | undefined
  /** The scope that `$script:` means. */
  readonly isScript: boolean
  constructor(parent: Scope | undefined, isScript = false) {
    this.parent = parent
    this.isScript = isScript
  }

  set(name: string, value: Value, readOnly = false): void {
    this.variables.set(name.toLowerCase(), { name, value, type: undefined, validations: [], readOnly })
  }
}

export type StreamName = 'error' | 'warning' | 'verbose' | 'debug' | 'information' | 'host' | 'progress'

export interface StreamRecord {
  stream: StreamName
  text: string
  /** Of the virtual clock, seconds since its start. */
  atSeconds: number
  /** Of stream `error`. */
  record: ErrorRecord | undefined
}

export interface Limits {
  /** Statements, expressions and loop rounds; default 5 million. */
  steps: number
  /** Virtual seconds from the start; default 30 days. */
  virtualSeconds: number
  /** Nested calls; default 100. */
  depth: number
}

export interface Runtime {
  scope: Scope
  readonly globals: Scope
  readonly version: '5.1' | '7.4'
  readonly zone: number
  readonly clock: Clock
  readonly files: VirtualFiles
  /** Files that `[System.IO.File]::Open` holds, normalised, in lower case. They outlive a run that a test kills; `clear` is the process's end. */
  readonly locks: Set<string>
  readonly records: StreamRecord[]
  readonly commands: Map<string, CommandDefinition>
  readonly aliases: Map<string, string>
  /** Names of commands that are told not to exist; any other unknown one ends the run. */
  readonly missing: Set<string>
  readonly modules: Map<string, { name: string; version: string; loaded: boolean }>
  readonly environment: Map<string, string>
  /** Answers of `Read-Host`, first to last. */
  readonly answers: string[]
  /** `$Error`, newest first. */
  readonly errors: ErrorRecord[]
  readonly limits: Limits
  steps: number
  depth: number
  /** How many `try` with a `catch` are around. */
  tryDepth: number
  /** The line that runs. */
  line: number
  /** `$?`. */
  succeeded: boolean
  /** Full path of the script, for `$PSScriptRoot`. */
  scriptPath: string
  /** Every question of ShouldProcess, in order. */
  readonly shouldProcess: { target: string; action: string; answer: 'whatif' | 'yes' | 'no' }[]
}

export function step(rt: Runtime): void {
  if (++rt.steps > rt.limits.steps)
    throw new LimitError(
      `more than ${rt.limits.steps} steps, at line ${rt.line}, ${rt.clock.seconds} virtual seconds`,
    )
}

export function strictLevel(rt: Runtime): number {
  for (let scope: Scope | undefined = rt.scope; scope; scope = scope.parent)
    if (scope.strict !== undefined) return scope.strict
  return 0
}

export function findVariable(rt: Runtime, name: string, scopeName = ''): Variable | undefined {
  const key = name.toLowerCase()
  if (scopeName !== '') return namedScope(rt, scopeName).variables.get(key)
  for (let scope: Scope | undefined = rt.scope; scope; scope = scope.parent) {
    const found = scope.variables.get(key)
    if (found) return found
  }
  return undefined
}

export function namedScope(rt: Runtime, name: string): Scope {
  if (name === 'global') return rt.globals
  if (name === 'local' || name === 'private' || name === '') return rt.scope
  if (name !== 'script') throw new UnsupportedError(`scope ${name}`)
  for (let scope: Scope | undefined = rt.scope; scope; scope = scope.parent) if (scope.isScript) return scope
  return rt.globals
}

export const readVariable = (rt: Runtime, name: string): Value => findVariable(rt, name)?.value

export function findFunction(rt: Runtime, name: string): Block | undefined {
  for (let scope: Scope | undefined = rt.scope; scope; scope = scope.parent) {
    const found = scope.functions.get(name.toLowerCase())
    if (found) return found
  }
  return undefined
}

export function inScope<T>(rt: Runtime, scope: Scope, run: () => T): T {
  const [outer, line] = [rt.scope, rt.line]
  if (++rt.depth > rt.limits.depth)
    throw new LimitError(`more than ${rt.limits.depth} nested calls, at line ${rt.line}`)
  rt.scope = scope
  try {
    return run()
  } finally {
    rt.scope = outer
    rt.line = line
    rt.depth--
  }
}
