/** Binding of arguments to parameters, for functions of the script and for cmdlets alike. */
import type { TypeName } from './ast.js'
import type { CommonArguments } from './commands.js'
import { isNull, itemsOf, toBool, toText } from './convert.js'
import { PSThrow } from './errors.js'
import type { Runtime } from './runtime.js'
import { cast, resolveType } from './types.js'
import { makeErrorRecord, PSHashtable, PSList, PSSwitch, type Value } from './values.js'

export type Argument =
  | { kind: 'named'; name: string; value: Value; attached: boolean }
  | { kind: 'positional'; value: Value }

export interface Declared {
  name: string
  type: TypeName | undefined
  aliases: string[]
  position: number | undefined
  mandatory: boolean
  remaining: boolean
  /** May still be bound by the pipeline. */
  fromPipeline: boolean
  /** Cmdlets: the only values allowed. */
  values: string[] | undefined
}

export interface Bound {
  values: Map<string, Value>
  common: CommonArguments
  /** `$args`. */
  rest: Value[]
}

export interface BindOptions {
  command: string
  /** Unknown arguments are errors, not `$args`; common parameters exist. */
  advanced: boolean
  shouldProcess: boolean
  /** Objects come through the pipeline. */
  hasInput: boolean
}

const bindingError = (message: string, errorId: string): never => {
  const exceptionType = 'System.Management.Automation.ParameterBindingException'
  throw new PSThrow(makeErrorRecord(message, { errorId, exceptionType, category: 'InvalidArgument' }))
}

const COMMON: Record<string, string> = {
  erroraction: 'erroraction',
  ea: 'erroraction',
  errorvariable: 'errorvariable',
  ev: 'errorvariable',
  warningaction: 'warningaction',
  wa: 'warningaction',
  informationaction: 'ignored',
  infa: 'ignored',
  verbose: 'verbose',
  vb: 'verbose',
  debug: 'ignored',
}
const RISK: Record<string, string> = { whatif: 'whatif', wi: 'whatif', confirm: 'confirm', cf: 'confirm' }
const WITH_RISK = { ...COMMON, ...RISK }
const SWITCHES = new Set(['verbose', 'debug', 'whatif', 'confirm'])

export function bindArguments(
  rt: Runtime,
  declared: Declared[],
  args: Argument[],
  options: BindOptions,
): Bound {
  const values = new Map<string, Value>()
  const rest: Value[] = []
  const common: CommonArguments = {
    errorAction: undefined,
    errorVariable: undefined,
    warningAction: undefined,
    verbose: undefined,
    whatIf: undefined,
    confirm: undefined,
  }
  const positional: Loose[] = []
  const queue = [...args]
  while (queue.length > 0) {
    const argument = queue.shift()!
    if (argument.kind === 'positional') {
      positional.push({ value: argument.value, unknown: false })
      continue
    }
    const target = findParameter(declared, argument.name, options)
    if (!target) {
      positional.push({ value: `-${argument.name}`, unknown: true })
      if (argument.attached) positional.push({ value: argument.value, unknown: true })
      continue
    }
    const next = () => {
      if (argument.attached) return argument.value
      const following = queue[0]
      if (following?.kind !== 'positional')
        return bindingError(
          `Missing an argument for parameter '${target.name}'. Specify a parameter and try again.`,
          'MissingArgument',
        )
      queue.shift()
      return following.value
    }
    if (typeof target.common === 'string') {
      setCommon(common, target.common, argument.attached || !SWITCHES.has(target.common) ? next() : true)
      continue
    }
    if (values.has(target.name))
      bindingError(
        `Cannot bind parameter because parameter '${target.name}' is specified more than once.`,
        'ParameterAlreadyBound',
      )
    const isSwitch = target.parameter!.type?.name.toLowerCase() === 'switch'
    const value = isSwitch ? (argument.attached ? argument.value : new PSSwitch(true)) : next()
    values.set(target.name, convert(rt, target.parameter!, value))
  }
  bindPositional(rt, declared, positional, values, rest, options)
  for (const parameter of declared) {
    if (!parameter.mandatory || values.has(parameter.name) || (parameter.fromPipeline && options.hasInput))
      continue
    bindingError(
      `Cannot process command because of one or more missing mandatory parameters: ${parameter.name}.`,
      `MissingMandatoryParameter,${options.command}`,
    )
  }
  return { values, common, rest }
}

/** An argument that no name binds; `unknown`: a name itself that no parameter has, which goes to `$args`. */
interface Loose {
  value: Value
  unknown: boolean
}

function bindPositional(
  rt: Runtime,
  declared: Declared[],
  positional: Loose[],
  values: Map<string, Value>,
  rest: Value[],
  options: BindOptions,
): void {
  const places = declared.filter((p) => p.position !== undefined).sort((a, b) => a.position! - b.position!)
  const collector = declared.find((p) => p.remaining)
  const queue = [...positional]
  for (const place of places) {
    if (values.has(place.name) || place.remaining) continue
    const index = queue.findIndex((each) => !each.unknown)
    if (index < 0) break
    values.set(place.name, convert(rt, place, queue.splice(index, 1)[0].value))
  }
  if (queue.length === 0) return
  const left = queue.map((each) => each.value)
  if (collector && !values.has(collector.name)) {
    values.set(collector.name, left.length === 1 ? left[0] : left)
    return
  }
  if (options.advanced)
    bindingError(
      `A positional parameter cannot be found that accepts argument '${toText(left[0])}'.`,
      `PositionalParameterNotFound,${options.command}`,
    )
  rest.push(...left)
}

