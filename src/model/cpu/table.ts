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
  /** What every part of it has, to be counted on as a target. Folded names, sorted, without repeats; the same array at every look-up. */
  features: readonly string[]
  /** What only some of its parts have: a VM started on one may see it. Folded names, sorted, none of `features`. */
  mayHave: readonly string[]
  /** The documents that the features and signatures are from. */
  source: string
}

/** What a VM may see that was started on such a CPU. Sorted. */
export function seenFeatures({
  features,
  mayHave,
}: Pick<CpuModel, 'features' | 'mayHave'>): readonly string[] {
  return mayHave.length === 0 ? features : [...features, ...mayHave].sort()
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
  for (const { from, adds, maybe = [], drops = [], ...facts } of CPU_GENERATIONS) {
    const base = from === undefined ? undefined : byName.get(fold(from))!
    const [certain, doubtful, dropped] = [adds, maybe, drops].map(normaliseFeatures)
    const features = normaliseFeatures([
      ...without(base?.features ?? [], [...dropped, ...doubtful]),
      ...certain,
    ])
    const mayHave = normaliseFeatures([
      ...without(base?.mayHave ?? [], [...dropped, ...certain]),
      ...doubtful,
    ])
    // Look-ups hand these out: what one caller changed, all would see.
    const model: CpuModel = Object.freeze({
      ...facts,
      signatures: Object.freeze(facts.signatures.map((signature) => Object.freeze({ ...signature }))),
      aliases: Object.freeze([...facts.aliases]),
      features: Object.freeze(features),
      mayHave: Object.freeze(mayHave),
    })
    models.push(model)
    for (const key of [facts.name, ...facts.aliases]) byName.set(fold(key), model)
  }
  table = { models, byName, variants: new Map() }
  return table
}

function without(features: readonly string[], gone: readonly string[]): string[] {
  return features.filter((feature) => !gone.includes(feature))
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
 * The model of that name or alias, whatever its case and separators, with `-noTSX`, `-IBRS` or `-IBPB` behind it if wanted,
 * or `+feature` for one that it may have; undefined where the table has none.
 */
export function findCpuModel(name: string): CpuModel | undefined {
  if (name.length > 64) return undefined
  const { byName, variants } = load()
  const key = fold(name)
  const known = byName.get(key) ?? variants.get(key)
  if (known !== undefined) return known
  const variant = settled(name) ?? ending(key)
  if (variant === undefined) return undefined
  // By its own name, so that there are no more of them than there are variants.
  const own = fold(variant.name)
  const shared = variants.get(own) ?? variant
  variants.set(own, shared)
  return shared
}

/** `NAME+feature+feature`: the user knows that these parts have it. */
function settled(name: string): CpuModel | undefined {
  const [base, ...given] = name.split('+')
  const model = given.length === 0 ? undefined : findCpuModel(base)
  const known = normaliseFeatures(given)
  if (model === undefined || known.length !== given.length) return undefined
  if (!known.every((feature) => model.mayHave.includes(feature))) return undefined
  return variantOf(model, `+${known.join('+')}`, {
    features: normaliseFeatures([...model.features, ...known]),
    mayHave: without(model.mayHave, known),
  })
}

function ending(key: string): CpuModel | undefined {
  for (const { suffix, adds, drops, vendors } of VARIANTS) {
    if (!key.endsWith(fold(suffix))) continue
    const base = findCpuModel(key.slice(0, -suffix.length))
    if (base === undefined || !vendors.includes(base.vendor)) return undefined
    const { features, mayHave } = base
    if (drops.length > 0 && !drops.some((drop) => features.includes(drop) || mayHave.includes(drop)))
      return undefined
    return variantOf(base, `-${suffix}`, {
      features: without(normaliseFeatures([...features, ...adds]), drops),
      mayHave: without(mayHave, [...drops, ...normaliseFeatures(adds)]),
    })
  }
  return undefined
}

function variantOf(base: CpuModel, suffix: string, sets: Pick<CpuModel, 'features' | 'mayHave'>): CpuModel {
  return Object.freeze({
    ...base,
    name: `${base.name}${suffix}`,
    // They name the generation as it is, not this variant of it.
    aliases: Object.freeze([]),
    features: Object.freeze(sets.features),
    mayHave: Object.freeze(sets.mayHave),
  })
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

/** What may stand behind a name without changing what it is a name of. */
const HARMLESS_ENDING = /^(?:notsx|ibrs|ibpb|v\d{1,2})+$/

/**
 * Up to five names of the table that `name` may be meant for: misspelt in its letters, cut short, or with an ending that the table does not
 * have. Names that look alike and mean other CPUs (Granite Ridge, Icelake-Client) are no hint: the wrong model says what is not so.
 */
export function nearCpuModels(name: string): string[] {
  if (name.length > 64) return []
  const { byName } = load()
  const key = fold(name)
  const digits = digitsOf(key)
  const alike = [...byName.keys()].filter((known) => known[0] === key[0] && digitsOf(known) === digits)
  const near = nearest(key, alike, Math.min(2, key.length / 4))
  const found = new Set<string>(near === undefined ? [] : [byName.get(near)!.name])
  for (const [alias, model] of byName) {
    if (abbreviates(key, alias)) found.add(model.name)
    if (key.startsWith(alias) && HARMLESS_ENDING.test(key.slice(alias.length))) found.add(model.name)
  }
  return [...found].slice(0, 5)
}

const digitsOf = (key: string): string => key.replace(/\D/g, '')

/** Begins like the name, and has its letters in their order. */
function abbreviates(key: string, name: string): boolean {
  if (key.length < 3 || !name.startsWith(key.slice(0, 4))) return false
  let at = 0
  for (const letter of name) if (letter === key[at]) at++
  return at === key.length
}
