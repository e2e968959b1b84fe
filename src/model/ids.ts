/** The ids of one kind, and the faults that references to them can have. */
import { childPath, Hints, type IssueList, isArray, MAX_ID_LENGTH, quote } from './issues.js'

export class IdRegister {
  /** Path of the element that has the id. Elements with other faults count too, so that none is reported again as dangling. */
  readonly #places = new Map<string, string>()
  readonly #kind: string
  readonly #issues: IssueList
  readonly #hints = new Hints()

  /** Whether there is a list of them at all: where it is missing, only that is a fault. */
  readonly #listed: boolean

  constructor(kind: string, list: unknown, issues: IssueList) {
    this.#kind = kind
    this.#listed = isArray(list)
    this.#issues = issues
  }

  /** Takes a new id, or reports where it was taken before. */
  define(id: unknown, path: string): void {
    if (typeof id !== 'string' || id === '') return
    const first = this.#places.get(id)
    if (first === undefined) this.#places.set(id, path)
    else {
      const message = `${quote(id)} is already the id of ${first}; give every ${this.#kind} an id of its own`
      this.#issues.add(childPath(path, 'id'), message)
    }
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  /** Path of the element that has the id. */
  pathOf(id: string): string | undefined {
    return this.#places.get(id)
  }

  /** Reports `id` where nothing has it. What is no text was reported by its schema. */
  check(id: unknown, path: string): void {
    if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH) return
    if (!this.#listed || this.#places.has(id) || this.#issues.full) return
    const hint = this.#hints.for(id, this.#places.keys())
    this.#issues.add(
      path,
      `${quote(id)} is not the id of a ${this.#kind}${hint || `; write the id of one of the ${this.#kind}s`}`,
    )
  }
}
