/** Recurrence rules that keep the wall clock of a time zone, whatever its offset is. */
import { expandRule, type RuleBudget } from './rrule.js'
import { instantOf, instantsOf, type Zone } from './zone.js'

/** No clock is further from UTC, and no change of one is wider than the rest. */
const MARGIN_MS = 2 * 86_400_000

/**
 * Instants at which the rule's occurrences start, milliseconds since 1970: all those within the span, and some near it.
 *
 * @param firstWallMs wall-clock time of the rule's first instant
 * @throws RuleError
 */
export function expandRuleInZone(
  text: string,
  zone: Zone,
  firstWallMs: number,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  budget: RuleBudget,
): number[] {
  const untilMs = untilOf(text)
  const range = {
    firstMs: firstWallMs,
    fromMs: fromMs - MARGIN_MS,
    toMs: toMs + MARGIN_MS,
    // Only UNTIL is read with it, which is in UTC where the start has a zone.
    offsetMinutes: untilMs === undefined ? 0 : zone.offsetMs(untilMs) / 60_000,
  }
  // An hour that comes twice is two hours to a rule that counts hours, and one time of day to every other.
  const instants = /(?:^|;)\s*FREQ=HOURLY/i.test(text) ? instantsOf : onlyFirst
  return expandRule(text, range, budget).flatMap((wallMs) => instants(zone, wallMs))
}

function onlyFirst(zone: Zone, wallMs: number): number[] {
  return [instantOf(zone, wallMs)]
}

/** An `UNTIL` in UTC; `expandRule` says what is wrong with one. */
function untilOf(rule: string): number | undefined {
  const match = /(?:^|;)\s*UNTIL=(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z/i.exec(rule)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  return Number.isFinite(ms) ? ms : undefined
}
