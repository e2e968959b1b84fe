import { describe, expect, it } from 'vitest'
import type { Migration } from '../../../src/model/plan.js'
import type { ProblemWindow } from '../../../src/model/problem.js'
import { warningsOf } from '../../../src/solver/report/warnings.js'
import { leg } from '../../problem.js'
import { instanceOf, problemOf } from '../problems.js'

function warn(windows: ProblemWindow[], migrations: Migration[], horizonSeconds = 100_000) {
  const problem = problemOf({
    nodes: ['A', 'B', 'C'],
    vms: ['v@A', 'w@A'],
    windows,
    request: { moves: [] },
    policy: { horizonSeconds },
  })
  return warningsOf(instanceOf(problem), migrations, { shortages: [], cut: undefined }).map(({ code, vm }) =>
    `${code} ${vm ?? ''}`.trim(),
  )
}

const MOVE = leg('v A>B 0-10')
/** A later backup of the target, so that none is missed. */
const LATER: ProblemWindow = { node: 'B', start: 50_000, end: 50_100 }

describe('backup-tight', () => {
  it.each([
    [10, true],
    [10.001, true],
    [309.999, true],
    [310, false],
    [310.001, false],
    [4000, false],
  ])('a migration that ends at 10 s, a backup at %d s', (start, tight) => {
    for (const scope of [{ vm: 'v' }, { node: 'A' }, { node: 'B' }, {}]) {
      const codes = warn([{ ...scope, start, end: start + 50 }, LATER], [MOVE])
      expect(codes.filter((c) => c === 'backup-tight v').length, JSON.stringify(scope)).toBe(tight ? 1 : 0)
    }
  })

  it('300 s are 300 s at any instant, float noise or not', () => {
    for (let ms = 1; ms < 3000; ms += 7) {
      const end = ms / 1000
      const codes = warn(
        [{ vm: 'v', start: (ms + 300_000) / 1000, end: 1000 }, LATER],
        [leg(`v A>B 0-${end}`)],
      )
      expect(codes, `end ${end}`).toEqual([])
    }
  })

  it('neither blackouts, nor backups that have begun, nor those of others', () => {
    const windows: ProblemWindow[] = [
      { vm: 'v', start: 20, end: 30, kind: 'blackout' },
      { vm: 'w', start: 20, end: 30 },
      { node: 'C', start: 20, end: 30 },
      LATER,
    ]
    expect(warn(windows, [MOVE])).toEqual([])
    expect(warn([{ node: 'A', start: 0, end: 30 }, LATER], [leg('v A>B 30-40')])).toEqual([])
  })

  it('each leg of a parked VM counts', () => {
    const legs = [leg('v A>C 0-10', { parking: true }), leg('v C>B 1000-1010')]
    expect(warn([{ node: 'C', start: 20, end: 30 }, LATER], legs)).toEqual(['backup-tight v'])
    expect(warn([{ node: 'B', start: 1020, end: 1030 }], legs)).toEqual(['backup-tight v'])
  })
})

describe('backup-missed', () => {
  const leaves: ProblemWindow = { node: 'A', start: 1000, end: 1100 }

  it('the old node has one to come, the new one none', () => {
    expect(warn([leaves], [MOVE])).toEqual(['backup-missed v'])
    expect(warn([leaves, { node: 'C', start: 2000, end: 2100 }], [MOVE])).toEqual(['backup-missed v'])
    expect(warn([leaves, { vm: 'w', start: 2000, end: 2100 }], [MOVE])).toEqual(['backup-missed v'])
  })

  it('a later one of the new node, of the VM or of the cluster will do', () => {
    for (const scope of [{ node: 'B' }, { vm: 'v' }, {}]) {
      expect(warn([leaves, { ...scope, start: 2000, end: 2100 }], [MOVE])).toEqual([])
    }
    expect(warn([leaves, { node: 'B', start: 500, end: 600 }], [MOVE])).toEqual([])
  })

  it('but not one that is over, or only a blackout, or beyond the horizon', () => {
    const late = leg('v A>B 700-710')
    expect(
      warn(
        [
          { ...leaves, start: 5000, end: 5100 },
          { node: 'B', start: 500, end: 600 },
        ],
        [late],
      ),
    ).toEqual(['backup-missed v'])
    const blackout: ProblemWindow = { node: 'B', start: 2000, end: 2100, kind: 'blackout' }
    expect(warn([leaves, blackout], [MOVE])).toEqual(['backup-missed v'])
    expect(warn([leaves, { node: 'B', start: 2000, end: 2100 }], [MOVE], 1500)).toEqual(['backup-missed v'])
  })

  it('nothing is missed that was over, or that begins while the VM is still there', () => {
    expect(warn([{ node: 'A', start: 0, end: 20 }], [leg('v A>B 20-30')])).toEqual([])
    expect(warn([{ ...leaves, kind: 'blackout' }], [MOVE])).toEqual([])
  })

  it('one that begins at the very end of the migration is missed', () => {
    const codes = warn([{ node: 'A', start: 10, end: 20 }], [MOVE])
    expect(codes).toContain('backup-missed v')
    expect(codes).toContain('backup-tight v')
  })

  it('one that begins as the migration to the new node ends is found', () => {
    expect(warn([leaves, { node: 'B', start: 10, end: 20 }], [MOVE])).toEqual(['backup-tight v'])
  })

  it('a parked VM misses what its first node has after its first leg, and finds what its last has after its last', () => {
    const legs = [leg('v A>C 0-10', { parking: true }), leg('v C>B 2000-2010')]
    expect(warn([leaves, { node: 'B', start: 1500, end: 1510 }], legs)).toEqual(['backup-missed v'])
    expect(warn([leaves, { node: 'C', start: 1500, end: 1510 }], legs)).toEqual(['backup-missed v'])
    expect(warn([leaves, { node: 'B', start: 2500, end: 2510 }], legs)).toEqual([])
  })

  it('a VM saved in place has not left', () => {
    expect(warn([leaves], [leg('v A>A 0-10', { kind: 'save-in-place' })])).toEqual([])
  })
})

describe('other warnings', () => {
  it('names VMs that make room', () => {
    expect(warn([], [leg('v A>B 0-10', { makesRoom: true }), leg('w A>B 10-20')])).toEqual(['makes-room v'])
  })

  it('tells of a horizon that was cut', () => {
    expect(warn([], [], 2_147_483)).toEqual([])
    expect(warn([], [], 3_000_000)).toEqual(['horizon-clamped'])
  })
})
