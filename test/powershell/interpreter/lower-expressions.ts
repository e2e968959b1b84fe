/** Expressions: syntax tree to `ast.ts`. */
import type { Node } from 'web-tree-sitter'
import { type Parse, positionOf, singleQuotedValue } from '../parse.js'
import type { Expr, Statement, TypeName } from './ast.js'
import { UnsupportedError } from './errors.js'
import { lowerBlock, lowerPipelineOrStatement, lowerStatements } from './lower-statements.js'
import { lowerExpandable, lowerExpandableHere } from './lower-strings.js'
import { toDouble } from './values.js'

export interface Lowering {
  parse: Parse
}

/** Children that mean something. */
export const parts = (node: Node): Node[] => node.children.filter((child) => child.type !== 'comment')

export function unsupported(node: Node, why = ''): never {
  throw new UnsupportedError(
    `${node.type} ${JSON.stringify(node.text.slice(0, 60))}${why && `: ${why}`}`,
    positionOf(node),
  )
}

const BINARY = new Set([
  'logical_expression',
  'bitwise_expression',
  'comparison_expression',
  'additive_expression',
  'multiplicative_expression',
  'format_expression',
  'range_expression',
  'logical_argument_expression',
  'bitwise_argument_expression',
  'comparison_argument_expression',
  'additive_argument_expression',
  'multiplicative_argument_expression',
  'format_argument_expression',
  'range_argument_expression',
])

export function lowerExpression(node: Node, ctx: Lowering): Expr {
  const pos = positionOf(node)
  const children = parts(node)
  const lower = (child: Node) => lowerExpression(child, ctx)
  if (BINARY.has(node.type)) {
    if (children.length === 1) return lower(children[0])
    const op = normaliseOperator(children[1])
    return { kind: 'binary', op, left: lower(children[0]), right: lower(children[2]), pos }
  }
  switch (node.type) {
    case 'unary_expression':
    case 'argument_expression':
    case 'command_name_expr':
      return lower(children[0])
    case 'array_literal_expression': {
      const items = children.filter((child) => child.type !== ',').map(lower)
      return items.length === 1 ? items[0] : { kind: 'comma', items, pos }
    }
    case 'expression_with_unary_operator':
      return lowerUnary(node, ctx)
    case 'cast_expression':
      return { kind: 'cast', type: lowerType(children[0]), operand: lower(children[1]), pos }
    case 'type_literal':
      return { kind: 'type', type: lowerType(node), pos }
    case 'parenthesized_expression':
      return { kind: 'paren', statement: lowerPipelineOrStatement(children[1], ctx), pos }
    case 'sub_expression':
      return { kind: 'sub', body: bodyOf(node, ctx), pos }
    case 'array_expression':
      return { kind: 'arrayOf', body: bodyOf(node, ctx), pos }
    case 'script_block_expression':
      return { kind: 'block', block: lowerBlock(node, ctx), pos }
    case 'hash_literal_expression':
      return lowerHash(node, ctx)
    case 'string_literal':
      return lower(children[0])
    case 'verbatim_string_characters':
    case 'verbatim_here_string_characters':
      return { kind: 'const', value: singleQuotedValue(node.text), pos }
    case 'expandable_string_literal':
      return { kind: 'string', parts: lowerExpandable(node, ctx), pos }
    case 'expandable_here_string_literal':
      return { kind: 'string', parts: lowerExpandableHere(node, ctx), pos }
    case 'integer_literal':
    case 'decimal_integer_literal':
    case 'hexadecimal_integer_literal':
    case 'real_literal':
      return { kind: 'const', value: numberLiteral(node), pos }
    case 'variable':
      return lowerVariable(node)
    case 'member_access':
      return {
        kind: 'member',
        target: lower(children[0]),
        name: lowerMemberName(children[2], ctx),
        isStatic: children[1].type === '::',
        pos,
      }
    case 'element_access':
      return { kind: 'index', target: lower(children[0]), index: lower(children[2]), pos }
    case 'invokation_expression':
      return lowerCall(node, ctx)
    case 'post_increment_expression':
      return { kind: 'step', delta: 1, prefix: false, target: lower(children[0]), pos }
    case 'post_decrement_expression':
      return { kind: 'step', delta: -1, prefix: false, target: lower(children[0]), pos }
    case 'pre_increment_expression':
      return { kind: 'step', delta: 1, prefix: true, target: lower(children[1]), pos }
    case 'pre_decrement_expression':
      return { kind: 'step', delta: -1, prefix: true, target: lower(children[1]), pos }
    default:
      return unsupported(node)
  }
}

