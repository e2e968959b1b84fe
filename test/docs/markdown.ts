/** Reads the pages: code blocks, headings, tables and links. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Page {
  /** Relative to the root of the package. */
  path: string
  text: string
}

export interface Block {
  page: string
  line: number
  /** `json`, `ts`, … */
  language: string
  /** What stands behind the language: `invalid`, `browser`, `internal`, or nothing. */
  tag: string
  text: string
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

export const docs: readonly Page[] = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map((name) => readPage(join('docs', name)))

/** What readers meet: the folder docs/, and the pages at the root. */
export const pages: readonly Page[] = [readPage('README.md'), readPage('CONTRIBUTING.md'), ...docs]

export function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(/^```(\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    page: path,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1],
    tag: match[2] ?? '',
    text: match[3],
  }))
}

function withoutCode(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, '')
}

/** Text between a heading and the next of any level; throws where there is no such heading. */
export function sectionOf({ path, text }: Page, heading: string): string {
  const plain = withoutCode(text)
  const start = plain.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`)
  const body = plain.slice(start + heading.length + 2)
  const end = body.search(/^#+ /m)
  return end < 0 ? body : body.slice(0, end)
}

/** Rows of all tables whose first cell is a name in backticks: that name, then the other cells. */
export function rowsOf(text: string): Map<string, string[]> {
  const rows = new Map<string, string[]>()
  for (const line of withoutCode(text).split('\n')) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    const name = /^`([^`]+)`$/.exec(cells[0] ?? '')
    if (name !== null) rows.set(name[1], cells.slice(1))
  }
  return rows
}

/** As GitHub makes them. */
function slug(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-')
}

export function anchorsOf({ text }: Page): Set<string> {
  return new Set([...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1])))
}

/** Targets of links that lead to files or to anchors, not to other places of the net. */
export function linksOf({ text }: Page): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"\s]+)"/g)]
    .map((match) => match[1] ?? match[2])
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** JSON with comments. */
export function parseJsonc(text: string): unknown {
  return JSON.parse(text.replace(/(^|\s)\/\/.*$/gm, '$1'))
}

/** Of a block, for names of tests. */
export function placeOf(block: Block): string {
  return `${relative('.', block.page)}:${block.line}`
}
