/** lscpu as it comes out of terminals, mails and other languages. */
import { describe, expect, it } from 'vitest'
import { readCpuFile } from '../../src/import/cpu-file.js'
import { readProxmox } from '../../src/import/proxmox/read.js'
import { BROADWELL_FLAGS, faultsOf, jsonFile } from './inputs.js'

const FLAGS = BROADWELL_FLAGS.split(' ')
const HEAD = 'Architecture:  x86_64\nVendor ID:     GenuineIntel\n  Model name:  Some Xeon\nFlags:         '
const TAIL = '\nVirtualization features:\n  Virtualization:  VT-x\n'

/** The list in lines of so many characters, broken between flags or anywhere. */
function wrap(width: number, indent: string, anywhere: boolean): string {
  if (anywhere) return BROADWELL_FLAGS.match(new RegExp(`.{1,${width}}`, 'g'))!.join(`\n${indent}`)
  const lines = ['']
  for (const flag of FLAGS) {
    const line = `${lines.at(-1)} ${flag}`.trim()
    if (line.length > width) lines.push(flag)
    else lines[lines.length - 1] = line
  }
  return lines.join(`\n${indent}`)
}

describe('lscpu that was wrapped', () => {
  it.each([
    ['behind an indent', 80, ' '.repeat(15), false],
    ['by tabs', 60, '\t\t', false],
    ['without indent', 70, '', false],
    ['with line ends of Windows, twice', 70, '\r\n  ', false],
    ['within flags', 78, '', true],
    ['within flags, narrow', 61, '', true],
  ])('is one list: %s', (_, width, indent, anywhere) => {
    const text = HEAD + wrap(width, indent, anywhere) + TAIL
    expect(readCpuFile('a.lscpu', text)?.features?.toSorted()).toEqual(FLAGS.toSorted())
  })

  it('is one list in /proc/cpuinfo', () => {
    const text = `processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: ${wrap(50, '', false)}\nbugs\t\t: none\n`
    expect(readCpuFile('a', text)?.features).toEqual(FLAGS)
  })

  it.each([
    [
      'after the first line',
      'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush',
    ],
    ['before sse2', 'fpu vme de pse mmx fxsr sse'],
    ['before lm', 'fpu vme de pse mmx fxsr sse sse2 ss ht syscall nx'],
    ['in front', 'ssse3 fma cx16 sse4_1 sse4_2 avx avx2'],
    ['all of it', 'fpu'],
  ])('is refused where it was cut off: %s', (_, flags) => {
    expect(() => readCpuFile('a.lscpu', HEAD + flags + TAIL)).toThrow(
      /a\.lscpu: the list of flags lacks .*cut off/,
    )
    const status = jsonFile('pve1.status.json', { cpuinfo: { model: 'AMD EPYC', flags } })
    const resources = jsonFile('r.json', [
      { type: 'node', id: 'node/pve1', node: 'pve1', status: 'online', maxmem: 2 ** 36 },
    ])
    expect(faultsOf(readProxmox([resources, status])).join()).toContain(
      'cpuinfo.flags: the list of flags lacks',
    )
  })
})

describe('lscpu of something else', () => {
  it.each([
    [
      'German',
      'Architektur:  x86_64\nAnbieterkennung:  GenuineIntel\nMarkierungen:  fpu lm',
      'another language',
    ],
    [
      'Spanish',
      'Arquitectura:  x86_64\nID de fabricante:  GenuineIntel\nIndicadores:  fpu lm',
      'another language',
    ],
    ['Chinese', '架构：  x86_64\n厂商 ID：  GenuineIntel', 'another language'],
    [
      'French',
      'Architecture :  x86_64\nIdentifiant constructeur :  GenuineIntel\nDrapeaux :  fpu',
      'LC_ALL=C lscpu',
    ],
    ['German, as JSON', '{"lscpu": [{"field": "Architektur:", "data": "x86_64"}]}', 'another language'],
    ['s390', 'Architecture:  s390x\nVendor ID:  IBM/S390\nFlags:  esan3 zarch', 'architecture s390'],
    [
      '/proc/cpuinfo of s390',
      'vendor_id       : IBM/S390\n# processors    : 2\nfeatures : esan3',
      'architecture s390',
    ],
    ['POWER', 'processor\t: 0\ncpu\t\t: POWER9, altivec supported', 'architecture POWER'],
    ['Arm', 'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41', 'architecture Arm'],
  ])('is named: %s', (_, text, message) => {
    expect(() => readCpuFile('a.lscpu', text)).toThrow(message)
  })
})
