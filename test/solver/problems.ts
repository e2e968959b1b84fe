/** Tiny random problems in whole seconds, and short ways to plan them. */
import { createInlineLpService } from '../../src/lp/service.js'
import type { LpService } from '../../src/lp/types.js'
import { compileInstance } from '../../src/model/compile.js'
import type { Instance } from '../../src/model/instance.js'
import type { Plan } from '../../src/model/plan.js'
import type {
  Problem,
  ProblemGroup,
  ProblemNetwork,
  ProblemNode,
  ProblemVm,
  ProblemWindow,
} from '../../src/model/problem.js'
import { resolveProblem } from '../../src/model/validate.js'
import { checkPlanOptions, type PlanOptions } from '../../src/plan-options.js'
import { planProblem } from '../../src/solver/planner/planner.js'
import { Random } from '../../src/solver/random.js'
import { Run } from '../../src/solver/run.js'
import { INTEL, MBPS_OF_100_MIB, type ProblemParts, problemOf } from '../problem.js'

export { INTEL, type NodeParts, type ProblemParts, problemOf, type VmParts } from '../problem.js'
export { MBPS_OF_100_MIB }

/** Plans in this thread, with the real LP service unless another is given. */
export async function planOf(problem: Problem, options: PlanOptions = {}, lp?: LpService): Promise<Plan> {
  const service = lp ?? createInlineLpService()
  try {
    // Remedies are tried where they are tested.
    const parameters = { planner: { remedies: false } }
    const run = new Run(checkPlanOptions({ effort: 1, thread: 'caller', parameters, ...options }))
    return (await planProblem(resolveProblem(problem), run, service)).plan
  } finally {
    if (lp === undefined) await service.close()
  }
}

export function instanceOf(problem: Problem | ProblemParts): Instance {
  return compileInstance(resolveProblem(problemOf(problem)))
}

export interface Flavour {
  /** Most VMs asked for. */
  vms: number
  /** Moves with given targets, drains, or both. */
  request: 'moves' | 'drain' | 'both'
  memory: boolean
  windows: boolean
  /** CPUs of two vendors and three feature sets, restarts, saves, states, owners, groups. */
  rules: boolean
  parking: boolean
  /** Alike VMs, nodes with hardly any memory to spare, many groups. */
  tight?: boolean
  makeRoom?: boolean
  /** A start lag; links, streams, first passes and factors of their own. */
  durations?: boolean
  /** Affinity groups, memory kept in reserve, failures of nodes to be survived. */
  policies?: boolean
  /** Restarts and saves that compete with live migration, on any CPU, at penalties of a migration's size. */
  kinds?: boolean
  /** A horizon that leaves hardly enough time. */
  short?: boolean
  /** Some nodes hold more at the start than their memory, sizes have fractions of a KiB, and set-up may take no time. */
  over?: boolean
  /** Limits of migrations under way at once in the cluster. */
  limits?: boolean
  /** vCPUs under a ratio, devices, reserves of single nodes. */
  spaces?: boolean
  /** Policies where groups can move: four nodes, two drains as often as not, VMs on these in few groups, more memory. */
  groups?: boolean
  /** Serial groups, an order, deadlines. */
  time?: boolean
  /** Soft groups of both kinds, domains, preferred nodes, VMs that stand still for long. */
  soft?: boolean
  /** Several slots on most nodes, memory that is dirtied fast. */
  width?: boolean
  /** Links that groups of nodes share. */
  networks?: boolean
  /** Ways written out, stops in place, moves with several or no targets, drains to some nodes. */
  ways?: boolean
  /** Groups that hold in transit. */
  transit?: boolean
  /** Hard affinity groups about domains. */
  domains?: boolean
}

type Trait = Exclude<keyof Flavour, 'vms' | 'request'>

/** With no trait but those that are named. */
export function flavourOf(vms: number, request: Flavour['request'], ...traits: Trait[]): Flavour {
  const named = Object.fromEntries(traits.map((trait) => [trait, true]))
  return { vms, request, memory: false, windows: false, rules: false, parking: false, ...named }
}

