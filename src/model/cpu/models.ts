/**
 * Server CPU generations, each as an older one with additions and removals. Written from the vendors' instruction-set references,
 * optimisation manuals and specification updates. Baselines, not silicon: what every part of a generation offers to a guest.
 *
 * Left out everywhere: what hypervisors keep to themselves (virtualisation, performance counters, power states) and MPX, which Intel
 * withdrew and current hypervisors hide.
 */
import type { CpuVendor } from '../problem.js'
import { X86_64 } from './features.js'

export interface CpuSignature {
  family: number
  model: number
  /** Inclusive range; every stepping where it is absent. */
  steppings?: readonly [number, number]
}

export interface CpuGeneration {
  name: string
  vendor: CpuVendor
  /** Generation that it starts from; the 64-bit base where there is none. */
  from?: string
  adds: readonly string[]
  drops?: readonly string[]
  signatures: readonly CpuSignature[]
  /** Other names, folded or not. */
  aliases: readonly string[]
  /** Where the facts are from. */
  source: string
}

const words = (text: string): string[] => text.split(' ')

const TSX = words('hle rtm')
/** Controls against speculation attacks that are in silicon from Cascade Lake on; earlier parts have them by microcode, or not. */
const INTEL_MITIGATIONS = words('spec_ctrl stibp ssbd arch_capabilities')

