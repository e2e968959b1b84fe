/** Where a text stops being UTF-8. */

function decodes(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
    return true
  } catch {
    return false
  }
}

/**
 * Offset of the first byte that is not UTF-8, which may be the first of a character that is never completed. Whether a prefix is sound
 * decreases with its length, so bisection finds it.
 */
export function firstBadByte(bytes: Uint8Array): number {
  let sound = 0
  let broken = bytes.length
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1
    if (decodes(bytes.subarray(0, middle), true)) sound = middle
    else broken = middle
  }
  const last = sound
  while (last - sound < 3 && !decodes(bytes.subarray(0, sound), false)) sound--
  return sound
}

/** Line on which the byte at `offset` stands, from 1. */
export function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let i = 0; i < offset; i++) if (bytes[i] === 0x0a) line++
  return line
}
