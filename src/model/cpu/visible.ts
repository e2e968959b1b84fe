/** Which features a VM sees, by its boot node and its compatibility mode. */
import type { Compatibility, CpuVendor, ResolvedNode } from '../problem.js'
import { MINIMUM_FEATURES } from './features.js'
import { bootFeaturesOf } from './silicon.js'

type Cpu = Pick<ResolvedNode, 'vendor' | 'features' | 'bootFeatures'>

/**
 * A function from boot node and mode to the feature set, sorted. Equal arguments give the same array: there are few sets and many
 * VMs. `cluster` intersects every given node of the vendor, whatever its state.
 */
export function visibleFeatures(
  nodes: readonly Cpu[],
): (boot: Cpu, mode: Compatibility) => readonly string[] {
  const common = new Map<CpuVendor, readonly string[]>()
  // Features are shared between equal CPUs, so that this intersects each distinct set once.
  const seen = new Map<CpuVendor, Set<readonly string[]>>()
  for (const { vendor, features } of nodes) {
    const sets = seen.get(vendor) ?? new Set()
    seen.set(vendor, sets.add(features))
  }
  for (const [vendor, sets] of seen) {
    const [first, ...others] = [...sets]
    let left = first
    for (const other of others) left = intersect(left, new Set(other))
    common.set(vendor, left)
  }
  const minimum = new Map<CpuVendor, Map<readonly string[], readonly string[]>>()
  return (boot, mode) => {
    const booted = bootFeaturesOf(boot)
    if (mode === 'off') return booted
    if (mode === 'cluster') return common.get(boot.vendor) ?? booted
    const sets = minimum.get(boot.vendor) ?? new Map<readonly string[], readonly string[]>()
    minimum.set(boot.vendor, sets)
    const known = sets.get(booted)
    if (known !== undefined) return known
    const cut = intersect(booted, MINIMUM_FEATURES[boot.vendor])
    sets.set(booted, cut)
    return cut
  }
}

function intersect(features: readonly string[], other: ReadonlySet<string>): readonly string[] {
  return features.filter((feature) => other.has(feature))
}
