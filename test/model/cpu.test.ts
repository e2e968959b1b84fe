import { describe, expect, test } from 'vitest'
import { MINIMUM_FEATURES, normaliseFeature, normaliseFeatures } from '../../src/model/cpu/features.js'
import { cpuModels, findCpuBySignature, findCpuModel, nearCpuModels } from '../../src/model/cpu/table.js'

const featuresOf = (name: string): Set<string> => new Set(findCpuModel(name)!.features)
const runsOn = (vm: string, node: string): boolean =>
  [...featuresOf(vm)].every((f) => featuresOf(node).has(f))

describe('feature names', () => {
  test.each([
    ['SSE4.1', 'sse4_1'],
    ['pni', 'SSE3'],
    ['XD', 'nx'],
    ['AVX-512-F', 'avx512f'],
    ['AVX-512-IFAMA', 'avx512ifma'],
    ['LAHF-SAHF', 'lahf_lm'],
    ['CMPXCHG16B', 'cx16'],
    ['PAGE1GB', 'pdpe1gb'],
    ['PCLMULDQ', 'pclmulqdq'],
    ['RDWRFSGSBASE', 'fsgsbase'],
    ['ERMSB', 'erms'],
    ['abm', 'LZCNT'],
    ['sha', 'sha_ni'],
    ['avx512_vnni', 'avx512vnni'],
    ['TSC-DEADLINE', 'tsc_deadline_timer'],
    ['PREFETCHW', '3dnowprefetch'],
    ['X64', 'lm'],
  ])('%s is %s', (a, b) => {
    expect(normaliseFeature(a)).toBe(normaliseFeature(b))
  })

  test('normal names stay as they are', () => {
    for (const model of cpuModels()) {
      for (const feature of model.features) expect(normaliseFeature(feature)).toBe(feature)
    }
    for (const set of Object.values(MINIMUM_FEATURES)) {
      for (const feature of set) expect(normaliseFeature(feature)).toBe(feature)
    }
    for (const name of ['PNI', 'abm', 'IBRS', 'constructor', '__proto__']) {
      expect(normaliseFeature(normaliseFeature(name))).toBe(normaliseFeature(name))
    }
  })

  test('lists are sorted and without repeats', () => {
    expect(normaliseFeatures(['SSE4.2', 'avx', 'sse4_2', '', '-', 'pni', 'SSE3'])).toEqual([
      'avx',
      'sse3',
      'sse42',
    ])
  })
})