const bodyOf = (node: Node, ctx: Lowering): Statement[] =>
  lowerStatements(
    parts(node).find((child) => child.type === 'statement_list'),
    ctx,
  )

function normaliseOperator(node: Node): string {
  const op = node.text.toLowerCase()
  // `-ieq` is `-eq`: insensitive is the default.
  return /^-i(eq|ne|lt|le|gt|ge|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split)$/.test(
    op,
  )
    ? `-${op.slice(2)}`
    : op
}

function lowerUnary(node: Node, ctx: Lowering): Expr {
  const children = parts(node)
  if (children.length === 1) return lowerExpression(children[0], ctx)
  const op = children[0].text.toLowerCase()
  return {
    kind: 'unary',
    op: op === '!' ? '-not' : op,
    operand: lowerExpression(children[1], ctx),
    pos: positionOf(node),
  }
}

function lowerHash(node: Node, ctx: Lowering): Expr {
  const body = parts(node).find((child) => child.type === 'hash_literal_body')
  const entries = (body ? parts(body) : []).map((entry) => {
    const [keyNode, , value] = parts(entry)
    const inner = parts(keyNode)[0]
    const key: Expr =
      inner.type === 'simple_name'
        ? { kind: 'const', value: inner.text, pos: positionOf(inner) }
        : lowerExpression(inner, ctx)
    return { key, value: lowerPipelineOrStatement(value, ctx) }
  })
  return { kind: 'hash', entries, pos: positionOf(node) }
}

function lowerMemberName(node: Node, ctx: Lowering): Expr {
  const inner = parts(node)[0]
  return inner.type === 'simple_name'
    ? { kind: 'const', value: inner.text, pos: positionOf(inner) }
    : lowerExpression(inner, ctx)
}

function lowerCall(node: Node, ctx: Lowering): Expr {
  const [target, dot, name, list] = parts(node)
  if (!list) return unsupported(node, 'write a foreach loop')
  const expressions = parts(list).find((child) => child.type === 'argument_expression_list')
  const args = (expressions ? parts(expressions) : [])
    .filter((child) => child.type !== ',')
    .map((child) => lowerExpression(child, ctx))
  return {
    kind: 'call',
    target: lowerExpression(target, ctx),
    name: lowerMemberName(name, ctx),
    args,
    isStatic: dot.type === '::',
    pos: positionOf(node),
  }
}

const MULTIPLIERS: Record<string, number> = {
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  tb: 2 ** 40,
  pb: 2 ** 50,
}

export function numberLiteral(node: Node): number | ReturnType<typeof toDouble> {
  const match = /^(0x[0-9a-f]+|[0-9.]+(?:e[+-]?[0-9]+)?)(l|d)?(kb|mb|gb|tb|pb)?$/i.exec(node.text)
  if (!match || match[2]?.toLowerCase() === 'd') return unsupported(node)
  const value = Number(match[1]) * (MULTIPLIERS[match[3]?.toLowerCase() ?? ''] ?? 1)
  const real = !match[1].startsWith('0x') && /[.e]/i.test(match[1])
  return real ? toDouble(value) : value
}

const SCOPES = new Set(['', 'script', 'global', 'local', 'private', 'env', 'using', 'function'])

/** `$name`, `$scope:name`, `${any name}`, `@splat`. */
export function lowerVariable(node: Node): Expr {
  const pos = positionOf(node)
  const text = node.text.startsWith('${') ? `$${node.text.slice(2, -1)}` : node.text
  const match = /^([$@])(?:([A-Za-z0-9_]+):)?(.+)$/s.exec(text)
  if (!match) return unsupported(node)
  const scope = (match[2] ?? '').toLowerCase()
  if (!SCOPES.has(scope) || scope === 'using' || scope === 'function') return unsupported(node)
  return { kind: match[1] === '@' ? 'splat' : 'var', scope, name: match[3], pos }
}

/** Of a `type_literal`, brackets and all. */
export function lowerType(node: Node): TypeName {
  const spec = node.type === 'type_literal' ? parts(node)[1] : node
  const first = parts(spec)[0]
  if (first.type === 'array_type_name') {
    if (parts(spec).some((child) => child.type === 'dimension')) return unsupported(node)
    return { name: parts(first)[0].text, array: true, generic: [] }
  }
  if (first.type === 'generic_type_name') {
    const list = parts(spec).find((child) => child.type === 'generic_type_arguments')
    const generic = (list ? parts(list) : []).filter((child) => child.type === 'type_spec').map(lowerType)
    return { name: parts(first)[0].text, array: false, generic }
  }
  return { name: first.text, array: false, generic: [] }
}
