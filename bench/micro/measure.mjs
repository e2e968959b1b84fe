/** Alternating medians: on a machine that is shared, ratios of times taken in turns are worth more than times. */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value below which the share `q` of the values lies, between neighbours in proportion. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (at - low) * (sorted[high] - sorted[low])
}

/** Median and the middle half, of which spread is told. */
export function summary(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

/**
 * A sampler: calls `call` over and over for so many milliseconds, each call timed by itself, and returns the median in nanoseconds. The
 * native program does the same. `before` runs before each call, untimed.
 */
export function sampler(call, before) {
  return (milliseconds) => {
    const times = []
    const until = performance.now() + milliseconds
    do {
      before?.()
      const begin = performance.now()
      call()
      times.push(performance.now() - begin)
    } while (performance.now() < until)
    return 1e6 * median(times)
  }
}

/** Turns to warm up: until engines have compiled what is hot, also where other work keeps their compiler waiting. */
const WARM_UP = 8

/**
 * Warms up, then `rounds` in which each of the samplers has its turn; who goes first rotates.
 * @param {Record<string, (milliseconds: number) => number>} samplers
 * @returns {Record<string, number[]>} nanoseconds of a call by name, one a round
 */
export function alternate(samplers, rounds, milliseconds) {
  const names = Object.keys(samplers)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (const name of names) samplers[name](WARM_UP * milliseconds)
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(round + k) % names.length]
      times[name].push(samplers[name](milliseconds))
    }
  }
  return times
}

/** Ratios of two series taken in turns, round by round. */
export function ratio(above, below) {
  return summary(above.map((value, round) => value / below[round]))
}
