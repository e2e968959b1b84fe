/** Calls of functions and script blocks. */
import type { Block, Parameter } from './ast.js'
import { type Argument, bindArguments, convert, type Declared } from './bind.js'
import { type CommonArguments, confirm, reportError, shouldProcess } from './commands.js'
import { isNull, itemsOf, numeric, toBool, toNumber, toText } from './convert.js'
import { type Emit, LoopFlow, PSThrow, ReturnFlow, UnsupportedError } from './errors.js'
import { evaluate } from './evaluate.js'
import { execute } from './execute.js'
import { toRegExp } from './patterns.js'
import { inScope, type Runtime, Scope } from './runtime.js'
import {
  type ErrorRecord,
  makeErrorRecord,
  PSHashtable,
  PSObject,
  PSSwitch,
  psObject,
  type ScriptBlock,
  type Value,
} from './values.js'

export interface Running {
  process(input: Value): void
  end(): void
}

const isSwitch = (parameter: Parameter): boolean => parameter.type?.name.toLowerCase() === 'switch'

const declarations = new WeakMap<Block, Declared[]>()

function declaredOf(block: Block): Declared[] {
  const known = declarations.get(block) ?? declare(block)
  declarations.set(block, known)
  return known
}

/** Without explicit positions every parameter but switches has the one in which it is declared. */
function declare(block: Block): Declared[] {
  const explicit = block.parameters.some((p) => p.position !== undefined)
  return block.parameters.map((p, index) => ({
    name: p.name,
    type: p.type,
    aliases: p.aliases,
    position: explicit ? p.position : isSwitch(p) ? undefined : index,
    mandatory: p.mandatory,
    remaining: false,
    fromPipeline: p.fromPipeline || p.fromPipelineByPropertyName,
    values: undefined,
  }))
}

export interface CallOptions {
  name: string
  args: Argument[]
  /** Undefined: nothing comes through a pipeline. */
  hasInput: boolean
  emit: Emit
  /** `$script:` of what the block runs means its own scope: a script. */
  isScript?: boolean
  /** Variables that are there from the start, `$_` for example. */
  variables?: Record<string, Value>
  /** `.`: runs in the scope of the caller. */
  dotSourced?: boolean
}

export function startBlock(rt: Runtime, block: Block, options: CallOptions): Running {
  const caller = rt.scope
  const scope = options.dotSourced ? caller : new Scope(caller, options.isScript ?? false)
  const declared = declaredOf(block)
  const bound = bindArguments(rt, declared, options.args, {
    command: options.name,
    advanced: block.advanced,
    shouldProcess: block.shouldProcess,
    hasInput: options.hasInput,
  })
  for (const [name, value] of Object.entries(options.variables ?? {})) scope.set(name, value)
  const run = (body: () => void) => inScope(rt, scope, () => runBody(options.name, body))
  inScope(rt, scope, () => {
    const given = new PSHashtable('dictionary', false)
    for (const [name, value] of bound.values) given.set(name, value)
    scope.set('PSBoundParameters', given)
    scope.set('args', bound.rest)
    scope.set(
      'MyInvocation',
      psObject({ InvocationName: options.name, MyCommand: psObject({ Name: options.name }) }),
    )
    setParameters(rt, scope, block, bound.values)
    if (block.advanced) applyCommon(rt, scope, block, bound.common)
  })
  const { emit } = options
  const input: Value[] = []
  const piped = block.parameters.filter((p) => p.fromPipeline || p.fromPipelineByPropertyName)
  if (block.begin) run(() => execute(rt, block.begin!, emit))
  const take = (value: Value) => {
    scope.set('_', value)
    for (const parameter of piped)
      bindInput(rt, scope, parameter, declared.find((d) => d.name === parameter.name)!, value, bound.values)
  }
  return {
    process(value) {
      if (!block.process) {
        input.push(value)
        if (piped.length > 0) inScope(rt, scope, () => take(value))
        return
      }
      run(() => {
        take(value)
        execute(rt, block.process!, emit)
      })
    },
    end() {
      if (block.process && !options.hasInput) run(() => execute(rt, block.process!, emit))
      if (!block.process) scope.set('input', input)
      run(() => execute(rt, block.end, emit))
    },
  }
}

