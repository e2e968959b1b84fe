/** What a reader has to say besides the inventory, gathered while it reads. */
import type { Assumption, ImportIssue, Origin } from './inventory.js'
import { listNames } from './words.js'

export class Findings {
  readonly assumptions: Assumption[] = []
  readonly issues: ImportIssue[] = []

  assume(origin: Origin, text: string): void {
    this.assumptions.push({ origin, text })
  }

  /** @param node where the fault goes away with this node */
  fault(origin: Origin, message: string, node?: string): void {
    this.issues.push(node === undefined ? { origin, message } : { origin, message, node })
  }
}

/** The same remark about many things, made once: with the first one's origin, and the names of all. */
export class Remarks {
  readonly #found = new Map<string, { origin: Origin; names: Set<string> }>()
  readonly #most: number | undefined

  /** @param most names that a remark lists; default as `listNames` has it */
  constructor(most?: number) {
    this.#most = most
  }

  /** @param kind tells the remarks apart */
  add(kind: string, name: string, origin: Origin): void {
    const known = this.#found.get(kind)
    if (known === undefined) this.#found.set(kind, { origin, names: new Set([name]) })
    else known.names.add(name)
  }

  /** @param sentences by kind, in the order in which they are told; `{names}` is where the names go. */
  tell(findings: Findings, sentences: Readonly<Record<string, string>>): void {
    for (const [kind, text] of Object.entries(sentences))
      this.#report(kind, findings, (names) => text.replace('{names}', () => names))
  }

  /** Every remark there is; @param text makes its sentence of kind and names. */
  reportAll(findings: Findings, text: (kind: string, names: string) => string): void {
    for (const kind of this.#found.keys()) this.#report(kind, findings, (names) => text(kind, names))
  }

  #report(kind: string, findings: Findings, text: (names: string) => string): void {
    const found = this.#found.get(kind)
    if (found !== undefined) findings.assume(found.origin, text(listNames([...found.names], this.#most)))
  }
}
