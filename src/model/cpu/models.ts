/**
 * Server CPU generations, each as an older one with additions and removals. Written from the vendors' instruction-set references,
 * optimisation manuals and specification updates. Baselines, not silicon: what every part of a generation offers to a guest.
 *
 * Left out everywhere: what hypervisors keep to themselves (virtualisation, performance counters, power states and user-mode waits) and MPX, which Intel
 * withdrew and current hypervisors hide.
 */
import { AMD } from './amd.js'
import { X86_64 } from './features.js'
import type { CpuGeneration } from './generation.js'
import { INTEL } from './intel.js'

/** Older generations first: each `from` names an earlier entry. */
export const CPU_GENERATIONS: readonly CpuGeneration[] = [...INTEL, ...AMD].map((generation) =>
  generation.from === undefined ? { ...generation, adds: [...X86_64, ...generation.adds] } : generation,
)
