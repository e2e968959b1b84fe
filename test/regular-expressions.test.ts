/**
 * Every regular expression of the program takes time that grows with its input, not with the square of it: each is fed strings that match
 * it, pumped up at every place to a million characters, with an end that does not match.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, it } from 'vitest'

const SOURCES = join(import.meta.dirname, '../src')

/** Made by the build of other people's code, which gets no input. */
const GENERATED = /(?:kernel|highs)-(?:bytes|loader)|echarts|page-script/

/** Those that are never given text of input, by how they begin. */
const NO_INPUT = [
  // Groups the digits of an integer.
  '\\B(?=(\\d{3})+$)',
]

interface Found {
  place: string
  regex: RegExp
}

/** The literals of a file. Patterns that are put together at run time are short lists of names, within `^` and `$`. */
function regexesOf(path: string): Found[] {
  const code = readFileSync(path, 'utf8')
  const found: Found[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('regex' in node && 'start' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string }
      const line = code.slice(0, node.start as number).split('\n').length
      found.push({ place: `${relative(SOURCES, path)}:${line}`, regex: new RegExp(pattern, flags) })
      return
    }
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseAst(code, { lang: 'ts' }, path))
  return found
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !GENERATED.test(name),
)
const regexes = files.flatMap((name) => regexesOf(join(SOURCES, name)))

const STAND_INS: Readonly<Record<string, string>> = {
  s: ' ',
  S: 'a',
  d: '1',
  D: 'a',
  w: 'a',
  b: '',
  B: '',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** What an alternative matches, near enough: each class by one of its characters, everything once. */
function sampleOf(source: string): string {
  return source
    .replace(/\\[pPu]\{[^}]*\}/g, '\u00ad')
    .replace(/\[\^?(\\?.)[^\]]*\]/g, (_, first: string) => first.padStart(2, '\\'))
    .replace(/\(\?(?:<?[=!]|:|<\w+>)|[()^$*+?]|\{\d+(?:,\d*)?\}/g, (syntax, at: number, text: string) =>
      text[at - 1] === '\\' ? syntax : '',
    )
    .replace(/\\(.)|\./g, (_, letter = 'w') => STAND_INS[letter] ?? letter)
}

/** Strings that match, or nearly; and ones that are easy to trip over. */
function seedsOf({ source }: RegExp): string[] {
  const plain = [
    '',
    ' ',
    '\n',
    '\t\n',
    'a',
    '1',
    '1.',
    '-',
    '"',
    '/',
    ':',
    ';',
    'a ',
    ' a',
    '=',
    '@',
    '.',
    '_x',
    '\\',
  ]
  return [
    ...plain,
    ...[source.replaceAll('|', ''), ...source.split('|')].map((each) => sampleOf(each).slice(0, 24)),
  ]
}

/** Of each seed every beginning, from which its last character or its last two go on. */
function pumpsOf(regex: RegExp): { head: string; unit: string }[] {
  const pumps = new Map<string, { head: string; unit: string }>()
  for (const seed of seedsOf(regex)) {
    for (let end = 1; end <= seed.length; end++) {
      for (const length of [1, 2]) {
        if (length > end) continue
        const pump = { head: seed.slice(0, end - length), unit: seed.slice(end - length, end) }
        pumps.set(JSON.stringify(pump), pump)
      }
    }
  }
  return [...pumps.values()]
}

/** Milliseconds of processor time, the least of three where it is long: other work on the machine must not count. */
function costOf(regex: RegExp, text: string): number {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && least > 30; attempt++) {
    const before = process.cpuUsage()
    text.replace(regex, '')
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/** Characters, and milliseconds that they may take: a square, or worse, is found at the size at which it still ends. */
const STEPS = [
  [24, 50],
  [500, 50],
  [20_000, 50],
  [1_000_000, 500],
] as const

describe('regular expressions', () => {
  it('are found', () => {
    expect(regexes.length).toBeGreaterThan(200)
  })

  it('take time in proportion to their input', () => {
    const slow: string[] = []
    for (const { place, regex } of regexes) {
      if (NO_INPUT.includes(regex.source)) continue
      const pumps = pumpsOf(regex)
      const cost = (length: number, { head, unit }: (typeof pumps)[number]) =>
        costOf(regex, `${head}${unit.repeat(length / unit.length)}\0\n\0`)
      for (const [length, limit] of STEPS) {
        // The largest only where a smaller one was the slowest: what is a square shows in all sizes.
        const chosen = length < 1_000_000 ? pumps : worst(pumps, (pump) => cost(20_000, pump))
        const pump = chosen.find((each) => cost(length, each) > limit)
        if (pump === undefined) continue
        slow.push(`${place} ${regex}: ${JSON.stringify(pump)} × ${length}`)
        break
      }
    }
    expect(slow).toEqual([])
  }, 120_000)
})

function worst<T>(items: readonly T[], costOf: (item: T) => number): T[] {
  const costs = items.map((item) => ({ item, cost: costOf(item) }))
  return costs
    .sort((a, b) => b.cost - a.cost)
    .slice(0, 4)
    .map(({ item }) => item)
}
