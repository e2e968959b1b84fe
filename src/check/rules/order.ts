/** Rule `order`: each leg begins where its VM is and after the one before, names what exists, and stands in its place in the list. */
import type { Plan } from '../../model/plan.js'
import { type Found, isInPlace, type Replay } from '../replay.js'
import { describe, seconds } from '../text.js'
import { TIME_TOLERANCE } from '../tolerance.js'

export function order(replay: Replay): Found[] {
  return [
    ...unknownIds(replay),
    ...impossibleTimes(replay.plan),
    ...brokenChains(replay),
    ...unsorted(replay.plan),
  ]
}

function unknownIds({ problem, plan }: Replay): Found[] {
  const violations: Found[] = []
  for (const migration of plan.migrations) {
    const unknown = new Map<string, string>()
    if (!problem.vmById.has(migration.vm)) unknown.set(migration.vm, 'VM')
    for (const node of [migration.from, migration.to]) {
      if (!problem.nodeById.has(node)) unknown.set(node, 'node')
    }
    for (const [subject, what] of unknown) {
      violations.push({
        subject,
        atSeconds: migration.startSeconds,
        message: `${describe(migration)}: the problem has no ${what} ${subject}`,
      })
    }
  }
  return violations
}

function impossibleTimes({ migrations }: Plan): Found[] {
  const violations: Found[] = []
  for (const migration of migrations) {
    const { vm, startSeconds, endSeconds } = migration
    if (startSeconds < -TIME_TOLERANCE) {
      violations.push({
        subject: vm,
        atSeconds: startSeconds,
        excess: -startSeconds,
        message: `${describe(migration)} starts ${seconds(-startSeconds)} before the plan does`,
      })
    }
    if (endSeconds < startSeconds - TIME_TOLERANCE) {
      violations.push({
        subject: vm,
        atSeconds: startSeconds,
        excess: startSeconds - endSeconds,
        message: `${describe(migration)} ends ${seconds(startSeconds - endSeconds)} before it starts`,
      })
    }
  }
  return violations
}

function brokenChains({ legs }: Replay): Found[] {
  const violations: Found[] = []
  for (const { migration, vm, at, earlier } of legs) {
    const { from, to, startSeconds } = migration
    const common = { subject: vm.id, atSeconds: startSeconds } as const
    if (from !== at) {
      violations.push({
        ...common,
        message: `${describe(migration)}: the VM is on ${at} then, not on ${from}`,
      })
    }
    if (earlier && startSeconds < earlier.endSeconds - TIME_TOLERANCE) {
      const excess = earlier.endSeconds - startSeconds
      violations.push({
        ...common,
        excess,
        message: `${describe(migration)} starts ${seconds(excess)} before the ${describe(earlier.migration)} has ended`,
      })
    }
    // A parking leg that goes nowhere is rule `parking`.
    if (from === to && !isInPlace(migration) && !migration.parking) {
      violations.push({ ...common, message: `${describe(migration)} leads back to the node that it leaves` })
    }
  }
  return violations
}

function unsorted({ migrations }: Plan): Found[] {
  const violations: Found[] = []
  for (let i = 1; i < migrations.length; i++) {
    const before = migrations[i - 1]!
    const migration = migrations[i]!
    const early = before.startSeconds - migration.startSeconds
    if (early <= TIME_TOLERANCE && !(early === 0 && before.vm > migration.vm)) continue
    violations.push({
      subject: migration.vm,
      atSeconds: migration.startSeconds,
      message: `migrations[${i}] (${migration.vm} at ${seconds(migration.startSeconds)}) stands after ${before.vm} at ${seconds(before.startSeconds)}; the list is sorted by start, then VM id`,
    })
  }
  return violations
}
