import { expect, it } from 'vitest'
import type { ProblemMaintenance } from '../../../src/model/problem.js'
import { type ProblemParts, problemOf } from '../../problem.js'
import { RollingReference } from './brute-force.js'

const works = (...list: (string | ProblemMaintenance)[]) =>
  list.map((work) => (typeof work === 'string' ? { node: work, durationSeconds: 100 } : work))

/** Worked by hand; a VM of 1,000 MiB takes 10 s. */
const NIGHTS: Record<string, [ProblemParts, makespan: number, cost?: number, left?: number]> = {
  'one that leaves': [{ nodes: ['A', 'B'], vms: ['a@A'], request: { maintenance: works('A') } }, 110],
  'one that goes home': [
    { nodes: ['A', 'B'], vms: ['a@A'], request: { maintenance: works('A') }, policy: { returnHome: true } },
    120,
  ],
  // b over, B's work, both back, A's work.
  'two nodes that hold each other': [
    { nodes: ['A', 'B'], vms: ['a@A', 'b@B'], request: { maintenance: works('A', 'B') } },
    230,
  ],
  'three empty ones, two at once': [
    {
      nodes: ['A', 'B', 'C'],
      vms: [],
      request: { maintenance: works('A', 'B', 'C') },
      policy: { maintenanceAtOnce: 2 },
    },
    200,
  ],
  'no room': [
    {
      nodes: ['A', 'B 500'],
      vms: ['a@A'],
      request: { maintenance: works('A') },
      policy: { horizonSeconds: 500 },
    },
    0,
    0,
    2001,
  ],
  'home is closed': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A'],
      windows: [{ node: 'A', start: 110, end: 1000 }],
      request: { maintenance: works('A') },
      policy: { returnHome: true },
    },
    110,
    410,
  ],
  // 2.5 s each to save and to resume.
  'saved where they are': [
    {
      nodes: ['A', 'B'],
      vms: ['a@A', 'b@A'],
      request: { maintenance: [{ node: 'A', durationSeconds: 100, mode: 'save' }] },
    },
    110,
    710,
  ],
}

it.each(Object.entries(NIGHTS))(
  'the reference knows what is best: %s',
  (_, [parts, makespan, cost = makespan, left = 0]) => {
    expect(new RollingReference(problemOf(parts)).solve()).toMatchObject({ left, makespan, cost })
  },
)
