import { describe, expect, it } from 'vitest'
import { guestModel } from '../../../src/import/cpu/guest-models.js'
import { CpuPlacing } from '../../../src/import/cpu/placing.js'
import type { InventoryNode, InventoryVm } from '../../../src/import/inventory.js'
import { BROADWELL_FLAGS, CASCADE_FLAGS } from '../inputs.js'

const origin = { file: 'f', place: '' }
const node = (id: string, cpu?: { features?: string; vendor?: string; texts?: string[] }): InventoryNode => ({
  id,
  ...(cpu === undefined
    ? {}
    : {
        cpu: {
          ...(cpu.features === undefined ? {} : { features: cpu.features.split(' ') }),
          vendor: cpu.vendor ?? '',
          texts: cpu.texts ?? [],
          origin,
        },
      }),
  origin,
})
const OLD = node('old', { features: BROADWELL_FLAGS, vendor: 'GenuineIntel' })
const NEW = node('new', { features: CASCADE_FLAGS, vendor: 'GenuineIntel' })
const AMD = node('amd', { texts: ['AMD EPYC 7502 32-Core Processor'] })

function place(nodes: InventoryNode[], on: string, model: string, adds: string[] = [], drops: string[] = []) {
  const placing = new CpuPlacing(nodes)
  const vm: InventoryVm = { id: 'vm', node: on, origin }
  placing.place(vm, guestModel(model, adds, drops))
  return {
    compatibility: vm.compatibility,
    allowedNodes: vm.allowedNodes,
    text: placing.assumptions()[0].text,
  }
}

describe('a named CPU model', () => {
  it('lets a VM go to every node of the vendor that has its features', () => {
    const wide = { compatibility: 'cluster', allowedNodes: undefined }
    expect(place([OLD, NEW, AMD], 'new', 'x86-64-v2-AES')).toMatchObject(wide)
    expect(place([OLD, NEW, AMD], 'new', 'kvm64')).toMatchObject(wide)
    expect(place([OLD, NEW], 'new', 'x86-64-v3')).toMatchObject(wide)
    expect(place([OLD, NEW], 'old', 'Broadwell')).toMatchObject(wide)
    expect(place([OLD, NEW, AMD], 'amd', 'EPYC')).toMatchObject(wide)
  })

  it('keeps it from nodes that lack one of them', () => {
    expect(place([OLD, NEW], 'new', 'x86-64-v4')).toMatchObject({
      compatibility: 'cluster',
      allowedNodes: ['new'],
    })
    expect(place([OLD, NEW], 'new', 'Cascadelake-Server-v4')).toMatchObject({ allowedNodes: ['new'] })
    expect(place([OLD, NEW], 'new', 'x86-64-v3', ['avx512f'])).toMatchObject({ allowedNodes: ['new'] })
    const avx512 = ['f', 'bw', 'cd', 'dq', 'vl'].map((part) => `avx512${part}`)
    expect(place([OLD, NEW], 'new', 'x86-64-v4', [], avx512)).toMatchObject({ allowedNodes: undefined })
  })

  it('counts no feature that its own host lacks, nor what microcode brings', () => {
    const bare = node('bare', {
      features: BROADWELL_FLAGS.replace(/ (?:ssbd|ibrs|ibpb|stibp|hle|rtm)\b/g, ''),
      vendor: 'GenuineIntel',
    })
    expect(place([bare, NEW], 'bare', 'Broadwell')).toMatchObject({ allowedNodes: undefined })
    expect(place([bare, NEW], 'new', 'Broadwell-noTSX-IBRS')).toMatchObject({ allowedNodes: undefined })
    expect(place([bare, NEW], 'new', 'Broadwell')).toMatchObject({ allowedNodes: ['new'] })
  })

  it('is taken to see all where it, or the CPU of a node, is not known', () => {
    expect(place([OLD, NEW], 'new', 'custom-mine')).toMatchObject({
      compatibility: 'off',
      text: expect.stringContaining('CPU model "custom-mine" is not in the built-in table'),
    })
    expect(place([OLD, node('blind')], 'old', 'kvm64')).toMatchObject({
      compatibility: 'off',
      text: expect.stringContaining('cannot be compared with the CPU of blind'),
    })
    expect(place([OLD, node('odd', { texts: ['Xeon of some kind'] })], 'old', 'kvm64').compatibility).toBe(
      'off',
    )
  })

  it('is reported once, with its VMs', () => {
    const placing = new CpuPlacing([OLD, NEW])
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      placing.place({ id, node: 'new', origin }, guestModel('kvm64', [], []))
    expect(placing.assumptions().map(({ text }) => text)).toEqual([
      'CPU model "kvm64" needs no more than every Intel node has: VMs with it may move there (a, b, c and 2 more)',
    ])
  })
})
