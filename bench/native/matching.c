// Maximum-weight matching (assembly/matching.ts).
#include "routines.h"

#include "records.h"
#include "matching-queue.h"
#include "matching-graph.h"
#include "matching-forest.h"
#include "matching-blossom.h"
#include "matching.h"

f64 maximumWeightMatching(const f64 *a) {
  return match((i32)a[0], (i32)a[1], (usize)a[2], (usize)a[3], (usize)a[4], (usize)a[5], (usize)a[7]);
}
