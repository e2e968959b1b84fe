/** The same calendars read by ical.js alone: its recurrences, its time zones. */
import ICAL from 'ical.js'

/** Zones as Outlook and Google write them, with the rules that hold since 2007. */
export const VTIMEZONES: Readonly<Record<string, string>> = {
  ...zone('Europe/Berlin', '+0200 +0100 10;BYDAY=-1SU 03', '+0100 +0200 3;BYDAY=-1SU 02'),
  ...zone('America/New_York', '-0400 -0500 11;BYDAY=1SU 02', '-0500 -0400 3;BYDAY=2SU 02'),
  ...zone('America/Los_Angeles', '-0700 -0800 11;BYDAY=1SU 02', '-0800 -0700 3;BYDAY=2SU 02'),
  ...zone('Australia/Sydney', '+1100 +1000 4;BYDAY=1SU 03', '+1000 +1100 10;BYDAY=1SU 02'),
  ...zone('Asia/Kolkata', '+0530 +0530 - 00'),
}

/** Of each observance: offset from, offset to, its month and day or `-`, and the hour. */
function zone(id: string, standard: string, daylight?: string): Record<string, string> {
  const observance = (name: string, text: string) => {
    const [from, to, rule, hour] = text.split(' ')
    return [
      `BEGIN:${name}`,
      `DTSTART:19700101T${hour}0000`,
      ...(rule === '-' ? [] : [`RRULE:FREQ=YEARLY;BYMONTH=${rule}`]),
      `TZOFFSETFROM:${from}`,
      `TZOFFSETTO:${to}`,
      `END:${name}`,
    ]
  }
  const parts = [
    ...observance('STANDARD', standard),
    ...(daylight === undefined ? [] : observance('DAYLIGHT', daylight)),
  ]
  return { [id]: ['BEGIN:VTIMEZONE', `TZID:${id}`, ...parts, 'END:VTIMEZONE'].join('\r\n') }
}

export function calendar(...parts: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts, 'END:VCALENDAR', ''].join('\r\n')
}

export function event(...lines: string[]): string {
  return ['BEGIN:VEVENT', 'UID:1@test', ...lines, 'END:VEVENT'].join('\r\n')
}

/** Starts of the first event of a calendar that has its own VTIMEZONE, in milliseconds, in [fromMs, toMs). */
export function startsByIcal(text: string, fromMs: number, toMs: number): number[] {
  const root = new ICAL.Component(ICAL.parse(text))
  const zones = root.getAllSubcomponents('vtimezone').map((component) => new ICAL.Timezone(component))
  const vevent = root.getFirstSubcomponent('vevent')!
  const dtstart = vevent.getFirstPropertyValue('dtstart') as ICAL.Time
  for (const name of ['dtstart', 'exdate', 'rdate'])
    for (const property of vevent.getAllProperties(name)) {
      const found = zones.find(({ tzid }) => tzid === property.getFirstParameter('tzid'))
      for (const value of property.getValues() as ICAL.Time[]) if (found !== undefined) value.zone = found
    }
  const expansion = new ICAL.RecurExpansion({ component: vevent, dtstart })
  const starts: number[] = []
  for (let next = expansion.next(); next !== undefined && next !== null; next = expansion.next()) {
    const ms = next.toUnixTime() * 1000
    if (ms >= toMs) break
    if (ms >= fromMs) starts.push(ms)
  }
  return starts
}
