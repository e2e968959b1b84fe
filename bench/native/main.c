// Runs one routine on an image of the kernel's memory (bench/micro/image.mjs) and prints one line of JSON: whether it left the same
// memory and result as the kernel, and the median time of a call.
//
// usage: vmferry-native IMAGE MILLISECONDS
//
// The image, little-endian: u32 magic, u32 address, u32 bytes, u32 arguments,
// u32 checksum of the memory after a call, f64 result, char[32] routine, f64 arguments, then the memory itself.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "routines.h"

enum { MAGIC = 0x4b464d56, MOST_ARGUMENTS = 16, FIRST_SAMPLES = 1024, PAGE = 4096 };

typedef struct {
  u32 magic, address, bytes, argumentCount, checksum;
  f64 result;
  char routine[32];
} Header;

typedef f64 (*Routine)(const f64 *arguments);

static const struct {
  const char *name;
  Routine run;
} ROUTINES[] = {
    {"subsetMatrix", subsetMatrix},
    {"missingCounts", missingCounts},
    {"scoreRounds", scoreRounds},
    {"maximumWeightMatching", maximumWeightMatching},
    {"evaluateOrder", evaluateOrder},
};

static _Noreturn void fail(const char *what, const char *detail) {
  fprintf(stderr, "vmferry-native: %s: %s\n", what, detail);
  exit(2);
}

static void readAll(void *to, size_t bytes, FILE *file, const char *path) {
  if (fread(to, 1, bytes, file) != bytes) fail(path, "the image ends early");
}

static Routine find(const char *name) {
  for (size_t i = 0; i < sizeof ROUTINES / sizeof *ROUTINES; i++) {
    if (strcmp(ROUTINES[i].name, name) == 0) return ROUTINES[i].run;
  }
  fail("no such routine", name);
}

/** The memory of the image at the addresses that it has in WebAssembly. */
static void *mapAt(u32 address, u32 bytes) {
  usize from = address / PAGE * PAGE;
  usize length = address + (usize)bytes - from;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_FIXED_NOREPLACE
  flags |= MAP_FIXED_NOREPLACE;
#endif
  void *at = mmap((void *)from, length, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (at == MAP_FAILED) fail("the image cannot be mapped at its address", strerror(errno));
  if (at != (void *)from) fail("the image cannot be mapped at its address", "it is taken");
  return (void *)(usize)address;
}

/** As `checksum` of bench/micro/image.mjs. */
static u32 checksumOf(const u32 *words, u32 bytes) {
  u32 sum = 2166136261u;
  for (u32 i = 0; i < bytes / 4; i++) sum = (sum ^ words[i]) * 16777619u;
  return sum;
}

static f64 now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (f64)t.tv_sec * 1e9 + (f64)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  f64 x = *(const f64 *)a, y = *(const f64 *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 3) fail("usage", "vmferry-native IMAGE MILLISECONDS");
  FILE *file = fopen(argv[1], "rb");
  if (file == NULL) fail(argv[1], strerror(errno));
  Header header;
  readAll(&header, sizeof header, file, argv[1]);
  if (header.magic != MAGIC || header.argumentCount > MOST_ARGUMENTS) fail(argv[1], "no image");
  header.routine[sizeof header.routine - 1] = 0;
  f64 arguments[MOST_ARGUMENTS];
  readAll(arguments, header.argumentCount * sizeof *arguments, file, argv[1]);
  void *image = malloc(header.bytes);
  if (image == NULL) fail(argv[1], "not enough memory");
  readAll(image, header.bytes, file, argv[1]);
  fclose(file);
  Routine run = find(header.routine);

  void *memory = mapAt(header.address, header.bytes);
  memcpy(memory, image, header.bytes);
  f64 result = run(arguments);
  bool agrees = result == header.result && checksumOf(memory, header.bytes) == header.checksum;

  f64 until = now() + strtod(argv[2], NULL) * 1e6;
  size_t samples = 0, room = FIRST_SAMPLES;
  f64 *times = malloc(room * sizeof *times);
  do {
    if (samples == room) times = realloc(times, (room *= 2) * sizeof *times);
    if (times == NULL) fail("samples", "not enough memory");
    f64 begin = now();
    run(arguments);
    times[samples++] = now() - begin;
  } while (now() < until);
  qsort(times, samples, sizeof *times, ascending);
  printf("{\"agrees\":%s,\"samples\":%zu,\"nanoseconds\":%.1f}\n", agrees ? "true" : "false", samples, times[samples / 2]);
  return 0;
}
