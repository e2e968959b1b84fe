/** A search on the terminal: a progress line while it runs, and an interrupt that ends it with what it has found. */
import type { Progress } from '../solver/progress.js'
import type { CliIo } from './io.js'
import { ProgressLine } from './progress-line.js'

/** What the command passes on to the library; without `onProgress` nobody watches. */
export interface SearchHooks<P extends Progress> {
  signal: AbortSignal
  onProgress?: (progress: P) => void
}

/** @param show what the line shows of a progress; the progress itself where it needs no words of its own. */
export async function watchSearch<P extends Progress, T>(
  io: CliIo,
  quiet: boolean,
  search: (hooks: SearchHooks<P>) => Promise<T>,
  show: (progress: P) => Progress = (progress) => progress,
): Promise<{ result: T; interrupted: boolean }> {
  const line = io.stderr.isTTY && io.env.TERM !== 'dumb' && !quiet ? new ProgressLine(io.stderr) : undefined
  const controller = new AbortController()
  const stopListening = io.onInterrupt(() => controller.abort())
  const hooks: SearchHooks<P> = { signal: controller.signal }
  if (line !== undefined) hooks.onProgress = (progress) => line.update(show(progress))
  try {
    return { result: await search(hooks), interrupted: controller.signal.aborted }
  } finally {
    line?.clear()
    stopListening()
  }
}
