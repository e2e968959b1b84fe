import { describe, expect, it } from 'vitest'
import { quietToTable } from '../../src/io/table/quiet.js'
import type { TableOptions } from '../../src/io/table/theme.js'
import type { Quiet } from '../../src/model/quiet.js'
import { maintenanceNight, nightQuiet, node, resolved, vm } from './fixtures.js'
import { HOSTILE_IDS } from './hostile.js'

const OPTIONS: TableOptions = { width: 100, color: false, ascii: false, all: false }
const { problem: night } = maintenanceNight()

describe('quietToTable', () => {
  it('answers first, then lists spans, rounded into them', () => {
    expect(quietToTable(nightQuiet(), night, OPTIONS)).toBe(`prod-cluster-01 · quiet for 0:10:00
  start        2026-11-23 20:00:00 +01:00
  looked at    20:00:00 to 22:00:00
  subjects     HV02, HV03, web-01
  best         20:17:35, quiet until 22:00:00
               meets the backup window of HV02, 20:26:40 to 20:31:40

Nodes
  node      from        to  length (h:mm:ss)
  HV02  20:17:35  22:00:00           1:42:25
  HV03  20:06:35  22:00:00           1:53:25

VMs
  VM          from        to  length (h:mm:ss)
  web-01  20:11:40  22:00:00           1:48:20
`)
  })

  const small = resolved(['A', 'B'].map(node), [vm('moves', 'A'), vm('stays', 'A'), vm('rests', 'B')])
  const whole: Quiet = {
    version: 1,
    problem: '',
    durationSeconds: 60,
    untilSeconds: 7200,
    nodes: ['A', 'B'].map((id) => ({ node: id, spans: [] })),
    vms: [
      { vm: 'moves', spans: [{ startSeconds: 10.2, endSeconds: 7200 }] },
      { vm: 'stays', spans: [{ startSeconds: 0, endSeconds: 7200 }] },
      { vm: 'rests', spans: [{ startSeconds: 0, endSeconds: 7200 }] },
    ],
    common: [],
  }

  it('counts the VMs that never migrate, and lists them with --all', () => {
    const text = quietToTable(whole, small, OPTIONS)
    expect(text).toContain('(unnamed problem) · quiet for 0:01:00 (h:mm:ss)\n')
    expect(text).toContain('subjects     all nodes\n')
    expect(text).toContain('best         none: they share no span that long\n')
    expect(text).toContain('longest      none: something migrates all the time\n')
    expect(text).toContain('  A               none\n')
    expect(text).toContain('  moves         0:00:11       2:00:00           1:59:49\n')
    expect(text).toContain('\n2 VMs never migrate: quiet all the time\n')
    expect(text).not.toContain('stays')
    const all = quietToTable(whole, small, { ...OPTIONS, all: true })
    expect(all).toContain('stays')
    expect(all).not.toContain('never migrate')
  })

  it('names the longest span where none is long enough', () => {
    const longest = { startSeconds: 3600.5, endSeconds: 3630.9 }
    const nodes = [
      { node: 'A', spans: [], longest },
      { node: 'B', spans: [{ startSeconds: 0, endSeconds: 60 }] },
    ]
    const text = quietToTable({ ...whole, nodes, vms: [], longest }, small, OPTIONS)
    expect(text).toContain('longest      1:00:01 to 1:00:30, 0:00:30\n')
    expect(text).toContain('  A            1:00:01       1:00:30           0:00:30  the longest\n')
    expect(text).toContain('  B            0:00:00       0:01:00           0:01:00\n')
  })

  it('lists the first later spans and 200 rows, and says how many more there are', () => {
    const spans = Array.from({ length: 300 }, (_, i) => ({ startSeconds: 20 * i, endSeconds: 20 * i + 10 }))
    const best = { startSeconds: 0, endSeconds: 10, quietUntilSeconds: 10, windows: [] }
    const many: Quiet = {
      ...whole,
      durationSeconds: 10,
      vms: [],
      nodes: [{ node: 'A', spans }],
      common: spans,
      best,
    }
    const text = quietToTable(many, small, OPTIONS)
    expect(text).toContain('also         0:01:00, quiet until 0:01:10\n')
    expect(text).toContain('and 296 later spans\n')
    expect(text).toContain('and 100 more (--all lists them)\n')
    expect(quietToTable(many, small, { ...OPTIONS, all: true }).split('\n').length).toBeGreaterThan(300)
  })

  it('shows hostile ids and never obeys them', () => {
    const hostile = resolved(HOSTILE_IDS.map(node), [])
    const report: Quiet = {
      ...whole,
      problem: HOSTILE_IDS.join(''),
      nodes: HOSTILE_IDS.slice(1).map((id) => ({ node: id, spans: [] })),
      vms: [],
    }
    for (const ascii of [false, true]) {
      const text = quietToTable(report, hostile, { ...OPTIONS, ascii })
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202e]/u)
      if (ascii) expect(text).toMatch(/^[\n\x20-\x7e]*$/)
      expect(text).toContain(`subjects     ${HOSTILE_IDS.length - 1} nodes\n`)
    }
  })
})
