/** Pipelines, assignments and commands: syntax tree to `ast.ts`. */
import type { Node } from 'web-tree-sitter'
import { positionOf } from '../parse.js'
import type { Command, CommandElement, Expr, Redirection, Stage, Statement } from './ast.js'
import { type Lowering, lowerExpression, lowerVariable, parts, unsupported } from './lower-expressions.js'
import { lowerPipelineOrStatement } from './lower-statements.js'

export function lowerPipeline(node: Node, ctx: Lowering): Statement {
  const pos = positionOf(node)
  const [first, ...rest] = parts(node)
  if (rest.length > 0) return unsupported(node, 'Windows PowerShell 5.1 has no && and ||')
  if (first.type === 'assignment_expression') {
    const [target, op, value] = parts(first)
    if (op.text === '!=') return unsupported(op)
    return {
      kind: 'assign',
      target: lowerExpression(parts(target)[0], ctx),
      op: op.text,
      value: lowerPipelineOrStatement(value, ctx),
      pos,
    }
  }
  const stages: Stage[] = []
  for (const part of parts(first)) {
    if (part.type === '|') continue
    if (part.type === 'command') stages.push(lowerCommand(part, ctx))
    else if (part.type === 'redirections') {
      const last = stages.at(-1)
      last?.redirections.push(...parts(part).map((each) => lowerRedirection(each, ctx)))
    } else stages.push({ kind: 'expression', expr: lowerExpression(part, ctx), redirections: [] })
  }
  return { kind: 'pipeline', stages, pos }
}

function lowerCommand(node: Node, ctx: Lowering): Stage {
  const nameNode = node.childForFieldName('command_name')!
  // `1..3` and `1GB / 2` at the start of a statement are command names for the grammar. With a plus before them they are expressions.
  if (nameNode.type === 'command_name' && /^\.?[0-9]/.test(nameNode.text)) return lowerNumberFirst(node, ctx)
  const operator = parts(node).find((part) => part.type === 'command_invokation_operator')?.text
  if (operator !== undefined && operator !== '&' && operator !== '.') return unsupported(node)
  const { elements, redirections } = lowerElements(node.childForFieldName('command_elements'), ctx)
  return {
    kind: 'command',
    pos: positionOf(node),
    operator: operator ?? '',
    name: lowerCommandName(nameNode, ctx),
    elements,
    redirections,
  }
}

function lowerNumberFirst(node: Node, ctx: Lowering): Stage {
  const { row, column } = node.startPosition
  const root = ctx.parse(`${'\n'.repeat(row)}${' '.repeat(Math.max(0, column - 1))}+${node.text}`)
  const list = parts(root).find((part) => part.type === 'statement_list')
  const pipeline = list && parts(list).find((part) => part.type === 'pipeline')
  if (root.hasError || !pipeline || parts(list).length !== 1) return unsupported(node)
  const lowered = lowerPipeline(pipeline, ctx)
  if (lowered.kind !== 'pipeline' || lowered.stages.length !== 1) return unsupported(node)
  return lowered.stages[0]
}

function lowerCommandName(node: Node, ctx: Lowering): Expr {
  const pos = positionOf(node)
  if (node.type === 'command_name') {
    if (/["'`$]/.test(node.text)) return unsupported(node)
    return { kind: 'const', value: node.text, pos }
  }
  const inner = parts(node)[0]
  if (inner.type === 'command_name') return lowerCommandName(inner, ctx)
  if (inner.type !== 'path_command_name') return lowerExpression(inner, ctx)
  // `& $object.Member` comes as a path: a variable and `.Member`.
  const [variable, ...members] = parts(inner)
  if (variable.type !== 'variable') return { kind: 'const', value: inner.text, pos }
  let expr = lowerVariable(variable)
  for (const name of members.flatMap((member) => member.text.split('.').slice(1))) {
    if (!/^\w+$/.test(name)) return unsupported(node)
    expr = { kind: 'member', target: expr, name: { kind: 'const', value: name, pos }, isStatic: false, pos }
  }
  if (members.some((member) => !member.text.startsWith('.'))) return unsupported(node)
  return expr
}

function lowerElements(node: Node | null, ctx: Lowering) {
  const elements: CommandElement[] = []
  const redirections: Redirection[] = []
  let attach = false
  let end = -1
  for (const part of node ? parts(node) : []) {
    if (part.type === 'command_argument_sep') {
      attach = part.text === ':'
      end = -1
      continue
    }
    // `a$b` and `x(1)`: two parts without a space are one word in PowerShell, which is nowhere needed here.
    if (part.startIndex === end) return unsupported(part, 'an argument that is pasted together; quote it')
    end = part.endIndex
    // The grammar takes `2>$null` without a space for a word.
    const discarded = part.type === 'generic_token' && /^([1-6*])?>\$null$/i.exec(part.text)
    if (discarded) {
      const file: Expr = { kind: 'var', scope: '', name: 'null', pos: positionOf(part) }
      redirections.push({ kind: 'file', from: discarded[1] ?? '1', append: false, file })
    } else if (part.type === 'redirection') redirections.push(lowerRedirection(part, ctx))
    else if (part.type === 'command_parameter') {
      elements.push({ kind: 'parameter', name: part.text.slice(1), value: undefined, pos: positionOf(part) })
    } else {
      const value = lowerArgument(part, ctx)
      const last = elements.at(-1)
      if (attach && last?.kind === 'parameter') last.value = value
      else elements.push({ kind: 'argument', value })
    }
    attach = false
  }
  return { elements, redirections }
}

function lowerArgument(node: Node, ctx: Lowering): Expr {
  if (node.type === 'generic_token') {
    if (/["'`$,]/.test(node.text)) return unsupported(node, 'quote it')
    return { kind: 'const', value: node.text, pos: positionOf(node) }
  }
  return lowerExpression(node, ctx)
}

function lowerRedirection(node: Node, ctx: Lowering): Redirection {
  const [operator, target] = parts(node)
  const text = operator.text
  if (operator.type === 'merging_redirection_operator') {
    if (!text.endsWith('>&1')) return unsupported(node)
    return { kind: 'merge', from: text[0] }
  }
  if (text === '<') return unsupported(node)
  const file = parts(target).find((part) => part.type !== 'command_argument_sep')
  if (!file) return unsupported(node)
  return {
    kind: 'file',
    from: /^[0-9*]/.test(text) ? text[0] : '1',
    append: text.endsWith('>>'),
    file: lowerArgument(file, ctx),
  }
}

export type { Command }
