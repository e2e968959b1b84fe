/** Records for the kernel by the names of their fields, laid out as `records.ts` says. */
import { KernelError } from '../errors.js'
import type { Arena } from './arena.js'

interface Field {
  readonly at: number
  readonly type: 'u32' | 'i32' | 'u64' | 'i64' | 'f64'
  /** Entries side by side. */
  readonly length: number
}

interface RecordType {
  /** From one record to the next. */
  readonly bytes: number
  readonly fields: Readonly<Record<string, Field>>
}

type Value = number | bigint
type Values<T extends RecordType> = { [F in keyof T['fields']]?: Value | readonly Value[] }

/** So many records one after another, all 0 at first. */
export class Table<T extends RecordType> {
  readonly bytes: Uint8Array
  readonly #type: T
  readonly #view: DataView

  constructor(type: T, count: number) {
    this.#type = type
    this.bytes = new Uint8Array(type.bytes * count)
    this.#view = new DataView(this.bytes.buffer)
  }

  /** @throws KernelError where a field has fewer entries than values are given. */
  set(index: number, values: Values<T>): void {
    const base = this.#type.bytes * index
    for (const name in values) {
      const { at, type, length } = this.#type.fields[name]
      const value = values[name] as Value | readonly Value[]
      if (typeof value !== 'object') {
        this.#put(base + at, type, value)
        continue
      }
      if (value.length > length) throw new KernelError(`${name} holds ${length} entries, not ${value.length}`)
      const stride = type.endsWith('64') ? 8 : 4
      for (let k = 0; k < value.length; k++) this.#put(base + at + stride * k, type, value[k])
    }
  }

  #put(at: number, type: Field['type'], value: Value): void {
    if (typeof value === 'bigint') this.#view.setBigUint64(at, value, true)
    else if (type === 'f64') this.#view.setFloat64(at, value, true)
    else this.#view.setInt32(at, value, true)
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

  get(name: keyof T['fields'] & string): number {
    const { at, type } = this.#type.fields[name]
    return type === 'f64' ? this.#arena.float64At(this.address + at) : this.#arena.int32At(this.address + at)
  }

  set(name: keyof T['fields'] & string, value: number): void {
    this.#arena.write(this.address + this.#type.fields[name].at, Int32Array.of(value))
  }
}
