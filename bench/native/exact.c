// Exact search (assembly/exact.ts), from where the image stands in it.
#include "routines.h"

#include "exact-layout.h"
#include "exact-state.h"
#include "exact-free-time.h"
#include "exact-snapshot.h"
#include "exact-unary.h"
#include "exact-cumulative.h"
#include "exact-memory.h"
#include "exact-ratings.h"
#include "exact-propagate.h"
#include "exact.h"

f64 runExact(const f64 *a) { return run((usize)a[0], (u32)a[1], (u32)a[2]); }
