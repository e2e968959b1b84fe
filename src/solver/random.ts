/** xorshift128 (Marsaglia 2003), seeded through splitmix32: small, fast, the same on every machine. */
export class Random {
  #x: number
  #y: number
  #z: number
  #w: number

  /** @param seed any u32. */
  constructor(seed: number) {
    let state = seed >>> 0
    const next = () => {
      state = (state + 0x9e3779b9) >>> 0
      let t = state ^ (state >>> 16)
      t = Math.imul(t, 0x21f0aaad)
      t ^= t >>> 15
      t = Math.imul(t, 0x735a2d97)
      return (t ^ (t >>> 15)) >>> 0
    }
    this.#x = next()
    this.#y = next()
    this.#z = next()
    this.#w = next() | 1
  }

  /** Uniform u32. */
  u32(): number {
    const t = this.#x ^ (this.#x << 11)
    this.#x = this.#y
    this.#y = this.#z
    this.#z = this.#w
    this.#w = (this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8)) >>> 0
    return this.#w
  }

  /** Uniform integer in [0, n), n ≥ 1. */
  below(n: number): number {
    return Math.floor((this.u32() / 0x1_0000_0000) * n)
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.u32() / 0x1_0000_0000
  }
}
