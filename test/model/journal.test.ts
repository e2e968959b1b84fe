import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidProblemError } from '../../src/errors.js'
import { fnv1a64, planFingerprint } from '../../src/model/fingerprint.js'
import { parseJournal } from '../../src/model/journal.js'
import { cases } from '../cases.js'
import { leg } from '../problem.js'

const begin = {
  version: 1,
  event: 'begin',
  at: '2026-11-23T20:00:01+01:00',
  problem: 'rack-7',
  plan: '0123456789abcdef',
  start: '2026-11-23T20:00:00+01:00',
}
const started = {
  event: 'started',
  at: '2026-11-23T19:00:02.500Z',
  vm: 'sql-07',
  from: 'HV01',
  to: 'HV02',
  kind: 'live',
  leg: 0,
}
const failed = { ...started, event: 'failed', detail: 'error 21502', node: 'HV01' }
const all = [
  begin,
  started,
  failed,
  { event: 'stopped', at: '2026-11-23T19:00:09Z', detail: 'one failed' },
  { event: 'resumed', at: '2026-11-23T19:01:00Z' },
  { ...started, event: 'ended', at: '2026-11-23T19:02:00Z' },
  { event: 'finished', at: '2026-11-23T19:02:00Z' },
]
const lines = (entries: readonly unknown[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

function faultOf(text: string): string {
  try {
    parseJournal(text)
  } catch (error) {
    if (error instanceof InvalidProblemError)
      return error.issues.map(({ path, message }) => `${path}: ${message}`).join('\n')
    throw error
  }
  return ''
}

describe('parseJournal', () => {
  it('reads lines, with carriage returns and empty ones, and an array', () => {
    const journal = parseJournal(lines(all))
    expect(journal.entries.map(({ entry }) => entry)).toEqual(all.slice(1))
    expect(journal.entries.map(({ place }) => place)).toEqual([2, 3, 4, 5, 6, 7].map((n) => `line ${n}`))
    expect(journal.startMs).toBe(Date.parse(begin.start))
    expect(journal.entries[0].atMs).toBe(Date.parse(started.at))
    expect(journal.warnings).toEqual([])
    const odd = parseJournal(`\ufeff${lines(all).replaceAll('\n', '\r\n\r\n')}`)
    expect(odd.entries.map(({ entry }) => entry)).toEqual(all.slice(1))
    const array = parseJournal(JSON.stringify(all, null, 2))
    expect(array.entries[2].place).toBe('[3]')
    expect(array.entries.map(({ entry }) => entry)).toEqual(all.slice(1))
  })

  it('leaves out a last line that is broken off, wherever that is, and says so', () => {
    const text = lines([begin, started])
    for (let length = text.indexOf('\n') + 2; length < text.length - 2; length++) {
      const journal = parseJournal(text.slice(0, length))
      expect(journal.entries).toEqual([])
      expect(journal.warnings).toHaveLength(1)
      expect(journal.warnings[0]).toMatch(/^line 2 is broken off and was left out: column \d+: /)
    }
    expect(parseJournal(`${lines([begin])}\0\0\0\0`).warnings).toHaveLength(1)
  })

  it('leaves out a line that was broken off and written on behind, on that line or the next', () => {
    const [whole, behind] = [lines([begin, { ...started, vm: 'a{"event":' }]), lines(all.slice(4))]
    for (let length = whole.indexOf('\n') + 2; length < whole.length - 2; length++) {
      const half = whole.slice(0, length)
      for (const text of [half + behind, `${half}\n${behind}`]) {
        const { entries, warnings } = parseJournal(text)
        expect(entries.map(({ entry }) => entry)).toEqual(all.slice(4))
        expect(warnings).toEqual([
          expect.stringMatching(/line 2 is broken off and was left out: column \d+: /),
        ])
      }
    }
    expect(parseJournal(`${lines([begin])}\0\0\0${behind}`).entries).toHaveLength(3)
    expect(parseJournal(`${lines([begin])}\0\0\0\n${behind}`).entries).toHaveLength(3)
  })

  it.each([
    ['', /the document is empty|has no entry/],
    ['[]', /^: has no entry; a journal starts with "begin"/],
    [lines([started]), /^line 1: event: the first event is "started"; a journal starts with "begin"/],
    [lines([begin, begin]), /^line 2: event: "begin" is there twice/],
    [lines([{ ...begin, version: 2 }]), /^line 1: version: 2 is not valid; expected 1/],
    [lines([{ ...begin, plan: 'x' }]), /^line 1: plan: "x" is no fingerprint of a plan/],
    [lines([begin, { ...started, at: '2026-11-23' }]), /^line 2: at: "2026-11-23" is a date without a time/],
    [lines([begin, { ...started, at: '2026-11-23T20:00:00' }]), /^line 2: at: .* has no offset from UTC/],
    [lines([begin, { ...started, leg: -1 }]), /^line 2: leg: -1 is not valid/],
    [lines([begin, { ...started, kind: 'quick' }]), /^line 2: kind: "quick" is not valid; expected .*"live"/],
    [lines([begin, { ...started, vm: '' }]), /^line 2: vm: .*write an id/],
    [lines([begin, { ...started, more: 1 }]), /^line 2: more: unknown key/],
    [lines([begin, { ...started, to: undefined }]), /^line 2: to: missing/],
    [lines([begin, { ...failed, node: undefined }]), /^line 2: node: missing/],
    [
      lines([begin, { event: 'begun', at: started.at }]),
      /^line 2: event: "begun" is not valid; expected .*"ended"/,
    ],
    [lines([begin, 7]), /^line 2: 7 is not valid; expected Object/],
    [`${lines([begin])}{"event":}\n${lines([started])}`, /^line 2: column 10: expected a value/],
    [`${lines([begin])}{"event":"resu{"event":"x"}\n${lines([started])}`, /^line 2: event: "x" is not valid/],
    [`${lines([begin])}resumed\n${lines([started])}`, /^line 2: column 1: /],
    ['{"version":1', /^line 1: column 13: /],
  ])('%j is refused', (text, message) => {
    expect(faultOf(text)).toMatch(message)
  })

  it('never fails otherwise', () => {
    const good = lines(all)
    const change = fc.tuple(
      fc.nat(good.length),
      fc.nat(5),
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('\n', '"', '{', '}', '[', ',', 'null', '1e999')),
    )
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let text = good
        for (const [position, removed, added] of changes)
          text = text.slice(0, position) + added + text.slice(position + removed)
        const fault = faultOf(text)
        if (fault === '') expect(parseJournal(text).begin.entry.event).toBe('begin')
        else expect(fault).not.toBe(': ')
      }),
      { numRuns: cases(1500) },
    )
    expect(parseJournal(lines([begin, { event: 'stopped', at: started.at }])).entries[0].entry).toMatchObject(
      { detail: '' },
    )
  })

  it('names every fault', () => {
    const text = lines([begin, { ...started, leg: 0.5 }, { ...started, vm: 3 }])
    expect(faultOf(text).split('\n')).toHaveLength(2)
  })
})

