import { describe, expect, it } from 'vitest'
import { readAnswers } from '../../src/import/answers.js'
import { readCpus } from '../../src/import/cpus.js'
import { FaultList } from '../../src/import/failure.js'
import { isKnownFlag, sortFlags } from '../../src/import/flags.js'
import type { Assumption, InventoryCpu } from '../../src/import/inventory.js'
import { NodeNames } from '../../src/import/names.js'
import type { ForNode } from '../../src/import/options.js'
import { findCpuModel } from '../../src/model/cpu/table.js'

/** As a kernel lists them on a Cascade Lake host. */
const LSCPU = `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx
pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl
vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm
3dnowprefetch cpuid_fault epb cat_l3 cdp_l3 ssbd mba ibrs ibpb stibp ibrs_enhanced tpr_shadow vnmi flexpriority ept vpid ept_ad fsgsbase tsc_adjust
bmi1 avx2 smep bmi2 erms invpcid cqm mpx rdt_a avx512f avx512dq rdseed adx smap clflushopt clwb intel_pt avx512cd avx512bw avx512vl xsaveopt xsavec
xgetbv1 xsaves cqm_llc cqm_occup_llc cqm_mbm_total cqm_mbm_local dtherm ida arat pln pts hwp hwp_act_window hwp_epp hwp_pkg_req pku ospke avx512_vnni
md_clear flush_l1d arch_capabilities`

function read(cpus: (Partial<InventoryCpu> | undefined)[], answers: ForNode<string>[] = []) {
  const nodes = cpus.map((cpu, i) => ({
    id: `HV${i + 1}`,
    origin: { file: 'f', place: `line ${i + 2}` },
    ...(cpu === undefined ? {} : { cpu: { texts: [], origin: { file: 'f', place: `C${i + 2}` }, ...cpu } }),
  }))
  const faults = new FaultList()
  const assumptions: Assumption[] = []
  const given = readAnswers('--cpu', answers, new NodeNames(nodes), faults)
  const found = readCpus(nodes, given, faults, assumptions)
  return {
    found,
    faults: faults.items.map(({ origin, message }) => `${origin.file} ${origin.place}: ${message}`),
    assumed: assumptions.map(({ origin, text }) => `${origin.place}: ${text}`),
  }
}

describe('a list of flags', () => {
  it('is cut to what the table knows: a real list is as good as the model', () => {
    const { features, unknown } = sortFlags('Intel', LSCPU.split(/\s+/))
    const model = findCpuModel('Cascadelake-Server-noTSX')!
    // The list has spec_ctrl as ibrs; both say the same.
    expect(features).toEqual(model.features)
    expect(unknown).toEqual([])
  })

  it('keeps of the mitigations those of its vendor', () => {
    expect(sortFlags('Intel', ['ibpb', 'ibrs', 'stibp']).features).toEqual(['specctrl', 'stibp'])
    expect(sortFlags('AMD', ['ibpb', 'amd_stibp', 'sse4a']).features).toEqual(['ibpb', 'sse4a', 'stibp'])
    expect(sortFlags('Hygon', ['aes', 'ssbd', 'ibpb']).features).toEqual(['aes', 'ibpb', 'ssbd'])
    expect(sortFlags('Intel', ['ibpb', 'SSE4.1', 'no_such_flag']).unknown).toEqual(['nosuchflag'])
  })

  it('knows flags that are no features, and misspelt ones', () => {
    expect(['vmx', 'AVX-512-VNNI', 'constant_tsc', 'pni'].map(isKnownFlag)).toEqual([true, true, true, true])
    expect(['avx22', '', '-', '__proto__'].map(isKnownFlag)).toEqual([false, false, false, false])
  })
})

