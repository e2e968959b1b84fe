/** How long what is under way takes yet. */
import { micro } from './windows.js'

/** Of what is late: it is taken to need this share more of the time that it has taken, … */
const LATE_SHARE = 0.25
/** … and at least this long. */
const LATE_SECONDS = 10

/** @param takenSeconds so far */
export function expectedLeft(
  plannedSeconds: number,
  takenSeconds: number,
): { leftSeconds: number; late: boolean } {
  const taken = Math.max(0, takenSeconds)
  const left = plannedSeconds - taken
  const late = left <= 0
  return { leftSeconds: micro(late ? Math.max(LATE_SECONDS, LATE_SHARE * taken) : left), late }
}
