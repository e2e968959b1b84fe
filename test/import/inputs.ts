/** Input files from text. */
import type { InputFile, Inventory } from '../../src/import/inventory.js'

export const textFile = (name: string, text: string): InputFile => ({
  name,
  bytes: new TextEncoder().encode(text),
})
export const jsonFile = (name: string, value: unknown): InputFile => textFile(name, JSON.stringify(value))

export const faultsOf = ({ issues }: Inventory): string[] =>
  issues.map(
    ({ origin: { file, place }, message }) => `${file}${place === '' ? '' : `: ${place}`}: ${message}`,
  )

export const reportOf = ({ assumptions }: Inventory): string => assumptions.map(({ text }) => text).join('\n')

/** Flags of /proc/cpuinfo on a Broadwell and on a Cascade Lake host, with what guests never see among them. */
export const BROADWELL_FLAGS =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault epb pti ssbd ibrs ibpb stibp tpr_shadow flexpriority ept vpid ept_ad fsgsbase tsc_adjust bmi1 hle avx2 smep bmi2 erms invpcid rtm cqm rdseed adx smap intel_pt xsaveopt'
export const CASCADE_FLAGS = `${BROADWELL_FLAGS} avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl xsavec xgetbv1 xsaves pku ospke avx512_vnni`
