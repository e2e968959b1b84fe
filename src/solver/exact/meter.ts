/** How lanes get their dead ends: all at once where there is one lane, by epochs where several keep in step. */

export interface Meter {
  /** Nothing more is granted: the lane has to end. */
  readonly closed: boolean
  /** How many of the dead ends that a lane wants (≥ 1) it may spend now, 0: none any more. Between epochs it waits. */
  grant(wanted: number): number | Promise<number>
  /** They were spent: what was granted, a little more, or less. */
  spent(failures: number): void
}

/** Grants what is wanted. */
export const UNMETERED: Meter = { closed: false, grant: (wanted) => wanted, spent: () => undefined }

/** Grants portions, epoch by epoch. What an epoch overspends the next one lacks. */
export class EpochMeter implements Meter {
  closed = false
  #left = 0
  #resume: (() => void) | undefined
  #rest: (() => void) | undefined

  async grant(wanted: number): Promise<number> {
    while (this.#left <= 0 && !this.closed) {
      this.#rest?.()
      await new Promise<void>((resolve) => {
        this.#resume = resolve
      })
    }
    return this.closed ? 0 : Math.min(wanted, this.#left)
  }

  spent(failures: number): void {
    this.#left -= failures
  }

  /** Grants so many more; settles once they are spent and the lane waits, or the meter is closed. */
  epoch(failures: number): Promise<void> {
    this.#left += failures
    if (this.closed || this.#left <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#rest = resolve
      this.#resume?.()
      this.#resume = undefined
    })
  }

  /** Nothing more is granted. */
  close(): void {
    this.closed = true
    this.#rest?.()
    this.#resume?.()
  }
}
