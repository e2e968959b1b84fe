/**
 * Tiny random problems of every kind, numbered by seed, each planned and held against the exact reference: the plan's own promises
 * (`audit`), and the bounds that the planner may never have had to ask for. Used by the tests and by `bench/soundness.mjs`.
 */
import type { ScheduleKind } from '../../src/model/plan.js'
import type { Problem } from '../../src/model/problem.js'
import { destructiveBound, legsAreForced } from '../../src/solver/bounds/destructive.js'
import { oddSetBound, oddSetGroups } from '../../src/solver/bounds/odd-set.js'
import { singleNodeBounds } from '../../src/solver/bounds/single-node.js'
import type { Effort } from '../../src/solver/dials.js'
import type { ParameterOverrides } from '../../src/solver/parameters.js'
import { Random } from '../../src/solver/random.js'
import { legsOf, scheduleProblemOf } from '../../src/solver/schedule/legs.js'
import { MBPS_OF_100_MIB } from '../problem.js'
import { audit, newTally, type Tally } from './audit.js'
import { bruteForce } from './brute-force.js'
import { kernel, newRun, PARAMETERS, partsOf } from './parts.js'
import { type Flavour, flavourOf, planOf, problemOf, randomProblem } from './problems.js'

const EVERY_KEY = [
  'memory',
  'windows',
  'parking',
  'durations',
  'limits',
  'spaces',
  'time',
  'soft',
  'width',
  'networks',
  'ways',
  'transit',
] as const

/** By name; a case's seed picks one. */
const KINDS: Record<string, Flavour | 'cycles'> = {
  cycles: 'cycles',
  moves: flavourOf(5, 'moves'),
  'moves around windows': flavourOf(5, 'moves', 'windows'),
  drains: flavourOf(4, 'drain'),
  'drains around windows': flavourOf(4, 'drain', 'windows'),
  'moves in little memory': flavourOf(4, 'moves', 'memory', 'windows'),
  'moves and drains under all rules': flavourOf(3, 'both', 'memory', 'windows', 'rules'),
  'rules without memory': flavourOf(3, 'both', 'windows', 'rules'),
  'hardly any memory': flavourOf(4, 'moves', 'memory', 'tight'),
  'hardly any memory, parking': flavourOf(4, 'moves', 'memory', 'tight', 'parking'),
  'drains in hardly any memory, parking': flavourOf(3, 'both', 'memory', 'tight', 'parking', 'windows'),
  'making room': flavourOf(3, 'both', 'memory', 'tight', 'makeRoom'),
  'affinity and reserve': flavourOf(4, 'both', 'memory', 'windows', 'policies'),
  'affinity and reserve, parking, hardly any memory': flavourOf(
    3,
    'both',
    'memory',
    'tight',
    'parking',
    'policies',
  ),
  'affinity and reserve under all rules': flavourOf(3, 'both', 'memory', 'rules', 'policies'),
  'drains of affinity groups': flavourOf(4, 'drain', 'memory', 'policies', 'groups'),
  'drains of affinity groups under all rules': flavourOf(
    3,
    'both',
    'memory',
    'rules',
    'parking',
    'policies',
    'groups',
  ),
  'affinity and reserve, making room': flavourOf(3, 'both', 'memory', 'tight', 'makeRoom', 'policies'),
  'all kinds in hardly any memory': flavourOf(3, 'both', 'kinds', 'parking', 'memory', 'tight'),
  'all kinds before a short horizon': flavourOf(3, 'both', 'kinds', 'parking', 'short', 'windows'),
  'all kinds in hardly any memory before a short horizon': flavourOf(
    3,
    'both',
    'kinds',
    'parking',
    'memory',
    'tight',
    'short',
  ),
  'all kinds, nodes over their memory': flavourOf(3, 'both', 'kinds', 'parking', 'memory', 'tight', 'over'),
  'nodes over their memory under all rules': flavourOf(
    3,
    'both',
    'kinds',
    'parking',
    'memory',
    'windows',
    'rules',
    'over',
  ),
  'vCPUs and devices, parking': flavourOf(4, 'moves', 'tight', 'spaces', 'parking'),
  'vCPUs and devices, drains': flavourOf(4, 'drain', 'spaces', 'parking', 'windows'),
  'vCPUs and devices under all rules': flavourOf(
    3,
    'both',
    'spaces',
    'parking',
    'memory',
    'tight',
    'rules',
    'policies',
  ),
  'vCPUs and devices, all kinds, making room': flavourOf(3, 'both', 'spaces', 'kinds', 'memory', 'makeRoom'),
  'all kinds, making room': flavourOf(3, 'both', 'kinds', 'memory', 'tight', 'makeRoom'),
  'serial groups, orders, deadlines, moves': flavourOf(5, 'moves', 'windows', 'time'),
  'serial groups, orders, deadlines, drains': flavourOf(4, 'drain', 'windows', 'time'),
  'serial groups, orders, deadlines, all kinds': flavourOf(
    3,
    'both',
    'kinds',
    'parking',
    'memory',
    'tight',
    'time',
  ),
  'ways, stops, several targets': flavourOf(4, 'both', 'windows', 'parking', 'ways'),
  'ways under all rules in hardly any memory': flavourOf(
    3,
    'both',
    'memory',
    'rules',
    'tight',
    'parking',
    'ways',
  ),
  'groups in transit, parking': flavourOf(4, 'moves', 'memory', 'tight', 'parking', 'transit', 'ways'),
  'affinity by domain': flavourOf(4, 'both', 'windows', 'parking', 'domains', 'ways', 'policies'),
  'every key, moves': flavourOf(
    3,
    'moves',
    ...([
      'memory',
      'tight',
      'parking',
      'windows',
      'spaces',
      'time',
      'width',
      'networks',
      'limits',
      'soft',
      'ways',
      'transit',
      'domains',
    ] as const),
  ),
  'every key, moves and drains': flavourOf(
    3,
    'both',
    ...([
      'memory',
      'rules',
      'parking',
      'spaces',
      'time',
      'width',
      'ways',
      'transit',
      'domains',
      'durations',
    ] as const),
  ),
  'every key, making room': flavourOf(
    3,
    'both',
    ...(['memory', 'kinds', 'makeRoom', 'spaces', 'time', 'limits', 'ways', 'soft', 'policies'] as const),
  ),
  'every key, all at once': flavourOf(3, 'both', ...EVERY_KEY),
  'every key, all at once, moves': flavourOf(3, 'moves', 'tight', ...EVERY_KEY),
  'every key, all at once, drains': flavourOf(3, 'drain', 'domains', 'policies', ...EVERY_KEY),
  'every key, all at once, all kinds': flavourOf(2, 'both', 'kinds', 'tight', 'makeRoom', ...EVERY_KEY),
  'every key, all at once under all rules': flavourOf(3, 'both', 'rules', 'policies', 'groups', ...EVERY_KEY),
}