export function randomProblem(seed: number, flavour: Flavour): Problem {
  const random = new Random(seed)
  const chance = (percent: number) => random.below(100) < percent
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]
  const nodeCount = flavour.groups ? 4 : (flavour.tight ? 3 : 2) + random.below(flavour.tight ? 2 : 3)
  const cpus = [
    INTEL,
    { vendor: 'Intel' as const, features: ['sse4_2', 'avx2', 'avx512f'] },
    { vendor: 'AMD' as const, features: ['sse4_2', 'avx2', 'sse4a'] },
  ]
  const nodes = Array.from({ length: nodeCount }, (_, n): ProblemNode => {
    const node: ProblemNode = {
      id: `N${n}`,
      cpu: flavour.rules ? pick(cpus) : INTEL,
      memoryMiB: 100_000,
      migrationMbps: MBPS_OF_100_MIB * pick([1, 1, 1, 2]),
    }
    if (chance(20)) node.slots = 2 + random.below(2)
    if (flavour.rules && chance(30)) node.offloads = ['rdma']
    if (flavour.rules && chance(10)) node.state = pick(['paused', 'down'] as const)
    return node
  })
  const drained = new Set<string>()
  if (flavour.request !== 'moves') {
    drained.add(pick(nodes).id)
    if (nodeCount > 3 && chance(flavour.groups ? 60 : 25)) drained.add(pick(nodes).id)
  }
  const saved = new Set([...drained].filter(() => flavour.rules && chance(20)))
  let asked = 0
  const moves: NonNullable<Problem['request']['moves']> = []
  const count = 1 + random.below(flavour.vms + (flavour.memory ? 2 : 0))
  const vms: ProblemVm[] = []
  for (let v = 0; v < count; v++) {
    const stays = asked >= flavour.vms
    const homes = nodes.filter((n) => !stays || !drained.has(n.id))
    if (homes.length === 0) break
    const home = flavour.request === 'drain' && !stays ? pick([...drained]) : pick(homes).id
    const vm: ProblemVm = {
      id: `v${v}`,
      node: home,
      memoryMiB: 100 * (1 + random.below(flavour.tight ? 4 : 9)),
    }
    if (chance(25)) vm.dirtyMiBps = 10 * random.below(12)
    if (chance(40)) vm.priority = pick([0, 1000, 2000, 3000])
    if (flavour.rules) {
      if (chance(40)) vm.restartable = true
      if (chance(25)) vm.offloads = ['rdma']
      if (chance(25)) vm.compatibility = 'cluster'
      if (chance(15)) vm.state = pick(['saved', 'off'] as const)
      if (chance(15)) vm.bootNode = pick(nodes).id
      if (chance(15)) vm.allowedNodes = nodes.filter(() => chance(60)).map((n) => n.id)
    }
    if (flavour.kinds && chance(60)) vm.restartable = true
    if (flavour.rules || flavour.tight) {
      if (chance(30)) vm.antiAffinity = [pick(['g', 'h'])]
    }
    if (flavour.policies === true && chance(flavour.groups ? (drained.has(home) ? 70 : 8) : 45)) {
      vm.affinity = chance(10) ? ['x', 'y'] : [pick(['x', 'y'])]
    }
    const mayMove = flavour.request === 'moves' || (flavour.request === 'both' && chance(50))
    if (!stays && mayMove) {
      const to = pick(nodes).id
      moves.push({ vm: vm.id, to, ...(chance(60) ? { durationSeconds: 1 + random.below(9) } : {}) })
      asked++
    } else if (drained.has(home)) asked++
    vms.push(vm)
  }
  if (flavour.memory) {
    for (const node of nodes) {
      const used = vms.reduce(
        (sum, vm) => sum + (vm.node === node.id && (vm.state ?? 'running') === 'running' ? vm.memoryMiB : 0),
        0,
      )
      node.memoryMiB = Math.max(100, used + 100 * random.below(flavour.groups ? 14 : flavour.tight ? 4 : 9))
      if (flavour.over && chance(40)) node.memoryMiB = Math.max(100, used - 100 * random.below(4))
    }
  }
  if (flavour.over && chance(50))
    for (const each of [...nodes, ...vms]) each.memoryMiB += pick([0, 1, 2, 5]) / 4096
  if (flavour.durations === true) {
    for (const node of nodes) {
      if (chance(30)) node.linkEfficiency = pick([0.5, 1.6, 4])
      if (chance(20)) node.streamMbps = MBPS_OF_100_MIB * pick([0.5, 1.5])
    }
    for (const vm of vms) {
      if (chance(30)) vm.copyMiB = 100 * random.below(vm.memoryMiB / 100 + 1)
      if (chance(30)) vm.durationFactor = pick([0.5, 1.15, 2])
    }
  }
  const windows: ProblemWindow[] = []
  for (let w = flavour.windows ? random.below(5) : 0; w > 0; w--) {
    const start = random.below(25)
    const window: ProblemWindow = { start, end: start + 1 + random.below(10) }
    if (chance(20) && vms.length > 0) window.vm = pick(vms).id
    else if (chance(90)) window.node = pick(nodes).id
    if (chance(30)) window.kind = 'blackout'
    windows.push(window)
  }
  const networks: ProblemNetwork[] = []
  if (flavour.width === true) {
    for (const node of nodes) if (chance(70)) node.slots = pick([1, 2, 2, 3, 4])
    for (const vm of vms) if (chance(40)) vm.dirtyMiBps = 5 * random.below(20)
  }
  if (flavour.networks === true) {
    for (let n = 1 + random.below(2); n > 0; n--) {
      const inside = nodes.filter(() => chance(50)).map(({ id }) => id)
      networks.push({ id: `net${n}`, nodes: inside, mbps: MBPS_OF_100_MIB * pick([0.5, 1, 1, 1.5, 2]) })
    }
  }
  if (flavour.soft === true) soften(nodes, vms, new Random(seed ^ 0x50f7))
  const ratio = flavour.spaces === true ? equip(nodes, vms, new Random(seed ^ 0x5bace)) : undefined
  const later = new Random(seed ^ 0x3a15)
  if (flavour.ways === true) scatter(nodes, vms, moves, later)
  if (flavour.transit === true) separate(nodes, vms, later)
  if (flavour.domains === true) gather(nodes, vms, later)
  const problem: Problem = {
    version: 1,
    name: `random ${seed}`,
    nodes,
    vms,
    windows,
    ...(networks.length === 0 ? {} : { networks }),
    request: {
      ...(flavour.request === 'drain' ? {} : { moves }),
      ...(flavour.request === 'moves'
        ? {}
        : {
            drain: [...drained].map((id) => {
              if (saved.has(id)) return { node: id, mode: 'save' as const }
              const to = nodes.filter(() => flavour.ways === true && later.below(100) < 60).map((n) => n.id)
              return to.length > 0 ? { node: id, to } : id
            }),
          }),
    },
    policy: {
      linkEfficiency: 1,
      wideMigrations: flavour.width === true,
      setupSeconds: pick([1, 2]),
      allowParking: flavour.parking,
      allowMakeRoom: flavour.makeRoom === true,
      restartSeconds: pick([3, 8]),
      restartPenaltySeconds: pick([5, 40]),
      featureLossPenaltySeconds: pick([0, 3]),
      offloadPenaltySeconds: pick([0, 4, 30]),
      savePenaltySeconds: pick([2, 20]),
      saveMiBps: pick([100, 400]),
      allowRestart: flavour.rules && chance(60),
      allowSave: flavour.rules && chance(40),
      ...(flavour.policies === true
        ? { reserveMiB: pick([0, 0, 100, 200, 300]), tolerateNodeFailure: chance(40) }
        : {}),
      ...(flavour.limits === true && chance(70) ? { concurrentMigrations: pick([1, 2]) } : {}),
      ...(flavour.limits === true && chance(70) ? { concurrentRestarts: pick([1, 2]) } : {}),
      ...(ratio === undefined ? {} : { maxVcpusPerCore: ratio }),
      ...(flavour.durations === true
        ? { startLagSeconds: pick([0, 0.5, 2]), ...(chance(30) ? { streamMbps: MBPS_OF_100_MIB } : {}) }
        : {}),
      ...(flavour.kinds === true
        ? {
            allowRestart: chance(60),
            allowSave: chance(60),
            restartSeconds: pick([0, 1, 3, 8]),
            restartPenaltySeconds: pick([0, 1, 5, 40]),
            savePenaltySeconds: pick([0, 1, 3, 20]),
          }
        : {}),
      ...(flavour.over === true ? { setupSeconds: pick([0, 1]) } : {}),
      ...(flavour.ways === true
        ? { stopSeconds: [0, 2, 6][later.below(3)], stopPenaltySeconds: [0, 5, 30][later.below(3)] }
        : {}),
      ...(flavour.transit === true ? { antiAffinityInTransit: later.below(100) < 80 } : {}),
      horizonSeconds: flavour.short
        ? pick([4, 7, 10, 15, 20])
        : flavour.windows && chance(50)
          ? pick([12, 20, 30, 45])
          : pick([200, 1000]),
    },
  }
  if (flavour.time === true) hurry(problem, new Random(seed ^ 0x71e3))
  return problem
}

