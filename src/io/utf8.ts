/** Where a text stops being UTF-8. */

/** Offset of the first byte that is not UTF-8. Whether a prefix is sound decreases with its length, so bisection finds it. */
export function firstBadByte(bytes: Uint8Array): number {
  let sound = 0
  let broken = bytes.length
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      sound = middle
    } catch {
      broken = middle
    }
  }
  return sound
}

/** Line on which the byte at `offset` stands, from 1. */
export function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let i = 0; i < offset; i++) if (bytes[i] === 0x0a) line++
  return line
}
