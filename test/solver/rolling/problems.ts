/** Random nights of maintenance, small enough for the exact reference. */
import type {
  Policy,
  Problem,
  ProblemMaintenance,
  ProblemVm,
  ProblemWindow,
  Way,
} from '../../../src/model/problem.js'
import { Random } from '../../../src/solver/random.js'
import { INTEL, MBPS_OF_100_MIB } from '../../problem.js'

export function randomNight(seed: number): Problem {
  const random = new Random(seed)
  const chance = (p: number) => random.unit() < p
  const pick = <T>(list: readonly T[]) => list[random.below(list.length)]
  const ids = ['A', 'B', 'C'].slice(0, 2 + random.below(2))
  const nodes = ids.map((id) => ({
    id,
    cpu: INTEL,
    memoryMiB: pick([4000, 6000, 8000]),
    migrationMbps: MBPS_OF_100_MIB * pick([1, 1, 2]),
    ...(chance(0.15) ? { slots: 2 } : {}),
    ...(chance(0.1) ? { state: 'paused' as const } : {}),
    ...(chance(0.2) ? { domains: { rack: pick(['r', 's']) } } : {}),
  }))
  const drained = ids.length > 2 && chance(0.15) ? 'C' : undefined
  const works: ProblemMaintenance[] = ids
    .filter((id) => id !== drained && chance(0.75))
    .map((node) => ({
      node,
      durationSeconds: pick([20, 50, 100]),
      ...(chance(0.15) ? { mode: 'save' as const } : {}),
      ...(chance(0.1) ? { earliestStart: pick([30, 100]) } : {}),
      ...(chance(0.1) ? { latestEnd: pick([120, 200, 300]) } : {}),
      ...(chance(0.1) ? { position: pick(['first', 'last'] as const) } : {}),
      ...(chance(0.1) ? { settleSeconds: 30 } : {}),
      ...(chance(0.1) ? { featuresAfter: ['sse4_2'] } : {}),
      ...(chance(0.1) ? { priority: 10 } : {}),
    }))
  if (works.length === 0) works.push({ node: 'A', durationSeconds: 50 })
  const last = works.at(-1)!
  if (works.length > 1 && chance(0.15) && last.position === undefined && works[0].position !== 'last')
    last.after = [works[0].node]
  const vms = Array.from(
    { length: 1 + random.below(4) },
    (_, i): ProblemVm => ({
      id: `v${i}`,
      node: pick(ids),
      memoryMiB: pick([1000, 2000, 3000]),
      dirtyMiBps: 0,
      ...(chance(0.1) ? { state: pick(['off', 'saved'] as const) } : {}),
      ...(chance(0.1) ? { allowedNodes: [pick(ids), pick(ids)] } : {}),
      ...(chance(0.25) ? { antiAffinity: ['g'] } : {}),
      ...(chance(0.1) ? { preferredNodes: [pick(ids)] } : {}),
    }),
  )
  const windows = Array.from({ length: chance(0.4) ? 1 + random.below(2) : 0 }, (): ProblemWindow => {
    const start = random.below(15) * 10
    const span = { start, end: start + pick([20, 60, 100]) }
    const of = random.below(4)
    if (of === 0) return { ...span, vm: pick(vms).id }
    if (of === 1) return span
    return { ...span, node: pick(ids), ...(of === 3 ? { kind: 'no-work' as const } : {}) }
  })
  const policy: Partial<Policy> = {
    linkEfficiency: 1,
    setupSeconds: 0,
    allowParking: false,
    wideMigrations: false,
    horizonSeconds: 600,
    returnHome: chance(0.5),
    ...(chance(0.3) ? { maintenanceAtOnce: 2 } : {}),
    ...(chance(0.2) ? { migrationPenaltySeconds: 5 } : {}),
    ...(chance(0.15) ? { neverBackwards: true } : {}),
    ...(chance(0.1) ? { maintenanceDomain: 'rack' } : {}),
    ...(chance(0.3) ? { notHomePenaltySeconds: 15 } : {}),
  }
  // Beside others a work may well wait so that its settling keeps none from starting, and the reference never waits.
  if (policy.maintenanceAtOnce === 2) for (const work of works) delete work.settleSeconds
  const problem: Problem = {
    version: 1,
    nodes,
    vms,
    windows,
    request: {
      maintenance: works,
      ...(drained === undefined ? {} : { drain: [drained] }),
      ...(chance(0.1) ? { notTogether: [ids] } : {}),
    },
    policy,
  }
  return withRules(problem, new Random(~seed))
}

