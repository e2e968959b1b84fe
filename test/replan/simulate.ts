/** Runs that are cut short: a plan, what of it happened by an instant, and the journal that says so. */

import { planFingerprint } from '../../src/model/fingerprint.js'
import { type Journal, type JournalEntry, parseJournal } from '../../src/model/journal.js'
import type { Migration, Plan } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import type { Random } from '../../src/solver/random.js'

/** Second 0 of every run whose problem has none of its own. */
export const START_MS = Date.parse('2026-11-23T19:00:00Z')

export interface CutRun {
  nowSeconds: number
  journal: Journal
  lines: string
  /** Under way longer than planned. */
  late: Set<Migration>
  failed: Set<Migration>
  ended: Set<Migration>
}

/** Every migration starts as planned; those that nothing after them rests on yet may be late, or fail. */
export function cut(
  problem: Problem,
  plan: Plan,
  nowSeconds: number,
  random: Random,
  troubles: { late: number; failures: number },
): CutRun {
  const startMs = problem.start === undefined ? START_MS : Date.parse(problem.start)
  const iso = (seconds: number) => new Date(startMs + Math.round(seconds * 1000)).toISOString()
  const late = new Set<Migration>()
  const failed = new Set<Migration>()
  const ended = new Set<Migration>()
  const legs = new Map<string, number>()
  const begun = plan.migrations.filter((m) => m.startSeconds < nowSeconds)
  const touches = (m: Migration, n: Migration) =>
    m.vm === n.vm || [m.from, m.to].some((node) => node === n.from || node === n.to)
  const entries: [seconds: number, rank: number, entry: JournalEntry][] = []
  for (const m of begun) {
    const leg = legs.get(m.vm) ?? 0
    legs.set(m.vm, leg + 1)
    const fields = { vm: m.vm, from: m.from, to: m.to, kind: m.kind, leg }
    entries.push([m.startSeconds, 1, { event: 'started', at: iso(m.startSeconds), ...fields }])
    if (m.endSeconds > nowSeconds) continue
    const relied = begun.some((n) => n !== m && n.startSeconds >= m.endSeconds && touches(m, n))
    if (!relied && random.below(100) < troubles.late) late.add(m)
    else if (!relied && random.below(100) < troubles.failures) {
      failed.add(m)
      entries.push([
        m.endSeconds,
        0,
        { event: 'failed', at: iso(m.endSeconds), ...fields, detail: 'x', node: m.from },
      ])
    } else {
      ended.add(m)
      entries.push([m.endSeconds, 0, { event: 'ended', at: iso(m.endSeconds), ...fields }])
    }
  }
  entries.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const begin: JournalEntry = {
    version: 1,
    event: 'begin',
    at: iso(0),
    problem: problem.name ?? '',
    plan: planFingerprint(plan),
    start: iso(0),
  }
  const lines = [begin, ...entries.map(([, , entry]) => entry)]
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join('')
  return { nowSeconds, journal: parseJournal(lines), lines, late, failed, ended }
}
