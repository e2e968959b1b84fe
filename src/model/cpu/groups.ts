/** Features by what they are for, so that a list of a hundred can be read. */
import { normaliseFeatures } from './features.js'

const GROUPS = {
  base: 'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 syscall nx lm',
  vectors:
    'sse3 ssse3 sse4_1 sse4_2 sse4a misalignsse mmxext 3dnow 3dnowext avx avx2 fma f16c xop fma4 avx_vnni avx_vnni_int8 avx_vnni_int16 avx_ifma avx_ne_convert avx10 mpx',
  'AVX-512':
    'avx512f avx512dq avx512bw avx512vl avx512cd avx512_vnni avx512_bf16 avx512_fp16 avx512vbmi avx512_vbmi2 avx512_bitalg avx512_vpopcntdq avx512ifma avx512_vp2intersect',
  AMX: 'amx_tile amx_int8 amx_bf16 amx_fp16 amx_complex amx_fp8 amx_tf32 amx_avx512 amx_movrs xfd',
  cryptography: 'aes pclmulqdq vaes vpclmulqdq gfni sha_ni sha512 sm3 sm4 rdrand rdseed',
  integers: 'cx16 popcnt lzcnt bmi1 bmi2 tbm movbe adx lahf_lm cmpccxadd apx_f',
  'memory and strings':
    'erms fsrm fsrs fsrc fzrm clflushopt clwb clzero wbnoinvd cldemote 3dnowprefetch prefetchi movdiri movdir64b movrs enqcmd',
  paging: 'pdpe1gb pcid invpcid smep smap pku la57 lam umip fsgsbase shstk ibt',
  system:
    'x2apic tsc_deadline rdtscp rdpid xsave xsaveopt xsavec xgetbv1 xsaves xsaveerptr fxsr_opt serialize bus_lock_detect topoext osvw cr8_legacy waitpkg rdpru',
  transactions: 'hle rtm tsxldtrk',
  mitigations: 'spec_ctrl ibpb stibp ssbd psfd arch_capabilities',
} as const

export type FeatureGroup = keyof typeof GROUPS

const ORDER = Object.keys(GROUPS) as FeatureGroup[]
const MEMBERS = ORDER.map((group) => [group, new Set(normaliseFeatures(GROUPS[group].split(' ')))] as const)

/** Folded features of the table by group, without empty groups; order of both as given. What no group has is under `other`. */
export function groupFeatures(
  features: readonly string[],
): Partial<Record<FeatureGroup | 'other', string[]>> {
  const groups: Partial<Record<FeatureGroup | 'other', string[]>> = {}
  const left = new Set(features)
  for (const [group, members] of MEMBERS) {
    const own = features.filter((feature) => members.has(feature))
    if (own.length === 0) continue
    groups[group] = own
    for (const feature of own) left.delete(feature)
  }
  if (left.size > 0) groups.other = [...left]
  return groups
}
