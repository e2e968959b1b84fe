/**
 * What a kernel routine works on, as an image: the memory of a kernel instance just before a call, the arguments, and what the call
 * leaves. The native routines run on such images, at the same addresses.
 */
import { writeFileSync } from 'node:fs'
import { Arena } from '../../dist/kernel/arena.js'
import { instantiateKernel } from '../../dist/kernel/module.js'

/** Where regions begin: above what operating systems keep unmapped, below where programs lie. A multiple of 64. */
const BASE = 0x10_0000
const MAGIC = 0x4b46_4d56
const HEADER_BYTES = 64

/** As `checksumOf` of bench/native/main.c: 32-bit words, FNV-1a. */
function checksum(bytes) {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  let sum = 2166136261
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i], 16777619)
  return sum >>> 0
}

/**
 * Records the last call of one export that `work` makes.
 * @param {WebAssembly.Module} module
 * @param {string} routine name of the export
 * @param {(wasm: object, arena: Arena) => void} work is given the exports and an arena of its own
 * @returns {{ routine: string, arguments: number[], address: number, memory: Uint8Array, after: Uint8Array, result: number }}
 * @throws Error where `work` does not call it
 */
export function capture(module, routine, work) {
  const wasm = instantiateKernel(module)
  const used = () => new Uint8Array(wasm.memory.buffer).slice(BASE)
  let image
  const recorder = {
    ...wasm,
    heapBase: () => BASE,
    [routine]: (...args) => {
      const memory = used()
      const result = wasm[routine](...args) ?? 0
      image = { routine, arguments: args.map(Number), address: BASE, memory, after: used(), result }
      return result
    },
  }
  work(recorder, new Arena(wasm.memory, BASE))
  if (image === undefined) throw new Error(`${routine} has not been called`)
  if (image.after.length !== image.memory.length) throw new Error(`${routine} has grown the memory`)
  return image
}

/** The call of an image on a kernel instance of its own; `restore` writes the memory as it was before the call. */
export function replay(module, image) {
  const wasm = instantiateKernel(module)
  const missing = image.address + image.memory.length - wasm.memory.buffer.byteLength
  if (missing > 0) wasm.memory.grow(Math.ceil(missing / 65_536))
  const view = new Uint8Array(wasm.memory.buffer, image.address, image.memory.length)
  const restore = () => view.set(image.memory)
  const routine = wasm[image.routine]
  const args = image.arguments
  restore()
  return { restore, call: () => routine(...args) }
}

/** Writes an image for the native program; bench/native/main.c describes the file. */
export function writeImage(path, image) {
  const bytes = new Uint8Array(HEADER_BYTES + 8 * image.arguments.length + image.memory.length)
  const view = new DataView(bytes.buffer)
  const header = [MAGIC, image.address, image.memory.length, image.arguments.length]
  for (const [i, word] of [...header, checksum(image.after)].entries()) {
    view.setUint32(4 * i, word, true)
  }
  view.setFloat64(24, image.result, true)
  bytes.set(new TextEncoder().encode(image.routine), 32)
  for (const [i, value] of image.arguments.entries()) view.setFloat64(HEADER_BYTES + 8 * i, value, true)
  bytes.set(image.memory, HEADER_BYTES + 8 * image.arguments.length)
  writeFileSync(path, bytes)
}
