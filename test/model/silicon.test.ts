/** The rule of direction in problems: most of a source against least of a target, and the same silicon with itself. */
import { expect, test } from 'vitest'
import type { ProblemCpu } from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'

const resolve = (...cpus: ProblemCpu[]) =>
  resolveProblem({
    version: 1,
    nodes: cpus.map((cpu, i) => ({ id: `n${i}`, cpu, memoryMiB: 1024, migrationMbps: 1000 })),
    vms: cpus.map((_, i) => ({ id: `v${i}`, node: `n${i}`, memoryMiB: 1, dirtyMiBps: 0 })),
    request: { moves: [] },
  })

/** For each VM, on its node: where all that it sees is offered. */
function reach(...cpus: ProblemCpu[]): string[] {
  const { nodes, vms } = resolve(...cpus)
  return vms.map(({ features }) =>
    nodes
      .flatMap(({ id, features: offered }) => (features.every((f) => offered.includes(f)) ? [id] : []))
      .join(),
  )
}

const intel = (features: string[], rest: { mayHave?: string[]; part?: string } = {}): ProblemCpu => ({
  vendor: 'Intel',
  features,
  ...rest,
})
const haswell = (part?: string): ProblemCpu => ({ model: 'Haswell', ...(part === undefined ? {} : { part }) })

test.each<[string, ProblemCpu[], string[]]>([
  ['one model', [haswell(), haswell()], ['n0,n1', 'n0,n1']],
  ['parts of it', [haswell('a'), haswell('a'), haswell('b'), haswell()], ['n0,n1', 'n0,n1', 'n2', 'n3']],
  ['without TSX', [haswell(), { model: 'Haswell-noTSX' }], ['n0', 'n0,n1']],
  ['two generations', [haswell(), { model: 'Broadwell' }], ['n0', 'n1']],
  ['two that have none', [{ model: 'Haswell-noTSX' }, { model: 'Broadwell-noTSX' }], ['n0,n1', 'n1']],
  ['one that surely has it', [haswell(), { model: 'Broadwell+hle+rtm' }], ['n0,n1', 'n1']],
  ['lists', [intel(['a'], { mayHave: ['b'] }), intel(['a', 'b']), intel(['a'])], ['n0,n1', 'n1', 'n0,n1,n2']],
  [
    'equal lists',
    [intel(['a'], { mayHave: ['b'] }), intel(['A'], { mayHave: ['B', 'a'] })],
    ['n0,n1', 'n0,n1'],
  ],
  [
    'parts of lists',
    [intel(['a'], { mayHave: ['b'], part: 'x' }), intel(['a'], { mayHave: ['b'] })],
    ['n0', 'n1'],
  ],
])('%s', (_, cpus, expected) => {
  expect(reach(...cpus)).toEqual(expected)
})

test('what is certain goes by its own name, and what is not by its silicon', () => {
  const { nodes, vms } = resolve(
    intel(['a'], { mayHave: ['b'] }),
    intel(['a', 'b']),
    intel(['a'], { mayHave: ['c'] }),
  )
  expect(nodes.map(({ features }) => features)).toEqual([
    ['a', 'b@Intel'],
    ['a', 'b', 'b@Intel'],
    ['a', 'c@Intel#2'],
  ])
  expect(vms.map(({ features }) => features)).toEqual([
    ['a', 'b@Intel'],
    ['a', 'b'],
    ['a', 'c@Intel#2'],
  ])
})

test('lists without doubt stay as they are', () => {
  const [node] = resolve(intel(['b', 'a'])).nodes
  expect(node).not.toHaveProperty('bootFeatures')
  expect(node.features).toEqual(['a', 'b'])
})

test('more kinds than a cluster has nodes are a fault', () => {
  const kinds = Array.from({ length: 65 }, (_, i) => haswell(`part ${i}`))
  expect(() => resolve(...kinds)).toThrow('nodes: have more than 64 CPUs of which something is in doubt')
  expect(() => resolve(...kinds.slice(1))).not.toThrow()
})
