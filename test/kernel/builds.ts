/**
 * The kernel in both of its builds. The release build is the embedded one that users get; the debug build checks its own
 * assertions, and a failed one surfaces as a `WebAssembly.RuntimeError` (unreachable).
 */
import { readFile } from 'node:fs/promises'
import { createKernel, loadKernel } from '../../src/kernel/kernel.js'
import type { Kernel } from '../../src/kernel/types.js'

export interface KernelBuild {
  name: 'release' | 'debug'
  kernel: Kernel
}

async function loadDebugKernel(): Promise<Kernel> {
  const bytes = await readFile(new URL('../../build/kernel.debug.wasm', import.meta.url))
  return createKernel(await WebAssembly.compile(bytes))
}

/** For `describe.each(kernelBuilds)('$name build', ({ kernel }) => …)`. */
export const kernelBuilds: readonly KernelBuild[] = [
  { name: 'release', kernel: await loadKernel() },
  { name: 'debug', kernel: await loadDebugKernel() },
]
