/** Expressions. */

import { assign } from './assign.js'
import type { Expr } from './ast.js'
import { comparison, contains } from './compare.js'
import { enumerable, isNull, numeric, toBool, toNumber, toText } from './convert.js'
import { raise, UnsupportedError } from './errors.js'
import { collect, execute, statementValue } from './execute.js'
import { formatOperator } from './format.js'
import { getIndex, getMember } from './members.js'
import { callMethod } from './methods.js'
import { arithmetic, bitwise, join, negate, range, replace, split, splitWords } from './operators.js'
import { toRegExp, unnamedGroups } from './patterns.js'
import { findVariable, type Runtime, step, strictLevel } from './runtime.js'
import { callStatic, getStatic } from './statics.js'
import { cast, isOfType, resolveType } from './types.js'
import { PSHashtable, PSType, Reference, ScriptBlock, type Value } from './values.js'

export function evaluate(rt: Runtime, expr: Expr): Value {
  step(rt)
  switch (expr.kind) {
    case 'const':
      return expr.value
    case 'string':
      return expr.parts.map((part) => (typeof part === 'string' ? part : toText(evaluate(rt, part)))).join('')
    case 'var':
      return readVar(rt, expr.name, expr.scope)
    case 'unary':
      return unary(rt, expr.op, expr.operand)
    case 'binary':
      return binary(rt, expr.op, expr.left, expr.right)
    case 'comma':
      return expr.items.map((item) => nothingToNull(evaluate(rt, item)))
    case 'arrayOf':
      return collect((emit) => execute(rt, expr.body, emit))
    case 'sub': {
      const output = collect((emit) => execute(rt, expr.body, emit))
      return output.length === 0 ? undefined : output.length === 1 ? output[0] : output
    }
    case 'paren':
      return statementValue(rt, expr.statement, true)
    case 'hash':
      return hash(rt, expr, 'hashtable')
    case 'cast':
      return castExpr(rt, expr)
    case 'type':
      return resolveType(expr.type)
    case 'member':
      return member(rt, expr)
    case 'index':
      return getIndex(rt, evaluate(rt, expr.target), evaluate(rt, expr.index))
    case 'call':
      return call(rt, expr)
    case 'block':
      return new ScriptBlock(expr.block)
    case 'step':
      return stepValue(rt, expr)
    case 'splat':
      throw new UnsupportedError(`@${expr.name} outside a command`, expr.pos)
  }
}

const nothingToNull = (value: Value): Value => (value === undefined ? null : value)

export function readVar(rt: Runtime, name: string, scope: string): Value {
  if (scope === 'env') return rt.environment.get(name.toLowerCase()) ?? null
  const found = findVariable(rt, name, scope)
  if (found) return found.value
  const automatic = automaticVariable(rt, name.toLowerCase())
  if (automatic) return automatic.value
  if (strictLevel(rt) >= 1)
    return raise(
      `The variable '$${scope && `${scope}:`}${name}' cannot be retrieved because it has not been set.`,
      'VariableIsUndefined',
    )
  return null
}

function automaticVariable(rt: Runtime, name: string): { value: Value } | undefined {
  switch (name) {
    case '?':
      return { value: rt.succeeded }
    case 'error':
      return { value: [...rt.errors] }
    case 'psscriptroot':
      return { value: rt.scriptPath.replace(/\\[^\\]*$/, '') }
    case 'pscommandpath':
      return { value: rt.scriptPath }
    default:
      return undefined
  }
}

function unary(rt: Runtime, op: string, operand: Expr): Value {
  const value = evaluate(rt, operand)
  switch (op) {
    case '-not':
      return !toBool(value)
    case '-':
      return negate(value)
    case '+':
      return toNumber(value)
    case ',':
      return [nothingToNull(value)]
    case '-join':
      return join(value, '')
    case '-split':
      return splitWords(value)
    case '-bnot':
      return Number(BigInt.asIntN(32, ~BigInt(numeric(toNumber(value))!)))
    default:
      throw new UnsupportedError(`operator ${op}`, operand.pos)
  }
}

