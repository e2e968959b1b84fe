/** A record of what really happened, judged by the project's checker. */
import { check } from '../../../src/check/check.js'
import type { Migration, Plan, Violation, ViolationRule } from '../../../src/model/plan.js'
import type { TraceEntry } from './types.js'

/** Rules that speak of the plan as a promise: real durations differ from it, and so do its figures. */
const OF_PROMISES = new Set<ViolationRule>(['duration', 'figures', 'request', 'rounds'])

/**
 * The migrations that ended, as a plan. Stop, move, start of one VM are one restart, from the first stop to the last start; a VM that was saved
 * in place is `save-in-place`. Failed and cancelled attempts are left out: they took slots and memory, which the fake cluster itself watches.
 */
export function traceToPlan(trace: TraceEntry[], problem: { name?: string }): Plan {
  const migrations: Migration[] = []
  const stopped = new Map<string, TraceEntry>()
  const moved = new Map<string, TraceEntry>()
  const add = (
    entry: TraceEntry,
    kind: Migration['kind'],
    startSeconds = entry.startSeconds,
    endSeconds = entry.endSeconds!,
  ) =>
    migrations.push({
      vm: entry.vm,
      from: entry.from,
      to: entry.to,
      kind,
      startSeconds,
      endSeconds,
      round: 0,
      blackoutSeconds: 0,
      lostOffloads: [],
      lostFeatures: [],
    })
  for (const entry of trace.filter((each) => each.outcome === 'ended')) {
    const stop = stopped.get(entry.vm)
    if (entry.kind === 'stop') stopped.set(entry.vm, entry)
    else if (entry.kind === 'live') add(entry, 'live')
    else if (entry.kind === 'save') add(entry, 'save-in-place')
    else if (entry.kind === 'quick' && stop) moved.set(entry.vm, entry)
    else if (entry.kind === 'quick') add(entry, 'save')
    else if (stop) {
      const move = moved.get(entry.vm)
      if (move) add(move, 'restart', stop.startSeconds, entry.endSeconds)
      stopped.delete(entry.vm)
      moved.delete(entry.vm)
    }
  }
  migrations.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
  return {
    version: 1,
    problem: problem.name ?? '',
    status: 'feasible',
    proven: false,
    schedule: 'timeline',
    makespanSeconds: Math.max(0, ...migrations.map((m) => m.endSeconds)),
    lowerBoundSeconds: 0,
    gap: 0,
    cost: 0,
    costLowerBound: 0,
    migrations,
    unplaced: [],
    drained: [],
    warnings: [],
    statistics: {
      runtimeSeconds: 0,
      seed: 0,
      lpSolves: 0,
      columns: 0,
      roundsScored: 0,
      evaluations: 0,
      bound: '',
    },
  }
}

/** What of the problem's rules reality has broken: windows, slots, memory, CPU, owners, anti-affinity, order. */
export function judgeTrace(trace: TraceEntry[], problem: { name?: string }): Violation[] {
  return check(problem, traceToPlan(trace, problem)).filter((violation) => !OF_PROMISES.has(violation.rule))
}
