/**
 * Seeded random numbers for benchmarks: the same seed and key give the same stream in every engine, since only 32-bit integer
 * arithmetic is used. Counter-based: a Weyl sequence, each term mixed by two rounds of multiply and xor-shift (the finaliser of
 * MurmurHash3, Appleby 2011).
 */
export class Random {
  #state

  /** A stream of its own for each pair of seed and key, so that case 7 of a family does not depend on how many are made. */
  constructor(seed, key = '') {
    let hash = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1)
    for (const character of key) hash = mix(hash ^ character.codePointAt(0))
    this.#state = hash >>> 0
  }

  /** An integer in [0, 2^32). */
  next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return mix(this.#state)
  }

  /** An integer in [low, high], both included. */
  integer(low, high) {
    return low + Math.floor((this.next() / 2 ** 32) * (high - low + 1))
  }

  /** True with probability `p`. */
  chance(p) {
    return this.next() < p * 2 ** 32
  }

  pick(list) {
    return list[this.integer(0, list.length - 1)]
  }

  /** A new array in random order (Fisher and Yates). */
  shuffle(list) {
    const shuffled = [...list]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(0, i)
      ;[shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]]
    }
    return shuffled
  }
}

function mix(value) {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
