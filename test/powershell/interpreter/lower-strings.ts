/**
 * Double-quoted strings and here-strings. The grammar gives the places of variables and subexpressions; the text between them is read here, with
 * its backtick escapes.
 */
import type { Node } from 'web-tree-sitter'
import type { Expr } from './ast.js'
import { type Lowering, lowerExpression, parts, unsupported } from './lower-expressions.js'

const ESCAPES: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

export function lowerExpandable(node: Node, ctx: Lowering): (string | Expr)[] {
  return lowerBetween(node, 1, node.text.length - 1, true, ctx)
}

export function lowerExpandableHere(node: Node, ctx: Lowering): (string | Expr)[] {
  const head = /^@"[^\S\n]*\r?\n/.exec(node.text)
  const tail = /\r?\n"@$/.exec(node.text)
  if (!head || !tail) return unsupported(node)
  return lowerBetween(node, head[0].length, tail.index, false, ctx)
}

/** `from` and `to` are offsets in the text of `node`. */
function lowerBetween(node: Node, from: number, to: number, doubledQuotes: boolean, ctx: Lowering) {
  const result: (string | Expr)[] = []
  let at = from
  const text = (end: number) => {
    const raw = node.text.slice(at, Math.max(at, end))
    if (raw !== '') result.push(unescapeText(raw, doubledQuotes))
  }
  for (const child of parts(node)) {
    if (child.type !== 'variable' && child.type !== 'sub_expression') continue
    const start = child.startIndex - node.startIndex
    text(start)
    at = start + child.text.length
    // PowerShell refuses "$name:" ("':' was not followed by a valid variable name character"); the grammar takes it.
    if (child.type === 'variable' && !child.text.startsWith('${') && /^:(?!:)/.test(node.text.slice(at, to)))
      return unsupported(child, 'a variable before a colon has to be in braces')
    result.push(lowerExpression(child, ctx))
  }
  text(to)
  return result
}

function unescapeText(raw: string, doubledQuotes: boolean): string {
  return raw.replace(doubledQuotes ? /`\r?\n|`(.)|""/gs : /`\r?\n|`(.)/gs, (all, escaped?: string) => {
    if (all === '""') return '"'
    return escaped === undefined ? '' : (ESCAPES[escaped] ?? escaped)
  })
}