function hurry({ vms, request }: Problem, random: Random): void {
  const chance = (percent: number) => random.below(100) < percent
  const by = () => 2 + random.below(35)
  if (chance(60)) {
    const groups = ['p', 'q'].slice(random.below(2))
    for (const vm of vms) if (chance(50)) vm.serial = groups.filter(() => chance(70))
  }
  if (chance(60)) {
    // Lists that one line of all VMs agrees with, so that no circle is in them.
    const line = vms.map(({ id }) => id)
    for (let i = line.length - 1; i > 0; i--) {
      const j = random.below(i + 1)
      ;[line[i], line[j]] = [line[j], line[i]]
    }
    request.order = Array.from({ length: 1 + random.below(2) }, () => line.filter(() => chance(60)))
  }
  if (chance(60)) {
    for (const move of request.moves ?? []) if (chance(40)) move.by = by()
    const drains = request.drain?.map((each) => {
      const drain = typeof each === 'string' ? { node: each } : each
      return chance(60) ? { ...drain, by: by() } : drain
    })
    if (drains !== undefined) request.drain = drains
  }
}

/** Cores and devices that hardly do for what is there, at times not even for that. The ratio, if there is one. */
function equip(nodes: readonly ProblemNode[], vms: readonly ProblemVm[], random: Random): number | undefined {
  const chance = (percent: number) => random.below(100) < percent
  const ratio = [undefined, 1, 1, 1.5, 4][random.below(5)]
  const kinds = ['gpu', 'fpga'].slice(0, random.below(3))
  for (const vm of vms) {
    if (chance(70)) vm.vcpus = 1 + random.below(4)
    const needed = kinds.filter(() => chance(40)).map((kind) => [kind, 1 + random.below(2)])
    if (needed.length > 0) vm.devices = Object.fromEntries(needed)
  }
  const roomy = nodes[random.below(nodes.length)]
  for (const node of nodes) {
    const here = vms.filter((vm) => vm.node === node.id)
    const spare = () => random.below(3) - (node === roomy ? -3 : 1)
    const vcpus = here.reduce((sum, vm) => sum + (vm.vcpus ?? 1), spare())
    if (chance(85)) node.cores = Math.max(1, Math.floor(vcpus / (ratio ?? 1)))
    const has = kinds.map((kind) => {
      const all = here.reduce((sum, vm) => sum + (vm.devices?.[kind] ?? 0), spare())
      return [kind, Math.max(0, all)]
    })
    if (chance(85)) node.devices = Object.fromEntries(has)
    if (chance(25)) node.reserveMiB = 100 * random.below(4)
  }
  return ratio
}