describe('the table', () => {
  test('has the generations, each with a source, a signature and 40 features or so', () => {
    expect(cpuModels().map((model) => model.name)).toEqual([
      ...['Penryn', 'Nehalem', 'Westmere', 'SandyBridge', 'IvyBridge', 'Haswell', 'Broadwell'],
      ...['Skylake-Client', 'Skylake-Server'],
      ...[
        'Cascadelake-Server',
        'Cooperlake',
        'Icelake-Server',
        'SapphireRapids',
        'EmeraldRapids',
        'GraniteRapids',
      ],
      ...[
        ...['DiamondRapids', 'RocketLake', 'RaptorLake', 'Denverton', 'Snowridge'],
        'SierraForest',
        'ClearwaterForest',
        'Opteron_G1',
        'Opteron_G2',
        'Opteron_G3',
        'Opteron_G4',
        'Opteron_G5',
        'EPYC',
        'EPYC-Rome',
        'EPYC-Milan',
        'EPYC-Genoa',
      ],
      ...['EPYC-Turin', 'EPYC-4004', 'EPYC-4005', 'Dhyana'],
    ])
    for (const model of cpuModels()) {
      expect(model.features.length).toBeGreaterThan(25)
      expect(model.mayHave.filter((feature) => model.features.includes(feature))).toEqual([])
      expect(model.mayHave).toEqual([...new Set(model.mayHave)].sort())
      expect(model.features).toEqual([...new Set(model.features)].sort())
      expect(model.signatures.length).toBeGreaterThan(0)
      expect(model.source).not.toBe('')
    }
  })

  test.each([
    ['Nehalem', 'Westmere'],
    ['Westmere', 'SandyBridge'],
    ['IvyBridge', 'Haswell'],
    ['Broadwell', 'Skylake-Server'],
    ['Skylake-Server', 'Cascadelake-Server'],
    ['Cascadelake-Server', 'Cooperlake'],
    ['Icelake-Server', 'SapphireRapids'],
    ['SapphireRapids', 'EmeraldRapids'],
    ['SierraForest', 'ClearwaterForest'],
    ['Opteron_G4', 'Opteron_G5'],
    ['EPYC', 'EPYC-Rome'],
    ['EPYC-Rome', 'EPYC-Milan'],
    ['EPYC-Milan', 'EPYC-Genoa'],
    ['EPYC-Genoa', 'EPYC-Turin'],
  ])('%s runs on %s, and not the other way', (older, newer) => {
    expect(runsOn(older, newer)).toBe(true)
    expect(runsOn(newer, older)).toBe(older === 'SapphireRapids')
  })

  test.each([
    // Newer is not always more.
    ['Cooperlake', 'Icelake-Server'],
    ['Cascadelake-Server', 'Icelake-Server'],
    ['SierraForest', 'SapphireRapids'],
    ['SapphireRapids', 'SierraForest'],
    ['GraniteRapids', 'ClearwaterForest'],
    ['ClearwaterForest', 'GraniteRapids'],
    ['Dhyana', 'EPYC'],
    ['Opteron_G3', 'Opteron_G4'],
    ['Opteron_G5', 'EPYC'],
  ])('%s does not run on %s', (vm, node) => {
    expect(runsOn(vm, node)).toBe(false)
  })

  test.each([
    ['Skylake-SP', 'Skylake-Server'],
    ['cascadelake-server', 'Cascadelake-Server'],
    ['CASCADE LAKE', 'Cascadelake-Server'],
    ['epyc_rome', 'EPYC-Rome'],
    ['Naples', 'EPYC'],
    ['Bergamo', 'EPYC-Genoa'],
    ['sapphire rapids', 'SapphireRapids'],
    ['Haswell-EP', 'Haswell'],
  ])('%s names %s', (alias, name) => {
    expect(findCpuModel(alias)?.name).toBe(name)
  })

  test('variants', () => {
    const full = findCpuModel('Skylake-Server')!
    const reduced = findCpuModel('Skylake-Server-noTSX-IBRS')!
    expect([full.mayHave, reduced.mayHave]).toEqual([['hle', 'rtm'], []])
    expect(reduced.features.filter((feature) => !full.features.includes(feature))).toEqual(['specctrl'])
    const settled = findCpuModel('skylake server+RTM+hle')!
    expect(settled).toMatchObject({ name: 'Skylake-Server+hle+rtm', mayHave: [] })
    expect(settled.features).toEqual([...full.features, 'hle', 'rtm'].sort())
    expect(findCpuModel('Skylake-Server+hle+rtm')).toBe(settled)
    for (const name of ['Skylake-Server+avx2', 'Skylake-Server+', 'EPYC+rtm', 'Skylake-Server-noTSX+rtm'])
      expect(findCpuModel(name)).toBeUndefined()
    expect(featuresOf('EPYC-IBPB').has('ibpb')).toBe(true)
    expect(findCpuModel('Skylake-noTSX-IBRS')).toBeUndefined()
    expect(findCpuModel('Nehalem-noTSX')).toBeUndefined()
    expect(findCpuModel('EPYC-noTSX')).toBeUndefined()
    expect(findCpuModel('-noTSX')).toBeUndefined()
  })

  test.each(['Pentium', '', 'constructor', '__proto__', 'x'.repeat(1e6)])('%.20s is unknown', (name) => {
    expect(findCpuModel(name)).toBeUndefined()
  })

  test('near names', () => {
    expect(nearCpuModels('Cascadelake-Servr')[0]).toBe('Cascadelake-Server')
    expect(nearCpuModels('EPYC-Room')).toContain('EPYC-Rome')
    expect(nearCpuModels('sky')).toEqual(['Skylake-Client', 'Skylake-Server'])
    expect(nearCpuModels('x'.repeat(1e6))).toEqual([])
  })

  test.each([
    'Icelake-Client',
    'Granite Ridge',
    'Comet Lake',
    'Tiger Lake',
    'EPYC-4006',
    'Opteron_G6',
    'Zen6',
    'Skylake-Desktop',
  ])('%s is another CPU, not a misspelt one', (name) => {
    expect(nearCpuModels(name)).toEqual([])
  })

  test.each([
    ['Intel', 6, 106, 6, 'Icelake-Server'],
    ['Intel', 6, 85, 4, 'Skylake-Server'],
    ['Intel', 6, 85, 7, 'Cascadelake-Server'],
    ['Intel', 6, 85, 11, 'Cooperlake'],
    ['Intel', 6, 143, 8, 'SapphireRapids'],
    ['Intel', 6, 175, 3, 'SierraForest'],
    ['AMD', 23, 1, 2, 'EPYC'],
    ['AMD', 23, 49, 0, 'EPYC-Rome'],
    ['AMD', 25, 17, 1, 'EPYC-Genoa'],
    ['AMD', 26, 0, 0, 'EPYC-Turin'],
    ['Hygon', 24, 0, 1, 'Dhyana'],
    ['AMD', 6, 106, 6, undefined],
    ['Intel', 6, 85, 9, undefined],
  ] as const)('%s family %i model %i stepping %i', (vendor, family, model, stepping, name) => {
    expect(findCpuBySignature(vendor, family, model, stepping)?.name).toBe(name)
  })

  test('no signature belongs to two generations', () => {
    for (const model of cpuModels()) {
      for (const { family, model: number, steppings } of model.signatures) {
        expect(findCpuBySignature(model.vendor, family, number, steppings?.[0] ?? 0)).toBe(model)
      }
    }
  })
})

