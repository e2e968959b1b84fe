import { describe, expect, it } from 'vitest'
import type { Explanation, NodeExplanation } from '../../src/model/explanation.js'
import { quota, seeds } from '../cases.js'
import { flavourOf, problemOf, randomProblem } from '../solver/problems.js'
import { explained } from './explained.js'

function nodeOf({ nodes }: Explanation, id: string): NodeExplanation {
  const found = nodes.find((each) => each.node === id)
  if (found === undefined) throw new Error(`nothing is said about ${id}`)
  return found
}

const told = ({ segments }: NodeExplanation) =>
  segments.map((s) => `${s.startSeconds}-${s.endSeconds} ${[s.activity, ...s.vms].join(' ')}`)

describe('what fills the time of a node', () => {
  it('is told in order, windows and idle time included', async () => {
    const result = await explained({
      nodes: ['A', 'B', 'C'],
      vms: ['a@A', 'b@A 2000', 'c@C 500'],
      windows: [
        { node: 'B', start: 0, end: 15 },
        { start: 30, end: 31, kind: 'blackout' },
        { vm: 'a', start: 0, end: 31 },
      ],
      request: { moves: ['a>B', 'b>C', 'c>B'] },
    })
    expect(result.plan.makespanSeconds).toBe(41)
    expect(told(nodeOf(result, 'A'))).toEqual(['0-20 send b', '20-30 idle', '30-31 blackout', '31-41 send a'])
    expect(told(nodeOf(result, 'B'))).toEqual([
      '0-15 backup',
      '15-20 idle',
      '20-25 receive c',
      '25-30 idle',
      '30-31 blackout',
      '31-41 receive a',
    ])
    expect(nodeOf(result, 'B')).toMatchObject({
      sendSeconds: 0,
      receiveSeconds: 15,
      backupSeconds: 15,
      blackoutSeconds: 1,
      idleSeconds: 10,
      lastEndSeconds: 41,
      drained: false,
    })
    expect(nodeOf(result, 'A').migrations).toEqual([
      { vm: 'b', role: 'send', other: 'C', kind: 'live', startSeconds: 0, endSeconds: 20 },
      { vm: 'a', role: 'send', other: 'B', kind: 'live', startSeconds: 31, endSeconds: 41 },
    ])
  })

  it('says when a drained node is empty, and what keeps one from being so', async () => {
    const problem = (allowedNodes: string[]) =>
      problemOf({
        nodes: ['A', 'B'],
        vms: ['a@A', { id: 'b', node: 'A', allowedNodes }],
        request: { drain: ['A'] },
      })
    const empty = nodeOf(await explained(problem(['B'])), 'A')
    expect(empty).toMatchObject({ drained: true, emptyAtSeconds: 20, leftVms: [] })
    const full = nodeOf(await explained(problem(['A'])), 'A')
    expect(full).toMatchObject({ drained: true, leftVms: ['b'] })
    expect('emptyAtSeconds' in full).toBe(false)
  })

  it('tells restarts and saves apart from migrations that hold a slot', async () => {
    const result = await explained({
      nodes: ['A', 'B'],
      vms: ['a@A', 'b@B'],
      request: { drain: [{ node: 'A', mode: 'save' }] },
      policy: { saveMiBps: 100 },
    })
    expect(told(nodeOf(result, 'A'))).toEqual(['0-10 other a'])
    expect(nodeOf(result, 'A')).toMatchObject({
      otherSeconds: 10,
      workSeconds: 0,
      migrations: [{ role: 'save', other: 'A' }],
      emptyAtSeconds: 10,
    })
  })

  it('sends and receives at once where there are slots', async () => {
    const result = await explained({
      nodes: ['A', { id: 'B', slots: 2, migrationMbps: 4 * 838.8608 }, 'C'],
      vms: ['a@A', 'b@B'],
      request: { moves: ['a>B', 'b>C'] },
    })
    expect(nodeOf(result, 'B')).toMatchObject({ sendReceiveSeconds: 10, sendSeconds: 0, receiveSeconds: 0 })
  })

  it('is of the one node that is asked about', async () => {
    const problem = problemOf({ nodes: ['A', 'B'], vms: ['a@A'], request: { drain: ['A'] } })
    const result = await explained(problem, { node: 'B' })
    expect(result.nodes.map(({ node }) => node)).toEqual(['B'])
    expect(result.node).toBe('B')
    expect(result.vms).toHaveLength(1)
  })
})

describe('on random problems', () => {
  it('stretches follow one another over the whole plan, and hold exactly the migrations that run then', async () => {
    const flavour = flavourOf(4, 'both', 'memory', 'windows', 'rules', 'parking')
    let stretches = 0
    for (const seed of seeds(400, 100)) {
      const { plan, nodes } = await explained(randomProblem(seed, flavour))
      for (const node of nodes) {
        const kinds = ['send', 'receive', 'sendReceive', 'other', 'backup', 'blackout', 'idle'] as const
        const sum = kinds.reduce((total, kind) => total + node[`${kind}Seconds`], 0)
        expect(sum).toBeCloseTo(plan.makespanSeconds, 5)
        let at = 0
        for (const { startSeconds, endSeconds, vms, activity } of node.segments) {
          expect(startSeconds).toBe(at)
          expect(endSeconds).toBeGreaterThan(startSeconds)
          at = endSeconds
          const middle = (startSeconds + endSeconds) / 2
          const running = plan.migrations.filter(
            (m) =>
              (m.from === node.node || m.to === node.node) &&
              m.startSeconds < middle &&
              middle < m.endSeconds,
          )
          expect(new Set(vms), `${seed} ${node.node}`).toEqual(new Set(running.map((m) => m.vm)))
          expect(['backup', 'blackout', 'idle'].includes(activity)).toBe(running.length === 0)
          stretches++
        }
        expect(at).toBe(plan.makespanSeconds)
      }
    }
    expect(stretches).toBeGreaterThan(quota(500))
  })
})
