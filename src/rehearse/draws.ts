/** Durations as a night may bring them: drawn from what is known of their spread, the same from the same seed on every machine. */
import type { Random } from '../solver/random.js'

/** How far durations may be from what the problem says. */
export interface Uncertainty {
  /** Of each migration by itself, relative: a standard deviation without outliers, ≥ 0. */
  spread: number
  /** Of all migrations of a night together, relative: a standard error, ≥ 0. */
  common: number
  /** Of all migrations of one node, as far as it is not the others' too. */
  node: number
  /** Seconds, ≥ 0: how long it takes at most until an end is seen and the next may start. */
  lagSeconds: number
}

/** Degrees of freedom of a migration's error, as `learn` takes them: about one in fifty is an outlier. */
const FREEDOM = 4
/** Of a logarithm: no migration takes more than twenty times as long as planned, or less than a twentieth. */
const MOST_ERROR = 3

/** Of the standard normal distribution, by the sum of twelve even ones: no function that engines have each their own of. */
function normal(random: Random): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random.unit()
  return sum
}

function student(random: Random): number {
  let squares = 0
  for (let i = 0; i < FREEDOM; i++) squares += normal(random) ** 2
  return normal(random) / Math.sqrt(squares / FREEDOM)
}

/** e^x to a few parts in a million for |x| ≤ 3, by squares alone: the same in every engine. */
export function exponential(x: number): number {
  let power = 1 + x / 2 ** 20 + (x / 2 ** 20) ** 2 / 2
  for (let i = 0; i < 20; i++) power *= power
  return power
}

/** A migration's planned time, seconds, and indices of its nodes. */
export interface Drawn {
  seconds: number
  from: number
  to: number
}

/** @returns seconds of each migration. */
export function drawSeconds(
  migrations: readonly Drawn[],
  nodeCount: number,
  { spread, common, node, lagSeconds }: Uncertainty,
  random: Random,
): Float64Array {
  const shared = common * normal(random)
  const ofNode = Float64Array.from({ length: nodeCount }, () => node * normal(random))
  return Float64Array.from(migrations, ({ seconds, from, to }) => {
    if (seconds === 0) return 0
    const error = shared + (ofNode[from] + ofNode[to]) * Math.SQRT1_2 + spread * student(random)
    return (
      seconds * exponential(Math.max(-MOST_ERROR, Math.min(MOST_ERROR, error))) + lagSeconds * random.unit()
    )
  })
}

/** Value below which the part `q` of Student's t with four degrees of freedom lies, 0 < q < 1, in closed form (Shaw 2006). */
export function studentQuantile(q: number): number {
  const a = 4 * q * (1 - q)
  if (a >= 1) return 0
  const root = Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a)
  return Math.sign(q - 0.5) * 2 * Math.sqrt(Math.max(0, root - 1))
}