interface Target {
  name: string
  parameter: Declared | undefined
  common: string | undefined
}

function findParameter(declared: Declared[], written: string, options: BindOptions): Target | undefined {
  const name = written.toLowerCase()
  const own = (parameter: Declared): Target => ({ name: parameter.name, parameter, common: undefined })
  const exact = declared.find(
    (p) => p.name.toLowerCase() === name || p.aliases.some((alias) => alias.toLowerCase() === name),
  )
  if (exact) return own(exact)
  const extra: Record<string, string> = !options.advanced ? {} : options.shouldProcess ? WITH_RISK : COMMON
  if (Object.hasOwn(extra, name)) return { name: written, parameter: undefined, common: extra[name] }
  const byPrefix = [
    ...declared
      .filter((p) => [p.name, ...p.aliases].some((each) => each.toLowerCase().startsWith(name)))
      .map(own),
    ...Object.keys(extra)
      .filter((each) => each.length > 2 && each.startsWith(name))
      .map((each): Target => ({ name: each, parameter: undefined, common: extra[each] })),
  ]
  if (byPrefix.length === 1) return byPrefix[0]
  if (byPrefix.length > 1)
    return bindingError(
      `Parameter cannot be processed because the parameter name '${written}' is ambiguous. Possible matches include: ${byPrefix.map((t) => `-${t.name}`).join(' ')}.`,
      'AmbiguousParameter',
    )
  if (!options.advanced) return undefined
  return bindingError(
    `A parameter cannot be found that matches parameter name '${written}'.`,
    `NamedParameterNotFound,${options.command}`,
  )
}

const ACTIONS = ['continue', 'silentlycontinue', 'stop', 'ignore']

function setCommon(common: CommonArguments, name: string, value: Value): void {
  const action = () => {
    const text = toText(value).toLowerCase()
    if (ACTIONS.includes(text)) return text
    return bindingError(
      `Cannot bind parameter 'ErrorAction'. Cannot convert value "${toText(value)}" to an action of this subset.`,
      'CannotConvert',
    )
  }
  const on = value instanceof PSSwitch ? value.isPresent : toBool(value)
  if (name === 'erroraction') common.errorAction = action()
  else if (name === 'warningaction') common.warningAction = action()
  else if (name === 'errorvariable') common.errorVariable = toText(value)
  else if (name === 'verbose') common.verbose = on
  else if (name === 'whatif') common.whatIf = on
  else if (name === 'confirm') common.confirm = on
}

/** The value as the parameter's type has it. */
export function convert(rt: Runtime, parameter: Declared, value: Value): Value {
  const type = parameter.type && resolveType(parameter.type)
  let converted: Value = value ?? null
  if (type) {
    const collection = Array.isArray(value) || value instanceof PSList
    const scalar = ['string', 'int', 'long', 'bool', 'double', 'datetime'].includes(type.name) && !type.array
    if (scalar && collection && !(type.name !== 'string' && itemsOf(value).length === 1))
      return bindingError(
        `Cannot process argument transformation on parameter '${parameter.name}'. Cannot convert value to type ${type.fullName}.`,
        'ParameterArgumentTransformationError',
      )
    try {
      converted = cast(type, value, rt.zone)
    } catch (error) {
      if (!(error instanceof PSThrow)) throw error
      return bindingError(
        `Cannot process argument transformation on parameter '${parameter.name}'. ${error.message}`,
        'ParameterArgumentTransformationError',
      )
    }
  }
  if (parameter.mandatory) refuseEmpty(parameter.name, converted)
  if (
    parameter.values &&
    !itemsOf(converted).every((item) =>
      parameter.values!.some((v) => v.toLowerCase() === toText(item).toLowerCase()),
    )
  )
    return bindingError(
      `Cannot validate argument on parameter '${parameter.name}'. The argument "${toText(converted)}" does not belong to the set "${parameter.values.join(',')}".`,
      'ParameterArgumentValidationError',
    )
  return converted
}

function refuseEmpty(name: string, value: Value): void {
  const why = isNull(value)
    ? 'it is null'
    : value === ''
      ? 'it is an empty string'
      : Array.isArray(value) && value.length === 0
        ? 'it is an empty array'
        : undefined
  if (why)
    bindingError(
      `Cannot bind argument to parameter '${name}' because ${why}.`,
      'ParameterArgumentValidationError',
    )
}

/** `@params`. */
export function splat(value: Value): Argument[] {
  if (value instanceof PSHashtable)
    return value.entries.map((e) => ({ kind: 'named', name: toText(e.key), value: e.value, attached: true }))
  return itemsOf(value).map((item) => ({ kind: 'positional', value: item }))
}
