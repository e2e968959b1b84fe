/** What stands between two CPUs: features lost and gained, and whether a VM can move live. */
import { InvalidOptionError } from '../../errors.js'
import type { CpuVendor } from '../problem.js'
import { MINIMUM_FEATURES, normaliseFeature, normaliseFeatures } from './features.js'
import { cpuModel } from './lookup.js'
import { type CpuModel, seenFeatures } from './table.js'

/** A CPU by its features, as in a problem. */
export interface CpuWithFeatures {
  vendor: CpuVendor
  /** In any spelling and order. */
  features: readonly string[]
  /** Features that it has or has not; default none. */
  mayHave?: readonly string[]
}

/** A move from the CPU on which the VM was started to the other one. */
export interface CpuMove {
  /** Whether a VM that sees all of its CPU's features (compatibility `off`) can move live, or saved. */
  live: boolean
  /** True where the vendors differ: only a restart moves the VM then, whatever it sees. */
  otherVendor: boolean
  /** Features that the VM may see and the target may lack: none between CPUs of the same model. Sorted. */
  missing: readonly string[]
  /** Whether it can move live with the mode on, from its start on. */
  compatibility: { minimum: boolean; cluster: boolean }
}

/** `a` against `b`. All features are folded names, sorted. */
export interface CpuComparison {
  /** Model, or undefined where features were given. */
  from: string | undefined
  to: string | undefined
  /** What a VM may lose that leaves `a` for good and is started on `b`. */
  lost: readonly string[]
  /** What it may lose that leaves `b` for `a`. */
  gained: readonly string[]
  /** What both have for certain. */
  common: readonly string[]
  /** From `a` to `b`. */
  forward: CpuMove
  /** From `b` to `a`. */
  backward: CpuMove
}

interface Side {
  name: string | undefined
  vendor: CpuVendor
  /** What can be counted on where it is the target. */
  features: readonly string[]
  /** What a VM may see that was started on it. */
  seen: readonly string[]
}

function sideOf(cpu: string | CpuWithFeatures): Side {
  if (typeof cpu === 'string') {
    const model = cpuModel(cpu)
    return { name: model.name, vendor: model.vendor, features: model.features, seen: seenFeatures(model) }
  }
  const { vendor, features, mayHave = [] } = cpu ?? {}
  if (!Object.hasOwn(MINIMUM_FEATURES, vendor) || !Array.isArray(features) || !Array.isArray(mayHave)) {
    throw new InvalidOptionError(
      'a CPU is a text, or { vendor: "Intel", "AMD" or "Hygon", features: […] } with texts',
    )
  }
  for (const name of [...features, ...mayHave]) {
    if (typeof name !== 'string' || normaliseFeature(name) === '')
      throw new InvalidOptionError('features are texts such as "avx2"')
  }
  return {
    name: undefined,
    vendor,
    features: normaliseFeatures(features),
    seen: normaliseFeatures([...features, ...mayHave]),
  }
}

function without(features: readonly string[], other: readonly string[]): string[] {
  const gone = new Set(other)
  return features.filter((feature) => !gone.has(feature))
}

function lostBetween(boot: Side, target: Side): string[] {
  // One model is taken as one silicon.
  if (boot.name !== undefined && boot.name === target.name) return []
  return without(boot.seen, target.features)
}

function moveBetween(boot: Side, target: Side): CpuMove {
  const missing = lostBetween(boot, target)
  const otherVendor = boot.vendor !== target.vendor
  const minimum = boot.seen.filter((feature) => MINIMUM_FEATURES[boot.vendor].has(feature))
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
  return {
    from: from.name,
    to: to.name,
    lost: lostBetween(from, to),
    gained: lostBetween(to, from),
    common: from.features.filter((feature) => to.features.includes(feature)),
    forward: moveBetween(from, to),
    backward: moveBetween(to, from),
  }
}

/** What Hyper-V's processor compatibility would, or may, hide from a VM started on `model`. */
export interface HiddenFeatures {
  /** Mode `minimum`. */
  minimum: readonly string[]
  /** Mode `cluster`, by the one other model in the cluster; models of the same vendor, older ones first. */
  cluster: readonly { with: string; features: readonly string[] }[]
}

export function hiddenFeatures(model: CpuModel, all: readonly CpuModel[]): HiddenFeatures {
  const seen = seenFeatures(model)
  const others = all.filter((other) => other.vendor === model.vendor && other.name !== model.name)
  return {
    minimum: seen.filter((feature) => !MINIMUM_FEATURES[model.vendor].has(feature)),
    cluster: others.map((other) => ({ with: other.name, features: without(seen, other.features) })),
  }
}
