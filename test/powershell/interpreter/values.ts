/**
 * The values of the interpreter.
 *
 * - `undefined` is the empty result of a pipeline (AutomationNull): in a pipeline it is nothing, elsewhere `$null`. `null` is `$null`.
 * - A `number` that is an integer is [int], or [long] beyond 32 bits; one that is not is [double]. A [double] without fraction is a `Double`.
 *   So `[long]5` is an [int] here, and int arithmetic that overflows gives [long], where PowerShell gives [double]; both print alike.
 * - An array is `object[]`.
 */
import type { Block } from './ast.js'

export type Value =
  | undefined
  | null
  | boolean
  | string
  | number
  | Value[]
  | Double
  | Char
  | PSObject
  | PSHashtable
  | PSList
  | DateTime
  | DateTimeOffset
  | TimeSpan
  | PSEnum
  | PSType
  | ScriptBlock
  | ErrorRecord
  | PSException
  | PSSwitch
  | Reference
  | PSRegexMatch

export class Double {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A [double] in its one representation. */
export const toDouble = (value: number): number | Double =>
  Number.isInteger(value) ? new Double(value) : value

export class Char {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export class PSSwitch {
  readonly isPresent: boolean
  constructor(isPresent: boolean) {
    this.isPresent = isPresent
  }
}

/** `[ref]$variable`. */
export class Reference {
  readonly get: () => Value
  readonly set: (value: Value) => void
  constructor(get: () => Value, set: (value: Value) => void) {
    this.get = get
    this.set = set
  }
}

export interface Property {
  /** As first written. */
  name: string
  get: () => Value
  /** Undefined: read-only. */
  set: ((value: Value) => void) | undefined
}

export type Method = (args: Value[]) => Value

/** `[pscustomobject]`, and the objects of fake cmdlets. Names of properties are compared without case. */
export class PSObject {
  /** Full name, e.g. `Microsoft.HyperV.PowerShell.VirtualMachine`. */
  readonly typeName: string
  readonly #properties = new Map<string, Property>()
  readonly methods = new Map<string, Method>()
  /** What `"$object"` gives; undefined: `@{Name=…; …}` for a custom object, the type's name otherwise. */
  display: (() => string) | undefined

  constructor(typeName = 'System.Management.Automation.PSCustomObject') {
    this.typeName = typeName
  }

  /** Adds or replaces a property that holds a value. */
  set(name: string, value: Value): this {
    let held = value
    return this.define({
      name,
      get: () => held,
      set: (next) => {
        held = next
      },
    })
  }

  define(property: Property): this {
    this.#properties.set(property.name.toLowerCase(), property)
    return this
  }

  property(name: string): Property | undefined {
    return this.#properties.get(name.toLowerCase())
  }

  get(name: string): Value {
    return this.property(name)?.get()
  }

  remove(name: string): void {
    this.#properties.delete(name.toLowerCase())
  }

  get properties(): Property[] {
    return [...this.#properties.values()]
  }
}

/** A custom object of plain values. */
export function psObject(values: Record<string, Value>, typeName?: string): PSObject {
  const object = new PSObject(typeName)
  for (const [name, value] of Object.entries(values)) object.set(name, value)
  return object
}

/**
 * [hashtable], [ordered], and Dictionary[TKey,TValue]. PowerShell promises no order of a plain hashtable: enumeration here is by a hash of the
 * key, so that a script which relies on the order of insertion fails its test.
 */
export class PSHashtable {
  readonly kind: 'hashtable' | 'ordered' | 'dictionary'
  readonly caseSensitive: boolean
  readonly #entries = new Map<string, { key: Value; value: Value }>()
  /** Counts changes: an enumeration does not survive one. */
  version = 0

  constructor(
    kind: 'hashtable' | 'ordered' | 'dictionary' = 'hashtable',
    caseSensitive = kind === 'dictionary',
  ) {
    this.kind = kind
    this.caseSensitive = caseSensitive
  }

  #id(key: Value): string {
    if (typeof key === 'string') return `s${this.caseSensitive ? key : key.toUpperCase()}`
    if (key instanceof PSEnum) return `e${key.typeName}.${key.name}`
    if (key instanceof DateTime) return `d${key.ticks}`
    if (key instanceof Char) return `c${key.text}`
    if (typeof key === 'number' || typeof key === 'boolean') return `${typeof key}${key}`
    if (key instanceof Double) return `number${key.value}`
    throw new TypeError('a key of this kind is not in the PowerShell subset')
  }

  has(key: Value): boolean {
    return this.#entries.has(this.#id(key))
  }

  get(key: Value): Value {
    return this.#entries.get(this.#id(key))?.value
  }

  set(key: Value, value: Value): void {
    const id = this.#id(key)
    const present = this.#entries.get(id)
    if (!present || this.kind !== 'dictionary') this.version++
    if (present) present.value = value
    else this.#entries.set(id, { key, value })
  }

