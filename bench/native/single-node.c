// The exact single-node problem (assembly/single-node.ts).
#include "routines.h"

#include "single-node-states.h"
#include "single-node-time.h"
#include "single-node.h"

f64 singleNode(const f64 *a) {
  search((usize)a[0], (i32)a[1], (usize)a[2], (i32)a[3], (usize)a[4], (usize)a[5], (i32)a[6], (usize)a[7],
         (i32)a[8], (usize)a[9], (i32)a[10], (i32)a[11], (i32)a[12], (usize)a[13]);
  return 0;
}
