/**
 * Loads the WASM module: decoded and compiled once a realm, instantiated as often as asked, each instance with its own memory. There
 * are two builds of the same sources, one with SIMD and one for engines without it; the second is loaded only where it is needed.
 */
import { KernelError } from '../errors.js'
import { decodeBase64 } from './base64.js'
import type { KernelExports } from './exports.js'

/** The smallest module that uses a vector instruction: a function that returns `i8x16.popcnt` of a splat. */
const SIMD_PROBE = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3],
  ...[2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
])

let compiled: Promise<WebAssembly.Module> | undefined

/** Whether this engine, on this processor, runs WebAssembly SIMD. */
export function hasSimd(): boolean {
  return WebAssembly.validate(SIMD_PROBE)
}

async function compile(simd: boolean): Promise<WebAssembly.Module> {
  const build = simd ? import('./kernel-bytes.js') : import('./kernel-bytes-scalar.js')
  return WebAssembly.compile(decodeBase64((await build).KERNEL_BASE64))
}

/**
 * The compiled kernel; the same module for every call.
 * @throws KernelError where the engine does not compile the build that suits it.
 */
export function compileKernel(): Promise<WebAssembly.Module> {
  const simd = hasSimd()
  compiled ??= compile(simd).catch((cause: unknown) => {
    compiled = undefined
    throw new KernelError(
      `the kernel (${simd ? 'with' : 'without'} SIMD) does not compile on this engine: ${String(cause)}`,
      { cause },
    )
  })
  return compiled
}

/** A fresh instance with a memory of its own. Synchronous: the module is compiled already. */
export function instantiateKernel(module: WebAssembly.Module): KernelExports {
  return new WebAssembly.Instance(module, {}).exports as unknown as KernelExports
}
