import fc from 'fast-check'
import { test } from 'vitest'
import { expandRule, RuleError } from '../../src/model/rrule.js'
import { bruteForce, readKnownRule } from './rrule-oracle.js'
const DAY = 86_400_000
const pick = <T>(values: readonly T[], max: number) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: max })
const integers = (min: number, max: number) => Array.from({ length: max - min + 1 }, (_, i) => min + i)
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const first = fc.oneof(
  fc.integer({ min: Date.UTC(2023, 0, 1) / 1000, max: Date.UTC(2029, 0, 1) / 1000 }).map((s) => s * 1000),
  fc.constantFrom(...['2024-02-29T05:10:20Z','2024-01-31T23:00:00Z','2024-12-31T00:00:00Z','2025-08-31T12:00:00Z'].map(Date.parse)))
function part(name: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.option(values, { freq: 2, nil: undefined }).map((value) => (value === undefined ? '' : `;${name}=${value}`))
}
const pad = (d: Date) => d.toISOString().replace(/[-:]/g, '').slice(0, 15)
test('fuzz', () => {
  const rule = fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').chain((freq) => {
    const positions = freq === 'MONTHLY' || freq === 'YEARLY' ? ['', '', '1', '2', '5', '-1', '-2', '-5'] : ['']
    const byDay = fc.uniqueArray(fc.tuple(fc.constantFrom(...positions), fc.constantFrom(...WEEKDAYS)).map((p) => p.join('')), { minLength: 1, maxLength: 4 })
    const none = fc.constant('')
    const s = (n: string, v: fc.Arbitrary<unknown>) => fc.oneof(none, none, part(n, v))
    return fc.tuple(fc.constant(`FREQ=${freq}`),
        part('INTERVAL', fc.integer({ min: 1, max: 5 })),
        s('BYMONTH', pick(integers(1, 12), 4)),
        freq === 'WEEKLY' ? none : s('BYMONTHDAY', pick([...integers(1, 31), -1, -2, -15, -29, -31], 4)),
        s('BYDAY', byDay),
        freq === 'YEARLY' || freq === 'HOURLY' ? s('BYYEARDAY', pick([1, 60, 100, 200, 365, 366, -1, -100, -306, -366], 4)) : none,
        s('BYHOUR', pick(integers(0, 23), 3)), s('BYMINUTE', pick(integers(0, 59), 2)), s('BYSECOND', pick(integers(0, 59), 2)),
        s('BYSETPOS', pick([1, 2, 3, -1, -2], 2)), s('WKST', fc.constantFrom(...WEEKDAYS)),
        fc.oneof(none, part('COUNT', fc.integer({ min: 1, max: 20 })), fc.tuple(fc.date({ min: new Date('2023-01-01'), max: new Date('2031-01-01'), noInvalidDate: true }), fc.constantFrom('d', 'l', 'z')).map(([d, k]) => `;UNTIL=${k === 'd' ? pad(d).slice(0, 8) : pad(d) + (k === 'z' ? 'Z' : '')}`)),
      ).map((p) => p.join(''))
  })
  const bad = new Map<string, string[]>()
  const refused = new Map<string, number>()
  let n = 0, hits = 0, worst = 0, worstRule = ''
  fc.assert(fc.property(rule, first, fc.integer({ min: -20, max: 300 }), fc.integer({ min: 1, max: 120 }), fc.constantFrom(0, 60, -330), (text, firstMs, from, days, offset) => {
    const fromMs = firstMs + from * DAY
    const range = { firstMs, fromMs, toMs: fromMs + days * DAY, offsetMinutes: offset }
    let starts: number[]
    const t = performance.now()
    try { starts = expandRule(text, range, { candidates: 1e9 }) } catch (e) {
      if (!(e instanceof RuleError)) throw new Error(`${text} ${e}`)
      refused.set(e.message.slice(0, 70), (refused.get(e.message.slice(0, 70)) ?? 0) + 1); return }
    const took = performance.now() - t
    if (took > worst) { worst = took; worstRule = text }
    n++
    const want = bruteForce(readKnownRule(text, offset), firstMs, fromMs, range.toMs)
    if (want.length) hits++
    if (JSON.stringify(want) !== JSON.stringify(starts)) {
      const key = text.split(';').map((p) => (p.startsWith('FREQ') ? p : p.split('=')[0])).filter((p) => !/WKST|INTERVAL/.test(p)).join(' ')
      bad.set(key, [...(bad.get(key) ?? []), `${text} first=${new Date(firstMs).toISOString()} from=${new Date(fromMs).toISOString()} days=${days}\n   want ${want.slice(0, 4).map((x) => new Date(x).toISOString())} (${want.length})\n   got  ${starts.slice(0, 4).map((x) => new Date(x).toISOString())} (${starts.length})`])
    }
  }), { numRuns: Number(process.env.RUNS ?? 3000), ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) })
  console.log({ n, hits, worst, worstRule, bad: bad.size }, refused)
  for (const [k, v] of [...bad].slice(0, 25)) console.log(k, v.length, '\n ', v.sort((a, b) => a.length - b.length)[0])
}, 600000)
