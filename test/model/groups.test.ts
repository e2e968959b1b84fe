/** Groups, domains and zones as the problem writes them: what they become, and what is no such thing. */

import { describe, expect, it } from 'vitest'
import type { ProblemGroup, ProblemWindow } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { row } from '../cases.js'
import { problemOf } from '../problem.js'
import { faultsAfter, type Loose } from './build.js'

const soft = { group: 's', penaltySeconds: 5 }

describe('groups', () => {
  const resolved = (...groups: ProblemGroup[][]) =>
    resolveProblem(
      problemOf({
        nodes: ['A'],
        vms: groups.map((antiAffinity, i) => ({
          id: `v${i}`,
          node: 'A',
          antiAffinity,
          affinity: antiAffinity,
        })),
        request: { moves: [] },
      }),
    )

  it('are hard by name, soft with a price, and of both kinds apart', () => {
    const { vms, softRules } = resolved(['h', soft], [{ group: 'h' }, soft, soft], [])
    expect(vms.map(({ antiAffinity }) => antiAffinity)).toEqual([['h'], ['h'], []])
    expect(softRules).toEqual(
      (['anti-affinity', 'affinity'] as const).map((kind) => ({
        kind,
        group: 's',
        domain: undefined,
        penaltySeconds: 5,
        vms: ['v0', 'v1'],
      })),
    )
  })

  it('may be about domains, hard ones of anti-affinity too', () => {
    const entry = { group: 'h', domain: 'rack' }
    const problem = resolveProblem(
      problemOf({
        nodes: [{ id: 'A', domains: { rack: 'R1', constructor: 'x', __proto__: 'y' } as never }],
        vms: [{ id: 'v', node: 'A', antiAffinity: [entry], affinity: [{ ...soft, domain: 'site' }] }],
        request: { moves: [] },
      }),
    )
    expect(problem.groupDomains).toEqual(new Map([['h', 'rack']]))
    expect(problem.softRules).toMatchObject([{ kind: 'affinity', domain: 'site' }])
    expect(problem.nodes[0]?.domains.get('constructor')).toBe('x')
    expect(problem.nodes[0]?.domains.get('toString')).toBeUndefined()
  })
})

describe('faults', () => {
  const twice = (a: unknown, b: unknown) => (p: Loose) => {
    p.vms[0].antiAffinity = [a]
    p.vms[1].antiAffinity = [b]
  }
  it.each(
    Object.entries<[(p: Loose) => void, string[]]>({
      'a group that is soft for one VM and hard for another': row(twice(soft, 's'), [
        'vms[1].antiAffinity[0]: is another entry of the group "s" than vms[0].antiAffinity[0]; write the same for every VM of a group',
      ]),
      'two prices': row(twice(soft, { ...soft, penaltySeconds: 6 }), [
        'vms[1].antiAffinity[0]: is another entry',
      ]),
      'two kinds of domain': row(twice({ ...soft, domain: 'rack' }, soft), [
        'vms[1].antiAffinity[0]: is another entry',
      ]),
      'an entry that is a number': row(
        (p) => (p.vms[0].affinity = [7]),
        ['vms[0].affinity[0]: 7 is not text; write the name of a group'],
      ),
      'an entry that is empty': row(
        (p) => (p.vms[0].affinity = ['']),
        ['vms[0].affinity[0]: is empty; write the name of a group'],
      ),
      'an entry without a group': row(
        (p) => (p.vms[0].affinity = [{ penaltySeconds: 1 }]),
        ['vms[0].affinity[0].group: is missing; write the name of a group'],
      ),
      'a negative price': row(
        (p) => (p.vms[0].affinity = [{ ...soft, penaltySeconds: -1 }]),
        ['vms[0].affinity[0].penaltySeconds: -1 is out of range'],
      ),
      'a key that nobody knows': row(
        (p) => (p.vms[0].affinity = [{ ...soft, weight: 1 }]),
        ['vms[0].affinity[0].weight: unknown key "weight"'],
      ),
      'domains that are a list': row(
        (p) => (p.nodes[0].domains = ['R1']),
        ['nodes[0].domains: an array of 1 is not an object; write one, as { "rack": "R1" }'],
      ),
      'a domain that is a number': row(
        (p) => (p.nodes[0].domains = { rack: 1 }),
        ['nodes[0].domains.rack: 1 is not text; write the name of a domain'],
      ),
      'a preferred node that is none': row(
        (p) => (p.vms[0].preferredNodes = ['HV9']),
        ['vms[0].preferredNodes[0]: "HV9" is not the id of a node'],
      ),
      'a negative limit of the blackout': row(
        (p) => (p.vms[0].maxBlackoutSeconds = -1),
        ['vms[0].maxBlackoutSeconds: -1 is out of range'],
      ),
      'a zone without a rule': row(
        (p) => (p.windows = [{ start: 0, end: 1, zone: 'UTC' }]),
        ['windows[0].zone: is there without "rrule"'],
      ),
      'a zone that is none': row(
        (p) => (p.windows = [{ start: 0, end: 1, zone: 'Europe/Berln', rrule: 'FREQ=DAILY' }]),
        [
          'windows[0].zone: "Europe/Berln" is no time zone; write a name of the IANA database, as "Europe/Berlin"',
        ],
      ),
      'a zone that is an offset': row(
        (p) => (p.windows = [{ start: 0, end: 1, zone: '+01:00', rrule: 'FREQ=DAILY' }]),
        ['windows[0].zone: "+01:00" is no time zone'],
      ),
    }),
  )('%s', (_, [change, faults]) => {
    const found = faultsAfter(change).map(({ path, message }) => `${path}: ${message}`)
    expect(found).toHaveLength(faults.length)
    faults.forEach((fault, i) => {
      expect(found[i]).toContain(fault)
    })
  })
})

