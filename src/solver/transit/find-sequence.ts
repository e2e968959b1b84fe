/**
 * The order with the fewest VMs stepping aside: budgets from none upwards, each searched from the start and from the end at once, with
 * restarts. A budget that is exhausted without having cut anything off ends it all: there is no order.
 */
import { withinHoles } from './holes.js'
import type { TransitParameters } from './parameters.js'
import { type Places, reversed, reversedSteps, type Step } from './places.js'
import { type DeadStates, SequenceSearch } from './sequence-search.js'

/** States between two looks at the clock. */
const SLICE = 200

export interface SequenceOutcome {
  /** `impossible`: no order, whoever steps aside (evictions as far as they were allowed). */
  status: 'found' | 'impossible' | 'limit'
  steps: readonly Step[]
  /** Fewest VMs that have to park, as far as is proven. */
  leastParks: number
  /** States looked at. */
  states: number
}

export interface SequenceLimits {
  /** States to look at, at most. */
  states: number
  /** VMs that may be evicted. */
  evictions: number
  parameters: TransitParameters
  /** Looks at the clock; true: stop. */
  breathe: () => Promise<boolean>
}

export async function findSequence(all: Places, limits: SequenceLimits): Promise<SequenceOutcome> {
  const places = withinHoles(all)
  const sides = sidesOf(places)
  const most = places.movers.filter((m) => m.stops.length > 0).length
  const outcome: SequenceOutcome = { status: 'limit', steps: [], leastParks: 0, states: 0 }
  if (places.movers.some((m) => !m.evictable && m.targets.length === 0))
    return { ...outcome, status: 'impossible' }
  for (const parks of budgets(most)) {
    const left = limits.states - outcome.states
    const allowed = parks === most ? left : Math.ceil(left * limits.parameters.budgetShare)
    for (const side of sides) side.begin(parks, limits.evictions)
    const verdict = await searchBudget(sides, allowed, most, outcome, limits)
    if (verdict !== undefined) return { ...outcome, ...verdict }
    if (outcome.states >= limits.states || (await limits.breathe())) break
  }
  return outcome
}

/** Up to `count` more orders with at most `parks` stop-overs, from both ends. */
export async function otherSequences(
  all: Places,
  parks: number,
  count: number,
  { states, evictions, breathe }: SequenceLimits,
): Promise<{ sequences: (readonly Step[])[]; states: number }> {
  const sides = sidesOf(withinHoles(all))
  for (const side of sides) side.begin(parks, evictions)
  const sequences: (readonly Step[])[] = []
  const share = Math.ceil(states / count)
  let spent = 0
  for (let restart = 1; restart <= count && spent < states; restart++) {
    const side = sides[restart % sides.length]
    const run = await side.run(share, restart, breathe)
    spent += run.states
    if (run.status === 'found') sequences.push(side.steps)
    if (await breathe()) break
  }
  return { sequences, states: spent }
}

function sidesOf(places: Places): Side[] {
  const back = reversed(places)
  return back === undefined ? [new Side(places, false)] : [new Side(places, false), new Side(back, true)]
}

/** 0, 1, 2, 3, 4, 6, 9, 13, … and `most`. */
function budgets(most: number): number[] {
  const list: number[] = []
  for (let parks = 0; parks < most; parks += Math.max(1, parks >> 1)) list.push(parks)
  return [...list, most]
}

async function searchBudget(
  sides: readonly Side[],
  allowed: number,
  most: number,
  outcome: SequenceOutcome,
  { parameters, breathe }: SequenceLimits,
): Promise<Partial<SequenceOutcome> | undefined> {
  const until = outcome.states + allowed
  let run = parameters.firstRun
  for (let restart = 0; outcome.states < until; restart++) {
    for (const side of sides) {
      const { status, states } = await side.run(Math.min(run, until - outcome.states), restart, breathe)
      outcome.states += states
      if (status === 'found') return { status, steps: side.steps }
      if (status === 'exhausted') {
        // With as many as there are that could stop over, that budget cannot have been what was lacking.
        if (!side.cut || side.parks === most) return { status: 'impossible' }
        outcome.leastParks = side.parks + 1
        return undefined
      }
      if (outcome.states >= until || (await breathe())) return undefined
    }
    run = Math.ceil(run * parameters.runGrowth)
  }
  return undefined
}

/** The searches from one end. */
class Side {
  readonly #places: Places
  readonly #isReversed: boolean
  readonly #dead: DeadStates = new Map()
  #search: SequenceSearch
  parks = 0

  constructor(places: Places, isReversed: boolean) {
    this.#places = places
    this.#isReversed = isReversed
    this.#search = new SequenceSearch(places, this.#dead, { parks: 0, evictions: 0 })
  }

  begin(parks: number, evictions: number): void {
    this.parks = parks
    this.#search = new SequenceSearch(this.#places, this.#dead, { parks, evictions })
  }

  /** From the start, for at most so many states; `states` of the answer: those looked at. */
  async run(
    states: number,
    restart: number,
    breathe: () => Promise<boolean>,
  ): Promise<{ status: ReturnType<SequenceSearch['run']>; states: number }> {
    const before = this.#search.states
    this.#search.begin(restart)
    for (;;) {
      const spent = this.#search.states - before
      const status = this.#search.run(Math.min(SLICE, states - spent))
      const stop = status !== 'limit' || this.#search.states - before >= states || (await breathe())
      if (stop) return { status, states: this.#search.states - before }
    }
  }

  get cut(): boolean {
    return this.#search.cut
  }

  get steps(): readonly Step[] {
    return this.#isReversed ? reversedSteps(this.#search.steps) : this.#search.steps
  }
}
