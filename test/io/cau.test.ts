import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import { planToCau, requireNodeNames } from '../../src/io/cau.js'
import { canQuote, markEncoding, quotePowerShell } from '../../src/io/powershell.js'
import { maintenanceNight, node, plan, resolved, smallPlan } from './fixtures.js'
import { HOSTILE_IDS } from './hostile.js'
import { tokenise } from './literals.js'

const drainAll = (ids: readonly string[]) =>
  resolved(ids.map(node), [], { drains: ids.map((id) => ({ node: id, mode: 'live' as const })) })

describe('planToCau', () => {
  it('lists drained nodes as they become empty, on one command line', () => {
    const problem = drainAll(['HV01', 'HV02', 'HV03', 'HV04'])
    const drained = [
      { node: 'HV03', atSeconds: 99.539 },
      { node: 'HV02', atSeconds: 0 },
      { node: 'HV01', atSeconds: 99.539 },
    ]
    const text = planToCau(plan([], { drained }), problem)
    expect(text.split('\n').slice(3)).toEqual([
      "#   'HV02': empty at 0 s",
      "#   'HV01': empty at 99.539 s",
      "#   'HV03': empty at 99.539 s",
      "#   'HV04': not empty at the end of the plan, so not listed",
      "Invoke-CauRun -NodeOrder 'HV02','HV01','HV03'",
      '',
    ])
  })

  it('tells clock times where the problem has a start', () => {
    const { plan: night, problem } = maintenanceNight()
    expect(planToCau(night, problem)).toContain(
      "'HV01': empty at 1234.567 s, 2026-11-23T20:20:34.567+01:00\n",
    )
  })

  it('is nothing but comments where no node is empty', () => {
    const text = planToCau(plan([]), drainAll(['A']))
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^#/)
    expect(text).toContain('# No node is empty')
  })

  it('lets no id out of its literal', () => {
    const ids = HOSTILE_IDS.filter(canQuote)
    expect(ids.length).toBeGreaterThan(15)
    const drained = ids.map((id, atSeconds) => ({ node: id, atSeconds }))
    const text = planToCau(plan([], { drained }), drainAll(ids))
    expect(text.startsWith('\ufeff#')).toBe(true)
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(3 + ids.length + 1)
    const command = tokenise(lines[lines.length - 1])
    expect(command.literals).toEqual(ids)
    expect(command.rest).toBe(`Invoke-CauRun -NodeOrder ${ids.map(() => '<>').join(',')}`)
    lines.slice(3, -1).forEach((line, i) => {
      expect(tokenise(line)).toEqual({ literals: [ids[i]], rest: `#   <>: empty at ${i} s` })
    })
  })

  it('refuses a problem that empties no node', () => {
    expect(() => requireNodeNames(smallPlan().problem)).toThrow('request.drain: names no node')
  })

  it('refuses names of drained nodes that no command line can hold, all at once', () => {
    const bad = HOSTILE_IDS.filter((id) => !canQuote(id))
    const problem = drainAll(['good', ...bad])
    const issues = bad.map((_, i) => expect.objectContaining({ path: `nodes[${i + 1}].id` }))
    expect(() => requireNodeNames(problem)).toThrow(expect.objectContaining({ issues }))
    expect(() => planToCau(plan([]), problem)).toThrow(InvalidProblemError)
    const others = resolved(['good', ...bad].map(node), [], { drains: [{ node: 'good', mode: 'live' }] })
    expect(() => requireNodeNames(others)).not.toThrow()
  })
})

describe('quotePowerShell', () => {
  it.each([
    ["a'b", "'a''b'"],
    ['$(calc)', "'$(calc)'"],
    ['a\u2019b', "'a\u2019\u2019b'"],
    ["'\u201b", "'''\u201b\u201b'"],
    ['名前', "'名前'"],
  ])('%j: %s', (text, literal) => {
    expect(quotePowerShell(text)).toBe(literal)
    expect(tokenise(literal)).toEqual({ literals: [text], rest: '<>' })
  })

  it.each(['a\nb', 'a\rb', 'a\0b', '\x1b', '\x85', '\u2028', '\u202e', '\ud800'])('refuses %j', (text) => {
    expect(canQuote(text)).toBe(false)
    expect(() => quotePowerShell(text)).toThrow('cannot stand in a PowerShell literal')
  })
})

describe('markEncoding', () => {
  it('keeps a quote from appearing where a script is read in the ANSI code page', () => {
    const literal = quotePowerShell('В;calc;В')
    // 0x92 is the right single quote of Windows code pages.
    expect([...Buffer.from(literal)]).toContain(0x92)
    expect(markEncoding(literal)).toBe(`\ufeff${literal}`)
    expect(markEncoding("'HV01'")).toBe("'HV01'")
  })
})
