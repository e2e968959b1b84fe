/** The library that expands recurrence rules. In Node's bundle `rrule-library.node.ts` takes the place of this module. */
import { RRuleTemporal } from 'rrule-temporal'

export function ruleLibrary(): typeof RRuleTemporal {
  return RRuleTemporal
}
