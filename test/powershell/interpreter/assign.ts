/** Assignment to variables, properties, elements, and lists of them. */
import type { Expr, TypeName } from './ast.js'
import { enumerable, isNull, toText } from './convert.js'
import { raise, UnsupportedError } from './errors.js'
import { evaluate } from './evaluate.js'
import { setIndex, setMember } from './members.js'
import { namedScope, type Runtime } from './runtime.js'
import { cast, resolveType } from './types.js'
import type { Value } from './values.js'

export function assign(rt: Runtime, target: Expr, value: Value): void {
  switch (target.kind) {
    case 'var':
      setVariable(rt, target.name, target.scope, value, undefined)
      return
    case 'cast':
      if (target.operand.kind !== 'var') throw new UnsupportedError('assignment to a cast', target.pos)
      setVariable(rt, target.operand.name, target.operand.scope, value, target.type)
      return
    case 'member':
      if (target.isStatic) throw new UnsupportedError('assignment to a static property', target.pos)
      setMember(
        rt,
        evaluate(rt, target.target),
        toText(evaluate(rt, target.name)),
        value === undefined ? null : value,
      )
      return
    case 'index':
      setIndex(evaluate(rt, target.target), evaluate(rt, target.index), value === undefined ? null : value)
      return
    case 'comma':
      assignEach(rt, target.items, value)
      return
    case 'paren': {
      const { statement } = target
      const stage = statement.kind === 'pipeline' ? statement.stages[0] : undefined
      if (stage?.kind === 'expression') {
        assign(rt, stage.expr, value)
        return
      }
      throw new UnsupportedError('assignment to this expression', target.pos)
    }
    default:
      throw new UnsupportedError('assignment to this expression', target.pos)
  }
}

/** `$a, $b = 1, 2, 3`: the last takes what is left. */
function assignEach(rt: Runtime, targets: Expr[], value: Value): void {
  const items = isNull(value) ? [] : (enumerable(value) ?? [value])
  targets.forEach((target, index) => {
    const last = index === targets.length - 1
    const rest = items.slice(index)
    assign(rt, target, last && rest.length > 1 ? rest : (rest[0] ?? null))
  })
}

export function setVariable(
  rt: Runtime,
  name: string,
  scopeName: string,
  value: Value,
  type: TypeName | undefined,
): void {
  if (name.toLowerCase() === 'null' && scopeName === '') return
  if (scopeName === 'env') {
    if (isNull(value) || value === '') rt.environment.delete(name.toLowerCase())
    else rt.environment.set(name.toLowerCase(), toText(value))
    return
  }
  const scope = namedScope(rt, scopeName)
  const key = name.toLowerCase()
  const present = scope.variables.get(key)
  const constant = rt.globals.variables.get(key)
  if (present?.readOnly || constant?.readOnly || key === 'error' || key === '?')
    raise(`Cannot overwrite variable ${name} because it is read-only or constant.`, 'VariableNotWritable')
  const wanted = type ?? present?.type
  const converted = wanted ? cast(resolveType(wanted), value, rt.zone) : value
  if (present) {
    present.value = converted
    present.type = wanted
  } else scope.variables.set(key, { name, value: converted, type: wanted, validations: [], readOnly: false })
}
