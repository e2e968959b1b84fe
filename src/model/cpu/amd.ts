/** AMD's generations of the table, and Hygon's, which began as AMD's. */
import { type CpuGeneration, models, words } from './generation.js'

const AMD_COMMON = words(
  'sse3 cx16 popcnt lahf_lm lzcnt sse4a misalignsse 3dnowprefetch mmxext fxsr_opt pdpe1gb rdtscp cr8_legacy osvw',
)

type Row = Omit<CpuGeneration, 'vendor'> & Partial<Pick<CpuGeneration, 'vendor'>>

const ROWS: readonly Row[] = [
  {
    name: 'Opteron_G1',
    generation: 'Opteron 100, 200, 800',
    year: 2003,
    adds: words('mmxext 3dnow 3dnowext'),
    // SSE3 came with revision E, LAHF in 64-bit mode with D.
    maybe: words('sse3 lahf_lm fxsr_opt cr8_legacy'),
    signatures: models(15, 5, 33, 37, 39),
    aliases: ['Sledgehammer', 'Opteron-K8'],
    source: 'AMD BIOS and kernel developer guide for Athlon 64 and Opteron (26094); revision guide 25759',
  },
  {
    name: 'Opteron_G2',
    generation: 'Opteron 1200, 2200, 8200',
    year: 2006,
    from: 'Opteron_G1',
    adds: words('sse3 cx16 lahf_lm rdtscp fxsr_opt cr8_legacy'),
    maybe: ['3dnowprefetch'],
    signatures: models(15, 65, 67),
    aliases: ['Santa Rosa', 'Santa Ana'],
    source: 'AMD BIOS and kernel developer guide for NPT family 0Fh (32559); revision guide 33610',
  },
  {
    name: 'Opteron_G3',
    generation: 'Opteron, family 10h',
    year: 2007,
    adds: [...AMD_COMMON, ...words('3dnow 3dnowext')],
    signatures: models(16, 2, 4, 8, 9),
    aliases: ['Barcelona', 'Shanghai', 'Istanbul', 'Magny-Cours', 'K10'],
    source: 'AMD BIOS and kernel developer guide for family 10h (31116), CPUID',
  },
  {
    name: 'Opteron_G4',
    generation: 'Opteron 3200, 4200, 6200',
    year: 2011,
    // Family 15h has no 3DNow!.
    adds: [...AMD_COMMON, ...words('ssse3 sse4_1 sse4_2 aes pclmulqdq xsave avx xop fma4 topoext')],
    signatures: models(21, 1),
    aliases: ['Bulldozer', 'Interlagos', 'Valencia'],
    source: 'AMD BIOS and kernel developer guide for family 15h models 00h-0Fh (42301), CPUID',
  },
  {
    name: 'Opteron_G5',
    generation: 'Opteron 3300, 4300, 6300',
    year: 2012,
    from: 'Opteron_G4',
    adds: words('f16c fma bmi1 tbm'),
    signatures: models(21, 2),
    aliases: ['Piledriver', 'Abu Dhabi', 'Seoul', 'Delhi'],
    source: 'AMD software optimisation guide for family 15h (47414), models 20h and up',
  },
  {
    name: 'EPYC',
    generation: 'EPYC 7001',
    year: 2017,
    from: 'Opteron_G5',
    // Zen gave up the Bulldozer-only extensions.
    drops: words('xop fma4 tbm'),
    adds: words(
      'movbe rdrand fsgsbase bmi2 avx2 smep rdseed adx smap clflushopt sha_ni xsaveopt xsavec xgetbv1 xsaves xsaveerptr clzero',
    ),
    signatures: models(23, 1),
    aliases: ['EPYC-Naples', 'Naples', 'Zen', 'Zen1'],
    source:
      'AMD processor programming reference for family 17h model 01h (54945); software optimisation guide 55723',
  },
  {
    name: 'EPYC-Rome',
    generation: 'EPYC 7002',
    year: 2019,
    from: 'EPYC',
    adds: words('clwb wbnoinvd rdpid umip rdpru ibpb stibp ssbd'),
    // Firmware decides.
    maybe: ['x2apic'],
    signatures: models(23, 49),
    aliases: ['Rome', 'Zen2'],
    source:
      'AMD processor programming reference for family 17h model 31h (55803); software optimisation guide 56305',
  },
  {
    name: 'EPYC-Milan',
    generation: 'EPYC 7003',
    year: 2021,
    from: 'EPYC-Rome',
    adds: words('invpcid pcid pku vaes vpclmulqdq erms fsrm shstk spec_ctrl psfd'),
    signatures: models(25, 0, 1),
    aliases: ['Milan', 'Milan-X', 'Zen3'],
    source:
      'AMD processor programming reference for family 19h model 01h (55898); software optimisation guide 56665',
  },
  {
    name: 'EPYC-Genoa',
    generation: 'EPYC 9004, 8004',
    year: 2022,
    from: 'EPYC-Milan',
    adds: words(
      'avx512f avx512dq avx512cd avx512bw avx512vl avx512ifma avx512vbmi avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq avx512_bf16 gfni la57 x2apic',
    ),
    signatures: models(25, 17, 160),
    aliases: ['Genoa', 'Genoa-X', 'Bergamo', 'EPYC-Bergamo', 'Siena', 'EPYC-Siena', 'Zen4'],
    source:
      'AMD processor programming reference for family 19h model 11h (55901); software optimisation guide 57647',
  },
  {
    name: 'EPYC-Turin',
    generation: 'EPYC 9005',
    year: 2024,
    from: 'EPYC-Genoa',
    adds: words('avx_vnni movdiri movdir64b avx512_vp2intersect prefetchi bus_lock_detect'),
    signatures: models(26, 0, 1, 2, 16, 17),
    aliases: ['Turin', 'Turin-Dense', 'EPYC-Turin-Dense', 'Zen5'],
    source:
      'AMD processor programming reference for family 1Ah model 02h (57238); software optimisation guide 58455',
  },
  {
    name: 'EPYC-4004',
    generation: 'EPYC 4004',
    year: 2024,
    from: 'EPYC-Genoa',
    // A client's core: what only servers need is not promised.
    adds: [],
    maybe: words('la57 x2apic psfd'),
    signatures: models(25, 97),
    aliases: ['Raphael', 'EPYC-Raphael'],
    source: 'AMD processor programming reference for family 19h model 61h (56713)',
  },
  {
    name: 'EPYC-4005',
    generation: 'EPYC 4005',
    year: 2025,
    from: 'EPYC-Turin',
    adds: [],
    maybe: words('la57 x2apic psfd avx512_vp2intersect prefetchi bus_lock_detect'),
    signatures: models(26, 68),
    aliases: ['Grado', 'EPYC-Grado'],
    source: 'AMD software optimisation guide for family 1Ah (58455), client parts',
  },
  {
    name: 'Dhyana',
    vendor: 'Hygon',
    generation: 'C86 7100',
    year: 2018,
    from: 'EPYC',
    // The first parts lack Zen's cryptography instructions; later ones (models 1 and 2, C86 7285) have them and are not Dhyana.
    drops: words('aes pclmulqdq sha_ni'),
    adds: ['ibpb'],
    signatures: models(24, 0),
    aliases: ['Hygon-Dhyana', 'Hygon Dhyana'],
    source: 'Hygon patches to the Linux kernel (family 18h), and published CPUID dumps of C86 parts',
  },
]

export const AMD: readonly CpuGeneration[] = ROWS.map((row) => ({ vendor: 'AMD', ...row }))
