/** Reads the CPU of a node: a feature list of its own, or a model of the built-in table. */
import { type IssueList, quote } from '../issues.js'
import { cpuFeaturesSchema, cpuModelSchema } from '../schema.js'
import { parseObject } from '../shape.js'
import { normaliseFeature, normaliseFeatures } from './features.js'
import type { KnownCpu } from './silicon.js'
import { findCpuModel, nearCpuModels } from './table.js'

export class CpuReader {
  readonly #issues: IssueList
  readonly #shared = new Map<string, readonly string[]>()
  constructor(issues: IssueList) {
    this.#issues = issues
  }

  /** The CPU, or undefined where it has a fault, which has been reported. */
  read(raw: unknown, path: string): KnownCpu | undefined {
    if (raw === undefined) {
      const example = '{ "vendor": "Intel", "features": […] } or { "model": "Cascadelake-Server" }'
      this.#issues.add(path, `is missing; write ${example}`)
      return undefined
    }
    return namesModel(raw) ? this.#readModel(raw, path) : this.#readFeatures(raw, path)
  }

  #readFeatures(raw: unknown, path: string): KnownCpu | undefined {
    const { value } = parseObject(cpuFeaturesSchema, raw, path, this.#issues)
    if (value === undefined) return undefined
    const { vendor, part } = value
    const features = this.#fold(value.features, `${path}.features`)
    const mayHave = this.#fold(value.mayHave, `${path}.mayHave`)
    if (features === undefined || mayHave === undefined) return undefined
    const doubtful = mayHave.filter((feature) => !features.includes(feature))
    return { vendor, features, mayHave: doubtful, part }
  }

  /** Equal lists share one array. */
  #fold(names: readonly string[], path: string): readonly string[] | undefined {
    const empty = names.find((name) => normaliseFeature(name) === '')
    if (empty !== undefined) {
      this.#issues.add(path, `${quote(empty)} names no feature; write one such as "avx2"`)
      return undefined
    }
    const features = normaliseFeatures(names)
    const key = features.join()
    const known = this.#shared.get(key)
    if (known === undefined) this.#shared.set(key, features)
    return known ?? features
  }

  #readModel(raw: unknown, path: string): KnownCpu | undefined {
    const { value } = parseObject(cpuModelSchema, raw, path, this.#issues)
    if (value === undefined) return undefined
    const model = findCpuModel(value.model)
    if (model !== undefined) {
      const { name, vendor, features, mayHave } = model
      return { vendor, features, mayHave, model: name, part: value.part }
    }
    const near = nearCpuModels(value.model)
    const hint = near.length === 0 ? '' : `; near names: ${near.join(', ')}`
    const instead = 'or give the CPU as { "vendor": …, "features": […] }, from Coreinfo or lscpu'
    this.#issues.add(
      `${path}.model`,
      `${quote(value.model)} is not a CPU model of the built-in table${hint}; ${instead}`,
    )
    return undefined
  }
}

function namesModel(raw: unknown): boolean {
  try {
    return (
      typeof raw === 'object' &&
      raw !== null &&
      Object.hasOwn(raw, 'model') &&
      !Object.hasOwn(raw, 'features')
    )
  } catch {
    return false
  }
}
