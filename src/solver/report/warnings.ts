/**
 * What a plan does right but its reader should know: backups missed or cut close, VMs moved that nobody asked for, nodes whose failure
 * the cluster would not survive.
 */

import { addAll } from '../../lists.js'
import { ONE_SLOT } from '../../model/duration.js'
import type { Instance } from '../../model/instance.js'
import type { Migration, PlanWarning } from '../../model/plan.js'
import type { Shortage } from '../assignment/node-failure.js'
import { backupWarnings } from './backup-warnings.js'
import { softRuleWarnings } from './soft-rule-warnings.js'

/** A live migration that stops its VM for longer is warned of, seconds. */
const LONG_BLACKOUT_SECONDS = 5
const CUT_BY = { aborted: 'an abort', 'time-limit': 'the time limit' }

export function warningsOf(
  instance: Instance,
  migrations: readonly Migration[],
  { shortages, cut }: { shortages: readonly Shortage[]; cut: 'aborted' | 'time-limit' | undefined },
): PlanWarning[] {
  const warnings: PlanWarning[] = []
  if (cut !== undefined) {
    const message = `the search was cut short by ${CUT_BY[cut]}: a longer one may find a better plan`
    warnings.push({ code: 'cut-short', message })
  }
  if (isDirtyUnknown(instance)) {
    const message = `no VM that was asked for has a dirtyMiBps: the makespan is a lower estimate`
    warnings.push({ code: 'dirty-unknown', message })
  }
  for (const m of migrations) {
    if (m.makesRoom === true) {
      const tied = instance.affinityOf[instance.vmIndex.get(m.vm) ?? -1] >= 0
      const why = tied ? 'its affinity group stays together' : 'another VM finds room'
      const message = `${m.vm} was not asked for; it moves from ${m.from} to ${m.to} so that ${why}`
      warnings.push({ code: 'makes-room', vm: m.vm, node: m.from, message })
    }
  }
  addAll(warnings, backupWarnings(instance, migrations))
  for (const m of migrations) if (m.kind === 'live') addAll(warnings, blackoutWarnings(instance, m))
  addAll(warnings, softRuleWarnings(instance, migrations))
  for (const shortage of shortages) warnings.push(failureWarning(instance, shortage))
  addAll(warnings, offsetWarnings(instance))
  if (instance.horizonClamped) {
    const message = `the horizon is longer than 24.8 days, the planner's limit; it planned as if it ended there`
    warnings.push({ code: 'horizon-clamped', message })
  }
  return warnings
}

function failureWarning(instance: Instance, shortage: Shortage): PlanWarning {
  const { id } = instance.problem.nodes[shortage.node]
  const [atLeast, atMost] = [shortage.atLeast, shortage.atMost].map(mebibytes)
  const facts = `it runs ${mebibytes(shortage.running)} MiB, the nodes that take over have ${mebibytes(shortage.free)} MiB free`
  let message = `when ${id} fails, ${atLeast} MiB of its VMs find no place on other nodes (${facts})`
  if (atLeast === 0) {
    message = `it is not shown that all VMs of ${id} find a place when it fails; the best packing found leaves out ${atMost} MiB (${facts})`
  } else if (atLeast !== atMost) {
    message = `when ${id} fails, at least ${atLeast} MiB of its VMs find no place on other nodes, and at most ${atMost} MiB (${facts})`
  }
  return { code: 'node-failure', node: id, missingMiB: atLeast, message }
}

/** Without what float sums add behind the sixth decimal. */
const mebibytes = (mib: number) => Math.round(mib * 1e6) / 1e6

/** Of all VMs that run and may be moved live, by the model's time. */
function isDirtyUnknown({ problem }: Instance): boolean {
  const moves = new Map(problem.moves.map((move) => [move.vm, move]))
  const emptied = [...problem.drains, ...(problem.works ?? [])].filter(({ mode }) => mode === 'live')
  const drained = new Set(emptied.map(({ node }) => node))
  const asked = problem.vms.filter(({ id, node, state }) => {
    const move = moves.get(id)
    const leaves =
      move === undefined
        ? drained.has(node)
        : move.to?.includes(node) !== true && move.durationSeconds === undefined
    return leaves && state === 'running'
  })
  return asked.length > 0 && asked.every(({ dirtyKnown }) => !dirtyKnown)
}

function blackoutWarnings({ durations, vmIndex, nodeIndex }: Instance, m: Migration): PlanWarning[] {
  const { vm, from, to, slots = ONE_SLOT } = m
  const warnings: PlanWarning[] = []
  const ends = [nodeIndex.get(from) ?? -1, nodeIndex.get(to) ?? -1] as const
  const model = durations.live(vmIndex.get(vm) ?? -1, ...ends, slots)
  if (model.converges === false) {
    const message = `${vm} writes to its memory so fast that copying from ${from} to ${to} does not catch up: what is left is copied while it stands still`
    warnings.push({ code: 'not-converging', vm, message })
  }
  if (m.blackoutSeconds > LONG_BLACKOUT_SECONDS) {
    const message = `${vm} stands still for ${round(m.blackoutSeconds)} s at the end of its migration from ${from} to ${to}`
    warnings.push({ code: 'blackout-long', vm, message })
  }
  return warnings
}

/** Clocks are changed, rules with an offset are not: one that keeps another offset than the night's may be an hour off. */
function offsetWarnings({ problem }: Instance): PlanWarning[] {
  const { start, foreignOffsets } = problem
  if (start === undefined) return []
  return foreignOffsets.map(({ offsetMinutes, sources }) => {
    const named = sources.slice(0, MOST_NAMED).map((source) => `windows[${source}]`)
    const more = sources.length - named.length
    const which = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
    const message = `the rules of ${which} keep the clock of ${offset(offsetMinutes)}, and the plan starts at ${offset(start.offsetMinutes)}: if clocks were changed in between they are off by as much; give them a zone`
    return { code: 'fixed-offset', message }
  })
}

const MOST_NAMED = 6

function offset(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000