/** What goes by other names elsewhere: the name used here, and those of Coreinfo, lscpu, QEMU, libvirt, FreeBSD and the manuals. */
const SPELLINGS = `
sse3 pni sse2_sse3|nx xd nxe exec-disable|lm x64 em64t intel64 amd64|lahflm lahf lahf-sahf|lzcnt abm|cx16 cmpxchg16b|cx8 cmpxchg8b
pdpe1gb page1gb 1gb_pages hugepage1gb pg1g|pclmulqdq pclmul pclmuldq pclmulhqlqdq|aes aes-ni|shani sha|clflush clfsh clfl|erms ermsb
fsgsbase rdwrfsgsbase|avx512ifma avx512ifama|avx5124vnniw avx512vnniw|avx5124fmaps avx512fmaps|3dnowprefetch prefetchw|fxsropt ffxsr
mmxext amd-mmxext mmxplus|est eist|cid cnxt-id|tscdeadline tsc-deadline-timer|invtsc tsc_invariant invariant-tsc nonstop_tsc|cmov cmovcc
sep sysenter|syscall syscall-sysret|rdrand rdrnd|movbe movbe-instruction|fma fma3|f16c half-precision|waitpkg waitpkg-instruction
shstk user_shstk cet_ss cet-shstk|ibt cet_ibt|psfd amd-psfd intel-psfd|pku ospke protection-keys|specctrl ibrs-ibpb ibrs|ssbd amd-ssbd
stibp amd-stibp intel-stibp|archcapabilities arch_cap|prefetchi prefetch-iti|corecapability split_lock_detect`

describe('names of features', () => {
  const rows = SPELLINGS.trim()
    .split(/[|\n]/)
    .map((row) => row.split(' '))
  test.each(rows)('%s has other spellings', (name, ...spellings) => {
    expect(normaliseFeature(name)).toBe(name)
    expect(spellings.length).toBeGreaterThan(0)
    for (const each of spellings) expect(normaliseFeature(` ${each.toUpperCase()} `)).toBe(name)
  })

  test('that the minimum set leaves', () => {
    const base =
      'apic clflush cmov cx16 cx8 de fpu fxsr lahflm lm mca mce mmx msr mtrr nx pae pat pge pse pse36 sep sse sse2 sse3 syscall tsc vme'
    const amd = [...base.split(' '), 'cr8legacy', 'fxsropt', 'mmxext'].sort()
    expect([...MINIMUM_FEATURES.Intel].sort()).toEqual(base.split(' '))
    expect([...MINIMUM_FEATURES.AMD].sort()).toEqual(amd)
    expect([...MINIMUM_FEATURES.Hygon].sort()).toEqual(amd)
  })
})