/** VMs that end in one row, or in one row and in one hall. */
function gather(nodes: readonly ProblemNode[], vms: readonly ProblemVm[], random: Random): void {
  const chance = (percent: number) => random.below(100) < percent
  for (const node of nodes)
    node.domains = {
      ...node.domains,
      row: `W${random.below(3)}`,
      ...(chance(70) ? { hall: `H${random.below(2)}` } : {}),
    }
  for (const vm of vms) {
    const own = ['row', 'row', 'hall'].flatMap((domain, i) =>
      chance(30) ? [{ group: `t${i}`, domain }] : [],
    )
    if (own.length > 0) vm.affinity = [...(vm.affinity ?? []), ...own]
  }
}

/** Most VMs in groups, of nodes or of racks, that are not broken at the start as often as not. */
function separate(nodes: readonly ProblemNode[], vms: readonly ProblemVm[], random: Random): void {
  const chance = (percent: number) => random.below(100) < percent
  for (const node of nodes) node.domains = { ...node.domains, row: `W${random.below(3)}` }
  const entry: ProblemGroup = chance(30) ? { group: 'k', domain: 'row' } : 'k'
  const homes = new Set<string>()
  for (const vm of vms) {
    if (!chance(75) || (homes.has(vm.node) && chance(80))) continue
    homes.add(vm.node)
    vm.antiAffinity = [...(vm.antiAffinity ?? []), entry]
  }
}

