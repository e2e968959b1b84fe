/** Outputs of Proxmox that are not those that an import reads. */
import { describe, expect, it } from 'vitest'
import { readProxmox } from '../../../src/import/proxmox/read.js'
import { faultsOf, jsonFile, textFile } from '../inputs.js'

const RESOURCES = 'give pvesh get /cluster/resources --output-format json'
const RULES = 'give pvesh get /cluster/ha/rules --output-format json'

describe('a file of Proxmox that is not what is needed', () => {
  it.each([
    ['rules.cfg', 'resource-affinity: apart\n\tresources vm:100,vm:101\n\taffinity negative\n', RULES],
    ['rules.cfg', 'node-affinity: bound\n\tresources vm:100\n\tnodes pve1\n', RULES],
    ['groups.cfg', 'group: prod\n\tnodes pve1,pve2\n', RULES],
    ['resources.cfg', 'vm: 100\n\tstate started\n', RULES],
    ['storage.cfg', 'dir: local\n\tpath /var/lib/vz\n\tcontent iso\n', RESOURCES],
    ['corosync.conf', 'totem {\n  version: 2\n}\n', RESOURCES],
    ['resources.txt', '┌────┬──────┐\n│ id │ type │\n', '--output-format json'],
    ['list.txt', '      VMID NAME     STATUS     MEM(MB)\n       100 web      running    8192\n', RESOURCES],
  ])('is named: %s', (name, text, right) => {
    expect(faultsOf(readProxmox([textFile(name, text)]))).toEqual([expect.stringContaining(right)])
  })

  it.each([
    ['/cluster/status', [{ type: 'cluster', id: 'cluster', name: 'c', nodes: 2, quorate: 1 }], RESOURCES],
    [
      '/cluster/status of one',
      [{ type: 'node', id: 'node/a', name: 'a', nodeid: 0, online: 1, local: 1 }],
      RESOURCES,
    ],
    [
      '/nodes',
      [{ type: 'node', id: 'node/a', node: 'a', status: 'online', ssl_fingerprint: 'AA' }],
      RESOURCES,
    ],
    ['/nodes/a/qemu', [{ vmid: 100, name: 'web', status: 'running', maxmem: 1 }], RESOURCES],
    ['/cluster/ha/resources', [{ sid: 'vm:100', type: 'vm', state: 'started' }], RULES],
    ['/cluster/ha/groups', [{ group: 'prod', nodes: 'a,b', type: 'group' }], RULES],
    ['/nodes/a/storage', [{ storage: 'local', type: 'dir', content: 'iso', avail: 1 }], RESOURCES],
  ])('is named: %s', (_, rows, right) => {
    for (const json of [rows, { data: rows }])
      expect(faultsOf(readProxmox([jsonFile('x.json', json)]))).toEqual([expect.stringContaining(right)])
  })

  it.each([
    ['blank lines', '\n'],
    ['spaces', ' '],
    ['the beginning of a section', 'dir: a\n'],
    ['one flag', 'Flags: a\n'],
    ['wrapped flags', 'fpu vme\n'],
    ['tabs', '\t'],
  ])('is told in time, of a megabyte of %s', (_, piece) => {
    const text = `Flags: fpu\n${piece.repeat(Math.ceil(1e6 / piece.length))}x`
    const before = performance.now()
    expect(faultsOf(readProxmox([textFile('1.conf', text)])).length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeLessThan(3000)
  })
})
