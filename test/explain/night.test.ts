/** Nights of maintenance: what is said of them is so, and what would help is what planning says. */
import { describe, expect, it } from 'vitest'
import { explainProblem as explain } from '../../src/explain/explain.js'
import { applyPatch } from '../../src/explain/patch.js'
import type { Problem } from '../../src/model/problem.js'
import { plan } from '../../src/plan.js'
import { problemOf } from '../problem.js'

const OPTIONS = { effort: 1, thread: 'caller' } as const

/** Four nodes, each holding 2,000 of 4,000 MiB: memory admits two works at once. A backup of two VMs holds up the first drains. */
const night: Problem = problemOf({
  nodes: ['A', 'B', 'C', 'D'].map((id) => ({ id, memoryMiB: 4000 })),
  vms: ['A', 'B', 'C', 'D'].flatMap((node) => [`${node}1@${node}`, `${node}2@${node}`]),
  windows: [
    { vm: 'A1', start: 0, end: 300 },
    { vm: 'B1', start: 0, end: 300 },
  ],
  request: { maintenance: ['A', 'B', 'C', 'D'].map((node) => ({ node, durationSeconds: 100 })) },
  policy: { returnHome: true, maintenanceAtOnce: 2 },
})

describe('an explanation of a night of maintenance', () => {
  it('says what carries it, plans each change, and what works at once are worth', async () => {
    const { bound, relaxations, plan: today, nodes } = await explain(night, { ...OPTIONS, relaxations: 20 })
    const text = bound.sentences.join('\n')
    expect(text).toMatch(/The works take 400 s together, 2 at most at once; the night ends at/)
    expect(text).toMatch(/The chain that carries it: \w/)
    expect(text).toMatch(/the longest wait of the chain: /)
    expect(text).toMatch(/Memory is scarcest at/)
    expect(text).toMatch(/With 1 work at once instead of 2 the night is \d+(\.\d+)? s longer, as planned/)
    const kinds = relaxations.map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(
      new Set(['works-at-once', 'host', 'work', 'window', 'link', 'return-home']),
    )
    for (const node of nodes) {
      const done = today.maintenance!.find((each) => each.node === node.node)!
      expect(node.workSeconds).toBe(done.endSeconds - done.startSeconds)
    }
    const backups = relaxations.find(({ kind }) => kind === 'window')!
    expect([backups.windows, backups.helps, backups.gain.makespanSeconds > 0]).toEqual([[0, 1], true, true])
    for (const kind of ['window'] as const) {
      const { patch, makespanSeconds, cost } = relaxations.find((each) => each.kind === kind)!
      const again = await plan(applyPatch(night, patch), OPTIONS)
      expect([kind, again.makespanSeconds, again.cost]).toEqual([kind, makespanSeconds, cost])
    }
  }, 60_000)

  it('says of a VM that it leaves for the work, and takes no VM that leaves too for one that stays', async () => {
    const pair = problemOf({
      nodes: ['A', 'B', 'C'],
      vms: [
        { id: 'a', node: 'A', memoryMiB: 1000, antiAffinity: ['g'] },
        { id: 'b', node: 'B', memoryMiB: 1000, antiAffinity: ['g'] },
      ],
      request: { maintenance: ['A', 'B'].map((node) => ({ node, durationSeconds: 100 })) },
    })
    const { vms } = await explain(pair, { ...OPTIONS, relaxations: 0 })
    expect(vms.map(({ vm, request }) => [vm, request])).toEqual([
      ['a', 'maintenance'],
      ['b', 'maintenance'],
    ])
    for (const { nodes: ways } of vms) expect(ways.map(({ possible }) => possible)).toEqual([true, true])
    const { request, nodes: others } = (
      await explain(
        { ...pair, vms: [...pair.vms, { ...pair.vms[0]!, id: 'c', node: 'C', antiAffinity: [] }] },
        { ...OPTIONS, vm: 'c', relaxations: 0 },
      )
    ).vms[0]!
    expect([request, others.length]).toEqual(['none', 2])
  })

  it('says what is not worked on, and why', async () => {
    const full = problemOf({
      nodes: ['A 4000', 'B 4000'],
      vms: ['a@A 3000', 'b@B 3000'],
      request: { maintenance: [{ node: 'A', durationSeconds: 100 }] },
    })
    const { bound, relaxations } = await explain(full, { ...OPTIONS, relaxations: 1 })
    expect(bound.sentences.join('\n')).toMatch(/A is not worked on: /)
    const host = relaxations.find(({ kind }) => kind === 'host')!
    expect([host.helps, host.gain.unplacedWeight > 0]).toEqual([true, true])
  })
})
