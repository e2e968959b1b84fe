/** Virtual time: it passes only when a script sleeps, and events that tests schedule happen at their instants. */
import { LimitError } from './errors.js'

interface Event {
  atSeconds: number
  order: number
  run: () => void
}

export class Clock {
  /** UTC instant of second 0, milliseconds since 1970. */
  readonly startMs: number
  readonly limitSeconds: number
  #seconds = 0
  #order = 0
  #events: Event[] = []

  constructor(startMs: number, limitSeconds: number) {
    this.startMs = startMs
    this.limitSeconds = limitSeconds
  }

  /** Seconds since the start. */
  get seconds(): number {
    return this.#seconds
  }

  get nowMs(): number {
    return this.startMs + this.#seconds * 1000
  }

  /** Runs `run` when the clock has come to `atSeconds`; at once at the next advance where that is past. */
  schedule(atSeconds: number, run: () => void): void {
    this.#events.push({ atSeconds, order: this.#order++, run })
    this.#events.sort((a, b) => a.atSeconds - b.atSeconds || a.order - b.order)
  }

  scheduleAfter(seconds: number, run: () => void): void {
    this.schedule(this.#seconds + seconds, run)
  }

  /** Lets time pass, event by event. */
  advance(seconds: number): void {
    const end = this.#seconds + seconds
    if (end > this.limitSeconds)
      throw new LimitError(`more than ${this.limitSeconds} virtual seconds: a wait that never ends?`)
    for (;;) {
      const next = this.#events[0]
      if (!next || next.atSeconds > end) break
      this.#events.shift()
      this.#seconds = Math.max(this.#seconds, next.atSeconds)
      next.run()
    }
    this.#seconds = end
  }
}
