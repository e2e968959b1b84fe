/** Which VM or node an event is for, and of which kind its windows are: a convention (docs/calendars.md). */
import { type Hints, quote } from '../../model/issues.js'
import type { WindowKind } from '../../model/problem.js'
import { CalendarFault, type Component, type Property } from './content.js'
import { textOf } from './values.js'

export interface KnownNames {
  vm: ReadonlySet<string>
  node: ReadonlySet<string>
  hints: Hints
}

/** Neither: the whole cluster. */
export interface Target {
  vm?: string
  node?: string
}

const WORDS: Readonly<Record<'vm' | 'node', string>> = { vm: 'VM', node: 'node' }
const NAMED = /^(vm|node)\s*:\s*(\S.*)$/is

/** Empty where the event names nobody. @throws CalendarFault for a name that the problem lacks */
export function targetsOf(event: Component, known: KnownNames | undefined): Target[] {
  const own = event.properties.filter(({ name }) => name === 'x-vmferry-vm' || name === 'x-vmferry-node')
  const targets = new Map<string, Target>()
  const add = (kind: 'vm' | 'node', id: string, { line, text }: Property): void => {
    if (id === '') throw new CalendarFault(line, `${quote(text)} names no ${WORDS[kind]}`)
    if (known !== undefined && !known[kind].has(id)) {
      const hint = known.hints.for(id, known[kind])
      throw new CalendarFault(
        line,
        `${quote(text)} names ${quote(id)}, and the problem has no such ${WORDS[kind]}${hint}`,
      )
    }
    targets.set(`${kind} ${id}`, { [kind]: id })
  }
  for (const property of own) {
    // ical.js does not know these properties, and leaves the escapes of text as they are.
    const id = textOf(property).replace(/\\([\\;,])/g, '$1')
    add(property.name === 'x-vmferry-vm' ? 'vm' : 'node', id, property)
  }
  if (own.length > 0) return [...targets.values()]
  for (const property of event.properties) {
    if (!['summary', 'location', 'categories'].includes(property.name)) continue
    for (const value of property.values) {
      const match = NAMED.exec(String(value).trim())
      if (match !== null) add(match[1].toLowerCase() as 'vm' | 'node', match[2], property)
    }
  }
  return [...targets.values()]
}

/** `blackout` where a category says so. */
export function kindOf(event: Component): WindowKind {
  const categories = event.properties
    .filter(({ name }) => name === 'categories')
    .flatMap(({ values }) => values)
  const isBlackout = categories.some((value) => /^\s*blackout\s*$/i.test(String(value)))
  return isBlackout ? 'blackout' : 'backup'
}
