/** Where VMs end and how long they stand still, as the checker prices and judges it. */
import { describe, expect, it } from 'vitest'
import { checkResolved } from '../../src/check/check-resolved.js'
import type { SoftRule } from '../../src/model/problem.js'
import { leg } from '../problem.js'
import { planOf, problemOf } from './fixture.js'

const rule = (kind: SoftRule['kind'], vms: string[], domain?: string): SoftRule => ({
  kind,
  group: 'g',
  domain,
  penaltySeconds: 7,
  vms,
})
const IN = (name: string) => new Map([['rack', name]])

/** `a` goes from A to B in 12 s; b and c are on B, d on C, which is in the rack of B. */
function violations(softRules: SoftRule[], cost: number, preferred?: string[]) {
  const problem = problemOf({
    nodes: [
      { id: 'A', domains: IN('R1') },
      { id: 'B', domains: IN('R2') },
      { id: 'C', domains: IN('R2') },
      { id: 'D' },
    ],
    vms: [
      { id: 'a', node: 'A', preferredNodes: preferred === undefined ? undefined : new Set(preferred) },
      ...['b B', 'c B', 'd C', 'e D'].map((text) => ({ id: text[0]!, node: text[2]! })),
    ],
    softRules,
    moves: [{ vm: 'a', to: 'B' }],
  })
  const plan = planOf({ migrations: [leg('a A>B 0-12')], makespanSeconds: 12, cost })
  return checkResolved(problem, plan).map(({ rule: of, subject, excess }) => [of, subject, excess])
}

describe('the cost', () => {
  it.each<[string, SoftRule[], number, string[] | undefined]>([
    ['nothing is broken', [rule('anti-affinity', ['a', 'd', 'e'])], 0, undefined],
    ['two on one node', [rule('anti-affinity', ['a', 'b'])], 7, undefined],
    ['three on one node', [rule('anti-affinity', ['a', 'b', 'c', 'd'])], 14, undefined],
    ['those who stay', [rule('anti-affinity', ['b', 'c'])], 7, undefined],
    ['a rack', [rule('anti-affinity', ['a', 'd'], 'rack')], 7, undefined],
    ['a node in no rack', [rule('anti-affinity', ['d', 'e'], 'rack')], 0, undefined],
    ['all together', [rule('affinity', ['a', 'b', 'c'])], 0, undefined],
    ['one is elsewhere', [rule('affinity', ['a', 'b', 'd'])], 7, undefined],
    ['none is with another', [rule('affinity', ['a', 'd', 'e'])], 14, undefined],
    ['together in a rack', [rule('affinity', ['a', 'd'], 'rack')], 0, undefined],
    ['both kinds', [rule('affinity', ['a', 'd']), rule('anti-affinity', ['a', 'c'])], 14, undefined],
    ['a preferred node', [], 0, ['B', 'C']],
    ['another one', [], 60, ['C']],
  ])('%s', (_, rules, price, preferred) => {
    expect(violations(rules, 12 + price, preferred)).toEqual([])
    const off = violations(rules, 12 + price + 7, preferred)
    expect(off).toContainEqual(['figures', 'cost', 7])
  })
})

describe('blackouts', () => {
  /** 1,000 MiB at 100 MiB/s, of which `set` are dirty at the end. */
  function judged(set: number, price: number, most?: number) {
    const problem = problemOf({
      nodes: [{ id: 'A' }, { id: 'B' }],
      vms: [{ id: 'a', node: 'A', dirtyMiBps: 1000, workingSetMiB: set, maxBlackoutSeconds: most }],
      moves: [{ vm: 'a', to: 'B' }],
      policy: { blackoutPenaltySeconds: 10 },
    })
    const end = 12 + (2 * set) / 100
    const migration = leg(`a A>B 0-${end}`, { blackoutSeconds: set / 100 })
    return checkResolved(
      problem,
      planOf({ migrations: [migration], makespanSeconds: end, cost: end + price }),
    )
  }

  it.each([
    [100, 0],
    [150, 5],
    [300, 20],
  ])('of %d MiB cost %d s', (set, price) => {
    expect(judged(set, price)).toEqual([])
    expect(judged(set, price + 1)).toMatchObject([{ rule: 'figures', subject: 'cost', excess: 1 }])
  })

  it('may be as long as the VM admits, and no longer', () => {
    expect(judged(300, 20, 3)).toEqual([])
    const [found, ...others] = judged(300, 20, 2.5)
    expect(others).toEqual([])
    expect(found).toMatchObject({ rule: 'blackout', subject: 'a', atSeconds: 0 })
    expect(found?.excess).toBeCloseTo(0.5, 9)
  })
})

describe('a hard group about racks', () => {
  it.each<[string, string, boolean]>([
    ['into the rack of another', 'B', true],
    ['into a rack of its own', 'D', false],
  ])('%s', (_, to, wrong) => {
    const problem = problemOf({
      nodes: [
        { id: 'A', domains: IN('R1') },
        { id: 'B', domains: IN('R2') },
        { id: 'C', domains: IN('R2') },
        { id: 'D' },
      ],
      vms: [
        { id: 'a', node: 'A', antiAffinity: ['h'] },
        { id: 'c', node: 'C', antiAffinity: ['h'] },
      ],
      groupDomains: new Map([['h', 'rack']]),
      moves: [{ vm: 'a', to }],
    })
    const found = checkResolved(
      problem,
      planOf({ migrations: [leg(`a A>${to} 0-12`)], makespanSeconds: 12, cost: 12 }),
    )
    expect(found.map(({ rule: of, message }) => `${of}: ${message}`)).toEqual(
      wrong ? ['anti-affinity: a ends on rack R2 together with c of its anti-affinity group h'] : [],
    )
  })
})
