/** Intel's generations of the table. */
import { type CpuGeneration, models, words } from './generation.js'

/** Erratum, microcode or firmware switches it off on parts of every generation that has it, and some parts never had it. */
const TSX = words('hle rtm')
const AMX = words('amx_tile amx_int8 amx_bf16 xfd')
/** Controls against speculation attacks that are in silicon from Cascade Lake on; earlier parts have them by microcode, or not. */
const INTEL_MITIGATIONS = words('spec_ctrl stibp ssbd arch_capabilities')

const ROWS: readonly Omit<CpuGeneration, 'vendor'>[] = [
  {
    name: 'Penryn',
    generation: 'Xeon 3300, 5200, 5400, 7400',
    year: 2007,
    adds: words('sse3 ssse3 cx16 sse4_1 lahf_lm'),
    // Stepping E0 has it.
    maybe: ['xsave'],
    signatures: models(6, 23, 29),
    aliases: ['Harpertown', 'Wolfdale-DP', 'Yorkfield', 'Dunnington'],
    source: 'Intel SDM vol. 1, SSE4.1; Xeon 5400 and 7400 specification updates',
  },
  {
    name: 'Nehalem',
    generation: 'Xeon 3500, 5500, 6500, 7500',
    year: 2009,
    adds: words('sse3 ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm rdtscp'),
    // Absent on some parts for one and two sockets.
    maybe: ['x2apic'],
    signatures: models(6, 26, 30, 46),
    aliases: ['Nehalem-EP', 'Nehalem-EX', 'Gainestown', 'Beckton'],
    source:
      'Intel SDM vol. 1, SSE4.2 and POPCNT with the Core i7 family; Xeon 5500 and 7500 specification updates',
  },
  {
    name: 'Westmere',
    generation: 'Xeon 3600, 5600, E7',
    year: 2010,
    from: 'Nehalem',
    adds: words('aes pclmulqdq pcid'),
    // 6-37 is a client's.
    maybe: ['pdpe1gb'],
    signatures: models(6, 37, 44, 47),
    aliases: ['Westmere-EP', 'Westmere-EX', 'Gulftown'],
    source: 'Intel AES-NI white paper; Xeon 5600 and E7-8800 specification updates',
  },
  {
    name: 'SandyBridge',
    generation: 'Xeon E3, E5',
    year: 2011,
    from: 'Westmere',
    // 1 GB pages: E5 (6-45) has them, E3 (6-42) does not.
    adds: words('avx xsave xsaveopt tsc_deadline x2apic'),
    signatures: models(6, 42, 45),
    aliases: ['SandyBridge-EP', 'SandyBridge-EN', 'Sandy Bridge'],
    source: 'Intel SDM vol. 1, AVX; Xeon E5-2600 specification update',
  },
  {
    name: 'IvyBridge',
    generation: 'Xeon E3, E5, E7 v2',
    year: 2012,
    from: 'SandyBridge',
    // 1 GB pages: E5 and E7 (6-62) have them, E3 (6-58) does not.
    adds: words('f16c rdrand fsgsbase smep erms'),
    signatures: models(6, 58, 62),
    aliases: ['IvyBridge-EP', 'IvyBridge-EX', 'Ivy Bridge', 'Ivytown'],
    source: 'Intel optimisation manual, third-generation Core; Xeon E5-2600 v2 specification update',
  },
  {
    name: 'Haswell',
    generation: 'Xeon E3, E5, E7 v3',
    year: 2013,
    from: 'IvyBridge',
    adds: words('avx2 fma bmi1 bmi2 movbe lzcnt invpcid pdpe1gb'),
    maybe: TSX,
    signatures: models(6, 60, 63, 69, 70),
    aliases: ['Haswell-EP', 'Haswell-EX', 'Haswell-Server'],
    source:
      'Intel architecture extensions reference 319433; Xeon E5 v3 specification update, erratum HSE44 (TSX)',
  },
  {
    name: 'Broadwell',
    generation: 'Xeon E3, E5, E7 v4, D-1500',
    year: 2015,
    from: 'Haswell',
    adds: words('adx rdseed smap 3dnowprefetch'),
    signatures: models(6, 61, 71, 79, 86),
    aliases: ['Broadwell-EP', 'Broadwell-EX', 'Broadwell-DE', 'Broadwell-Server'],
    source: 'Intel SDM vol. 1, ADX, RDSEED, SMAP, PREFETCHW; Xeon E5-2600 v4 specification update',
  },
  {
    name: 'Skylake-Client',
    generation: 'Xeon E3 v5, v6, E-2100, E-2200',
    year: 2015,
    from: 'Broadwell',
    adds: words('clflushopt xsavec xgetbv1 xsaves'),
    maybe: ['mpx'],
    signatures: models(6, 94, 158),
    aliases: ['Skylake-S', 'Kaby Lake', 'Coffee Lake'],
    source: 'Intel optimisation manual, Skylake Client; Xeon E3-1200 v5, v6 and E-2100 specification updates',
  },
  {
    name: 'Skylake-Server',
    generation: 'Xeon Scalable 1st gen',
    year: 2017,
    from: 'Broadwell',
    adds: words('avx512f avx512dq avx512bw avx512vl avx512cd clflushopt clwb xsavec xgetbv1 xsaves pku mpx'),
    signatures: [{ family: 6, model: 85, steppings: [0, 4] }],
    aliases: ['Skylake-SP', 'Skylake-EP', 'Skylake-X', 'Purley'],
    source: 'Intel optimisation manual, Skylake Server; first-generation Xeon Scalable specification update',
  },
  {
    name: 'Cascadelake-Server',
    generation: 'Xeon Scalable 2nd gen',
    year: 2019,
    from: 'Skylake-Server',
    adds: ['avx512_vnni', ...INTEL_MITIGATIONS],
    signatures: [{ family: 6, model: 85, steppings: [5, 7] }],
    aliases: ['Cascadelake', 'Cascade Lake', 'Cascadelake-SP', 'Cascadelake-AP'],
    source:
      'Intel architecture extensions reference, AVX512_VNNI; second-generation Xeon Scalable specification update',
  },
  {
    name: 'Cooperlake',
    generation: 'Xeon Scalable 3rd gen (H)',
    year: 2020,
    from: 'Cascadelake-Server',
    adds: words('avx512_bf16'),
    signatures: [{ family: 6, model: 85, steppings: [10, 11] }],
    aliases: ['Cooper Lake', 'Cooperlake-SP', 'Cooperlake-Server'],
    source:
      'Intel architecture extensions reference, AVX512_BF16; third-generation Xeon Scalable (4S/8S) specification update',
  },
  {
    name: 'Icelake-Server',
    generation: 'Xeon Scalable 3rd gen',
    year: 2021,
    // Not from Cooper Lake: BF16 returned only with Sapphire Rapids.
    from: 'Cascadelake-Server',
    drops: ['mpx'],
    adds: words(
      'avx512vbmi avx512_vbmi2 avx512_bitalg avx512_vpopcntdq avx512ifma gfni vaes vpclmulqdq sha_ni la57 umip rdpid fsrm wbnoinvd',
    ),
    signatures: models(6, 106, 108),
    aliases: ['Icelake-SP', 'Icelake-D', 'Icelake', 'Ice Lake'],
    source: 'Intel optimisation manual, Ice Lake; third-generation Xeon Scalable specification update',
  },
  {
    name: 'SapphireRapids',
    generation: 'Xeon Scalable 4th gen',
    year: 2023,
    from: 'Icelake-Server',
    adds: words(
      'avx512_bf16 avx512_fp16 avx_vnni serialize movdiri movdir64b enqcmd cldemote waitpkg bus_lock_detect fzrm fsrs fsrc shstk ibt',
    ),
    // Bronze 3408U has neither AMX nor TSX.
    maybe: [...AMX, 'tsxldtrk', 'psfd'],
    signatures: models(6, 143),
    aliases: ['Sapphire Rapids', 'SapphireRapids-SP', 'SapphireRapids-Server'],
    source:
      'Intel architecture extensions reference 319433, AMX, AVX512_FP16; fourth-generation Xeon Scalable datasheet',
  },
  {
    name: 'EmeraldRapids',
    generation: 'Xeon Scalable 5th gen',
    year: 2023,
    from: 'SapphireRapids',
    adds: [],
    signatures: models(6, 207),
    aliases: ['Emerald Rapids', 'EmeraldRapids-SP', 'EmeraldRapids-Server'],
    source: 'Fifth-generation Xeon Scalable datasheet: the instruction set of the fourth',
  },
  {
    name: 'GraniteRapids',
    generation: 'Xeon 6, P-cores',
    year: 2024,
    from: 'EmeraldRapids',
    adds: [...AMX, ...words('amx_fp16 prefetchi avx10 psfd')],
    // The parts for the edge (6-174) have it.
    maybe: ['amx_complex'],
    signatures: models(6, 173, 174),
    aliases: ['Granite Rapids', 'GraniteRapids-SP', 'GraniteRapids-AP', 'GraniteRapids-D'],
    source:
      'Intel architecture extensions reference, AMX_FP16 and PREFETCHIT0/1; AVX10 specification 355989; Xeon 6 with P-cores datasheet',
  },
  {
    name: 'DiamondRapids',
    generation: 'Xeon 7, P-cores',
    year: 2026,
    from: 'GraniteRapids',
    adds: words('avx_ifma avx_ne_convert avx_vnni_int8 avx_vnni_int16 cmpccxadd sha512 sm3 sm4 lam'),
    maybe: words('apx_f movrs amx_complex amx_fp8 amx_tf32 amx_avx512 amx_movrs'),
    signatures: models(19, 1),
    aliases: ['Diamond Rapids'],
    source: 'Intel architecture extensions reference, AMX_FP8, AMX_TF32, APX and AVX10.2',
  },
  {
    name: 'RocketLake',
    generation: 'Xeon E-2300',
    year: 2021,
    from: 'Icelake-Server',
    drops: [...TSX, ...words('la57 clwb wbnoinvd')],
    adds: [],
    signatures: models(6, 167),
    aliases: ['Rocket Lake', 'Rocketlake-E', 'Rocket Lake E'],
    source: 'Intel architecture extensions reference, Rocket Lake; Xeon E-2300 specification update',
  },
  {
    name: 'RaptorLake',
    generation: 'Xeon E-2400, 6300P',
    year: 2023,
    // A client's P-cores, without AVX-512, TSX and five-level paging.
    from: 'Broadwell',
    drops: TSX,
    adds: [
      ...words('clflushopt clwb xsavec xgetbv1 xsaves pku gfni vaes vpclmulqdq sha_ni umip rdpid fsrm'),
      ...words('avx_vnni serialize movdiri movdir64b waitpkg shstk ibt'),
      ...INTEL_MITIGATIONS,
    ],
    maybe: words('fzrm fsrs fsrc lam cldemote wbnoinvd bus_lock_detect psfd'),
    signatures: models(6, 183),
    aliases: ['Raptor Lake', 'Raptorlake-E', 'Raptor Lake E'],
    source: 'Intel architecture extensions reference, Raptor Lake; Xeon E-2400 specification update',
  },
  {
    name: 'Denverton',
    generation: 'Atom C3000',
    year: 2017,
    adds: words(
      'sse3 ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm rdtscp x2apic tsc_deadline movbe aes pclmulqdq rdrand rdseed sha_ni fsgsbase smep smap erms clflushopt xsave xsaveopt xsavec xgetbv1 xsaves mpx 3dnowprefetch pdpe1gb',
    ),
    signatures: models(6, 95),
    aliases: ['Goldmont'],
    source: 'Intel optimisation manual, Goldmont; Atom C3000 specification update',
  },
  {
    name: 'Snowridge',
    generation: 'Atom P5300, P5900, C5000',
    year: 2020,
    from: 'Denverton',
    drops: ['mpx'],
    adds: [...words('clwb gfni rdpid umip movdiri movdir64b cldemote waitpkg'), ...INTEL_MITIGATIONS],
    maybe: words('mpx pcid shstk ibt fsrm pku'),
    signatures: models(6, 134),
    aliases: ['Snow Ridge', 'Tremont', 'Jacobsville', 'Parker Ridge'],
    source: 'Intel optimisation manual, Tremont; Intel architecture extensions reference',
  },
  {
    name: 'SierraForest',
    generation: 'Xeon 6, E-cores',
    year: 2024,
    // E-cores: neither AVX-512 nor AMX nor TSX, and four-level paging only (no LA57); but newer 256-bit extensions that no P-core Xeon before it has.
    from: 'Broadwell',
    drops: TSX,
    adds: [
      ...words(
        'clflushopt clwb xsavec xgetbv1 xsaves pku gfni vaes vpclmulqdq sha_ni lam umip rdpid fsrm wbnoinvd',
      ),
      ...words('avx_vnni avx_ifma avx_vnni_int8 avx_ne_convert cmpccxadd'),
      ...words('serialize movdiri movdir64b enqcmd cldemote waitpkg bus_lock_detect fsrs shstk ibt psfd'),
      ...INTEL_MITIGATIONS,
    ],
    signatures: models(6, 175),
    aliases: ['Sierra Forest', 'SierraForest-SP', 'Sierra Glen'],
    source:
      'Intel architecture extensions reference, AVX_IFMA, AVX_VNNI_INT8, AVX_NE_CONVERT, CMPCCXADD; Xeon 6 with E-cores datasheet',
  },
  {
    name: 'ClearwaterForest',
    generation: 'Xeon 6+, E-cores',
    year: 2026,
    from: 'SierraForest',
    adds: words('avx_vnni_int16 sha512 sm3 sm4 prefetchi'),
    signatures: models(6, 221),
    aliases: ['Clearwater Forest', 'ClearwaterForest-AP'],
    source:
      'Intel architecture extensions reference, AVX_VNNI_INT16, SHA512, SM3, SM4; kernel patch that shows them to guests',
  },
]

export const INTEL: readonly CpuGeneration[] = ROWS.map((row) => ({ vendor: 'Intel', ...row }))
