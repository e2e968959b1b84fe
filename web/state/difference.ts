/** What a plan does otherwise than the one before it. */
import type { Migration, Plan } from '../../src/model/plan.js'

export interface MovedMigration {
  vm: string
  /** The last of its migrations in each plan. */
  before: Migration
  after: Migration
  change: 'target' | 'kind' | 'earlier' | 'later'
}

export interface Difference {
  makespanSeconds: number
  lowerBoundSeconds: number
  migrations: number
  /** What is paid for beside the makespan. */
  penaltySeconds: number
  unplaced: number
  /** VMs that one of them leaves unplaced and the other does not. */
  placedNow: string[]
  unplacedNow: string[]
  /** VMs that move in one of them only. */
  movesNow: string[]
  staysNow: string[]
  changed: MovedMigration[]
}

/** Seconds: less is no change. */
const TOLERANCE = 0.0005

export const penaltiesOf = ({ cost, makespanSeconds }: Plan): number => Math.max(0, cost - makespanSeconds)

const lastOf = ({ migrations }: Plan): Map<string, Migration> => new Map(migrations.map((m) => [m.vm, m]))

function changeOf(before: Migration, after: Migration): MovedMigration['change'] | undefined {
  if (before.to !== after.to) return 'target'
  if (before.kind !== after.kind) return 'kind'
  const by = after.endSeconds - before.endSeconds
  if (Math.abs(by) < TOLERANCE) return undefined
  return by < 0 ? 'earlier' : 'later'
}

export function differenceOf(before: Plan, after: Plan): Difference {
  const [old, now] = [lastOf(before), lastOf(after)]
  const [wasLeft, isLeft] = [before, after].map(({ unplaced }) => new Set(unplaced.map(({ vm }) => vm)))
  const changed = [...now.values()].flatMap((migration) => {
    const was = old.get(migration.vm)
    const change = was && changeOf(was, migration)
    return change === undefined ? [] : [{ vm: migration.vm, before: was!, after: migration, change }]
  })
  return {
    makespanSeconds: after.makespanSeconds - before.makespanSeconds,
    lowerBoundSeconds: after.lowerBoundSeconds - before.lowerBoundSeconds,
    migrations: after.migrations.length - before.migrations.length,
    penaltySeconds: penaltiesOf(after) - penaltiesOf(before),
    unplaced: after.unplaced.length - before.unplaced.length,
    placedNow: [...wasLeft].filter((vm) => !isLeft.has(vm)),
    unplacedNow: [...isLeft].filter((vm) => !wasLeft.has(vm)),
    movesNow: [...now.keys()].filter((vm) => !old.has(vm)),
    staysNow: [...old.keys()].filter((vm) => !now.has(vm)),
    changed,
  }
}
