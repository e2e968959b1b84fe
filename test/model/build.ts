/** A small valid problem, to be changed by each test. */
import { InvalidProblemError, type Issue } from '../../src/errors.js'
import { resolveProblem } from '../../src/model/validate.js'

/** Untyped on purpose: tests write wrong values into it. */
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests is input of the wrong type
export type Loose = any

/** Two nodes, two VMs, a window, a move. A fresh copy at each call. */
export function validProblem(): Loose {
  return {
    version: 1,
    name: 'test',
    start: '2026-11-23T20:00:00+01:00',
    nodes: [
      {
        id: 'HV01',
        cpu: { vendor: 'Intel', features: ['sse4_2', 'avx2'] },
        memoryMiB: 65536,
        migrationMbps: 10000,
      },
      { id: 'HV02', cpu: { model: 'Cascadelake-Server' }, memoryMiB: 65536, migrationMbps: 10000 },
    ],
    vms: [
      { id: 'web-01', node: 'HV01', memoryMiB: 4096 },
      { id: 'sql-07', node: 'HV01', memoryMiB: 32768, dirtyMiBps: 40 },
    ],
    windows: [{ vm: 'sql-07', start: 3600, end: 7200 }],
    request: { moves: [{ vm: 'web-01', to: 'HV02' }] },
  }
}

/** The faults of an input, or none. */
export function faultsOf(input: unknown): readonly Issue[] {
  try {
    resolveProblem(input)
  } catch (error) {
    if (error instanceof InvalidProblemError) return error.issues
    throw error
  }
  return []
}

/** The faults of the valid problem after a change. */
export function faultsAfter(change: (problem: Loose) => void): readonly Issue[] {
  const problem = validProblem()
  change(problem)
  return faultsOf(problem)
}
