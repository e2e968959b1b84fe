import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/model/problem.js'
import { partsOf } from '../parts.js'
import type { ProblemParts } from '../problems.js'

/** Two nodes of 1,000 MiB and one of 10,000; a VM leaves A for B. */
function refusalOf(vms: ProblemParts['vms'], moves: string[], policy: Partial<Policy> = {}) {
  const { request, instance } = partsOf({
    nodes: ['A 1000', 'B 1000', 'C'],
    vms,
    request: { moves },
    policy,
  })
  return request.wishes.map((wish) => {
    const refusal = wish.refusals.get(instance.nodeIndex.get('B') ?? -1)
    return wish.choices.length > 0 ? 'open' : (refusal?.reason ?? 'none')
  })
}

describe('VMs that cannot leave', () => {
  const mover = 'a@A 600'

  it('take their memory from those that arrive', () => {
    expect(refusalOf([mover, 'b@B 401'], ['a>B'])).toEqual(['memory'])
    expect(refusalOf([mover, 'b@B 400'], ['a>B'])).toEqual(['open'])
  })

  it('take none while off or saved', () => {
    const off = { id: 'b', node: 'B', memoryMiB: 900, state: 'off' } as const
    expect(refusalOf([mover, off], ['a>B'])).toEqual(['open'])
    expect(refusalOf([mover, { ...off, state: 'saved' }], ['a>B'])).toEqual(['open'])
  })

  it('keep their groups to themselves, even while off', () => {
    const vms = [
      { id: 'a', node: 'A', memoryMiB: 600, antiAffinity: ['g'] },
      { id: 'b', node: 'B', memoryMiB: 100, antiAffinity: ['f', 'g'], state: 'off' as const },
    ]
    expect(refusalOf(vms, ['a>B'])).toEqual(['anti-affinity'])
    expect(refusalOf(vms, ['a>B', 'b>C'])).toEqual(['open', 'open'])
  })

  it('count when their own way is barred by others, and so on', () => {
    // c cannot leave C for A (allowed nodes); b, in its group, cannot go to C then; nor a to B, for b stays.
    const vms = [
      mover,
      { id: 'b', node: 'B', memoryMiB: 900, antiAffinity: ['g'] },
      { id: 'c', node: 'C', memoryMiB: 100, antiAffinity: ['g'], allowedNodes: ['C'] },
    ]
    const moves = ['a>B', 'b>C', 'c>A']
    const { request } = partsOf({
      nodes: ['A 1000', 'B 1000', 'C'],
      vms,
      request: { moves },
    })
    expect(request.wishes.map((w) => [...w.refusals.values()][0].reason)).toEqual([
      'memory',
      'anti-affinity',
      'allowed-nodes',
    ])
    expect(request.wishes.every((w) => w.choices.length === 0)).toBe(true)
  })

  it('rule nothing out where room may be made', () => {
    const vms = [mover, 'b@B 900']
    expect(refusalOf(vms, ['a>B'], { allowMakeRoom: true })).toEqual(['open'])
  })

  it('saved in place, they make no room for others: a drained node receives nothing', () => {
    const { request } = partsOf({
      nodes: ['A', 'B 1000'],
      vms: ['a@A 600', 'b@B 900'],
      request: { moves: ['a>B'], drain: [{ node: 'B', mode: 'save' }] },
    })
    expect(request.wishes[0].refusals.get(1)?.reason).toBe('node-state')
    expect(request.wishes[1].choices).toMatchObject([{ node: 1, kind: 'save-in-place' }])
  })
})