const INTEL: readonly CpuGeneration[] = [
  {
    name: 'Nehalem',
    vendor: 'Intel',
    adds: words('sse3 ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm rdtscp x2apic'),
    signatures: [
      { family: 6, model: 26 },
      { family: 6, model: 30 },
      { family: 6, model: 46 },
    ],
    aliases: ['Nehalem-EP', 'Nehalem-EX', 'Gainestown', 'Beckton'],
    source:
      'Intel SDM vol. 1, SSE4.2 and POPCNT with the Core i7 family; Xeon 5500 and 7500 specification updates',
  },
  {
    name: 'Westmere',
    vendor: 'Intel',
    from: 'Nehalem',
    adds: words('aes pclmulqdq pcid pdpe1gb'),
    signatures: [
      { family: 6, model: 37 },
      { family: 6, model: 44 },
      { family: 6, model: 47 },
    ],
    aliases: ['Westmere-EP', 'Westmere-EX', 'Gulftown'],
    source: 'Intel AES-NI white paper; Xeon 5600 and E7-8800 specification updates',
  },
  {
    name: 'SandyBridge',
    vendor: 'Intel',
    from: 'Westmere',
    adds: words('avx xsave xsaveopt tsc_deadline'),
    signatures: [
      { family: 6, model: 42 },
      { family: 6, model: 45 },
    ],
    aliases: ['SandyBridge-EP', 'SandyBridge-EN', 'Sandy Bridge'],
    source: 'Intel SDM vol. 1, AVX; Xeon E5-2600 specification update',
  },
  {
    name: 'IvyBridge',
    vendor: 'Intel',
    from: 'SandyBridge',
    adds: words('f16c rdrand fsgsbase smep erms'),
    signatures: [
      { family: 6, model: 58 },
      { family: 6, model: 62 },
    ],
    aliases: ['IvyBridge-EP', 'IvyBridge-EX', 'Ivy Bridge', 'Ivytown'],
    source: 'Intel optimisation manual, third-generation Core; Xeon E5-2600 v2 specification update',
  },
  {
    name: 'Haswell',
    vendor: 'Intel',
    from: 'IvyBridge',
    adds: [...words('avx2 fma bmi1 bmi2 movbe lzcnt invpcid'), ...TSX],
    signatures: [60, 63, 69, 70].map((model) => ({ family: 6, model })),
    aliases: ['Haswell-EP', 'Haswell-EX', 'Haswell-Server'],
    source:
      'Intel architecture extensions reference 319433; erratum HSE44 switches TSX off in v3 parts: then use Haswell-noTSX',
  },
  {
    name: 'Broadwell',
    vendor: 'Intel',
    from: 'Haswell',
    adds: words('adx rdseed smap 3dnowprefetch'),
    signatures: [61, 71, 79, 86].map((model) => ({ family: 6, model })),
    aliases: ['Broadwell-EP', 'Broadwell-EX', 'Broadwell-DE', 'Broadwell-Server'],
    source: 'Intel SDM vol. 1, ADX, RDSEED, SMAP, PREFETCHW; Xeon E5-2600 v4 specification update',
  },
  {
    name: 'Skylake-Server',
    vendor: 'Intel',
    from: 'Broadwell',
    adds: words('avx512f avx512dq avx512bw avx512vl avx512cd clflushopt clwb xsavec xgetbv1 xsaves pku'),
    signatures: [{ family: 6, model: 85, steppings: [0, 4] }],
    aliases: ['Skylake-SP', 'Skylake-EP', 'Skylake-X', 'Purley'],
    source: 'Intel optimisation manual, Skylake Server; first-generation Xeon Scalable specification update',
  },
  {
    name: 'Cascadelake-Server',
    vendor: 'Intel',
    from: 'Skylake-Server',
    adds: ['avx512_vnni', ...INTEL_MITIGATIONS],
    signatures: [{ family: 6, model: 85, steppings: [5, 7] }],
    aliases: ['Cascadelake', 'Cascade Lake', 'Cascadelake-SP', 'Cascadelake-AP'],
    source:
      'Intel architecture extensions reference, AVX512_VNNI; second-generation Xeon Scalable specification update',
  },
  {
    name: 'Cooperlake',
    vendor: 'Intel',
    from: 'Cascadelake-Server',
    adds: words('avx512_bf16'),
    signatures: [{ family: 6, model: 85, steppings: [10, 11] }],
    aliases: ['Cooper Lake', 'Cooperlake-SP', 'Cooperlake-Server'],
    source:
      'Intel architecture extensions reference, AVX512_BF16; third-generation Xeon Scalable (4S/8S) specification update',
  },
  {
    name: 'Icelake-Server',
    vendor: 'Intel',
    // Not from Cooper Lake: BF16 returned only with Sapphire Rapids.
    from: 'Cascadelake-Server',
    adds: words(
      'avx512vbmi avx512_vbmi2 avx512_bitalg avx512_vpopcntdq avx512ifma gfni vaes vpclmulqdq sha_ni la57 umip rdpid fsrm wbnoinvd',
    ),
    signatures: [
      { family: 6, model: 106 },
      { family: 6, model: 108 },
    ],
    aliases: ['Icelake-SP', 'Icelake-D', 'Icelake', 'Ice Lake'],
    source: 'Intel optimisation manual, Ice Lake; third-generation Xeon Scalable specification update',
  },
  {
    name: 'SapphireRapids',
    vendor: 'Intel',
    from: 'Icelake-Server',
    adds: words(
      'avx512_bf16 avx512_fp16 avx_vnni amx_tile amx_int8 amx_bf16 xfd serialize tsxldtrk movdiri movdir64b cldemote waitpkg bus_lock_detect fzrm fsrs fsrc',
    ),
    signatures: [{ family: 6, model: 143 }],
    aliases: ['Sapphire Rapids', 'SapphireRapids-SP', 'SapphireRapids-Server'],
    source:
      'Intel architecture extensions reference 319433, AMX, AVX512_FP16; fourth-generation Xeon Scalable datasheet',
  },
  {
    name: 'EmeraldRapids',
    vendor: 'Intel',
    from: 'SapphireRapids',
    adds: [],
    signatures: [{ family: 6, model: 207 }],
    aliases: ['Emerald Rapids', 'EmeraldRapids-SP', 'EmeraldRapids-Server'],
    source: 'Fifth-generation Xeon Scalable datasheet: the instruction set of the fourth',
  },
  {
    name: 'GraniteRapids',
    vendor: 'Intel',
    from: 'EmeraldRapids',
    adds: words('amx_fp16 prefetchi'),
    signatures: [
      { family: 6, model: 173 },
      { family: 6, model: 174 },
    ],
    aliases: ['Granite Rapids', 'GraniteRapids-SP', 'GraniteRapids-AP', 'GraniteRapids-D'],
    source:
      'Intel architecture extensions reference, AMX_FP16 and PREFETCHIT0/1; Xeon 6 with P-cores datasheet',
  },
  {
    name: 'SierraForest',
    vendor: 'Intel',
    // E-cores: neither AVX-512 nor AMX nor TSX, but newer 256-bit extensions that no P-core Xeon before it has.
    from: 'Broadwell',
    drops: TSX,
    adds: [
      ...words(
        'clflushopt clwb xsavec xgetbv1 xsaves pku gfni vaes vpclmulqdq sha_ni la57 umip rdpid fsrm wbnoinvd',
      ),
      ...words('avx_vnni avx_ifma avx_vnni_int8 avx_ne_convert cmpccxadd'),
      ...words('serialize movdiri movdir64b cldemote waitpkg bus_lock_detect fsrs'),
      ...INTEL_MITIGATIONS,
    ],
    signatures: [{ family: 6, model: 175 }],
    aliases: ['Sierra Forest', 'SierraForest-SP', 'Sierra Glen'],
    source:
      'Intel architecture extensions reference, AVX_IFMA, AVX_VNNI_INT8, AVX_NE_CONVERT, CMPCCXADD; Xeon 6 with E-cores datasheet',
  },
]

const AMD_COMMON = words(
  'sse3 cx16 popcnt lahf_lm lzcnt sse4a misalignsse 3dnowprefetch mmxext fxsr_opt pdpe1gb rdtscp cr8_legacy',
)

