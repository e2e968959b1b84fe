/** Options that take an instant, and may have a local time. */
import { LocalTimeError, readLocalTime } from '../io/local-time.js'
import { CliError } from './failure.js'

/** @param option as messages call it, `--until` @throws CliError */
export async function readLocalOption(
  option: string,
  text: string,
  times: Parameters<typeof readLocalTime>[1],
): Promise<string> {
  try {
    return await readLocalTime(text, times)
  } catch (error) {
    if (!(error instanceof LocalTimeError)) throw error
    throw new CliError(error.ofZone ? `--zone: ${error.message}` : `${option} ${text}: ${error.message}`)
  }
}
