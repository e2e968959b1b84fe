import { beforeEach, describe, expect, it } from 'vitest'
import { cpuModels } from '../../src/model/cpu/table.js'
import { createHarness, type Harness } from './harness.js'

let cli: Harness
beforeEach(() => {
  cli = createHarness()
})

async function answer(...argv: string[]): Promise<string> {
  const { code, out, err } = await cli.run('cpu', ...argv)
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(cli.plannerLoads()).toBe(0)
  return out
}

describe('cpu LIST', () => {
  it.each([40, 72, 100])('names every model, with aliases, in %i columns', async (width) => {
    const out = await answer('LIST', '--width', String(width))
    // Names are never cut, so that a narrow table may be wider than asked for.
    if (width > 80) expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    for (const { name, vendor, year } of cpuModels()) {
      expect(out).toMatch(new RegExp(`^${name} +${vendor} .* ${year} `, 'm'))
    }
    expect(out.replace(/\s+/g, ' ')).toContain('also Cascadelake, Cascade Lake')
  })

  it('as JSON: all that the library gives, and the number of features', async () => {
    const listed = JSON.parse(await answer('list', '--format', 'json'))
    expect(listed).toEqual(cpuModels().map((model) => ({ ...model, featureCount: model.features.length })))
  })
})

describe('cpu NAME', () => {
  it('shows features in groups, and what compatibility hides', async () => {
    const out = await answer('cascade lake')
    expect(out).toMatch(/^Cascadelake-Server · Intel Xeon Scalable 2nd gen, 2019$/m)
    expect(out).toMatch(/^ {2}AVX-512 +avx512bw avx512cd/m)
    expect(out).toMatch(/^On some parts only \(2\): .*\n {2}transactions +hle rtm$/m)
    expect(out).toMatch(/^ {2}minimum +\d+: 3dnowprefetch adx aes/m)
    expect(out.replace(/\s+/g, ' ')).toContain('Skylake-Server 7, Cooperlake 2')
  })

  it('says by what it was found', async () => {
    expect(await answer('6-85-7')).toContain('(by its signature)')
    const brand = JSON.parse(await answer('AMD EPYC 7742 64-Core Processor', '--format', 'json'))
    expect(brand).toMatchObject({ name: 'EPYC-Rome', vendor: 'AMD', foundBy: 'brand' })
    expect(Object.values(brand.groups).flat().sort()).toEqual(brand.features)
    expect(brand.hidden.minimum).toContain('avx2')
    expect(brand.hidden.cluster.map((entry: { with: string }) => entry.with)).toContain('EPYC')
    const variant = JSON.parse(await answer('Haswell-noTSX', '--format', 'json'))
    expect(variant).toMatchObject({ name: 'Haswell-noTSX', foundBy: 'name' })
    expect(variant.features).not.toContain('rtm')
  })

  it('where only one model of the vendor is known', async () => {
    expect(await answer('Dhyana')).toContain('no other model of this vendor')
  })

  it('in plain ASCII', async () => {
    expect(await answer('Haswell..Broadwell', '--ascii')).toMatch(/^[\n -~]+$/)
  })
})

describe('cpu A..B', () => {
  it('says which way a VM can go, and what is in the way', async () => {
    const out = await answer('Haswell-noTSX..Broadwell-noTSX')
    expect(out).toContain('Haswell-noTSX → Broadwell-noTSX: live\n')
    expect(out).toContain('Broadwell-noTSX → Haswell-noTSX: not live: 4 features in the way\n')
    expect(out).toContain('      3dnowprefetch adx rdseed smap\n')
    expect(out).toContain('live with processor compatibility minimum or cluster')
    expect(out).toContain('Lost (0)\n  nothing\n')
    expect(out).toContain('Gained (4)\n')
  })

  it('takes what a model may have for seen, and for lacking in the target', async () => {
    const out = await answer('Haswell..Broadwell')
    expect(out).toContain('Haswell → Broadwell: not live: 2 features in the way\n      hle rtm\n')
    expect(await answer('Haswell..Haswell-EP')).toContain('live, as long as both are of the same silicon')
  })

  it('between vendors', async () => {
    const out = await answer('EPYC-Rome .. Icelake')
    expect(out.match(/no live migration: the vendors differ/g)).toHaveLength(2)
    expect(out).not.toContain('with processor compatibility')
  })

  it('as JSON', async () => {
    const compared = JSON.parse(await answer('6-85-7..Icelake-Server-noTSX', '--format', 'json'))
    expect(compared).toMatchObject({
      from: 'Cascadelake-Server',
      to: 'Icelake-Server-noTSX',
      lost: ['hle', 'mpx', 'rtm'],
    })
    expect(compared.forward).toMatchObject({
      live: false,
      otherVendor: false,
      missing: ['hle', 'mpx', 'rtm'],
    })
    expect(Object.keys(compared)).toEqual(['from', 'to', 'forward', 'backward', 'lost', 'gained', 'common'])
  })
})

describe('what the table does not tell is bad usage', () => {
  it.each([
    ['Icelake-Servr', 'near names: Icelake-Server;'],
    ['Haswell..Brodwell', '"Brodwell" is not a CPU model of the built-in table; near names: Broadwell;'],
    ['6-85', 'which stepping? Skylake-Server (stepping 0 to 4)'],
    ['Intel(R) Xeon(R) CPU @ 2.20GHz', 'which family, model and stepping is it?'],
    ['Haswell..', 'two CPUs are compared as A..B'],
    ['A..B..C', 'two CPUs are compared as A..B'],
    ['\u001b[31m', '"\\u001b[31m" is not a CPU model'],
  ])('%j', async (asked, message) => {
    expect(await cli.refused('cpu', asked)).toContain(message)
  })

  it('and so is no CPU', async () => {
    expect(await cli.refused('cpu')).toContain("missing required argument 'CPU'")
  })
})
