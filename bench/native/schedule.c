// Schedule generation and annealing (assembly/scheduler.ts), on tables that the kernel has built.
#include "routines.h"

#include "schedule-layout.h"
#include "schedule-result.h"
#include "gaps.h"
#include "profile.h"
#include "placement.h"
#include "serial.h"
#include "event-queue.h"
#include "event.h"
#include "barrier.h"
#include "random.h"
#include "list-moves.h"
#include "anneal.h"

f64 evaluateOrder(const f64 *a) {
  usize schedule = (usize)a[0];
  evaluate(schedule, PTR(schedule, ORDER), (i32)a[1], NEVER);
  return 0;
}

f64 annealOrder(const f64 *a) {
  u32 target = a[6] < 0 ? 0 : (u32)a[6];
  return anneal((usize)a[0], (i32)a[1], (u32)a[2], a[3], a[4], (u32)a[5], target);
}
