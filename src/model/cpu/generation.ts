/** What the table holds of one generation of server CPUs. `maybe` and `adds` of a generation overrule what it starts from. */
import type { CpuVendor } from '../problem.js'

/** Display family and model, as Windows and lscpu show them: extended fields already added in. */
export interface CpuSignature {
  family: number
  model: number
  /** Inclusive range; every stepping where it is absent. */
  steppings?: readonly [number, number]
}

export interface CpuGeneration {
  name: string
  vendor: CpuVendor
  /** As it is sold. */
  generation: string
  /** In which the first server part came out. */
  year: number
  /** Generation that it starts from; the 64-bit base where there is none. */
  from?: string
  /** What every part of it has. */
  adds: readonly string[]
  /** What only some of its parts have, or only with some firmware. */
  maybe?: readonly string[]
  drops?: readonly string[]
  signatures: readonly CpuSignature[]
  /** Other names, folded or not. */
  aliases: readonly string[]
  /** Where the facts are from. */
  source: string
}

/** Any stepping of these models of a family. */
export const models = (family: number, ...of: number[]): CpuSignature[] =>
  of.map((model) => ({ family, model }))

export const words = (text: string): string[] => text.split(' ')
