/** What the options of `vmferry import` are, and how their values are read. */
import { InvalidArgumentError } from 'commander'
import type { ForNode, LocalDisks } from '../import/options.js'
import type { FallbackEncoding } from '../import/text.js'
import type { ProblemDrain } from '../model/problem.js'
import { parseQuantity } from '../model/units.js'
import { integerOption } from './numbers.js'

export interface ImportCommandOptions {
  output?: string
  name?: string
  start?: string
  drain?: ProblemDrain[]
  maintain?: 'all' | string[]
  /** Seconds. */
  work?: number
  exclude?: string[]
  moves?: string
  windows?: string[]
  zone?: string
  strict?: boolean
  cpu?: ForNode<string>[]
  mbps?: ForNode<number>[]
  slots?: ForNode<number>[]
  /** MiB. */
  reserve?: number
  maxVcpusPerCore?: number
  /** MiB/s. */
  dirty?: number
  localDisks?: LocalDisks
  ignoreColumns?: boolean
  ignoreColumn?: string[]
  encoding?: FallbackEncoding
  report?: string
  /** Path of what `vmferry learn` wrote. */
  learned?: string
  /** Part of all migrations for which it holds. */
  marginQuantile?: number
  quiet?: boolean
}

/** Megabits per second: a petabit. */
const MAX_MBPS = 1_000_000_000

function forNode<T>(text: string, parse: (value: string) => T): ForNode<T> {
  const at = text.indexOf('=')
  if (at < 0) return { value: parse(text) }
  if (at === 0) throw new InvalidArgumentError('Before = it must have the name of a node.')
  return { node: text.slice(0, at), value: parse(text.slice(at + 1)) }
}

/** `MODEL` or `NODE=MODEL`, for an option that may be given several times. */
export function cpuOption(text: string, previous: readonly ForNode<string>[] = []): ForNode<string>[] {
  const parse = (value: string): string => {
    if (value.trim() !== '') return value
    throw new InvalidArgumentError('It must be a CPU model, or NODE=MODEL.')
  }
  return [...previous, forNode(text, parse)]
}

/** `N` or `NODE=N`. */
export function mbpsOption(text: string, previous: readonly ForNode<number>[] = []): ForNode<number>[] {
  const parse = (value: string): number => {
    const mbps = parseQuantity(value, 'Mbps')
    if (mbps !== undefined && mbps > 0 && mbps <= MAX_MBPS) return mbps
    throw new InvalidArgumentError('It must be megabits per second, as in 25000 or 25Gbps, or NODE=N.')
  }
  return [...previous, forNode(text, parse)]
}

/** `N` or `NODE=N`. */
export function slotsOption(text: string, previous: readonly ForNode<number>[] = []): ForNode<number>[] {
  return [...previous, forNode(text, integerOption(1, 1_000_000))]
}

/** `NODE`, or `NODE=save`. */
export function drainOption(text: string, previous: readonly ProblemDrain[] = []): ProblemDrain[] {
  const { node, value } = forNode(text, (mode) => mode)
  if (node === undefined) return [...previous, value]
  if (value !== 'save' && value !== 'live')
    throw new InvalidArgumentError(
      'It must be the name of a node, or NODE=save to save its VMs where they are.',
    )
  return [...previous, { node, mode: value }]
}

/** `all`, or names of nodes with commas between, also in several options. */
export function maintainOption(text: string, previous: 'all' | readonly string[] = []): 'all' | string[] {
  if (text === 'all' || previous === 'all') return 'all'
  const names = text.split(',').map((name) => name.trim())
  if (!names.includes('')) return [...previous, ...names]
  throw new InvalidArgumentError('It must be all, or names of nodes with commas between, as in HV01,HV02.')
}

/** MiB, or a number with a unit. */
export function reserveOption(text: string): number {
  const mib = parseQuantity(text, 'MiB')
  if (mib !== undefined && mib >= 0) return mib
  throw new InvalidArgumentError('It must be a number of MiB, or one with a unit, as in 16GiB.')
}

export function ratioOption(text: string): number {
  const ratio = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0
  if (ratio > 0) return ratio
  throw new InvalidArgumentError('It must be a number above 0, as in 4.')
}

/** MiB per second, or a number with a unit. */
export function dirtyOption(text: string): number {
  const rate = parseQuantity(text, 'MiB per second')
  if (rate !== undefined && rate >= 0) return rate
  throw new InvalidArgumentError('It must be a number of MiB/s, or one with a unit, as in 20MiB/s.')
}
