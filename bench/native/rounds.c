// Scores candidate rounds (assembly/rounds.ts).
#include "kernel.h"
#include "records.h"
#include "routines.h"

// Ticks of intervals are stored less 2^31.
#define BIAS 0x80000000u

typedef struct {
  i32 start, end;
} Interval;

typedef i32 Lanes __attribute__((vector_size(16), aligned(4)));

/** All ones in the lanes of intervals, the last of the list with four sentinels after it, that meet [start, end). Without branches on ticks. */
static inline Lanes meeting(const Interval *restrict first, u32 count, i32 start, i32 end) {
  while (count > 4) {
    u32 half = count >> 1;
    first += first[half - 1].end <= start ? half : 0;
    count -= half;
  }
  Lanes low = *(const Lanes *)first, high = *(const Lanes *)(first + 2);
  Lanes starts = __builtin_shufflevector(low, high, 0, 2, 4, 6);
  Lanes ends = __builtin_shufflevector(low, high, 1, 3, 5, 7);
  return (starts < end) & (ends > start);
}

static inline usize recordOf(usize records, i32 index) { return records + (isize)index * ROUND_TASK_BYTES; }

static bool takeSlot(i32 node, const i32 *restrict slots, i32 *restrict held) {
  return node >= 0 && ++held[node] > slots[node];
}

/** Whether a node is in more of the round's tasks than it has slots. `held` is all zeros before and after. */
static bool exceedsSlots(usize records, const i32 *restrict slots, i32 *restrict held,
                         const i32 *restrict tasks, i32 stride) {
  bool exceeded = false;
  for (i32 k = 0; k < stride; k++) {
    if (tasks[k] < 0) continue;
    usize task = recordOf(records, tasks[k]);
    i32 source = I32(task, ROUND_TASK_NODES), target = I32(task, ROUND_TASK_NODES + 4);
    if (takeSlot(source, slots, held)) exceeded = true;
    if (target != source && takeSlot(target, slots, held)) exceeded = true;
  }
  for (i32 k = 0; k < stride; k++) {
    if (tasks[k] < 0) continue;
    usize task = recordOf(records, tasks[k]);
    i32 source = I32(task, ROUND_TASK_NODES), target = I32(task, ROUND_TASK_NODES + 4);
    if (source >= 0) held[source] = 0;
    if (target >= 0) held[target] = 0;
  }
  return exceeded;
}

#define AT(type, field) (type *)PTR(batch, ROUND_BATCH_##field)

static void score(usize batch) {
  usize records = PTR(batch, ROUND_BATCH_TASKS);
  i32 stride = I32(batch, ROUND_BATCH_STRIDE), count = I32(batch, ROUND_BATCH_COUNT);
  const i32 *restrict slots = AT(const i32, SLOTS), *restrict tasks = AT(const i32, MEMBERS);
  const u32 *restrict starts = AT(const u32, STARTS);
  i32 *restrict held = AT(i32, HELD), *restrict durations = AT(i32, DURATIONS);
  f64 *restrict works = AT(f64, WORKS), *restrict penalties = AT(f64, PENALTIES);
  u8 *restrict flags = AT(u8, FLAGS);
  for (i32 round = 0; round < count; round++, tasks += stride) {
    i32 start = (i32)(starts[round] + BIAS);
    i32 longest = 0;
    i64 work = 0, penalty = 0;
    u64 busy = 0, twice = 0;
    Lanes met = {0};
    for (i32 k = 0; k < stride; k++) {
      // What pads has the record before the first, which is empty.
      usize task = recordOf(records, tasks[k]);
      u64 nodes = U64(task, ROUND_TASK_NODES);
      twice |= busy & nodes;
      busy |= nodes;
      i32 duration = I32(task, ROUND_TASK_AMOUNTS);
      longest = MAX(longest, duration);
      work += duration;
      penalty += I32(task, ROUND_TASK_AMOUNTS + 4);
      const Interval *list = (const Interval *)PTR(task, ROUND_TASK_FIRST_FORBIDDEN);
      met |= meeting(list, U32(task, ROUND_TASK_FORBIDDEN_COUNT), start, (i32)((u32)start + (u32)duration));
    }
    typedef u64 Halves __attribute__((vector_size(16)));
    Halves halves = (Halves)met;
    u32 flag = (halves[0] | halves[1]) != 0 ? FORBIDDEN : 0;
    bool over = slots == NULL ? twice != 0 : exceedsSlots(records, slots, held, tasks, stride);
    if (over) flag |= OVER_SLOTS;
    flags[round] = (u8)flag;
    durations[round] = longest;
    works[round] = (f64)work;
    penalties[round] = (f64)penalty;
  }
}

f64 scoreRounds(const f64 *a) {
  score((usize)a[0]);
  return 0;
}
