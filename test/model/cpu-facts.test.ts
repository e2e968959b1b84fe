/** Facts about CPUs that hold whoever writes the table, and how a CPU is found in it. */
import { describe, expect, test } from 'vitest'
import { UnknownCpuError } from '../../src/errors.js'
import { compareCpus, hiddenFeatures } from '../../src/model/cpu/compare.js'
import { normaliseFeatures } from '../../src/model/cpu/features.js'
import { groupFeatures } from '../../src/model/cpu/groups.js'
import { cpuModel, lookUpCpu } from '../../src/model/cpu/lookup.js'
import { cpuModels } from '../../src/model/cpu/table.js'

const names = (...features: string[]) => normaliseFeatures(features)
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
  test.each<[string, string[]]>([
    [
      'avx512f',
      [
        ...['Skylake-Server', 'Cascadelake-Server', 'Cooperlake', 'Icelake-Server', 'SapphireRapids'],
        ...['EmeraldRapids', 'GraniteRapids', 'EPYC-Genoa', 'EPYC-Turin'],
      ],
    ],
    [
      'avx512_bf16',
      ['Cooperlake', 'SapphireRapids', 'EmeraldRapids', 'GraniteRapids', 'EPYC-Genoa', 'EPYC-Turin'],
    ],
    ['amx_tile', ['SapphireRapids', 'EmeraldRapids', 'GraniteRapids']],
    ['amx_fp16', ['GraniteRapids']],
    ['avx512_vp2intersect', ['EPYC-Turin']],
    ['xop', ['Opteron_G4', 'Opteron_G5']],
    ['tbm', ['Opteron_G5']],
    ['3dnow', ['Opteron_G3']],
    ['cmpccxadd', ['SierraForest', 'ClearwaterForest']],
    ['sha512', ['ClearwaterForest']],
    [
      'la57',
      ['Icelake-Server', 'SapphireRapids', 'EmeraldRapids', 'GraniteRapids', ...['EPYC-Genoa', 'EPYC-Turin']],
    ],
    [
      'rtm',
      [
        ...['Haswell', 'Broadwell', 'Skylake-Server', 'Cascadelake-Server', 'Cooperlake', 'Icelake-Server'],
        ...['SapphireRapids', 'EmeraldRapids', 'GraniteRapids'],
      ],
    ],
  ])('%s', (feature, expected) => {
    const [folded] = names(feature)
    const having = models.filter(({ features }) => features.includes(folded)).map(({ name }) => name)
    expect(having).toEqual(expected)
  })

  test.each<[string, string, string[]]>([
    ['Nehalem', 'Westmere', ['aes', 'pclmulqdq', 'pcid', 'pdpe1gb']],
    ['IvyBridge', 'Haswell-noTSX', ['avx2', 'fma', 'bmi1', 'bmi2', 'movbe', 'lzcnt', 'invpcid']],
    ['Cascadelake-Server', 'Cooperlake', ['avx512_bf16']],
    ['SapphireRapids', 'EmeraldRapids', []],
    ['SierraForest', 'ClearwaterForest', ['avx_vnni_int16', 'sha512', 'sm3', 'sm4', 'prefetchi']],
    ['EPYC-Milan', 'EPYC', []],
  ])('%s to %s gains exactly', (from, to, gained) => {
    expect(compareCpus(from, to).gained).toEqual(names(...gained))
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
  ])('%s is %s', (text, name) => {
    expect(lookUpCpu(text)).toMatchObject({ by: 'signature', model: { name } })
  })

  test('one that several models share is asked about', () => {
    const error = unknown('6-85')
    expect(error.candidates).toEqual(['Skylake-Server', 'Cascadelake-Server', 'Cooperlake'])
    expect(error.message).toContain('which stepping? Skylake-Server (stepping 0 to 4)')
  })

  test.each(['6-85-9', '6-158-10', 'AMD64 Family 6 Model 85 Stepping 7', '0x000906EA', '999-1-1'])(
    '%s is not in the table',
    (text) => {
      expect(unknown(text)).toMatchObject({ code: 'UNKNOWN_CPU', candidates: [] })
    },
  )
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
  ])('%s is %s', (brand, name) => {
    expect(lookUpCpu(brand)).toMatchObject({ by: 'brand', model: { name } })
  })

  test.each([
    'Intel(R) Xeon(R) CPU @ 2.20GHz',
    'Intel(R) Xeon(R) Processor @ 2.80GHz',
    'Intel(R) Xeon(R) CPU E3-1270 v6 @ 3.80GHz',
    'Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz',
    'Intel(R) Xeon(R) 6369P',
    'Intel(R) Xeon(R) 6990E+',
    'Intel Xeon Processor (Skylake, IBRS)',
    'AMD EPYC Processor',
    'AMD EPYC 4564P 16-Core Processor',
    'AMD Opteron(tm) Processor 252',
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
  test('TSX is what stands between Cascade Lake and an Ice Lake without it', () => {
    const { lost, forward, backward } = compareCpus('Cascadelake-Server', '6-106-6')
    expect(lost).toEqual([])
    expect(forward).toMatchObject({ live: true, missing: [] })
    expect(backward.live).toBe(false)
    const without = compareCpus('Cascadelake-Server', 'Icelake-Server-noTSX')
    expect(without.lost).toEqual(['hle', 'rtm'])
    expect(without.forward).toEqual({
      live: false,
      otherVendor: false,
      missing: ['hle', 'rtm'],
      compatibility: { minimum: true, cluster: true },
    })
  })

  test('sets add up, both ways, for every two models', () => {
    for (const a of models) {
      for (const b of models) {
        const there = compareCpus(a.name, b.name)
        const back = compareCpus(b.name, a.name)
        expect([...there.lost, ...there.common].sort()).toEqual(a.features)
        expect([...there.gained, ...there.common].sort()).toEqual(b.features)
        expect(there.lost).toEqual(back.gained)
        expect(there.forward).toEqual(back.backward)
        expect(there.forward.live).toBe(a.vendor === b.vendor && there.lost.length === 0)
        expect(there.forward.otherVendor).toBe(a.vendor !== b.vendor)
        expect(there.forward.compatibility).toEqual({
          minimum: a.vendor === b.vendor,
          cluster: a.vendor === b.vendor,
        })
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
    expect(beside.get('SapphireRapids')).toEqual([])
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
