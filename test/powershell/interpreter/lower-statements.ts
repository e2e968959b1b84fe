/** Statements, script blocks and functions: syntax tree to `ast.ts`. */
import type { Node } from 'web-tree-sitter'
import { positionOf } from '../parse.js'
import type { Block, Expr, Statement } from './ast.js'
import { lowerPipeline } from './lower-commands.js'
import {
  type Lowering,
  lowerExpression,
  lowerType,
  lowerVariable,
  parts,
  unsupported,
} from './lower-expressions.js'
import { lowerParameters } from './lower-parameters.js'

export function lowerStatements(list: Node | undefined | null, ctx: Lowering): Statement[] {
  if (!list) return []
  const statements: Statement[] = []
  let label = ''
  for (const node of parts(list)) {
    if (node.type === 'empty_statement' || node.type === ';') continue
    if (node.type === 'label') {
      label = node.text.slice(1)
      continue
    }
    statements.push(lowerStatement(node, label, ctx))
    label = ''
  }
  return statements
}

export const lowerPipelineOrStatement = (node: Node, ctx: Lowering): Statement =>
  lowerStatement(node, '', ctx)

function lowerStatement(node: Node, label: string, ctx: Lowering): Statement {
  const pos = positionOf(node)
  const child = (type: string) => parts(node).find((part) => part.type === type)
  const body = () => lowerBody(node, ctx)
  const condition = () => lowerStatement(parts(node.childForFieldName('condition')!)[0], '', ctx)
  switch (node.type) {
    case 'pipeline':
      return lowerPipeline(node, ctx)
    case 'if_statement':
      return lowerIf(node, ctx)
    case 'while_statement':
      return { kind: 'while', label, condition: condition(), body: body(), pos }
    case 'do_statement': {
      const until = parts(node).some((part) => part.type.toLowerCase() === 'until')
      return { kind: 'do', label, until, condition: condition(), body: body(), pos }
    }
    case 'for_statement': {
      const field = (name: string) => {
        const found = node.childForFieldName(name)
        return found ? lowerStatement(parts(found)[0], '', ctx) : undefined
      }
      const [init, test, step] = [field('for_initializer'), field('for_condition'), field('for_iterator')]
      return { kind: 'for', label, init, condition: test, step, body: body(), pos }
    }
    case 'foreach_statement': {
      if (child('foreach_parameter')) return unsupported(node)
      const variable = lowerVariable(child('variable')!)
      if (variable.kind !== 'var') return unsupported(node)
      const values = lowerStatement(child('pipeline')!, '', ctx)
      return { kind: 'foreach', label, variable, values, body: body(), pos }
    }
    case 'switch_statement':
      return lowerSwitch(node, label, ctx)
    case 'try_statement':
      return lowerTry(node, ctx)
    case 'function_statement':
      return lowerFunction(node, ctx)
    case 'flow_control_statement':
      return lowerFlow(node, ctx)
    default:
      return unsupported(node)
  }
}

/** The statements of the `{ … }` right below `node`. */
function lowerBody(node: Node, ctx: Lowering): Statement[] {
  const block = parts(node).find((part) => part.type === 'statement_block')
  if (!block) return unsupported(node)
  return lowerStatements(
    parts(block).find((part) => part.type === 'statement_list'),
    ctx,
  )
}

function lowerIf(node: Node, ctx: Lowering): Statement {
  const clause = (part: Node) => ({
    condition: lowerStatement(part.childForFieldName('condition')!, '', ctx),
    body: lowerBody(part, ctx),
  })
  const more = node.childForFieldName('elseif_clauses')
  const last = node.childForFieldName('else_clause')
  return {
    kind: 'if',
    clauses: [clause(node), ...(more ? parts(more).map(clause) : [])],
    otherwise: last ? lowerBody(last, ctx) : undefined,
    pos: positionOf(node),
  }
}

