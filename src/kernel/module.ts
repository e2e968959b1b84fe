/** Loads the WASM module: decoded and compiled once a realm, instantiated as often as asked, each instance with its own memory. */
import { KernelError } from '../errors.js'
import type { KernelExports } from './exports.js'
import { KERNEL_BASE64 } from './kernel-bytes.js'

let compiled: Promise<WebAssembly.Module> | undefined

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/**
 * The compiled kernel; the same module for every call.
 * @throws KernelError where the engine has no WebAssembly SIMD.
 */
export function compileKernel(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(decodeBase64(KERNEL_BASE64)).catch((cause: unknown) => {
    compiled = undefined
    throw new KernelError(
      `the kernel does not compile on this engine (it needs WebAssembly SIMD): ${String(cause)}`,
      { cause },
    )
  })
  return compiled
}

/** A fresh instance with a memory of its own. Synchronous: the module is compiled already. */
export function instantiateKernel(module: WebAssembly.Module): KernelExports {
  return new WebAssembly.Instance(module, {}).exports as unknown as KernelExports
}
