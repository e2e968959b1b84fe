/** Facts about CPUs that hold whoever writes the table, and how a CPU is found in it. */
import { describe, expect, test } from 'vitest'
import { UnknownCpuError } from '../../src/errors.js'
import { compareCpus, hiddenFeatures } from '../../src/model/cpu/compare.js'
import { normaliseFeatures } from '../../src/model/cpu/features.js'
import { groupFeatures } from '../../src/model/cpu/groups.js'
import { cpuModel, lookUpCpu } from '../../src/model/cpu/lookup.js'
import { cpuModels } from '../../src/model/cpu/table.js'

const names = (...features: string[]) => normaliseFeatures(features)
const words = (text: string) => text.split(' ')
const models = cpuModels()

function unknown(text: string): UnknownCpuError {
  try {
    lookUpCpu(text)
  } catch (error) {
    if (error instanceof UnknownCpuError) return error
    throw error
  }
  throw new Error(`${text} was found`)
}

describe('which generation has what', () => {
  /** Every model that has the feature: no other may. */
  test.each<[string, string]>([
    [
      'avx512f',
      'Skylake-Server Cascadelake-Server Cooperlake Icelake-Server ' +
        'SapphireRapids EmeraldRapids GraniteRapids DiamondRapids RocketLake ' +
        'EPYC-Genoa EPYC-Turin EPYC-4004 EPYC-4005',
    ],
    [
      'avx512_bf16',
      'Cooperlake SapphireRapids EmeraldRapids GraniteRapids DiamondRapids ' +
        'EPYC-Genoa EPYC-Turin EPYC-4004 EPYC-4005',
    ],
    ['amx_tile', 'GraniteRapids DiamondRapids'],
    ['amx_fp16', 'GraniteRapids DiamondRapids'],
    ['avx512_vp2intersect', 'EPYC-Turin'],
    ['mpx', 'Skylake-Server Cascadelake-Server Cooperlake Denverton'],
    [
      'bus_lock_detect',
      'SapphireRapids EmeraldRapids GraniteRapids DiamondRapids SierraForest ClearwaterForest EPYC-Turin',
    ],
    ['enqcmd', 'SapphireRapids EmeraldRapids GraniteRapids DiamondRapids SierraForest ClearwaterForest'],
    [
      'waitpkg',
      'SapphireRapids EmeraldRapids GraniteRapids DiamondRapids RaptorLake ' +
        'Snowridge SierraForest ClearwaterForest',
    ],
    [
      'ibt',
      'SapphireRapids EmeraldRapids GraniteRapids DiamondRapids RaptorLake SierraForest ClearwaterForest',
    ],
    ['rdpru', 'EPYC-Rome EPYC-Milan EPYC-Genoa EPYC-Turin EPYC-4004 EPYC-4005'],
    ['rtm', ''],
    ['xop', 'Opteron_G4 Opteron_G5'],
    ['tbm', 'Opteron_G5'],
    ['3dnow', 'Opteron_G1 Opteron_G2 Opteron_G3'],
    ['cmpccxadd', 'DiamondRapids SierraForest ClearwaterForest'],
    ['sha512', 'DiamondRapids ClearwaterForest'],
    ['la57', 'Icelake-Server SapphireRapids EmeraldRapids GraniteRapids DiamondRapids EPYC-Genoa EPYC-Turin'],
  ])('%s', (feature, expected) => {
    const [folded] = names(feature)
    const having = models.filter(({ features }) => features.includes(folded)).map(({ name }) => name)
    expect(having.join(' ')).toBe(expected)
  })

  /** Of a generation only some parts have it: no target for it, but a source. */
  test.each<[string, string[]]>([
    ['Penryn', ['xsave']],
    ['Nehalem', ['x2apic']],
    ['Westmere', ['pdpe1gb', 'x2apic']],
    ['SandyBridge', ['pdpe1gb']],
    ['IvyBridge', ['pdpe1gb']],
    ['Haswell', ['hle', 'rtm']],
    ['Skylake-Client', ['hle', 'mpx', 'rtm']],
    ['Icelake-Server', ['hle', 'rtm']],
    ['SapphireRapids', words('amx_bf16 amx_int8 amx_tile hle psfd rtm tsxldtrk xfd')],
    ['RocketLake', []],
    ['EPYC', []],
    ['EPYC-Rome', ['x2apic']],
    ['EPYC-Milan', ['x2apic']],
    ['EPYC-Genoa', []],
  ])('%s may have', (name, expected) => {
    expect(cpuModel(name).mayHave).toEqual(names(...expected))
  })

  test.each<[string, string]>([
    ['Opteron_G3', 'osvw'],
    ['Opteron_G5', 'osvw'],
    ['EPYC-Milan', 'shstk'],
    ['EPYC-Milan', 'psfd'],
    ['Haswell', 'pdpe1gb'],
    ['SandyBridge', 'x2apic'],
  ])('%s has %s', (name, feature) => {
    expect(cpuModel(name).features).toContain(names(feature)[0])
  })

  test('no signature belongs to two models, at any stepping', () => {
    for (const { name, signatures } of models) {
      for (const { family, model, steppings: [low, high] = [0, 15] } of signatures) {
        for (let stepping = low; stepping <= high; stepping++)
          expect(lookUpCpu(`${family}-${model}-${stepping}`)).toMatchObject({
            by: 'signature',
            model: { name },
          })
      }
    }
  })

  test('no name or alias belongs to two models', () => {
    for (const model of models) {
      for (const alias of [model.name, ...model.aliases, model.name.toUpperCase()]) {
        expect(lookUpCpu(alias)).toEqual({ model, by: 'name' })
      }
    }
  })

  test('every feature has one group', () => {
    for (const { features } of models) {
      const groups = groupFeatures(features)
      expect(groups).not.toHaveProperty('other')
      expect(Object.values(groups).flat().sort()).toEqual(features)
    }
    expect(groupFeatures(['avx2', 'newest'])).toEqual({ vectors: ['avx2'], other: ['newest'] })
  })

  test('what look-ups give cannot be changed by one for all', () => {
    const model = cpuModel('Haswell')
    expect(() => (model.features as string[]).push('avx512f')).toThrow(TypeError)
    expect(() => Object.assign(model.signatures[0], { family: 7 })).toThrow(TypeError)
    expect(() => (model.aliases as string[]).push('Nehalem')).toThrow(TypeError)
    expect(() => (cpuModel('Haswell-noTSX').features as string[]).push('rtm')).toThrow(TypeError)
  })
})

