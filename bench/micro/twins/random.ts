/** Xorshift64* (Vigna 2016), the stream of assembly/random.ts, in halves of 32 bits. */

/** The upper half of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const other = a0 * b1 + (middle & 0xffff)
  return (a1 * b1 + Math.floor(middle / 0x1_0000) + Math.floor(other / 0x1_0000)) | 0
}

function mix(value: bigint): bigint {
  const step = (v: bigint, shift: bigint, factor: bigint) => BigInt.asUintN(64, (v ^ (v >> shift)) * factor)
  const mixed = step(step(value, 30n, 0xbf58476d1ce4e5b9n), 27n, 0x94d049bb133111ebn)
  return mixed ^ (mixed >> 31n)
}

export class Xorshift {
  #low: number
  #high: number

  /** `seed` u32; `stream` an integer ≥ 0. */
  constructor(seed: number, stream: number) {
    const start = mix(mix(BigInt(seed >>> 0) + 0x9e3779b97f4a7c15n) ^ BigInt(stream)) || 0x9e3779b97f4a7c15n
    this.#low = Number(BigInt.asIntN(32, start))
    this.#high = Number(BigInt.asIntN(32, start >> 32n))
  }

  /** u32 */
  next(): number {
    let low = this.#low
    let high = this.#high
    low ^= (low >>> 12) | (high << 20)
    high ^= high >>> 12
    high ^= (high << 25) | (low >>> 7)
    low ^= low << 25
    low ^= (low >>> 27) | (high << 5)
    high ^= high >>> 27
    this.#low = low
    this.#high = high
    // The upper half of state × 0x2545f4914f6cdd1d.
    const product =
      multiplyHigh(low, 0x4f6c_dd1d) + Math.imul(low, 0x2545_f491) + Math.imul(high, 0x4f6c_dd1d)
    return product >>> 0
  }

  /** 0 ≤ result < `bound`. */
  below(bound: number): number {
    return multiplyHigh(this.next(), bound) >>> 0
  }

  /** 0 < result ≤ 1. */
  fraction(): number {
    return (this.next() + 1) / 4294967296
  }
}