describe('the CPU of a node', () => {
  it('is its list, before any text', () => {
    const { found, faults, assumed } = read([
      { vendor: 'GenuineIntel', features: ['avx2', 'SSE4.2', 'vmx'], texts: ['Icelake-Server'] },
      { features: ['avx2'], texts: ['AMD EPYC 7742 64-Core Processor'] },
    ])
    expect(found).toEqual([
      { vendor: 'Intel', features: ['avx2', 'sse42'] },
      { vendor: 'AMD', features: ['avx2'] },
    ])
    expect([faults, assumed]).toEqual([[], []])
  })

  it('is the first text that names a model, which is an assumption unless it is its name', () => {
    const { found, faults, assumed } = read([
      { texts: ['Intel64 Family 6 Model 85 Stepping 7, GenuineIntel', 'Icelake-Server'] },
      { texts: ['', 'no such thing', 'Icelake Server'] },
      { texts: ['AMD EPYC 7763 64-Core Processor'] },
      { texts: ['AMD EPYC 7763 64-Core Processor'] },
    ])
    expect(found).toEqual([
      { model: 'Cascadelake-Server' },
      { model: 'Icelake-Server' },
      { model: 'EPYC-Milan' },
      { model: 'EPYC-Milan' },
    ])
    expect(faults).toEqual([])
    expect(assumed).toEqual([
      'C2: HV1: Cascadelake-Server by signature "Intel64 Family 6 Model 85 Stepping 7, GenuineIntel"; if firmware hides features of it, give --cpu HV1=MODEL (Cascadelake-Server-noTSX: without TSX)',
      'C4: HV3 and HV4: EPYC-Milan by brand "AMD EPYC 7763 64-Core Processor"; if firmware hides features of it, give --cpu HV3=MODEL; only some parts have x2apic, and these are taken as the same silicon',
    ])
  })

  it('is asked for where nothing tells it, once for nodes that are alike', () => {
    const { found, faults } = read([
      { texts: ['Intel(R) Xeon(R) CPU @ 2.20GHz', '6-85'] },
      undefined,
      { texts: [] },
      { texts: ['Casclake'] },
    ])
    expect(found).toEqual([undefined, undefined, undefined, undefined])
    expect(faults).toEqual([
      expect.stringMatching(
        /^f C2: HV1: "6-85" .* which stepping\? .*; answer with --cpu HV1=MODEL, or with/,
      ),
      expect.stringMatching(
        /^f line 3: HV2 and HV3: the files do not tell the CPU; .*HV2=MODEL for each of them/,
      ),
      expect.stringMatching(/^f C5: HV4: .*near names: Cascadelake-Server/),
    ])
  })

  it('is what the user says: for one node in any case, for all where the files do not tell', () => {
    const cpus = [
      { texts: ['Icelake-Server'] },
      { texts: ['Icelake-Server'] },
      { texts: ['Xeon CPU'] },
      undefined,
    ]
    const { found, faults } = read(cpus, [{ node: 'hv2', value: 'Haswell' }, { value: '6-143' }])
    expect(faults).toEqual([])
    expect(found).toEqual(
      ['Icelake-Server', 'Haswell', 'SapphireRapids', 'SapphireRapids'].map((model) => ({ model })),
    )
  })

  it('is never of another vendor than the files tell', () => {
    const { faults } = read(
      [{ texts: ['Intel(R) Xeon(R) CPU @ 2.20GHz'] }, { texts: [], vendor: 'GenuineIntel' }, undefined],
      [{ value: 'EPYC' }],
    )
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(
      'HV1 and HV2: the CPU is one of Intel, and --cpu EPYC names one of AMD; answer with',
    )
  })

  it('has answers that are judged once, and that name nodes', () => {
    const { faults } = read(
      [undefined, undefined],
      [
        { value: 'Casclake' },
        { value: 'EPYC' },
        { node: 'HV9', value: 'EPYC' },
        { node: 'HV1', value: 'EPYC' },
        { node: 'hv1', value: 'EPYC' },
      ],
    )
    expect(faults).toEqual([
      '--cpu EPYC : given for all nodes already, as "--cpu Casclake"; give it once',
      '--cpu HV9=EPYC : "HV9" is none of the nodes; did you mean "HV1"?',
      '--cpu hv1=EPYC : given for "HV1" twice; give it once for each node',
      expect.stringMatching(/^--cpu Casclake : "Casclake" is not a CPU model/),
    ])
  })

  it('has what Linux never lists by its model, unless its list shows such things', () => {
    const features = findCpuModel('SapphireRapids')!.features
    const shown = features.filter((feature) => !['fsrc', 'fsrs', 'fzrm', 'ibt', 'shstk'].includes(feature))
    const texts = ['Intel(R) Xeon(R) Platinum 8480+']
    const { found, assumed } = read([
      { vendor: 'Intel', features: shown, texts },
      { vendor: 'Intel', features: [...shown, 'xfd'], texts },
      { vendor: 'Intel', features: [...shown, 'amxtile'], texts },
      { vendor: 'Intel', features: shown },
    ])
    expect(found.map((cpu) => (cpu as { features: string[] }).features)).toEqual([
      features,
      [...shown, 'ibt', 'shstk', 'xfd'].sort(),
      [...features, 'amxtile', 'xfd'].sort(),
      shown,
    ])
    expect(assumed).toEqual([
      'C2: HV1: taken to have fsrc fsrs fzrm ibt shstk, which Linux does not list but SapphireRapids has',
      'C3: HV2: taken to have ibt shstk, which Linux does not list but SapphireRapids has',
      'C4: HV3: taken to have fsrc fsrs fzrm ibt shstk xfd, which Linux does not list but SapphireRapids has',
    ])
  })

  it('is told apart from another part of its model only where silicon of the model differs', () => {
    const v3 = (name: string) => ({ texts: ['6-63-2', `Intel(R) Xeon(R) CPU E5-${name} v3 @ 2.50GHz`] })
    const genoa = (name: string) => ({ texts: [`AMD EPYC ${name} 32-Core Processor`] })
    const { found, assumed } = read([v3('2680'), v3('2680'), v3('2698'), genoa('9354'), genoa('9334')])
    const part = (name: string) => `6-63-2, Intel(R) Xeon(R) CPU E5-${name} v3 @ 2.50GHz`
    expect(found).toEqual([
      { model: 'Haswell', part: part('2680') },
      { model: 'Haswell', part: part('2680') },
      { model: 'Haswell', part: part('2698') },
      { model: 'EPYC-Genoa' },
      { model: 'EPYC-Genoa' },
    ])
    expect(assumed[0]).toBe(
      'C2: [HV1 and HV2] and [HV3]: Haswell, but not the same parts, and only some have hle rtm: between them VMs that may see one of these do not move live',
    )
    expect(read([v3('2680'), v3('2680')]).found).toEqual([{ model: 'Haswell' }, { model: 'Haswell' }])
  })

  it('keeps what its model may have beside one with a list', () => {
    const { found } = read([
      { vendor: 'Intel', features: LSCPU.split(/\s+/) },
      { texts: ['Cascadelake-Server'] },
    ])
    expect(found[1]).toMatchObject({ vendor: 'Intel', mayHave: ['hle', 'rtm'] })
  })

  it('needs a vendor for its list', () => {
    expect(read([{ features: ['avx2'] }]).faults[0]).toBe(
      'f C2: HV1: its CPU has features, but no vendor; write Intel, AMD or Hygon',
    )
  })

  it('compares with its like: without microcode where one has a list and one a model', () => {
    const list = { vendor: 'Intel', features: LSCPU.split(/\s+/) }
    const { found, assumed } = read([list, { texts: ['Cascadelake-Server-noTSX'] }, { texts: ['EPYC'] }])
    expect(found[0]).toEqual(found[1])
    expect(JSON.stringify(found[0])).not.toContain('specctrl')
    expect(found[2]).toEqual({ model: 'EPYC' })
    expect(assumed).toEqual([
      'C2: HV1: CPU by its list of features, HV2 by model: what microcode adds against speculation attacks is left out of both; lists for all nodes compare better',
    ])
    const alike = read([list, list])
    expect(JSON.stringify(alike.found[1])).toContain('specctrl')
    expect(alike.assumed).toEqual([])
  })

  it('has flags that nobody knows reported, once for nodes that are alike', () => {
    const list = { vendor: 'AMD', features: ['sse4a', 'zz_top', 'svm'] }
    const { found, assumed } = read([list, list])
    expect(found[0]).toEqual({ vendor: 'AMD', features: ['sse4a'] })
    expect(assumed).toHaveLength(1)
    expect(assumed[0]).toContain(
      'HV1 and HV2: flags left out that are no feature of any CPU in the table: zztop;',
    )
  })
})