function binary(rt: Runtime, op: string, leftExpr: Expr, rightExpr: Expr): Value {
  if (op === '-and') return toBool(evaluate(rt, leftExpr)) && toBool(evaluate(rt, rightExpr))
  if (op === '-or') return toBool(evaluate(rt, leftExpr)) || toBool(evaluate(rt, rightExpr))
  const left = evaluate(rt, leftExpr)
  const right = evaluate(rt, rightExpr)
  switch (op) {
    case '-xor':
      return toBool(left) !== toBool(right)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(op, left, right)
    case '..':
      return range(left, right)
    case '-f':
      return formatOperator(left, right)
    case '-join':
      return join(left, toText(right))
    case '-split':
    case '-csplit':
      return split(left, right, op === '-csplit')
    case '-replace':
    case '-creplace':
      return replace(left, right, op === '-creplace')
    case '-contains':
    case '-ccontains':
      return contains(left, right, op === '-ccontains')
    case '-notcontains':
    case '-cnotcontains':
      return !contains(left, right, op === '-cnotcontains')
    case '-in':
      return contains(right, left)
    case '-notin':
      return !contains(right, left)
    case '-match':
    case '-notmatch':
    case '-cmatch':
    case '-cnotmatch':
      return match(rt, op, left, toText(right))
    case '-is':
    case '-isnot':
      return isOfType(typeOperand(right), left) === (op === '-is')
    case '-as':
      return as(rt, typeOperand(right), left)
    case '-band':
    case '-bor':
    case '-bxor':
    case '-shl':
    case '-shr':
      return bitwise(op, left, right)
    default:
      return comparison(op, left, right)
  }
}

function typeOperand(value: Value): PSType {
  return value instanceof PSType ? value : resolveType({ name: toText(value), array: false, generic: [] })
}

function as(rt: Runtime, type: PSType, value: Value): Value {
  try {
    return cast(type, value, rt.zone)
  } catch (error) {
    if (error instanceof UnsupportedError) throw error
    return null
  }
}

/** A scalar that matches sets `$Matches`; one that does not leaves it as it was. */
function match(rt: Runtime, op: string, left: Value, pattern: string): Value {
  const wanted = !op.includes('not')
  const regex = toRegExp(pattern, op.startsWith('-c'))
  const items = left === undefined ? undefined : enumerable(left)
  if (items) return items.filter((item) => regex.test(toText(item)) === wanted)
  const found = regex.exec(toText(left))
  if (found) {
    const matches = new PSHashtable()
    for (const [index, group] of [0, ...unnamedGroups(pattern)].entries()) {
      if (found[group] !== undefined) matches.set(index, found[group])
    }
    for (const [name, text] of Object.entries(found.groups ?? {}))
      if (text !== undefined) matches.set(name, text)
    rt.scope.set('Matches', matches)
  }
  return (found !== null) === wanted
}

function hash(rt: Runtime, expr: Expr & { kind: 'hash' }, kind: 'hashtable' | 'ordered'): PSHashtable {
  const table = new PSHashtable(kind)
  for (const entry of expr.entries) {
    const key = evaluate(rt, entry.key)
    if (isNull(key)) return raise('The hash literal has a null key.', 'InvalidNullKey')
    if (table.has(key))
      return raise(
        `Item has already been added. Key in dictionary: '${toText(key)}'  Key being added: '${toText(key)}'`,
        'DuplicateKey',
      )
    table.set(key, nothingToNull(statementValue(rt, entry.value)))
  }
  return table
}

function castExpr(rt: Runtime, expr: Expr & { kind: 'cast' }): Value {
  const name = expr.type.name.toLowerCase()
  const { operand } = expr
  if (operand.kind === 'hash' && (name === 'ordered' || name === 'pscustomobject')) {
    const table = hash(rt, operand, 'ordered')
    return name === 'ordered' ? table : cast(resolveType(expr.type), table, rt.zone)
  }
  if (name === 'ref') {
    if (operand.kind !== 'var') throw new UnsupportedError('[ref] of something that is no variable', expr.pos)
    return new Reference(
      () => readVar(rt, operand.name, operand.scope),
      (value) => assign(rt, operand, value),
    )
  }
  return cast(resolveType(expr.type), evaluate(rt, operand), rt.zone)
}

function member(rt: Runtime, expr: Expr & { kind: 'member' }): Value {
  const name = toText(evaluate(rt, expr.name))
  const target = evaluate(rt, expr.target)
  if (!expr.isStatic) return getMember(rt, target, name)
  if (!(target instanceof PSType)) throw new UnsupportedError(`:: on something that is no type`, expr.pos)
  return getStatic(rt, target, name)
}

function call(rt: Runtime, expr: Expr & { kind: 'call' }): Value {
  const name = toText(evaluate(rt, expr.name))
  const target = evaluate(rt, expr.target)
  const args = expr.args.map((arg) => nothingToNull(evaluate(rt, arg)))
  if (!expr.isStatic) return callMethod(rt, target, name, args)
  if (!(target instanceof PSType)) throw new UnsupportedError(`:: on something that is no type`, expr.pos)
  return callStatic(rt, target, name, args)
}

function stepValue(rt: Runtime, expr: Expr & { kind: 'step' }): Value {
  const before = evaluate(rt, expr.target)
  const number = toNumber(before)
  const after = arithmetic('+', number, expr.delta)
  assign(rt, expr.target, after)
  return expr.prefix ? after : isNull(before) ? 0 : before
}
