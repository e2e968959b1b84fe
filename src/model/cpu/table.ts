/** The built-in CPU table: look-up by name and by CPUID signature. */
import { nearest } from '../issues.js'
import type { CpuVendor } from '../problem.js'
import { normaliseFeatures } from './features.js'
import type { CpuSignature } from './generation.js'
import { CPU_GENERATIONS } from './models.js'

/** A generation of server CPUs, as guests see it. Frozen. */
export interface CpuModel {
  /** What `nodes[].cpu.model` takes, in the usual spelling. */
  name: string
  vendor: CpuVendor
  /** As it is sold: `Xeon Scalable, 2nd generation`. */
  generation: string
  /** In which the first server part came out. */
  year: number
  /** Display family and model, and steppings where they matter. */
  signatures: readonly CpuSignature[]
  /** Other names. Case and separators do not matter in any name. */
  aliases: readonly string[]
  /** Folded names, sorted, without repeats. The same array at every look-up. */
  features: readonly string[]
  /** The documents that the features and signatures are from. */
  source: string
}

interface Variant {
  suffix: string
  /** Only where the model has one of these. */
  drops: readonly string[]
  adds: readonly string[]
  vendors: readonly CpuVendor[]
}

/** Endings that other tools put behind a model's name, in the order in which they stand. */
const VARIANTS: readonly Variant[] = [
  { suffix: 'IBRS', adds: ['spec_ctrl'], drops: [], vendors: ['Intel'] },
  { suffix: 'IBPB', adds: ['ibpb'], drops: [], vendors: ['AMD', 'Hygon'] },
  { suffix: 'noTSX', adds: [], drops: ['hle', 'rtm'], vendors: ['Intel'] },
]

interface Table {
  models: readonly CpuModel[]
  /** By folded name or alias. */
  byName: ReadonlyMap<string, CpuModel>
  /** Those with an ending that were asked for, by folded name. */
  variants: Map<string, CpuModel>
}

let table: Table | undefined

function load(): Table {
  if (table !== undefined) return table
  const models: CpuModel[] = []
  const byName = new Map<string, CpuModel>()
  for (const { from, adds, drops = [], ...facts } of CPU_GENERATIONS) {
    const base = from === undefined ? [] : byName.get(fold(from))!.features
    const dropped = new Set(normaliseFeatures(drops))
    const features = normaliseFeatures([...base, ...adds]).filter((feature) => !dropped.has(feature))
    // Look-ups hand these out: what one caller changed, all would see.
    const model: CpuModel = Object.freeze({
      ...facts,
      signatures: Object.freeze(facts.signatures.map((signature) => Object.freeze({ ...signature }))),
      aliases: Object.freeze([...facts.aliases]),
      features: Object.freeze(features),
    })
    models.push(model)
    for (const key of [facts.name, ...facts.aliases]) byName.set(fold(key), model)
  }
  table = { models, byName, variants: new Map() }
  return table
}

/** Case, spaces and separators do not matter in a model's name. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '')
}

/** All models, older generations first. */
export function cpuModels(): readonly CpuModel[] {
  return load().models
}

/**
 * The model of that name or alias, whatever its case and separators, with `-noTSX`, `-IBRS` or `-IBPB` behind it if wanted;
 * undefined where the table has none.
 */
export function findCpuModel(name: string): CpuModel | undefined {
  if (name.length > 64) return undefined
  const { byName, variants } = load()
  const key = fold(name)
  const known = byName.get(key) ?? variants.get(key)
  if (known !== undefined) return known
  for (const { suffix, adds, drops, vendors } of VARIANTS) {
    if (!key.endsWith(fold(suffix))) continue
    const base = findCpuModel(key.slice(0, -suffix.length))
    if (base === undefined || !vendors.includes(base.vendor)) return undefined
    if (drops.length > 0 && !drops.some((feature) => base.features.includes(feature))) return undefined
    const features = normaliseFeatures([...base.features, ...adds]).filter(
      (feature) => !drops.includes(feature),
    )
    const variant: CpuModel = Object.freeze({
      ...base,
      name: `${base.name}-${suffix}`,
      // They name the generation as it is, not this variant of it.
      aliases: [],
      features: Object.freeze(features),
    })
    variants.set(key, variant)
    return variant
  }
  return undefined
}

/** The models with that family and model, and that stepping if it is given; steppings may tell several models apart. */
export function findCpusBySignature(family: number, model: number, stepping?: number): CpuModel[] {
  return load().models.filter((entry) =>
    entry.signatures.some(
      ({ steppings: [low, high] = [0, Number.POSITIVE_INFINITY], ...signature }) =>
        signature.family === family &&
        signature.model === model &&
        (stepping === undefined || (low <= stepping && stepping <= high)),
    ),
  )
}

/**
 * The model of a CPUID signature (display family and model, as Windows shows them in "Intel64 Family 6 Model 106 Stepping 6");
 * undefined where the table has none.
 */
export function findCpuBySignature(
  vendor: CpuVendor,
  family: number,
  model: number,
  stepping: number,
): CpuModel | undefined {
  return findCpusBySignature(family, model, stepping).find((entry) => entry.vendor === vendor)
}

/** Up to five names of the table that resemble `name`, best first. */
export function nearCpuModels(name: string): string[] {
  if (name.length > 64) return []
  const { models, byName } = load()
  const key = fold(name)
  const near = nearest(key, byName.keys())
  const found = new Set<string>(near === undefined ? [] : [byName.get(near)!.name])
  for (const [alias, model] of byName) {
    if (key.length >= 3 && (alias.startsWith(key) || key.startsWith(alias))) found.add(model.name)
  }
  for (const model of models) {
    const common = commonPrefix(fold(model.name), key)
    if (common >= 4) found.add(model.name)
  }
  return [...found].slice(0, 5)
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}
