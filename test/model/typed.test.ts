/** What is no problem does not compile, and is refused all the same where types have been talked out of it. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import {
  check,
  explain,
  type Plan,
  parseJournal,
  parseProblem,
  plan,
  planRemaining,
  quiet,
  remaining,
} from '../../src/index.js'
import { DEFAULT_POLICY } from '../../src/model/problem.js'

const text = readFileSync(new URL('../../examples/four-nodes/problem.json', import.meta.url), 'utf8')
const problem = parseProblem(JSON.parse(text))
const planned = {} as Plan
const at = '2026-11-23T20:00:00Z'
const begin = { version: 1, event: 'begin', at, problem: '', plan: '0'.repeat(16), start: at }
const journal = parseJournal(JSON.stringify(begin))

describe('a text does not compile', () => {
  it.each<[string, () => unknown]>([
    // @ts-expect-error
    ['plan', () => plan(text)],
    // @ts-expect-error
    ['explain', () => explain(text)],
    // @ts-expect-error
    ['check', () => check(text, planned)],
    // @ts-expect-error
    ['check, as the plan', () => check(problem, text)],
    // @ts-expect-error
    ['quiet', () => quiet(text, planned, { durationSeconds: 1 })],
    // @ts-expect-error
    ['remaining', () => remaining(text, planned, journal, { now: 0 })],
    ['parseProblem, which compiles with anything', () => parseProblem(text)],
  ])('as a problem of %s', async (_, call) => {
    await expect((async () => call())()).rejects.toThrow(InvalidProblemError)
  })

  it('as what is left of a run', async () => {
    // @ts-expect-error
    await expect(planRemaining(text)).rejects.toThrow()
  })
})

describe('parseProblem', () => {
  it('gives back what it was given, which plans', async () => {
    const document: unknown = JSON.parse(text)
    const parsed = parseProblem(document)
    expect(parsed).toBe(document)
    expect((await plan(parsed, { effort: 1 })).makespanSeconds).toBe(105)
  })

  it.each([[null], [42], [[]], [{}], [{ version: 1 }], [{ ...problem, vms: [{ id: 'x' }] }]])(
    'refuses %j',
    (document) => {
      expect(() => parseProblem(document)).toThrow(InvalidProblemError)
    },
  )
})

describe('the policy', () => {
  const source = readFileSync(new URL('../../src/model/problem.ts', import.meta.url), 'utf8')
  const policy = /export interface Policy \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? ''

  it('tells every field, those without a default too', () => {
    const fields = [...policy.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1])
    expect(fields).toEqual(expect.arrayContaining(Object.keys(DEFAULT_POLICY)))
    expect([...policy.matchAll(/\*\/\n {2}(\w+)\??:/g)].map((match) => match[1])).toEqual(fields)
  })

  it.each(Object.entries(DEFAULT_POLICY))('tells %s to an editor, with its default, %s', (name, value) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${name}:`).exec(policy)?.[1]
    const told = /default ([\w.,]+?)[.:]?(?:\s|$)/i.exec(comment?.replace(/\s*\n \* ?/g, ' ') ?? '')?.[1]
    expect(told?.replaceAll(',', '')).toBe(String(value))
  })
})
