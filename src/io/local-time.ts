/** Times as a clock on the wall shows them, wherever an instant is asked: `02:00`, or `2026-11-24T02:00`. */
import { type ParsedInstant, parseInstant } from '../model/instant.js'
import { quote } from '../model/issues.js'
import { instantOf } from '../model/zone.js'

const CLOCK = /^\d{1,2}:\d{2}(?::\d{2})?$/
const DATED = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?$/
const DAY_MS = 86_400_000

/** Whether its zone has to be told by something else. */
export function isLocalTime(value: unknown): value is string {
  return typeof value === 'string' && (CLOCK.test(value) || DATED.test(value))
}

/** Why a local time tells no instant: behind the option or the cell that has it. `ofZone`: it is the zone that is wrong. */
export class LocalTimeError extends Error {
  readonly ofZone: boolean

  constructor(message: string, ofZone = false) {
    super(message)
    this.ofZone = ofZone
  }
}

/**
 * The instant: in the zone that is given, else at the offset of `start`. A time of day is the first one that is not before `start`.
 *
 * @throws LocalTimeError
 */
export async function readLocalTime(
  text: string,
  { start, zone: name }: { start: ParsedInstant | undefined; zone: string | undefined },
): Promise<string> {
  const [{ findZone, isoAt }, { findIana }] = await Promise.all([
    import('./calendar/zones.js'),
    import('windows-iana'),
  ])
  const fixed = start === undefined ? undefined : { offsetMs: () => start.offsetMinutes * 60_000 }
  const zone = name === undefined ? fixed : findZone(name, findIana as Parameters<typeof findZone>[1])
  if (zone === undefined)
    throw name === undefined
      ? new LocalTimeError(
          'nothing says in which time zone; give --zone, as --zone Europe/Berlin, or write the offset',
        )
      : new LocalTimeError(
          `${quote(name)} is no time zone; write a name such as Europe/Berlin, or an offset`,
          true,
        )
  const isDated = DATED.test(text)
  if (!isDated && start === undefined)
    throw new LocalTimeError('the problem has no start, so that it is a time of no day; write an instant')
  const today = new Date((start?.epochMs ?? 0) + zone.offsetMs(start?.epochMs ?? 0))
    .toISOString()
    .slice(0, 10)
  const dated = isDated ? text.replace(' ', 'T') : `${today}T${text.replace(/^(\d):/, '0$1:')}`
  const wall = parseInstant(`${dated}Z`)
  if (typeof wall === 'string') throw new LocalTimeError(wall)
  const at = instantOf(zone, wall.epochMs)
  const isPast = !isDated && at < start!.epochMs
  return isoAt(zone, isPast ? instantOf(zone, wall.epochMs + DAY_MS) : at)
}
