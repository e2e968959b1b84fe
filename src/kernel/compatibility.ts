/** Feature masks: which rows are subsets of which columns, and by how many bits they are not. */
import { KernelError } from '../errors.js'
import type { Arena } from './arena.js'

export interface CompatibilityExports {
  subsetMatrix(
    rows: number,
    rowCount: number,
    columns: number,
    columnCount: number,
    words: number,
    result: number,
  ): void
  missingCounts(
    rows: number,
    rowCount: number,
    lacking: number,
    columnCount: number,
    words: number,
    result: number,
  ): void
  intersection(masks: number, maskCount: number, words: number, result: number): void
}

/** Words in one 128-bit lane. */
const LANE_WORDS = 4
/** Columns side by side in one block of the kernel's transposed layout. */
const BLOCK = 16
/** Rows a call: the first calls run in the engine's baseline tier, which a long call would never leave. */
const ROWS_PER_CALL = 1024
/** Most words of a mask whose bits a u16 can count. */
const MAX_COUNTED_WORDS = Math.floor(0xffff / 32)

function maskCount(masks: Uint32Array, words: number): number {
  if (!Number.isInteger(words) || words < 0 || words % LANE_WORDS !== 0) {
    throw new KernelError(`a mask has a multiple of ${LANE_WORDS} words, not ${words}`)
  }
  const count = words === 0 ? 0 : masks.length / words
  if (!Number.isInteger(count) || (words === 0 && masks.length > 0)) {
    throw new KernelError(`${masks.length} words are no whole number of masks of ${words} words`)
  }
  return count
}

/** Blocks of 16 columns; in a block word after word, that word of all its columns side by side; padded with zeros. */
function transposeColumns(columns: Uint32Array, count: number, words: number): Uint32Array {
  const blocks = Math.ceil(count / BLOCK)
  const result = new Uint32Array(blocks * BLOCK * words)
  for (let column = 0; column < count; column++) {
    const lane = column % BLOCK
    const block = (column - lane) * words
    for (let word = 0; word < words; word++) {
      result[block + word * BLOCK + lane] = columns[column * words + word]
    }
  }
  return result
}

/**
 * [rows × columns] 1 where the row mask is a subset of the column mask, else 0.
 * @throws KernelError where `words` is no multiple of 4, or the arrays hold no whole number of masks.
 */
export function subsetMatrix(
  wasm: CompatibilityExports,
  arena: Arena,
  rows: Uint32Array,
  columns: Uint32Array,
  words: number,
): Uint8Array {
  const rowCount = maskCount(rows, words)
  const columnCount = maskCount(columns, words)
  arena.reset()
  const columnsAt = arena.place(transposeColumns(columns, columnCount, words))
  const rowsAt = arena.place(rows)
  // The kernel writes whole blocks: the last row may hang out by less than one.
  const resultAt = arena.allocate(rowCount * columnCount + BLOCK)
  for (let row = 0; row < rowCount; row += ROWS_PER_CALL) {
    const slice = Math.min(ROWS_PER_CALL, rowCount - row)
    wasm.subsetMatrix(
      rowsAt + row * words * 4,
      slice,
      columnsAt,
      columnCount,
      words,
      resultAt + row * columnCount,
    )
  }
  return arena.uint8(resultAt, rowCount * columnCount)
}

/**
 * [rows × columns] bits that the row mask has and the column mask lacks.
 * @throws KernelError as `subsetMatrix` does, and for masks of more than 65,535 bits.
 */
export function missingCounts(
  wasm: CompatibilityExports,
  arena: Arena,
  rows: Uint32Array,
  columns: Uint32Array,
  words: number,
): Uint16Array {
  const rowCount = maskCount(rows, words)
  const columnCount = maskCount(columns, words)
  if (words > MAX_COUNTED_WORDS) {
    throw new KernelError(`a mask of ${words} words has more bits than a 16-bit count can hold`)
  }
  arena.reset()
  const lackingAt = arena.place(columns.map((word) => ~word))
  const rowsAt = arena.place(rows)
  const resultAt = arena.allocate(rowCount * columnCount * 2)
  for (let row = 0; row < rowCount; row += ROWS_PER_CALL) {
    const slice = Math.min(ROWS_PER_CALL, rowCount - row)
    const sliceAt = resultAt + row * columnCount * 2
    wasm.missingCounts(rowsAt + row * words * 4, slice, lackingAt, columnCount, words, sliceAt)
  }
  return arena.uint16(resultAt, rowCount * columnCount)
}

/**
 * [words] the bits that all masks have.
 * @throws KernelError as `subsetMatrix` does, and where there are words but no mask: that intersection would be every feature.
 */
export function intersection(
  wasm: CompatibilityExports,
  arena: Arena,
  masks: Uint32Array,
  words: number,
): Uint32Array {
  const count = maskCount(masks, words)
  if (words === 0) return new Uint32Array(0)
  if (count === 0) throw new KernelError('the intersection of no masks is undefined')
  arena.reset()
  const masksAt = arena.place(masks)
  const resultAt = arena.allocate(words * 4)
  wasm.intersection(masksAt, count, words, resultAt)
  return arena.uint32(resultAt, words)
}
