/** The chart's data by hand, and its SVG: well-formed whatever the names, the same each time. */
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { domainKinds, lanesOf } from '../../src/chart/lanes.js'
import { legendOf } from '../../src/chart/legend.js'
import { decidingNodes, nightOf } from '../../src/chart/night.js'
import { PALETTES } from '../../src/chart/palette.js'
import { planToSvg } from '../../src/chart/svg.js'
import type { ResolvedProblem } from '../../src/model/problem.js'
import { maintenanceNight, migration, node, plan, resolved, smallPlan, vm } from '../io/fixtures.js'
import { HOSTILE_IDS } from '../io/hostile.js'

const shown = (lanes: ReturnType<typeof lanesOf>) =>
  lanes.map(({ label, rows, bars }) => [
    label,
    rows,
    bars.map((bar) => `${bar.role} ${bar.start}-${bar.end} in ${bar.row}`).join(', '),
  ])

/** a: A → B, b: B → A, c: A → C at once with a, d saved on C; A and B in rack 1. */
function night(): { problem: ResolvedProblem; plan: ReturnType<typeof plan> } {
  const racked = (id: string, rack: string) => ({ ...node(id), domains: new Map([['rack', rack]]) })
  const problem = resolved(
    [racked('A', 'R1'), racked('B', 'R1'), { ...node('C'), slots: 2 }],
    [vm('a', 'A'), vm('b', 'B'), { ...vm('c', 'A'), antiAffinity: ['web'] }, vm('d', 'C')],
    {
      windows: [
        { node: 'A', startSeconds: 20, endSeconds: 30, kind: 'backup', source: 0 },
        { vm: 'a', startSeconds: 5, endSeconds: 6, kind: 'blackout', source: 1 },
        { vm: 'd', startSeconds: 99, endSeconds: 100, kind: 'blackout', source: 2 },
        { startSeconds: 1, endSeconds: 2, kind: 'blackout', source: 3 },
      ],
    },
  )
  const migrations = [
    migration('a', 'A', 'B', 0, 10),
    migration('c', 'A', 'C', 5, 20),
    migration('b', 'B', 'A', 10, 30),
    migration('d', 'C', 'C', 10, 40, { kind: 'save-in-place' }),
  ]
  return { problem, plan: plan(migrations) }
}

describe('lanes', () => {
  const { problem, plan: made } = night()
  const data = nightOf(made, problem)

  it('by node: who sends and who receives, each bar in the first row that is free', () => {
    expect(shown(lanesOf(data, 'node'))).toEqual([
      ['A', 2, 'send 0-10 in 0, send 5-20 in 1, receive 10-30 in 0'],
      ['B', 1, 'receive 0-10 in 0, send 10-30 in 0'],
      ['C', 2, 'receive 5-20 in 0, other 10-40 in 1'],
    ])
  })

  it('give a bar as many rows side by side as it has slots', () => {
    const two = { ...node('C'), slots: 2 }
    const wide = { slots: { from: 1, to: 2 } }
    const migrations = [
      migration('a', 'A', 'C', 0, 10),
      migration('b', 'B', 'C', 10, 20, wide),
      migration('c', 'A', 'C', 20, 30),
    ]
    const problem = resolved([node('A'), node('B'), two], [vm('a', 'A'), vm('b', 'B'), vm('c', 'A')])
    const lanes = lanesOf(nightOf(plan(migrations), problem), 'node')
    expect(lanes[2].bars.map(({ row, rows }) => [row, rows])).toEqual([
      [0, 1],
      [0, 2],
      [0, 1],
    ])
    expect(lanes.map(({ rows }) => rows)).toEqual([1, 1, 2])
  })

  it('by rack: what stays inside one is drawn once; a node without one is a lane of its own', () => {
    expect(domainKinds(data)).toEqual(['rack'])
    const lanes = lanesOf(data, 'domain:rack')
    expect(shown(lanes)).toEqual([
      ['R1', 2, 'inside 0-10 in 0, send 5-20 in 1, inside 10-30 in 0'],
      ['C', 2, 'receive 5-20 in 0, other 10-40 in 1'],
    ])
    // 32 GiB each: a, b and c at first; what arrives inside it counts twice until it has left.
    expect(lanes[0].memory).toEqual({
      capacityMiB: 2 * 786_432,
      steps: [0, 4 * 32_768, 10, 4 * 32_768, 20, 3 * 32_768, 30, 2 * 32_768],
    })
  })

  it('by VM: those that migrate, each leg a bar', () => {
    expect(shown(lanesOf(data, 'vm'))).toEqual([
      ['a', 1, 'inside 0-10 in 0'],
      ['c', 1, 'inside 5-20 in 0'],
      ['b', 1, 'inside 10-30 in 0'],
      ['d', 1, 'other 10-40 in 0'],
    ])
  })

  it('have the windows that keep them still, and none after the plan', () => {
    const windows = (grouping: 'node' | 'vm') =>
      lanesOf(data, grouping).map((lane) => lane.windows.map(({ kind, start }) => `${kind} ${start}`))
    expect(windows('node')).toEqual([['backup 20', 'blackout 1'], ['blackout 1'], ['blackout 1']])
    expect(windows('vm')[0]).toEqual(['blackout 5', 'blackout 1'])
    expect(data.windows).toHaveLength(3)
  })

  it.each([
    ['C', ['A', 'C'], 'c,d'],
    ['web', ['A', 'C'], 'c'],
    ['save', ['C'], 'd'],
    ['nothing', ['A', 'B', 'C'], ''],
  ])('filtered by "%s": lanes %j, bright %s', (filter, labels, bright) => {
    const lanes = lanesOf(data, 'node', filter)
    expect(lanes.map(({ label }) => label)).toEqual(labels)
    const bars = lanes.flatMap((lane) => lane.bars.filter((bar) => bar.bright))
    const names = new Set(bars.map(({ move }) => data.vms[data.moves[move].vm].id))
    expect([...names].sort().join()).toBe(bright)
  })

  it('say in their legend what occurs in them, and nothing else', () => {
    const words = legendOf(lanesOf(data, 'node')).map((entry) => entry.words)
    const windows = ['backup window', 'blackout window']
    expect(words).toEqual(['sends', 'receives', 'restart or save', ...windows, 'memory'])
    const small = { ...problem, nodes: problem.nodes.map((each) => ({ ...each, memoryMiB: 65_536 })) }
    expect(legendOf(lanesOf(nightOf(made, small), 'node')).map((entry) => entry.words)).toContain(
      'memory from 90 % on',
    )
  })

  it('of works: on their node alone', () => {
    const work = { node: 'B', startSeconds: 30, endSeconds: 40, slackSeconds: 0 }
    const lanes = lanesOf(nightOf({ ...made, maintenance: [work] }, problem), 'node')
    expect(lanes.map(({ works }) => works.length)).toEqual([0, 1, 0])
    expect(legendOf(lanes).map(({ words }) => words)).toContain('worked on')
    expect(legendOf(lanesOf(data, 'node')).map(({ words }) => words)).not.toContain('worked on')
  })
})

