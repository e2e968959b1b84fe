/** The options of `quiet()`. */
import { InvalidOptionError } from '../errors.js'
import { parseInstant } from '../model/instant.js'
import { didYouMean, isArray, show } from '../model/issues.js'
import type { Instant, ResolvedProblem } from '../model/problem.js'

export interface QuietOptions {
  /** How long it has to be quiet at least. Seconds, > 0. */
  durationSeconds: number
  /** End of the time to look at: seconds from the plan's start, or an instant; at most the horizon. Default: the horizon. */
  until?: Instant
  /** Ids of the nodes that count. Default: every node, unless `vms` is given. */
  nodes?: readonly string[]
  /** Ids of the VMs that count. Default: none beside the nodes. */
  vms?: readonly string[]
}

export interface CheckedQuietOptions {
  durationSeconds: number
  untilSeconds: number
  /** Without repeats, in the order given; both undefined: nothing was chosen. */
  nodes: readonly string[] | undefined
  vms: readonly string[] | undefined
}

const NAMES = ['durationSeconds', 'until', 'nodes', 'vms']

/** Fills in defaults. @throws InvalidOptionError that names the option, its value and what would be right */
export function checkQuietOptions(
  options: QuietOptions | undefined,
  problem: ResolvedProblem,
): CheckedQuietOptions {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionError(`the options are ${show(options)}; they must be an object`)
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name))
      throw new InvalidOptionError(`${show(name)} is not an option${didYouMean(name, NAMES)}`)
  }
  const { durationSeconds, until } = options
  if (typeof durationSeconds !== 'number' || !Number.isFinite(durationSeconds) || durationSeconds <= 0) {
    throw new InvalidOptionError(
      `durationSeconds is ${show(durationSeconds)}; it must be a number of seconds above 0`,
    )
  }
  const nodes = checkIds('nodes', 'a node', options.nodes, problem.nodeById)
  const vms = checkIds('vms', 'a VM', options.vms, problem.vmById)
  const chosen = nodes !== undefined || vms !== undefined
  return {
    durationSeconds,
    untilSeconds: untilOf(until, problem),
    nodes: chosen ? (nodes ?? []) : undefined,
    vms: chosen ? (vms ?? []) : undefined,
  }
}

function untilOf(until: Instant | undefined, { start, policy }: ResolvedProblem): number {
  const { horizonSeconds } = policy
  if (until === undefined) return horizonSeconds
  let seconds: number
  if (typeof until === 'string') {
    const instant = parseInstant(until)
    if (typeof instant === 'string') throw new InvalidOptionError(`until is ${show(until)}, which ${instant}`)
    if (start === undefined)
      throw new InvalidOptionError(
        `until is ${show(until)}, but the problem has no start; give seconds from the start of the plan`,
      )
    seconds = (instant.epochMs - start.epochMs) / 1000
  } else seconds = until
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= horizonSeconds)) {
    throw new InvalidOptionError(
      `until is ${show(until)}; it must be after the start of the plan and at most the horizon, ${horizonSeconds} s after it`,
    )
  }
  return seconds
}

function checkIds(
  name: 'nodes' | 'vms',
  what: string,
  ids: unknown,
  known: ReadonlyMap<string, unknown>,
): string[] | undefined {
  if (ids === undefined) return undefined
  if (!isArray(ids) || ids.length === 0)
    throw new InvalidOptionError(`${name} is ${show(ids)}; it must be an array of ids, and not empty`)
  const seen = new Set<string>()
  for (const id of ids) {
    if (typeof id !== 'string' || !known.has(id)) {
      const hint = typeof id === 'string' ? didYouMean(id, known.keys()) : ''
      throw new InvalidOptionError(`${name} has ${show(id)}, which is not the id of ${what}${hint}`)
    }
    seen.add(id)
  }
  return [...seen]
}
