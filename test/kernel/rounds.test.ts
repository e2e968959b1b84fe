import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelError } from '../../src/errors.js'
import type { RoundBatch, RoundTasks } from '../../src/kernel/types.js'
import { cases } from '../cases.js'
import { kernelBuilds } from './builds.js'
import { scoreRoundsTwin } from './twins/rounds.js'

interface Interval {
  gap: number
  length: number
}

/** Lists of sorted, disjoint intervals that do not touch, in the kernel's layout. */
function layOut(lists: Interval[][]): Pick<RoundTasks, 'forbiddenOffset' | 'forbidden'> {
  const words: number[] = []
  const offsets = [0]
  for (const list of lists) {
    let time = 0
    for (const { gap, length } of list) {
      words.push(time + gap, time + gap + length)
      time += gap + length + 1
    }
    offsets.push(words.length / 2)
  }
  return { forbiddenOffset: Int32Array.from(offsets), forbidden: Int32Array.from(words) }
}

interface Case {
  tasks: RoundTasks
  batch: RoundBatch
}

function drawn(nodeCounts: fc.Arbitrary<number>, slots: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  const interval = fc.record({ gap: fc.nat(12), length: fc.integer({ min: 1, max: 12 }) })
  return nodeCounts.chain((nodeCount) => {
    const node = fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: nodeCount - 1 }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    )
    const task = fc.record({
      source: node,
      target: node,
      duration: fc.oneof(fc.nat(30), fc.constantFrom(0, 0x7fff_fff0)),
      penalty: fc.oneof(fc.nat(50), fc.constant(0x7fff_ffff)),
      list: fc.nat(3),
    })
    return fc
      .record({
        slots: fc.array(slots, { minLength: nodeCount, maxLength: nodeCount }),
        tasks: fc.array(task, { minLength: 1, maxLength: 20 }),
        lists: fc.array(fc.array(interval, { maxLength: 9 }), { minLength: 4, maxLength: 4 }),
        stride: fc.nat(5),
        starts: fc.array(fc.oneof(fc.nat(100), fc.constant(0x7fff_fff0)), { maxLength: 20 }),
      })
      .chain((parts) =>
        fc
          .array(fc.integer({ min: -1, max: parts.tasks.length - 1 }), {
            minLength: parts.stride * parts.starts.length,
            maxLength: parts.stride * parts.starts.length,
          })
          .map((members) => ({
            tasks: {
              nodeCount,
              slots: Int32Array.from(parts.slots),
              source: Int32Array.from(parts.tasks, (t) => t.source),
              target: Int32Array.from(parts.tasks, (t) => t.target),
              duration: Int32Array.from(parts.tasks, (t) => t.duration),
              penalty: Int32Array.from(parts.tasks, (t) => t.penalty),
              forbiddenClass: Int32Array.from(parts.tasks, (t) => t.list),
              ...layOut(parts.lists),
            },
            batch: {
              count: parts.starts.length,
              stride: parts.stride,
              tasks: Int32Array.from(members),
              start: Int32Array.from(parts.starts),
            },
          })),
      )
  })
}

const oneSlot = fc.constant(1)
const families = [
  { family: 'node sets', graphs: drawn(fc.constantFrom(1, 4, 31, 32, 33, 63, 64), oneSlot) },
  { family: 'too many nodes for a set', graphs: drawn(fc.constantFrom(65, 70, 130), oneSlot) },
  { family: 'several slots', graphs: drawn(fc.constantFrom(1, 3, 8, 64), fc.integer({ min: 1, max: 3 })) },
]

/** Two tasks on nodes 0→1 and 1→2, with forbidden intervals [10, 20) and [30, 40) for both. */
function chain(slots: number): RoundTasks {
  return {
    nodeCount: 3,
    slots: Int32Array.of(slots, slots, slots),
    source: Int32Array.of(0, 1),
    target: Int32Array.of(1, 2),
    duration: Int32Array.of(5, 7),
    penalty: Int32Array.of(100, 0),
    forbiddenClass: Int32Array.of(0, 0),
    forbiddenOffset: Int32Array.of(0, 2),
    forbidden: Int32Array.of(10, 20, 30, 40),
  }
}

describe.each(kernelBuilds)('round scorer, $name build', ({ kernel }) => {
  it.each(families)('agrees with the twin: $family', ({ graphs }) => {
    fc.assert(
      fc.property(graphs, ({ tasks, batch }) => {
        expect(kernel.createRoundScorer(tasks).score(batch)).toEqual(scoreRoundsTwin(tasks, batch))
      }),
      { numRuns: cases(250) },
    )
  })

  it.each([1, 2])('adds up a round of two with %i slots', (slots) => {
    const batch = { count: 1, stride: 3, tasks: Int32Array.of(0, -1, 1), start: Int32Array.of(0) }
    expect(kernel.createRoundScorer(chain(slots)).score(batch)).toEqual({
      flags: Uint8Array.of(slots === 1 ? 1 : 0),
      duration: Int32Array.of(7),
      work: Float64Array.of(12),
      penalty: Float64Array.of(100),
    })
  })

  it('lets a migration touch a forbidden interval and never overlap it', () => {
    const start = Int32Array.of(5, 6, 19, 20, 25, 26, 39, 40)
    const batch = { count: start.length, stride: 1, tasks: new Int32Array(start.length), start }
    expect(kernel.createRoundScorer(chain(1)).score(batch).flags).toEqual(
      Uint8Array.of(0, 2, 2, 0, 0, 2, 2, 0),
    )
  })

  it('scores batches of more rounds than one call takes', () => {
    const count = 2500
    const batch = {
      count,
      stride: 2,
      tasks: Int32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? (i >> 1) % 2 : -1)),
      start: Int32Array.from({ length: count }, (_, i) => i % 50),
    }
    expect(kernel.createRoundScorer(chain(1)).score(batch)).toEqual(scoreRoundsTwin(chain(1), batch))
    expect(kernel.createRoundScorer(chain(2)).score(batch)).toEqual(scoreRoundsTwin(chain(2), batch))
  })

  it('scores one batch after another, of any size', () => {
    const scorer = kernel.createRoundScorer(chain(2))
    for (const [count, stride] of [
      [3, 1],
      [1100, 40],
      [2, 2],
      [0, 5],
      [1030, 3],
    ]) {
      const batch = {
        count,
        stride,
        tasks: Int32Array.from({ length: stride * count }, (_, i) => ((i * i) % 3) - 1),
        start: Int32Array.from({ length: count }, (_, i) => i % 50),
      }
      expect(scorer.score(batch)).toEqual(scoreRoundsTwin(chain(2), batch))
    }
  })

  it('refuses to score once it has been disposed of', () => {
    const scorer = kernel.createRoundScorer(chain(1))
    scorer.dispose()
    const none = { count: 0, stride: 3, tasks: new Int32Array(0), start: new Int32Array(0) }
    expect(() => scorer.score(none)).toThrow(KernelError)
  })

  it('takes an empty batch and empty rounds', () => {
    const none = { count: 0, stride: 3, tasks: new Int32Array(0), start: new Int32Array(0) }
    expect(kernel.createRoundScorer(chain(1)).score(none).flags).toHaveLength(0)
    const empty = { count: 2, stride: 1, tasks: Int32Array.of(-1, -1), start: new Int32Array(2) }
    expect(kernel.createRoundScorer(chain(1)).score(empty)).toEqual({
      flags: new Uint8Array(2),
      duration: new Int32Array(2),
      work: new Float64Array(2),
      penalty: new Float64Array(2),
    })
  })
})