describe('what the bound rests on', () => {
  const { problem, plan: made } = night()
  it.each([
    ['node-load A', ['A']],
    ['single-node B', ['B']],
    ['odd-set A+B+C', ['A', 'B', 'C']],
    ['odd-set of 30 nodes', []],
    ['matching-lp', []],
    ['limit concurrentMigrations', []],
  ])('%s', (bound, nodes) => {
    const named = { ...made, statistics: { ...made.statistics, bound } }
    expect(decidingNodes(named, problem)).toEqual(nodes)
    const lanes = lanesOf(nightOf(named, problem), 'node')
    expect(lanes.filter(({ decides }) => decides).map(({ label }) => label)).toEqual(nodes)
  })
})

/** All text of a document. @throws where it is not well-formed, or where something in it could act */
function textOf(xml: string): string[] {
  const found: string[] = []
  const parser = new SaxesParser()
  parser.on('text', (text) => found.push(text))
  parser.on('opentag', ({ name, attributes }) => {
    expect(['svg', 'g', 'rect', 'path', 'text', 'defs', 'clipPath']).toContain(name)
    expect(Object.keys(attributes).filter((key) => /^on|href/i.test(key))).toEqual([])
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return found.map((text) => text.trim()).filter(Boolean)
}

describe('SVG', () => {
  it('says name, lanes, VMs, legend, end and bound', () => {
    const { problem, plan: small } = smallPlan()
    const text = textOf(planToSvg(small, problem, 'light'))
    for (const each of ['A', 'B', 'C', 'vm-1', 'vm-2', 'vm-3', 'sends', 'receives', 'memory'])
      expect(text).toContain(each)
    expect(text[0]).toBe('sample: 3 migrations')
    expect(text).toContain('ends 0:01:31: the lower bound')
  })

  it('shows the bound by itself where the plan does not meet it, and clock times', () => {
    const { problem, plan: made } = maintenanceNight()
    const text = textOf(planToSvg(made, problem, 'light'))
    expect(text).toContain('ends 20:20:35')
    expect(text).toContain('bound 20:19:51')
    expect(text).toContain('blackout window')
  })

  it('is the same each time, and differs in its colours alone between light and dark', () => {
    const { problem, plan: made } = maintenanceNight()
    const light = planToSvg(made, problem, 'light')
    expect(planToSvg(made, problem, 'light')).toBe(light)
    const dark = planToSvg(made, problem, 'dark')
    expect(dark).toContain(PALETTES.dark.card)
    expect(dark).not.toContain(PALETTES.light.card)
    expect(textOf(dark)).toEqual(textOf(light))
  })

  it('leaves out nodes on which nothing happens, and says how many', () => {
    const { problem, plan: small } = smallPlan()
    const text = textOf(planToSvg({ ...small, migrations: small.migrations.slice(0, 1) }, problem, 'light'))
    expect(text[0]).toBe('sample: 1 migration; on 1 node nothing happens')
    expect(text).toContain('B')
    expect(text).not.toContain('C')
  })

  it('of a plan that moves nothing has its lanes', () => {
    const { problem } = smallPlan()
    expect(textOf(planToSvg(plan([]), problem, 'light'))).toContain('C')
  })

  it.each([
    '</text><script>alert(1)</script>',
    '" onload="alert(1)',
    '__proto__',
    'constructor',
    ...HOSTILE_IDS,
  ])('is well-formed, and has no element of its name: %j', (name) => {
    const other = `${name}2`
    const problem = resolved([node(name), node(other)], [vm(name, name)], { name })
    const svg = planToSvg(plan([migration(name, name, other, 0, 60)], { problem: name }), problem, 'light')
    textOf(svg)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    expect(svg).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
  })
})
