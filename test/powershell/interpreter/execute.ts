/** Statements. Output goes to `emit` as it comes. */

import { assign } from './assign.js'
import type { Expr, Statement } from './ast.js'
import { reportError } from './commands.js'
import { equal } from './compare.js'
import { enumerable, isNull, numeric, toBool, toNumber, toText } from './convert.js'
import { type Emit, ExitFlow, LoopFlow, PSThrow, ReturnFlow, raise } from './errors.js'
import { evaluate } from './evaluate.js'
import { runScriptBlock } from './invoke.js'
import { arithmetic } from './operators.js'
import { toRegExp, wildcard } from './patterns.js'
import { runPipeline } from './pipeline.js'
import { type Runtime, readVariable, step } from './runtime.js'
import { exceptionIs, resolveType } from './types.js'
import { ErrorRecord, makeErrorRecord, PSException, PSList, ScriptBlock, type Value } from './values.js'

export function collect(run: (emit: Emit) => void): Value[] {
  const output: Value[] = []
  run((value) => output.push(value))
  return output
}

/** The elements of a collection one by one, or the value itself. A list or hashtable that changes meanwhile is an error, as in .NET. */
export function* enumerate(value: Value): Generator<Value> {
  const items = enumerable(value)
  if (!items) {
    yield value
    return
  }
  const size = items.length
  const source = value instanceof PSList ? value.source : undefined
  const version = source?.version
  for (let index = 0; index < items.length; index++) {
    yield items[index]
    if (value instanceof PSList && (items.length !== size || source?.version !== version))
      raise(
        'Collection was modified; enumeration operation may not execute.',
        'BadEnumeration',
        'System.InvalidOperationException',
      )
  }
}

/** Emits a value as a pipeline does: collections one by one. */
export function emitAll(value: Value, emit: Emit): void {
  if (enumerable(value)) for (const item of enumerate(value)) emit(item)
  else emit(value)
}

/** A statement as the value of an assignment, argument or parenthesis. `inParens`: `($x = 5)` and `($x++)` have a value. */
export function statementValue(rt: Runtime, statement: Statement, inParens = false): Value {
  if (statement.kind === 'pipeline' && statement.stages.length === 1) {
    const [stage] = statement.stages
    if (stage.kind === 'expression' && stage.redirections.length === 0) {
      rt.line = statement.pos.line
      return evaluate(rt, stage.expr)
    }
  }
  if (statement.kind === 'assign') {
    executeOne(rt, statement, () => undefined)
    const { target } = statement
    return evaluate(
      rt,
      target.kind === 'cast' && inParens ? target.operand : target.kind === 'cast' ? target.operand : target,
    )
  }
  const output = collect((emit) => executeOne(rt, statement, emit))
  return output.length === 0 ? undefined : output.length === 1 ? output[0] : output
}

/** A statement-terminating error outside of every `try` is reported, and the next statement follows. */
export function execute(rt: Runtime, statements: Statement[], emit: Emit): void {
  for (const statement of statements) {
    rt.line = statement.pos.line
    step(rt)
    try {
      executeOne(rt, statement, emit)
    } catch (error) {
      if (!(error instanceof PSThrow)) throw error
      if (error.record.line === 0) error.record.line = rt.line
      rt.succeeded = false
      const action = toText(readVariable(rt, 'ErrorActionPreference')).toLowerCase()
      if (error.scope === 'script' || rt.tryDepth > 0 || action === 'stop') throw error
      reportError(rt, error.record, action)
    }
  }
}

const isLoopFlow = (flow: unknown, label: string): flow is LoopFlow =>
  flow instanceof LoopFlow && (flow.label === '' || flow.label.toLowerCase() === label.toLowerCase())

/** Runs a loop's body once; false: `break`. */
function once(rt: Runtime, label: string, body: Statement[], emit: Emit): boolean {
  step(rt)
  try {
    execute(rt, body, emit)
    return true
  } catch (flow) {
    if (!isLoopFlow(flow, label)) throw flow
    return flow.kind === 'continue'
  }
}

function executeOne(rt: Runtime, statement: Statement, emit: Emit): void {
  switch (statement.kind) {
    case 'pipeline':
      runPipeline(rt, statement, emit)
      return
    case 'assign':
      executeAssign(rt, statement)
      return
    case 'if': {
      for (const clause of statement.clauses) {
        if (toBool(statementValue(rt, clause.condition))) {
          execute(rt, clause.body, emit)
          return
        }
      }
      execute(rt, statement.otherwise ?? [], emit)
      return
    }
    case 'while':
      while (toBool(statementValue(rt, statement.condition)))
        if (!once(rt, statement.label, statement.body, emit)) return
      return
    case 'do':
      do {
        if (!once(rt, statement.label, statement.body, emit)) return
      } while (toBool(statementValue(rt, statement.condition)) !== statement.until)
      return
    case 'for':
      if (statement.init) executeOne(rt, statement.init, () => undefined)
      while (!statement.condition || toBool(statementValue(rt, statement.condition))) {
        if (!once(rt, statement.label, statement.body, emit)) return
        if (statement.step) executeOne(rt, statement.step, () => undefined)
      }
      return
    case 'foreach':
      executeForeach(rt, statement, emit)
      return
    case 'switch':
      executeSwitch(rt, statement, emit)
      return
    case 'try':
      executeTry(rt, statement, emit)
      return
    case 'function':
      rt.scope.functions.set(statement.name.toLowerCase(), statement.block)
      return
    case 'break':
    case 'continue':
      throw new LoopFlow(statement.kind, statement.label)
    case 'return':
      if (statement.value) executeOne(rt, statement.value, emit)
      throw new ReturnFlow()
    case 'throw':
      executeThrow(rt, statement.value)
      return
    case 'exit': {
      const code = statement.value ? numeric(toNumber(statementValue(rt, statement.value)))! : 0
      throw new ExitFlow(code)
    }
  }
}

