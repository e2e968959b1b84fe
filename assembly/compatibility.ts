// Feature masks as rows of 32-bit words, a multiple of four words each.

/** Columns that one inner step of `subsetMatrix` compares: four vectors of four lanes. */
const BLOCK = 16

/** A block of `subsetMatrix`, vectors of four columns: one byte a column to `out`. */
@inline
function subsetBlock(row: usize, rowEnd: usize, column: usize, out: usize): void {
  const zero = i32x4.splat(0)
  let lost0 = zero
  let lost1 = zero
  let lost2 = zero
  let lost3 = zero
  for (; row < rowEnd; row += 4) {
    const mask = v128.load_splat<u32>(row)
    lost0 = v128.or(lost0, v128.andnot(mask, v128.load(column, 0)))
    lost1 = v128.or(lost1, v128.andnot(mask, v128.load(column, 16)))
    lost2 = v128.or(lost2, v128.andnot(mask, v128.load(column, 32)))
    lost3 = v128.or(lost3, v128.andnot(mask, v128.load(column, 48)))
    column += 64
  }
  const low = i16x8.narrow_i32x4_s(i32x4.eq(lost0, zero), i32x4.eq(lost1, zero))
  const high = i16x8.narrow_i32x4_s(i32x4.eq(lost2, zero), i32x4.eq(lost3, zero))
  v128.store(out, v128.and(i8x16.narrow_i16x8_s(low, high), i8x16.splat(1)))
}

/** The same without SIMD: two columns side by side in 64 bits. */
@inline
function subsetPairs(row: usize, rowEnd: usize, column: usize, out: usize): void {
  for (let pair: usize = 0; pair < 64; pair += 8) {
    let lost: u64 = 0
    let at = column + pair
    for (let word = row; word < rowEnd; word += 4) {
      const mask = load<u32>(word)
      lost |= (<u64>mask | (<u64>mask << 32)) & ~load<u64>(at)
      at += 64
    }
    const first = <u32>(<u32>lost == 0)
    const second = <u32>(lost >> 32 == 0)
    store<u16>(out + (pair >> 2), <u16>(first | (second << 8)))
  }
}

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
  const blockBytes = rowBytes * BLOCK
  const blockCount = (columnCount + BLOCK - 1) / BLOCK
  for (let row = 0; row < rowCount; row++) {
    const rowEnd = rows + rowBytes
    let column = columns
    let out = result
    for (let block = 0; block < blockCount; block++) {
      if (ASC_FEATURE_SIMD) subsetBlock(rows, rowEnd, column, out)
      else subsetPairs(rows, rowEnd, column, out)
      column += blockBytes
      out += BLOCK
    }
    rows = rowEnd
    result += columnCount
  }
}

/** Bits that a row of 128 bits, `low` and `high`, shares with the mask at `address`. */
@inline
function shared(low: i64, high: i64, address: usize): u16 {
  return <u16>(popcnt<i64>(low & load<i64>(address)) + popcnt<i64>(high & load<i64>(address, 8)))
}

/** `missingCounts` for masks of 128 bits, a row of which stays in registers: four columns a step, then what is left. */
function missingCountsOf4(rows: usize, rowCount: i32, lacking: usize, columnCount: i32, result: usize): void {
  const foursEnd = lacking + ((<usize>columnCount >> 2) << 6)
  const end = lacking + ((<usize>columnCount) << 4)
  for (const rowsEnd = rows + ((<usize>rowCount) << 4); rows < rowsEnd; rows += 16) {
    const low = load<i64>(rows)
    const high = load<i64>(rows, 8)
    let column = lacking
    for (; column < foursEnd; column += 64) {
      store<u16>(result, shared(low, high, column))
      store<u16>(result, shared(low, high, column + 16), 2)
      store<u16>(result, shared(low, high, column + 32), 4)
      store<u16>(result, shared(low, high, column + 48), 6)
      result += 8
    }
    for (; column < end; column += 16) {
      store<u16>(result, shared(low, high, column))
      result += 2
    }
  }
}

/** result[row, column] (u16) = bits that the row mask shares with the mask of what the column lacks. */
export function missingCounts(
  rows: usize,
  rowCount: i32,
  lacking: usize,
  columnCount: i32,
  words: i32,
  result: usize,
): void {
  const maskBytes = (<usize>words) << 2
  if (words == 4) {
    missingCountsOf4(rows, rowCount, lacking, columnCount, result)
    return
  }
  for (let row = 0; row < rowCount; row++) {
    let column = lacking
    for (const end = column + <usize>columnCount * maskBytes; column < end; column += maskBytes) {
      let missing: i64 = 0
      for (let at: usize = 0; at < maskBytes; at += 16) {
        missing += popcnt<i64>(load<i64>(rows + at) & load<i64>(column + at))
        missing += popcnt<i64>(load<i64>(rows + at, 8) & load<i64>(column + at, 8))
      }
      store<u16>(result, <u16>missing)
      result += 2
    }
    rows += maskBytes
  }
}

/** result = the bits that all `maskCount` ≥ 1 masks have; 16 bytes at a time, so `words` a multiple of four. */
export function intersection(masks: usize, maskCount: i32, words: i32, result: usize): void {
  assert(maskCount > 0)
  const maskBytes = (<usize>words) << 2
  for (let at: usize = 0; at < maskBytes; at += 16) {
    let mask = masks + at
    let low = load<u64>(mask)
    let high = load<u64>(mask, 8)
    for (let i = 1; i < maskCount; i++) {
      mask += maskBytes
      low &= load<u64>(mask)
      high &= load<u64>(mask, 8)
    }
    store<u64>(result + at, low)
    store<u64>(result + at, high, 8)
  }
}
