/**
 * Where things lie in a kernel instance's memory: regions one after another from `heapBase()`, each 16-byte aligned. The kernel
 * itself never allocates. Views are made anew on every access, because growing the memory detaches them.
 */
import { KernelError } from '../errors.js'

const PAGE_BYTES = 65_536
const ALIGNMENT = 16
const MAX_BYTES = 2 ** 32 - PAGE_BYTES

/** What an arena needs of the WASM module. */
export interface ArenaExports {
  memory: WebAssembly.Memory
  /** First byte after the module's static data: where regions may begin. */
  heapBase(): number
}

export class Arena {
  readonly #memory: WebAssembly.Memory
  readonly #base: number
  #top: number

  constructor(memory: WebAssembly.Memory, heapBase: number) {
    this.#memory = memory
    this.#base = Math.ceil(heapBase / ALIGNMENT) * ALIGNMENT
    this.#top = this.#base
  }

  /** Forgets every region. */
  reset(): void {
    this.#top = this.#base
  }

  /** Where the next region begins. */
  get top(): number {
    return this.#top
  }

  /** Forgets the regions from `top` on, which was the arena's before they were made. */
  release(top: number): void {
    this.#top = top
  }

  /** Address of a new region of `bytes` bytes; its content is undefined. */
  allocate(bytes: number): number {
    const address = this.#top
    const top = address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    if (top > MAX_BYTES)
      throw new KernelError(`the kernel would need ${top} bytes of memory; it can have ${MAX_BYTES}`)
    const missing = top - this.#memory.buffer.byteLength
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / PAGE_BYTES))
      } catch (cause) {
        throw new KernelError(`the kernel could not get ${missing} more bytes of memory`, { cause })
      }
    }
    this.#top = top
    return address
  }

  /** Allocates and copies in. */
  place(data: Int32Array | Uint32Array | Uint8Array | Uint16Array | Float64Array): number {
    const address = this.allocate(data.byteLength)
    new Uint8Array(this.#memory.buffer, address, data.byteLength).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    )
    return address
  }

  /** Writes over a region placed before. */
  write(address: number, data: Int32Array | Float64Array | Uint8Array): void {
    new Uint8Array(this.#memory.buffer, address, data.byteLength).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    )
  }

  /** Copies out into an array that the caller has. */
  read(address: number, into: Int32Array | Float64Array | Uint8Array): void {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(
      new Uint8Array(this.#memory.buffer, address, into.byteLength),
    )
  }

  /** One number, without a copy. */
  int32At(address: number): number {
    return new DataView(this.#memory.buffer).getInt32(address, true)
  }

  /** To write numbers in place; until the memory grows. */
  view(): DataView {
    return new DataView(this.#memory.buffer)
  }

  float64At(address: number): number {
    return new DataView(this.#memory.buffer).getFloat64(address, true)
  }

  /** Copies out. */
  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length).slice()
  }

  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, length).slice()
  }

  uint16(address: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, address, length).slice()
  }

  uint8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, length).slice()
  }

  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length).slice()
  }
}
