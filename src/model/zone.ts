/** Time zones, and the instants of their wall-clock times. */

export interface Zone {
  /** Offset from UTC at an instant, both in milliseconds. */
  offsetMs(epochMs: number): number
}

const DAY_MS = 86_400_000
export const UTC: Zone = { offsetMs: () => 0 }

/**
 * The instant of a wall-clock time, as RFC 5545 has it (section 3.3.5): of a time that comes twice the first, and one that a
 * change of the clocks leaves out is counted with the offset before it.
 */
export function instantOf(zone: Zone, wallMs: number): number {
  return instantsOf(zone, wallMs)[0]
}

/** The same, and the second instant where the clocks are put back over that time. */
export function instantsOf(zone: Zone, wallMs: number): number[] {
  const before = zone.offsetMs(wallMs - DAY_MS)
  const after = zone.offsetMs(wallMs + DAY_MS)
  const fits = (offset: number): boolean => zone.offsetMs(wallMs - offset) === offset
  const found = [...new Set([before, after])].filter(fits).map((offset) => wallMs - offset)
  return found.length > 0 ? found.sort((a, b) => a - b) : [wallMs - before]
}

/** Zones of the runtime's database that were asked for: each takes it a while to make, and some memory. */
const ianaZones = new Map<string, Zone>()

/** A zone of the runtime's own database. Undefined where it has none of this name. */
export function ianaZone(name: string): Zone | undefined {
  const folded = name.toLowerCase()
  const known = ianaZones.get(folded)
  if (known !== undefined) return known
  const zone = makeIanaZone(name)
  if (zone !== undefined) ianaZones.set(folded, zone)
  return zone
}

function makeIanaZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
  return {
    offsetMs(epochMs) {
      const [, sign, hours, minutes, seconds = '0'] =
        /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(format.format(epochMs)) ?? []
      if (sign === undefined) return 0
      const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
      return (sign === '-' ? -size : size) * 1000
    },
  }
}