  delete(key: Value): boolean {
    this.version++
    return this.#entries.delete(this.#id(key))
  }

  clear(): void {
    this.version++
    this.#entries.clear()
  }

  get size(): number {
    return this.#entries.size
  }

  get entries(): { key: Value; value: Value }[] {
    if (this.kind !== 'hashtable') return [...this.#entries.values()]
    return [...this.#entries]
      .map(([id, entry]) => ({ order: scramble(id), entry }))
      .sort((a, b) => a.order - b.order)
      .map(({ entry }) => entry)
  }
}

/** Keys, values or entries of a hashtable as a collection, which a change of the table makes stale. */
export function viewOf(table: PSHashtable, items: Value[]): PSList {
  const list = new PSList('ArrayList', items)
  list.source = table
  return list
}

/** FNV-1a. */
function scramble(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}

/** [List[T]], [ArrayList], [Queue[T]], [Stack[T]], [HashSet[T]]. */
export class PSList {
  readonly kind: 'List' | 'ArrayList' | 'Queue' | 'Stack' | 'HashSet'
  readonly caseSensitive: boolean
  items: Value[]
  /** Of the keys or values of a hashtable: the table that they are of. */
  source: PSHashtable | undefined
  constructor(kind: PSList['kind'], items: Value[] = [], caseSensitive = true) {
    this.kind = kind
    this.items = items
    this.caseSensitive = caseSensitive
  }
}

export type DateTimeKind = 'Utc' | 'Local' | 'Unspecified'

/** Ticks of 100 ns since 0001-01-01, in the clock of `kind`. */
export class DateTime {
  readonly ticks: bigint
  readonly kind: DateTimeKind
  /** Of a local time: how far its clock is before UTC, fixed for a run. 0 for the other kinds. */
  readonly offsetMinutes: number
  constructor(ticks: bigint, kind: DateTimeKind, offsetMinutes = 0) {
    this.ticks = ticks
    this.kind = kind
    this.offsetMinutes = offsetMinutes
  }
}

/** `ticks` in the clock that is `offsetMinutes` before UTC. */
export class DateTimeOffset {
  readonly ticks: bigint
  readonly offsetMinutes: number
  constructor(ticks: bigint, offsetMinutes: number) {
    this.ticks = ticks
    this.offsetMinutes = offsetMinutes
  }
}

/** Ticks of 100 ns. */
export class TimeSpan {
  readonly ticks: bigint
  constructor(ticks: bigint) {
    this.ticks = ticks
  }
}

export class PSEnum {
  readonly typeName: string
  readonly name: string
  readonly value: number
  /** All names of the type with their values. */
  readonly members: Readonly<Record<string, number>>
  constructor(typeName: string, name: string, members: Readonly<Record<string, number>>) {
    if (!(name in members)) throw new RangeError(`${typeName} has no ${name}`)
    this.typeName = typeName
    this.name = name
    this.value = members[name]
    this.members = members
  }
}

/** `[string]` as a value. */
export class PSType {
  /** Short lower-case name: `string`, `int`, `list`. */
  readonly name: string
  readonly fullName: string
  readonly array: boolean
  readonly generic: PSType[]
  constructor(name: string, fullName: string, array = false, generic: PSType[] = []) {
    this.name = name
    this.fullName = fullName
    this.array = array
    this.generic = generic
  }
}

export class ScriptBlock {
  readonly block: Block
  constructor(block: Block) {
    this.block = block
  }
}

export class PSException {
  readonly typeName: string
  readonly message: string
  readonly inner: PSException | null
  constructor(typeName: string, message: string, inner: PSException | null = null) {
    this.typeName = typeName
    this.message = message
    this.inner = inner
  }
}

export class ErrorRecord {
  readonly exception: PSException
  readonly errorId: string
  readonly category: string
  readonly targetObject: Value
  /** Where in the script, filled in by the statement that failed. */
  line: number
  constructor(exception: PSException, errorId: string, category: string, targetObject: Value) {
    this.exception = exception
    this.errorId = errorId
    this.category = category
    this.targetObject = targetObject
    this.line = 0
  }
}

export interface ErrorDetails {
  errorId?: string
  exceptionType?: string
  category?: string
  targetObject?: Value
}

export function makeErrorRecord(message: string, details: ErrorDetails = {}): ErrorRecord {
  const type = details.exceptionType ?? 'System.Management.Automation.RuntimeException'
  return new ErrorRecord(
    new PSException(type, message),
    details.errorId ?? 'RuntimeException',
    details.category ?? 'NotSpecified',
    details.targetObject ?? null,
  )
}

/** What `[regex]::Match` gives. */
export class PSRegexMatch {
  readonly match: RegExpExecArray | null
  constructor(match: RegExpExecArray | null) {
    this.match = match
  }
}
