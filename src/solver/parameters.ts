/**
 * The parameters of the search, beside what they tune: one file a room. All were set by hand, by comparing plans of the benchmark families
 * (docs/benchmarking.md) with one value and another; no search has been run over them. Limits of size are where something began to
 * take longer than it was worth.
 *
 * What is no parameter: tolerances, capacities of memory, and slices of time, which change no plan or would make one wrong.
 */
import { InvalidOptionError } from '../errors.js'
import { EXPLAIN } from '../explain/parameters.js'
import { LP } from '../lp/parameters.js'
import { childPath, didYouMean, type IssueList, show } from '../model/issues.js'
import { ASSIGNMENT } from './assignment/parameters.js'
import { BOUNDS } from './bounds/parameters.js'
import { type Dial, EFFORTS, type Effort, type Value, type ValuesOf, valueAt } from './dials.js'
import { EXACT } from './exact/parameters.js'
import { PLANNER } from './planner/parameters.js'
import { ROLLING } from './rolling/parameters.js'
import { ROUNDS } from './rounds/parameters.js'
import { SCHEDULE } from './schedule/parameters.js'
import { TRANSIT } from './transit/parameters.js'

const GROUPS = {
  planner: PLANNER,
  assignment: ASSIGNMENT,
  transit: TRANSIT,
  schedule: SCHEDULE,
  bounds: BOUNDS,
  exact: EXACT,
  rounds: ROUNDS,
  rolling: ROLLING,
  lp: LP,
  explain: EXPLAIN,
}

/** Plain data: it crosses to other threads. */
export type Parameters = { readonly [Group in keyof typeof GROUPS]: ValuesOf<(typeof GROUPS)[Group]> }

/** Some of them, to replace the defaults of an effort. */
export type ParameterOverrides = { [Group in keyof Parameters]?: Partial<Parameters[Group]> }

type Group = Readonly<Record<string, Dial>>

/** What a search at this effort runs with. @throws InvalidOptionError */
export function parametersAt(effort: Effort): Parameters {
  if (!EFFORTS.includes(effort))
    throw new InvalidOptionError(`effort is ${show(effort)}; it must be an integer from 1 to 5`)
  const values = Object.entries(GROUPS).map(([name, group]) => [
    name,
    Object.fromEntries(
      Object.entries(group).map(([dial, each]) => [dial, valueAt(each as Dial<Value>, effort)]),
    ),
  ])
  return Object.fromEntries(values) as Parameters
}

/** The same with some replaced; faults go to `issues`. `overridden`: those that differ from the defaults, as `group.name`. */
export function overrideParameters(
  effort: Effort,
  overrides: unknown,
  issues: IssueList,
): { parameters: Parameters; overridden: Record<string, Value> } {
  const parameters = parametersAt(effort) as Record<string, Record<string, Value>>
  const overridden: Record<string, Value> = {}
  for (const [name, group] of entriesOf(overrides, GROUPS, '', issues)) {
    for (const [dial, value] of entriesOf(group, GROUPS[name as keyof Parameters], name, issues)) {
      const { rule, allows } = (GROUPS[name as keyof Parameters] as Group)[dial]
      const path = `${name}.${dial}`
      if (!allows(value)) issues.add(path, `is ${show(value)}; it must be ${rule}`)
      else if (String(value) !== String(parameters[name][dial]))
        parameters[name][dial] = overridden[path] = value as Value
    }
  }
  return { parameters: parameters as Parameters, overridden }
}

/** Entries of an object whose keys are known. */
function entriesOf(value: unknown, known: object, path: string, issues: IssueList): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add(path, `is ${show(value)}; it must be an object`)
    return []
  }
  return Object.entries(value).filter(([key, each]) => {
    if (Object.hasOwn(known, key)) return true
    const hint = didYouMean(key, Object.keys(known))
    issues.add(childPath(path, key), `is ${show(each)}, but no parameter has this name${hint}`)
    return false
  })
}
