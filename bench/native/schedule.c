// Schedule generation (assembly/scheduler.ts) on tables that the kernel has built.
#include "routines.h"

#include "records.h"
#include "schedule-result.h"
#include "gaps.h"
#include "profile.h"
#include "placement.h"
#include "serial.h"
#include "event-queue.h"
#include "event.h"

f64 evaluateOrder(const f64 *a) {
  usize schedule = (usize)a[0];
  usize order = PTR(schedule, SCHEDULE_ORDER);
  if ((u32)a[1] == SCHEME_SERIAL) serial(schedule, order, NEVER);
  else eventDriven(schedule, order, NEVER);
  return 0;
}
