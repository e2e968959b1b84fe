/** Which migrations have to be over before another may start, read off the plan's times. */
import type { Migration } from '../../model/plan.js'

/** Seconds. Two instants nearer than this are one; an end counts before a start there. */
const TOLERANCE = 1e-6

/**
 * For each migration the numbers of those that it starts after: all that end by its start and share a node or the VM with it. Whatever
 * slot or memory the plan counts on is then free, however long each of them really takes. What follows from others is left out, so that
 * a list stays about as long as a node has slots.
 *
 * @param migrations sorted by start
 */
export function predecessors(migrations: readonly Migration[]): number[][] {
  const words = Math.ceil(migrations.length / 32)
  /** Bit i of row j: i is over before j starts. */
  const before = new Uint32Array(words * migrations.length)
  const touching = new Map<string, number[]>()
  return migrations.map((migration, number) => {
    const row = number * words
    const chosen: number[] = []
    for (const candidate of endedBy(migration, touching, migrations)) {
      if ((before[row + (candidate >>> 5)]! >>> (candidate & 31)) & 1) continue
      chosen.push(candidate)
      before[row + (candidate >>> 5)]! |= 1 << (candidate & 31)
      for (let word = 0; word < words; word++) before[row + word]! |= before[candidate * words + word]!
    }
    for (const key of keysOf(migration)) {
      const list = touching.get(key)
      if (list === undefined) touching.set(key, [number])
      else list.push(number)
    }
    return chosen.sort((a, b) => a - b)
  })
}

/** A node and a VM may have the same id. */
function keysOf({ vm, from, to }: Migration): string[] {
  return [`node ${from}`, ...(to === from ? [] : [`node ${to}`]), `vm ${vm}`]
}

/** Latest start first: those imply most of the others. */
function endedBy(
  migration: Migration,
  touching: ReadonlyMap<string, readonly number[]>,
  migrations: readonly Migration[],
): number[] {
  const found = new Set<number>()
  for (const key of keysOf(migration)) {
    for (const other of touching.get(key) ?? []) {
      if (migrations[other]!.endSeconds <= migration.startSeconds + TOLERANCE) found.add(other)
    }
  }
  return [...found].sort((a, b) => b - a)
}