describe('signatures', () => {
  test.each([
    ['6-85-7', 'Cascadelake-Server'],
    ['6/85/4', 'Skylake-Server'],
    ['6:106', 'Icelake-Server'],
    ['Intel64 Family 6 Model 85 Stepping 7', 'Cascadelake-Server'],
    ['Intel64 Family 6 Model 143 Stepping 8, GenuineIntel', 'SapphireRapids'],
    ['AMD64 Family 25 Model 1 Stepping 1', 'EPYC-Milan'],
    ['family 23 model 49', 'EPYC-Rome'],
    ['0x50657', 'Cascadelake-Server'],
    ['00050654', 'Skylake-Server'],
    ['0x00B00F21', 'EPYC-Turin'],
    ['0x800F12', 'EPYC'],
    ['000106A5', 'Nehalem'],
    ['0x600f20', 'Opteron_G5'],
    ['6-158-10', 'Skylake-Client'],
    ['6-167-1', 'RocketLake'],
    ['6-183-1', 'RaptorLake'],
    ['6-95-1', 'Denverton'],
    ['19-1-0', 'DiamondRapids'],
    ['25-97-2', 'EPYC-4004'],
    ['26-68-0', 'EPYC-4005'],
  ])('%s is %s', (text, name) => {
    expect(lookUpCpu(text)).toMatchObject({ by: 'signature', model: { name } })
  })

  test('one that several models share is asked about', () => {
    const error = unknown('6-85')
    expect(error.candidates).toEqual(['Skylake-Server', 'Cascadelake-Server', 'Cooperlake'])
    expect(error.message).toContain('which stepping? Skylake-Server (stepping 0 to 4)')
  })

  test.each([
    '6-85-9',
    '6-165-5',
    '24-1-1',
    '24-2-0',
    'AMD64 Family 6 Model 85 Stepping 7',
    '0x000A0655',
    '999-1-1',
  ])('%s is not in the table', (text) => {
    expect(unknown(text)).toMatchObject({ code: 'UNKNOWN_CPU', candidates: [] })
  })
})

