// The routines by the names of the kernel's exports. `a` holds the arguments of the WebAssembly call, addresses among them.
#ifndef ROUTINES_H
#define ROUTINES_H

#include "kernel.h"

f64 subsetMatrix(const f64 *a);
f64 missingCounts(const f64 *a);
f64 scoreRounds(const f64 *a);
f64 maximumWeightMatching(const f64 *a);
f64 evaluateOrder(const f64 *a);

#endif
