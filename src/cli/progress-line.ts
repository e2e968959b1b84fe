/** One line on a terminal that tells how far the search is, rewritten in place; above it, those of the phases that took their time. */
import { formatCount, formatPercent, formatSpan } from '../io/table/clock.js'
import { displayWidth, escapeText, shorten } from '../io/table/text.js'
import type { Progress } from '../solver/progress.js'
import type { OutputStream } from './io.js'

/** Least time between two rewrites, ms. */
const INTERVAL = 100
/** Where nothing new is heard, the time goes on so often, ms. */
const TICK = 500
/** The line of a phase that took so long stays when the next one begins, seconds. */
const LONG_PHASE = 1
/** Back to the line's start, and erase it. */
const ERASE = '\r\x1b[2K'

/** At most `width` columns: what does not fit is left out from the end. */
export function formatProgress(progress: Progress, width: number): string {
  const parts = [escapeText(progress.phase)]
  if (progress.makespanSeconds !== undefined) parts.push(`makespan ${formatSpan(progress.makespanSeconds)}`)
  parts.push(`bound ${formatSpan(progress.lowerBoundSeconds)}`)
  if (progress.gap !== undefined) parts.push(`gap ${formatPercent(progress.gap)}`)
  if (progress.unplaced > 0) parts.push(`${formatCount(progress.unplaced, 'VM')} unplaced`)
  parts.push(`${progress.elapsedSeconds.toFixed(1)} s`)
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`
    if (displayWidth(longer) > width) break
    line = longer
  }
  return line
}

export class ProgressLine {
  readonly #stream: OutputStream
  #shownAt = Number.NEGATIVE_INFINITY
  #visible = false
  #pending: Progress | undefined
  /** When the phase began that is under way, seconds of the search. */
  #phaseBegan = 0
  /** The last that was heard of, and when: its clock goes on. */
  #last: { progress: Progress; at: number } | undefined
  #ticker: ReturnType<typeof setInterval> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  /** Shows what is done before there is a search, at once: what follows may leave no time to. */
  say(words: string): void {
    this.#visible = true
    this.#put(ERASE + shorten(escapeText(words), this.#width, '~'))
  }

  /** Shows it now, or as soon as the last rewrite is 100 ms old; only the newest of several is then shown. */
  update(progress: Progress): void {
    this.#keepPhase(progress)
    this.#pending = progress
    this.#last = { progress, at: performance.now() }
    this.#ticker ??= setInterval(() => this.#tick(), TICK).unref()
    if (this.#timer !== undefined) return
    const wait = this.#shownAt + INTERVAL - performance.now()
    if (wait <= 0) {
      this.#show()
      return
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#show()
    }, wait)
    this.#timer.unref()
  }

  /** The phase before, with the figures that it ended with. */
  #keepPhase({ phase, elapsedSeconds }: Progress): void {
    const before = this.#last?.progress
    if (before !== undefined && before.phase === phase) return
    if (before !== undefined && elapsedSeconds - this.#phaseBegan >= LONG_PHASE)
      this.#put(`${ERASE}${formatProgress({ ...before, elapsedSeconds }, this.#width)}\n`)
    this.#phaseBegan = elapsedSeconds
  }

  /** A long phase that has nothing to tell is no search that hangs. */
  #tick(): void {
    if (this.#last === undefined || performance.now() - this.#shownAt < TICK) return
    const { progress, at } = this.#last
    const elapsedSeconds = progress.elapsedSeconds + (performance.now() - at) / 1000
    this.#pending = { ...progress, elapsedSeconds }
    this.#show()
  }

  /** One column stays free: some terminals wrap as soon as the last is filled. */
  get #width(): number {
    return (this.#stream.columns ?? 80) - 1
  }

  #show(): void {
    if (this.#pending === undefined) return
    const text = formatProgress(this.#pending, this.#width)
    this.#pending = undefined
    this.#shownAt = performance.now()
    this.#visible = true
    this.#put(ERASE + text)
  }

  /** Leaves the terminal's line empty, as it was. Nothing is shown afterwards until the next `update`. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    clearInterval(this.#ticker)
    this.#ticker = undefined
    this.#last = undefined
    this.#pending = undefined
    if (this.#visible) this.#put(ERASE)
    this.#visible = false
  }

  /** A terminal that is gone must not end the plan: the line is a courtesy. */
  #put(text: string): void {
    this.#stream.write(text).catch(() => undefined)
  }
}
