// Xorshift64* (Vigna 2016), seeded through one step of a 64-bit mixing function, so that near seeds give unlike streams.

static u64 state = 1;

static u64 mix(u64 value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/** Fixes the stream by a seed and a second number. */
static void seedRandom(u32 seed, u64 stream) {
  state = mix(mix((u64)seed + 0x9e3779b97f4a7c15) ^ stream);
  if (!state) state = 0x9e3779b97f4a7c15;
}

static u32 nextRandom(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (u32)((state * 0x2545f4914f6cdd1d) >> 32);
}

/** 0 ≤ result < `bound`, `bound` ≥ 1. */
static u32 randomBelow(u32 bound) {
  return (u32)(((u64)nextRandom() * (u64)bound) >> 32);
}

/** 0 < result ≤ 1. */
static f64 randomFraction(void) {
  return ((f64)nextRandom() + 1) / 4294967296.0;
}
