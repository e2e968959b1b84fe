/** The exports in examples/import are read as their pages say. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ImportSource, importProblem } from '../../src/index.js'

const folder = fileURLToPath(new URL('../../examples/import', import.meta.url))
const filesOf = (source: string) =>
  readdirSync(join(folder, source)).map((name) => ({ name, bytes: readFileSync(join(folder, source, name)) }))

const importExample = (source: ImportSource, drain: string) =>
  importProblem(source, filesOf(source), { drain: [drain], mbps: [{ value: 25_000 }] })

describe('examples/import', () => {
  it('rvtools: EVC makes hosts alike', async () => {
    const { problem } = await importExample('rvtools', 'esx1')
    expect(problem.nodes.map(({ cpu }) => cpu)).toEqual(Array(3).fill({ model: 'Cascadelake-Server' }))
    const ids = 'web-01 sql-01 app-01 web-02 app-02 old-01 file-01'
    expect(problem.vms.map(({ id }) => id).join(' ')).toBe(ids)
  })

  it.each([
    ['proxmox', 'pve1', 'pve3'],
    ['libvirt', 'hv1', 'hv3'],
  ] as const)('%s: CPU models decide where VMs may go', async (source, drain, newest) => {
    const { problem, report } = await importExample(source, drain)
    const vms = new Map(problem.vms.map((vm) => [vm.id, vm]))
    expect(vms.get('web-01')).toMatchObject({ compatibility: 'cluster' })
    expect(vms.get('web-01')?.allowedNodes).toBeUndefined()
    expect(vms.get('sql-01')?.compatibility).toBeUndefined()
    expect(vms.get('build-01')).toMatchObject({ compatibility: 'cluster', allowedNodes: [newest] })
    expect(report.assumptions.map(({ text }) => text).join('\n')).not.toContain('flags left out')
  })
})