/** `return` ends the body; a `break` outside of every loop would end the caller's loop, or the script. */
function runBody(name: string, body: () => void): void {
  try {
    body()
  } catch (flow) {
    if (flow instanceof ReturnFlow) return
    if (flow instanceof LoopFlow)
      throw new UnsupportedError(`${flow.kind} leaves ${name || 'a script block'}, where no loop is`)
    throw flow
  }
}

function bindInput(
  rt: Runtime,
  scope: Scope,
  parameter: Parameter,
  declared: Declared,
  value: Value,
  given: Map<string, Value>,
) {
  if (given.has(parameter.name)) return
  if (parameter.fromPipelineByPropertyName && value instanceof PSObject) {
    const property = [parameter.name, ...parameter.aliases].map((name) => value.property(name)).find((p) => p)
    if (property) return setParameter(rt, scope, parameter, convert(rt, declared, property.get()))
  }
  if (parameter.fromPipeline) setParameter(rt, scope, parameter, convert(rt, declared, value))
}

function setParameters(rt: Runtime, scope: Scope, block: Block, values: Map<string, Value>): void {
  for (const parameter of block.parameters) {
    if (values.has(parameter.name)) setParameter(rt, scope, parameter, values.get(parameter.name))
    else if (parameter.defaultValue) {
      const raw = evaluate(rt, parameter.defaultValue)
      const declared: Declared = { ...parameter, remaining: false, values: undefined, mandatory: false }
      scope.set(parameter.name, convert(rt, declared, raw))
      scope.variables.get(parameter.name.toLowerCase())!.type = parameter.type
    } else {
      scope.set(parameter.name, emptyOf(parameter))
      scope.variables.get(parameter.name.toLowerCase())!.type = parameter.type
    }
  }
}

/** What an argument that was not given is: `''` of [string], 0 of [int], `$false` of [bool]. */
function emptyOf(parameter: Parameter): Value {
  if (parameter.type?.array) return null
  switch (parameter.type?.name.toLowerCase()) {
    case 'string':
      return ''
    case 'int':
    case 'long':
    case 'int32':
    case 'int64':
      return 0
    case 'bool':
      return false
    case 'switch':
      return new PSSwitch(false)
    default:
      return null
  }
}

function setParameter(rt: Runtime, scope: Scope, parameter: Parameter, value: Value): void {
  validate(rt, parameter, value)
  scope.set(parameter.name, value)
  scope.variables.get(parameter.name.toLowerCase())!.type = parameter.type
}

function validate(rt: Runtime, parameter: Parameter, value: Value): void {
  const refuse = (why: string): never => {
    throw new PSThrow(
      makeErrorRecord(`Cannot validate argument on parameter '${parameter.name}'. ${why}`, {
        errorId: 'ParameterArgumentValidationError',
        exceptionType: 'System.Management.Automation.ParameterBindingException',
      }),
    )
  }
  for (const rule of parameter.validations) {
    for (const item of rule.kind === 'notNull' || rule.kind === 'notNullOrEmpty' ? [value] : itemsOf(value)) {
      const text = toText(item)
      if (rule.kind === 'set' && !rule.values.some((each) => each.toLowerCase() === text.toLowerCase()))
        refuse(
          `The argument "${text}" does not belong to the set "${rule.values.join(',')}" specified by the ValidateSet attribute.`,
        )
      if (rule.kind === 'range') {
        const number = numeric(toNumber(item))!
        if (number < rule.min)
          refuse(`The ${text} argument is less than the minimum allowed range of ${rule.min}.`)
        if (number > rule.max)
          refuse(`The ${text} argument is greater than the maximum allowed range of ${rule.max}.`)
      }
      if (rule.kind === 'pattern' && !toRegExp(rule.pattern, false).test(text))
        refuse(`The argument "${text}" does not match the "${rule.pattern}" pattern.`)
      if ((rule.kind === 'notNull' || rule.kind === 'notNullOrEmpty') && isNull(item))
        refuse('The argument is null.')
      if (rule.kind === 'notNullOrEmpty' && (text === '' || (Array.isArray(item) && item.length === 0)))
        refuse('The argument is null or empty.')
      if (rule.kind === 'script') {
        const output = runScriptBlock(rt, rule.block, [], { _: item })
        if (output.length === 0 || !output.every(toBool))
          refuse(
            `The "${rule.block.text}" validation script for the argument with value "${text}" did not return a result of True.`,
          )
      }
    }
  }
}

