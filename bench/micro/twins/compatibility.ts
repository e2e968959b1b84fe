/** Feature masks as a careful TypeScript program has them: words side by side, four at a time, no branch on their bits. */

/** [rows × columns] 1 where the row mask is a subset of the column mask. `words`: of a mask, a multiple of 4. */
export function subsetMatrix(rows: Uint32Array, columns: Uint32Array, words: number): Uint8Array {
  const result = new Uint8Array((rows.length / words) * (columns.length / words))
  let out = 0
  for (let row = 0; row < rows.length; row += words) {
    for (let column = 0; column < columns.length; column += words) {
      let lost = 0
      for (let k = 0; k < words; k += 4) {
        lost |=
          (rows[row + k] & ~columns[column + k]) |
          (rows[row + k + 1] & ~columns[column + k + 1]) |
          (rows[row + k + 2] & ~columns[column + k + 2]) |
          (rows[row + k + 3] & ~columns[column + k + 3])
      }
      result[out++] = lost === 0 ? 1 : 0
    }
  }
  return result
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555)
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

/** [rows × columns] bits that the row mask has and the column mask lacks. */
export function missingCounts(rows: Uint32Array, columns: Uint32Array, words: number): Uint16Array {
  const result = new Uint16Array((rows.length / words) * (columns.length / words))
  let out = 0
  for (let row = 0; row < rows.length; row += words) {
    for (let column = 0; column < columns.length; column += words) {
      let missing = 0
      for (let k = 0; k < words; k++) missing += bitCount(rows[row + k] & ~columns[column + k])
      result[out++] = missing
    }
  }
  return result
}
