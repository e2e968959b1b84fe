/** How far a batch is, on one line of a terminal: a bar where the number of problems is known, counts, rate, time left. */
import { formatSpan } from '../io/table/clock.js'
import { formatInteger } from '../io/table/text.js'
import type { ProgressLine } from './progress-line.js'

export interface BatchCounts {
  planned: number
  failed: number
  /** Done by an earlier batch. */
  unchanged: number
  /** Those of them that had failed. */
  failedBefore: number
  /** Plans that leave VMs where they are. */
  incomplete: number
}

export const doneOf = ({ planned, failed, unchanged }: BatchCounts): number => planned + failed + unchanged

const BAR = 20
const REDRAWN_MS = 100

/**
 * @param total undefined: unknown
 * @param seconds since the batch began
 */
export function formatBatchProgress(
  counts: BatchCounts,
  { total, seconds, ascii }: { total: number | undefined; seconds: number; ascii: boolean },
): string {
  const done = doneOf(counts)
  const parts: string[] = []
  if (total !== undefined && total > 0) {
    const filled = Math.floor((BAR * done) / total)
    const [full, empty] = ascii ? ['#', '.'] : ['█', '░']
    parts.push(full.repeat(filled) + empty.repeat(BAR - filled))
  }
  parts.push(`${formatInteger(done)}${total === undefined ? '' : ` of ${formatInteger(total)}`}`)
  if (counts.failed > 0) parts.push(`${formatInteger(counts.failed)} failed`)
  if (counts.unchanged > 0) parts.push(`${formatInteger(counts.unchanged)} unchanged`)
  // What is skipped takes no time, and would promise too much.
  const made = counts.planned + counts.failed
  if (made > 0 && seconds > 0) {
    const rate = made / seconds
    parts.push(rate >= 1 ? `${rate.toFixed(1)}/s` : `${(rate * 60).toFixed(1)}/min`)
    if (total !== undefined) parts.push(`${formatSpan((total - done) / rate)} left`)
  }
  return parts.join('  ')
}

/** Draws it at most ten times a second, and the last state. */
export class BatchProgress {
  readonly #line: ProgressLine
  readonly #text: () => string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(line: ProgressLine, text: () => string) {
    this.#line = line
    this.#text = text
  }

  update(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#line.say(this.#text())
    }, REDRAWN_MS)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#line.clear()
  }
}
