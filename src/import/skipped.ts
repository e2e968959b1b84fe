/** Counts what is left out, so that the report has one sentence for each reason. */
import type { Assumption, Origin } from './inventory.js'
import { listNames } from './words.js'

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
      text: `left out ${reason}: ${listNames(ids)}`,
    }))
  }
}
