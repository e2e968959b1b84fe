// Feature masks as rows of 32-bit words, a multiple of four words each.

/** Columns that one inner step of `subsetMatrix` compares: four vectors of four lanes. */
const BLOCK = 16

/**
 * result[row, column] = 1 where the row mask has no bit that the column mask lacks.
 *
 * `columns` is transposed: blocks of 16 columns, and in a block word after word, 16 columns of it side by side, so that one
 * load brings the same word of four columns. The last block is padded. Every row writes whole blocks, and the next row writes
 * over what hung out: `result` needs 16 bytes more than rowCount × columnCount.
 */
export function subsetMatrix(
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  words: i32,
  result: usize,
): void {
  const rowBytes = (<usize>words) << 2
  const blockCount = (columnCount + BLOCK - 1) / BLOCK
  const one = i8x16.splat(1)
  const zero = i32x4.splat(0)
  for (let row = 0; row < rowCount; row++) {
    const rowEnd = rows + rowBytes
    let column = columns
    let out = result
    for (let block = 0; block < blockCount; block++) {
      let lost0 = zero
      let lost1 = zero
      let lost2 = zero
      let lost3 = zero
      for (let word = rows; word < rowEnd; word += 4) {
        const mask = v128.load_splat<u32>(word)
        lost0 = v128.or(lost0, v128.andnot(mask, v128.load(column, 0)))
        lost1 = v128.or(lost1, v128.andnot(mask, v128.load(column, 16)))
        lost2 = v128.or(lost2, v128.andnot(mask, v128.load(column, 32)))
        lost3 = v128.or(lost3, v128.andnot(mask, v128.load(column, 48)))
        column += 64
      }
      const low = i16x8.narrow_i32x4_s(i32x4.eq(lost0, zero), i32x4.eq(lost1, zero))
      const high = i16x8.narrow_i32x4_s(i32x4.eq(lost2, zero), i32x4.eq(lost3, zero))
      v128.store(out, v128.and(i8x16.narrow_i16x8_s(low, high), one))
      out += BLOCK
    }
    rows = rowEnd
    result += columnCount
  }
}

/** result[row, column] (u16) = bits that the row mask has and the column mask lacks. */
export function missingCounts(
  rows: usize,
  rowCount: i32,
  columns: usize,
  columnCount: i32,
  words: i32,
  result: usize,
): void {
  const maskBytes = (<usize>words) << 2
  for (let row = 0; row < rowCount; row++) {
    let column = columns
    for (let j = 0; j < columnCount; j++) {
      let missing: i64 = 0
      for (let at: usize = 0; at < maskBytes; at += 16) {
        missing += popcnt<i64>(load<i64>(rows + at) & ~load<i64>(column + at))
        missing += popcnt<i64>(load<i64>(rows + at, 8) & ~load<i64>(column + at, 8))
      }
      store<u16>(result, <u16>missing)
      column += maskBytes
      result += 2
    }
    rows += maskBytes
  }
}

/** result = the bits that all `maskCount` ≥ 1 masks have; 16-byte vectors, so `words` a multiple of four. */
export function intersection(masks: usize, maskCount: i32, words: i32, result: usize): void {
  assert(maskCount > 0)
  const maskBytes = (<usize>words) << 2
  for (let at: usize = 0; at < maskBytes; at += 16) {
    let mask = masks + at
    let common = v128.load(mask)
    for (let i = 1; i < maskCount; i++) {
      mask += maskBytes
      common = v128.and(common, v128.load(mask))
    }
    v128.store(result + at, common)
  }
}