export const KIND_NAMES = Object.keys(KINDS)

export interface SoundnessCase {
  kind: string
  problem: Problem
  schedule: ScheduleKind
  effort: Effort
  parameters?: ParameterOverrides
}

export interface Examined extends SoundnessCase {
  /** Broken promises, as text. */
  faults: string[]
  tally: Tally
  /** Bounds compared with an optimum, and those that met it. */
  bounds: number
  exactBounds: number
}

/** The same case for the same seed, for ever: kinds, schedules and efforts take turns. */
export function soundnessCase(seed: number): SoundnessCase {
  const kind = KIND_NAMES[seed % KIND_NAMES.length]
  const turn = Math.floor(seed / KIND_NAMES.length)
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ 0x5eed)
  const flavour = KINDS[kind]
  const problem = flavour === 'cycles' ? cycles(random) : randomProblem(random.u32(), flavour)
  problem.name = `soundness ${seed}`
  vary(problem, random)
  return { kind, problem, schedule: turn % 3 === 2 ? 'rounds' : 'timeline', effort: turn % 4 === 3 ? 2 : 1 }
}

/** Moves among three nodes, at times four, of which few can run at once. */
function cycles(random: Random): Problem {
  const ids = ['A', 'B', 'C', 'D'].slice(0, 3 + (random.below(4) === 0 ? 1 : 0))
  const count = 3 + random.below(3)
  const ends = Array.from({ length: count }, (_, i) => {
    const from = i % ids.length
    return { from, to: (from + 1 + random.below(ids.length - 1)) % ids.length }
  })
  return problemOf({
    nodes: ids.map((id) => ({ id, memoryMiB: 100_000 })),
    vms: ends.map(({ from }, i) => ({ id: `v${i}`, node: ids[from], priority: 1000 * random.below(3) })),
    windows: Array.from({ length: random.below(4) }, () => {
      const start = random.below(25)
      const end = start + 1 + random.below(8)
      return random.below(4) === 0
        ? { vm: `v${random.below(count)}`, start, end }
        : { node: ids[random.below(ids.length)], start, end }
    }),
    request: {
      moves: ends.map(({ to }, i) => ({ vm: `v${i}`, to: ids[to], durationSeconds: 1 + random.below(9) })),
    },
    policy: { horizonSeconds: random.below(3) === 0 ? 30 : 1000 },
  })
}

