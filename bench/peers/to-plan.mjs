/** A general solver's answer as a plan of docs/format.md, so that the project's checker can judge it. */
import { bandwidthMiBps, liveDuration } from '../../dist/model/duration.js'

/**
 * @param answer `{ chosen, start, bound, proven }`: option (−1: unplaced) and start of each job, bound on the cost, in the model's
 *   units
 */
export function planOf(model, { chosen, start, bound, proven }) {
  const { problem, unit, nodes, jobs, stuck } = model
  const migrations = []
  let makespan = 0
  let penalty = 0
  const leftOut = [...stuck]
  jobs.forEach((job, j) => {
    if (chosen[j] < 0) {
      leftOut.push(job)
      return
    }
    const option = job.options[chosen[j]]
    const begin = start[j] * unit
    const end = begin + option.duration * unit
    makespan = Math.max(makespan, end)
    penalty += option.penalty * unit
    migrations.push(migrationOf(problem, job.vm, nodes[job.from].id, nodes[option.to].id, begin, end))
  })
  migrations.sort((a, b) => a.startSeconds - b.startSeconds || (a.vm < b.vm ? -1 : 1))
  numberRounds(migrations)
  const cost = makespan + penalty
  const costBound = Math.min(Math.max(0, bound * unit), cost)
  // With penalties in the objective its bound says nothing of the makespan alone.
  const penalised = jobs.some(({ options }) => options.some((option) => option.penalty > 0))
  const lower = penalised ? 0 : costBound
  const placed = leftOut.length === 0
  return {
    version: 1,
    problem: problem.name,
    status: placed ? (proven ? 'optimal' : 'feasible') : migrations.length === 0 ? 'infeasible' : 'partial',
    proven,
    schedule: 'timeline',
    makespanSeconds: makespan / 1000,
    lowerBoundSeconds: lower / 1000,
    gap: makespan === 0 ? 0 : (makespan - lower) / makespan,
    cost: cost / 1000,
    costLowerBound: costBound / 1000,
    migrations,
    unplaced: leftOut.map(({ vm, refusals }) => ({
      vm,
      reason: Object.values(refusals)[0] ?? 'memory',
      detail: 'no place was found for it',
      nodes: refusals,
      remedies: [],
    })),
    drained: drainedNodes(problem, migrations),
    warnings: [],
    statistics: { runtimeSeconds: 0, seed: 0, lpSolves: 0, columns: 0, roundsScored: 0, evaluations: 0 },
  }
}

function migrationOf(problem, id, from, to, start, end) {
  const vm = problem.vmById.get(id)
  const [source, target] = [problem.nodeById.get(from), problem.nodeById.get(to)]
  const { policy } = problem
  const seconds = (end - start) / 1000
  const blackout =
    vm.state === 'running'
      ? liveDuration(vm, bandwidthMiBps(source, target, { from: 1, to: 1 }), policy).blackoutSeconds
      : 0
  return {
    vm: id,
    from,
    to,
    kind: 'live',
    startSeconds: start / 1000,
    endSeconds: end / 1000,
    round: 0,
    blackoutSeconds: Math.min(seconds, Math.round(blackout * 1e6) / 1e6),
    lostOffloads: vm.offloads.filter((offload) => !target.offloads.includes(offload)),
    lostFeatures: [],
  }
}

/** Rounds of a timeline: the least number above that of every migration on the two nodes that has ended by the start. */
function numberRounds(migrations) {
  for (const [i, migration] of migrations.entries()) {
    const ends = [migration.from, migration.to]
    for (const before of migrations.slice(0, i)) {
      const shares = ends.includes(before.from) || ends.includes(before.to)
      if (shares && before.endSeconds <= migration.startSeconds)
        migration.round = Math.max(migration.round, before.round + 1)
    }
  }
}

function drainedNodes(problem, migrations) {
  const place = new Map(problem.vms.map((vm) => [vm.id, vm.node]))
  for (const { vm, to } of migrations) place.set(vm, to)
  const occupied = new Set(place.values())
  return problem.drains
    .filter(({ node }) => !occupied.has(node))
    .map(({ node }) => ({
      node,
      atSeconds: Math.max(0, ...migrations.filter((m) => m.from === node).map((m) => m.endSeconds)),
    }))
}
