/** The script as text: no name is ever more than a literal. */
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../../src/errors.js'
import { canQuote } from '../../../src/io/powershell.js'
import { planToRunbook, requireRunbookNames } from '../../../src/io/runbook/runbook.js'
import { planFingerprint } from '../../../src/model/fingerprint.js'
import { resolveProblem } from '../../../src/model/validate.js'
import { maintenanceNight, migration, plan, resolved, vm } from '../fixtures.js'
import { HOSTILE_IDS } from '../hostile.js'
import { tokenise } from '../literals.js'
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
    const words = /<>|#.*$|\$(Plan|Spaces|Nodes|Vms|Moves|Works|Networks|Windows|true|false)\b/gm
    expect(rest.replace(words, '')).toMatch(/^[\w\s@(){}=;,.-]*$/)
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
    const paths = ['name', ...bad.map((_, i) => `vms[${i}].id`), `vms[${bad.length + 1}].id`]
    const issues = paths.map((path) => expect.objectContaining({ path }))
    expect(() => requireRunbookNames(problem)).toThrow(expect.objectContaining({ issues }))
    expect(() => planToRunbook(plan([]), problem)).toThrow(InvalidProblemError)
  })

  const refused = (first: string, second: string) => {
    const problem = resolved([], [vm(first, 'A'), vm(second, 'A')])
    expect(() => requireRunbookNames(problem)).toThrow(/vms\[1\]\.id: .* a cluster takes them for one name/)
  }

  it.each([
    ['upper case in which a sigma is the same', 'ΑΣ', 'ασ'],
    ['a final sigma', 'ΛΟΓΟΣ', 'λογος'],
    ['a sharp s', 'straße', 'STRASSE'],
    ['a capital sharp s', 'STRAẞE', 'strasse'],
    ['the Kelvin sign', 'k1', '\u212a1'],
    ['a long s', 'ſql', 'SQL'],
    ['a dotless i', 'dısk', 'DISK'],
    ['NFC and NFD', 'caf\u00e9', 'cafe\u0301'],
    ['NFD in the other case', 'CAF\u00c9', 'cafe\u0301'],
    ['full width', 'ＳＱＬ０１', 'sql01'],
    ['a ligature', 'ﬁle', 'FILE'],
    ['a variation selector', 'web\ufe0f', 'web'],
    ['a combining grapheme joiner', 'a\u034fb', 'ab'],
    ['a Hangul filler', 'web\u3164', 'WEB'],
  ])('%s does not make two names', (_, first, second) => {
    refused(first, second)
    refused(second, first)
  })

  it.each([
    ['a', 'b'],
    ['İ', 'i'],
    ['e', 'é'],
    ['web-1', 'web_1'],
    ['名', '前'],
  ])('%s and %s are two', (first, second) => {
    expect(() => requireRunbookNames(resolved([], [vm(first, 'A'), vm(second, 'A')]))).not.toThrow()
  })

  it('no letter of Unicode is two names by its case or its form', () => {
    const twins: string[] = []
    for (let code = 0; code < 0x1_1000; code++) {
      const letter = String.fromCodePoint(code)
      if (!canQuote(letter) || !/\p{Changes_When_NFKC_Casefolded}|\p{Changes_When_Casemapped}/u.test(letter))
        continue
      for (const form of [
        letter.toUpperCase(),
        letter.toLowerCase(),
        letter.normalize('NFD'),
        letter.normalize('NFKC'),
      ]) {
        const names = [`-${letter}-`, `-${form}-`]
        if (names[0] === names[1]) continue
        try {
          requireRunbookNames(
            resolved(
              [],
              names.map((id) => vm(id, 'A')),
            ),
          )
          twins.push(code.toString(16))
        } catch {}
      }
    }
    expect(twins).toEqual([])
  })
})
