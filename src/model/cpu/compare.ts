/** What stands between two CPUs: features lost and gained, and whether a VM can move live. */
import { InvalidOptionError } from '../../errors.js'
import type { CpuVendor } from '../problem.js'
import { MINIMUM_FEATURES, normaliseFeature, normaliseFeatures } from './features.js'
import { cpuModel } from './lookup.js'
import type { CpuModel } from './table.js'

/** A CPU by its features, as in a problem. */
export interface CpuWithFeatures {
  vendor: CpuVendor
  /** In any spelling and order. */
  features: readonly string[]
}

/** A move from the CPU on which the VM was started to the other one. */
export interface CpuMove {
  /** Whether a VM that sees all of its CPU's features (compatibility `off`) can move live, or saved. */
  live: boolean
  /** True where the vendors differ: only a restart moves the VM then, whatever it sees. */
  otherVendor: boolean
  /** Features that the VM sees and the target lacks. Sorted. */
  missing: readonly string[]
  /** Whether it can move live with the mode on, from its start on. */
  compatibility: { minimum: boolean; cluster: boolean }
}

/** `a` against `b`. All features are folded names, sorted. */
export interface CpuComparison {
  /** Model, or undefined where features were given. */
  from: string | undefined
  to: string | undefined
  /** What a VM loses that leaves `a` for good and is started on `b`. */
  lost: readonly string[]
  gained: readonly string[]
  /** What both have. */
  common: readonly string[]
  /** From `a` to `b`. */
  forward: CpuMove
  /** From `b` to `a`. */
  backward: CpuMove
}

interface Side extends CpuWithFeatures {
  name: string | undefined
}

function sideOf(cpu: string | CpuWithFeatures): Side {
  if (typeof cpu === 'string') return cpuModel(cpu)
  const { vendor, features } = cpu ?? {}
  if (!Object.hasOwn(MINIMUM_FEATURES, vendor) || !Array.isArray(features)) {
    throw new InvalidOptionError(
      'a CPU is a text, or { vendor: "Intel", "AMD" or "Hygon", features: […] } with texts',
    )
  }
  for (const name of features) {
    if (typeof name !== 'string' || normaliseFeature(name) === '')
      throw new InvalidOptionError('features are texts such as "avx2"')
  }
  return { name: undefined, vendor, features: normaliseFeatures(features) }
}

function without(features: readonly string[], other: readonly string[]): string[] {
  const gone = new Set(other)
  return features.filter((feature) => !gone.has(feature))
}

function moveBetween(boot: Side, target: Side): CpuMove {
  const missing = without(boot.features, target.features)
  const otherVendor = boot.vendor !== target.vendor
  const minimum = boot.features.filter((feature) => MINIMUM_FEATURES[boot.vendor].has(feature))
  return {
    live: !otherVendor && missing.length === 0,
    otherVendor,
    missing,
    compatibility: {
      minimum: !otherVendor && without(minimum, target.features).length === 0,
      // What the nodes of a vendor have in common, each of them has.
      cluster: !otherVendor,
    },
  }
}

/**
 * @param a where the VM was started: what `cpuModel` takes, or vendor and features
 * @param b where it would go
 * @throws UnknownCpuError for a text that names no model, InvalidOptionError for anything else that is no CPU
 */
export function compareCpus(a: string | CpuWithFeatures, b: string | CpuWithFeatures): CpuComparison {
  const from = sideOf(a)
  const to = sideOf(b)
  const lost = without(from.features, to.features)
  return {
    from: from.name,
    to: to.name,
    lost,
    gained: without(to.features, from.features),
    common: without(from.features, lost),
    forward: moveBetween(from, to),
    backward: moveBetween(to, from),
  }
}

/** What Hyper-V's processor compatibility would hide from a VM started on `model`. */
export interface HiddenFeatures {
  /** Mode `minimum`. */
  minimum: readonly string[]
  /** Mode `cluster`, by the one other model in the cluster; models of the same vendor, older ones first. */
  cluster: readonly { with: string; features: readonly string[] }[]
}

export function hiddenFeatures(model: CpuModel, all: readonly CpuModel[]): HiddenFeatures {
  const others = all.filter((other) => other.vendor === model.vendor && other.name !== model.name)
  return {
    minimum: model.features.filter((feature) => !MINIMUM_FEATURES[model.vendor].has(feature)),
    cluster: others.map((other) => ({ with: other.name, features: without(model.features, other.features) })),
  }
}
