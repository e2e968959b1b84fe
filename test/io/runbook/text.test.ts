/** The script as text: no name is ever more than a literal. */
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { canQuote } from '../../../src/io/powershell.js'
import { planToRunbook, requireRunbookNames } from '../../../src/io/runbook/runbook.js'
import { planFingerprint } from '../../../src/model/fingerprint.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { maintenanceNight, migration, plan, resolved, vm } from '../fixtures.js'
import { HOSTILE_IDS } from '../hostile.js'
import { NAMES, nightByHand } from './by-hand.js'

const hostile = () =>
  nightByHand({
    memoryMiB: 100_000,
    migrations: NAMES.map((name, i) =>
      migration(name, i % 2 === 0 ? 'HV01' : "node '$(calc)", `to ${name}`, i * 100, i * 100 + 90),
    ),
  })

const hostileScript = () => {
  const { problem, plan: night } = hostile()
  return planToRunbook(night, resolveProblem({ ...problem, name: "night $(calc) ' `n" }))
}

/** PowerShell's own quotes: any of these opens and ends a literal; two in a row are the first of them. */
const QUOTE = /['\u2018-\u201b]/

/** Literals of the tables by PowerShell's rules, and the text without them. */
function tokenise(text: string): { literals: string[]; rest: string } {
  const literals: string[] = []
  let rest = ''
  for (let i = 0; i < text.length; i++) {
    if (!QUOTE.test(text[i])) {
      rest += text[i]
      continue
    }
    let literal = ''
    for (;;) {
      if (++i >= text.length) throw new Error('a literal does not end')
      if (!QUOTE.test(text[i])) literal += text[i]
      else if (QUOTE.test(text[i + 1] ?? '')) literal += text[i++]
      else break
    }
    literals.push(literal)
  }
  return { literals, rest }
}

const tablesOf = (script: string) => {
  const from = script.indexOf('\n$Plan = ')
  return script.slice(from, script.indexOf('\n)\n', script.indexOf('\n$Windows = ')) + 2)
}

describe('the script', () => {
  it('holds each name whole by the rules of PowerShell, which knows five quotes', () => {
    const tables = tablesOf(hostileScript())
    const { literals, rest } = tokenise(tables)
    for (const name of NAMES) {
      expect(literals).toContain(name)
      expect(literals).toContain(`to ${name}`)
    }
    expect(rest).toMatch(/^[\x20-\x7e\n]+$/)
    expect(rest).not.toMatch(/calc|whoami|rm -rf|[`%]|\$env/)
    // What is left is keys, numbers and punctuation.
    expect(rest.replace(/#.*$/gm, '').replace(/\$(Plan|Nodes|Vms|Moves|Windows|true|false)\b/g, '')).toMatch(
      /^[\w\s@(){}=;,.-]*$/,
    )
  })

  it('has a byte order mark exactly where a name is beyond ASCII', () => {
    expect(hostileScript().startsWith('\ufeff#Requires')).toBe(true)
    const { plan: night, problem } = maintenanceNight()
    const ascii = planToRunbook(night, problem)
    expect(ascii).toMatch(/^#Requires/)
    expect(ascii).toMatch(/^\p{ASCII}*$/u)
  })

  it('says in a comment of one line what it does, whatever the names', () => {
    const night = hostile()
    night.problem.request.drain = night.problem.nodes.slice(0, 3).map(({ id }) => id)
    const drained = night.problem.request.drain.map((node, i) => ({ node: node as string, atSeconds: i }))
    const lines = planToRunbook({ ...night.plan, drained }, resolveProblem(night.problem)).split(
      /\r\n|[\r\n]/,
    )
    expect(lines[1]).toMatch(/^# by hand: empties .*: \d+ migrations, \d+:\d\d:\d\d from its start$/)
    for (const { node } of drained) expect(lines[1]).toContain(node)
    expect(lines.slice(2, 5)).toEqual(['', '<#', '.SYNOPSIS'])
  })

  it('has no name at all outside the tables and that line', () => {
    const { plan: night, problem } = maintenanceNight()
    const script = planToRunbook(night, problem)
    const outside = script.replace(tablesOf(script), '').replace(/\n# .*\n/, '\n')
    for (const { id } of [...problem.vms, ...problem.nodes]) expect(outside).not.toContain(id)
    expect(outside).not.toContain(problem.name)
  })

  it('is the same for the same plan, and carries its fingerprint', () => {
    const { plan: night, problem } = maintenanceNight()
    const script = planToRunbook(night, problem)
    expect(planToRunbook(night, problem)).toBe(script)
    expect(script.match(new RegExp(planFingerprint(night), 'g'))).toHaveLength(2)
  })
})

describe('names', () => {
  it('that no script can hold are refused, with those that a cluster takes for one', () => {
    const bad = HOSTILE_IDS.filter((id) => !canQuote(id))
    const ids = [...bad, 'SQL-01', 'sql-01', 'ok']
    const problem = resolved(
      [],
      ids.map((id) => vm(id, 'A')),
      { name: 'two\nlines' },
    )
    let error: unknown
    try {
      requireRunbookNames(problem)
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof InvalidProblemError)) throw error
    expect(error.issues.map(({ path }) => path)).toEqual([
      'name',
      ...bad.map((_, i) => `vms[${i}].id`),
      `vms[${bad.length + 1}].id`,
    ])
    expect(() => planToRunbook(plan([]), problem)).toThrow(InvalidProblemError)
  })
})
