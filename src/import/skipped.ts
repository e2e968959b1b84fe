/** Counts what is left out, so that the report has one sentence for each reason. */
import { quote } from '../model/issues.js'
import type { Assumption, Origin } from './inventory.js'

/** Names that a sentence shows. */
const SHOWN = 5

export class Skipped {
  readonly #reasons = new Map<string, { origin: Origin; ids: string[] }>()

  /** @param reason in the plural, behind "left out" */
  add(reason: string, origin: Origin, id: string): void {
    const known = this.#reasons.get(reason)
    if (known === undefined) this.#reasons.set(reason, { origin, ids: [id] })
    else known.ids.push(id)
  }

  assumptions(): Assumption[] {
    return [...this.#reasons].map(([reason, { origin, ids }]) => ({
      origin,
      text: `left out ${reason}: ${listOf(ids)}`,
    }))
  }
}

/** The first names in quotes, and how many more there are. */
export function listOf(ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN).map(quote).join(', ')
  return ids.length <= SHOWN ? shown : `${shown} and ${ids.length - SHOWN} more`
}
