// What the native routines share. They run on the kernel's own memory: an image of it lies at the addresses that it has in
// WebAssembly, so that an address is a pointer of 32 bits here too, and the records are those of assembly/layout.mjs (records.h).
#ifndef KERNEL_H
#define KERNEL_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t i32;
typedef uint64_t u64;
typedef int64_t i64;
typedef double f64;
typedef uintptr_t usize;
typedef intptr_t isize;

// The field at `offset` of the record at `address`. Records overlap in type (-fno-strict-aliasing).
#define FIELD(type, address, offset) (*(type *)((address) + (offset)))
#define U8(address, offset) FIELD(u8, address, offset)
#define U16(address, offset) FIELD(u16, address, offset)
#define U32(address, offset) FIELD(u32, address, offset)
#define I32(address, offset) FIELD(i32, address, offset)
#define U64(address, offset) FIELD(u64, address, offset)
#define I64(address, offset) FIELD(i64, address, offset)
#define F64(address, offset) FIELD(f64, address, offset)
// An address in a field. To be read only.
#define PTR(address, offset) ((usize)U32(address, offset))

#define MIN(a, b)                                                                                  \
  ({                                                                                               \
    __typeof__(a) first_ = (a);                                                                    \
    __typeof__(a) second_ = (b);                                                                   \
    first_ < second_ ? first_ : second_;                                                           \
  })
#define MAX(a, b)                                                                                  \
  ({                                                                                               \
    __typeof__(a) first_ = (a);                                                                    \
    __typeof__(a) second_ = (b);                                                                   \
    first_ > second_ ? first_ : second_;                                                           \
  })

static inline void fill(usize at, int byte, usize bytes) { memset((void *)at, byte, bytes); }
static inline void copy(usize to, usize from, usize bytes) { memcpy((void *)to, (void *)from, bytes); }

#endif