function lowerSwitch(node: Node, label: string, ctx: Lowering): Statement {
  const flags = parts(node)
    .filter((part) => part.type === 'switch_parameters')
    .flatMap((part) => parts(part).map((flag) => flag.text.toLowerCase()))
  if (flags.includes('-parallel')) return unsupported(node)
  const subject = parts(node).find((part) => part.type === 'switch_condition')!
  const pipeline = parts(subject).find((part) => part.type === 'pipeline')
  if (!pipeline) return unsupported(subject)
  const bodyNode = parts(node).find((part) => part.type === 'switch_body')!
  const list = parts(bodyNode).find((part) => part.type === 'switch_clauses')
  const clauses: { test: Expr; body: Statement[] }[] = []
  let otherwise: Statement[] | undefined
  for (const clause of list ? parts(list).filter((part) => part.type === 'switch_clause') : []) {
    const condition = parts(clause)[0]
    const body = lowerBody(clause, ctx)
    const inner = parts(condition)[0]
    if (inner) clauses.push({ test: lowerExpression(inner, ctx), body })
    else if (condition.text.toLowerCase() === 'default') otherwise = body
    else clauses.push({ test: { kind: 'const', value: condition.text, pos: positionOf(condition) }, body })
  }
  return {
    kind: 'switch',
    label,
    mode: flags.includes('-regex') ? 'regex' : flags.includes('-wildcard') ? 'wildcard' : 'exact',
    caseSensitive: flags.includes('-casesensitive'),
    subject: lowerStatement(pipeline, '', ctx),
    clauses,
    otherwise,
    pos: positionOf(node),
  }
}

function lowerTry(node: Node, ctx: Lowering): Statement {
  const clauses = parts(node).find((part) => part.type === 'catch_clauses')
  const last = parts(node).find((part) => part.type === 'finally_clause')
  return {
    kind: 'try',
    body: lowerBody(node, ctx),
    catches: (clauses ? parts(clauses) : []).map((clause) => {
      const types = parts(clause).find((part) => part.type === 'catch_type_list')
      return {
        types: types
          ? parts(types)
              .filter((part) => part.type === 'type_literal')
              .map(lowerType)
          : [],
        body: lowerBody(clause, ctx),
      }
    }),
    finallyBody: last ? lowerBody(last, ctx) : undefined,
    pos: positionOf(node),
  }
}

function lowerFlow(node: Node, ctx: Lowering): Statement {
  const pos = positionOf(node)
  const [word, value] = parts(node)
  const kind = word.text.toLowerCase()
  if (kind === 'break' || kind === 'continue') {
    if (!value) return { kind, label: '', pos }
    const label = parts(value)[0]
    // The grammar takes `break :outer`, which PowerShell does not, and not `break outer`.
    if (label?.type !== 'unary_expression')
      return unsupported(node, "write the label as a string: break 'outer'")
    const expr = lowerExpression(label, ctx)
    if (expr.kind !== 'const' || typeof expr.value !== 'string') return unsupported(node)
    return { kind, label: expr.value, pos }
  }
  if (kind !== 'return' && kind !== 'throw' && kind !== 'exit') return unsupported(node)
  return { kind, value: value ? lowerStatement(value, '', ctx) : undefined, pos }
}

function lowerFunction(node: Node, ctx: Lowering): Statement {
  const word = parts(node)[0].text.toLowerCase()
  if (word !== 'function') return unsupported(node)
  const name = parts(node).find((part) => part.type === 'function_name')!.text
  return {
    kind: 'function',
    name: name.replace(/^(script|local):/i, ''),
    block: lowerBlock(node, ctx),
    pos: positionOf(node),
  }
}

/** A whole script, a function's body, or `{ … }`: the node that has the parameters and the statements below it. */
export function lowerBlock(node: Node, ctx: Lowering): Block {
  const inner = parts(node).find((part) => part.type === 'script_block')
  const holders = inner ? [node, inner] : [node]
  const find = (type: string) => holders.flatMap(parts).find((part) => part.type === type)
  const parameters = lowerParameters(find('param_block'), find('function_parameter_declaration'), ctx)
  const body = find('script_block_body')
  const direct = find('statement_list')
  const list = direct ?? (body && parts(body).find((part) => part.type === 'statement_list'))
  const named = body && parts(body).find((part) => part.type === 'named_block_list')
  const blocks = new Map<string, Statement[]>()
  for (const block of named ? parts(named) : []) {
    const name = parts(block)[0].text.toLowerCase()
    if (name === 'dynamicparam') return unsupported(block)
    blocks.set(name, lowerBody(block, ctx))
  }
  return {
    pos: positionOf(node),
    text: node.text,
    ...parameters,
    begin: blocks.get('begin'),
    process: blocks.get('process'),
    end: blocks.get('end') ?? lowerStatements(list, ctx),
  }
}
