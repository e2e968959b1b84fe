// Maximum-weight matching (assembly/matching.ts).
#include "routines.h"

#include "records.h"
#include "matching-queue.h"
#include "matching-graph.h"
#include "matching-forest.h"
#include "matching-blossom.h"
#include "matching.h"

f64 maximumWeightMatching(const f64 *a) {
  return match((usize)a[0]);
}
