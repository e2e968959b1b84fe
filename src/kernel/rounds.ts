/** Scores candidate rounds in batches. */
import { KernelError } from '../errors.js'
import { Arena, type ArenaExports } from './arena.js'
import { ROUND_BATCH, ROUND_TASK } from './records.js'
import { Placed, Table } from './table.js'
import type { RoundBatch, RoundScorer, RoundScores, RoundTasks } from './types.js'

export interface RoundsExports {
  /** Scores the `RoundBatch` at this address. */
  scoreRounds(batch: number): void
}

/** Rounds a call: the first calls run in the engine's baseline tier, which a long call would never leave. */
const ROUNDS_PER_CALL = 1024
/** Nodes that one 64-bit set holds. */
const SET_NODES = 64
/** Intervals that the kernel asks at once. */
const SENTINELS = 4
/** Ticks less 2^31: a start plus a duration, which may reach 2^32, then compares as signed. */
const BIAS = 1 << 31
const LATEST = -1

/** The halves of a node's set; a migration without that end (−1) holds nothing. */
function lowBit(node: number): number {
  return node >= 0 && node < 32 ? 1 << node : 0
}

function highBit(node: number): number {
  return node >= 32 ? 1 << (node - 32) : 0
}

/** The lists of forbidden intervals, each with sentinels after its last: the interval (2^32 − 1, 2^32 − 1); all less 2^31. */
function packForbidden(tasks: RoundTasks): Int32Array {
  const { forbidden, forbiddenOffset } = tasks
  const lists = forbiddenOffset.length - 1
  const packed = new Int32Array(2 * (forbiddenOffset[lists] + SENTINELS * (lists + 1))).fill(LATEST ^ BIAS)
  // Entry by entry: there are many lists, and most are short.
  let at = 0
  for (let list = 0; list < lists; list++) {
    for (let i = 2 * forbiddenOffset[list]; i < 2 * forbiddenOffset[list + 1]; i++)
      packed[at++] = forbidden[i] ^ BIAS
    at += 2 * SENTINELS
  }
  return packed
}

/** An empty record, and then one a task. */
function packRecords(tasks: RoundTasks, forbiddenAt: number, asSets: boolean): Table<typeof ROUND_TASK> {
  const count = tasks.source.length
  const table = new Table(ROUND_TASK, 1 + count)
  // The empty record: its list is what follows the last one.
  const lists = tasks.forbiddenOffset.length - 1
  table.set(0, { firstForbidden: forbiddenAt + (tasks.forbiddenOffset[lists] + SENTINELS * lists) * 8 })
  for (let task = 0; task < count; task++) {
    const source = tasks.source[task]
    const target = tasks.target[task]
    const list = tasks.forbiddenClass[task]
    const first = tasks.forbiddenOffset[list]
    table.set(1 + task, {
      nodes: asSets ? [lowBit(source) | lowBit(target), highBit(source) | highBit(target)] : [source, target],
      amounts: [tasks.duration[task], tasks.penalty[task]],
      firstForbidden: forbiddenAt + (first + SENTINELS * list) * 8,
      forbiddenCount: tasks.forbiddenOffset[list + 1] - first,
    })
  }
  return table
}

/**
 * A scorer over its own kernel instance: the tasks are laid out once. A migration counts once on each of its nodes, also where both are the same;
 * an end of −1 holds no slot. Starts and durations are ticks ≥ 0. The forbidden intervals are asked for [start, start + own duration) of each migration.
 * @throws KernelError from `score` after `dispose`.
 */
export function createRoundScorer(wasm: RoundsExports & ArenaExports, tasks: RoundTasks): RoundScorer {
  let live: { wasm: RoundsExports & ArenaExports; arena: Arena } | undefined = {
    wasm,
    arena: new Arena(wasm.memory, wasm.heapBase()),
  }
  const asSets = tasks.nodeCount <= SET_NODES && tasks.slots.every((slots) => slots === 1)
  const forbiddenAt = live.arena.place(packForbidden(tasks))
  const batch = new Placed(live.arena, ROUND_BATCH, {
    tasks: live.arena.place(packRecords(tasks, forbiddenAt, asSets).bytes) + ROUND_TASK.bytes,
    slots: asSets ? 0 : live.arena.place(tasks.slots),
    held: asSets ? 0 : live.arena.place(new Int32Array(tasks.nodeCount)),
  })
  const top = live.arena.top

  return {
    score({ count, stride, tasks: members, start }: RoundBatch): RoundScores {
      if (live === undefined) throw new KernelError('the scorer of rounds has been disposed of')
      const { wasm, arena } = live
      const scores: RoundScores = {
        flags: new Uint8Array(count),
        duration: new Int32Array(count),
        work: new Float64Array(count),
        penalty: new Float64Array(count),
      }
      const slice = Math.min(count, ROUNDS_PER_CALL)
      arena.release(top)
      const at = {
        members: arena.allocate(slice * stride * 4),
        starts: arena.allocate(slice * 4),
        flags: arena.allocate(slice),
        durations: arena.allocate(slice * 4),
        works: arena.allocate(slice * 8),
        penalties: arena.allocate(slice * 8),
        stride,
      }
      batch.set(at)

      for (let first = 0; first < count; first += ROUNDS_PER_CALL) {
        const end = Math.min(first + ROUNDS_PER_CALL, count)
        arena.write(at.members, members.subarray(first * stride, end * stride))
        arena.write(at.starts, start.subarray(first, end))
        batch.set({ count: end - first })
        wasm.scoreRounds(batch.address)
        arena.read(at.flags, scores.flags.subarray(first, end))
        arena.read(at.durations, scores.duration.subarray(first, end))
        arena.read(at.works, scores.work.subarray(first, end))
        arena.read(at.penalties, scores.penalty.subarray(first, end))
      }
      return scores
    },

    dispose(): void {
      live = undefined
    },
  }
}