function scatter(
  nodes: readonly ProblemNode[],
  vms: readonly ProblemVm[],
  moves: NonNullable<Problem['request']['moves']>,
  random: Random,
): void {
  const chance = (percent: number) => random.below(100) < percent
  for (const vm of vms)
    if (chance(50)) vm.ways = (['live', 'save', 'restart', 'stop'] as const).filter(() => chance(50))
  for (const move of moves) {
    if (chance(25)) delete move.to
    else if (chance(50)) {
      const to = nodes.filter(({ id }) => id === move.to || chance(40))
      move.to = to.map(({ id }) => id)
    }
  }
}

function soften(nodes: readonly ProblemNode[], vms: readonly ProblemVm[], random: Random): void {
  const chance = (percent: number) => random.below(100) < percent
  for (const node of nodes) if (chance(75)) node.domains = { rack: `R${random.below(2)}` }
  const groups = ['s', 't'].map((group): Exclude<ProblemGroup, string> => {
    const entry = { group, ...(chance(40) ? { domain: 'rack' } : {}) }
    return chance(85) ? { ...entry, penaltySeconds: 1 + random.below(30) } : entry
  })
  for (const vm of vms) {
    const own = groups.filter(() => chance(45))
    if (own.length > 0 && chance(60)) vm.antiAffinity = [...(vm.antiAffinity ?? []), ...own]
    const ties = groups.filter(({ penaltySeconds }) => penaltySeconds !== undefined && chance(40))
    if (ties.length > 0) vm.affinity = [...(vm.affinity ?? []), ...ties]
    if (chance(30)) vm.preferredNodes = nodes.filter(() => chance(50)).map(({ id }) => id)
    if (chance(25)) {
      vm.dirtyMiBps = 60 + random.below(80)
      if (chance(30)) vm.maxBlackoutSeconds = 1 + random.below(6)
    }
  }
}

/** The weight that a plan leaves unplaced. */
export function unplacedWeight(problem: Problem, plan: Plan): number {
  return plan.unplaced.reduce((sum, { vm }) => {
    const priority = problem.vms.find((v) => v.id === vm)?.priority ?? 2000
    return sum + priority + 1
  }, 0)
}

/** The plan without the one figure that the clock writes. */
export function withoutClock(plan: Plan): string {
  return JSON.stringify({ ...plan, statistics: { ...plan.statistics, runtimeSeconds: 0 } })
}
