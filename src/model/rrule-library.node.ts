/** The library that expands recurrence rules, loaded with the first rule: reading a problem is synchronous, and most have none. */
import { createRequire } from 'node:module'
import type { RRuleTemporal } from 'rrule-temporal'

let library: typeof RRuleTemporal | undefined

export function ruleLibrary(): typeof RRuleTemporal {
  library ??= (createRequire(import.meta.url)('rrule-temporal') as typeof import('rrule-temporal'))
    .RRuleTemporal
  return library
}
