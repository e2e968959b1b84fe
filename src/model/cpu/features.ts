/**
 * Names of CPU features. Sources disagree on spelling (Coreinfo `SSE4.1`, lscpu `sse4_1`, manuals `SSE4_1`): names are folded to
 * lower case without `-`, `_` and `.`, and what still differs goes through an alias table.
 */
import type { CpuVendor } from '../problem.js'

/** Folded spelling → the folded name used here. No name is both a key and a value. */
const ALIASES: Readonly<Record<string, string>> = {
  pni: 'sse3',
  sse2sse3: 'sse3',
  xd: 'nx',
  nxe: 'nx',
  execdisable: 'nx',
  abm: 'lzcnt',
  x64: 'lm',
  em64t: 'lm',
  intel64: 'lm',
  amd64: 'lm',
  lahf: 'lahflm',
  lahfsahf: 'lahflm',
  cmpxchg16b: 'cx16',
  cmpxchg8b: 'cx8',
  page1gb: 'pdpe1gb',
  '1gbpages': 'pdpe1gb',
  hugepage1gb: 'pdpe1gb',
  pg1g: 'pdpe1gb',
  pclmul: 'pclmulqdq',
  pclmuldq: 'pclmulqdq',
  pclmulhqlqdq: 'pclmulqdq',
  aesni: 'aes',
  sha: 'shani',
  clfsh: 'clflush',
  clfl: 'clflush',
  ermsb: 'erms',
  rdwrfsgsbase: 'fsgsbase',
  avx512ifama: 'avx512ifma',
  avx512vnniw: 'avx5124vnniw',
  avx512fmaps: 'avx5124fmaps',
  prefetchw: '3dnowprefetch',
  ffxsr: 'fxsropt',
  mmxplus: 'mmxext',
  amdmmxext: 'mmxext',
  eist: 'est',
  cnxtid: 'cid',
  tscdeadlinetimer: 'tscdeadline',
  tscinvariant: 'invtsc',
  invarianttsc: 'invtsc',
  nonstoptsc: 'invtsc',
  cmovcc: 'cmov',
  sysenter: 'sep',
  syscallsysret: 'syscall',
  rdrnd: 'rdrand',
  movbeinstruction: 'movbe',
  fma3: 'fma',
  halfprecision: 'f16c',
  waitpkginstruction: 'waitpkg',
  usershstk: 'shstk',
  cetss: 'shstk',
  cetshstk: 'shstk',
  cetibt: 'ibt',
  amdpsfd: 'psfd',
  intelpsfd: 'psfd',
  ospke: 'pku',
  protectionkeys: 'pku',
  ibrsibpb: 'specctrl',
  ibrs: 'specctrl',
  amdssbd: 'ssbd',
  amdstibp: 'stibp',
  intelstibp: 'stibp',
  archcap: 'archcapabilities',
  prefetchiti: 'prefetchi',
  splitlockdetect: 'corecapability',
}

/** Folds one name. `''` where nothing of it is left. */
export function normaliseFeature(name: string): string {
  const folded = name
    .trim()
    .toLowerCase()
    .replace(/[-_.\s]/g, '')
  return Object.hasOwn(ALIASES, folded) ? ALIASES[folded] : folded
}

/** Folded names, sorted by code unit, without repeats and without what folds to nothing. */
export function normaliseFeatures(names: Iterable<string>): readonly string[] {
  const folded = new Set<string>()
  for (const name of names) folded.add(normaliseFeature(name))
  folded.delete('')
  return [...folded].sort()
}

/** What every 64-bit x86 server of the table has. */
export const X86_64 = [
  ...[
    'fpu',
    'vme',
    'de',
    'pse',
    'tsc',
    'msr',
    'pae',
    'mce',
    'cx8',
    'apic',
    'sep',
    'mtrr',
    'pge',
    'mca',
    'cmov',
  ],
  ...['pat', 'pse36', 'clflush', 'mmx', 'fxsr', 'sse', 'sse2', 'syscall', 'nx', 'lm'],
] as const

/**
 * Approximates Hyper-V's `MinimumFeatureSet`. The set itself is unpublished; what is published is that the mode hides SSSE3, SSE4, POPCNT,
 * XSAVE, AVX and everything later, and on AMD SSE4A, LZCNT and 3DNow! too. What is left is the 64-bit base with SSE3,
 * CMPXCHG16B and LAHF/SAHF, which 64-bit Windows has demanded since 8.1, and on AMD MMXEXT and access to CR8 by LOCK MOV.
 */
export const MINIMUM_FEATURES: Readonly<Record<CpuVendor, ReadonlySet<string>>> = {
  Intel: new Set(normaliseFeatures([...X86_64, 'sse3', 'cx16', 'lahf_lm'])),
  AMD: new Set(normaliseFeatures([...X86_64, 'sse3', 'cx16', 'lahf_lm', 'mmxext', 'fxsr_opt', 'cr8_legacy'])),
  Hygon: new Set(
    normaliseFeatures([...X86_64, 'sse3', 'cx16', 'lahf_lm', 'mmxext', 'fxsr_opt', 'cr8_legacy']),
  ),
}
