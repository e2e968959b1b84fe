/**
 * Parses PowerShell with the tree-sitter grammar, without PowerShell. The grammar takes a little more than PowerShell does (it knows nothing of
 * parameter names or of where `break` may stand); what it refuses, PowerShell refuses too, as far as the scripts of this project go.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Language, type Node, Parser } from 'web-tree-sitter'

/** Where something stands in a script; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** A place that is no PowerShell: `ERROR` (text that fits nowhere) or `MISSING` (something expected that is not there). */
export interface SyntaxProblem extends Position {
  kind: 'ERROR' | 'MISSING'
  /** The text that fits nowhere, cut to 60 characters, or what is missing. */
  text: string
}

/** A leaf of the syntax tree. */
export interface Token extends Position {
  /** The node type of the grammar, e.g. `variable`, `command_name`, `"{"`. */
  type: string
  text: string
}

/**
 * PowerShell takes typographic quotes for quotes: `'a’b'` ends at the `’`. The grammar does not, so they are looked for here. Inside a literal they
 * have to be doubled, like the plain one; elsewhere no script needs them.
 */
const SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
const DOUBLE_QUOTES = '"\u201c\u201d\u201e'
/** Which PowerShell takes for a hyphen, outside of strings. */
const DASHES = '\u2013\u2014\u2015'

const HIDDEN = /[\u2013-\u2015\u2018-\u201b\u201c-\u201e]/

const SINGLE_QUOTED = new Set(['verbatim_string_characters', 'verbatim_here_string_characters'])

let language: Promise<Language> | undefined

async function loadLanguage(): Promise<Language> {
  await Parser.init()
  const wasm = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')
  return Language.load(await readFile(wasm))
}

/** Parses text at once; a tree there is always, so ask `syntaxProblems` too. */
export type Parse = (text: string) => Node

/** Loads the grammar, once. */
export async function loadParser(): Promise<Parse> {
  language ??= loadLanguage()
  const loaded = await language
  const parser = new Parser()
  parser.setLanguage(loaded)
  return (text) => {
    // The grammar knows the suffixes of numbers in lower case only. It is given them so; what nodes say of their text is the script's own.
    const folded = text.replace(/(?<![\w.$])\d[\d.]*(?:L|D)?(?:[KMGTP]B)?\b/gi, (number) =>
      number.toLowerCase(),
    )
    let source = folded
    const tree = parser.parse((index) => source.slice(index))
    source = text
    if (!tree) throw new Error('the parser gave no tree')
    return tree.rootNode
  }
}

/** The syntax tree of `script`. */
export async function parseTree(script: string): Promise<Node> {
  const parse = await loadParser()
  // The grammar takes a byte order mark for text.
  return parse(script.replace(/^\uFEFF/, ''))
}

export const positionOf = (node: Node): Position => ({
  line: node.startPosition.row + 1,
  column: node.startPosition.column + 1,
})

/** `node` and everything below it, in the order of the text. */
export function* walk(node: Node): Generator<Node> {
  yield node
  for (const child of node.children) yield* walk(child)
}

/** Of the text of a literal without its outer quotes: whether a quote of this kind ends it early. */
const endsEarly = (inside: string, quotes: string): boolean =>
  new RegExp(`[${quotes}]`).test(inside.replace(new RegExp(`[${quotes}][${quotes}]`, 'g'), ''))

