/** Cmdlets written in TypeScript: how they are declared, and what they get. */
import { toBool, toText } from './convert.js'
import { PSThrow } from './errors.js'
import { findVariable, type Runtime, readVariable, type StreamName } from './runtime.js'
import {
  type ErrorDetails,
  type ErrorRecord,
  makeErrorRecord,
  PSSwitch,
  type ScriptBlock,
  type Value,
} from './values.js'

export interface ParameterSpec {
  /** As in brackets: `string`, `string[]`, `int`, `switch`, `scriptblock`; default `object`, any value. */
  type?: string
  aliases?: string[]
  /** Undefined: only by name. */
  position?: number
  mandatory?: boolean
  /** Takes each object of the pipeline. */
  pipeline?: boolean
  /** Takes the property of this name, or of an alias, of each object of the pipeline. */
  pipelineByName?: boolean
  /** The only values allowed, compared without case. */
  values?: string[]
  /** Takes all arguments that are left. */
  remaining?: boolean
}

/** Bound arguments by the declared name; a parameter that was not given is absent. */
export type Arguments = Record<string, Value>

export interface Handlers {
  process?(args: Arguments): void
  end?(args: Arguments): void
}

export interface CommandDefinition {
  name: string
  parameters: Record<string, ParameterSpec>
  /** Has -WhatIf and -Confirm. */
  shouldProcess: boolean
  module: string
  /** Once for each call; without `process`, input of the pipeline is refused. */
  start(ctx: CommandContext, args: Arguments): Handlers
}

export interface CommonArguments {
  errorAction: string | undefined
  errorVariable: string | undefined
  warningAction: string | undefined
  verbose: boolean | undefined
  whatIf: boolean | undefined
  confirm: boolean | undefined
}

/** What a cmdlet may do besides looking at its arguments. */
export class CommandContext {
  readonly rt: Runtime
  readonly name: string
  readonly common: CommonArguments
  readonly #emit: (value: Value) => void
  /** Runs a script block in the scope of the caller, with `$_`; what it puts out goes to `emit`. */
  readonly invoke: (block: ScriptBlock, input: Value, emit: (value: Value) => void, args?: Value[]) => void

  constructor(
    rt: Runtime,
    name: string,
    common: CommonArguments,
    emit: (value: Value) => void,
    invoke: CommandContext['invoke'],
  ) {
    this.rt = rt
    this.name = name
    this.common = common
    this.#emit = emit
    this.invoke = invoke
  }

  /** Tells what stands before this command in the pipeline that no more is wanted; does not return. */
  stop: () => never = () => {
    throw new Error('not in a pipeline')
  }

  get clock() {
    return this.rt.clock
  }

  write(value: Value): void {
    this.#emit(value)
  }

  /** A terminating error. */
  fail(message: string, details: ErrorDetails = {}): never {
    throw new PSThrow(
      makeErrorRecord(message, { ...details, errorId: `${details.errorId ?? 'Error'},${this.name}` }),
    )
  }

  /** A non-terminating error: what follows is up to -ErrorAction and `$ErrorActionPreference`. */
  error(message: string, details: ErrorDetails = {}): void {
    this.report(
      makeErrorRecord(message, { ...details, errorId: `${details.errorId ?? 'Error'},${this.name}` }),
    )
  }

  report(record: ErrorRecord): void {
    const action = (
      this.common.errorAction ?? toText(readVariable(this.rt, 'ErrorActionPreference'))
    ).toLowerCase()
    if (this.common.errorVariable) assignErrorVariable(this.rt, this.common.errorVariable, record)
    if (action === 'stop') throw new PSThrow(record, 'script')
    reportError(this.rt, record, action)
  }

  warning(text: string): void {
    const action = this.common.warningAction ?? toText(readVariable(this.rt, 'WarningPreference'))
    if (action.toLowerCase() === 'stop') throw new PSThrow(makeErrorRecord(text), 'script')
    if (!/^(silentlycontinue|ignore)$/i.test(action)) writeStream(this.rt, 'warning', text)
  }

  verbose(text: string): void {
    const on =
      this.common.verbose ?? toText(readVariable(this.rt, 'VerbosePreference')).toLowerCase() === 'continue'
    if (on) writeStream(this.rt, 'verbose', text)
  }

  /** False under -WhatIf, or where a confirmation is refused. */
  shouldProcess(
    target: string,
    action = this.name,
    impact: 'none' | 'low' | 'medium' | 'high' = 'medium',
  ): boolean {
    return shouldProcess(this.rt, target, action, impact, this.common)
  }
}

export function assignErrorVariable(rt: Runtime, name: string, record: ErrorRecord): void {
  const key = name.replace(/^\+/, '')
  const present = findVariable(rt, key)?.value
  const list = name.startsWith('+') && Array.isArray(present) ? [...present, record] : [record]
  rt.scope.set(key, list)
}

export function reportError(rt: Runtime, record: ErrorRecord, action: string): void {
  if (record.line === 0) record.line = rt.line
  if (action === 'ignore') return
  rt.errors.unshift(record)
  rt.succeeded = false
  if (action !== 'silentlycontinue') writeStream(rt, 'error', record.exception.message, record)
}

/** Where a stream goes while a redirection is in force. */
export const redirects = new WeakMap<Runtime, Map<StreamName, (value: Value) => void>>()

export function writeStream(rt: Runtime, stream: StreamName, text: string, record?: ErrorRecord): void {
  const redirect = redirects.get(rt)?.get(stream)
  if (redirect) redirect(record ?? text)
  else rt.records.push({ stream, text, atSeconds: rt.clock.seconds, record })
}

const IMPACTS = ['none', 'low', 'medium', 'high']

export function shouldProcess(
  rt: Runtime,
  target: string,
  action: string,
  impact: string,
  common: Pick<CommonArguments, 'whatIf' | 'confirm'>,
): boolean {
  if (common.whatIf ?? toBool(readVariable(rt, 'WhatIfPreference'))) {
    writeStream(rt, 'host', `What if: Performing the operation "${action}" on target "${target}".`)
    rt.shouldProcess.push({ target, action, answer: 'whatif' })
    return false
  }
  const preference = IMPACTS.indexOf(toText(readVariable(rt, 'ConfirmPreference')).toLowerCase())
  const asks = common.confirm ?? (preference > 0 && IMPACTS.indexOf(impact) >= preference)
  const yes = !asks || confirm(rt, `Performing the operation "${action}" on target "${target}".`)
  rt.shouldProcess.push({ target, action, answer: yes ? 'yes' : 'no' })
  return yes
}

/** Takes the next scripted answer: yes is `Y`, `A`, or empty. */
export function confirm(rt: Runtime, question: string): boolean {
  writeStream(rt, 'host', question)
  return /^(y|yes|a|all|)$/i.test(nextAnswer(rt, question))
}

export function nextAnswer(rt: Runtime, prompt: string): string {
  const answer = rt.answers.shift()
  if (answer === undefined)
    throw new Error(
      `the script asks ${JSON.stringify(prompt)} (line ${rt.line}) and the test has no answer left`,
    )
  return answer
}

export const switchOn = (value: Value): boolean =>
  value instanceof PSSwitch ? value.isPresent : toBool(value)