const AMD: readonly CpuGeneration[] = [
  {
    name: 'Opteron_G3',
    vendor: 'AMD',
    adds: [...AMD_COMMON, ...words('3dnow 3dnowext')],
    signatures: [2, 4, 8, 9].map((model) => ({ family: 16, model })),
    aliases: ['Barcelona', 'Shanghai', 'Istanbul', 'Magny-Cours', 'K10'],
    source: 'AMD BIOS and kernel developer guide for family 10h (31116), CPUID',
  },
  {
    name: 'Opteron_G4',
    vendor: 'AMD',
    // Family 15h has no 3DNow!.
    adds: [...AMD_COMMON, ...words('ssse3 sse4_1 sse4_2 aes pclmulqdq xsave avx xop fma4 topoext')],
    signatures: [{ family: 21, model: 1 }],
    aliases: ['Bulldozer', 'Interlagos', 'Valencia'],
    source: 'AMD BIOS and kernel developer guide for family 15h models 00h-0Fh (42301), CPUID',
  },
  {
    name: 'Opteron_G5',
    vendor: 'AMD',
    from: 'Opteron_G4',
    adds: words('f16c fma bmi1 tbm'),
    signatures: [{ family: 21, model: 2 }],
    aliases: ['Piledriver', 'Abu Dhabi', 'Seoul', 'Delhi'],
    source: 'AMD software optimisation guide for family 15h (47414), models 20h and up',
  },
  {
    name: 'EPYC',
    vendor: 'AMD',
    from: 'Opteron_G5',
    // Zen gave up the Bulldozer-only extensions.
    drops: words('xop fma4 tbm'),
    adds: words(
      'movbe rdrand fsgsbase bmi2 avx2 smep rdseed adx smap clflushopt sha_ni xsaveopt xsavec xgetbv1 xsaves xsaveerptr clzero osvw',
    ),
    signatures: [{ family: 23, model: 1 }],
    aliases: ['EPYC-Naples', 'Naples', 'Zen', 'Zen1'],
    source:
      'AMD processor programming reference for family 17h model 01h (54945); software optimisation guide 55723',
  },
  {
    name: 'EPYC-Rome',
    vendor: 'AMD',
    from: 'EPYC',
    adds: words('clwb wbnoinvd rdpid umip x2apic ibpb stibp ssbd'),
    signatures: [{ family: 23, model: 49 }],
    aliases: ['Rome', 'Zen2'],
    source:
      'AMD processor programming reference for family 17h model 31h (55803); software optimisation guide 56305',
  },
  {
    name: 'EPYC-Milan',
    vendor: 'AMD',
    from: 'EPYC-Rome',
    adds: words('invpcid pcid pku vaes vpclmulqdq erms fsrm spec_ctrl'),
    signatures: [
      { family: 25, model: 0 },
      { family: 25, model: 1 },
    ],
    aliases: ['Milan', 'Milan-X', 'Zen3'],
    source:
      'AMD processor programming reference for family 19h model 01h (55898); software optimisation guide 56665',
  },
  {
    name: 'EPYC-Genoa',
    vendor: 'AMD',
    from: 'EPYC-Milan',
    adds: words(
      'avx512f avx512dq avx512cd avx512bw avx512vl avx512ifma avx512vbmi avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq avx512_bf16 gfni la57',
    ),
    signatures: [
      { family: 25, model: 17 },
      { family: 25, model: 160 },
    ],
    aliases: ['Genoa', 'Genoa-X', 'Bergamo', 'Siena', 'Zen4'],
    source:
      'AMD processor programming reference for family 19h model 11h (55901); software optimisation guide 57647',
  },
  {
    name: 'EPYC-Turin',
    vendor: 'AMD',
    from: 'EPYC-Genoa',
    adds: words('avx_vnni movdiri movdir64b avx512_vp2intersect prefetchi'),
    signatures: [0, 1, 2, 16, 17].map((model) => ({ family: 26, model })),
    aliases: ['Turin', 'Turin-Dense', 'Zen5'],
    source:
      'AMD processor programming reference for family 1Ah model 02h (57238); software optimisation guide 58455',
  },
  {
    name: 'Dhyana',
    vendor: 'Hygon',
    from: 'EPYC',
    // The first parts lack Zen's cryptography instructions; later ones (C86 7285) have them: give those by their own features.
    drops: words('aes pclmulqdq sha_ni'),
    adds: [],
    signatures: [
      { family: 24, model: 0 },
      { family: 24, model: 1 },
      { family: 24, model: 2 },
    ],
    aliases: ['Hygon', 'Hygon-Dhyana', 'Hygon Dhyana', 'C86'],
    source: 'Hygon patches to the Linux kernel (family 18h), and published CPUID dumps of C86 parts',
  },
]

/** Older generations first: each `from` names an earlier entry. */
export const CPU_GENERATIONS: readonly CpuGeneration[] = [...INTEL, ...AMD].map((generation) =>
  generation.from === undefined ? { ...generation, adds: [...X86_64, ...generation.adds] } : generation,
)