/** A quote that the grammar does not see and PowerShell does. */
function hasHiddenQuote(node: Node): boolean {
  const { text, type } = node
  if (type === 'comment') return false
  if (type.includes('here_string'))
    return new RegExp(`\\n[${(SINGLE_QUOTES + DOUBLE_QUOTES).replace(/['"]/g, '')}]@`).test(text)
  if (type === 'verbatim_string_characters') return endsEarly(text.slice(1, -1), SINGLE_QUOTES)
  if (type === 'expandable_string_literal') {
    // What is inside $(…) is code, which is looked at by itself.
    let plain = text.slice(1, -1)
    for (const part of node.children) if (part.type === 'sub_expression') plain = plain.replace(part.text, '')
    return endsEarly(plain.replace(/`[\s\S]/g, ''), DOUBLE_QUOTES)
  }
  return (
    node.childCount === 0 &&
    new RegExp(`[${SINGLE_QUOTES.slice(1)}${DOUBLE_QUOTES.slice(1)}${DASHES}]`).test(text)
  )
}

/** Every ERROR and MISSING node, outermost first, and every quote that PowerShell sees where the grammar does not. */
export function syntaxProblems(root: Node): SyntaxProblem[] {
  const problems: SyntaxProblem[] = []
  if (HIDDEN.test(root.text))
    for (const node of walk(root))
      if (hasHiddenQuote(node))
        problems.push({ kind: 'ERROR', text: node.text.slice(0, 60), ...positionOf(node) })
  const visit = (node: Node) => {
    if (node.isMissing) problems.push({ kind: 'MISSING', text: node.type, ...positionOf(node) })
    else if (node.isError) problems.push({ kind: 'ERROR', text: node.text.slice(0, 60), ...positionOf(node) })
    else if (node.hasError) node.children.forEach(visit)
  }
  visit(root)
  return problems
}

/** The tree of `script`, which has to be PowerShell: otherwise an error that names every place. */
export async function parseStrictly(script: string): Promise<Node> {
  const root = await parseTree(script)
  const problems = syntaxProblems(root)
  if (problems.length > 0) {
    const told = problems.map((p) => `${p.line}:${p.column} ${p.kind} ${JSON.stringify(p.text)}`)
    throw new SyntaxError(`not PowerShell: ${told.join('; ')}`)
  }
  return root
}

/**
 * All that PowerShell reads as more than plain text: every token outside single-quoted literals and comments, in order. Of a double-quoted
 * literal, which expands variables and escapes, the whole text comes as one token.
 */
export function tokensOutsideSingleQuotes(root: Node): Token[] {
  const tokens: Token[] = []
  const visit = (node: Node) => {
    if (SINGLE_QUOTED.has(node.type) || node.type === 'comment') return
    const leaf = node.childCount === 0 || node.type.startsWith('expandable_')
    if (leaf && node.text !== '') tokens.push({ type: node.type, text: node.text, ...positionOf(node) })
    else node.children.forEach(visit)
  }
  visit(root)
  return tokens
}

/** The values of all single-quoted literals, doubled quotes undone; here-strings without their marks. */
export function singleQuotedLiterals(root: Node): Token[] {
  return [...walk(root)]
    .filter((node) => SINGLE_QUOTED.has(node.type))
    .map((node) => ({ type: node.type, text: singleQuotedValue(node.text), ...positionOf(node) }))
}

/** The value of a single-quoted literal or here-string, given with its quotes. */
export function singleQuotedValue(text: string): string {
  if (text.startsWith('@')) return text.replace(/^@'[^\S\n]*\r?\n/, '').replace(/\r?\n'@$/, '')
  return text.slice(1, -1).replace(new RegExp(`([${SINGLE_QUOTES}])[${SINGLE_QUOTES}]`, 'g'), '$1')
}

export function comments(root: Node): Token[] {
  return [...walk(root)]
    .filter((node) => node.type === 'comment')
    .map((node) => ({ type: node.type, text: node.text, ...positionOf(node) }))
}

/** Every command called by name, functions of the script included, in the order of the text; `& $block` has no name and is left out. */
export function commandsCalled(root: Node): Token[] {
  return [...walk(root)]
    .filter((node) => node.type === 'command_name')
    .map((node) => ({ type: node.type, text: node.text, ...positionOf(node) }))
}

/** Names of the functions that the script defines. */
export function functionsDefined(root: Node): string[] {
  return [...walk(root)].filter((node) => node.type === 'function_name').map((node) => node.text)
}
