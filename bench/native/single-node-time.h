// How early a set of jobs could be done one after another, told from its work alone: time that is open to any of them, as gaps.
// What a gap takes is not its length but the largest sum of durations that is no longer: a bit set of all the sums of
// subsets of the jobs has it. Sums count in units, the greatest common divisor of the durations.

/** A stretch of time (`Stretch`): its gaps, and the sums. Fields are i32 unless said otherwise. */
enum { STRETCH_BYTES = 32 };
enum { GAPS = 0 };
enum { GAP_COUNT = 4 };
/** First class index in the list of those whose jobs count, and how many there are. */
enum { MEMBERS = 8 };
enum { MEMBER_COUNT = 12 };
enum { SUMS = 16 };
/** Words of the bit set, 0: sums are not kept and every sum counts as reached. */
enum { WORDS = 20 };
enum { UNIT = 24 };

/** A gap: start, end (OPEN in the last), and what all gaps before it take together. */
enum { GAP_SHIFT = 4 };
enum { START = 0 };
enum { END = 4 };
enum { BEFORE = 8 };
static const i32 OPEN = INT32_MAX;

/** A word of the bit set: 64 bits, and the nearest words with a bit before and after it (−1, and the number of words, for none). */
enum { WORD_SHIFT = 4 };
enum { PREVIOUS = 8 };
enum { NEXT = 12 };

static usize wordAt(usize sums, i32 word) {
  return sums + (((usize)word) << WORD_SHIFT);
}

/** sums |= sums << by: the sums with one more job. */
static void addJob(usize sums, i32 words, u32 by) {
  i32 whole = (i32)(by >> 6);
  u64 bits = (u64)(by & 63);
  for (i32 w = words - 1; w >= whole; w--) {
    usize at = wordAt(sums, w);
    u64 moved = U64(wordAt(sums, w - whole), 0) << bits;
    if (bits != 0 && w > whole) moved |= U64(wordAt(sums, w - whole - 1), 0) >> (64 - bits);
    U64(at, 0) = U64(at, 0) | moved;
  }
}

static void linkWords(usize sums, i32 words);
static i32 largestSum(usize stretch, i32 ticks);

/** a + b, at most the largest i32. */
static i32 later(i32 a, i32 b) {
  return (i32)MIN((i64)a + b, INT32_MAX);
}

/** Fills in the sums of subsets and what each gap takes. Durations and counts as i32 by class. */
static void prepareStretch(usize stretch, usize durations, usize counts) {
  usize sums = PTR(stretch, SUMS);
  i32 words = I32(stretch, WORDS);
  if (words > 0) {
    fill(sums, 0, ((usize)words) << WORD_SHIFT);
    U64(sums, 0) = 1;
    u32 unit = U32(stretch, UNIT);
    usize member = PTR(stretch, MEMBERS);
    for (i32 i = I32(stretch, MEMBER_COUNT); i > 0; i--, member += 4) {
      usize cls = ((usize)U32(member, 0)) << 2;
      u32 duration = U32(durations + cls, 0) / unit;
      i32 left = I32(counts + cls, 0);
      // Powers of two and a rest: every number of jobs from 0 to `left` is a sum of some of them.
      for (i32 share = 1; left > 0; share <<= 1) {
        i32 jobs = MIN(share, left);
        left -= jobs;
        u64 by = ((u64)jobs) * duration;
        if (by >= ((u64)words) << 6) break;
        addJob(sums, words, (u32)by);
      }
    }
    linkWords(sums, words);
  }
  i64 before = 0;
  usize gap = PTR(stretch, GAPS);
  for (i32 i = I32(stretch, GAP_COUNT); i > 0; i--, gap += 1 << GAP_SHIFT) {
    I32(gap, BEFORE) = (i32)before;
    i32 end = I32(gap, END);
    if (end != OPEN) before += largestSum(stretch, end - I32(gap, START));
  }
}

static void linkWords(usize sums, i32 words) {
  i32 near = -1;
  for (i32 w = 0; w < words; w++) {
    usize at = wordAt(sums, w);
    I32(at, PREVIOUS) = near;
    if (U64(at, 0) != 0) near = w;
  }
  near = words;
  for (i32 w = words - 1; w >= 0; w--) {
    usize at = wordAt(sums, w);
    I32(at, NEXT) = near;
    if (U64(at, 0) != 0) near = w;
  }
}

/** The largest sum of durations that is at most `ticks`. */
static i32 largestSum(usize stretch, i32 ticks) {
  i32 words = I32(stretch, WORDS);
  if (words == 0) return ticks;
  usize sums = PTR(stretch, SUMS);
  i32 unit = I32(stretch, UNIT);
  i32 units = MIN(ticks / unit, (words << 6) - 1);
  i32 word = units >> 6;
  u64 bits = U64(wordAt(sums, word), 0) & (UINT64_MAX >> (u64)(63 - (units & 63)));
  if (bits == 0) {
    word = I32(wordAt(sums, word), PREVIOUS);
    bits = U64(wordAt(sums, word), 0);
  }
  return ((word << 6) + 63 - __builtin_clzll(bits)) * unit;
}

/** The least sum of durations that is at least `ticks`, a number of units; `ticks` where that is beyond the bit set. */
static i32 leastSum(usize stretch, i32 ticks) {
  i32 words = I32(stretch, WORDS);
  if (words == 0) return ticks;
  i32 unit = I32(stretch, UNIT);
  i32 units = ticks / unit;
  i32 word = units >> 6;
  if (word >= words) return ticks;
  usize sums = PTR(stretch, SUMS);
  u64 bits = U64(wordAt(sums, word), 0) & (UINT64_MAX << (u64)(units & 63));
  if (bits == 0) {
    word = I32(wordAt(sums, word), NEXT);
    if (word >= words) return ticks;
    bits = U64(wordAt(sums, word), 0);
  }
  return ((word << 6) + __builtin_ctzll(bits)) * unit;
}

/** A finish that no set of the stretch's jobs with that much work in all can beat when none begins before `from`. */
static i32 earliestFinish(usize stretch, i32 from, i32 work) {
  if (work == 0) return from;
  usize gaps = PTR(stretch, GAPS);
  // The last gap that begins by `from`.
  i32 low = 0;
  i32 count = I32(stretch, GAP_COUNT);
  while (count > 1) {
    i32 half = count >> 1;
    if (I32(gaps + (((usize)(low + half)) << GAP_SHIFT), START) <= from) low += half;
    count -= half;
  }
  usize gap = gaps + (((usize)low) << GAP_SHIFT);
  i32 end = I32(gap, END);
  if (from >= end) {
    gap += 1 << GAP_SHIFT;
    end = I32(gap, END);
  }
  i32 start = MAX(from, I32(gap, START));
  if (end == OPEN) return later(start, leastSum(stretch, work));
  i32 taken = largestSum(stretch, end - start);
  if (work <= taken) return start + work;
  // What the gaps before the one that ends it all take, counted from time 0.
  gap += 1 << GAP_SHIFT;
  i64 need = (i64)(work - taken) + I32(gap, BEFORE);
  while (I32(gap, END) != OPEN && (i64)I32(gap + (1 << GAP_SHIFT), BEFORE) < need) gap += 1 << GAP_SHIFT;
  return later(I32(gap, START), leastSum(stretch, (i32)(need - I32(gap, BEFORE))));
}
