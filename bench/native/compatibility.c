// Feature masks (assembly/compatibility.ts): rows of 32-bit words against transposed blocks of 16 columns.
#include "kernel.h"
#include "routines.h"

enum { BLOCK = 16 };

// Lanes of 32 bits as GNU C's vectors: written as a loop over an array, compilers keep it in memory.
typedef u32 Lanes __attribute__((vector_size(32), aligned(4)));
typedef u8 Bytes __attribute__((vector_size(8), aligned(1)));

/** One byte for each of the 16 columns of a block: 1 where the row has no bit that the column lacks. */
static inline void block(const u32 *restrict row, i32 words, const u32 *restrict columns, u8 *restrict out) {
  Lanes low = {0}, high = {0};
  for (i32 word = 0; word < words; word++) {
    low |= row[word] & ~*(const Lanes *)(columns + word * BLOCK);
    high |= row[word] & ~*(const Lanes *)(columns + word * BLOCK + 8);
  }
  *(Bytes *)out = __builtin_convertvector(low == 0, Bytes) & 1;
  *(Bytes *)(out + 8) = __builtin_convertvector(high == 0, Bytes) & 1;
}

static void subset(const u32 *restrict rows, i32 rowCount, const u32 *restrict columns, i32 columnCount,
                   i32 words, u8 *restrict result) {
  i32 blocks = (columnCount + BLOCK - 1) / BLOCK;
  for (i32 row = 0; row < rowCount; row++) {
    for (i32 b = 0; b < blocks; b++) {
      block(rows + row * words, words, columns + b * BLOCK * words, result + BLOCK * b);
    }
    result += columnCount;
  }
}

static void missing(const u64 *restrict rows, i32 rowCount, const u64 *restrict lacking, i32 columnCount,
                    i32 words, u16 *restrict result) {
  i32 pairs = words / 2;
  if (pairs == 2) {
    for (i32 row = 0; row < rowCount; row++) {
      u64 low = rows[2 * row], high = rows[2 * row + 1];
      for (i32 column = 0; column < columnCount; column++) {
        *result++ = (u16)(__builtin_popcountll(low & lacking[2 * column]) +
                          __builtin_popcountll(high & lacking[2 * column + 1]));
      }
    }
    return;
  }
  for (i32 row = 0; row < rowCount; row++) {
    for (i32 column = 0; column < columnCount; column++) {
      i32 count = 0;
      for (i32 k = 0; k < pairs; k++) {
        count += __builtin_popcountll(rows[row * pairs + k] & lacking[column * pairs + k]);
      }
      *result++ = (u16)count;
    }
  }
}

#define AT(type, argument) ((type *)(usize)(argument))

f64 subsetMatrix(const f64 *a) {
  subset(AT(u32, a[0]), (i32)a[1], AT(u32, a[2]), (i32)a[3], (i32)a[4], AT(u8, a[5]));
  return 0;
}

f64 missingCounts(const f64 *a) {
  missing(AT(u64, a[0]), (i32)a[1], AT(u64, a[2]), (i32)a[3], (i32)a[4], AT(u16, a[5]));
  return 0;
}
