/**
 * Server CPU generations, each as an older one with additions and removals. Written from the vendors' instruction-set references,
 * optimisation manuals and specification updates.
 *
 * What counts is what a guest may see: what Hyper-V's partition processor features name. Left out are virtualisation, performance counters,
 * power states, and the bits by which a CPU says that it is immune to an attack.
 */
import { AMD } from './amd.js'
import { X86_64 } from './features.js'
import type { CpuGeneration } from './generation.js'
import { INTEL } from './intel.js'

/** Older generations first: each `from` names an earlier entry. */
export const CPU_GENERATIONS: readonly CpuGeneration[] = [...INTEL, ...AMD].map((generation) =>
  generation.from === undefined ? { ...generation, adds: [...X86_64, ...generation.adds] } : generation,
)
