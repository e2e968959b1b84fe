/** Finds a CPU by what people have at hand: a name, a CPUID signature, a brand name. Never guesses. */
import { UnknownCpuError } from '../../errors.js'
import { quote, show } from '../issues.js'
import { isBrandName, modelOfBrand } from './brands.js'
import { type CpuModel, findCpuModel, findCpusBySignature, nearCpuModels } from './table.js'

/** By what a text was understood. */
export type CpuLookup = 'name' | 'signature' | 'brand'

export interface FoundCpu {
  model: CpuModel
  by: CpuLookup
}

interface Signature {
  family: number
  model: number
  stepping?: number
}

/** Longer texts name no CPU. */
const MAX_LENGTH = 200
const INSTEAD = 'or take its features from Coreinfo or lscpu'

/**
 * The forms that tools print: `6-85-7` or `6/85/7`; Windows' `Intel64 Family 6 Model 85 Stepping 7, GenuineIntel`; EAX of CPUID
 * leaf 1 in hexadecimal, `0x00050657` or Coreinfo's `00050657`.
 */
function parseSignature(text: string): Signature | undefined {
  const numbers =
    /^(\d{1,3})([-/:])(\d{1,3})(?:\2(\d{1,2}))?$/.exec(text) ??
    /^(?:\S+\s+)?family\s+(\d{1,3})()\s+model\s+(\d{1,3})(?:\s+stepping\s+(\d{1,2}))?(?:,?\s*\w+)?$/i.exec(
      text,
    )
  if (numbers !== null) {
    const [, family, , model, stepping] = numbers
    const signature: Signature = { family: Number(family), model: Number(model) }
    if (stepping !== undefined) signature.stepping = Number(stepping)
    return signature
  }
  if (!/^(?:0x[\da-f]{3,8}|[\da-f]{8})$/i.test(text)) return undefined
  const eax = Number.parseInt(text.replace(/^0x/i, ''), 16)
  const base = (eax >>> 8) & 0xf
  const family = base === 0xf ? base + ((eax >>> 20) & 0xff) : base
  const extended = base === 0xf || base === 6 ? (eax >>> 16) & 0xf : 0
  return { family, model: (extended << 4) | ((eax >>> 4) & 0xf), stepping: eax & 0xf }
}

function bySignature(text: string, { family, model, stepping }: Signature): FoundCpu {
  // Windows writes the vendor in front: Intel64, AMD64 (also for Hygon).
  const named = /intel/i.test(text) ? true : /amd/i.test(text) ? false : undefined
  const models = findCpusBySignature(family, model, stepping).filter(
    ({ vendor }) => named === undefined || named === (vendor === 'Intel'),
  )
  if (models.length === 1) return { model: models[0], by: 'signature' }
  const names = models.map(({ name }) => name)
  const label = `family ${family} model ${model}${stepping === undefined ? '' : ` stepping ${stepping}`}`
  if (names.length > 1) {
    const steppings = models.map((each) => `${each.name} (${describeSignatures(each, model)})`)
    throw new UnknownCpuError(
      `${quote(text)} (${label}) is one of several CPU models: which stepping? ${steppings.join(', ')}`,
      names,
    )
  }
  throw new UnknownCpuError(
    `${quote(text)} (${label}) is not in the built-in table; name a model, ${INSTEAD}`,
    [],
  )
}

function describeSignatures(entry: CpuModel, model: number): string {
  const own = entry.signatures.filter((signature) => signature.model === model)
  return own.map(({ steppings: [low, high] = [0, 15] }) => `stepping ${low} to ${high}`).join(', ')
}

/** @throws UnknownCpuError that says what is missing, with near names. */
export function lookUpCpu(text: string): FoundCpu {
  const trimmed = text.trim()
  if (trimmed.length <= MAX_LENGTH) {
    const named = findCpuModel(trimmed)
    if (named !== undefined) return { model: named, by: 'name' }
    const signature = parseSignature(trimmed)
    if (signature !== undefined) return bySignature(trimmed, signature)
    const branded = modelOfBrand(trimmed)
    if (branded !== undefined) return { model: findCpuModel(branded)!, by: 'brand' }
    if (isBrandName(trimmed)) {
      throw new UnknownCpuError(
        `${quote(trimmed)} does not tell a CPU model of the built-in table for certain; which family, model and stepping is it? Give them as in "6-85-7", name a model, ${INSTEAD}`,
        [],
      )
    }
  }
  const near = nearCpuModels(trimmed)
  const hint = near.length === 0 ? '' : `; near names: ${near.join(', ')}`
  throw new UnknownCpuError(
    `${quote(trimmed)} is not a CPU model of the built-in table${hint}; "vmferry cpu LIST" shows all`,
    near,
  )
}

/**
 * The model of the built-in table that `text` names: a name or alias in any case and with any separators, with `-noTSX`, `-IBRS` or
 * `-IBPB` behind it if wanted; a signature such as `6-85-7`; or a brand name where it tells the generation for certain.
 * @throws UnknownCpuError where it names none, or several.
 */
export function cpuModel(text: string): CpuModel {
  if (typeof text !== 'string') throw new UnknownCpuError(`a CPU model is a text, not ${show(text)}`, [])
  return lookUpCpu(text).model
}