function executeAssign(rt: Runtime, statement: Statement & { kind: 'assign' }): void {
  const value = statementValue(rt, statement.value)
  if (statement.op === '=') {
    assign(rt, statement.target, value)
    return
  }
  const target: Expr = statement.target.kind === 'cast' ? statement.target.operand : statement.target
  assign(rt, target, arithmetic(statement.op[0], evaluate(rt, target), value))
}

function executeForeach(rt: Runtime, statement: Statement & { kind: 'foreach' }, emit: Emit): void {
  const values = statementValue(rt, statement.values)
  if (isNull(values)) return
  for (const item of enumerate(values)) {
    assign(rt, { kind: 'var', ...statement.variable, pos: statement.pos }, item)
    if (!once(rt, statement.label, statement.body, emit)) return
  }
}

function executeSwitch(rt: Runtime, statement: Statement & { kind: 'switch' }, emit: Emit): void {
  const subject = statementValue(rt, statement.subject)
  const before = rt.scope.variables.get('_')
  try {
    for (const item of enumerable(subject) ?? [subject]) {
      rt.scope.set('_', item)
      if (!once(rt, statement.label, [], emit)) return
      if (!switchOne(rt, statement, item, emit)) return
    }
  } finally {
    if (before) rt.scope.variables.set('_', before)
    else rt.scope.variables.delete('_')
  }
}

/** Every clause that fits runs, until a `break` (ends the switch) or a `continue` (goes to the next item). False: `break`. */
function switchOne(rt: Runtime, statement: Statement & { kind: 'switch' }, item: Value, emit: Emit): boolean {
  let fitted = false
  try {
    for (const clause of statement.clauses) {
      if (!switchTest(rt, statement, evaluate(rt, clause.test), item)) continue
      fitted = true
      execute(rt, clause.body, emit)
    }
    if (!fitted && statement.otherwise) execute(rt, statement.otherwise, emit)
    return true
  } catch (flow) {
    if (!isLoopFlow(flow, statement.label)) throw flow
    return flow.kind === 'continue'
  }
}

function switchTest(
  rt: Runtime,
  statement: Statement & { kind: 'switch' },
  test: Value,
  item: Value,
): boolean {
  const { mode, caseSensitive } = statement
  if (test instanceof ScriptBlock) return runScriptBlock(rt, test.block, [], { _: item }).some(toBool)
  if (mode === 'wildcard') return wildcard(toText(test), caseSensitive).test(toText(item))
  if (mode === 'regex') return toRegExp(toText(test), caseSensitive).test(toText(item))
  return equal(item, test, caseSensitive)
}

function executeThrow(rt: Runtime, value: Statement | undefined): never {
  const thrown = value ? statementValue(rt, value) : undefined
  const current = readVariable(rt, '_')
  let record: ErrorRecord
  if (!value && current instanceof ErrorRecord) record = current
  else if (thrown instanceof ErrorRecord) record = thrown
  else if (thrown instanceof PSException)
    record = new ErrorRecord(thrown, thrown.message, 'OperationStopped', null)
  else
    record = makeErrorRecord(isNull(thrown) ? 'ScriptHalted' : toText(thrown), {
      errorId: toText(thrown),
      category: 'OperationStopped',
      targetObject: thrown ?? null,
    })
  if (record.line === 0) record.line = rt.line
  throw new PSThrow(record, 'script')
}

function executeTry(rt: Runtime, statement: Statement & { kind: 'try' }, emit: Emit): void {
  const { scope, depth, tryDepth } = rt
  try {
    if (statement.catches.length === 0) {
      execute(rt, statement.body, emit)
      return
    }
    rt.tryDepth++
    try {
      execute(rt, statement.body, emit)
    } finally {
      rt.tryDepth = tryDepth
    }
  } catch (error) {
    rt.scope = scope
    rt.depth = depth
    if (!(error instanceof PSThrow)) throw error
    const { exception } = error.record
    const clause = statement.catches.find(
      (each) =>
        each.types.length === 0 ||
        each.types.some((type) => exceptionIs(exception.typeName, resolveType(type).fullName)),
    )
    if (!clause) throw error
    if (rt.errors[0] !== error.record) rt.errors.unshift(error.record)
    const before = rt.scope.variables.get('_')
    rt.scope.set('_', error.record)
    try {
      execute(rt, clause.body, emit)
    } finally {
      if (before) rt.scope.variables.set('_', before)
      else rt.scope.variables.delete('_')
    }
  } finally {
    if (statement.finallyBody) {
      const inner = rt.tryDepth
      execute(rt, statement.finallyBody, emit)
      rt.tryDepth = inner
    }
  }
}
