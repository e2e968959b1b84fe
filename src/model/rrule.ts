/**
 * Recurrence rules (RFC 5545, section 3.3.10) over wall-clock time at one offset, expanded by rrule-temporal. That library skips
 * parts that it does not know and values out of their range, reads lines of its own out of the text, and looks at as many
 * periods as it is allowed: rrule-parse.ts checks the text, and what a rule may cost is reckoned before it is expanded.
 */
import type { RRuleTemporal } from 'rrule-temporal'
import { ruleLibrary } from './rrule-library.js'
import { type Frequency, RuleError, type RuleParts, readRule } from './rrule-parse.js'

export { RuleError }

/** Occurrences that one rule may have within the horizon. */
const MAX_OCCURRENCES = 10_000
/** Periods of a rule's frequency and interval from its first instant to the end of the horizon. */
const MAX_PERIODS = 200_000
/** Candidates that one rule may make the library look at: some tenths of a second at the worst. */
const MAX_CANDIDATES = 40_000
/** What a candidate takes where the library leaves its fast paths: BYSETPOS, and a day of the month from the first instant. */
const SLOW_COST = 4
/** End of the last year with four digits: no expansion goes further. */
const LAST_MS = Date.UTC(10_000, 0, 1)

const DAY_MS = 86_400_000
const SHORTEST_PERIOD_MS: Readonly<Record<Frequency, number>> = {
  HOURLY: DAY_MS / 24,
  DAILY: DAY_MS,
  WEEKLY: 7 * DAY_MS,
  MONTHLY: 28 * DAY_MS,
  YEARLY: 365 * DAY_MS,
}

export interface RuleRange {
  /** The rule's first instant, as milliseconds of wall-clock time. */
  firstMs: number
  /** Only occurrences that start after this matter … */
  fromMs: number
  /** … and before this. */
  toMs: number
  /** Of the wall clock: an `UNTIL` in UTC is read with it. */
  offsetMinutes: number
}

/** What may still be looked at, for all rules of a problem together. */
export interface RuleBudget {
  candidates: number
}

/**
 * Starts of the rule's occurrences in (fromMs, toMs), ascending, in milliseconds of wall-clock time. The first instant counts only if it
 * fits the rule.
 *
 * @throws RuleError
 */
export function expandRule(text: string, range: RuleRange, budget: RuleBudget): number[] {
  const rule = readRule(text, range.offsetMinutes)
  // Wall-clock time is handed over as UTC: the library is exact there, and at its fastest. It counts in whole seconds.
  const fractionMs = ((range.firstMs % 1000) + 1000) % 1000
  const firstMs = range.firstMs - fractionMs
  const untilMs = rule.untilMs === undefined ? undefined : rule.untilMs - (fractionMs > 0 ? 1000 : 0)
  const recurrence = build(rule, firstMs, untilMs)

  const endMs = Math.min(range.toMs, LAST_MS, (untilMs ?? LAST_MS) + 1)
  const fromMs = Math.max(firstMs, range.fromMs - 1000)
  if (fromMs >= endMs) return []
  spend(rule, firstMs, fromMs, endMs, budget)
  const starts = between(recurrence, fromMs, endMs)
    .map((ms) => ms + fractionMs)
    .filter((ms) => ms > range.fromMs && ms < range.toMs && ms < LAST_MS)
  if (starts.length > MAX_OCCURRENCES) throw new RuleError(tooMany(`${MAX_OCCURRENCES} occurrences`))
  return starts
}

function tooMany(what: string): string {
  return `it has more than ${what} within the horizon; write a rarer one, or shorten policy.horizonSeconds`
}

/** Strict: the library itself refuses parts that RFC 5545 does not let go together. */
function build(rule: RuleParts, firstMs: number, untilMs: number | undefined): RRuleTemporal {
  const Recurrence = ruleLibrary()
  try {
    return new Recurrence({
      rruleString: rule.text,
      dtstart: asUtc(Math.min(firstMs, LAST_MS)),
      ...(untilMs === undefined ? {} : { until: asUtc(untilMs) }),
      maxIterations: 2 * MAX_PERIODS,
      strict: true,
      includeDtstart: false,
      cache: false,
    })
  } catch (error) {
    throw new RuleError(error instanceof Error ? error.message : String(error))
  }
}

/** What the library reads of an instant of any Temporal implementation; none is needed here to make one. */
function asUtc(ms: number): { timeZoneId: string; toString(): string } {
  const text = `${new Date(ms).toISOString().slice(0, -1)}+00:00[UTC]`
  return { timeZoneId: 'UTC', toString: () => text }
}

function between(recurrence: RRuleTemporal, fromMs: number, toMs: number): number[] {
  const found = recurrence.between(new Date(Math.floor(fromMs)), new Date(Math.ceil(toMs)), true)
  return found.map((at) => at.epochMilliseconds)
}

/** @throws RuleError where the expansion would take too long */
function spend(rule: RuleParts, firstMs: number, fromMs: number, endMs: number, budget: RuleBudget): void {
  const periodMs = SHORTEST_PERIOD_MS[rule.freq] * rule.interval
  if ((endMs - firstMs) / periodMs > MAX_PERIODS) {
    const periods = `more than ${MAX_PERIODS} periods of FREQ=${rule.freq}`
    throw new RuleError(
      `it has ${periods} up to the end of the horizon; begin it nearer to the start, or shorten policy.horizonSeconds`,
    )
  }
  // Only a rule that counts uneven occurrences must be followed from its first instant; the library leaps over the rest.
  const even = !rule.limited && rule.freq !== 'MONTHLY' && rule.freq !== 'YEARLY'
  const begin = rule.counts && !even ? firstMs : fromMs
  const candidates = (Math.ceil((endMs - begin) / periodMs) + 2) * candidatesPerPeriod(rule)
  if (candidates > MAX_CANDIDATES) {
    if (begin === fromMs) throw new RuleError(tooMany(`${MAX_CANDIDATES} instants to look at`))
    throw new RuleError(
      'its COUNT begins too long ago to be followed; begin it nearer to the start, or write UNTIL',
    )
  }
  budget.candidates -= candidates
  if (budget.candidates < 0) {
    throw new RuleError('all rules together have too many occurrences to look at; write fewer or rarer ones')
  }
}

/** Most instants of one period that BYSETPOS, COUNT or the horizon choose from, by their cost. */
function candidatesPerPeriod({ freq, limited, sizes }: RuleParts): number {
  if (!limited) return freq === 'MONTHLY' || freq === 'YEARLY' ? SLOW_COST : 1
  const size = (part: string): number => sizes.get(part) ?? 0
  const cost = sizes.has('BYSETPOS') ? SLOW_COST : 1
  const times = cost * (size('BYMINUTE') || 1) * (size('BYSECOND') || 1)
  if (freq === 'HOURLY') return times
  const perDay = times * (size('BYHOUR') || 1)
  if (freq === 'DAILY') return perDay
  if (freq === 'WEEKLY') return perDay * (size('BYDAY') || 1)
  const perMonth = size('BYMONTHDAY') || 5 * size('BYDAY')
  if (freq === 'MONTHLY') return perDay * (perMonth || 1)
  const months = size('BYMONTH') || (perMonth > 0 ? 12 : 1)
  return perDay * (size('BYYEARDAY') || months * (perMonth || 1))
}
