/** Records for the kernel by the names of their fields, laid out as `records.ts` says. */
import { KernelError } from '../errors.js'
import type { Arena } from './arena.js'

/** Offsets by name. */
type Offsets = Readonly<Record<string, number>>

interface RecordType {
  readonly name: string
  /** From one record to the next. */
  readonly bytes: number
  /** Fields of four bytes, or unsigned ones of eight. */
  readonly words: Offsets
  /** Floats. */
  readonly doubles: Offsets
  /** Entries of the fields that are arrays. */
  readonly lengths: Readonly<Record<string, number>>
}

/** An unsigned integer of 64 bits is a bigint. */
type Value = number | bigint
type Name<T extends RecordType> = (keyof T['words'] | keyof T['doubles']) & string
type Values<T extends RecordType> = { [F in Name<T>]?: Value | readonly number[] }

/** So many records one after another, all 0 at first. */
export class Table<T extends RecordType> {
  readonly bytes: Uint8Array
  readonly #type: RecordType
  readonly #view: DataView

  constructor(type: T, count: number) {
    this.#type = type
    this.bytes = new Uint8Array(type.bytes * count)
    this.#view = new DataView(this.bytes.buffer)
  }

  /** @throws KernelError where a field has fewer entries than values are given. */
  set(index: number, values: Values<T>): void {
    const { bytes, words, doubles } = this.#type
    const base = bytes * index
    for (const name in values) {
      const value = values[name] as Value | readonly number[]
      const word = words[name]
      if (typeof value === 'object') this.#setArray(base, name, value)
      else if (typeof value === 'bigint') this.#view.setBigUint64(base + word, value, true)
      else if (word !== undefined) this.#view.setInt32(base + word, value, true)
      else this.#view.setFloat64(base + doubles[name], value, true)
    }
  }

  #setArray(base: number, field: string, values: readonly number[]): void {
    const { name, words, doubles, lengths } = this.#type
    const length = lengths[field] ?? 1
    if (values.length > length)
      throw new KernelError(`${name}.${field} holds ${length} entries, not ${values.length}`)
    const word = words[field]
    for (let k = 0; k < values.length; k++) {
      if (word !== undefined) this.#view.setInt32(base + word + 4 * k, values[k], true)
      else this.#view.setFloat64(base + doubles[field] + 8 * k, values[k], true)
    }
  }
}

/** A record in the kernel's memory, to be read and written field by field. */
export class Placed<T extends RecordType> {
  readonly address: number
  readonly #type: T
  readonly #arena: Arena

  constructor(arena: Arena, type: T, values: Values<T>) {
    this.#arena = arena
    this.#type = type
    const table = new Table(type, 1)
    table.set(0, values)
    this.address = arena.place(table.bytes)
  }

  get(field: Name<T>): number {
    const { words, doubles } = this.#type as RecordType
    const word = words[field]
    return word === undefined
      ? this.#arena.float64At(this.address + doubles[field])
      : this.#arena.int32At(this.address + word)
  }

  /** Fields of four bytes. */
  set(values: { readonly [F in keyof T['words'] & string]?: number }): void {
    const view = this.#arena.view()
    const { words } = this.#type as RecordType
    for (const field in values) view.setInt32(this.address + words[field], values[field] as number, true)
  }
}
