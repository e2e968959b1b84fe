/** Plain twins of the compatibility routines: bit by bit. */
import type { Kernel } from '../../../src/kernel/types.js'

type Compatibility = Pick<Kernel, 'subsetMatrix' | 'missingCounts' | 'intersection'>

function masksOf(masks: Uint32Array, words: number): Uint32Array[] {
  const count = words === 0 ? 0 : masks.length / words
  return Array.from({ length: count }, (_, i) => masks.subarray(i * words, (i + 1) * words))
}

function has(mask: Uint32Array, bit: number): boolean {
  return ((mask[bit >> 5] >>> (bit & 31)) & 1) === 1
}

function countMissing(row: Uint32Array, column: Uint32Array): number {
  let missing = 0
  for (let bit = 0; bit < row.length * 32; bit++) if (has(row, bit) && !has(column, bit)) missing++
  return missing
}

export const compatibilityTwin: Compatibility = {
  subsetMatrix: (rows, columns, words) =>
    Uint8Array.from(compatibilityTwin.missingCounts(rows, columns, words), (missing) =>
      missing === 0 ? 1 : 0,
    ),

  missingCounts: (rows, columns, words) =>
    Uint16Array.from(
      masksOf(rows, words).flatMap((row) =>
        masksOf(columns, words).map((column) => countMissing(row, column)),
      ),
    ),

  intersection: (masks, words) =>
    Uint32Array.from({ length: words }, (_, word) =>
      masksOf(masks, words).reduce((common, mask) => common & mask[word], 0xffff_ffff),
    ),
}
