/** Plain twin of `scoreRounds`: every rule looked up where it stands. */
import type { RoundBatch, RoundScores, RoundTasks } from '../../../src/kernel/types.js'

const OVER_SLOTS = 1
const FORBIDDEN = 2

function overSlots(tasks: RoundTasks, members: number[]): boolean {
  for (let node = 0; node < tasks.nodeCount; node++) {
    const held = members.filter((task) => tasks.source[task] === node || tasks.target[task] === node)
    if (held.length > tasks.slots[node]) return true
  }
  return false
}

function meetsForbidden(tasks: RoundTasks, task: number, start: number): boolean {
  const list = tasks.forbiddenClass[task]
  const end = start + tasks.duration[task]
  for (let i = tasks.forbiddenOffset[list]; i < tasks.forbiddenOffset[list + 1]; i++) {
    if (tasks.forbidden[2 * i] < end && tasks.forbidden[2 * i + 1] > start) return true
  }
  return false
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function scoreRoundsTwin(tasks: RoundTasks, batch: RoundBatch): RoundScores {
  const rounds = Array.from({ length: batch.count }, (_, round) =>
    Array.from(batch.tasks.subarray(round * batch.stride, (round + 1) * batch.stride)).filter(
      (task) => task >= 0,
    ),
  )
  return {
    flags: Uint8Array.from(rounds, (members, round) => {
      const over = overSlots(tasks, members) ? OVER_SLOTS : 0
      const forbidden = members.some((task) => meetsForbidden(tasks, task, batch.start[round]))
        ? FORBIDDEN
        : 0
      return over | forbidden
    }),
    duration: Int32Array.from(rounds, (members) =>
      Math.max(0, ...members.map((task) => tasks.duration[task])),
    ),
    work: Float64Array.from(rounds, (members) => sum(members.map((task) => tasks.duration[task]))),
    penalty: Float64Array.from(rounds, (members) => sum(members.map((task) => tasks.penalty[task]))),
  }
}
