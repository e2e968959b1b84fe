/** The benchmark families by name. docs/benchmarking.md says what each is meant to show. */
import { Random } from '../random.mjs'
import { drain, evacuate } from './drains.mjs'
import { edgeColouring } from './edge-colouring.mjs'
import { estate, large, moves, odd, slots, swap, tight } from './moves.mjs'
import { night } from './nights.mjs'
import { rules } from './rules.mjs'

const plain = (make) => (random, options) => ({ problem: make(random, options) })

const MAKERS = {
  moves: plain(moves),
  odd: plain(odd),
  tight: plain(tight),
  drain: plain(drain),
  evacuate: plain(evacuate),
  swap: plain(swap),
  'edge-colouring': edgeColouring,
  slots: plain(slots),
  large: plain(large),
  estate: plain(estate),
  rules: plain(rules),
  night: plain(night),
}

export const FAMILIES = Object.keys(MAKERS)

/**
 * Case `index` (from 1 on) of a family. The same family, seed, index and options give the same problem; other cases play no part.
 *
 * @param options sizes instead of drawn ones: `nodes`, `vms`, and for edge-colouring `edges`, `multiplicity`, `bipartite`,
 *   for swap `fill` (least percentage of a node's memory in use)
 * @returns `{ problem, best? }`: a problem of docs/format.md, and where theory knows them, bounds on its shortest plan in seconds
 */
export function generate(family, seed, index, options = {}) {
  if (!Object.hasOwn(MAKERS, family)) {
    throw new RangeError(`no family is called "${family}"; there are ${FAMILIES.join(', ')}`)
  }
  const { problem, best } = MAKERS[family](new Random(seed, `${family} ${index}`), options)
  // No peer's model has a price for blackouts, and figures without one can be compared with earlier ones.
  const policy = { ...problem.policy, blackoutPenaltySeconds: 0 }
  const named = { version: 1, name: `${family}-s${seed}-${index}`, ...problem, policy }
  return best === undefined ? { problem: named } : { problem: named, best }
}
