import { describe, expect, it } from 'vitest'
import { isLscpu, readLscpu } from '../../../src/import/cpu/lscpu.js'

const TEXT = `Architecture:                         x86_64
CPU op-mode(s):                       32-bit, 64-bit
CPU(s):                               40
Vendor ID:                            GenuineIntel
BIOS Vendor ID:                       Intel(R) Corporation
Model name:                           Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz
CPU family:                           6
Model:                                79
Stepping:                             1
Flags:                                fpu vme sse4_1 avx2
Vulnerability Meltdown:               Mitigation; PTI
`
const JSON_TEXT = JSON.stringify({
  lscpu: [
    {
      field: 'Architecture:',
      data: 'x86_64',
      children: [{ field: 'CPU op-mode(s):', data: '32-bit, 64-bit' }],
    },
    {
      field: 'Vendor ID:',
      data: 'GenuineIntel',
      children: [
        {
          field: 'Model name:',
          data: 'Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz',
          children: [
            { field: 'CPU family:', data: '6' },
            { field: 'Model:', data: '79' },
            { field: 'Stepping:', data: '1' },
            { field: 'Flags:', data: 'fpu vme sse4_1 avx2' },
          ],
        },
      ],
    },
  ],
})
const FLAT_JSON = JSON.stringify({
  lscpu: [
    ['Vendor ID:', 'GenuineIntel'],
    ['CPU family:', '6'],
    ['Model:', '79'],
    ['Model name:', 'Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz'],
    ['Stepping:', '1'],
    ['Flags:', 'fpu vme sse4_1 avx2'],
  ].map(([field, data]) => ({ field, data })),
})
const CPUINFO = [0, 1]
  .map(
    (n) => `processor\t: ${n}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 79
model name\t: Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz
stepping\t: 1
flags\t\t: fpu vme sse4_1 avx2
`,
  )
  .join('\n')

describe('lscpu', () => {
  it.each([
    ['as text', TEXT],
    ['with Windows line breaks', TEXT.replaceAll('\n', '\r\n')],
    ['as JSON with children', JSON_TEXT],
    ['as the flat JSON of older versions', FLAT_JSON],
    ['from /proc/cpuinfo', CPUINFO],
  ])('is read %s', (_, text) => {
    expect(isLscpu(text)).toBe(true)
    expect(readLscpu('hv1.lscpu', text)).toEqual({
      features: ['fpu', 'vme', 'sse4_1', 'avx2'],
      vendor: 'GenuineIntel',
      texts: ['6-79-1', 'Intel(R) Xeon(R) CPU E5-2640 v4 @ 2.40GHz'],
      origin: { file: 'hv1.lscpu', place: '' },
    })
  })

  it('says what is missing', () => {
    const translated = TEXT.replace('Flags:', 'Markierungen:')
    expect(() => readLscpu('a', translated)).toThrow('a: lscpu names no "Flags"; run it as LC_ALL=C lscpu')
    expect(() => readLscpu('a', 'Architecture: aarch64\nVendor ID: ARM\n')).toThrow('the machine is aarch64')
    expect(() => readLscpu('a', '{"lscpu": [{"field": 1}, null, [[]]]}')).toThrow(
      'lscpu names no "Vendor ID"',
    )
  })
})
