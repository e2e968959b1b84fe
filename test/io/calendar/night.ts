/** What calendars give on one night, and what is wrong with them. */
import { InvalidProblemError } from '../../../src/errors.js'
import type { CalendarOptions } from '../../../src/io/calendar/options.js'
import { readCalendarWindows } from '../../../src/on-demand.js'

export const night: CalendarOptions = { start: '2026-11-23T20:00:00+01:00', horizonSeconds: 7 * 86_400 }

export async function windowsOf(text: string, options: Partial<CalendarOptions> = {}) {
  const { windows } = await readCalendarWindows(text, { ...night, ...options })
  return windows.map(({ start, end, vm, node }) => [vm ?? node ?? '*', start, end].join(' '))
}

export async function faultOf(text: string, options: Partial<CalendarOptions> = {}): Promise<string> {
  try {
    await readCalendarWindows(text, { ...night, strict: true, ...options })
  } catch (error) {
    if (!(error instanceof InvalidProblemError)) throw error
    return error.issues.map(({ path, message }) => `${path}: ${message}`).join('\n')
  }
  return 'no fault'
}