describe('planFingerprint', () => {
  it('is the FNV-1a hash, by its published test vectors', () => {
    const of = (text: string) => fnv1a64(new TextEncoder().encode(text))
    expect(of('')).toBe('cbf29ce484222325')
    expect(of('a')).toBe('af63dc4c8601ec8c')
    expect(of('foobar')).toBe('85944171f73967e8')
  })

  const migration = (vm: string, start: number) => leg(`${vm} HV01>HV02 ${start}-${start + 10}`)

  it('is the digest that anybody can compute', () => {
    // FNV-1a of [["ä","HV01","HV02","live",0.5,0]] and of [], worked out elsewhere.
    expect(planFingerprint({ migrations: [migration('ä', 0.5)] })).toBe('2d95f2af2027e2c4')
    expect(planFingerprint({ migrations: [] })).toBe('09612b07b5ecb5a5')
  })

  it('does not depend on the order in the file, but on what is moved and when', () => {
    const [a, b] = [migration('a', 0), migration('b', 0)]
    const print = planFingerprint({ migrations: [a, b] })
    expect(planFingerprint({ migrations: [b, a] })).toBe(print)
    expect(planFingerprint({ migrations: [a, { ...b, endSeconds: 99 }] })).toBe(print)
    expect(planFingerprint({ migrations: [a, { ...b, startSeconds: 1 }] })).not.toBe(print)
    expect(planFingerprint({ migrations: [a, { ...b, kind: 'save' }] })).not.toBe(print)
  })
})