describe('brand names', () => {
  test.each([
    ['Intel(R) Xeon(R) CPU           X5570  @ 2.93GHz', 'Nehalem'],
    ['Intel(R) Xeon(R) CPU X5675 @ 3.07GHz', 'Westmere'],
    ['Intel(R) Xeon(R) CPU E7- 4870  @ 2.40GHz', 'Westmere'],
    ['Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz', 'SandyBridge'],
    ['Intel(R) Xeon(R) CPU E5-2697 v2 @ 2.70GHz', 'IvyBridge'],
    ['Intel(R) Xeon(R) CPU E7-8890 v3 @ 2.50GHz', 'Haswell'],
    ['Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz', 'Broadwell'],
    ['Intel(R) Xeon(R) CPU D-1541 @ 2.10GHz', 'Broadwell'],
    ['Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz', 'Skylake-Server'],
    ['Intel(R) Xeon(R) Bronze 3104 CPU @ 1.70GHz', 'Skylake-Server'],
    ['Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz', 'Cascadelake-Server'],
    ['Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz', 'Cascadelake-Server'],
    ['Intel(R) Xeon(R) Platinum 9242 CPU @ 2.30GHz', 'Cascadelake-Server'],
    ['Intel(R) Xeon(R) Gold 6348H CPU @ 2.30GHz', 'Cooperlake'],
    ['Intel(R) Xeon(R) Platinum 8321HC CPU @ 1.40GHz', 'Cooperlake'],
    ['Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz', 'Icelake-Server'],
    ['Intel(R) Xeon(R) Silver 4310T CPU @ 2.30GHz', 'Icelake-Server'],
    ['Intel(R) Xeon(R) Platinum 8480+', 'SapphireRapids'],
    ['Intel(R) Xeon(R) Platinum 8490H', 'SapphireRapids'],
    ['Intel(R) Xeon(R) CPU Max 9480', 'SapphireRapids'],
    ['INTEL(R) XEON(R) PLATINUM 8592+', 'EmeraldRapids'],
    ['Intel(R) Xeon(R) 6980P', 'GraniteRapids'],
    ['Intel(R) Xeon(R) 6726P-B', 'GraniteRapids'],
    ['Intel(R) Xeon(R) 6780E', 'SierraForest'],
    ['Six-Core AMD Opteron(tm) Processor 2431', 'Opteron_G3'],
    ['AMD Opteron(tm) Processor 6172', 'Opteron_G3'],
    ['AMD Opteron(TM) Processor 6272', 'Opteron_G4'],
    ['AMD Opteron(tm) Processor 6380', 'Opteron_G5'],
    ['AMD EPYC 7551P 32-Core Processor', 'EPYC'],
    ['AMD EPYC 7742 64-Core Processor', 'EPYC-Rome'],
    ['AMD EPYC 7F52 16-Core Processor', 'EPYC-Rome'],
    ['AMD EPYC 75F3 32-Core Processor', 'EPYC-Milan'],
    ['AMD EPYC 7V73X 64-Core Processor', 'EPYC-Milan'],
    ['AMD EPYC 9654 96-Core Processor', 'EPYC-Genoa'],
    ['AMD EPYC 9V74 80-Core Processor', 'EPYC-Genoa'],
    ['AMD EPYC 8324PN 32-Core Processor', 'EPYC-Genoa'],
    ['AMD EPYC 9755 128-Core Processor', 'EPYC-Turin'],
    ['Hygon C86 7185 32-core Processor', 'Dhyana'],
    ['Intel(R) Xeon(R) CPU E5450 @ 3.00GHz', 'Penryn'],
    ['Intel(R) Xeon(R) CPU E31230 @ 3.20GHz', 'SandyBridge'],
    ['Intel(R) Xeon(R) CPU E5-2699C v4 @ 2.20GHz', 'Broadwell'],
    ['Intel(R) Xeon(R) CPU E3-1270 v6 @ 3.80GHz', 'Skylake-Client'],
    ['Intel(R) Xeon(R) E-2176G CPU @ 3.70GHz', 'Skylake-Client'],
    ['Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz', 'RocketLake'],
    ['Intel(R) Xeon(R) E-2478', 'RaptorLake'],
    ['Intel(R) Xeon(R) 6369P', 'RaptorLake'],
    ['Intel(R) Xeon(R) W-2155 CPU @ 3.30GHz', 'Skylake-Server'],
    ['Intel(R) Xeon(R) W-3175X CPU @ 3.10GHz', 'Skylake-Server'],
    ['Intel(R) Xeon(R) W-3275 CPU @ 2.50GHz', 'Cascadelake-Server'],
    ['Xeon Gold 6248R', 'Cascadelake-Server'],
    ['Intel(R) Xeon(R) w7-2475X', 'SapphireRapids'],
    ['Intel(R) Xeon(R) w9-3475X', 'SapphireRapids'],
    ['Intel(R) Xeon(R) CPU Max 9470C', 'SapphireRapids'],
    ['Intel(R) Xeon(R) Bronze 3408U', 'SapphireRapids'],
    ['Intel(R) Xeon(R) 6975P-C', 'GraniteRapids'],
    ['Intel(R) Xeon(R) 6985P-C', 'GraniteRapids'],
    ['Intel(R) Atom(TM) CPU C3758 @ 2.20GHz', 'Denverton'],
    ['Intel(R) Atom(TM) Processor P5942B', 'Snowridge'],
    ['AMD Opteron(tm) Processor 252', 'Opteron_G1'],
    ['Dual-Core AMD Opteron(tm) Processor 2218 HE', 'Opteron_G2'],
    ['AMD EPYC 3251 8-Core Processor', 'EPYC'],
    ['AMD EPYC Embedded 7292P 16-Core Processor', 'EPYC-Rome'],
    ['EPYC 7763', 'EPYC-Milan'],
    ['AMD EPYC 9V33X 96-Core Processor', 'EPYC-Genoa'],
    ['AMD EPYC 4564P 16-Core Processor', 'EPYC-4004'],
    ['AMD EPYC 4565P 16-Core Processor', 'EPYC-4005'],
    ['AMD EPYC™ 9654 96-Core Processor', 'EPYC-Genoa'],
    ['Intel Xeon-Gold 6248', 'Cascadelake-Server'],
    ['Intel(R) Xeon(R) W-1370 CPU @ 2.90GHz', 'RocketLake'],
    ['Intel(R) Xeon(R) E-2278GEL CPU @ 2.00GHz', 'Skylake-Client'],
  ])('%s is %s', (brand, name) => {
    expect(lookUpCpu(brand)).toMatchObject({ by: 'brand', model: { name } })
  })

  test.each([
    'Intel(R) Xeon(R) CPU @ 2.20GHz',
    'Intel(R) Xeon(R) Processor @ 2.80GHz',
    'Intel(R) Xeon(R) 6990E+',
    'Intel(R) Xeon(R) CPU L3406 @ 2.27GHz',
    'Intel(R) Xeon(R) W-1290P CPU @ 3.70GHz',
    'Intel Xeon Processor (Skylake, IBRS)',
    'AMD EPYC Processor',
    'Hygon C86 7285 32-core Processor',
    'Intel(R) Core(TM) i7-9700 CPU @ 3.00GHz',
  ])('%s is asked about, not guessed', (brand) => {
    expect(unknown(brand).message).toContain('which family, model and stepping')
  })
})

