/**
 * Measuring in turns: on a machine that is shared, ratios of times taken in turns are worth more than times. Calls are timed by tinybench;
 * here is who goes when, and what becomes of the rounds.
 */
import { Bench } from 'tinybench'

/** Milliseconds of warming up by those of a turn: until engines have compiled what is hot, also where other work keeps their compiler waiting. */
const WARM_UP = 8
const NANOSECONDS = 1e6

/** The value below which the share `q` of the values lies, between neighbours in proportion. */
function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (at - low) * (sorted[high] - sorted[low])
}

/** Median and the middle half, of which spread is told. */
export function summary(values) {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

/** Ratios of two series taken in turns, round by round. */
export function ratio(above, below) {
  return summary(above.map((value, round) => value / below[round]))
}

/**
 * What a task returns where another process has timed its calls: their median as its one sample, and a turn that is over.
 * @param {number} nanoseconds median of a call
 * @param {number} milliseconds of a turn
 */
export function timedElsewhere(nanoseconds, milliseconds) {
  return {
    overriddenDuration: nanoseconds / NANOSECONDS,
    overriddenIterationCost: WARM_UP * milliseconds,
  }
}

/**
 * One run of tinybench a round, in which each version has a turn of so many milliseconds, at least one call; who goes first rotates. The first
 * round warms up before.
 * @param {Record<string, { call: () => unknown, before?: () => void }>} versions `before` runs before each call, untimed
 * @param {number} rounds 1 or more
 * @param {number} milliseconds of a turn, above 0
 * @returns {Record<string, number[]>} medians of a call in nanoseconds by name, one a round
 * @throws what a call throws
 */
export function takeTurns(versions, rounds, milliseconds) {
  const names = Object.keys(versions)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({
      time: milliseconds,
      iterations: 1,
      warmup: round === 0,
      warmupTime: WARM_UP * milliseconds,
      warmupIterations: 1,
      throws: true,
    })
    for (let k = 0; k < names.length; k++) {
      const name = names[(round + k) % names.length]
      const { call, before } = versions[name]
      // Said to be synchronous: tinybench would call it once to find out, without `before`.
      bench.add(name, call, { async: false, beforeEach: before })
    }
    for (const { name, result } of bench.runSync()) times[name].push(NANOSECONDS * result.latency.p50)
  }
  return times
}
