/** The built-in CPU table: look-up by name and by CPUID signature. */
import { nearest } from '../issues.js'
import type { CpuVendor } from '../problem.js'
import { normaliseFeatures } from './features.js'
import { CPU_GENERATIONS, type CpuSignature } from './models.js'

export interface CpuModel {
  name: string
  vendor: CpuVendor
  /** Normalised, sorted, without repeats. The same array at every look-up. */
  features: readonly string[]
  signatures: readonly CpuSignature[]
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
  { suffix: 'ibrs', adds: ['spec_ctrl'], drops: [], vendors: ['Intel'] },
  { suffix: 'ibpb', adds: ['ibpb'], drops: [], vendors: ['AMD', 'Hygon'] },
  { suffix: 'notsx', adds: [], drops: ['hle', 'rtm'], vendors: ['Intel'] },
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
  for (const { name, vendor, from, adds, drops = [], signatures, aliases, source } of CPU_GENERATIONS) {
    const base = from === undefined ? [] : byName.get(fold(from))!.features
    const dropped = new Set(normaliseFeatures(drops))
    const features = normaliseFeatures([...base, ...adds]).filter((feature) => !dropped.has(feature))
    const model: CpuModel = { name, vendor, features, signatures, source }
    models.push(model)
    for (const key of [name, ...aliases]) byName.set(fold(key), model)
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
    if (!key.endsWith(suffix)) continue
    const base = findCpuModel(key.slice(0, -suffix.length))
    if (base === undefined || !vendors.includes(base.vendor)) return undefined
    if (drops.length > 0 && !drops.some((feature) => base.features.includes(feature))) return undefined
    const features = normaliseFeatures([...base.features, ...adds]).filter(
      (feature) => !drops.includes(feature),
    )
    const variant = { ...base, name: `${base.name}-${suffix}`, features }
    variants.set(key, variant)
    return variant
  }
  return undefined
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
  return load().models.find(
    (entry) =>
      entry.vendor === vendor &&
      entry.signatures.some(
        ({ steppings: [low, high] = [0, Number.POSITIVE_INFINITY], ...signature }) =>
          signature.family === family && signature.model === model && low <= stepping && stepping <= high,
      ),
  )
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