describe('names that the table does not have', () => {
  test('give near ones', () => {
    expect(unknown('Icelake-Servr').candidates[0]).toBe('Icelake-Server')
    expect(unknown('EPYC-Room').candidates).toContain('EPYC-Rome')
    expect(unknown('Haswell-noTSX-v2').candidates).toContain('Haswell')
  })

  test.each(['', ' ', 'x', '__proto__', '-', '..', '6-', 'x'.repeat(1e6), '\u001b[31m'])('%.12j', (text) => {
    expect(unknown(text).message.length).toBeLessThan(400)
  })

  test('what is no text is refused', () => {
    expect(() => cpuModel(7 as unknown as string)).toThrow(UnknownCpuError)
    expect(() => cpuModel(undefined as unknown as string)).toThrow(UnknownCpuError)
  })
})

describe('compareCpus', () => {
  test('what a VM may see, the target must have for certain', () => {
    const { lost, forward, backward } = compareCpus('Cascadelake-Server', '6-106-6')
    expect(lost).toEqual(['hle', 'mpx', 'rtm'])
    expect(forward).toEqual({
      live: false,
      otherVendor: false,
      missing: ['hle', 'mpx', 'rtm'],
      compatibility: { minimum: true, cluster: true },
    })
    expect(backward.live).toBe(false)
    expect(compareCpus('Icelake-Server', 'SapphireRapids').forward.missing).toEqual(['hle', 'rtm'])
    expect(compareCpus('Icelake-Server-noTSX', 'SapphireRapids').forward.live).toBe(true)
    expect(compareCpus('Icelake-Server', 'SapphireRapids+hle+rtm').forward.live).toBe(true)
  })

  test('one model is one silicon, its variants are not', () => {
    expect(compareCpus('Haswell', 'haswell-ep').forward.live).toBe(true)
    expect(compareCpus('Haswell', 'Haswell-noTSX').forward.live).toBe(false)
    expect(compareCpus('Haswell-noTSX', 'Haswell').forward.live).toBe(true)
  })

  test('both ways, for every two models', () => {
    for (const a of models) {
      for (const b of models) {
        const there = compareCpus(a.name, b.name)
        const back = compareCpus(b.name, a.name)
        const seen = [...a.features, ...a.mayHave]
        if (a !== b)
          expect([...there.lost].sort()).toEqual(seen.filter((f) => !b.features.includes(f)).sort())
        expect(there.lost).toEqual(back.gained)
        expect(there.common).toEqual(back.common)
        expect(there.forward).toEqual(back.backward)
        expect(there.forward.live).toBe(a.vendor === b.vendor && there.lost.length === 0)
        expect(there.forward.otherVendor).toBe(a.vendor !== b.vendor)
      }
    }
  })

  test('features in any spelling, order and number', () => {
    const a = { vendor: 'Intel', features: ['SSE4.1', 'pni', 'AVX2'] } as const
    const b = { vendor: 'Intel', features: ['avx2', 'AVX2', 'sse3', 'sse4_1'] } as const
    const compared = compareCpus(a, b)
    expect(compared).toMatchObject({
      from: undefined,
      lost: [],
      gained: [],
      common: ['avx2', 'sse3', 'sse41'],
    })
    expect(compareCpus(b, a).forward.live).toBe(true)
  })

  test('minimum fails where the target lacks even that', () => {
    const { forward } = compareCpus('Haswell', { vendor: 'Intel', features: ['sse2'] })
    expect(forward.compatibility).toEqual({ minimum: false, cluster: true })
  })

  test.each([[null], [7], [{}], [{ vendor: 'VIA', features: [] }], [{ vendor: 'AMD', features: [''] }]])(
    '%j is no CPU',
    (cpu) => {
      expect(() => compareCpus('Haswell', cpu as never)).toThrow(/CPU|features are texts/)
    },
  )
})

describe('hidden features', () => {
  test('minimum hides SSE4 and later; cluster what the other lacks', () => {
    const hidden = hiddenFeatures(cpuModel('Icelake-Server'), models)
    for (const feature of names('ssse3', 'sse4_1', 'popcnt', 'xsave', 'avx', 'avx512f'))
      expect(hidden.minimum).toContain(feature)
    for (const feature of names('sse2', 'sse3', 'cx16', 'lm', 'nx'))
      expect(hidden.minimum).not.toContain(feature)
    const beside = new Map(hidden.cluster.map((entry) => [entry.with, entry.features]))
    expect(beside.get('SapphireRapids')).toEqual(['hle', 'rtm'])
    expect(beside.get('Cascadelake-Server')).toContain('vaes')
    expect(beside.has('Icelake-Server')).toBe(false)
    expect(beside.has('EPYC')).toBe(false)
  })

  test('minimum hides SSE4A, LZCNT and 3DNow! on AMD', () => {
    const hidden = hiddenFeatures(cpuModel('Opteron_G3'), models)
    for (const feature of names('sse4a', 'lzcnt', '3dnow', '3dnowext'))
      expect(hidden.minimum).toContain(feature)
  })
})
