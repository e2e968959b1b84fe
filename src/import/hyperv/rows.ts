/** Files to rows: one for each object that PowerShell wrote, with its place, sorted by what it is of. */

import { InvalidProblemError } from '../../errors.js'
import { addAll } from '../../lists.js'
import { childPath, isArray, quote } from '../../model/issues.js'
import { parseJson } from '../../model/parse.js'
import { ImportError } from '../failure.js'
import type { Findings } from '../findings.js'
import type { InputFile, Origin } from '../inventory.js'
import { decodeInput } from '../text.js'
import { COLLECTED_TABLES, kindOf, type RowKind } from './kinds.js'
import { asBoolean, asInstant, asNumber, asText, type Fields, fieldsOf, isObject, unwrap } from './values.js'

const FORMAT = 'vmferry-inventory'
const VERSION = 1

export interface Row {
  file: string
  /** As in `vms[3]`. */
  place: string
  fields: Fields
}

export interface Collected {
  rows: ReadonlyMap<RowKind, readonly Row[]>
}

/** The value of a property, in whatever case; undefined where it is missing or null. */
export function rawOf({ fields }: Row, property: string): unknown {
  return fields.get(property.toLowerCase()) ?? undefined
}

export function originOf({ file, place }: Row, property?: string): Origin {
  return { file, place: property === undefined ? place : childPath(place, property) }
}

export function readRows(files: readonly InputFile[], findings: Findings): Collected {
  const rows = new Map<RowKind, Row[]>()
  for (const file of files) {
    const document = parseFile(file, findings)
    if (document === undefined) continue
    const reader = new FileReader(file.name, rows, findings)
    if (isCollected(document)) reader.collected(document)
    else reader.exported(document)
  }
  return { rows }
}

/** The file's JSON; undefined where it has a fault, which has been told. */
function parseFile(file: InputFile, findings: Findings): unknown {
  const issue = (message: string, place = '') => findings.fault({ file: file.name, place }, message)
  try {
    return parseJson(decodeInput(file))
  } catch (error) {
    if (error instanceof ImportError) addAll(findings.issues, error.issues)
    else if (error instanceof InvalidProblemError) {
      for (const { path, message } of error.issues)
        issue(`not JSON as ConvertTo-Json writes it: ${message}`, path)
    } else throw error
    return undefined
  }
}

function isCollected(document: unknown): document is Record<string, unknown> {
  return isObject(document) && asText(document.Format) === FORMAT
}

class FileReader {
  readonly #file: string
  readonly #rows: Map<RowKind, Row[]>
  readonly #findings: Findings
  constructor(file: string, rows: Map<RowKind, Row[]>, findings: Findings) {
    this.#file = file
    this.#rows = rows
    this.#findings = findings
  }

  /** The file of the collect script: its tables have names. */
  collected(document: Record<string, unknown>): void {
    if (asNumber(document.Version) !== VERSION) {
      this.#fault(
        'Version',
        `this vmferry reads version ${VERSION} of the file; collect again with the script that came with it`,
      )
      return
    }
    for (const [table, kind] of Object.entries(COLLECTED_TABLES)) {
      const value = unwrap(document[table])
      if (value === undefined || value === null) continue
      for (const [i, row] of (isArray(value) ? value : [value]).entries()) {
        const place = isArray(value) ? `${table}[${i}]` : table
        if (isObject(row)) this.#add(kind, place, fieldsOf(row))
        else this.#fault(place, 'is no object; collect again: the file was changed by hand')
      }
    }
    const assume = (place: string, text: string) => this.#findings.assume({ file: this.#file, place }, text)
    if (asInstant(document.CollectedAt) === undefined)
      this.#fault('CollectedAt', 'is no ISO 8601 instant with an offset; collect again')
    else assume('CollectedAt', `what has changed since ${asText(document.CollectedAt)} is not in the problem`)
    if (asBoolean(document.BackupsRead) !== true)
      assume(
        'BackupsRead',
        'no backup schedules were read; collect with -IncludeBackups, or give windows with --windows',
      )
  }

  /** What a cmdlet gave: an array, the one object that stands for it, or an object that holds several such. */
  exported(document: unknown): void {
    const value = unwrap(document)
    let known = 0
    if (isArray(value)) known = this.#table(value, '')
    else if (isObject(value)) {
      const fields = fieldsOf(value)
      const kind = kindOf(fields)
      if (kind !== undefined) {
        this.#add(kind, '', fields)
        return
      }
      for (const [name, part] of Object.entries(value)) {
        const inner = unwrap(part)
        const place = childPath('', name)
        if (isArray(inner)) known += this.#table(inner, place)
        else if (isObject(inner)) known += this.#table([inner], place, false)
      }
    }
    if (known > 0) return
    this.#fault(
      '',
      'has no object that vmferry knows; export with "Get-VM | ConvertTo-Json" and the like, all properties or those that docs/import.md names, or use collect/Get-VmferryInventory.ps1',
    )
  }

  /** @returns how many rows were recognised */
  #table(values: readonly unknown[], name: string, indexed = true): number {
    let known = 0
    const unknown: string[] = []
    for (const [i, raw] of values.entries()) {
      const value = unwrap(raw)
      const place = indexed ? `${name}[${i}]` : name
      if (isArray(value)) {
        // Arrays of arrays are what `@((Get-VM), …)` makes. Once is enough: more is no export.
        for (const [k, inner] of value.entries()) {
          if (this.#row(inner, `${place}[${k}]`)) known++
          else unknown.push(`${place}[${k}]`)
        }
      } else if (this.#row(value, place)) known++
      else unknown.push(place)
    }
    if (known > 0 && unknown.length > 0) {
      const origin = { file: this.#file, place: unknown[0] }
      const more = unknown.length === 1 ? '' : ` (and ${unknown.length - 1} more)`
      this.#findings.assume(origin, `left out${more}: no object of a cmdlet that vmferry knows`)
    }
    return known
  }

  #row(value: unknown, place: string): boolean {
    if (!isObject(value)) return false
    const fields = fieldsOf(value)
    const kind = kindOf(fields)
    if (kind !== undefined) this.#add(kind, place, fields)
    return kind !== undefined
  }

  #add(kind: RowKind, place: string, fields: Fields): void {
    const rows = this.#rows.get(kind)
    const row = { file: this.#file, place, fields }
    if (rows === undefined) this.#rows.set(kind, [row])
    else rows.push(row)
  }

  #fault(place: string, message: string): void {
    this.#findings.fault({ file: this.#file, place }, message)
  }
}

/** How a message shows a property's value. */
export function showValue(row: Row, property: string): string {
  const value = rawOf(row, property)
  const text = asText(value)
  return typeof unwrap(value) === 'number'
    ? String(unwrap(value))
    : text === undefined
      ? 'missing'
      : quote(text)
}

/** Reports a property that is something else. */
export function mustBe(findings: Findings, row: Row, property: string, right: string): undefined {
  findings.fault(originOf(row, property), `is ${showValue(row, property)}; it must be ${right}`)
}
