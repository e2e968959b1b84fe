/** The same calendars read by ical.js alone: its recurrences, its time zones. */
import ICAL from 'ical.js'

/** Zones as Outlook and Google write them, with the rules that hold since 2007. */
export const VTIMEZONES: Readonly<Record<string, string>> = {
  'Europe/Berlin': zone(
    'Europe/Berlin',
    ['+0200', '+0100', '10;BYDAY=-1SU', '03'],
    ['+0100', '+0200', '3;BYDAY=-1SU', '02'],
  ),
  'America/New_York': zone(
    'America/New_York',
    ['-0400', '-0500', '11;BYDAY=1SU', '02'],
    ['-0500', '-0400', '3;BYDAY=2SU', '02'],
  ),
  'America/Los_Angeles': zone(
    'America/Los_Angeles',
    ['-0700', '-0800', '11;BYDAY=1SU', '02'],
    ['-0800', '-0700', '3;BYDAY=2SU', '02'],
  ),
  'Australia/Sydney': zone(
    'Australia/Sydney',
    ['+1100', '+1000', '4;BYDAY=1SU', '03'],
    ['+1000', '+1100', '10;BYDAY=1SU', '02'],
  ),
  'Asia/Kolkata': zone('Asia/Kolkata', ['+0530', '+0530', undefined, '00']),
}

type Observance = [from: string, to: string, rule: string | undefined, hour: string]

function zone(id: string, standard: Observance, daylight?: Observance): string {
  const observance = (name: string, [from, to, rule, hour]: Observance) => [
    `BEGIN:${name}`,
    `DTSTART:19700101T${hour}0000`,
    ...(rule === undefined ? [] : [`RRULE:FREQ=YEARLY;BYMONTH=${rule}`]),
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    `END:${name}`,
  ]
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${id}`,
    ...observance('STANDARD', standard),
    ...(daylight === undefined ? [] : observance('DAYLIGHT', daylight)),
    'END:VTIMEZONE',
  ].join('\r\n')
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