/** One to three slots, links of several speeds, and times that are no whole seconds. */
function vary(problem: Problem, random: Random): void {
  const slots = random.below(3)
  const fractions = random.below(3) === 0
  for (const node of problem.nodes) {
    if (slots > 0) node.slots = 1 + random.below(slots === 1 ? 2 : 3)
    if (random.below(4) === 0) node.migrationMbps = MBPS_OF_100_MIB * (1 + random.below(3))
  }
  if (!fractions) return
  const part = () => random.below(1000) / 1000
  for (const move of problem.request.moves ?? []) {
    if (move.durationSeconds !== undefined) move.durationSeconds += part()
  }
  for (const window of problem.windows ?? []) {
    window.start = Number(window.start) + part()
    window.end = Number(window.end) + 1 + part()
  }
}

/** Plans the case and compares all that is claimed with the optimum. */
export async function examine(one: SoundnessCase): Promise<Examined> {
  const { problem, schedule, effort, parameters } = one
  const tally = newTally()
  const examined: Examined = { ...one, faults: [], tally, bounds: 0, exactBounds: 0 }
  await examineBounds(problem, schedule, examined)
  const plan = await planOf(problem, {
    schedule,
    effort,
    ...(parameters === undefined ? {} : { parameters }),
  })
  examined.faults.push(...audit(problem, plan, tally))
  return examined
}

/** The bounds of sets, of single nodes and of refutation, each from scratch. */
async function examineBounds(problem: Problem, schedule: ScheduleKind, examined: Examined): Promise<void> {
  const parts = partsOf(problem)
  const { instance, forbidden, request, open, availability } = parts
  if (open.length === 0) return
  const reference = bruteForce(problem, schedule)
  const hopeless = request.wishes
    .filter((w) => w.choices.length === 0)
    .reduce((sum, w) => sum + instance.vmWeight[w.vm], 0)
  const compare = (name: string, ticks: number, spare: number, by = reference) => {
    const least = by.leastMakespan(hopeless + spare)
    if (!Number.isFinite(least)) return
    examined.bounds++
    if (ticks / 1000 > least + 1e-6)
      examined.faults.push(`${name} bound ${ticks / 1000} > ${least}, ${spare} to spare`)
    if (ticks / 1000 > least - 1e-6) examined.exactBounds++
  }
  const least = Math.max(0, reference.best.unplaced - hopeless)
  for (const spare of new Set([0, least, least + 2001])) {
    compare(
      'odd-set',
      oddSetBound(
        instance,
        oddSetGroups(instance, forbidden, open, PARAMETERS.bounds),
        spare,
        0,
        PARAMETERS.bounds,
      ).makespan,
      spare,
    )
  }
  const run = newRun()
  const { horizon } = instance
  const single = await singleNodeBounds({ instance, kernel, run, forbidden }, availability, open, 0, horizon)
  compare('single-node', single.makespan, 0)
  const decisions = open.map((w) => ({ choice: w.choices[0], parking: -1 }))
  const legs = legsOf(instance, open, decisions)
  if (!legsAreForced(open, legs)) return
  // Room may be made only where these legs have no schedule, which then bounds nothing.
  const roomless = { ...problem, policy: { ...problem.policy, allowMakeRoom: false } }
  const direct = problem.policy?.allowMakeRoom === true ? bruteForce(roomless, schedule) : reference
  const search = kernel.createExactSearch(scheduleProblemOf(instance, forbidden, legs))
  try {
    const hint = new Int32Array(legs.length).fill(-1)
    for (const failures of [0, 100]) {
      const { bound } = await destructiveBound(search, run, {
        low: 0,
        high: horizon,
        grid: 1,
        hint,
        failures,
        pairs: 1,
      })
      compare(`destructive (${failures})`, bound, 0, direct)
    }
  } finally {
    search.dispose()
  }
}