const WAYS: Way[][] = [['stop'], ['live', 'stop'], ['save'], ['restart'], ['live', 'restart'], []]
const CHEAP = {
  stopSeconds: 10,
  startSeconds: 15,
  stopPenaltySeconds: 50,
  savePenaltySeconds: 30,
  restartPenaltySeconds: 20,
}

/** Half of the nights have rules besides, of which the base knows nothing. */
function withRules(problem: Problem, random: Random): Problem {
  const chance = (p: number) => random.unit() < p
  if (chance(0.5)) return problem
  const pick = <T>(list: readonly T[]) => list[random.below(list.length)]
  const { policy, request } = problem
  const isDrained = (node: string) => request.drain?.includes(node) === true
  const ids = problem.nodes.map(({ id }) => id)
  const vmIds = problem.vms.map(({ id }) => id)
  const [vcpus, gpus, serial] = [chance(0.25), chance(0.2), chance(0.25)]
  const [tied, racks] = [chance(0.3), chance(0.3)]
  const [own, restarts, saves, fails] = [chance(0.25), chance(0.15), chance(0.1), chance(0.1)]
  const mover =
    chance(0.15) && !policy?.returnHome
      ? problem.vms.find(({ node }) => chance(0.5) && !isDrained(node))
      : undefined
  const ordered = vmIds.length > 1 && chance(0.25)
  const inRack = racks ? { domain: 'rack' } : {}
  const nodes = problem.nodes.map((node) => ({
    ...node,
    ...(racks ? { domains: { rack: pick(['r', 's']) } } : {}),
    ...(vcpus ? { cores: pick([2, 4]) } : {}),
    ...(gpus ? { devices: { gpu: pick([0, 1, 2]) } } : {}),
  }))
  const vms = problem.vms.map((vm) => ({
    ...vm,
    ...(vcpus ? { vcpus: pick([1, 2]) } : {}),
    ...(gpus && chance(0.5) ? { devices: { gpu: 1 } } : {}),
    ...(serial && chance(0.7) ? { serial: ['s'] } : {}),
    ...(own && chance(0.6) ? { ways: pick(WAYS) } : {}),
    ...(restarts && chance(0.4) ? { restartable: true } : {}),
    ...(tied && chance(0.7) ? { affinity: [{ group: 't', ...inRack }] } : {}),
    ...(racks && vm.antiAffinity ? { antiAffinity: [{ group: 'g', ...inRack }] } : {}),
  }))
  const networks = chance(0.25)
    ? [{ id: 'uplink', nodes: [ids[0]], mbps: MBPS_OF_100_MIB * pick([0.5, 1, 1.5]) }]
    : []
  return {
    ...problem,
    nodes,
    vms,
    networks,
    request: {
      ...request,
      ...(mover
        ? {
            moves: [
              { vm: mover.id, ...(chance(0.7) ? { to: pick(ids.filter((id) => id !== mover.node)) } : {}) },
            ],
          }
        : {}),
      ...(ordered ? { order: [vmIds.slice(0, 2 + random.below(2))] } : {}),
      ...(request.drain && chance(0.3)
        ? { drain: request.drain.map((node) => ({ node: node as string, mode: 'save' as const })) }
        : {}),
    },
    policy: {
      ...policy,
      ...(vcpus ? { maxVcpusPerCore: 1 } : {}),
      ...(own ? CHEAP : {}),
      ...(fails ? { tolerateNodeFailure: true } : {}),
      ...(restarts ? { allowRestart: true, restartSeconds: 15, restartPenaltySeconds: pick([0, 40]) } : {}),
      ...(saves ? { allowSave: true, saveMiBps: 200, savePenaltySeconds: pick([0, 40]) } : {}),
    },
  }
}
