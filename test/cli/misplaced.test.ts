/** Files in the place of another are told for what they are. */
import { describe, expect, it } from 'vitest'
import { createHarness } from './harness.js'

const cli = createHarness()

const cpu = { vendor: 'Intel', features: [] }
const problem = cli.write(
  'problem.json',
  JSON.stringify({
    version: 1,
    nodes: [{ id: 'a', cpu, memoryMiB: 1024, migrationMbps: 1000 }],
    vms: [],
    request: { moves: [] },
  }),
)
const plan = cli.write('plan.json', JSON.stringify({ version: 1, status: 'optimal', migrations: [] }))
const inventory = cli.write(
  'inventory.json',
  JSON.stringify({ Format: 'vmferry-inventory', CollectedAt: 'x', Vms: [] }),
)
const resources = cli.write('resources.json', '[{"type": "node", "id": "node/a"}]')
const journal = cli.write(
  'run.journal',
  '{"version":1,"event":"begin","at":"2026-11-23T20:00:00Z"}\n{"event":"finished"}\n',
)
const calendar = cli.write('b.ics', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')
const table = cli.write('vms.csv', 'id;node;memoryMiB\nx;a;1\n')
const xml = cli.write('hv1.xml', '<capabilities/>')
const script = cli.write('night.ps1', '#Requires -Version 5.1\n')

describe('a file in the wrong place', () => {
  it.each<[string, string[], string]>([
    ['an inventory as problem', ['plan', inventory], 'this is an inventory: import it first'],
    ['rows of an API as problem', ['plan', resources], 'this is an inventory: import it first'],
    ['XML as problem', ['explain', xml], 'this is an inventory: import it first'],
    ['a plan as problem', ['plan', plan], 'this is a plan: it goes behind its problem'],
    ['problem and plan changed', ['check', plan, problem], 'this is a plan: it goes behind its problem'],
    [
      'a problem as plan',
      ['check', problem, problem],
      'this is a problem: "vmferry plan" makes a plan of it',
    ],
    ['a journal as plan', ['check', problem, journal], 'this is the journal of a run'],
    ['a journal as problem', ['plan', journal], 'this is the journal of a run'],
    ['a calendar as problem', ['plan', calendar], 'this is a calendar: give it with --windows'],
    ['a table as problem', ['plan', table], 'this is a table: import it first'],
    ['a script as plan', ['export', problem, script], 'this is a PowerShell script'],
    [
      'a plan as journal',
      ['replan', problem, plan, '--journal', plan, '--now', '1h'],
      'this is a plan: it goes behind its problem, as in "vmferry check PROBLEM.json PLAN.json"; here goes a journal',
    ],
    [
      'a problem as inventory',
      ['import', 'hyperv', problem],
      'this is a problem: "vmferry plan" makes a plan of it',
    ],
    ['a plan as moves', ['import', 'csv', table, '--moves', plan], 'this is a plan'],
    ['a problem as windows', ['import', 'csv', table, '--windows', problem], 'this is a problem'],
    [
      'a script as windows',
      ['import', 'csv', table, '--windows', script],
      'this is a PowerShell script; here goes a calendar',
    ],
    ['a problem among tables', ['import', 'csv', table, problem], 'this is a problem'],
    ['a plan as inventory', ['import', 'proxmox', plan], 'this is a plan'],
    ['a journal as inventory', ['import', 'hyperv', journal], 'this is the journal of a run'],
    [
      'a calendar as inventory',
      ['import', 'libvirt', calendar],
      'this is a calendar: give it with --windows',
    ],
  ])('is told: %s', async (_, argv, message) => {
    const err = await cli.refused(...argv)
    expect(err).toContain(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('is what all of its keys say: a plan with the nodes of a problem is a plan', async () => {
    const both = cli.write('both.json', '{"nodes":[],"migrations":[]}')
    expect((await cli.run('check', problem, both)).code).toBe(0)
  })
})