describe('zones of rules', () => {
  const HOUR = 3600
  /** Hours from the start at which occurrences of an hour begin. */
  function hours(start: string, window: Omit<ProblemWindow, 'durationSeconds'>): number[] {
    const problem = problemOf({
      nodes: ['A'],
      vms: [],
      windows: [{ ...window, durationSeconds: HOUR }],
      request: { moves: [] },
      policy: { horizonSeconds: 3 * 24 * HOUR },
    })
    return resolveProblem({ ...problem, start }).windows.map((w) => w.startSeconds / HOUR)
  }
  const october = { start: '2026-10-01T22:00:00+02:00', rrule: 'FREQ=DAILY' }

  it.each(
    Object.entries<[string, Omit<ProblemWindow, 'durationSeconds'>, number[]]>({
      'keep its wall clock after the clocks are put back': row(
        '2026-11-23T20:00:00+01:00',
        { ...october, zone: 'Europe/Berlin' },
        [2, 26, 50],
      ),
      'keep the offset without one': row('2026-11-23T20:00:00+01:00', october, [1, 25, 49]),
      // 02:30 comes twice on the 25th, and the first counts.
      'in the night of the change': row(
        '2026-10-24T20:00:00+02:00',
        { start: '2026-10-01T02:30:00+02:00', rrule: 'FREQ=DAILY', zone: 'Europe/Berlin' },
        [6.5, 31.5, 55.5],
      ),
      // 02:30 is left out on 29 March: 03:30 by the new clock.
      'in the night in which an hour is left out': row(
        '2026-03-28T20:00:00+01:00',
        { start: '2026-03-01T02:30:00+01:00', rrule: 'FREQ=DAILY', zone: 'Europe/Berlin' },
        [6.5, 29.5, 53.5],
      ),
      'hour by hour, both of those that come twice': row(
        '2026-10-25T00:00:00+02:00',
        { start: '2026-10-25T00:00:00+02:00', rrule: 'FREQ=HOURLY;COUNT=4', zone: 'Europe/Berlin' },
        [0, 1, 2, 3, 4],
      ),
      'up to an instant': row(
        '2026-11-23T20:00:00+01:00',
        { ...october, rrule: 'FREQ=DAILY;UNTIL=20261124T210000Z', zone: 'Europe/Berlin' },
        [2, 26],
      ),
      'far from the plan’s own clock': row(
        '2026-11-23T20:00:00+01:00',
        { start: '2026-07-01T22:00:00-04:00', rrule: 'FREQ=WEEKLY;BYDAY=MO', zone: 'America/New_York' },
        [8],
      ),
      'with a start in numbers': row(
        '2026-10-24T22:00:00+02:00',
        { start: 0, rrule: 'FREQ=DAILY', zone: 'Europe/Berlin' },
        [0, 25, 49],
      ),
    }),
  )('%s', (_, [start, window, expected]) => {
    expect(hours(start, window)).toEqual(expected)
  })

  it('are not told as foreign, offsets that are not the night’s are', () => {
    const problem = problemOf({
      nodes: ['A'],
      vms: [],
      windows: [
        october,
        { ...october, zone: 'Europe/Berlin' },
        { ...october, rrule: 'FREQ=WEEKLY' },
        { start: 0, rrule: 'FREQ=DAILY' },
      ].map((window) => ({ ...window, durationSeconds: 1 })),
      request: { moves: [] },
    })
    const at = (start: string) => resolveProblem({ ...problem, start }).foreignOffsets
    expect(at('2026-11-23T20:00:00+01:00')).toEqual([{ offsetMinutes: 120, sources: [0, 2] }])
    expect(at('2026-10-23T20:00:00+02:00')).toEqual([])
  })
})
