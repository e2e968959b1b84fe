/**
 * The kernel in all of its builds. The release build is the one that engines with SIMD get, the scalar build what others get; the
 * debug build checks its own assertions, and a failed one surfaces as a `WebAssembly.RuntimeError` (unreachable).
 */
import { readFile } from 'node:fs/promises'
import { createKernel, loadKernel } from '../../src/kernel/kernel.js'
import type { Kernel } from '../../src/kernel/types.js'

export interface KernelBuild {
  name: 'release' | 'scalar' | 'debug'
  kernel: Kernel
}

async function readKernel(name: string): Promise<Kernel> {
  const bytes = await readFile(new URL(`../../build/kernel.${name}.wasm`, import.meta.url))
  return createKernel(await WebAssembly.compile(bytes))
}

/** For `describe.each(kernelBuilds)('$name build', ({ kernel }) => …)`. */
export const kernelBuilds: readonly KernelBuild[] = [
  { name: 'release', kernel: await loadKernel() },
  { name: 'scalar', kernel: await readKernel('scalar') },
  { name: 'debug', kernel: await readKernel('debug') },
]