/** Runs `& { … }` and collects its output. */
export function runScriptBlock(
  rt: Runtime,
  block: Block,
  args: Value[],
  variables: Record<string, Value> = {},
): Value[] {
  const output: Value[] = []
  const running = startBlock(rt, block, {
    name: '',
    args: args.map((value) => ({ kind: 'positional', value })),
    hasInput: false,
    emit: (value) => output.push(value),
    variables,
  })
  running.end()
  return output
}

/** As ForEach-Object and Where-Object do: in the caller's own scope, with `$_` for the while. */
export function runInCallersScope(
  rt: Runtime,
  block: ScriptBlock,
  input: Value,
  emit: Emit,
  args: Value[] = [],
): void {
  if (block.block.parameters.length > 0 || block.block.process || block.block.begin) {
    for (const value of runScriptBlock(rt, block.block, args, { _: input })) emit(value)
    return
  }
  const before = rt.scope.variables.get('_')
  rt.scope.set('_', input)
  try {
    runBody('', () => execute(rt, block.block.end, emit))
  } finally {
    if (before) rt.scope.variables.set('_', before)
    else rt.scope.variables.delete('_')
  }
}

function applyCommon(rt: Runtime, scope: Scope, block: Block, common: CommonArguments): void {
  if (common.errorAction) scope.set('ErrorActionPreference', common.errorAction)
  if (common.warningAction) scope.set('WarningPreference', common.warningAction)
  if (common.verbose !== undefined)
    scope.set('VerbosePreference', common.verbose ? 'Continue' : 'SilentlyContinue')
  if (common.whatIf !== undefined) scope.set('WhatIfPreference', common.whatIf)
  if (common.confirm !== undefined) scope.set('ConfirmPreference', common.confirm ? 'Low' : 'None')
  const cmdlet = new PSObject('System.Management.Automation.PSScriptCmdlet')
  cmdlet.set('MyInvocation', scope.variables.get('myinvocation')!.value)
  cmdlet.set('ParameterSetName', '__AllParameterSets')
  cmdlet.methods.set('shouldprocess', (args) => {
    const [target, action] = args.map(toText)
    if (args.length === 0 || args.length > 2)
      throw new UnsupportedError('ShouldProcess with other than one or two arguments')
    const name = toText(
      scope.variables.get('myinvocation')!.value instanceof PSObject
        ? (scope.variables.get('myinvocation')!.value as PSObject).get('InvocationName')
        : '',
    )
    return shouldProcess(rt, target, action ?? name, block.confirmImpact, {
      whatIf: undefined,
      confirm: undefined,
    })
  })
  cmdlet.methods.set('shouldcontinue', ([question]) => confirm(rt, toText(question)))
  cmdlet.methods.set('throwterminatingerror', ([record]) => {
    throw new PSThrow(record as ErrorRecord)
  })
  cmdlet.methods.set('writeerror', ([record]) => {
    reportError(
      rt,
      record as ErrorRecord,
      toText(scope.variables.get('erroractionpreference')?.value ?? 'continue').toLowerCase(),
    )
    return undefined
  })
  scope.set('PSCmdlet', cmdlet)
}
