/** Which migrations and works have to be over before another may start, read off the plan's times. */
import { least } from '../lists.js'
import type { Migration, Plan } from './plan.js'
import type { ResolvedProblem } from './problem.js'

/** What of a migration says when it is where. */
type Task = Pick<Migration, 'vm' | 'from' | 'to' | 'startSeconds' | 'endSeconds'>

/** Seconds. Two instants nearer than this are one; an end counts before a start there. */
const TOLERANCE = 1e-6
/** Steps that are looked along for a way round from one to another. Beyond it both are listed, which is right, if longer. */
const MOST_STEPS = 200

/**
 * For each migration the numbers of those that it starts after: all that end by its start and share a node, the VM or one of its turns with it. Whatever
 * slot or memory the plan counts on is then free, however long each of them really takes. What follows from others is left out, so that
 * a list stays about as long as a node has slots.
 *
 * @param migrations sorted by start
 * @param turns of a VM: names of what it takes turns at with others, one migrating at a time
 */
export function predecessors(
  migrations: readonly Task[],
  turns: (vm: string) => readonly string[] = () => [],
): number[][] {
  const lanes = new Map<string, Lane>()
  const before: number[][] = []
  migrations.forEach((migration, number) => {
    const found = new Set<number>()
    for (const key of [...keysOf(migration), ...turns(migration.vm)]) {
      const lane = lanes.get(key) ?? new Lane(migrations)
      lanes.set(key, lane)
      for (const last of lane.lastBefore(migration.startSeconds)) found.add(last)
      lane.add(number)
    }
    const chosen: number[] = []
    // Latest start first: those imply most of the others.
    for (const candidate of [...found].sort((a, b) => b - a))
      if (!follows(candidate, chosen, before, migrations)) chosen.push(candidate)
    before.push(chosen.sort((a, b) => a - b))
  })
  return before
}

/** What a migration or a work starts after: numbers of migrations, and of works of `plan.maintenance`. */
export interface Waits {
  migrations: number[]
  works: number[]
}

/** `predecessors` with the works among them: a work takes its node for itself. Works wait for each other by their rules alone. */
export function waitsOf(
  { migrations, maintenance = [] }: Pick<Plan, 'migrations' | 'maintenance'>,
  turns?: (vm: string) => readonly string[],
): { ofMigrations: Waits[]; ofWorks: Waits[] } {
  const tasks = [
    ...migrations.map((task, number) => ({ task: task as Task, number, isWork: false })),
    ...maintenance.map(({ node, ...span }, number) => {
      // No VM has this name: ids hold no control characters.
      const task: Task = { vm: `\0${number}`, from: node, to: node, ...span }
      return { task, number, isWork: true }
    }),
  ].sort((a, b) => a.task.startSeconds - b.task.startSeconds)
  const before = predecessors(
    tasks.map(({ task }) => task),
    turns,
  )
  const ofMigrations: Waits[] = []
  const ofWorks: Waits[] = []
  tasks.forEach(({ number, isWork }, t) => {
    const numbers = (works: boolean) =>
      before[t].filter((b) => tasks[b].isWork === works).map((b) => tasks[b].number)
    const waits = { migrations: numbers(false), works: numbers(true) }
    if (isWork) ofWorks[number] = waits
    else ofMigrations[number] = waits
  })
  return { ofMigrations, ofWorks }
}

/** By VM, what it takes turns at with others: the serial groups that it is in, and the lists of the request's order. */
export function turnsOf({ vmById, order }: ResolvedProblem): (vm: string) => string[] {
  const lists = new Map<string, string[]>()
  order.forEach((list, i) => {
    for (const vm of list) lists.set(vm, [...(lists.get(vm) ?? []), `order ${i}`])
  })
  return (vm) => [
    ...(vmById.get(vm)?.serial ?? []).map((group) => `serial ${group}`),
    ...(lists.get(vm) ?? []),
  ]
}

/** A node and a VM may have the same id. */
function keysOf({ vm, from, to }: Task): string[] {
  return [`node ${from}`, ...(to === from ? [] : [`node ${to}`]), `vm ${vm}`]
}

/** The migrations of one node or VM, asked in order of their starts. */
class Lane {
  readonly #migrations: readonly Task[]
  /** Not known to have ended. */
  #running: number[] = []
  /** Ended, and not before another that has ended began: the others follow from these. */
  #last: number[] = []
  #earliestEnd = Number.POSITIVE_INFINITY

  constructor(migrations: readonly Task[]) {
    this.#migrations = migrations
  }

  add(number: number): void {
    this.#running.push(number)
    this.#earliestEnd = Math.min(this.#earliestEnd, this.#migrations[number]!.endSeconds)
  }

  lastBefore(startSeconds: number): readonly number[] {
    const endedBy = (number: number, at: number) => this.#migrations[number]!.endSeconds <= at + TOLERANCE
    if (this.#earliestEnd > startSeconds + TOLERANCE) return this.#last
    const ended = this.#running.filter((number) => endedBy(number, startSeconds))
    this.#running = this.#running.filter((number) => !endedBy(number, startSeconds))
    this.#earliestEnd = least(this.#running.map((number) => this.#migrations[number]!.endSeconds))
    const all = [...this.#last, ...ended]
    const latest = all.reduce((a, b) => Math.max(a, b))
    const latestStart = this.#migrations[latest]!.startSeconds
    this.#last = all.filter((number) => number === latest || !endedBy(number, latestStart))
    return this.#last
  }
}

/** Whether it is before one of the chosen, by way of others. */
function follows(
  candidate: number,
  chosen: readonly number[],
  before: readonly (readonly number[])[],
  migrations: readonly Task[],
): boolean {
  const seen = new Set<number>()
  const open = [...chosen]
  let steps = 0
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    for (const each of before[number]!) {
      if (each === candidate) return true
      if (++steps > MOST_STEPS) return false
      // Numbers are in order of start: what began before it cannot come after it.
      if (each < candidate || seen.has(each)) continue
      if (migrations[each]!.startSeconds < migrations[candidate]!.endSeconds - MOST_STEPS * TOLERANCE)
        continue
      seen.add(each)
      open.push(each)
    }
  }
  return false
}
